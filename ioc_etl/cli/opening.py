"""`ioc-etl opening import | list | cancel`: what was paid before go-live, and what of it was entered by mistake."""

from collections.abc import Sequence
from pathlib import Path

from ioc_etl.adapters.store_opening_end import KeptOpening
from ioc_etl.cli.acting import Asking, acting
from ioc_etl.cli.console import note, say, say_json, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words_ledger import OPENINGS_HEADER, ledger_words, short_id
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.core.text import without_ids
from ioc_etl.pipeline import opening as pipeline
from ioc_etl.pipeline import opening_end
from ioc_etl.policy.resolve import first_payable_month
from ioc_etl.reports.terms import masked, vnd

_FAILED = 1


def take(file: Path, asking: Asking, *, as_json: bool) -> int:
    """Take opening lines, all or none."""
    services, spoken = services_of(), ledger_words(asking.lang)
    report = pipeline.import_opening(services, acting(services, asking), file)
    told = [
        {"row": problem.row_number, "cell": problem.cell, "message_vi": problem.vi, "message_en": problem.en}
        for problem in report.problems
    ]
    if as_json:
        counts = {"lines": report.lines, "amount_vnd": report.amount_vnd, "payable_lines": report.payable_lines}
        say_json({**counts, "problems": told})
    elif report.problems:
        for problem in report.problems:
            text = problem.en if asking.lang == "en" else problem.vi
            note(f"{spoken['row']} {problem.row_number} ({problem.cell}) {text}")
        note(spoken["opening_refused"].format(count=len(report.problems)))
    else:
        say(spoken["opening_taken"].format(lines=report.lines, amount=vnd(report.amount_vnd)))
        if report.payable_lines:
            first = first_payable_month(services.policy, services.clock.today_in_vietnam().replace(day=1))
            say(spoken["opening_payable"].format(lines=report.payable_lines, first=f"{first:%m/%Y}"))
    return _FAILED if report.problems else 0


def show(month: str | None, *, as_json: bool, lang: str) -> int:
    """Every opening line, with the id by which it is cancelled."""
    spoken = ledger_words(lang)
    lines = opening_end.opening_lines(services_of(), None if month is None else parse_month(month))
    if as_json:
        say_json({"opening_lines": [_as_object(line) for line in lines]})
    elif not lines:
        say(spoken["no_openings"])
    else:
        table(OPENINGS_HEADER[lang], [_row(line, lang) for line in lines], right=(4,))
    return 0


def cancel(which: Sequence[str], reason: str, asking: Asking, *, as_json: bool) -> int:
    """Opening lines that were a mistake count no more."""
    services = services_of()
    done = opening_end.cancel(services, acting(services, asking), *which, reason=reason)
    months = [month_code(month) for month in done.months]
    if as_json:
        say_json({"lines": done.lines, "amount_vnd": done.amount_vnd, "months": months})
    else:
        text = ledger_words(asking.lang)["opening_cancelled"]
        say(text.format(lines=done.lines, amount=vnd(done.amount_vnd), months=" ".join(months)))
    return 0


def _row(line: KeptOpening, lang: str) -> list[str]:
    spoken = ledger_words(lang)
    state = spoken["opening_counts" if line.ended_at is None else "opening_ended"]
    return [
        short_id(line.payment_id),
        month_code(line.reference_month),
        line.centre_code,
        masked(line.citizen_id),
        vnd(line.amount_vnd),
        without_ids(line.document),
        state,
    ]


def _as_object(line: KeptOpening) -> dict[str, object]:
    return {
        "payment_id": str(line.payment_id),
        "reference_month": month_code(line.reference_month),
        "centre_code": line.centre_code,
        "citizen_id_masked": masked(line.citizen_id),
        "amount_vnd": line.amount_vnd,
        "document": without_ids(line.document),
        "actor": line.actor,
        "at": line.at.isoformat(),
        "cancelled_at": None if line.ended_at is None else line.ended_at.isoformat(),
        "reason": line.end_reason,
    }
