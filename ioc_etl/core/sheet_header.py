"""Finding the roster's table on a sheet: by its header, wherever it stands.

Source: rulebook section 5, close reading 1. Headers are compared without case, accents, white space and punctuation;
nothing that is merely similar is taken.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ioc_etl.core.sheet_units import money_header
from schemas.columns import ROSTER_COLUMNS
from schemas.marker import ROW_HEADER
from schemas.sheet_cells import SheetCells
from schemas.text import fold, squeeze

_FIELD_BY_HEADER = {
    squeeze(header): column.name for column in ROSTER_COLUMNS for header in (column.official, *column.aliases)
}
_IDENTITY = frozenset({"full_name", "citizen_id"})
_LEADING = frozenset({"row_no", "full_name", "citizen_id"})
_REQUIRED = frozenset(column.name for column in ROSTER_COLUMNS if column.required)
_ROW_HEADER = squeeze(ROW_HEADER)
_FIELDS_OF_A_HEADER = 3
_FIELDS_OF_A_ROSTER = 5
_LINES_OF_A_HEADER = 3
_LONGEST_HEADER = 80
_FAMILY_NAMES = frozenset({"ho", "hodem", "hovadem", "holot", "hovalot", "hovatendem", "hotendem", "hovachulot"})
_MIDDLE_NAMES = frozenset({"dem", "tendem", "lot", "tenlot", "chulot"})
_GIVEN_NAME, _MEN, _WOMEN = "ten", "nam", "nu"
_REMARK = re.compile(r"\(([0-9]{1,2}|[a-z]|\*+|dong|d|vnd|dd/mm/yyyy|ngay/thang/nam|neu co)\)")
_ROW_NUMBER = re.compile(r"[0-9]+([.)][0-9]*)*")
_LONG_NUMBER = re.compile(r"[0-9]{6}")

Row = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header stands and what its columns are.

    `first` and `last` are the indices of its lines in the sheet's rows. `columns` leads from a field to its column,
    the first where `repeated` names several; `unknown` leads from a column to the header nobody knows. `row_numbers` is
    the column of a workbook that we handed back, which tells every person's row in the roster that is mended; it is
    none of the others. `parts` leads from a field to its further columns where the header itself divides it (`Họ đệm`
    and `Tên`, `Nam` and `Nữ`).
    """

    first: int
    last: int
    columns: Mapping[str, int]
    repeated: Mapping[str, tuple[int, ...]]
    unknown: Mapping[int, str]
    texts: Mapping[int, str]
    row_numbers: int | None = None
    parts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def is_rosters(self) -> bool:
        """Whether it is a roster's and not that of some other list of people."""
        fields = {"work_mode" if name == "coefficient" else name for name in self.columns}
        return len(_REQUIRED & fields) >= _FIELDS_OF_A_ROSTER

    @property
    def field_count(self) -> int:
        """How many of the roster's fields it has."""
        return len(self.columns)


@lru_cache(maxsize=4096)
def field_of(header: str) -> str | None:
    """The roster field that a header names, or None. A number, unit or date form in brackets does not matter.

    A money column is known by any unit; `sheet_money` tells what is not đồng.
    """
    if len(header) > _LONGEST_HEADER:
        return None
    if field := _FIELD_BY_HEADER.get(squeeze(header)) or _FIELD_BY_HEADER.get(without_remark(header)):
        return field
    money = money_header(header)
    return money[0] if money else None


def without_remark(header: str) -> str:
    """A header as headers are compared, without a number, unit or date form in brackets."""
    return squeeze(_REMARK.sub("", fold(header)))


def header_at(sheet: SheetCells, index: int) -> Header | None:
    """The header that a line of the sheet makes with the lines around it, where it names enough fields by itself."""
    fields = set(_fields(sheet.rows[index]).values())
    if len(fields) < _FIELDS_OF_A_HEADER or not fields & _IDENTITY:
        return None
    return _header(sheet.rows, *_extended(sheet.rows, index, index))


def find_header(sheet: SheetCells) -> Header | None:
    """The first lines of the sheet that name at least three fields, the person's name or ID among them."""
    above: list[dict[int, str]] = []
    for index, row in enumerate(sheet.rows):
        above = [*above[1 - _LINES_OF_A_HEADER :], _fields(row)]
        for lines in range(1, len(above) + 1):
            together = {field for fields in above[-lines:] for field in fields.values()}
            if above[-1] and len(together) >= _FIELDS_OF_A_HEADER and together & _IDENTITY:
                return _header(sheet.rows, *_extended(sheet.rows, index - lines + 1, index))
    return None


def _fields(row: Row) -> dict[int, str]:
    return {column: field for column, text in enumerate(row) if text and (field := field_of(text))}


def _extended(rows: Sequence[Row], first: int, last: int) -> tuple[int, int]:
    """The header's lines with the one above that leads it and the ones below that divide its columns."""
    if first > 0 and last - first + 1 < _LINES_OF_A_HEADER and _leads(rows[first - 1], rows[first : last + 1]):
        first -= 1
    while last + 1 < len(rows) and last - first + 1 < _LINES_OF_A_HEADER and _divides(rows, first, last):
        last += 1
    return first, last


def _leads(row: Row, header: Sequence[Row]) -> bool:
    """Whether the line above holds cells of the header that span down to it."""
    known = {field for line in header for field in _fields(line).values()}
    new = {field for column, field in _fields(row).items() if not any(_text(line, column) for line in header)} - known
    return len(new) > 1 or bool(new & _LEADING)


def _divides(rows: Sequence[Row], first: int, last: int) -> bool:
    """Whether the line below names columns that the header leaves open, and is not a person's."""
    below = rows[last + 1]
    header = rows[first : last + 1]
    columns = {field: column for line in header for column, field in _fields(line).items()}
    if any(text and _LONG_NUMBER.search(text) for text in below):
        return False
    if _divided([squeeze(text) if text else "" for text in below]):
        return True
    number = _text(below, columns.get("row_no"))
    if number and _ROW_NUMBER.fullmatch(number):
        return False
    return any(
        field not in columns and column not in columns.values() for column, field in _named(header, below).items()
    )


def _named(header: Sequence[Row], below: Row) -> dict[int, str]:
    """The fields of a line below the header, its cells read alone or as the end of the cell above."""
    found = {}
    for column, text in enumerate(below):
        if text:
            field = field_of(text) or field_of(f"{_text(header[-1], column)} {text}")
            if field:
                found[column] = field
    return found


def _header(rows: Sequence[Row], first: int, last: int) -> Header:
    lines = rows[first : last + 1]
    places: dict[str, list[int]] = {}
    unknown: dict[int, str] = {}
    texts: dict[int, str] = {}
    row_numbers: list[int] = []
    lowest: list[str] = []
    for column in range(max(map(len, lines))):
        stacked = [text for line in lines if (text := _text(line, column))]
        lowest.append(squeeze(stacked[-1]) if stacked else "")
        if any(squeeze(text) == _ROW_HEADER for text in stacked):
            row_numbers.append(column)
            continue
        if not stacked:
            continue
        field, text = _stacked_field(stacked)
        texts[column] = " ".join(text.split())
        if field:
            places.setdefault(field, []).append(column)
        else:
            unknown[column] = texts[column]
    divided = _divided(lowest)
    for name, columns in divided.items():
        places[name] = [columns[0], *(column for column in places.get(name, ()) if column not in columns)]
        unknown = {column: text for column, text in unknown.items() if column not in columns}
    return Header(
        first=first,
        last=last,
        columns={field: columns[0] for field, columns in places.items()},
        repeated={field: tuple(columns) for field, columns in places.items() if len(columns) > 1},
        unknown=unknown,
        texts=texts,
        row_numbers=row_numbers[0] if row_numbers else None,
        parts={name: tuple(columns[1:]) for name, columns in divided.items()},
    )


def _divided(lowest: Sequence[str]) -> dict[str, Sequence[int]]:
    """The fields that a header's lowest line, squeezed, divides into columns beside each other, with those columns."""
    found: dict[str, Sequence[int]] = {}
    for column, text in enumerate(lowest):
        second, third = (*lowest[column + 1 : column + 3], "", "")[:2]
        if text in _FAMILY_NAMES and _GIVEN_NAME in {second, third if second in _MIDDLE_NAMES else second}:
            found.setdefault("full_name", range(column, column + (2 if second == _GIVEN_NAME else 3)))
        elif {text, second} == {_MEN, _WOMEN}:
            found.setdefault("birth_date", range(column, column + 2))
    return found


def _stacked_field(stacked: Sequence[str]) -> tuple[str | None, str]:
    """What cells that stand above each other name, and in which words: the lowest, with those it ends, or one above."""
    endings = (" ".join(stacked[place:]) for place in range(len(stacked) - 1, -1, -1))
    named = ((field, text) for text in (*endings, *stacked[-2::-1]) if (field := field_of(text)))
    return next(named, (None, stacked[-1]))


def _text(row: Row, column: int | None) -> str:
    """The cell's text, without white space at its ends; empty where the row is shorter."""
    if column is None or column >= len(row):
        return ""
    return (row[column] or "").strip()
