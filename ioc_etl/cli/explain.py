"""`ioc-etl explain`: why a person was paid, or not. Shows what stands in the file: for the eyes of who asks."""

import getpass
import sys
from collections.abc import Mapping, Sequence
from datetime import date

from ioc_etl.cli.acting import token_holder
from ioc_etl.cli.console import say, say_json
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import finding_message, words
from ioc_etl.core.explain import Check
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.explain import ExplainedRow, Statement, agency_name, legal_basis, statement
from ioc_etl.pipeline.explain import explain as explain_person
from ioc_etl.pipeline.services import Services
from ioc_etl.reports.exceptions import CASE_SHOWN
from ioc_etl.reports.terms import place_of, told_status, vnd
from schemas.vocabulary import BatchKind

_TENTHS = 10
_NOT_APPROVED = {"draft", "submitted"}
_ID_AND_MONTH = 2
_TOLD_OF_A_FINDING = ("case_id", "code", "severity", "is_waivable", "is_waived", "message_vi", "message_en")
_FACTS = ("outcome", "amount_vnd", "coefficient_tenths", "base_salary_vnd", "days_on_duty", "quota_rank", "quota_limit")


def explain(asked: Sequence[str], *, as_json: bool, lang: str) -> int:
    """`explain MONTH` asks for the ID; `explain CITIZEN_ID MONTH` takes it."""
    month, digits = _question(asked, lang)
    services = services_of()
    rows = explain_person(services, month, digits, actor=token_holder(services))
    money = statement(services, month, digits, rows)
    if as_json:
        ledger = {"entitled_vnd": money.entitled_vnd, "due_vnd": money.due_vnd, "lines": [dict(x) for x in money.lines]}
        say_json({"reference_month": month_code(month), "rows": [_as_object(row) for row in rows], "ledger": ledger})
        return 0
    for row in rows:
        _show(services, row, lang)
    if money.lines:
        _show_money(services, month, money, lang)
    return 0


def _question(asked: Sequence[str], lang: str) -> tuple[date, str]:
    if len(asked) > _ID_AND_MONTH:
        raise UsageError(
            "explain takes a citizen ID and a month, or a month alone",
            "explain cần số căn cước và tháng, hoặc chỉ tháng",
        )
    month = parse_month(asked[-1])
    citizen_id = asked[0] if len(asked) == _ID_AND_MONTH else _asked(lang)
    digits = "".join(character for character in citizen_id if character.isalnum())
    if not digits:
        raise UsageError("no citizen ID was given", "chưa ghi số căn cước")
    return month, digits


def _asked(lang: str) -> str:
    """Hidden on a terminal; from a pipe the first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return getpass.getpass(words(lang)["ask_id"]).strip()


def _show(services: Services, row: ExplainedRow, lang: str) -> None:
    spoken, decision = words(lang), row.decision
    month = parse_month(str(decision["reference_month"])[:7])
    say(f"{decision['full_name'] or '—'} — {row.centre_name}, {spoken['month']} {month:%m/%Y}")
    say(f"{row.file_name}, {decision['sheet']}, {spoken['row']} {decision['source_row']}")
    say(f"→ {spoken['outcome_' + str(decision['outcome'])]}: {vnd(int(str(decision['amount_vnd'])))}")
    for number, check in enumerate(row.checks, start=1):
        _show_check(number, check, lang)
    say(f"{spoken['amount']}: {_sum(decision)}; {decision['days_on_duty']} {spoken['days']}")
    if decision["agency"]:
        say(f"{spoken['agency']}: {agency_name(services, month, str(decision['agency']))}")
    if decision["quota_rank"] is not None:
        say(f"{spoken['rank']}: {decision['quota_rank']}/{decision['quota_limit']}")
    source = services.centre(str(decision["centre_code"]), month).funding_source
    say(f"{spoken['basis']}: {legal_basis(services, month, source)}")
    say()


def _show_money(services: Services, month: date, money: Statement, lang: str) -> None:
    """Entitlement less what counts already, line by line, then what is due; lines of drafts are how it will be paid."""
    spoken = words(lang)
    say(spoken["ledger"].format(month=f"{month:%m/%Y}"))
    say(f"  {spoken['entitled']}: {vnd(money.entitled_vnd)}")
    waiting = [line for line in money.lines if line["status"] in _NOT_APPROVED]
    for line in money.lines:
        if line not in waiting:
            _show_line(services, month, line, lang)
    say(f"  = {spoken['due']}: {vnd(money.due_vnd)}")
    for line in waiting:
        _show_line(services, month, line, lang)
    say()


def _show_line(services: Services, month: date, line: Mapping[str, object], lang: str) -> None:
    spoken, centre = words(lang), services.centres_in(month).get(str(line["centre_code"]))
    place = place_of(centre.name) if centre else str(line["centre_code"])
    what = spoken["paid_before"] if line["kind"] == BatchKind.OPENING else f"{line['batch']}"
    status = spoken["returned"] if line["is_returned"] else _status(line, lang)
    said = ", ".join(filter(None, [place, what, str(line["document"] or ""), status]))
    say(f"  {_sign(line)} {said}: {vnd(abs(int(str(line['amount_vnd']))))}")


def _status(line: Mapping[str, object], lang: str) -> str:
    return (
        "" if line["kind"] == BatchKind.OPENING else told_status(str(line["kind"]), str(line["status"]), lang).lower()
    )


def _sign(line: Mapping[str, object]) -> str:
    """Minus for what is taken off, plus for what was taken back; a line that does not count has none."""
    if line["is_returned"] or line["status"] in _NOT_APPROVED:
        return "·"
    return "−" if int(str(line["amount_vnd"])) >= 0 else "+"


def _show_check(number: int, check: Check, lang: str) -> None:
    mark = "✗" if not check.is_passed else "!" if check.is_warned else "✓"
    title = check.rule.title_en if lang == "en" else check.rule.title_vi
    cells = ", ".join(f"{cell.address} {cell.header}: {cell.text or '—'}" for cell in check.cells)
    say(f"{mark} {number:2}. {title}  [{check.rule.clause}]")
    if cells:
        say(f"      {cells}")
    for finding in check.findings:
        waived = f" ({words(lang)['waived']})" if finding["is_waived"] else ""
        message = finding_message(str(finding["message_vi"]), str(finding["message_en"]), lang)
        say(f"      {finding['code']}{waived}: {message}")
        say(f"      {finding['legal_basis']}")
        if finding["is_waivable"] or finding["is_waived"]:
            case = words(lang)["case_waived" if finding["is_waived"] else "case_waivable"]
            say(f"      {case.format(case=str(finding['case_id'])[:CASE_SHOWN])}")


def _sum(decision: Mapping[str, object]) -> str:
    tenths, base = decision["coefficient_tenths"], decision["base_salary_vnd"]
    if tenths is None or base is None:
        return "—"
    whole, tenth = divmod(int(str(tenths)), _TENTHS)
    full = vnd(int(str(decision["full_amount_vnd"])))
    return f"{whole},{tenth} × {vnd(int(str(base)))} = {full}"


def _as_object(row: ExplainedRow) -> dict[str, object]:
    return {
        "centre_code": row.decision["centre_code"],
        "file_name": row.file_name,
        "sheet": row.decision["sheet"],
        "source_row": row.decision["source_row"],
        **{name: row.decision[name] for name in _FACTS},
        "rules": [
            {
                "rule": check.rule.key,
                "clause": check.rule.clause,
                "passed": check.is_passed,
                "cells": [{"cell": cell.address, "header": cell.header, "text": cell.text} for cell in check.cells],
                "findings": [{name: finding[name] for name in _TOLD_OF_A_FINDING} for finding in check.findings],
            }
            for check in row.checks
        ],
    }
