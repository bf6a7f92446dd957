"""The workbook that goes back to its sender: the sender's own with values for formulas, or one made from its cells.

What reaches out of the file (links to other workbooks, to places on the network, macros) stays behind.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.safe_text import put_text, starts_a_formula
from ioc_etl.reports.workbook_style import BODY, BOLD, BOX, CENTRED, DATE_FORMAT, HEADER_FILL, TEXT_FORMAT, new_workbook
from schemas.returned import CellRepair, RosterTable
from schemas.sheet_cells import SheetCells, WorkbookCells

ERROR = "#N/A"
"""What stands for a failed formula: whoever opens the file sees that the cell must be filled in."""

_REACHES_OUT = re.compile(
    r"\[[0-9]+\]|\[[^\]]+\.(?:xl|od|csv)|://|\\\\|\||WEBSERVICE|FILTERXML|CALL\(|REGISTER", re.IGNORECASE
)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_NEVER_A_NUMBER = frozenset({"citizen_id", "bank_account"})
_SHEET_NAME = "Danh sách"
_NOT_IN_SHEET_NAMES = re.compile(r"[\\/*?:\[\]]")
_LONGEST_SHEET_NAME = 31
_WIDEST, _NARROWEST = 40, 6


def senders_workbook(content: bytes) -> Workbook:
    """The sender's own xlsx or xlsm: everything that openpyxl keeps, values in the place of formulas.

    Whatever openpyxl cannot open raises its own error: it is called where a process may fail.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = load_workbook(BytesIO(content), data_only=True, keep_links=False, keep_vba=False, rich_text=True)
    workbook.template = False
    for name in [name for name, each in workbook.defined_names.items() if _reaches_out(each.attr_text)]:
        del workbook.defined_names[name]
    for sheet in workbook.worksheets:
        _keep_to_itself(sheet)
    return workbook


def cells_of(sheet: Worksheet) -> list[Cell]:
    """Every cell of a sheet that is there; asking openpyxl for its rows would make all those between them."""
    return [cell for cell in sheet._cells.values() if isinstance(cell, Cell)]  # noqa: SLF001 - there is no other way


def _keep_to_itself(sheet: Worksheet) -> None:
    for cell in cells_of(sheet):
        if cell.hyperlink is not None and cell.hyperlink.target:
            cell.hyperlink = None
        if isinstance(cell.value, str) and starts_a_formula(cell.value):
            cell.data_type = "s"
            cell.quotePrefix = True
    for name in [name for name, each in sheet.defined_names.items() if _reaches_out(each.attr_text)]:
        del sheet.defined_names[name]
    rules = sheet.data_validations.dataValidation
    sheet.data_validations.dataValidation = [
        rule for rule in rules if not _reaches_out(rule.formula1) and not _reaches_out(rule.formula2)
    ]
    _drop_outward_formats(sheet)
    sheet._pivots = []  # type: ignore[attr-defined]  # noqa: SLF001 - their source may be anywhere; their cells stay
    for table in sheet.tables.values():
        for column in table.tableColumns:
            column.calculatedColumnFormula = column.totalsRowFormula = None


def _drop_outward_formats(sheet: Worksheet) -> None:
    for area in list(sheet.conditional_formatting):
        if any(_reaches_out(formula) for rule in area.rules for formula in rule.formula):
            del sheet.conditional_formatting[str(area.sqref)]


def _reaches_out(formula: str | None) -> bool:
    return formula is not None and _REACHES_OUT.search(formula) is not None


def repair(workbook: Workbook, repairs: Iterable[CellRepair]) -> None:
    """Makes cells read as they did in the sender's file, where openpyxl understood them otherwise."""
    for each in repairs:
        cell = workbook.worksheets[each.sheet].cell(each.row, each.column + 1)
        if isinstance(cell, Cell):
            put_value(cell, each.text, is_error=each.is_error, as_text=True)


def put_value(cell: Cell, text: str | None, *, is_error: bool = False, as_text: bool = False) -> None:
    """Writes what a reader understood (`schemas.sheet_cells`) so that it is understood again.

    A date becomes a date, a short whole number a number, everything else is text; with `as_text` everything is.
    """
    if is_error:
        cell.value, cell.data_type = ERROR, "e"
    elif text is None:
        cell.value = None
    elif not as_text and _ISO_DATE.fullmatch(text) and _is_date(text):
        cell.value = date.fromisoformat(text)
        cell.number_format = DATE_FORMAT
    elif not as_text and _NUMBER.fullmatch(text):
        cell.value = int(text)
        cell.number_format = "General"
    else:
        put_text(cell, text)
        cell.number_format = TEXT_FORMAT


def _is_date(text: str) -> bool:
    """Only what the calendars of all spreadsheet programs agree on."""
    try:
        return date.fromisoformat(text) >= date(1900, 3, 1)
    except ValueError:
        return False


def put_field(cell: Cell, field: str, text: str | None, *, is_error: bool = False) -> None:
    """Writes the cell of a roster field: IDs and accounts are text whatever they look like."""
    put_value(cell, text, is_error=is_error, as_text=field in _NEVER_A_NUMBER)


def workbook_of_cells(book: WorkbookCells, table: RosterTable | None) -> Workbook:
    """A workbook with the cells of a CSV, xls or ods file where they stood: line 3 of a CSV is row 3."""
    workbook = new_workbook(_SHEET_NAME)
    for place, cells in enumerate(book.sheets):
        sheet = workbook.create_sheet(_sheet_name(cells.name))
        own = table if table is not None and table.sheet == place else None
        _fill(sheet, cells, own, may_hold_dates=book.file_format != "csv")
        if not cells.is_visible:
            sheet.sheet_state = "hidden"
    return workbook


def _sheet_name(name: str) -> str:
    return _NOT_IN_SHEET_NAMES.sub(" ", name).strip("' ")[:_LONGEST_SHEET_NAME] or _SHEET_NAME


def _fill(sheet: Worksheet, cells: SheetCells, table: RosterTable | None, *, may_hold_dates: bool) -> None:
    widths: dict[int, int] = {}
    for number, row in zip(cells.row_numbers, cells.rows, strict=True):
        fields = _fields_at(table, number)
        for column, text in enumerate(row, start=1):
            if text is not None:
                as_text = _is_text(text, fields.get(column), is_of_table=table is not None, may_be_date=may_hold_dates)
                _put(sheet, number, column, text, as_text=as_text)
                if table is not None and number >= table.header_row:
                    widths[column] = max(widths.get(column, _NARROWEST), min(len(text), _WIDEST))
    for number, column in cells.unreadable:
        failed = sheet.cell(number, column + 1)
        failed.value, failed.data_type, failed.font = ERROR, "e", BODY
    _hide_and_merge(sheet, cells)
    if table is not None:
        _draw(sheet, table, widths)


def _fields_at(table: RosterTable | None, row: int) -> dict[int, str]:
    letters = table.letters_at(row) if table is not None else {}
    return {column_index_from_string(letter): field for field, letter in letters.items()}


def _hide_and_merge(sheet: Worksheet, cells: SheetCells) -> None:
    for number in cells.hidden_rows:
        sheet.row_dimensions[number].hidden = True
    for column in cells.hidden_columns:
        sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
    for top, bottom, column in cells.tall_merges:
        sheet.merge_cells(start_row=top, end_row=bottom, start_column=column + 1, end_column=column + 1)
    for row, left, right in _empty_merges(cells):
        sheet.merge_cells(start_row=row, end_row=row, start_column=left + 1, end_column=right + 1)


def _empty_merges(cells: SheetCells) -> Iterator[tuple[int, int, int]]:
    """Merges over columns that cover nothing but their own text: what a header says of the columns beside it."""
    rows = dict(zip(cells.row_numbers, cells.rows, strict=True))
    reached: dict[int, int] = {}
    for number, left, right in sorted(cells.wide_merges):
        row = rows.get(number, ())
        if left > reached.get(number, -1) and right < len(row) and not any(row[left + 1 : right + 1]):
            reached[number] = right
            yield number, left, right


def _is_text(text: str, field: str | None, *, is_of_table: bool, may_be_date: bool) -> bool:
    """Outside the table, and where leading zeros matter, nothing but text; a CSV has no dates, only their texts."""
    if field in _NEVER_A_NUMBER or not is_of_table or (field is None and not _ISO_DATE.fullmatch(text)):
        return True
    return not may_be_date and _ISO_DATE.fullmatch(text) is not None


def _put(sheet: Worksheet, number: int, column: int, text: str, *, as_text: bool) -> None:
    cell = sheet.cell(number, column)
    if isinstance(cell, Cell):
        put_value(cell, text, as_text=as_text)
        cell.font = BODY


def _draw(sheet: Worksheet, table: RosterTable, widths: Mapping[int, int]) -> None:
    """The table as a table: lines, a header that stays, columns as wide as what stands in them."""
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width + 2
        header = sheet.cell(table.header_row, column)
        header.font, header.fill, header.alignment = BOLD, HEADER_FILL, CENTRED
        for number in (table.header_row, *table.people):
            sheet.cell(number, column).border = BOX
    sheet.freeze_panes = f"A{table.header_row + 1}"
