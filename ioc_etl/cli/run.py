"""`ioc-etl run`: one month or several, and what came of it."""

import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ioc_etl.adapters.store import MonthHolder
from ioc_etl.adapters.store_lock import told_holder
from ioc_etl.cli.acting import TOKEN, Asking, acting
from ioc_etl.cli.console import note, progress, say, say_json, say_list, table
from ioc_etl.cli.plan import show_plans
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import finding_message, told_error, words
from ioc_etl.cli.words_operate import operate_words
from ioc_etl.core.month import month_code
from ioc_etl.core.months import parse_months
from ioc_etl.errors import DatabaseError, SourceError, TransientError, UsageError
from ioc_etl.pipeline.actors import SYSTEM, has_accounts, refuse_runner
from ioc_etl.pipeline.month import run as run_month
from ioc_etl.pipeline.plan_number import PlanNumber
from ioc_etl.pipeline.reports import write_reports
from ioc_etl.pipeline.rerun import MonthOutcome, Unfinished, refuse_future, run_months, worst
from ioc_etl.pipeline.result import CentreReport, RunReport
from ioc_etl.pipeline.services import Services
from ioc_etl.pipeline.turn import Turn
from ioc_etl.reports.terms import place_of, vnd
from schemas.vocabulary import FileStatus


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What was asked for beside the months."""

    centres: tuple[str, ...] | None = None
    missing: bool = False
    plan: bool = False
    apply: str | None = None
    waits: bool = True
    asking: Asking | None = None
    input_root: str | None = None
    reports: Path | None = None
    as_json: bool = False
    lang: str = "vi"


def run(asked: Sequence[str], options: RunOptions) -> int:
    """Run the months in order, write their exception reports, tell what happened. The exit code is the worst one."""
    services = services_of(options.input_root)
    months = parse_months(asked)
    number = _number(options, months)
    refuse_future(services, months)
    centres = None if options.centres is None else [services.centre(code).code for code in options.centres]
    if options.plan:
        return show_plans(
            services, months, centres, missing=options.missing, as_json=options.as_json, lang=options.lang
        )
    runner = _Runner(services, options, number, _actor(services, options.asking))
    outcomes = run_months(services, months, runner, centres=centres, missing=options.missing)
    told = [_tell(services, outcome, options) for outcome in outcomes]
    codes = [code for code, _ in told]
    if options.as_json:
        objects = [shown for _, shown in told]
        say_json(objects[0] if len(objects) == 1 else {"exit_code": worst(codes), "months": objects})
    return worst(codes)


def _actor(services: Services, asking: Asking | None) -> str:
    """The account that asks, once it has proved it; a run that nobody puts a name to is the system's.

    Raises: RefusedError: not by this account.
    """
    if asking is None or (asking.actor is None and not os.environ.get(TOKEN, "").strip()):
        if asking is not None and sys.stdin.isatty() and (hint := unnamed_hint(services, asking.lang)):
            note(hint)
        return SYSTEM
    actor = acting(services, asking)
    refuse_runner(services, actor)
    return actor


def unnamed_hint(services: Services, lang: str) -> str | None:
    """What to tell a person who runs a month without a name; nothing while there are no accounts."""
    return operate_words(lang)["unnamed"] if has_accounts(services) else None


def _number(options: RunOptions, months: Collection[date]) -> PlanNumber | None:
    if options.apply is None:
        return None
    if options.plan:
        raise UsageError("--plan looks, --apply does: name one of them")
    number = PlanNumber.parse(options.apply)
    if set(months) != {number.month}:
        raise UsageError(f"that plan is of {month_code(number.month)} alone; apply it to that month")
    return number


@dataclass(frozen=True, slots=True)
class _Runner:
    """Runs one month as it was asked for."""

    services: Services
    options: RunOptions
    number: PlanNumber | None
    actor: str

    def __call__(self, month: date, centres: Collection[str] | None) -> RunReport:
        def tell(holder: MonthHolder) -> None:
            note(f"{operate_words(self.options.lang)['waiting']}: {told_holder(month, holder)}")

        with progress(self.options.lang) as told:
            return run_month(
                self.services,
                month,
                centres=centres,
                actor=self.actor,
                progress=told,
                turn=Turn(waits=self.options.waits, tell=tell),
                plan=self.number,
            )


def _tell(services: Services, outcome: MonthOutcome, options: RunOptions) -> tuple[int, dict[str, object]]:
    """Tell one month as soon as it is done; its exit code and its object for JSON."""
    spoken = operate_words(options.lang)
    warnings = [told_before(outcome.before, options.lang)] if outcome.before else []
    for warning in warnings:
        note(warning)
    month = month_code(outcome.month)
    if outcome.error is not None:
        note(f"ioc-etl: {month}: {told_error(outcome.error, options.lang)}")
    if outcome.report is None:
        if outcome.error is None and not options.as_json:
            say(f"{words(options.lang)['month']} {outcome.month:%m/%Y} — {spoken['nothing_missing']}")
        error = None if outcome.error is None else str(outcome.error)
        nothing = {"reference_month": month, "exit_code": outcome.exit_code, "error": error}
        return outcome.exit_code, {**nothing, "warnings": warnings}
    written = _reports(services, outcome.month, options)
    if not options.as_json:
        show(outcome.report, written, options.lang)
    return outcome.exit_code, {**as_object(outcome.report, written), "warnings": warnings}


def told_before(before: Sequence[Unfinished], lang: str) -> str:
    """One line about what is unfinished in the month before."""
    spoken, month = operate_words(lang), before[0].month
    reasons = (
        spoken[f"before_{one.reason}"].format(code=month_code(month), centres=", ".join(one.centres)) for one in before
    )
    return spoken["before"].format(month=f"{month:%m/%Y}", reasons="; ".join(reasons))


def _reports(services: Services, month: date, options: RunOptions) -> list[Path]:
    """The month is decided by now: reports that cannot be written are told and change no exit code."""
    try:
        return write_reports(services, month, options.reports or services.settings.home / "reports")
    except (SourceError, DatabaseError, TransientError) as error:
        note(f"ioc-etl: {told_error(error, options.lang)}")
        return []


def show(report: RunReport, written: Sequence[Path], lang: str) -> None:
    """The month as a table, what was found centre by centre, where the reports are."""
    spoken = words(lang)
    state = spoken[f"run_{report.status}"]
    say(f"{spoken['month']} {report.reference_month:%m/%Y} — {state} (run {str(report.run_id)[:8]})")
    if report.centres:
        rows = [_row(centre, lang) for centre in report.centres]
        table(spoken.header, [*rows, _total(report, lang)], right=range(2, 8))
    for centre in report.centres:
        if centre.codes:
            say_list(f"{_place(centre)}: {_codes(centre)}")
    for code, vi, en in report.run_findings:
        say(f"{code}: {finding_message(vi, en, lang)}")
    if report.taken_back:
        say(f"{spoken['taken_back']}: {', '.join(report.taken_back)}")
    for code in report.unreachable:
        say(f"{spoken['unreachable']}: {code}")
        if code in report.reasons:
            say(f"    {report.reasons[code]}")
    if written:
        say(f"{spoken['reports']}: {written[0].parent} ({len(written)})")


def _row(centre: CentreReport, lang: str) -> list[str]:
    counts = (centre.rows_read, centre.paid_rows, centre.superseded_rows, centre.held_rows, centre.merged_rows)
    is_older_in_force = centre.is_offer_refused and centre.file_status == FileStatus.ACCEPTED
    file_status = words(lang)["new_refused" if is_older_in_force else f"file_{centre.file_status}"]
    return [_place(centre), file_status, *(str(count) for count in counts), vnd(centre.amount_vnd)]


def _place(centre: CentreReport) -> str:
    return place_of(centre.centre_name) or centre.centre_name


def _codes(centre: CentreReport) -> str:
    return ", ".join(f"{code} ({count})" if count > 1 else code for code, count in sorted(centre.codes.items()))


def _total(report: RunReport, lang: str) -> list[str]:
    sums = (
        sum(getattr(centre, name) for centre in report.centres)
        for name in ("rows_read", "paid_rows", "superseded_rows", "held_rows", "merged_rows")
    )
    return [words(lang)["total"], "", *(str(count) for count in sums), vnd(report.total_vnd)]


def as_object(report: RunReport, written: Sequence[Path]) -> dict[str, object]:
    """The report as JSON's object: counts, đồng, codes and paths, no personal value."""
    return {
        "run_id": str(report.run_id),
        "reference_month": month_code(report.reference_month),
        "status": str(report.status),
        "exit_code": report.exit_code,
        "total_vnd": report.total_vnd,
        "run_findings": [{"code": code, "message_vi": vi, "message_en": en} for code, vi, en in report.run_findings],
        "centres": [
            {name: getattr(centre, name) for name in CentreReport.__dataclass_fields__} for centre in report.centres
        ],
        "taken_back": list(report.taken_back),
        "unreachable": list(report.unreachable),
        "unreachable_reasons": dict(report.reasons),
        "exception_reports": [str(path) for path in written],
    }
