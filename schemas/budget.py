"""Contracts of the yearly budgets: what a month's run reads in its register, what is used of them."""

import polars as pl

ALLOCATION: dict[str, pl.DataType] = {
    "funding_source": pl.String(),
    "year": pl.Int32(),
    "amount_vnd": pl.Int64(),
}
"""One row per funding source and budget year that the register gives, its decisions added up.

A source with a row that cannot be read has none: for it, as for what the register does not give, no budget is known
(close reading 17).
"""

COMMITTED_YEAR: dict[str, pl.DataType] = {
    "funding_source": pl.String(),
    "committed_year_vnd": pl.Int64(),
}
"""One row per funding source: what a budget year has committed."""
