"""The look of every workbook we write: Vietnamese office fonts, thin lines, A4 landscape, and bytes that repeat."""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.safe_text import put_text
from ioc_etl.reports.workbook_memory import saved

FONT_NAME = "Times New Roman"
MONEY_FORMAT = "#,##0"
DATE_FORMAT = "dd/mm/yyyy"
TEXT_FORMAT = "@"

BODY = Font(name=FONT_NAME, size=11)
BOLD = Font(name=FONT_NAME, size=11, bold=True)
ITALIC = Font(name=FONT_NAME, size=11, italic=True)
TITLE = Font(name=FONT_NAME, size=14, bold=True)
DRAFT = Font(name=FONT_NAME, size=14, bold=True, color="C00000")

_LINE = Side(style="thin", color="808080")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
HEADER_FILL = PatternFill("solid", fgColor="DDEBF7")
GROUP_FILL = PatternFill("solid", fgColor="F2F2F2")

CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")

_FOOTER_FONT = f"{FONT_NAME},Regular"
_A4 = 9
_LETTERS_PER_UNIT = 1.15  # a width counts digits of the default font; our letters are narrower
_WIDE_LETTER = 1.5
LINE_POINTS = 14.5
_PADDING_POINTS = 5
_MAX_POINTS = 409
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def new_workbook(title: str) -> Workbook:
    """An empty workbook without sheets that says what it is and who wrote it."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = "ioc-etl"
    workbook.properties.title = title
    return workbook


def text_at(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str | None,
    *,
    font: Font = BODY,
    alignment: Alignment | None = None,
    merge_to: int | None = None,
) -> None:
    """Write text as text; `merge_to` is the last column of a cell merged over several."""
    cell = body_cell(sheet, row, column)
    put_text(cell, text)
    cell.font = font
    cell.alignment = alignment or LEFT
    if merge_to is not None:
        sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=merge_to)


def body_cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at (row, column), which must not lie inside a merged one."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(cell, MergedCell):
        raise TypeError(f"{cell.coordinate} lies inside a merged cell")
    return cell


def box(sheet: Worksheet, first_row: int, last_row: int, columns: int, *, fill: PatternFill | None = None) -> None:
    """Draw thin lines around every cell of the rows, from the first column on; merged cells too."""
    for cells in sheet.iter_rows(min_row=first_row, max_row=last_row, max_col=columns):
        for cell in cells:
            cell.border = BOX
            if fill is not None:
                cell.fill = fill


def set_widths(sheet: Worksheet, widths: Mapping[str, float]) -> None:
    """Set column widths by column letter, in characters."""
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width


def lines_needed(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column `width` characters wide, a little on the safe side."""
    room = width * _LETTERS_PER_UNIT
    return sum(_wrapped_lines(line, room) for line in text.splitlines()) or 1


def _wrapped_lines(line: str, room: float) -> int:
    """Words go to the next line when they do not fit; a word longer than a line is broken."""
    lines, used = 1, 0.0
    for word in line.split():
        length = sum(_WIDE_LETTER if letter.isupper() or letter == "_" else 1 for letter in word)
        if used and used + 1 + length > room:
            lines, used = lines + 1, 0.0
        used += length + (1 if used else 0)
        lines, used = lines + int(used // room), used % room
    return lines


def fit_height(sheet: Worksheet, row: int, texts: Mapping[str, str | None]) -> None:
    """Make a row as high as its longest wrapped text; `texts` by column letter.

    Spreadsheet programs do not do it for files they did not write themselves.
    """
    lines = max(
        (lines_needed(text, sheet.column_dimensions[letter].width) for letter, text in texts.items() if text),
        default=1,
    )
    sheet.row_dimensions[row].height = min(LINE_POINTS * lines + _PADDING_POINTS, _MAX_POINTS)


def print_on_a4_landscape(sheet: Worksheet, *, title_rows: str | None, footer: str, mark: str = "") -> None:
    """A4 landscape, as wide as the page, as long as needed; the header on each page, `Trang 1/2` below.

    `title_rows` such as `11:13`; `footer` stands below at the left, `mark` on top of each page.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.print_options.horizontalCentered = True
    if title_rows is not None:
        sheet.print_title_rows = title_rows
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(
        right=_HeaderFooterPart(text=mark, font=f"{FONT_NAME},Bold", size=11, color="C00000")
    )
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(text=footer.replace("&", "&&"), font=_FOOTER_FONT, size=9),
        right=_HeaderFooterPart(text="Trang &P/&N", font=_FOOTER_FONT, size=9),
    )


def workbook_bytes(workbook: Workbook) -> bytes:
    """The workbook as xlsx bytes that depend on its content alone: no time of writing anywhere."""
    timeless = BytesIO()
    with zipfile.ZipFile(BytesIO(saved(workbook))) as source, zipfile.ZipFile(timeless, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = source.read(name)
            target.writestr(entry, _STAMPS.sub(b"", content) if name == "docProps/core.xml" else content)
    return timeless.getvalue()
