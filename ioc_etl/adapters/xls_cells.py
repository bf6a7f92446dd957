"""xls, the format of Excel 97 to 2003: the cells of a workbook, by xlrd."""

import struct
from collections.abc import Iterator
from io import StringIO

import xlrd
from xlrd.biffh import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, XL_CELL_TEXT
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.formula import FormulaError
from xlrd.sheet import Sheet

from ioc_etl.adapters.cell_text import boolean_text, number_text, serial_text
from ioc_etl.adapters.legacy_text import check_content, check_fonts, is_legacy_font
from ioc_etl.adapters.number_formats import fixed_width, may_have_lost, month_text, shows_a_month
from ioc_etl.adapters.office_limits import MAX_SHEETS, TOO_MUCH_MEMORY
from ioc_etl.adapters.office_zip import DAMAGED, LOCKED
from ioc_etl.adapters.sheet_grid import SheetGrid
from ioc_etl.adapters.xls_container import with_true_count, workbook_stream
from ioc_etl.errors import UnreadableFileError
from schemas.sheet_cells import SheetCells, WorkbookCells

_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK_STREAM = "book\0".encode("utf-16-le")
_OTHER_STREAMS = ("WordDocument".encode("utf-16-le"), "PowerPoint".encode("utf-16-le"))
_NO_CONTROLS = dict.fromkeys({*range(32)} - set(b"\t\n\r"))
_NOT_WORKBOOK = "tệp không phải là bảng tính"
_MALFORMED = (
    xlrd.XLRDError,
    CompDocError,
    FormulaError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What xlrd is seen to raise on damaged files, beside its own error."""


def xls_workbook(data: bytes) -> WorkbookCells:
    """The sheets of a workbook.

    Raises:
        UnreadableFileError: damaged, password-protected, or another kind of document.
        LegacyEncodingError: its cells are written in TCVN3 or VNI.
    """
    if _ENCRYPTED_STREAM in data:
        raise UnreadableFileError(LOCKED)
    if _WORKBOOK_STREAM not in data.lower():
        raise UnreadableFileError(_NOT_WORKBOOK if any(name in data for name in _OTHER_STREAMS) else DAMAGED)
    try:
        book = _book(workbook_stream(data))
        if book.nsheets > MAX_SHEETS:
            raise UnreadableFileError(f"có {book.nsheets} trang tính, nhiều nhất là {MAX_SHEETS}")
        sheets = tuple(_sheet(book, book.sheet_by_index(index)) for index in range(book.nsheets))
    except MemoryError as error:
        raise UnreadableFileError(TOO_MUCH_MEMORY) from error
    except _MALFORMED as error:
        is_locked = "encrypted" in str(error).lower()
        raise UnreadableFileError(LOCKED if is_locked else DAMAGED) from error
    check_content("\n".join(_texts(sheets)).encode("utf-8", errors="replace"))
    return WorkbookCells("xls", sheets)


def _book(stream: bytes) -> Book:
    try:
        return _opened(stream)
    except (AssertionError, IndexError, struct.error):
        mended = with_true_count(stream)
        if mended is None:
            raise
        return _opened(mended)


def _opened(stream: bytes) -> Book:
    return xlrd.open_workbook(
        file_contents=stream, formatting_info=True, logfile=StringIO(), on_demand=True, ragged_rows=True
    )


def _sheet(book: Book, sheet: Sheet) -> SheetCells:
    grid = SheetGrid()
    legacy_texts: list[tuple[str, str]] = []
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            _put(grid, book, sheet, row, column)
            if sheet.cell_type(row, column) == XL_CELL_TEXT and is_legacy_font(font := _font(book, sheet, row, column)):
                legacy_texts.append((font, sheet.cell_value(row, column)))
        info = sheet.rowinfo_map.get(row)
        if info is not None and (info.hidden or info.height == 0):
            grid.hide(row + 1)
    for top, bottom, left, right in sheet.merged_cells:
        grid.merge(top + 1, bottom, left, right - 1)
    for column, look in sheet.colinfo_map.items():
        if look.hidden or look.width == 0:
            grid.hide_columns(column, column)
    check_fonts(legacy_texts)
    return grid.sheet(sheet.name.translate(_NO_CONTROLS), is_visible=sheet.visibility == 0)


def _put(grid: SheetGrid, book: Book, sheet: Sheet, row: int, column: int) -> None:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == XL_CELL_TEXT:
        grid.put(row + 1, column, value.translate(_NO_CONTROLS))
    elif kind == XL_CELL_NUMBER:
        _put_number(grid, book, sheet, row, column)
    elif kind == XL_CELL_DATE:
        day = serial_text(repr(value), counts_from_1904=bool(book.datemode))
        grid.put(row + 1, column, month_text(day) if shows_a_month(_format(book, sheet, row, column)) else day)
    elif kind == XL_CELL_BOOLEAN:
        grid.put(row + 1, column, boolean_text(is_true=bool(value)))
    elif kind == XL_CELL_ERROR:
        grid.fail(row + 1, column)


def _put_number(grid: SheetGrid, book: Book, sheet: Sheet, row: int, column: int) -> None:
    text = number_text(repr(sheet.cell_value(row, column)))
    width = fixed_width(_format(book, sheet, row, column))
    if width is not None and text.isdecimal():
        text = width.shown(text)
    grid.put(row + 1, column, text)
    if may_have_lost(text, width):
        grid.number(row + 1, column)


def _format(book: Book, sheet: Sheet, row: int, column: int) -> str:
    """The code of a cell's number format; empty where the file does not hold it."""
    number_format = book.format_map.get(book.xf_list[sheet.cell_xf_index(row, column)].format_key)
    return str(number_format.format_str) if number_format is not None else ""


def _font(book: Book, sheet: Sheet, row: int, column: int) -> str:
    """The name of a cell's font; empty where the file names one that it does not hold."""
    index = book.xf_list[sheet.cell_xf_index(row, column)].font_index
    return str(book.font_list[index].name) if index < len(book.font_list) else ""


def _texts(sheets: tuple[SheetCells, ...]) -> Iterator[str]:
    for sheet in sheets:
        for row in sheet.rows:
            yield from (text for text in row if text)
