"""A roster that comes back mended: who of the one it mends stands on it, and what the two make together.

Pure. Source: rulebook section 6, partial rosters. A person is known by the row number in the roster that is mended;
where a row was copied, its first copy is that person and the others are new.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ioc_etl.core.sheet import RosterReading
from ioc_etl.errors import UsageError
from schemas.columns import OFFICIAL_HEADERS
from schemas.raised_finding import RaisedFinding
from schemas.returned import PersonCells
from schemas.text import fold
from schemas.vocabulary import FindingCode

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CANNOT_FIT_YET = frozenset({FindingCode.TOTAL_MISMATCH})
"""What a roster that is not whole cannot be blamed for."""


@dataclass(frozen=True, slots=True)
class Mend:
    """What came back of a roster.

    `people` counts the people of the roster that is mended, `missing` are the rows of those who did not come back,
    `changed` the rows that read differently now, `new` counts people who were not on it. `has_row_numbers`: our column
    is still there; without it nobody is recognised.
    """

    people: int
    missing: tuple[int, ...]
    changed: tuple[int, ...]
    new: int
    has_row_numbers: bool


def mend_of(sent: RosterReading, base: RosterReading) -> Mend:
    """Holds a returned roster against the one it mends."""
    rows = recognised(sent, base)
    there = {row: place for place, row in enumerate(rows) if row is not None}
    return Mend(
        people=len(base.source_row),
        missing=tuple(row for row in base.source_row if row not in there),
        changed=tuple(
            row
            for place, row in enumerate(base.source_row)
            if row in there and _differences(sent, there[row], base, place)
        ),
        new=sum(row is None for row in rows),
        has_row_numbers=bool(sent.mended_rows),
    )


def recognised(sent: RosterReading, base: RosterReading) -> list[int | None]:
    """Per person of the returned roster the row of the base that it is; None for somebody new."""
    left = set(base.source_row)
    rows: list[int | None] = []
    for row in sent.mended_rows or [None] * len(sent.source_row):
        known = row if row in left else None
        left.discard(known or 0)
        rows.append(known)
    return rows


def judged(
    sent: RosterReading, base: RosterReading, *, centre_code: str, base_name: str, is_confirmed: bool
) -> RosterReading:
    """The returned roster with what is said of it: it mends another, or it is not whole and nobody confirmed it."""
    if not sent.source_row:
        return sent
    mend = mend_of(sent, base)
    if mend.missing and not is_confirmed:
        found = f"{mend.people - len(mend.missing)}/{mend.people}"
        partial = RaisedFinding(FindingCode.ROSTER_PARTIAL, centre_code, found=found, place=base_name)
        others = [finding for finding in sent.findings if finding.code not in _CANNOT_FIT_YET]
        return replace(sent, findings=(*others, partial))
    counts = (len(mend.changed), mend.new, len(mend.missing))
    found = "; ".join(f"{count} {word}" for count, word in zip(counts, ("sửa", "mới", "thôi"), strict=True))
    mended = RaisedFinding(FindingCode.ROSTER_MENDED, centre_code, found=found, place=base_name)
    return replace(sent, findings=(*sent.findings, mended))


def together(sent: RosterReading, base: RosterReading) -> tuple[PersonCells, ...]:
    """What must be put into the base so that it and the mended rows are one roster.

    A mended row keeps its place and its group: a returned file may have lost the group rows of those who stayed.

    Raises:
        UsageError: our column is gone, or the mended rows say something that the base has no place for.
    """
    if not sent.mended_rows:
        raise UsageError(
            "the column of row numbers is gone from the file, so nobody knows which rows it mends; ask the centre for "
            "its whole roster, or confirm with --others left that the file holds everybody"
        )
    _refuse_new_columns(sent, base)
    places = {row: place for place, row in enumerate(base.source_row)}
    put = []
    for place, row in enumerate(recognised(sent, base)):
        if row is None:
            fields = [name for name in sent.columns if name in base.columns]
            put.append(_person(sent, place, fields, after=_after(sent, place, base)))
        elif fields := _differences(sent, place, base, places[row]):
            put.append(_person(sent, place, fields, row=row))
    return tuple(put)


def are_together(whole: RosterReading, sent: RosterReading, base: RosterReading) -> bool:
    """Whether a roster holds exactly the mended rows, the new people and everybody else as they were."""
    rows = recognised(sent, base)
    wanted = {row: _texts(base, place, base.columns) for place, row in enumerate(base.source_row)}
    new = []
    for place, row in enumerate(rows):
        texts = _texts(sent, place, base.columns)
        if row is None:
            new.append(texts)
        else:
            wanted[row] |= {name: text for name, text in texts.items() if name in sent.columns}
    found = recognised(whole, base)
    held = {row: _texts(whole, place, base.columns) for place, row in enumerate(found) if row is not None}
    added = [_texts(whole, place, base.columns) for place, row in enumerate(found) if row is None]
    return held == wanted and sorted(map(repr, added)) == sorted(map(repr, new))


def total_to_carry(whole: RosterReading, base: RosterReading) -> tuple[str, str, str] | None:
    """The printed total that new people leave behind: its cell, what it says, what it must say; None when it fits.

    A total that did not fit the base either says something wrong, and stays.
    """
    if any(finding.code is FindingCode.TOTAL_MISMATCH for finding in base.findings):
        return None
    wrong = next((finding for finding in whole.findings if finding.code is FindingCode.TOTAL_MISMATCH), None)
    return (wrong.place or "", wrong.found or "", wrong.expected or "") if wrong else None


def reads_alike(one: RosterReading, other: RosterReading) -> bool:
    """Whether two files say the same: the same people in the same rows and groups, and the same about the file."""
    facts = ("source_row", "is_hidden", "unreadable")
    return (
        all(list(getattr(one, name)) == list(getattr(other, name)) for name in facts)
        and dict(one.column_letters) == dict(other.column_letters)
        and [letters for _, letters in one.letters_below] == [letters for _, letters in other.letters_below]
        and list(map(plain, one.group_text)) == list(map(plain, other.group_text))
        and {finding.code for finding in one.findings} == {finding.code for finding in other.findings}
        and all(list(map(plain, texts)) == list(map(plain, other.columns[name])) for name, texts in one.columns.items())
    )


def plain(text: str | None) -> str | None:
    """A cell's text without what no workbook can hold or keeps as it is: control characters, kinds of white space."""
    return " ".join(_CONTROLS.sub("", text).split()) or None if text else None


def _texts(reading: RosterReading, place: int, fields: Mapping[str, object]) -> dict[str, str | None]:
    """A row's texts by field; what cannot be read is said as such."""
    failed = reading.unreadable[place] or []
    columns = reading.columns
    return {
        name: "\0" if name in failed else plain(columns[name][place]) if name in columns else None for name in fields
    }


def _differences(sent: RosterReading, place: int, base: RosterReading, base_place: int) -> list[str]:
    """The fields that say something else than they did, of those that both rosters have."""
    fields = {name: None for name in sent.columns if name in base.columns}
    now, before = _texts(sent, place, fields), _texts(base, base_place, fields)
    return [name for name in fields if now[name] != before[name]]


def _refuse_new_columns(sent: RosterReading, base: RosterReading) -> None:
    new = [name for name, texts in sent.columns.items() if name not in base.columns and any(map(plain, texts))]
    if new:
        headers = ", ".join(OFFICIAL_HEADERS.get(name, name) for name in new)
        raise UsageError(
            f"the mended rows have columns that the roster they mend has not ({headers}); ask the centre for its whole "
            "roster with these columns"
        )


def _person(
    sent: RosterReading, place: int, fields: Sequence[str], *, row: int | None = None, after: int | None = None
) -> PersonCells:
    failed = frozenset(sent.unreadable[place] or ()) & set(fields)
    texts = {name: sent.columns[name][place] for name in fields}
    return PersonCells({name: text if plain(text) else None for name, text in texts.items()}, row, after, failed)


def _after(sent: RosterReading, place: int, base: RosterReading) -> int:
    """The row that a new person comes after: the last of the same group, else the last of all.

    Raises:
        UsageError: the base has no such group.
    """
    if not base.source_row:
        raise UsageError("the roster that the file mends holds nobody; ask the centre for its whole roster")
    group = sent.group_text[place]
    if not any(base.group_text) or not group:
        return base.source_row[-1]
    rows = [row for row, name in zip(base.source_row, base.group_text, strict=True) if fold(name or "") == fold(group)]
    if not rows:
        raise UsageError(
            f"a new person stands under a group that the roster has not (row {sent.source_row[place]} of the file); "
            "ask the centre for its whole roster"
        )
    return rows[-1]
