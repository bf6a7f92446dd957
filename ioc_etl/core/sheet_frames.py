"""Readings of many rosters -> the frames that the rules work on. Apart from the reading itself, which knows no frames.

Source: rulebook section 5.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, repeat

import polars as pl

from ioc_etl.core.sheet import RosterReading
from schemas.columns import ROSTER_FIELDS
from schemas.raw_roster import RAW_ROSTER, SHEET_COLUMNS

_NO_ROW = 2**31 - 1
"""Above every row's number."""
_VALUE = {"value": pl.String(), "count": pl.Int64()}


def raw_roster(readings: Mapping[str, RosterReading]) -> pl.DataFrame:
    """The people of many centres as one frame (`schemas.raw_roster.RAW_ROSTER`), by centre code, in their order."""
    counts = {code: len(reading.source_row) for code, reading in readings.items()}
    sheets = {code: reading.sheet for code, reading in readings.items()}
    return pl.DataFrame(
        {
            "centre_code": _repeated(counts, {code: code for code in counts}),
            "sheet": _repeated(counts, sheets),
            "source_row": list(chain.from_iterable(reading.source_row for reading in readings.values())),
            "is_hidden": list(chain.from_iterable(reading.is_hidden for reading in readings.values())),
            "group_text": list(chain.from_iterable(reading.group_text for reading in readings.values())),
            "number_cells": list(chain.from_iterable(_number_cells(reading) for reading in readings.values())),
            "unreadable": list(chain.from_iterable(reading.unreadable for reading in readings.values())),
            **{name: _texts(readings, counts, name) for name in ROSTER_FIELDS},
        },
        schema=RAW_ROSTER,
    )


def _number_cells(reading: RosterReading) -> Iterable[list[str] | None]:
    return reading.number_cells or repeat(None, len(reading.source_row))


def _repeated(counts: Mapping[str, int], values: Mapping[str, str]) -> pl.Series:
    """Each centre's value, once for every one of its people."""
    once = pl.DataFrame({"value": list(values.values()), "count": list(counts.values())}, schema=_VALUE)
    return once.select(pl.col("value").repeat_by("count").explode()).to_series()


def _texts(readings: Mapping[str, RosterReading], counts: Mapping[str, int], name: str) -> pl.Series:
    """One column of all people, trimmed. Column by column, so that a column's texts are held twice and not all."""
    texts = chain.from_iterable(
        reading.columns.get(name) or repeat(None, counts[code]) for code, reading in readings.items()
    )
    column = pl.Series(name, list(texts), dtype=pl.String)
    return column.to_frame().select(_trimmed(name)).to_series()


def _trimmed(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def sheet_columns(readings: Mapping[str, RosterReading]) -> pl.DataFrame:
    """Which letter each known column has in each centre's file (`schemas.raw_roster.SHEET_COLUMNS`)."""
    rows = [
        (code, name, begin, end, letter)
        for code, reading in readings.items()
        for begin, end, letters in _tables(reading)
        for name, letter in letters.items()
    ]
    return pl.DataFrame(rows, schema=SHEET_COLUMNS, orient="row")


def _tables(reading: RosterReading) -> Iterator[tuple[int, int, Mapping[str, str]]]:
    """The rows that each table of a sheet holds, and its columns."""
    begins = [begin for begin, _ in reading.letters_below]
    tables = [reading.column_letters, *(letters for _, letters in reading.letters_below)]
    yield from zip([0, *begins], [*begins, _NO_ROW], tables, strict=True)
