"""`ioc-etl check`: what the month's run would say about a file, before it is sent."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ioc_etl.cli.console import note, say, say_json
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import finding_message, words
from ioc_etl.core.month import month_before, month_code, parse_month
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.check import Preflight, check_register, check_roster
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import Outcome, RegisterName, Severity

_FINDINGS_FOUND = 3
_SHOWN = ("code", "severity", "level", "centre_code", "source_row", "row_no", "column_name", "cell")
_TEXTS = ("message_vi", "message_en", "how_to_fix_vi", "how_to_fix_en", "legal_basis")


def check(
    file: Path, centre: str | None, month: str | None, input_root: str | None, *, as_json: bool, lang: str
) -> int:
    """Exit code 0 when nothing blocks, 3 when a finding does."""
    if not file.is_file():
        raise UsageError(f"there is no file {file}", f"không có tệp {file}")
    services = services_of(input_root)
    reference_month = _month(file, month, services)
    if centre is None and file.stem.lower() in set(RegisterName):
        name = RegisterName(file.stem.lower())
        return _register(services, file, name, reference_month, as_json=as_json, lang=lang)
    result = check_roster(services, file, centre or file.stem.lower(), reference_month)
    blocking = result.findings.filter(pl.col("severity") == Severity.BLOCK).height
    if as_json:
        say_json(_as_object(result))
    else:
        _show(result, lang)
    return _FINDINGS_FOUND if blocking else 0


def _month(file: Path, month: str | None, services: Services) -> date:
    """The month asked for, else that of the file's folder, else the month before the present one."""
    if month is not None:
        return parse_month(month)
    try:
        return parse_month(file.absolute().parent.name)
    except UsageError:
        guessed = month_before(services.clock.today_in_vietnam().replace(day=1))
        note(f"--month not given: {month_code(guessed)}")
        return guessed


def _register(services: Services, file: Path, name: RegisterName, month: date, *, as_json: bool, lang: str) -> int:
    findings = check_register(services, file, name, month)
    if as_json:
        say_json({"register": name, "findings": findings.to_dicts()})
    else:
        spoken = words(lang)
        counted = spoken["register_findings"].format(count=findings.height)
        say(f"{name}: {counted if findings.height else spoken['register_sound']}")
        for finding in findings.iter_rows(named=True):
            parts = (finding["centre_code"], finding["place"], finding["found"], finding["expected"])
            say(f"  {finding['code']}: {'; '.join(part for part in parts if part)}")
    return _FINDINGS_FOUND if findings.height else 0


def _show(result: Preflight, lang: str) -> None:
    counts = result.decisions.group_by("outcome").len()
    rows = dict(counts.iter_rows())
    is_vietnamese = lang == "vi"
    verdict = words(lang)["file_accepted" if result.is_accepted else "file_refused"]
    say(f"{result.centre_code} {result.reference_month:%m/%Y}: {verdict}")
    names = [words(lang)[f"outcome_{outcome}"] for outcome in Outcome]
    say("; ".join(f"{name} {rows.get(str(outcome), 0)}" for outcome, name in zip(Outcome, names, strict=True)))
    for finding in result.findings.iter_rows(named=True):
        place = finding["cell"] or (f"{finding['source_row']}" if finding["source_row"] else "")
        mark = words(lang)[f"severity_{finding['severity']}"]
        message = finding_message(finding["message_vi"], finding["message_en"], lang)
        say(f"{mark:9} {place:>6} {finding['code']}: {message}")
        say(f"{'':17}→ {finding['how_to_fix_vi' if is_vietnamese else 'how_to_fix_en']}")
    if not result.findings.height:
        say(words(lang)["nothing_found"])
    if result.without_registers:
        note(words(lang)["without_registers"])


def _as_object(result: Preflight) -> dict[str, object]:
    """Without names and IDs: the centre has the file, the output may end up in a log.

    So what stands in a row's cell is left out of the messages, unless it holds no letters.
    """
    counts = dict(result.decisions.group_by("outcome").len().iter_rows())
    return {
        "centre_code": result.centre_code,
        "reference_month": month_code(result.reference_month),
        "is_accepted": result.is_accepted,
        "without_registers": result.without_registers,
        "rows": {str(outcome): counts.get(str(outcome), 0) for outcome in Outcome},
        "amount_vnd": result.decisions["amount_vnd"].sum(),
        "findings": [_without_words(finding) for finding in result.findings.iter_rows(named=True)],
    }


def _without_words(finding: Mapping[str, Any]) -> dict[str, object]:
    told = {name: finding[name] for name in (*_SHOWN, *_TEXTS)}
    if finding["source_row"] is not None:
        blanks = ("found", "expected") if finding["column_name"] == "full_name" else ("found",)
        for words_of_cell in (text for blank in blanks if (text := finding[blank]) and any(map(str.isalpha, text))):
            told |= {name: told[name].replace(words_of_cell, "…") for name in _TEXTS}
    return told
