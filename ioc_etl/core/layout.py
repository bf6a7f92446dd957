"""How a table is laid out: what is remembered of an accepted file, to compare the next one with.

Source: rulebook section 5 (the table is found by its header; offices change their forms).
"""

import re
from collections.abc import Iterator

from ioc_etl.core.sheet_header import Header
from ioc_etl.core.sheet_money import unit_above
from schemas.layout import Layout, LayoutColumn
from schemas.marker import ROW_HEADER
from schemas.sheet_cells import SheetCells, column_letter
from schemas.text import squeeze

_MOST_COLUMNS = 100
"""Columns that are remembered: several times a roster's, so that a sheet of thousands of headers stays a small note."""

_LONGEST_TEXT = 80
_LONG_NUMBER = re.compile(r"[0-9]{6,}")
_ROW_HEADER = squeeze(ROW_HEADER)


def layout_of(sheet: SheetCells, header: Header, *, has_groups: bool) -> Layout:
    """The layout of a table. The column that a handed-back workbook carries is none of the office's and left out."""
    above = unit_above(sheet, header)
    return Layout(
        sheet=_clean(sheet.name),
        header_rows=tuple(sheet.row_numbers[index] for index in range(header.first, header.last + 1)),
        columns=tuple(_columns(header)),
        has_groups=has_groups,
        unit=above.unit.name if above and not above.unit.is_dong else None,
    )


def _columns(header: Header) -> Iterator[LayoutColumn]:
    """Every known column, and the first of those nobody knows."""
    names = {column: name for name, column in header.columns.items()}
    names |= {column: name for name, columns in header.repeated.items() for column in columns}
    others = [column for column in header.unknown if squeeze(header.unknown[column]) != _ROW_HEADER]
    for column in sorted({*names, *others[: _MOST_COLUMNS - len(names)]}):
        yield LayoutColumn(column_letter(column), _clean(header.texts[column]), names.get(column))


def _clean(text: str) -> str:
    """A text that can be kept anywhere: on one line, short, without control characters and long numbers."""
    printable = "".join(each for each in " ".join(text.split()) if each.isprintable())
    return _LONG_NUMBER.sub("***", printable)[:_LONGEST_TEXT]
