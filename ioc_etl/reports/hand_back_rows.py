"""What makes a returned workbook known again: the marker, and the row number of every person in the roster it mends."""

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.packaging.custom import CustomPropertyList, StringProperty
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.workbook_style import FONT_NAME
from schemas.marker import COVER_HEADING, PROPERTY, ROW_HEADER, Marker
from schemas.returned import RosterTable

_SMALL_GREY = Font(name=FONT_NAME, size=8, color="FF808080")
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
_WIDTH = 9
_LAST_ROW = 1_048_576


def put_marker(workbook: Workbook, marker: Marker) -> None:
    """Says in the document's properties which roster the workbook mends."""
    properties: CustomPropertyList[StringProperty] = workbook.custom_doc_props  # type: ignore[attr-defined]
    if PROPERTY in properties.names:
        del properties[PROPERTY]
    properties.append(StringProperty(name=PROPERTY, value=marker.as_text()))


def take_cover_off(workbook: Workbook) -> None:
    """Removes the sheet that an earlier hand-back put first."""
    for sheet in [sheet for sheet in workbook.worksheets if sheet.cell(1, 1).value == COVER_HEADING]:
        workbook.remove(sheet)


def put_row_numbers(sheet: Worksheet, table: RosterTable) -> None:
    """Writes every person's row number into a column of ours, right of everything, out of the print area."""
    column = (table.row_numbers if table.row_numbers is not None else _free_column(sheet, table)) + 1
    if column >= max(table.width, 2) and not sheet.print_area:
        sheet.print_area = f"A1:{get_column_letter(column - 1)}{_LAST_ROW}"
    _clear(sheet, column, table.header_row)
    _put(sheet, table.header_row, column, ROW_HEADER)
    for number in table.people:
        _put(sheet, number, column, number)
    sheet.column_dimensions[get_column_letter(column)].width = _WIDTH


def _free_column(sheet: Worksheet, table: RosterTable) -> int:
    """The index of the first column right of all cells and of the merged ones beside the table."""
    merged = (area.max_col for area in sheet.merged_cells.ranges if area.max_row >= table.header_row)
    return max(table.width, max(merged, default=0))


def _clear(sheet: Worksheet, column: int, header_row: int) -> None:
    for (row, place), cell in list(sheet._cells.items()):  # noqa: SLF001 - rows would make the cells between
        if place == column and row >= header_row and isinstance(cell, Cell):
            cell.value = None


def _put(sheet: Worksheet, row: int, column: int, value: str | int) -> None:
    cell = sheet.cell(row, column)
    if isinstance(cell, Cell):
        cell.value = value
        cell.font, cell.alignment, cell.number_format = _SMALL_GREY, _CENTRED, "General"
