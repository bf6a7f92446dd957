"""What is different between two layouts of one centre's table, in pieces that need no language: before → after.

`C → D “Số CCCD”` has moved, `B “Họ và tên” → “Họ tên”` has another name, `— → S “Trình độ”` is new, `J “Ca trực” → —`
is gone, `D–Q → E–R` moved side by side. Source: rulebook section 5.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ioc_etl.core.sheet_header import without_remark
from ioc_etl.core.sheet_units import MONEY_FIELDS, money_header
from schemas.columns import ROSTER_COLUMNS
from schemas.layout import Layout, LayoutColumn
from schemas.sheet_cells import column_index
from schemas.text import fold

_NOTHING = "—"
_GROUP_ROWS = "“I. …”"
_DONG = "“đồng”"
_MOST_PIECES = 12
_REQUIRED = frozenset(column.name for column in ROSTER_COLUMNS if column.required)
_NAMES_OF_MONTHS = "gieng|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi|mot|chap"
_MONTH_OF_A_SHEET = re.compile(rf"\bthang(?: (?:{_NAMES_OF_MONTHS})\b)+|\b(?:thang|th|t)(?=[\W_]*[0-9])|[0-9]+|[\W_]+")

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class LayoutChange:
    """How a layout differs: `place` is where the table stood and stands, `columns` what its columns were and are.

    Each is empty where nothing changed.
    """

    place: str
    columns: str


@dataclass(frozen=True, slots=True)
class _Pair:
    before: LayoutColumn
    after: LayoutColumn

    @property
    def offset(self) -> int:
        return column_index(self.after.letter) - column_index(self.before.letter)

    @property
    def is_renamed(self) -> bool:
        return _name(self.before) != _name(self.after)


def layout_change(before: Layout, after: Layout | None) -> LayoutChange | None:
    """The difference, or None. `after` is None where no table was found: then required columns are what is gone.

    A sheet's name may change its digits and its month; case, accents, white space, Unicode form and remarks of a header
    do not matter.
    """
    if after is None:
        gone = [_gone(column) for column in before.columns if column.field in _REQUIRED]
        return LayoutChange(f"{_sheet(before)}{_rows(before)} → {_NOTHING}", _joined(gone))
    pieces = [] if _alike(before, after) else list(_pieces(before, after))
    if before.unit != after.unit:
        pieces.append(f"{_unit(before)} → {_unit(after)}")
    is_other_sheet = bool(before.sheet and after.sheet) and _bare_sheet(before.sheet) != _bare_sheet(after.sheet)
    if not pieces and not is_other_sheet and before.header_rows == after.header_rows:
        return None
    return LayoutChange(_place(before, after, is_other_sheet=is_other_sheet), _joined(pieces))


def _alike(before: Layout, after: Layout) -> bool:
    return before.columns == after.columns and before.has_groups == after.has_groups


def _pieces(before: Layout, after: Layout) -> Iterator[str]:
    old, new = _keyed(before), _keyed(after)
    pairs = [_Pair(old[key], new[key]) for key in old if key in new]
    gone = [column for key, column in old.items() if key not in new]
    added = [column for key, column in new.items() if key not in old]
    yield from _moved(pairs)
    yield from _renamed(pairs)
    grouped = _grouped(before, after, gone, added)
    for was, now in _replaced(gone, added, pairs):
        yield f"{was.letter} {_quoted(was)} → {now.letter} {_quoted(now)}"
        gone, added = [each for each in gone if each != was], [each for each in added if each != now]
    yield from (grouped.get(column.letter, _gone(column)) for column in gone)
    yield from (grouped.get(column.letter, f"{_NOTHING} → {column.letter} {_quoted(column)}") for column in added)


def _keyed(layout: Layout) -> dict[Key, LayoutColumn]:
    """Columns by what makes one the same next month: its field, or the header that nobody knows."""
    seen: dict[tuple[str, str], int] = {}
    keyed: dict[Key, LayoutColumn] = {}
    for column in layout.columns:
        what = ("field", column.field) if column.field else ("header", without_remark(column.header))
        seen[what] = seen.get(what, 0) + 1
        keyed[(*what, seen[what])] = column
    return keyed


def _moved(pairs: Sequence[_Pair]) -> Iterator[str]:
    """Columns that went the same way side by side are one piece."""
    for offset, run in groupby(pairs, key=lambda pair: pair.offset):
        beside = list(run)
        if not offset:
            continue
        if len(beside) == 1:
            if not beside[0].is_renamed:
                yield f"{beside[0].before.letter} → {beside[0].after.letter} {_quoted(beside[0].after)}"
            continue
        first, last = beside[0], beside[-1]
        yield f"{first.before.letter}–{last.before.letter} → {first.after.letter}–{last.after.letter}"


def _renamed(pairs: Sequence[_Pair]) -> Iterator[str]:
    for pair in pairs:
        if pair.is_renamed:
            letter = f"{pair.after.letter} " if pair.offset else ""
            yield f"{pair.before.letter} {_quoted(pair.before)} → {letter}{_quoted(pair.after)}"


def _grouped(
    before: Layout, after: Layout, gone: Sequence[LayoutColumn], added: Sequence[LayoutColumn]
) -> Mapping[str, str]:
    """The agency that group rows name instead of a column, or no longer do: by the column's letters."""
    if before.has_groups == after.has_groups:
        return {}
    agency = next((column for column in (gone if after.has_groups else added) if column.field == "agency"), None)
    if agency is None:
        return {}
    column = f"{agency.letter} {_quoted(agency)}"
    return {agency.letter: f"{column} → {_GROUP_ROWS}" if after.has_groups else f"{_GROUP_ROWS} → {column}"}


def _replaced(
    gone: Sequence[LayoutColumn], added: Sequence[LayoutColumn], pairs: Sequence[_Pair]
) -> Iterator[tuple[LayoutColumn, LayoutColumn]]:
    """A known column that is gone, and the unknown one that stands where it would stand now."""
    unknown = {column_index(column.letter): column for column in added if column.field is None}
    for column in gone:
        place = column_index(column.letter)
        beside = [pair.offset for pair in pairs if abs(column_index(pair.before.letter) - place) == 1]
        now = next((unknown[place + offset] for offset in (*beside, 0) if place + offset in unknown), None)
        if column.field is not None and now is not None:
            del unknown[column_index(now.letter)]
            yield column, now


def _name(column: LayoutColumn) -> tuple[str, str | None]:
    """A header as it is compared: money's by its unit, đồng being none."""
    if column.field is None or column.field not in MONEY_FIELDS:
        return without_remark(column.header), None
    named = money_header(column.header)
    return column.field, named[1].name if named and not named[1].is_dong else None


def _gone(column: LayoutColumn) -> str:
    return f"{column.letter} {_quoted(column)} → {_NOTHING}"


def _quoted(column: LayoutColumn) -> str:
    return f"“{column.header}”"


def _unit(layout: Layout) -> str:
    return f"“{layout.unit}”" if layout.unit else _DONG


def _place(before: Layout, after: Layout, *, is_other_sheet: bool) -> str:
    if is_other_sheet:
        return f"{_sheet(before)}{_rows(before)} → {_sheet(after)}{_rows(after)}"
    return f"{_rows(before)} → {_rows(after)}" if before.header_rows != after.header_rows else ""


def _sheet(layout: Layout) -> str:
    return f"“{layout.sheet}” " if layout.sheet else ""


def _rows(layout: Layout) -> str:
    first, last = layout.header_rows[0], layout.header_rows[-1]
    return str(first) if first == last else f"{first}–{last}"


def _bare_sheet(name: str) -> str:
    """A sheet's name without what changes every month: "DS T01" and "DS tháng 2" are both "ds"."""
    return _MONTH_OF_A_SHEET.sub("", fold(name))


def _joined(pieces: Sequence[str]) -> str:
    shown = list(pieces[:_MOST_PIECES])
    return "; ".join([*shown, f"… +{len(pieces) - len(shown)}"] if len(pieces) > len(shown) else shown)
