"""Entitlement minus ledger: what is still due, as payment lines (rulebook section 6).

Nothing has been approved yet in this edition of the ledger, so what is due is what was decided: regular lines.
"""

import polars as pl

from ioc_etl.core.contracts import conform
from schemas.payment_line import PAYMENT_LINE_TABLE
from schemas.vocabulary import BatchKind


def settle(decisions: pl.DataFrame, *, legal_basis: str, is_payable: bool) -> pl.DataFrame:
    """The month's payment lines (`schemas.payment_line`), one per person paid and centre.

    A month before go-live (`is_payable` false) is computed, never paid: it has no lines.
    """
    due = decisions.filter((pl.col("amount_vnd") > 0) & pl.lit(is_payable))
    lines = due.with_columns(
        pl.lit(BatchKind.REGULAR.value).alias("batch_kind"), pl.lit(legal_basis).alias("legal_basis")
    )
    return conform(lines, PAYMENT_LINE_TABLE)
