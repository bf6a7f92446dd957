"""Contracts of frames as pandera schemas: columns and types, what may not be null, closed words, lower bounds, keys."""

from collections.abc import Collection, Mapping
from enum import StrEnum

import pandera.polars as pa
import polars as pl


def table(
    name: str,
    columns: Mapping[str, pl.DataType],
    *,
    required: Collection[str] = (),
    words: Mapping[str, type[StrEnum]] | None = None,
    at_least: Mapping[str, int] | None = None,
    key: Collection[str] = (),
) -> pa.DataFrameSchema:
    """The contract of one frame: exactly these columns, `required` ones never null, `key` unique."""
    words, at_least = words or {}, at_least or {}

    def checks(column: str) -> list[pa.Check]:
        closed = [pa.Check.isin([str(word) for word in words[column]])] if column in words else []
        bounded = [pa.Check.ge(at_least[column])] if column in at_least else []
        return closed + bounded

    return pa.DataFrameSchema(
        {
            column: pa.Column(dtype, nullable=column not in required, checks=checks(column))
            for column, dtype in columns.items()
        },
        name=name,
        strict=True,
        unique=list(key) or None,
    )
