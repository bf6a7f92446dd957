"""A case moved to centres of its own, with people of its own: what it says stays the same, and nobody else is in it.

Moved are the codes of centres and funding sources, IDs, accounts and names. Duplicates and shared accounts are looked
for over all centres: two cases in one frame must have nobody and no account in common. An ID keeps its length, the
digits that say where and when somebody was born, and its last three; digits that differ go on differing in the same
places.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from factories import (
    Cells,
    budget,
    committed_line,
    earlier_decision,
    establishment,
    in_last_month,
    last_payment,
)
from rule_cases import CaseRow, RuleCase, linked_ids, of_person, support

from ioc_etl.policy.model import Centre

MOST_PLACES = 1000
NUMBERS = {"citizen_id", "person_id", "person_key", "old_id", "new_id", "bank_account"}
NAMES = {"full_name", "list_name"}
CENTRES = {"centre_code", "funding_source"}
LEDGER: Mapping[str, Callable[..., Cells]] = {
    "committed": committed_line,
    "earlier": earlier_decision,
    "last_payments": last_payment,
    "last_month": in_last_month,
}
"""What the ledger holds in a case, and what a good line of it is."""

REGISTERS: Mapping[str, Callable[[Cells], Cells]] = {
    "establishment": lambda row: establishment(**row),
    "budget": lambda row: budget(**row),
    "other_support": support,
    "identity_link": lambda row: dict(zip(("old_id", "new_id"), linked_ids(row), strict=True)),
}
BY_CENTRE = ("centres", "files", "committed_year", "committed_pay_year")
"""What a case says centre by centre."""

_NUMBER = re.compile(r"[\d\s.\-'\u2010-\u2015\u2212\u200b-\u200d\u2060\ufeff]*?(?=\.0+$|$)")
_LIKE_ABOVE = {"như trên"}
_UNMOVED_TAIL, _MOVED_DIGITS = 3, 3
_SYLLABLES = [consonant + vowel for consonant in "bcdghklmnpqrstvx" for vowel in "aeiou"]


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places where cases stand beside each other."""

    number: int

    def centre(self, code: str) -> str:
        """The centre's or funding source's own code there."""
        return f"{code}-{self.number}"

    def digits(self, text: str) -> str:
        """An ID or account there; what is not written in digits, or is too short to be moved, stays."""
        whole = _NUMBER.match(text)
        places = [at for at, sign in enumerate(text[: whole.end()]) if sign.isdecimal()] if whole else []
        if len(places) < _UNMOVED_TAIL + _MOVED_DIGITS:
            return text
        signs = list(text)
        for power, at in enumerate(reversed(places[-_UNMOVED_TAIL - _MOVED_DIGITS : -_UNMOVED_TAIL])):
            value, turned = unicodedata.decimal(signs[at]), self.number // 10**power
            signs[at] = chr(ord(signs[at]) - value + (value + turned) % 10)
        return "".join(signs)

    def name(self, text: str) -> str:
        """The name with a word more; what is no name of two words stays what it is."""
        first, second = divmod(self.number, len(_SYLLABLES))
        words = [word for word in text.split() if any(map(str.isalpha, word)) and not any(map(str.isdigit, word))]
        is_name = len(words) > 1 and text.casefold() not in _LIKE_ABOVE
        return f"{text} {_SYLLABLES[first]}{_SYLLABLES[second]}" if is_name else text

    def cells(self, row: Cells) -> dict[str, object]:
        """A row of whatever frame there."""
        return {column: self._cell(column, value) for column, value in row.items()}

    def _cell(self, column: str, value: object) -> object:
        if not isinstance(value, str):
            return value
        if column in NUMBERS:
            return self.digits(value)
        if column in NAMES:
            return self.name(value)
        return self.centre(value) if column in CENTRES else value


def moved(case: RuleCase, place: Place) -> RuleCase:
    """The case at a place."""
    ledger = {
        field: tuple(_identified(row, of_person(make, row), place) for row in getattr(case, field))
        for field, make in LEDGER.items()
    }
    by_centre = {field: _by_centre(getattr(case, field), place) for field in BY_CENTRE}
    return replace(
        case,
        rows=tuple(_row(row, place) for row in case.rows),
        approved_list=tuple(place.cells(entry) for entry in case.approved_list),
        registers={
            name: [_identified(row, REGISTERS[name](row), place) for row in rows]
            for name, rows in case.registers.items()
        },
        **ledger,
        **by_centre,
    )


def centres_of(case: RuleCase) -> set[str]:
    """Every centre and funding source that the case speaks of."""
    named = {str(code) for field in BY_CENTRE for code in getattr(case, field) or {}}
    return named | {str(row[column]) for row in _rows_of(case) for column in CENTRES if row.get(column) is not None}


def numbers_of(case: RuleCase) -> set[str]:
    """The IDs and accounts by which another case would take the case's people for its own."""
    return {_bare(row[column]) for row in _rows_of(case) for column in NUMBERS if row.get(column)}


def opened(centres: Mapping[str, Centre], case: RuleCase, place: Place) -> dict[str, Centre]:
    """The centres of a case that is not moved yet, as they are at the place: by their own codes."""
    return {
        place.centre(code): replace(
            centre,
            code=place.centre(code),
            name=f"{centre.name} {place.number}",
            funding_source=place.centre(centre.funding_source),
            aliases=(),
        )
        for code, centre in centres.items()
        if code in centres_of(case)
    }


def _bare(number: object) -> str:
    return re.sub(r"[\s.\-']", "", str(number)).lstrip("0").casefold()


def _rows_of(case: RuleCase) -> Iterator[Cells]:
    """Every row of every frame, as it will stand there."""
    yield from (row.cells for row in case.rows)
    yield from case.approved_list
    for field, make in LEDGER.items():
        yield from (of_person(make, row) for row in getattr(case, field))
    for name, rows in case.registers.items():
        yield from (REGISTERS[name](row) for row in rows)


def _identified(row: Cells, whole: Cells, place: Place) -> dict[str, object]:
    """A difference from a good row, with everything in it by which a person or a centre is known at the place."""
    known = {column: value for column, value in whole.items() if column in NUMBERS | NAMES | CENTRES}
    said = {column: value for column, value in row.items() if column not in {"old_person", "new_person"}}
    return {**said, **place.cells(known)}


def _by_centre(told: Mapping[str, object] | None, place: Place) -> dict[str, object] | None:
    return None if told is None else {place.centre(code): said for code, said in told.items()}


def _row(row: CaseRow, place: Place) -> CaseRow:
    expected = row.expected and replace(row.expected, decided=place.cells(row.expected.decided))
    waived = tuple(place.cells(item) for item in row.waived)
    return replace(row, cells=place.cells(row.cells), expected=expected, waived=waived)
