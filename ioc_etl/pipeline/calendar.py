"""The calendar: every open centre and month, where it stands, for how long, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ioc_etl.adapters.clock import VIETNAM
from ioc_etl.adapters.store_calendar import calendar as stored_calendar
from ioc_etl.adapters.store_calendar import latest_month
from ioc_etl.core.month import last_day, month_before
from ioc_etl.core.months import months_between
from ioc_etl.pipeline.basis import centres_on_another_basis
from ioc_etl.pipeline.outdated import months_decided_otherwise
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.resolve import policy_at

UNRUN = "unrun"
RUN, RERUN = "run", "rerun"
MONTHS = 12
_BEFORE_RERUN = ("send", "mend", "hand_in")


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """One centre's month, as payroll.month_calendar tells it; `unrun` when the month was never decided for it.

    `age_days`: since the state began; of a missing roster and of a month never run since the month ended. Null where
    nothing waits to be counted.
    """

    reference_month: date
    centre_code: str
    centre_name: str
    state: str
    is_adjusted: bool
    file_status: str | None
    is_offer_refused: bool
    rows_read: int
    held_rows: int
    amount_vnd: int
    since: datetime | None
    age_days: int | None
    next_steps: tuple[str, ...]

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something."""
        return bool(self.next_steps)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The cells of the months, by month and in the order of the registry of centres."""

    months: tuple[date, ...]
    cells: tuple[CalendarCell, ...]


def calendar(services: Services, first: date | None = None, last: date | None = None) -> Calendar:
    """The months first..last; without them the twelve up to the last month that has ended.

    When nothing was run in those twelve, the twelve up to the latest month that ever was.

    Raises:
        UsageError: the range runs backwards.
    """
    until = last or _last(services, first)
    months = months_between(first or _back(until, MONTHS - 1), until)
    rows = stored_calendar(services.engine, months[0], months[-1])
    known = {(row["reference_month"], row["centre_code"]): row for row in rows.iter_rows(named=True)}
    today = services.clock.today_in_vietnam()
    otherwise = months_decided_otherwise(services, months)
    stale = centres_on_another_basis(services, months[0], months[-1])
    cells = [
        _rerun(
            _cell(services, month, code, known.get((month, code)), today),
            is_stale=month in otherwise or (month, code) in stale,
        )
        for month in months
        for code in _codes(services, month, known)
    ]
    shown = months if first else tuple(month for month in months if month >= _begun(cells, months[-1]))
    return Calendar(shown, tuple(cells))


def _rerun(cell: CalendarCell, *, is_stale: bool) -> CalendarCell:
    """With RERUN among its next steps, in its place.

    `is_stale`: parameters decide the month otherwise by now, or what it pays rests on another legal basis than its own.
    """
    if not is_stale or cell.state == UNRUN or RERUN in cell.next_steps:
        return cell
    first = tuple(step for step in cell.next_steps if step in _BEFORE_RERUN)
    return replace(cell, next_steps=(*first, RERUN, *cell.next_steps[len(first) :]))


def _begun(cells: Sequence[CalendarCell], last: date) -> date:
    """The first month that there is anything to say of."""
    return min((cell.reference_month for cell in cells), default=last)


def _last(services: Services, first: date | None) -> date:
    ended = month_before(services.clock.today_in_vietnam().replace(day=1))
    latest = latest_month(services.engine)
    if latest is None or first is not None or latest >= _back(ended, MONTHS - 1):
        return max(ended, latest or ended, first or ended)
    return latest


def _back(month: date, months: int) -> date:
    for _ in range(months):
        month = month_before(month)
    return month


def _codes(services: Services, month: date, known: Mapping[tuple[date, str], object]) -> list[str]:
    """The centres that were decided, and those that are open in a month of the policy; unknown ones last."""
    is_in_force = policy_at(services.policy, month).is_in_force
    opened = services.open_centres(month) if is_in_force else {}
    decided = [code for one, code in known if one == month]
    wanted = {*opened, *decided}
    return [code for code in services.policy.centres if code in wanted] + sorted(wanted - set(services.policy.centres))


def _cell(services: Services, month: date, code: str, row: Mapping[str, Any] | None, today: date) -> CalendarCell:
    known = services.centres_in(month).get(code)
    name = known.name if known else code
    since = row["since"] if row else None
    began = since.astimezone(VIETNAM).date() if isinstance(since, datetime) else last_day(month)
    has_ended = last_day(month) < today
    if row is None:
        steps = (RUN,) if has_ended else ()
        age = (today - began).days if has_ended else None
        return CalendarCell(month, code, name, UNRUN, False, None, False, 0, 0, 0, None, age, steps)  # noqa: FBT003
    told = {field: row[field] for field in CalendarCell.__slots__ if field in row}
    is_counted = isinstance(since, datetime) or (row["state"] == "missing" and has_ended)
    return CalendarCell(
        **{
            **told,
            "centre_name": name,
            "age_days": max(0, (today - began).days) if is_counted else None,
            "next_steps": tuple(row["next_steps"]),
        }
    )
