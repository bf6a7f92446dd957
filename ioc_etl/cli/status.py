"""`ioc-etl status`: a month, or every month, centre by centre."""

from dataclasses import asdict

from ioc_etl.cli.console import dong, say, say_json, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.pipeline.status import CentreStatus
from ioc_etl.pipeline.status import status as status_of
from ioc_etl.reports.terms import place_of


def status(month: str | None, *, as_json: bool, lang: str) -> int:
    """Show where things stand; a month that was never run says how to run it."""
    spoken = words(lang)
    reference_month = parse_month(month) if month else None
    rows = status_of(services_of(), reference_month)
    if as_json:
        say_json({"centres": [asdict(row) | {"reference_month": month_code(row.reference_month)} for row in rows]})
        return 0
    if not rows:
        say(f"{spoken['never_run']}: ioc-etl run {month or '2022-01'}")
        return 0
    table(spoken.status_header, [_row(row, lang) for row in rows], right=(3, 4, 5))
    return 0


def _row(row: CentreStatus, lang: str) -> list[str]:
    spoken = words(lang)
    return [
        f"{row.reference_month:%m/%Y}",
        place_of(row.centre_name) or row.centre_name,
        spoken[f"file_{row.file_status}"],
        str(row.rows_read),
        str(row.held_rows),
        dong(row.amount_vnd),
        spoken[f"batch_{row.batch_status}"] if row.batch_status else "—",
        spoken[f"next_{row.next_step}"] if row.next_step else "—",
    ]
