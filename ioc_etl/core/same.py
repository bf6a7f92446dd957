"""Whether two frames of one contract say the same, and where they first differ; amounts and codes, nobody's values."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where what is stored and what is computed again differ.

    `column` null: the whole row is on one side only. A personal column's values are not told.
    """

    what: str
    centre_code: str | None
    row: str | None
    column: str | None
    stored: str | None
    recomputed: str | None


def first_difference(
    what: str,
    stored: pl.DataFrame,
    recomputed: pl.DataFrame,
    *,
    key: Sequence[str],
    personal: Sequence[str] = (),
    row: str | None = None,
) -> Difference | None:
    """The first by key; null when every row and column is the same. `key` names one row in each frame.

    `row` is the key column that people find the row by. The values of `personal` columns are not told.
    """
    columns = [name for name in stored.columns if name not in key]
    joined = stored.with_columns(pl.lit(value=True).alias("is_stored")).join(
        recomputed.select(*key, *columns, pl.lit(value=True).alias("is_recomputed")),
        on=list(key),
        how="full",
        coalesce=True,
        suffix="_again",
        nulls_equal=True,
    )
    same = [pl.col(name).eq_missing(pl.col(f"{name}_again")) for name in columns]
    both = pl.col("is_stored") & pl.col("is_recomputed")
    differing = joined.filter(~pl.all_horizontal(both.fill_null(value=False), *same)).sort(*key, nulls_last=True)
    if differing.is_empty():
        return None
    found = differing.row(0, named=True)
    centre, place = _text(found.get("centre_code")), _text(found.get(row)) if row else None
    if not (found["is_stored"] and found["is_recomputed"]):
        there = ("row", None) if found["is_stored"] else (None, "row")
        return Difference(what, centre, place, None, *there)
    column = next(name for name in columns if not _equal(found[name], found[f"{name}_again"]))
    told = ("***", "***") if column in personal else (_text(found[column]), _text(found[f"{column}_again"]))
    return Difference(what, centre, place, column, *told)


def _equal(one: object, other: object) -> bool:
    return one == other


def _text(value: object) -> str | None:
    if value is None:
        return None
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
