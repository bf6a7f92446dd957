"""The registry of centres: text in, centres by code out (rule 1)."""

from pydantic import TypeAdapter

from ioc_etl.policy.conform import conform
from ioc_etl.policy.model import Centre
from ioc_etl.policy.shapes import Code, Day, Record, Text, Word
from ioc_etl.policy.strict_yaml import Document
from schemas.text import word_key
from schemas.vocabulary import CentreKind


class _CentreEntry(Record):
    name: Word
    kind: CentreKind
    opened_on: Day | None = None
    closed_on: Day | None = None
    funding_source: Code | None = None
    aliases: tuple[Word, ...] = ()
    source_url: Text | None = None
    source_secret: Code | None = None
    reference: Text


class _CentresFile(Record):
    centres: dict[Code, _CentreEntry]


_FILE = TypeAdapter(_CentresFile)


def parse_centres(document: Document) -> dict[str, Centre]:
    """Centres by code, in the file's order. Raises PolicyError: as `parse_policy`, or two centres share an alias."""
    entries = conform(document, (), document.value, _FILE).centres
    called: dict[str, str] = {}
    for code, entry in entries.items():
        _check_days(document, code, entry)
        _check_source(document, code, entry)
        for place, alias in enumerate(entry.aliases):
            other = called.setdefault(word_key(alias), code)
            if other != code:
                raise document.error(("centres", code, "aliases", place), f"{alias!r} already means {other}")
    return {code: _centre(code, entry) for code, entry in entries.items()}


def _check_days(document: Document, code: str, entry: _CentreEntry) -> None:
    if entry.closed_on is not None and (entry.opened_on is None or entry.closed_on < entry.opened_on):
        raise document.error(("centres", code, "closed_on"), "a centre closes after it has opened; give opened_on")


def _check_source(document: Document, code: str, entry: _CentreEntry) -> None:
    """The registry is read by many: an address with a password or a token in it is refused, without being quoted."""
    _, is_url, rest = (entry.source_url or "").partition("://")
    user, _, _ = rest.rpartition("@")
    if is_url and (":" in user or "?" in rest or "#" in rest):
        message = "an address holds no password and no query; name the secret that does with source_secret"
        raise document.error(("centres", code, "source_url"), message)
    if entry.source_secret is not None and not is_url:
        message = "a secret is for the address of source_url; give one, or leave the secret out"
        raise document.error(("centres", code, "source_secret"), message)


def _centre(code: str, entry: _CentreEntry) -> Centre:
    return Centre(
        code=code,
        name=entry.name,
        kind=entry.kind,
        funding_source=entry.funding_source or code,
        opened_on=entry.opened_on,
        closed_on=entry.closed_on,
        aliases=entry.aliases,
        source_url=entry.source_url,
        source_secret=entry.source_secret,
        reference=entry.reference,
    )
