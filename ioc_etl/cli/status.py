"""`ioc-etl status`: the calendar of centres and months, or one month centre by centre."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from ioc_etl.cli.console import say, say_json, say_list, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import words
from ioc_etl.cli.words_operate import operate_words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.calendar import UNRUN, Calendar, CalendarCell, calendar
from ioc_etl.pipeline.rerun import refuse_future
from ioc_etl.pipeline.services import Services
from ioc_etl.pipeline.status import BatchTotal, CentreStatus, batches_of
from ioc_etl.pipeline.status import status as status_of
from ioc_etl.policy.model import Centre
from ioc_etl.reports.calendar import letter_of
from ioc_etl.reports.terms import place_of, told_status, vnd
from schemas.vocabulary import BatchKind


def status(month: str | None, first: str | None, last: str | None, *, as_json: bool, lang: str) -> int:
    """Where things stand: a month in detail, or the calendar. A month that was never run says how to run it."""
    if month and (first or last):
        raise UsageError("name a month, or a range with --from and --to, not both")
    services = services_of()
    if month is not None:
        return _month(services, parse_month(month), as_json=as_json, lang=lang)
    shown = calendar(services, *(parse_month(each) if each is not None else None for each in (first, last)))
    if as_json:
        say_json(_as_object(shown))
        return 0
    if all(cell.state == UNRUN for cell in shown.cells):
        say(f"{words(lang)['never_run']}: ioc-etl run {month_code(shown.months[-1])}")
        return 0
    _show(shown, lang)
    return 0


def _show(shown: Calendar, lang: str) -> None:
    spoken = operate_words(lang)
    codes = list(dict.fromkeys(cell.centre_code for cell in shown.cells))
    cells = {(cell.centre_code, cell.reference_month): cell for cell in shown.cells}
    names = {cell.centre_code: _place(cell.centre_name) for cell in shown.cells}
    header = (spoken["centre"], *(f"{month:%m/%y}" for month in shown.months))
    table(header, [[names[code], *(_letter(cells.get((code, month))) for month in shown.months)] for code in codes])
    say_list(spoken["legend"])
    say()
    waiting = [cell for cell in shown.cells if cell.waits]
    if not waiting:
        say(spoken["nothing_waits"])
        return
    say(f"{spoken['waits']}:")
    table(words(lang).calendar_header, [_waiting(cell, lang) for cell in waiting])


def _letter(cell: CalendarCell | None) -> str:
    if cell is None:
        return ""
    return letter_of(
        cell.state, is_adjusted=cell.is_adjusted, held_rows=cell.held_rows, is_offer_refused=cell.is_offer_refused
    )


def _waiting(cell: CalendarCell, lang: str) -> list[str]:
    spoken = operate_words(lang)
    state = spoken[f"state_{cell.state}"]
    steps = "; ".join(spoken[f"step_{step}"] for step in cell.next_steps)
    return [
        f"{cell.reference_month:%m/%Y}",
        _place(cell.centre_name),
        f"{state}, {spoken['adjusted']}" if cell.is_adjusted else state,
        "—" if cell.age_days is None else spoken["days_old"].format(days=cell.age_days),
        steps,
    ]


def _as_object(shown: Calendar) -> dict[str, object]:
    return {
        "from": month_code(shown.months[0]),
        "to": month_code(shown.months[-1]),
        "centres": [asdict(cell) | {"reference_month": month_code(cell.reference_month)} for cell in shown.cells],
    }


def _month(services: Services, month: date, *, as_json: bool, lang: str) -> int:
    spoken = words(lang)
    refuse_future(services, [month])
    rows, drawn = status_of(services, month), batches_of(services, month)
    if as_json:
        say_json(
            {
                "centres": [asdict(row) | {"reference_month": month_code(month)} for row in rows],
                "batches": [asdict(batch) for batch in drawn],
            }
        )
        return 0
    if not rows:
        say(f"{spoken['month_never_run'].format(month=f'{month:%m/%Y}')}: ioc-etl run {month_code(month)}")
        return 0
    table(spoken.status_header, [_row(row, lang) for row in rows], right=(3, 4, 5))
    if drawn:
        say()
        say(f"{operate_words(lang)['batches']}:")
        table(spoken.batch_header, [_batch(batch, services.centres_in(month), lang) for batch in drawn], right=(4, 5))
    return 0


def _batch(batch: BatchTotal, centres: Mapping[str, Centre], lang: str) -> list[str]:
    spoken = operate_words(lang)
    known = centres.get(batch.centre_code)
    return [
        batch.batch_id[:8],
        _place(known.name) if known else batch.centre_code,
        f"{spoken[f'kind_{batch.kind}']} {batch.number}",
        told_status(batch.kind, batch.status, lang),
        str(batch.lines),
        vnd(batch.amount_vnd),
    ]


def _row(row: CentreStatus, lang: str) -> list[str]:
    spoken, steps = words(lang), operate_words(lang)
    return [
        f"{row.reference_month:%m/%Y}",
        _place(row.centre_name),
        spoken[f"file_{row.file_status}"],
        str(row.rows_read),
        str(row.held_rows),
        vnd(row.amount_vnd),
        told_status(BatchKind.REGULAR, row.batch_status, lang) if row.batch_status else "—",
        "; ".join(_steps(row.next_steps, steps)) or "—",
    ]


def _steps(next_steps: Sequence[str], spoken: Mapping[str, str]) -> list[str]:
    return [spoken[f"step_{step}"] for step in next_steps]


def _place(name: str) -> str:
    return place_of(name) or name
