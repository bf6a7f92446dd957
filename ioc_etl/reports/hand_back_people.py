"""Mended rows put in their places in the roster that they mend, and new people after the ones they follow."""

import re
from collections.abc import Iterable, Mapping
from copy import copy

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.hand_back_source import cells_of, put_field
from ioc_etl.reports.safe_text import put_text
from schemas.returned import PersonCells, RosterTable

_LOOKS = ("font", "fill", "border", "alignment", "protection", "number_format")


def put_people(sheet: Worksheet, table: RosterTable, people: Iterable[PersonCells]) -> None:
    """Writes the cells that change; a new person gets a row of its own, drawn like the one it follows."""
    new: dict[int, list[PersonCells]] = {}
    for person in people:
        if person.row is not None:
            _fill(sheet, table.letters_at(person.row), person.row, person)
        elif person.after is not None:
            new.setdefault(person.after, []).append(person)
    for after in sorted(new, reverse=True):
        _make_room(sheet, after, len(new[after]))
        for offset, person in enumerate(new[after], start=1):
            _draw_like(sheet, after, after + offset)
            _fill(sheet, table.letters_at(after), after + offset, person)


def put_total(sheet: Worksheet, address: str, old: str, new: str) -> None:
    """Carries a printed total along: "Tổng cộng: 9 người" becomes "Tổng cộng: 10 người"."""
    cell = sheet[address]
    if isinstance(cell, Cell) and cell.value is not None:
        text = re.sub(rf"(?<![0-9])0*{re.escape(old)}(?![0-9])", new, str(cell.value), count=1)
        if isinstance(cell.value, int | float):
            cell.value = int(text)
        else:
            put_text(cell, text)


def _fill(sheet: Worksheet, letters: Mapping[str, str], row: int, person: PersonCells) -> None:
    """What the row's table has no column for stays out: the caller looks whether the whole says what was sent."""
    for field, text in person.cells.items():
        if field in letters:
            cell = _own_cell(sheet, row, column_index_from_string(letters[field]))
            put_field(cell, field, text, is_error=field in person.failed)


def _own_cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell, taken out of a merged one: what that says then stands in each of its rows."""
    cell = sheet.cell(row, column)
    area = next((area for area in sheet.merged_cells.ranges if (row, column) in _places(area)), None)
    if area is not None:
        first = sheet.cell(area.min_row, area.min_col)
        sheet.unmerge_cells(area.coord)
        for place in range(area.min_row, area.max_row + 1):
            each = sheet.cell(place, area.min_col)
            if isinstance(each, Cell) and isinstance(first, Cell):
                each.value = first.value
                _look_like(first, each)
        cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        raise TypeError(f"{cell.coordinate} lies inside a merged cell")
    return cell


def _places(area: CellRange) -> set[tuple[int, int]]:
    return {(row, column) for row, column in area.cells} if area.min_row != area.max_row else set()


def _make_room(sheet: Worksheet, after: int, count: int) -> None:
    """Moves everything below a row down, with what openpyxl leaves where it was: merges, heights, areas."""
    _stretch(sheet, after, count)
    bottom, right = sheet.max_row, sheet.max_column
    if bottom > after:
        sheet.move_range(CellRange(min_row=after + 1, max_row=bottom, min_col=1, max_col=right), rows=count)
    for number in sorted((number for number in sheet.row_dimensions if number > after), reverse=True):
        moved = sheet.row_dimensions.pop(number)
        moved.index = number + count
        sheet.row_dimensions[number + count] = moved
    for cell in cells_of(sheet):
        if cell.hyperlink is not None:
            cell.hyperlink.ref = cell.coordinate


def _stretch(sheet: Worksheet, after: int, count: int) -> None:
    """Merged cells below go along; those that go on below the row, and the drop-downs, grow."""
    for area in list(sheet.merged_cells.ranges):
        if area.min_row > after:
            area.shift(row_shift=count)
        elif area.max_row > after:
            area.expand(down=count)
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            if area.min_row <= after <= area.max_row:
                area.expand(down=count)


def _look_like(model: Cell, cell: Cell) -> None:
    for name in _LOOKS:
        setattr(cell, name, copy(getattr(model, name)))


def _draw_like(sheet: Worksheet, model: int, row: int) -> None:
    """Formats of the model's cells, none of their values."""
    for column in range(1, sheet.max_column + 1):
        like, cell = sheet.cell(model, column), sheet.cell(row, column)
        if isinstance(like, Cell) and isinstance(cell, Cell):
            cell.value = None
            _look_like(like, cell)
    if model in sheet.row_dimensions:
        sheet.row_dimensions[row].height = sheet.row_dimensions[model].height
