"""Contract of payment lines: signed amounts that are due to people."""

import polars as pl

from schemas.contract import table
from schemas.vocabulary import BatchKind, StaffCategory, WorkMode

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
}
"""One row per person, centre and batch kind: regular and arrears lines are positive, recovery lines negative."""

PAYMENT_LINE_TABLE = table(
    "payment line",
    PAYMENT_LINE,
    required=tuple(column for column in PAYMENT_LINE if column not in {"agency", "sheet", "source_row"}),
    words={"batch_kind": BatchKind, "staff_category": StaffCategory, "work_mode": WorkMode},
    key=("centre_code", "person_id", "batch_kind"),
)
