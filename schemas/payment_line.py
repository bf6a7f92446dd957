"""Contract of payment lines: signed amounts that are due to people."""

import polars as pl

from schemas.contract import table
from schemas.vocabulary import BatchKind, LineCause, StaffCategory, WorkMode

PAYMENT_LINE: dict[str, pl.DataType] = {
    "reference_month": pl.Date(),
    "centre_code": pl.String(),
    "batch_kind": pl.String(),
    "person_id": pl.String(),
    "citizen_id": pl.String(),
    "full_name": pl.String(),
    "staff_category": pl.String(),
    "agency": pl.String(),
    "work_mode": pl.String(),
    "coefficient_tenths": pl.Int32(),
    "base_salary_vnd": pl.Int64(),
    "amount_vnd": pl.Int64(),
    "bank_account": pl.String(),
    "bank_name": pl.String(),
    "legal_basis": pl.String(),
    "sheet": pl.String(),
    "source_row": pl.Int32(),
    "cause": pl.String(),
    "cause_detail": pl.String(),
    "post_days": pl.Int32(),
}
"""One row per person, centre and batch kind: regular and arrears lines are positive, recovery lines negative.

`base_salary_vnd` is the reference month's. `cause` says what made the line due (`LineCause`), `cause_detail` in pieces
of no language: finding codes, an old and a new value, the other centre, the first digits of files' hashes; never a
personal value. `post_days` are the person's days with a post at the centre once this line counts, as bits (day 1 the
lowest): the newest line tells; null, in lines of before days were counted, is a whole month. `sheet` and `source_row`
are null when the person stands on no roster any more.
"""

PAYMENT_LINE_TABLE = table(
    "payment line",
    PAYMENT_LINE,
    required=tuple(
        column for column in PAYMENT_LINE if column not in {"agency", "sheet", "source_row", "cause_detail"}
    ),
    words={"batch_kind": BatchKind, "cause": LineCause, "staff_category": StaffCategory, "work_mode": WorkMode},
    key=("centre_code", "person_id", "batch_kind"),
)
