"""The exception report's sheet `Tổng hợp`: a centre's month in numbers, on one page."""

from collections.abc import Sequence
from datetime import date

import polars as pl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.exception_counts import (
    ExceptionOverview,
    SummaryLine,
    file_lines,
    finding_lines,
    money_lines,
    outcome_lines,
    people_of,
    quota_lines,
    service_lines,
    shift_lines,
)
from ioc_etl.reports.safe_text import put_text
from ioc_etl.reports.terms import month_title
from ioc_etl.reports.workbook_style import (
    BODY,
    BOLD,
    BOX,
    CENTRED,
    DRAFT,
    GROUP_FILL,
    HEADER_FILL,
    LEFT,
    MONEY_FORMAT,
    RIGHT,
    TITLE,
    body_cell,
    print_on_a4_landscape,
    set_widths,
    text_at,
)

SHEET = "Tổng hợp"

_WIDTHS = {"A": 40, "B": 26, "C": 3, "D": 42, "E": 11, "F": 11, "G": 20}
_FIRST_ROW = 5
_ROW_POINTS = 18
_LEFT, _RIGHT_BLOCK = 1, 4


def add_summary_sheet(
    workbook: Workbook,
    *,
    centre_name: str,
    month: date,
    findings: pl.DataFrame,
    decisions: pl.DataFrame,
    overview: ExceptionOverview,
) -> None:
    """Append the summary: the file, the rows and the money on the left; posts, shifts and functions on the right."""
    sheet = workbook.create_sheet(SHEET)
    set_widths(sheet, _WIDTHS)
    last = len(_WIDTHS)
    text_at(sheet, 1, 1, "TỔNG HỢP KẾT QUẢ KIỂM TRA", font=TITLE, alignment=CENTRED, merge_to=last)
    text_at(sheet, 2, 1, f"{centre_name} – {month_title(month)}", font=BOLD, alignment=CENTRED, merge_to=last)
    if overview.mark:
        text_at(sheet, 3, 1, overview.mark, font=DRAFT, alignment=CENTRED, merge_to=last)
    people = people_of(decisions)
    row = _FIRST_ROW
    for title, lines in (
        ("Tệp danh sách", file_lines(overview)),
        ("Kết quả từng dòng", outcome_lines(decisions)),
        ("Số tiền", money_lines(decisions, findings)),
        ("Ngoại lệ", finding_lines(findings)),
    ):
        row = _write_block(sheet, row, _LEFT, (title, ""), lines) + 1
    row = _FIRST_ROW
    for headers, lines in (
        (("Định mức", "Số người", "Số suất", "Nhận xét"), quota_lines(people, overview)),
        (("Ca trực (người trực tiếp)", "Số người", "Cần có", "Nhận xét"), shift_lines(people, overview)),
        (("Chức năng giám sát", "Số người", "", "Nhận xét"), service_lines(people)),
    ):
        row = _write_block(sheet, row, _RIGHT_BLOCK, headers, lines) + 1
    print_on_a4_landscape(sheet, title_rows=None, footer=f"{centre_name} – {month_title(month)}", mark=overview.mark)


def _write_block(sheet: Worksheet, row: int, column: int, headers: Sequence[str], lines: Sequence[SummaryLine]) -> int:
    """Write a heading and its lines from (row, column) on; gives the next free row."""
    for offset, header in enumerate(headers):
        text_at(sheet, row, column + offset, header, font=BOLD, alignment=LEFT if offset == 0 else CENTRED)
        sheet.cell(row=row, column=column + offset).fill = HEADER_FILL
        sheet.cell(row=row, column=column + offset).border = BOX
    for position, line in enumerate(lines, start=row + 1):
        sheet.row_dimensions[position].height = _ROW_POINTS
        for offset, value in enumerate((line.label, *line.values)):
            _write_value(sheet, position, column + offset, value, is_first=offset == 0, is_strong=line.is_strong)
    return row + 1 + len(lines)


def _write_value(
    sheet: Worksheet, row: int, column: int, value: str | int | None, *, is_first: bool, is_strong: bool
) -> None:
    cell = body_cell(sheet, row, column)
    if isinstance(value, int):
        cell.value = value
        cell.number_format = MONEY_FORMAT
    else:
        put_text(cell, value)
    cell.font = BOLD if is_strong else BODY
    cell.alignment = LEFT if is_first else RIGHT
    cell.border = BOX
    if is_strong:
        cell.fill = GROUP_FILL
