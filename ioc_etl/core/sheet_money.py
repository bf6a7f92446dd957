"""Where a roster states what its money is in, and whether that is đồng.

The statement nearest to the amounts counts: a cell between header and people, the column's own header, a heading over
several columns, a line above the table. Source: rulebook section 5, close reading 15.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ioc_etl.core.sheet_header import Header
from ioc_etl.core.sheet_units import MONEY_FIELDS, StatedUnit, money_header, unit_alone, unit_in_heading, unit_in_line
from schemas.sheet_cells import SheetCells, column_letter

_LINES_ABOVE = 5
"""Filled lines above the header where a unit line speaks of this table: it stands right above, maybe with a total or a
line of the title between; further up it may be another table's."""

_HAS_AMOUNT = re.compile(r"[1-9]")


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A stated unit: the cell's text and its address."""

    unit: StatedUnit
    text: str
    cell: str


@dataclass(frozen=True, slots=True)
class ForeignUnit:
    """A money column that is not in đồng."""

    field: str
    place: UnitPlace


def foreign_units(sheet: SheetCells, header: Header, people: Sequence[int]) -> list[ForeignUnit]:
    """The money columns that are stated in another unit than đồng.

    `people` are the indices of the people's rows. A line above the table says nothing of a column without amounts.
    """
    return [
        ForeignUnit(field, place)
        for field, column in header.columns.items()
        if field in MONEY_FIELDS
        and (place := _stated(sheet, header, people, column)) is not None
        and not place.unit.is_dong
    ]


def unit_above(sheet: SheetCells, header: Header) -> UnitPlace | None:
    """What the nearest line above the table says about units; of several on one line the one that is not đồng."""
    filled = (index for index in range(header.first - 1, -1, -1) if any(sheet.rows[index]))
    for _, index in zip(range(_LINES_ABOVE), filled, strict=False):
        row = sheet.rows[index]
        stated = [
            _place(sheet, index, column, unit)
            for column, text in enumerate(row)
            if text and (unit := unit_in_line(text))
        ]
        if stated:
            return min(stated, key=lambda place: place.unit.is_dong)
    return None


def _stated(sheet: SheetCells, header: Header, people: Sequence[int], column: int) -> UnitPlace | None:
    own = next(_near(sheet, header, people, column), None)
    if own is not None:
        return own
    has_amounts = any(_HAS_AMOUNT.search(_text(sheet, index, column)) for index in people)
    return unit_above(sheet, header) if has_amounts else None


def _near(sheet: SheetCells, header: Header, people: Sequence[int], column: int) -> Iterator[UnitPlace]:
    """Statements in the column itself: below its header, in its header as a whole, in its lines from below upwards."""
    below = range(header.last + 1, min(people, default=header.last + 1))
    for index in below:
        if unit := unit_alone(_text(sheet, index, column)):
            yield _place(sheet, index, column, unit)
    lines = range(header.last, header.first - 1, -1)
    stacked = [index for index in reversed(lines) if _text(sheet, index, column)]
    whole = " ".join(_text(sheet, index, column) for index in stacked)
    if named := money_header(whole):
        yield replace(_place(sheet, stacked[-1], column, named[1]), text=" ".join(whole.split()))
    for index in lines:
        text = _text(sheet, index, column)
        if unit := unit_alone(text) or unit_in_heading(text):
            yield _place(sheet, index, column, unit)
    for index in lines:
        yield from _spanning(sheet, header, index, column)


def _spanning(sheet: SheetCells, header: Header, index: int, column: int) -> Iterator[UnitPlace]:
    """A heading that reaches over the column from its left and has columns of its own below."""
    if index == header.last or _text(sheet, index, column):
        return
    left = next((each for each in range(column - 1, -1, -1) if _text(sheet, index, each)), None)
    if left is not None and any(_text(sheet, below, left) for below in range(index + 1, header.last + 1)):
        text = _text(sheet, index, left)
        if unit := unit_in_heading(text):
            yield _place(sheet, index, left, unit)


def _text(sheet: SheetCells, index: int, column: int) -> str:
    row = sheet.rows[index]
    return (row[column] or "").strip() if column < len(row) else ""


def _place(sheet: SheetCells, index: int, column: int, unit: StatedUnit) -> UnitPlace:
    text = " ".join(_text(sheet, index, column).split())
    return UnitPlace(unit, text, f"{column_letter(column)}{sheet.row_numbers[index]}")
