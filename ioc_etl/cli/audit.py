"""`ioc-etl audit`: the chain of what was done."""

from collections.abc import Mapping
from datetime import date, datetime

from ioc_etl.cli.console import say, say_json, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words_audit import told_action, told_actor, told_detail
from ioc_etl.cli.words_ledger import EVENTS_HEADER, ledger_words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.pipeline import audit as pipeline

_BROKEN = 1


def verify(expect: str | None, *, as_json: bool, lang: str) -> int:
    """Exit code 1 when a link is broken, is not the expected one, or a step of the ledger rests on none."""
    expected = None if expect is None else pipeline.Link.parse(expect)
    report = pipeline.verify(services_of(), expected)
    if as_json:
        head = None if report.head is None else str(report.head)
        problems = list(report.problems)
        told = {"events": report.events, "broken_at": report.broken_at, "is_expected": report.is_expected}
        say_json({**told, "head": head, "problems": problems})
    else:
        say(_verdict(report, expected, ledger_words(lang)))
    return 0 if report.is_sound else _BROKEN


def _verdict(report: pipeline.ChainReport, expected: pipeline.Link | None, spoken: Mapping[str, str]) -> str:
    if report.broken_at is not None:
        return spoken["chain_broken"].format(seq=report.broken_at)
    if not report.is_expected:
        return spoken["chain_other"].format(link=expected, head=report.head)
    if report.problems:
        return spoken["steps_without_event"].format(problems="; ".join(report.problems))
    if report.head is None:
        return spoken["chain_empty"]
    return spoken["chain_holds"].format(count=report.events, head=report.head)


def show(month: str | None, limit: int, *, as_json: bool, lang: str) -> int:
    """The last events."""
    spoken = ledger_words(lang)
    found = pipeline.events(services_of(), parse_month(month) if month is not None else None, limit=limit)
    if as_json:
        say_json({"events": found})
    elif not found:
        say(spoken["no_events"])
    else:
        table(EVENTS_HEADER[lang], [_row(event, lang) for event in found], right=(0,))
    return 0


def _row(event: Mapping[str, object], lang: str) -> list[str]:
    at, month, detail = event["at"], event["reference_month"], event["detail"]
    return [
        str(event["seq"]),
        f"{at:%Y-%m-%d %H:%M:%S}" if isinstance(at, datetime) else "",
        told_actor(str(event["actor"]), lang),
        told_action(str(event["action"]), lang),
        month_code(month) if isinstance(month, date) else "",
        told_detail(detail if isinstance(detail, dict) else {}, lang),
    ]
