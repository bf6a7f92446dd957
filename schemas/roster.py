"""Contract of the typed roster: every cell is a value, or null with a finding."""

import polars as pl

from schemas.contract import table
from schemas.vocabulary import Duty, MonitoredService, StaffCategory, WorkMode

ROSTER: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "sheet": pl.String(),
    "source_row": pl.Int32(),
    "row_no": pl.String(),
    "row_order": pl.Int32(),
    "is_hidden": pl.Boolean(),
    "unreadable": pl.List(pl.String()),
    "number_cells": pl.List(pl.String()),
    "full_name": pl.String(),
    "name_key": pl.String(),
    "birth_text": pl.String(),
    "birth_date": pl.Date(),
    "birth_year": pl.Int32(),
    "citizen_id": pl.String(),
    "has_usable_id": pl.Boolean(),
    "person_id": pl.String(),
    "person_key": pl.String(),
    "agency_text": pl.String(),
    "roster_agency": pl.String(),
    "category_text": pl.String(),
    "staff_category": pl.String(),
    "duty_text": pl.String(),
    "duty": pl.String(),
    "monitored_service": pl.String(),
    "mode_text": pl.String(),
    "mode_column": pl.String(),
    "work_mode": pl.String(),
    "shift_text": pl.String(),
    "shift": pl.Int32(),
    "from_text": pl.String(),
    "to_text": pl.String(),
    "roster_mask": pl.Int64(),
    "has_readable_dates": pl.Boolean(),
    "other_support_name": pl.String(),
    "other_support_text": pl.String(),
    "other_support_vnd": pl.Int64(),
    "bank_account": pl.String(),
    "bank_name": pl.String(),
    "note": pl.String(),
    "facts": pl.String(),
}
"""One row per roster row of an accepted file; key (centre_code, source_row).

`row_order` is STT as a number. `citizen_id` is the ID as understood, `person_id` who it stands for (linked IDs are
one), null unless `has_usable_id`; `person_key` names the person for cases and waivers: ID, else name and birth date,
else the row. `agency_text` is the roster's word (or the group row's), `roster_agency` its code of the month, null when
unknown. `roster_mask` holds the days from `from_date` to `to_date` within the month as bits, the whole month when they
cannot be read. `*_text` is the cell as it stands, beside the value it was understood as (null when it was not);
`mode_column` says whether the mode or the coefficient was read. `facts` is everything that must agree before two rows
are one (rulebook, close reading 7), null for a person who stands once.
"""

ROSTER_TABLE = table(
    "roster",
    ROSTER,
    required=(
        "centre_code",
        "sheet",
        "source_row",
        "is_hidden",
        "unreadable",
        "has_usable_id",
        "person_key",
        "roster_mask",
    ),
    words={
        "staff_category": StaffCategory,
        "duty": Duty,
        "monitored_service": MonitoredService,
        "work_mode": WorkMode,
    },
    at_least={"roster_mask": 0, "other_support_vnd": 0, "source_row": 1},
    key=("centre_code", "source_row"),
)
