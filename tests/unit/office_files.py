"""Real office files for tests: the same sheets written by openpyxl (xlsx), xlwt (xls), odfpy (ods) and as CSV.

A sheet is a grid of values from A1; what a test needs beyond that (hidden rows, merges, fonts) is said beside it.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import xlwt
from odf.element import Element
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties, TextProperties
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.worksheet import Worksheet

from schemas.sheet_cells import SheetCells, WorkbookCells


@dataclass(frozen=True, slots=True)
class Failed:
    """A formula that failed."""

    text: str = "#REF!"


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula that was never calculated: no stored value."""

    formula: str = "=A1&B1"


Value = str | int | float | bool | date | Failed | Uncalculated | None
Grid = Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class SheetOf:
    """One sheet to be written. `merges` are ranges (`B2:B4`), `fonts` lead from a cell (`B2`) to a font's name."""

    grid: Grid
    name: str = "Danh sách"
    is_visible: bool = True
    hidden_rows: frozenset[int] = frozenset()
    merges: tuple[str, ...] = ()
    fonts: Mapping[str, str] = field(default_factory=dict)


def xlsx(*sheets: SheetOf, counts_from_1904: bool = False) -> bytes:
    """As openpyxl writes it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    if counts_from_1904:
        book.epoch = CALENDAR_MAC_1904
    for sheet in sheets:
        _fill_xlsx(book.create_sheet(sheet.name), sheet)
    return _bytes(book.save)


def _fill_xlsx(page: Worksheet, sheet: SheetOf) -> None:
    for number, row in enumerate(sheet.grid, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                cell = page.cell(number, column)
                if isinstance(value, Failed | Uncalculated):
                    cell.value = value.text if isinstance(value, Failed) else value.formula
                else:
                    cell.value = value
                    cell.data_type = "s" if isinstance(value, str) else cell.data_type
    for address, name in sheet.fonts.items():
        page[address].font = Font(name=name)
    for reference in sheet.merges:
        page.merge_cells(reference)
    for number in sheet.hidden_rows:
        page.row_dimensions[number].hidden = True
    page.sheet_state = "visible" if sheet.is_visible else "hidden"


def xls(*sheets: SheetOf) -> bytes:
    """As xlwt writes it: Excel 97 to 2003. It cannot leave a formula uncalculated."""
    book = xlwt.Workbook()
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        page.visibility = 0 if sheet.is_visible else 1
        for number, row in enumerate(sheet.grid):
            for column, value in enumerate(row):
                font = sheet.fonts.get(f"{get_column_letter(column + 1)}{number + 1}", "Arial")
                style = xlwt.easyxf(f"font: name {font}", "dd/mm/yyyy" if isinstance(value, date) else "General")
                if isinstance(value, Failed):
                    page.row(number).set_cell_error(column, value.text, style)
                elif value is not None:
                    page.write(number, column, value, style)
            page.row(number).hidden = number + 1 in sheet.hidden_rows
        for reference in sheet.merges:
            left, top, right, bottom = range_boundaries(reference)
            page.merge(top - 1, bottom - 1, left - 1, right - 1)
    return _bytes(book.save)


def ods(*sheets: SheetOf) -> bytes:
    """As odfpy writes it, the way LibreOffice does."""
    book = OpenDocumentSpreadsheet()
    hidden = Style(name="hidden", family="table")
    hidden.addElement(TableProperties(display="false"))
    book.automaticstyles.addElement(hidden)
    for font in sorted({font for sheet in sheets for font in sheet.fonts.values()}):
        style = Style(name=font, family="table-cell")
        style.addElement(TextProperties(attributes={"fontname": font}, check_grammar=False))
        book.automaticstyles.addElement(style)
    for sheet in sheets:
        page = Table(name=sheet.name, **({} if sheet.is_visible else {"stylename": hidden}))
        spans = {reference.split(":")[0]: range_boundaries(reference) for reference in sheet.merges}
        for number, row in enumerate(sheet.grid, start=1):
            line = TableRow(**({"visibility": "collapse"} if number in sheet.hidden_rows else {}))
            for column, value in enumerate(row, start=1):
                address = f"{get_column_letter(column)}{number}"
                line.addElement(_ods_cell(value, spans.get(address), sheet.fonts.get(address)))
            page.addElement(line)
        book.spreadsheet.addElement(page)
    return _bytes(book.save)


def _ods_cell(value: Value, span: tuple[int, int, int, int] | None, font: str | None) -> Element:
    cell = TableCell(**_ods_value(value))
    if font is not None:
        cell.setAttribute("stylename", font)
    if span is not None:
        left, top, right, bottom = span
        cell.setAttribute("numberrowsspanned", str(bottom - top + 1))
        cell.setAttribute("numbercolumnsspanned", str(right - left + 1))
    shown = value.text if isinstance(value, Failed) else value
    for line in shown.split("\n") if isinstance(shown, str) else ():
        cell.addElement(P(text=line))
    return cell


def _ods_value(value: Value) -> dict[str, str]:
    attributes: dict[str, str] = {"valuetype": "string"}
    if value is None:
        attributes = {}
    elif isinstance(value, bool):
        attributes = {"valuetype": "boolean", "booleanvalue": "true" if value else "false"}
    elif isinstance(value, int | float):
        attributes = {"valuetype": "float", "value": repr(value)}
    elif isinstance(value, date):
        attributes = {"valuetype": "date", "datevalue": value.isoformat()}
    elif isinstance(value, Failed):
        attributes = {"valuetype": "string", "stringvalue": "", "formula": "of:=1/0"}
    elif isinstance(value, Uncalculated):
        attributes = {"formula": "of:=[.A1]&[.B1]"}
    return attributes


def csv_file(*sheets: SheetOf, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """As a spreadsheet program exports its first sheet: dates as day/month/year, decimal commas."""
    out = StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(
        [_csv_text(value) for value in row] for row in sheets[0].grid
    )
    return out.getvalue().encode(encoding)


def _csv_text(value: Value) -> str:
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, Failed):
        return value.text
    return "" if value is None or isinstance(value, Uncalculated) else str(value)


WRITERS: Mapping[str, Callable[..., bytes]] = {"xlsx": xlsx, "xls": xls, "ods": ods, "csv": csv_file}
"""Every format that is read, by its name."""


def _bytes(save: Callable[[BytesIO], object]) -> bytes:
    out = BytesIO()
    save(out)
    return out.getvalue()


_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def raw_xlsx(sheet: str | bytes, *, strings: str | None = None, styles: str | None = None, **parts: str) -> bytes:
    """An xlsx whose only sheet is exactly this XML; `{ns}` in it is the namespace. `parts` by name, `__` for `/`."""
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")],
            start=1,
        )
    )
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet.replace("{ns}", f'xmlns="{_SPREADSHEET}"')
        if isinstance(sheet, str)
        else sheet,
        **({"xl/sharedStrings.xml": strings.replace("{ns}", f'xmlns="{_SPREADSHEET}"')} if strings else {}),
        **({"xl/styles.xml": styles.replace("{ns}", f'xmlns="{_SPREADSHEET}"')} if styles else {}),
        **{name.replace("__", "/"): text for name, text in parts.items()},
    }
    return zipped(content)


def zipped(content: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def rewritten(data: bytes, **changes: Callable[[bytes], bytes]) -> bytes:
    """The zip with some parts changed; parts by the end of their name without its ending."""
    with ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for ending, change in changes.items():
        parts |= {name: change(part) for name, part in parts.items() if name.rpartition("/")[2].startswith(ending)}
    return zipped(parts)


def serial(day: date) -> float:
    """A date as Excel stores it."""
    return float(to_excel(datetime(day.year, day.month, day.day)))  # noqa: DTZ001 - Excel knows no time zones


def book(*grids: Sequence[Sequence[str | None]], hidden_rows: frozenset[int] = frozenset()) -> WorkbookCells:
    """Cells as the readers hand them on, without a file: one sheet per grid, every row from row 1."""
    return WorkbookCells("xlsx", tuple(sheet_cells(grid, f"Sheet{n}", hidden_rows) for n, grid in enumerate(grids, 1)))


def sheet_cells(
    grid: Sequence[Sequence[str | None]], name: str = "Danh sách", hidden_rows: frozenset[int] = frozenset()
) -> SheetCells:
    """One sheet's cells, all rows as wide as the widest."""
    width = max(map(len, grid), default=0)
    return SheetCells(
        name=name,
        rows=[[*row, *[None] * (width - len(row))] for row in grid],
        row_numbers=range(1, len(grid) + 1),
        hidden_rows=hidden_rows,
    )


def column_of(letters: str) -> int:
    """0 for A."""
    return int(column_index_from_string(letters)) - 1
