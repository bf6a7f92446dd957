"""Fields whose header covers several columns: which are joined, and where joining is not certain.

Source: rulebook, close reading 20. The header divides them itself (`Họ đệm`/`Tên`), is merged over them, or leaves the
columns beside it blank.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ioc_etl.core.digits import is_digits
from ioc_etl.core.sheet_header import Header, Row
from ioc_etl.core.sheet_words import is_no_name, is_perhaps_no_name
from schemas.columns import ROSTER_COLUMNS
from schemas.sheet_cells import SheetCells

_DATES = frozenset({"birth_date", "from_date", "to_date"})
_MATTERS = frozenset(
    {"agency", "coefficient", "other_support_vnd", *(column.name for column in ROSTER_COLUMNS if column.required)}
)
_BETWEEN_DIGITS = re.compile(r"[\s.\-]")
_DIGIT = re.compile("[0-9]")
_LETTER = re.compile(r"[^\W0-9_]")
_DIGITS_OF_A_LONG_NUMBER = 8
_DIGITS_OF_A_PART = 4
_PEOPLE_WHO_TELL = 2
_WORDS_OF_A_NAME = 2
_MIDDLE_NAMES = frozenset({"văn", "thị"})


@dataclass(frozen=True, slots=True)
class Spans:
    """Which columns are one field: `joined` leads to its further columns; of `uncertain` nobody can say."""

    joined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    uncertain: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def spans_of(sheet: SheetCells, header: Header, end: int) -> Spans:
    """The fields of a table over several columns, judged by its people's rows; it ends before row `end`."""
    joined: dict[str, tuple[int, ...]] = dict(header.parts)
    uncertain: dict[str, tuple[int, ...]] = {}
    width = len(sheet.rows[header.first])
    blank = {name: _blank_beside(sheet, header, column, width) for name, column in header.columns.items()}
    if not any(columns for columns, _ in blank.values()):
        return Spans(joined)
    people = [index for index in range(header.last + 1, end) if _is_persons(sheet.rows[index], header)]
    rows = [sheet.rows[index] for index in people]
    for name, (columns, is_merged) in blank.items():
        beside = tuple(column for column in columns if any(row[column] for row in rows))
        if not beside or name in header.parts or name in header.repeated:
            continue
        parts = [[row[each] for each in (header.columns[name], *beside)] for row in rows]
        verdict = _verdict(name, parts, is_merged)
        if verdict and name == "bank_account" and len(people) < _PEOPLE_WHO_TELL:
            verdict = not any((sheet.row_numbers[index], each) in sheet.numbers for index in people for each in beside)
        if verdict is not None:
            (joined if verdict else uncertain)[name] = beside
    return Spans(joined, uncertain)


def joined_text(name: str, parts: Sequence[str | None]) -> str | None:
    """One text of a field's parts: names word by word, accounts digit by digit, of others the one that is filled."""
    filled = [stripped for text in parts if text and (stripped := text.strip())]
    if name == "full_name":
        return " ".join(filled) or None
    if name == "bank_account":
        return "".join(filled) or None
    return filled[0] if filled else None


def _blank_beside(sheet: SheetCells, header: Header, column: int, width: int) -> tuple[list[int], bool]:
    """The columns beside a field's over which the header says nothing else, and whether it is merged over them."""
    lines = set(sheet.row_numbers[header.first : header.last + 1])
    merged = max((right for row, left, right in sheet.wide_merges if left == column and row in lines), default=column)
    found = []
    for each in range(column + 1, min(width, merged + 1) if merged > column else width):
        if each in header.texts or each == header.row_numbers:
            break
        found.append(each)
    return found, merged > column


def _is_persons(row: Row, header: Header) -> bool:
    """Whether a row is plainly somebody's: a long number stands in or beside the column of the ID or the account."""
    places = (header.columns[name] for name in ("citizen_id", "bank_account") if name in header.columns)
    return any(_is_long(text) for place in places for text in row[place : place + 2])


def _verdict(name: str, rows: Sequence[Row], is_merged: bool) -> bool | None:
    """Whether the further columns are joined to the first; None where they are none of the field's."""
    further = [text for row in rows for text in row[1:] if text]
    if name == "full_name":
        return _of_names(rows, further, is_merged=is_merged)
    if name == "bank_account":
        return _of_accounts(rows, further, is_merged=is_merged)
    are_apart = all(sum(bool(text) for text in row) <= 1 for row in rows)
    if name in _DATES and are_apart and all(map(_DIGIT.search, further)):
        return True
    if is_merged:
        return True if are_apart else (False if name in _MATTERS | _DATES else None)
    is_id_beside = name == "citizen_id" and any(not row[0] and any(map(_is_long, row[1:])) for row in rows)
    return False if is_id_beside else None


def _of_names(rows: Sequence[Row], further: Sequence[str], *, is_merged: bool) -> bool | None:
    """Words beside most names are their ends where the names need one; of others nobody can say.

    Without a merge, a remark here and there is no part of the name.
    """
    are_words = all(_LETTER.search(text) and not _DIGIT.search(text) and not is_no_name(text) for text in further)
    if is_merged or (are_words and 2 * sum(any(row[1:]) for row in rows) >= len(rows)):
        return are_words and all(_ends_names(rows, place) for place in range(1, len(rows[0])))
    are_whole = all(len((row[0] or "").split()) >= _WORDS_OF_A_NAME for row in rows)
    return None if are_whole or not any(map(_LETTER.search, further)) else False


def _ends_names(rows: Sequence[Row], place: int) -> bool:
    """Whether a column holds the ends of the names in those before it."""
    beside = [
        ([word for text in row[:place] if text for word in text.split()], text) for row in rows if (text := row[place])
    ]
    others = [text for words, text in beside if not _needs_an_end(words)]
    if not others:
        return True
    if all(map(is_perhaps_no_name, others)):
        return 2 * len(others) < len(beside)
    are_short = all(len(words) <= _WORDS_OF_A_NAME for words, _ in beside) and len(beside) >= _PEOPLE_WHO_TELL
    return are_short or len(others) < len(beside)


def _needs_an_end(words: Sequence[str]) -> bool:
    """Whether a name is none without another word: a family name alone, or one that ends with a middle name."""
    last = unicodedata.normalize("NFC", words[-1]).casefold() if words else ""
    return len(words) < _WORDS_OF_A_NAME or last in _MIDDLE_NAMES


def _of_accounts(rows: Sequence[Row], further: Sequence[str], *, is_merged: bool) -> bool | None:
    """Parts are certain when each is as long in every row: a zero in front of one may have been lost otherwise.

    An account without them is whole where it is longer than the first parts of the others.
    """
    digits = [_BETWEEN_DIGITS.sub("", text) for text in further]
    if not all(map(is_digits, digits)):
        return False if is_merged else None
    if not is_merged:
        return False if any(len(each) >= _DIGITS_OF_A_PART for each in digits) else None
    lengths = [{len(text.strip()) for row in rows if (text := row[place])} for place in range(1, len(rows[0]))]
    divided = max((len((row[0] or "").strip()) for row in rows if all(row[1:])), default=0)
    are_whole = all(len(text.strip()) > divided for row in rows if not all(row[1:]) and (text := row[0]))
    return are_whole and all(len(each) <= 1 for each in lengths)


def _is_long(text: str | None) -> bool:
    digits = _BETWEEN_DIGITS.sub("", text or "")
    return len(digits) >= _DIGITS_OF_A_LONG_NUMBER and is_digits(digits)
