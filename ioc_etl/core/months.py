"""Several months as people write them: one, a list, a range."""

from collections.abc import Iterable
from datetime import date

from ioc_etl.core.month import last_day, month_code, parse_month
from ioc_etl.errors import UsageError

RANGE = ".."
_MONTHS_AT_MOST = 240


def parse_months(texts: Iterable[str]) -> tuple[date, ...]:
    """The months of `2022-01`, `2022-01..2022-06` and such, each once, in order.

    Raises:
        UsageError: one is no month, or a range runs backwards.
    """
    found: set[date] = set()
    for text in texts:
        first, separator, last = text.partition(RANGE)
        found |= set(months_between(parse_month(first), parse_month(last))) if separator else {parse_month(first)}
    if not found:
        raise UsageError("no month was named; write it as 2022-01 or 2022-01..2022-06")
    return tuple(sorted(found))


def months_between(first: date, last: date) -> tuple[date, ...]:
    """The first days of the months first..last.

    Raises:
        UsageError: the last is before the first, or they are too many to be meant.
    """
    if last < first:
        asked, turned = f"{month_code(first)}{RANGE}{month_code(last)}", f"{month_code(last)}{RANGE}{month_code(first)}"
        raise UsageError(f"the range {asked} runs backwards; write {turned}")
    months = [first]
    while months[-1] < last:
        months.append(month_after(months[-1]))
        if len(months) > _MONTHS_AT_MOST:
            raise UsageError(f"a range of more than {_MONTHS_AT_MOST} months cannot be meant; name fewer")
    return tuple(months)


def month_after(month: date) -> date:
    """The first day of the month after."""
    return date.fromordinal(last_day(month).toordinal() + 1)
