"""Dates as office files write them, and the days of a month as bits of an integer.

Source: rulebook, close reading 12.
"""

from datetime import date

import polars as pl

from ioc_etl.core.month import days_in, last_day
from ioc_etl.core.whole_numbers import whole_number

_DAY_FIRST = r"^([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})$"
_YEAR_FIRST = r"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$"
_MIDNIGHT = r"[T ]+0{1,2}:00(:00(\.0+)?)?$"
_SERIAL = r"^([1-9][0-9]{4})$"
_SERIAL_EPOCH = date(1899, 12, 30)
_YEAR = r"^(19[0-9]{2}|20[0-9]{2})(?:\.0+)?$"


def parsed_date(column: pl.Expr) -> pl.Expr:
    """A text as a date: d/m/yyyy with `/`, `.` or `-`, ISO, or Excel's five-digit serial; null when it is none.

    Two-digit years are none. White space inside is dropped (`01 / 02 / 2022`).
    """
    text = column.str.strip_chars().str.replace(_MIDNIGHT, "").str.replace_all(r"\s+", "")
    return pl.coalesce(
        _date_of(text, _DAY_FIRST, day=1, month=2, year=3),
        _date_of(text, _YEAR_FIRST, day=3, month=2, year=1),
        pl.lit(_SERIAL_EPOCH) + pl.duration(days=whole_number(text.str.extract(_SERIAL))),
    )


def _date_of(text: pl.Expr, pattern: str, *, day: int, month: int, year: int) -> pl.Expr:
    parts = [text.str.extract(pattern, group).str.zfill(2) for group in (year, month, day)]
    return pl.concat_str(parts, separator="-").str.to_date("%Y-%m-%d", strict=False)


def parsed_birth_year(column: pl.Expr) -> pl.Expr:
    """The year when the text is a year alone (`1969`), else null."""
    return whole_number(column.str.strip_chars().str.extract(_YEAR))


def days_mask(first: pl.Expr, last: pl.Expr, month: date) -> pl.Expr:
    """The days of `month` within first..last (null: open-ended) as bits, day 1 the lowest; 0 when there are none."""
    month_end = last_day(month)
    first_day = pl.max_horizontal(first.fill_null(month), pl.lit(month)).dt.day().cast(pl.Int64)
    final_day = pl.min_horizontal(last.fill_null(month_end), pl.lit(month_end)).dt.day().cast(pl.Int64)
    touches = (first.fill_null(month) <= month_end) & (last.fill_null(month_end) >= month)
    ordered = first.is_null() | last.is_null() | (first <= last)
    return (
        pl.when(touches & ordered).then(_power_of_two(final_day) - _power_of_two(first_day - 1)).otherwise(pl.lit(0))
    ).cast(pl.Int64)


def _power_of_two(exponent: pl.Expr) -> pl.Expr:
    return pl.lit(2, dtype=pl.Int64).pow(exponent)


def days_of(mask: pl.Expr) -> pl.Expr:
    """How many days a mask holds."""
    return mask.bitwise_count_ones().cast(pl.Int32)


def whole_month_mask(month: date) -> int:
    """The mask of every day of the month."""
    return (1 << days_in(month)) - 1
