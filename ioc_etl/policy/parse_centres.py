"""The registry of centres: text in, centres by code out (rule 1)."""

from collections.abc import Iterator, Mapping

from pydantic import Field, TypeAdapter

from ioc_etl.policy.conform import conform
from ioc_etl.policy.model import Centre, CentreName, Continuation
from ioc_etl.policy.shapes import Code, Day, Record, Text, Word
from ioc_etl.policy.strict_yaml import Document, Path
from schemas.text import word_key
from schemas.vocabulary import CentreKind


class _NameEntry(Record):
    from_: Day = Field(alias="from")
    name: Word
    aliases: tuple[Word, ...] = ()
    reference: Text


class _ContinuationEntry(Record):
    document_no: Text
    dated: Day
    from_: Day = Field(alias="from")
    to: Day
    successor: Code | None = None
    funding_source: Code
    reference: Text


class _CentreEntry(Record):
    name: Word
    kind: CentreKind
    opened_on: Day | None = None
    closed_on: Day | None = None
    funding_source: Code | None = None
    aliases: tuple[Word, ...] = ()
    source_url: Text | None = None
    source_secret: Code | None = None
    later_names: tuple[_NameEntry, ...] = ()
    successor: Code | None = None
    authority_ended_on: Day | None = None
    authority_reference: Text | None = None
    continued_by: tuple[_ContinuationEntry, ...] = ()
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
        _check_authority(document, code, entry, entries)
        for place, alias in _called(entry):
            other = called.setdefault(word_key(alias), code)
            if other != code:
                raise document.error(("centres", code, *place), f"{alias!r} already means {other}")
    return {code: _centre(code, entry) for code, entry in entries.items()}


def _check_days(document: Document, code: str, entry: _CentreEntry) -> None:
    if entry.closed_on is not None and (entry.opened_on is None or entry.closed_on < entry.opened_on):
        raise document.error(("centres", code, "closed_on"), "a centre closes after it has opened; give opened_on")


def _called(entry: _CentreEntry) -> Iterator[tuple[Path, str]]:
    """Every alias of a centre, whenever it is one, with its place in the entry."""
    yield from ((("aliases", place), alias) for place, alias in enumerate(entry.aliases))
    for at, later in enumerate(entry.later_names):
        yield from ((("later_names", at, "aliases", place), alias) for place, alias in enumerate(later.aliases))


def _check_authority(document: Document, code: str, entry: _CentreEntry, entries: Mapping[str, _CentreEntry]) -> None:
    """Names follow one another; what continues an authority follows its end; a successor is a centre."""
    days = [later.from_ for later in entry.later_names]
    if days != sorted(set(days)):
        raise document.error(
            ("centres", code, "later_names"), "names follow one another: give them in the order of `from`"
        )
    if (entry.authority_ended_on is None) != (entry.authority_reference is None):
        message = "authority_ended_on and authority_reference go together: give both"
        raise document.error(("centres", code, "authority_ended_on"), message)
    successors: list[tuple[Path, str | None]] = [(("successor",), entry.successor)]
    for at, text in enumerate(entry.continued_by):
        successors.append((("continued_by", at, "successor"), text.successor))
        if entry.authority_ended_on is None or text.from_ <= entry.authority_ended_on or text.to < text.from_:
            message = (
                "a text continues an authority that has ended: from the day after authority_ended_on, to a later day"
            )
            raise document.error(("centres", code, "continued_by", at, "from"), message)
    for place, successor in successors:
        if successor is not None and successor not in entries:
            raise document.error(("centres", code, *place), f"there is no centre {successor!r} in this file")


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
        later_names=tuple(
            CentreName(later.from_, later.name, later.aliases, later.reference) for later in entry.later_names
        ),
        successor=entry.successor,
        authority_ended_on=entry.authority_ended_on,
        authority_reference=entry.authority_reference or "",
        continuations=tuple(
            Continuation(
                document_no=text.document_no,
                dated=text.dated,
                valid_from=text.from_,
                valid_to=text.to,
                successor=text.successor,
                funding_source=text.funding_source,
                reference=text.reference,
            )
            for text in entry.continued_by
        ),
    )
