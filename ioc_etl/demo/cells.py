"""Writing values into cells as an office would: text as text, numbers and dates with their formats."""

from datetime import date

from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.demo.roster import FormulaError, Value
from ioc_etl.reports.safe_text import put_text
from ioc_etl.reports.workbook_style import DATE_FORMAT, TEXT_FORMAT, body_cell


def write_value(sheet: Worksheet, row: int, column: int, value: Value, *, number_format: str | None = None) -> None:
    """Put a value into a cell; `number_format` is that of numbers, dates and texts have their own."""
    if value is None:
        return
    cell = body_cell(sheet, row, column)
    if isinstance(value, FormulaError):
        cell.value = value.text
        cell.data_type = "e"
    elif isinstance(value, str):
        put_text(cell, value)
        cell.number_format = TEXT_FORMAT
    else:
        cell.value = value
        cell.number_format = DATE_FORMAT if isinstance(value, date) else number_format or "0"


def as_text(value: Value) -> str | None:
    """The value as it would be typed into a text cell: dates as 05/02/2022."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, FormulaError):
        return value.text
    return None if value is None else str(value)


def text_or_error(value: Value) -> Value:
    """`as_text`, but a failed formula stays one."""
    return value if isinstance(value, FormulaError) else as_text(value)
