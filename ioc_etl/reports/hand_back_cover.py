"""The sheet before the sender's own: what must be mended, where, on which clause, and how the file comes back."""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.hand_back_marks import cells_about, fill_of, rank
from ioc_etl.reports.hand_back_note import covering_note
from ioc_etl.reports.terms import LEVEL, SEVERITY, month_title
from ioc_etl.reports.workbook_style import (
    BOLD,
    CENTRED,
    FONT_NAME,
    HEADER_FILL,
    LEFT,
    LINE_POINTS,
    TITLE,
    box,
    fit_height,
    lines_needed,
    print_on_a4_landscape,
    set_widths,
    text_at,
)
from schemas.columns import OFFICIAL_HEADERS
from schemas.marker import COVER_HEADING, COVER_TITLE
from schemas.returned import CoverNote, RosterTable, ToldFinding
from schemas.vocabulary import Level, Severity

_HEADERS = ("STT", "Mức độ", "Ô", "Nơi", "Người", "Nội dung", "Căn cứ", "Cách sửa")
_WIDTHS = {"A": 5, "B": 11, "C": 7, "D": 20, "E": 20, "F": 46, "G": 30, "H": 44}
_LINK = Font(name=FONT_NAME, size=11, color="FF0563C1", underline="single")
_NOTE_WIDTH = sum(_WIDTHS.values())


def add_cover(
    workbook: Workbook,
    note: CoverNote,
    findings: Sequence[ToldFinding],
    *,
    table: RosterTable | None,
    sheet: Worksheet | None,
) -> None:
    """Puts the sheet first and opens the workbook on it. `sheet` is the one that the table stands on."""
    cover = workbook.create_sheet(_free_title(workbook), 0)
    set_widths(cover, _WIDTHS)
    columns = len(_HEADERS)
    text_at(cover, 1, 1, COVER_HEADING, font=TITLE, alignment=CENTRED, merge_to=columns)
    subtitle = f"{note.centre_name} – {month_title(note.month)}"
    text_at(cover, 2, 1, subtitle, font=BOLD, alignment=CENTRED, merge_to=columns)
    row = 3
    for line in covering_note(note):
        text_at(cover, row, 1, line, alignment=LEFT, merge_to=columns)
        cover.row_dimensions[row].height = LINE_POINTS * lines_needed(line, _NOTE_WIDTH) + 2
        row += 1
    header_row = row + 1
    for column, header in enumerate(_HEADERS, start=1):
        text_at(cover, header_row, column, header, font=BOLD, alignment=CENTRED)
    box(cover, header_row, header_row, columns, fill=HEADER_FILL)
    for position, finding in enumerate(sorted(findings, key=_order), start=1):
        about = cells_about(finding, table)
        _write(cover, header_row + position, position, finding)
        if about and sheet is not None:
            _link(cover, header_row + position, sheet, about[0])
    last_row = header_row + max(len(findings), 1)
    if not findings:
        text_at(cover, last_row, 1, "Không có gì phải sửa.", alignment=CENTRED, merge_to=columns)
    box(cover, header_row + 1, last_row, columns)
    print_on_a4_landscape(cover, title_rows=f"{header_row}:{header_row}", footer=subtitle)
    _open_on(workbook, cover)


def _free_title(workbook: Workbook) -> str:
    """The title, with a number behind it where the sender has such a sheet."""
    taken = {title.lower() for title in workbook.sheetnames}
    titles = [COVER_TITLE, *(f"{COVER_TITLE} ({number})" for number in range(2, len(taken) + 3))]
    return next(title for title in titles if title.lower() not in taken)


def _open_on(workbook: Workbook, cover: Worksheet) -> None:
    """Only our sheet is selected: two selected sheets would be edited together."""
    workbook.active = 0
    for each in workbook.worksheets:
        each.sheet_view.tabSelected = each is cover


def _order(finding: ToldFinding) -> tuple[int, int, int, str]:
    """What blocks first; the whole file before its rows."""
    return rank(finding), int(finding.source_row is not None), finding.source_row or 0, finding.code


def _write(cover: Worksheet, row: int, position: int, finding: ToldFinding) -> None:
    word = SEVERITY[Severity(finding.severity)]
    reason = f"{finding.legal_basis}\nMã: {finding.code}"
    texts = (word, None, _place(finding), finding.full_name, finding.message_vi, reason, finding.how_to_fix_vi)
    text_at(cover, row, 1, str(position), alignment=CENTRED)
    text_at(cover, row, 2, word, font=BOLD, alignment=CENTRED)
    for column, text in enumerate(texts[1:], start=3):
        text_at(cover, row, column, text, alignment=LEFT)
    fit_height(cover, row, dict(zip("BCDEFGH", texts, strict=True)))
    fill = fill_of(finding.severity)
    if fill is not None:
        cover.cell(row, 2).fill = fill


def _link(cover: Worksheet, row: int, sheet: Worksheet, address: str) -> None:
    text_at(cover, row, 3, address, font=_LINK, alignment=CENTRED)
    target = f"{quote_sheetname(sheet.title)}!{address}"
    cover.cell(row, 3).hyperlink = Hyperlink(ref=f"C{row}", location=target)


def _place(finding: ToldFinding) -> str:
    """The row and its column, as much of it as the finding has; else what it is about."""
    column = finding.column_name
    header = f"cột {OFFICIAL_HEADERS.get(column, column)}" if column else ""
    where = LEVEL[Level(finding.level)]
    if finding.source_row is not None:
        where = f"Dòng {finding.source_row}" + (f" (STT {finding.row_no})" if finding.row_no else "")
    return f"{where}, {header}" if header else where
