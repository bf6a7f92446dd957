"""Contract of payment lines: signed amounts that are due to people."""

import polars as pl

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
