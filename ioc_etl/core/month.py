"""A reference month is the date of its first day."""

import re
from calendar import monthrange
from datetime import date, timedelta

from ioc_etl.core.digits import whole
from ioc_etl.errors import UsageError

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})")
_VIETNAMESE = re.compile(r"(?P<month>[0-9]{1,2})[/-](?P<year>[0-9]{4})")


def parse_month(text: str) -> date:
    """The month written as 2022-01 or 01/2022.

    Raises:
        UsageError: it is no month.
    """
    match = _ISO.fullmatch(text.strip()) or _VIETNAMESE.fullmatch(text.strip())
    year, month = (whole(match[part]) or 0 for part in ("year", "month")) if match else (0, 0)
    if not 1 <= month <= 12 or year < 1900:
        raise UsageError(
            f"{text!r} is no month; write it as 2022-01", f"{text!r} không phải là tháng; hãy ghi như 2022-01"
        )
    return date(year, month, 1)


def month_code(month: date) -> str:
    """2022-01: how folders and commands write a month."""
    return f"{month:%Y-%m}"


def days_in(month: date) -> int:
    """Calendar days of the month."""
    return monthrange(month.year, month.month)[1]


def last_day(month: date) -> date:
    """The month's last day."""
    return month.replace(day=days_in(month))


def month_before(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)
