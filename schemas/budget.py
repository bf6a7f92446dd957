"""Contract of the yearly budgets that a month's run reads in its register."""

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
