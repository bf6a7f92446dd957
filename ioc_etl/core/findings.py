"""Raising findings from frames."""

import polars as pl

from schemas.finding import RAISED
from schemas.vocabulary import FindingCode

NOTHING = pl.lit(None, dtype=pl.String)


def raised(
    code: FindingCode,
    rows: pl.DataFrame,
    *,
    column: str | pl.Expr | None = None,
    found: pl.Expr = NOTHING,
    expected: pl.Expr = NOTHING,
    place: pl.Expr = NOTHING,
) -> pl.DataFrame:
    """One finding per row of `rows`, which needs `centre_code`, and `source_row` for findings about a row."""
    source_row = pl.col("source_row") if "source_row" in rows.columns else pl.lit(None)
    source_file = pl.col("source_file") if "source_file" in rows.columns else NOTHING
    column_name = column if isinstance(column, pl.Expr) else pl.lit(column, dtype=pl.String)
    return rows.select(
        pl.lit(code.value).alias("code"),
        pl.col("centre_code"),
        source_file.alias("source_file"),
        source_row.cast(pl.Int32).alias("source_row"),
        column_name.alias("column_name"),
        found.cast(pl.String).alias("found"),
        expected.cast(pl.String).alias("expected"),
        place.cast(pl.String).alias("place"),
    )


def no_findings() -> pl.DataFrame:
    """An empty frame of raised findings."""
    return pl.DataFrame(schema=RAISED)


def all_findings(*frames: pl.DataFrame) -> pl.DataFrame:
    """Several frames of raised findings as one."""
    return pl.concat([no_findings(), *frames])
