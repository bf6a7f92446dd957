"""Contracts of the ledger: what has been committed for a month, and what finance said about its people."""

import polars as pl

from schemas import payment_line

OFFSET = "offset"
"""The `batch_kind` of what of a recovery is not collected, since it came back from the bank."""

COMMITTED: dict[str, pl.DataType] = {
    "payment_id": pl.String(),
    **payment_line.PAYMENT_LINE,
    "source_sha256": pl.String(),
    "run_id": pl.String(),
    "is_returned": pl.Boolean(),
    "return_reason": pl.String(),
}
"""One row per line of an approved, exported or paid batch of the month, signed, per opening line, and per offset.

Rulebook section 6. Rows come in the order in which they were committed. `batch_kind` of money paid before go-live is
`opening`, its `run_id` null; that of an offset (`OFFSET`) goes with its recovery's `payment_id` and a positive amount,
by which the recovery takes back less. A line that the bank returned has `is_returned`: it is not committed any more and
is due again. `person_id` is the person as known when the line was written; identity links of today are applied by who
reads it.
"""

STANDING: dict[str, pl.DataType] = {
    "standing_id": pl.String(),
    "centre_code": pl.String(),
    "person_id": pl.String(),
    "source_row": pl.Int32(),
    "source_sha256": pl.String(),
    "work_mode": pl.String(),
    "roster_days": pl.Int32(),
}
"""One row per person of the month of whose several rows finance recorded which one is selected (rule 16).

The selection follows person, centre and month: in another file it is the person's row with the same mode and the same
days by the roster. `roster_days` is null in a selection made before days were kept: that one holds for its file alone.
"""

EARLIER_DECISION: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "person_id": pl.String(),
    "citizen_id": pl.String(),
    "birth_date": pl.String(),
    "outcome": pl.String(),
    "codes": pl.List(pl.String()),
    "work_mode": pl.String(),
    "coefficient_tenths": pl.Int32(),
    "base_salary_vnd": pl.Int64(),
    "days_on_duty": pl.Int32(),
    "paid_days": pl.Int32(),
    "source_sha256": pl.String(),
    "policy_version": pl.String(),
}
"""One row per centre and person of the month as decided before: what has changed since tells a line its cause.

For a person with lines in the ledger at that centre: by the run on which the latest of them was approved; for anybody
else there: by the run on which the centre's latest approved regular or arrears batch rests. So approving one batch
does not change what another says. Of several rows the one that pays most; `paid_days` are those of all of them. Empty
while nothing is approved.
`citizen_id` and `birth_date` are the roster's of that run.
"""

USED_LINK: dict[str, pl.DataType] = {"citizen_id": pl.String(), "person_id": pl.String()}
"""One row per citizen ID of the month: who it stood for in the last run that knew it and that a batch rests on.

Only of people with committed money in the month, in the order of the approvals. An ID that was withdrawn from its link
stands for itself.
"""

VOIDED: dict[str, pl.DataType] = {"centre_code": pl.String(), "citizen_id": pl.String(), "batch": pl.String()}
"""One row per line of the month whose batch was made void, in that order; `batch` is its kind and number."""

LAST_PAYMENT: dict[str, pl.DataType] = {
    "person_id": pl.String(),
    "reference_month": pl.Date(),
    "bank_account": pl.String(),
    "bank_name": pl.String(),
}
"""One row per person: the account of the latest month before this one with committed money of the person's."""

LAST_MONTH: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "person_id": pl.String(),
    "work_mode": pl.String(),
    "days_on_duty": pl.Int32(),
    "base_salary_vnd": pl.Int64(),
    "amount_vnd": pl.Int64(),
}
"""One row per row of the month before's rosters that is not merged, held people too, as its current run decided.

`days_on_duty` are the days that the row was paid for, of an unpaid row its days of duty. `amount_vnd` is what is
committed for the person there where the centre's regular batch is approved, on the person's first row, else what was
decided.
"""
