"""An operator's run of several months: in order, each by itself, saying before which month another is unfinished."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ioc_etl.adapters.store_calendar import calendar, last_status
from ioc_etl.core.month import month_before, month_code
from ioc_etl.errors import IocEtlError, UsageError
from ioc_etl.pipeline.result import COMPLETED, FAILED, INCOMPLETE, RunReport
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import BatchStatus, FileStatus, RunStatus

NEVER_RUN, NOT_DECIDED = "never_run", "not_decided"
_OPEN = (BatchStatus.DRAFT, BatchStatus.SUBMITTED)
_WORST_FIRST = (FAILED, INCOMPLETE, COMPLETED)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is unfinished in the month before: `never_run`, a centre's `missing` or `refused` file, open batches."""

    month: date
    reason: str
    centres: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthOutcome:
    """What came of one month: its report, or why it failed; neither when nothing was to do."""

    month: date
    before: tuple[Unfinished, ...]
    report: RunReport | None = None
    error: IocEtlError | None = None

    @property
    def exit_code(self) -> int:
        """The month's own."""
        if self.error is not None:
            return FAILED
        return COMPLETED if self.report is None else self.report.exit_code


RunOne = Callable[[date, Collection[str] | None], RunReport]
"""Runs a month, pulling these centres, or all."""


def run_months(
    services: Services, months: Sequence[date], run_one: RunOne, *, centres: Collection[str] | None, missing: bool
) -> Iterator[MonthOutcome]:
    """Run the months in order; one that fails stops no other. `missing`: pull what is missing or failed, see `gaps`."""
    for month in months:
        yield _run_one(services, month, run_one, centres=centres, missing=missing)


def _run_one(
    services: Services, month: date, run_one: RunOne, *, centres: Collection[str] | None, missing: bool
) -> MonthOutcome:
    before: tuple[Unfinished, ...] = ()
    try:
        before = unfinished_before(services, month)
        wanted = gaps(services, month, centres) if missing else centres
        is_idle = wanted is not None and not wanted
        return MonthOutcome(month, before, report=None if is_idle else run_one(month, wanted))
    except UsageError:
        raise
    except IocEtlError as error:
        return MonthOutcome(month, before, error=error)


def worst(codes: Collection[int]) -> int:
    """The exit code of several months: failed, then incomplete, then completed."""
    return next((code for code in _WORST_FIRST if code in codes), COMPLETED)


def refuse_future(services: Services, months: Collection[date]) -> None:
    """Raises UsageError when a month has not begun where the centres are."""
    for month in months:
        if month > services.clock.today_in_vietnam():
            raise UsageError(
                f"{month_code(month)} has not begun yet; name a month that has",
                f"tháng {month_code(month)} chưa bắt đầu; hãy ghi tháng đã bắt đầu",
            )


def gaps(services: Services, month: date, centres: Collection[str] | None = None) -> tuple[str, ...] | None:
    """The centres, of those given or of all, that are missing or refused in the month; every one when it failed.

    Null means all centres: the month was never decided, or its last run failed or was blocked.
    """
    if last_status(services.engine, month) in {None, RunStatus.FAILED, RunStatus.BLOCKED}:
        return tuple(centres) if centres is not None else None
    cells = calendar(services.engine, month, month).iter_rows(named=True)
    settled = {
        cell["centre_code"]
        for cell in cells
        if cell["file_status"] == FileStatus.ACCEPTED and not cell["is_offer_refused"]
    }
    due = services.open_centres(month) if centres is None else [services.centre(code).code for code in centres]
    return tuple(code for code in due if code not in settled)


def unfinished_before(services: Services, month: date) -> tuple[Unfinished, ...]:
    """What is unfinished in the month before; nothing where that month is not this system's to pay."""
    before = month_before(month)
    policy = policy_at(services.policy, before)
    if not (policy.is_in_force and policy.is_payable):
        return ()
    cells = calendar(services.engine, before, before).to_dicts()
    if not cells:
        reason = NEVER_RUN if last_status(services.engine, before) is None else NOT_DECIDED
        return (Unfinished(before, reason),)
    by_reason: dict[str, tuple[str, ...]] = {
        status: tuple(cell["centre_code"] for cell in cells if cell["file_status"] == status)
        for status in (FileStatus.MISSING, FileStatus.REFUSED)
    }
    waiting = {"submit": BatchStatus.DRAFT, "confirm_recovery": BatchStatus.DRAFT, "approve": BatchStatus.SUBMITTED}
    for status in _OPEN:
        steps = {step for step, of_status in waiting.items() if of_status is status}
        by_reason |= {status: tuple(cell["centre_code"] for cell in cells if steps & set(cell["next_steps"]))}
    return tuple(Unfinished(before, str(reason), codes) for reason, codes in by_reason.items() if codes)
