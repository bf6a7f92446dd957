"""Contract of decisions: the one end of every roster row, and what it rests on."""

import polars as pl

from schemas.contract import table
from schemas.vocabulary import Duty, MonitoredService, Outcome, StaffCategory, WorkMode

DECISION: dict[str, pl.DataType] = {
    "reference_month": pl.Date(),
    "centre_code": pl.String(),
    "sheet": pl.String(),
    "source_row": pl.Int32(),
    "row_no": pl.String(),
    "person_id": pl.String(),
    "citizen_id": pl.String(),
    "full_name": pl.String(),
    "birth_date": pl.String(),
    "staff_category": pl.String(),
    "agency": pl.String(),
    "duty": pl.String(),
    "monitored_service": pl.String(),
    "work_mode": pl.String(),
    "shift": pl.Int32(),
    "bank_account": pl.String(),
    "bank_name": pl.String(),
    "roster_days": pl.Int32(),
    "days_on_duty": pl.Int32(),
    "post_days": pl.Int32(),
    "list_order": pl.Int32(),
    "quota_rank": pl.Int32(),
    "quota_limit": pl.Int32(),
    "coefficient_tenths": pl.Int32(),
    "base_salary_vnd": pl.Int64(),
    "full_amount_vnd": pl.Int64(),
    "other_support_vnd": pl.Int64(),
    "other_support_regime": pl.String(),
    "has_no_right": pl.Boolean(),
    "outcome": pl.String(),
    "amount_vnd": pl.Int64(),
    "codes": pl.List(pl.String()),
    "open_codes": pl.List(pl.String()),
}
"""One row per roster row of an accepted file; key (reference_month, centre_code, source_row).

`citizen_id` is the ID as understood (a lost zero restored; the digits as they stand when it cannot be), `person_id`
the person it stands for after linked IDs, null without a usable ID. `agency` is the code whose post the row holds.
`roster_days` are the row's days from its first to its last in the month, `post_days` those with a post that are ours to
pay, both as bits (day 1 the lowest). `days_on_duty` counts the days of the person at this centre in the month.
`quota_rank` counts from 1 within `quota_limit` posts, null for a row without a right. `coefficient_tenths` is in tenths
(15 is 1.5), null when the mode is unknown; `full_amount_vnd` is coefficient times base salary for the whole month,
`amount_vnd` what is paid (0 unless `outcome` is paid). `has_no_right`: held for a fault that no correction of the row
cures (rulebook section 4). `codes` are the row's finding codes, sorted, waived ones too; `open_codes` those that block
and are not waived.
"""

DECISION_TABLE = table(
    "decision",
    DECISION,
    required=(
        "reference_month",
        "centre_code",
        "sheet",
        "source_row",
        "post_days",
        "has_no_right",
        "outcome",
        "amount_vnd",
        "codes",
        "open_codes",
    ),
    words={
        "outcome": Outcome,
        "staff_category": StaffCategory,
        "duty": Duty,
        "monitored_service": MonitoredService,
        "work_mode": WorkMode,
    },
    at_least={
        "amount_vnd": 0,
        "days_on_duty": 0,
        "post_days": 0,
        "roster_days": 0,
        "quota_rank": 1,
        "base_salary_vnd": 1,
    },
    key=("centre_code", "source_row"),
)
