"""A file's cells in the one form of text that everything is judged in. Source: rulebook, close reading 18.

Rosters, registers, opening lines and returned workbooks all pass here before anything is looked for in them; the
returned workbook itself is made from the bytes, so that it shows the cells as they were sent.
"""

from collections.abc import Sequence
from dataclasses import replace

from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.text import is_plain, plain

_Row = Sequence[str | None]


def plain_book(book: WorkbookCells) -> WorkbookCells:
    """The workbook with every cell's digits in ASCII and without invisible characters; the same object if it is so."""
    sheets = [_plain_sheet(sheet) for sheet in book.sheets]
    if all(now is before for now, before in zip(sheets, book.sheets, strict=True)):
        return book
    return replace(book, sheets=tuple(sheets))


def _plain_sheet(sheet: SheetCells) -> SheetCells:
    rows = [row if _is_plain_row(row) else _plain_row(row) for row in sheet.rows]
    if all(now is before for now, before in zip(rows, sheet.rows, strict=True)):
        return sheet
    return replace(sheet, rows=rows)


def _is_plain_row(row: _Row) -> bool:
    return is_plain("".join(filter(None, row)))


def _plain_row(row: _Row) -> _Row:
    return [text and (plain(text) or None) for text in row]
