"""Hashes of many rows together: of a batch's lines, of what is due at a centre."""

import hashlib
from collections.abc import Sequence

import polars as pl

_ROW = "\x1e"
_ROWS_AT_A_TIME = 50_000
"""All texts of a month at once would be larger than everything that is written."""


def hashed_together(rows: pl.DataFrame, group: Sequence[str], text: pl.Expr) -> pl.DataFrame:
    """The groups in the order of the rows, each with the SHA-256 of its rows' texts (`sha256`).

    The rows of a group stand together.
    """
    counts = rows.group_by(group, maintain_order=True).agg(pl.len().alias("count"))
    parts = counts.with_columns((pl.col("count").cum_sum() // _ROWS_AT_A_TIME).alias("part"))
    hashed, begin = [counts.clear().select(*group, pl.lit("").alias("sha256"))], 0
    for count in parts.group_by("part", maintain_order=True).agg(pl.col("count").sum())["count"]:
        part = rows.slice(begin, count).select(*group, text.alias("text"))
        joined = part.group_by(group, maintain_order=True).agg(pl.col("text").str.join(_ROW))
        hashes = [hashlib.sha256(whole.encode()).hexdigest() for whole in joined["text"]]
        hashed.append(joined.select(*group, pl.Series("sha256", hashes, dtype=pl.String)))
        begin += count
    return pl.concat(hashed)
