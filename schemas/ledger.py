"""Contracts of the ledger: what has been committed for a month, and what finance said about its people."""

import polars as pl

from schemas.payment_line import PAYMENT_LINE

COMMITTED: dict[str, pl.DataType] = {
    "payment_id": pl.String(),
    **PAYMENT_LINE,
    "source_sha256": pl.String(),
    "run_id": pl.String(),
    "is_returned": pl.Boolean(),
    "return_reason": pl.String(),
}
"""One row per line of an approved, exported or paid batch of the month, signed, and per opening line.

Rulebook section 6. `batch_kind` of money paid before go-live is `opening`, its `run_id` null. A line that the bank
returned has `is_returned`: it is not committed any more and is due again. `person_id` is the person as known when the
line was written; identity links of today are applied by who reads it.
"""

STANDING: dict[str, pl.DataType] = {
    "standing_id": pl.String(),
    "centre_code": pl.String(),
    "person_id": pl.String(),
    "source_row": pl.Int32(),
    "source_sha256": pl.String(),
}
"""One row per person of the month of whose several rows finance recorded which one stands (rule 16).

The row is named by its centre, its row number and the file it stands in: in another file it is another row.
"""

EARLIER_DECISION: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "person_id": pl.String(),
    "outcome": pl.String(),
    "codes": pl.List(pl.String()),
    "work_mode": pl.String(),
    "coefficient_tenths": pl.Int32(),
    "base_salary_vnd": pl.Int64(),
    "days_on_duty": pl.Int32(),
    "source_sha256": pl.String(),
    "policy_version": pl.String(),
}
"""One row per centre and person as the run decided on which that centre's latest approved batch of the month rests.

What has changed since tells a line its cause. Empty while nothing is approved.
"""
