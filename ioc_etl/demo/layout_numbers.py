"""A plain table from A1, as kept for oneself: IDs are numbers without their zeros, last month's sheet is hidden."""

from datetime import date, timedelta

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ioc_etl.demo.cells import write_value
from ioc_etl.demo.roster import Roster, RosterRow, Value
from ioc_etl.reports.workbook_style import BODY, BOLD, BOX, HEADER_FILL, MONEY_FORMAT, new_workbook, workbook_bytes
from schemas.columns import OFFICIAL_HEADERS, ROSTER_FIELDS

_FIELDS = tuple(name for name in ROSTER_FIELDS if name != "coefficient")
_WIDTHS = {"full_name": 24, "citizen_id": 14, "agency": 30, "duty": 40, "monitored_service": 36, "bank_name": 28}
_USUAL_WIDTH = 13


def plain_numbers(roster: Roster) -> bytes:
    """The roster as xlsx; where there are rows of the month before, a hidden first sheet holds them."""
    workbook = new_workbook("DS IOC")
    if roster.last_rows:
        _add_sheet(workbook, _month_before(roster.month), roster.last_rows, is_hidden=True)
    _add_sheet(workbook, roster.month, roster.rows, is_hidden=False)
    workbook.active = len(workbook.worksheets) - 1
    return workbook_bytes(workbook)


def _add_sheet(workbook: Workbook, month: date, rows: tuple[RosterRow, ...], *, is_hidden: bool) -> None:
    sheet = workbook.create_sheet(f"T{month:%m}")
    for column, name in enumerate(_FIELDS, start=1):
        write_value(sheet, 1, column, OFFICIAL_HEADERS[name])
        sheet.cell(row=1, column=column).font = BOLD
        sheet.cell(row=1, column=column).fill = HEADER_FILL
        sheet.cell(row=1, column=column).border = BOX
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, _USUAL_WIDTH)
    for number, row in enumerate(rows, start=2):
        for column, name in enumerate(_FIELDS, start=1):
            write_value(sheet, number, column, _value(row, name), number_format=_format(name))
            sheet.cell(row=number, column=column).font = BODY
            sheet.cell(row=number, column=column).border = BOX
        sheet.row_dimensions[number].hidden = row.is_hidden
    if is_hidden:
        sheet.sheet_state = "hidden"


def _value(row: RosterRow, name: str) -> Value:
    """IDs of digits as numbers; everything else as it is."""
    value: Value = getattr(row, name)
    if name == "citizen_id" and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def _format(name: str) -> str | None:
    return MONEY_FORMAT if name == "other_support_vnd" else None


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
