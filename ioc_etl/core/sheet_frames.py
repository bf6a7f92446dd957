"""Readings of many rosters -> the frames that the rules work on. Apart from the reading itself, which knows no frames.

Source: rulebook section 5.
"""

from collections.abc import Mapping
from itertools import chain, repeat

import polars as pl

from ioc_etl.core.sheet import RosterReading
from schemas.columns import ROSTER_FIELDS
from schemas.raw_roster import RAW_ROSTER, SHEET_COLUMNS


def raw_roster(readings: Mapping[str, RosterReading]) -> pl.DataFrame:
    """The people of many centres as one frame (`schemas.raw_roster.RAW_ROSTER`), by centre code, in their order."""
    counts = {code: len(reading.source_row) for code, reading in readings.items()}
    texts = {
        name: list(
            chain.from_iterable(
                reading.columns.get(name) or repeat(None, counts[code]) for code, reading in readings.items()
            )
        )
        for name in ROSTER_FIELDS
    }
    return pl.DataFrame(
        {
            "centre_code": list(chain.from_iterable(repeat(code, count) for code, count in counts.items())),
            "sheet": list(chain.from_iterable(repeat(readings[code].sheet, count) for code, count in counts.items())),
            "source_row": list(chain.from_iterable(reading.source_row for reading in readings.values())),
            "is_hidden": list(chain.from_iterable(reading.is_hidden for reading in readings.values())),
            "group_text": list(chain.from_iterable(reading.group_text for reading in readings.values())),
            "unreadable": list(chain.from_iterable(reading.unreadable for reading in readings.values())),
            **texts,
        },
        schema=RAW_ROSTER,
    ).with_columns(_trimmed(name) for name in ROSTER_FIELDS)


def _trimmed(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def sheet_columns(readings: Mapping[str, RosterReading]) -> pl.DataFrame:
    """Which letter each known column has in each centre's file (`schemas.raw_roster.SHEET_COLUMNS`)."""
    rows = [
        (code, name, letter) for code, reading in readings.items() for name, letter in reading.column_letters.items()
    ]
    return pl.DataFrame(rows, schema=SHEET_COLUMNS, orient="row")
