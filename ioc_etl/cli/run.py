"""`ioc-etl run`: one month, and what came of it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ioc_etl.cli.console import dong, note, progress, say, say_json, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import finding_message, words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import SourceError, UsageError
from ioc_etl.pipeline.month import run as run_month
from ioc_etl.pipeline.reports import write_reports
from ioc_etl.pipeline.result import CentreReport, RunReport
from ioc_etl.pipeline.services import Services
from ioc_etl.reports.terms import place_of
from schemas.vocabulary import FileStatus


def run(
    month: str, centres: Sequence[str] | None, input_root: str | None, reports: Path | None, *, as_json: bool, lang: str
) -> int:
    """Run the month, write its exception reports, tell what happened. The exit code is the run's."""
    words(lang)
    services = services_of(input_root)
    reference_month = parse_month(month)
    if reference_month > services.clock.today_in_vietnam():
        raise UsageError(f"{month_code(reference_month)} has not begun yet; run a month that has")
    with progress(lang) as told:
        report = run_month(services, reference_month, centres=centres or None, progress=told)
    folder = reports or services.settings.home / "reports"
    written = _reports(services, reference_month, folder)
    if as_json:
        say_json(as_object(report, written))
    else:
        show(report, written, lang)
    return report.exit_code


def _reports(services: Services, month: date, folder: Path) -> list[Path]:
    """The month is decided by now: a folder that cannot be written is told and changes no exit code."""
    try:
        return write_reports(services, month, folder)
    except SourceError as error:
        note(f"ioc-etl: {error}")
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
            say(f"{_place(centre)}: {_codes(centre)}")
    for code, vi, en in report.run_findings:
        say(f"{code}: {finding_message(vi, en, lang)}")
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
    return [_place(centre), file_status, *(str(count) for count in counts), dong(centre.amount_vnd)]


def _place(centre: CentreReport) -> str:
    return place_of(centre.centre_name) or centre.centre_name


def _codes(centre: CentreReport) -> str:
    return ", ".join(f"{code} ({count})" if count > 1 else code for code, count in sorted(centre.codes.items()))


def _total(report: RunReport, lang: str) -> list[str]:
    sums = (
        sum(getattr(centre, name) for centre in report.centres)
        for name in ("rows_read", "paid_rows", "superseded_rows", "held_rows", "merged_rows")
    )
    return [words(lang)["total"], "", *(str(count) for count in sums), dong(report.total_vnd)]


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
        "unreachable": list(report.unreachable),
        "unreachable_reasons": dict(report.reasons),
        "exception_reports": [str(path) for path in written],
    }
