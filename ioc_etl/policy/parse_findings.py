"""The texts of findings: text in, one FindingText per code out (rulebook section 4)."""

import re
import string
from typing import Literal

from pydantic import Field, StrictBool, TypeAdapter

from ioc_etl.policy.conform import conform
from ioc_etl.policy.model import OPTIONAL_PART, FindingText
from ioc_etl.policy.shapes import Record, Text
from ioc_etl.policy.strict_yaml import Document
from schemas.vocabulary import FindingCode, Level, RuleKey, Severity


class _FindingEntry(Record):
    level: Level
    severity: Severity
    waivable: StrictBool = False
    has_no_right: StrictBool = False
    frees_post: StrictBool = False
    rule: RuleKey
    legal_basis: Text
    message_vi: Text
    message_en: Text
    how_to_fix_vi: Text
    how_to_fix_en: Text
    blanks: dict[Literal["found", "expected", "place"], Text] = Field(default_factory=dict)


_FILE = TypeAdapter(dict[FindingCode, _FindingEntry])


def parse_findings(document: Document) -> dict[FindingCode, FindingText]:
    """Every finding's text by code. Raises PolicyError: as `parse_policy`; a code or a blank is missing."""
    entries = conform(document, (), document.value, _FILE)
    for code in FindingCode:
        if code not in entries:
            raise document.error((), f"the texts of {code} are missing; add them")
    for code, entry in entries.items():
        _check_entry(document, code, entry)
    return {code: _text(code, entry) for code, entry in entries.items()}


def _check_entry(document: Document, code: FindingCode, entry: _FindingEntry) -> None:
    for key in ("message_vi", "message_en", "how_to_fix_vi", "how_to_fix_en"):
        unknown = _blanks(getattr(entry, key)) - (entry.blanks.keys() if key.startswith("message") else set())
        if unknown:
            message = f"the blank {sorted(unknown)[0]!r} is not described under `blanks` (or stands in a how_to_fix)"
            raise document.error((code, key), message)
    for key in ("message_vi", "message_en"):
        if re.search(r"[\[\]]", _without_optional_parts(getattr(entry, key))):
            raise document.error((code, key), "square brackets are for a part with one blank, told where it is filled")
    for blank in entry.blanks.keys() - (_blanks(entry.message_vi) & _blanks(entry.message_en)):
        raise document.error((code, "blanks", blank), "a described blank stands in both messages")


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _without_optional_parts(text: str) -> str:
    return re.sub(OPTIONAL_PART.format("[a-z]+"), lambda part: "" if len(_blanks(part[1])) == 1 else part[0], text)


def _text(code: FindingCode, entry: _FindingEntry) -> FindingText:
    return FindingText(
        code=code,
        level=entry.level,
        severity=entry.severity,
        is_waivable=entry.waivable,
        has_no_right=entry.has_no_right,
        frees_post=entry.frees_post,
        rule=entry.rule,
        legal_basis=entry.legal_basis,
        message_vi=entry.message_vi,
        message_en=entry.message_en,
        how_to_fix_vi=entry.how_to_fix_vi,
        how_to_fix_en=entry.how_to_fix_en,
        blanks={str(blank): meaning for blank, meaning in entry.blanks.items()},
    )
