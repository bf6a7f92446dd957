"""Numbers, dates and failed formulas as a cell's text, the same in every format of office file.

The text is what `schemas.sheet_cells` promises: digits for a whole number, a decimal comma, ISO dates.
"""

import math
import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:[0-9]{3}")
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1900_EARLY = date(1899, 12, 31)
_EPOCH_1904 = date(1904, 1, 1)
_FALSE_LEAP_DAY = 60
_LAST_SERIAL = 2_958_465
_SECONDS_PER_DAY = 86_400
_DIGITS_KEPT = 15
_ISO_DATE_LENGTH = len("2022-01-31")
_LAST_SECOND = re.compile(r"T23:59:59\.[0-9]*[1-9][0-9]*Z?")


def is_error_text(text: str) -> bool:
    """Whether a text is what a failed formula leaves when it is copied as a value: `#REF!`."""
    return _ERROR.fullmatch(text) is not None


def boolean_text(*, is_true: bool) -> str:
    """TRUE or FALSE, as a spreadsheet shows it."""
    return "TRUE" if is_true else "FALSE"


@lru_cache(maxsize=8192)
def number_text(stored: str) -> str:
    """A stored number (`7.0085001234E10`, `1.5`) as digits, with a decimal comma if it is not whole.

    Spreadsheets keep 15 digits; what lies behind them (`0.30000000000000004`) is noise and is rounded off. What is no
    number comes back as it stands.
    """
    if _NUMBER.fullmatch(stored) is None:
        return stored
    number = Decimal(stored)
    if number != number.to_integral_value():
        number = Decimal(f"{float(number):.{_DIGITS_KEPT}g}")
    if number == number.to_integral_value():
        return str(int(number))
    return f"{number:f}".replace(".", ",")


@lru_cache(maxsize=8192)
def serial_text(stored: str, *, counts_from_1904: bool = False) -> str:
    """A number cell that is formatted as a date, as `2022-01-31`; a fraction of a day alone as `08:30:00`.

    Day 60 of the 1900 calendar, which never was, is read as 28 February, and so are the days before it as Excel means
    them. A time within a second of midnight is that midnight's day. What no calendar reaches stays a number.
    """
    if _NUMBER.fullmatch(stored) is None:
        return stored
    serial = _to_the_day(float(stored))
    if not 0 < serial < _LAST_SERIAL + 1:
        return number_text(stored)
    if serial < 1:
        return time_text(round(serial * _SECONDS_PER_DAY))
    days = int(serial)
    if counts_from_1904:
        return (_EPOCH_1904 + timedelta(days=min(days, _LAST_SERIAL - 1462))).isoformat()
    epoch = _EPOCH_1900_EARLY if days < _FALSE_LEAP_DAY else _EPOCH_1900
    return (epoch + timedelta(days=days)).isoformat()


def _to_the_day(serial: float) -> float:
    """The serial, or the whole one after it where less than a second is missing."""
    following = math.ceil(serial)
    return float(following) if serial >= 1 and (following - serial) * _SECONDS_PER_DAY < 1 else serial


def iso_day(stored: str) -> str:
    """The day of an ISO date and time (`2022-01-31T00:00:00`); the following one where less than a second is missing.

    A text that is none comes back cut off behind the length of a day.
    """
    day = stored[:_ISO_DATE_LENGTH]
    if _LAST_SECOND.fullmatch(stored[_ISO_DATE_LENGTH:]) is None:
        return day
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day


def time_text(seconds: int) -> str:
    """A time of day."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
