"""A file's cells and those of the workbook made of it: where its table stands, and which cells read differently."""

from collections.abc import Iterator, Sequence

from ioc_etl.core.mended import plain
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.sheet_header import find_header
from ioc_etl.core.sheet_returned import is_cover
from schemas.returned import CellRepair, RosterTable
from schemas.sheet_cells import SheetCells, WorkbookCells


def table_of(book: WorkbookCells, reading: RosterReading) -> RosterTable | None:
    """Where the table stands that was read; None where none was found."""
    if reading.layout is None:
        return None
    for place, sheet in enumerate(book.sheets):
        if sheet.name == reading.sheet and not is_cover(sheet) and (header := find_header(sheet)):
            return RosterTable(
                sheet=place,
                header_row=sheet.row_numbers[header.last],
                letters=dict(reading.column_letters),
                letters_below=tuple(reading.letters_below),
                people=tuple(reading.source_row),
                width=max(map(len, sheet.rows), default=0),
                row_numbers=header.row_numbers,
            )
    return None


def repairs(before: WorkbookCells, after: WorkbookCells, table: RosterTable | None) -> tuple[CellRepair, ...]:
    """The cells that no longer read as they did; our own sheet and our own column do not count."""
    places = [place for place, sheet in enumerate(before.sheets) if not is_cover(sheet)]
    theirs = [before.sheets[place] for place in places]
    ours = [sheet for sheet in after.sheets if not is_cover(sheet)]
    return tuple(
        repair
        for place, one, other in zip(places, theirs, ours, strict=False)
        for repair in _repairs(place, one, other, table if table is not None and table.sheet == place else None)
    )


def _repairs(place: int, before: SheetCells, after: SheetCells, table: RosterTable | None) -> Iterator[CellRepair]:
    failed = before.unreadable - after.unreadable
    own, now = _texts(before), _texts(after)
    for row, column in sorted(own.keys() | now.keys() | failed):
        if table is not None and row >= table.header_row and _is_ours(column, table):
            continue
        if (row, column) in failed:
            yield CellRepair(place, row, column, None, is_error=True)
        elif (row, column) not in before.unreadable and own.get((row, column)) != now.get((row, column)):
            yield CellRepair(place, row, column, own.get((row, column)))
    spoilt = after.unreadable - before.unreadable
    yield from (CellRepair(place, row, column, own.get((row, column))) for row, column in sorted(spoilt))


def _is_ours(column: int, table: RosterTable) -> bool:
    return column == table.row_numbers if table.row_numbers is not None else column >= table.width


def _texts(sheet: SheetCells) -> dict[tuple[int, int], str]:
    cells: dict[tuple[int, int], str] = {}
    rows: Sequence[Sequence[str | None]] = sheet.rows
    for number, row in zip(sheet.row_numbers, rows, strict=True):
        cells |= {(number, column): said for column, text in enumerate(row) if (said := plain(text))}
    return cells
