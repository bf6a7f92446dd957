"""The exception report: one workbook per month and centre that a finance officer prints.

Sheet `Ngoại lệ` lists every finding: what, where, who, why, how to mend it, how much is at stake. Sheet `Tổng hợp`
(`exception_summary.py`) tells the centre's month in numbers.
Source: rulebook section 4 and rules 4, 18.
"""

from datetime import date

import polars as pl
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.exception_counts import ExceptionOverview
from ioc_etl.reports.exception_summary import add_summary_sheet
from ioc_etl.reports.terms import CASE, LEVEL, SEVERITY, masked, month_title
from ioc_etl.reports.workbook_style import (
    BODY,
    BOLD,
    CENTRED,
    DRAFT,
    HEADER_FILL,
    ITALIC,
    LEFT,
    MONEY_FORMAT,
    RIGHT,
    TITLE,
    body_cell,
    box,
    fit_height,
    new_workbook,
    print_on_a4_landscape,
    set_widths,
    text_at,
    workbook_bytes,
)
from schemas.columns import OFFICIAL_HEADERS
from schemas.vocabulary import Level, Severity

__all__ = ["ExceptionOverview", "exception_workbook"]

SHEET = "Ngoại lệ"
WAIVED = "Đã chấp thuận bỏ qua"
CASE_SHOWN = 8
"""So much of a case's id as people read and `waive` takes."""

_HEADERS = ("STT", "Mức độ", "Nơi", "Người", "Nội dung", "Căn cứ", "Cách sửa", "Số tiền liên quan (đồng)")
_WIDTHS = {"A": 5, "B": 11, "C": 25, "D": 22, "E": 42, "F": 29, "G": 38, "H": 13}
_FILLS = {
    Severity.BLOCK: PatternFill("solid", fgColor="F8CBAD"),
    Severity.WARN: PatternFill("solid", fgColor="FFF2CC"),
    Severity.INFO: PatternFill("solid", fgColor="E2EFDA"),
}
_SEVERITY_RANK = {Severity.BLOCK.value: 0, Severity.WARN.value: 1, Severity.INFO.value: 2}
_WAIVED_RANK = 3


def exception_workbook(
    *, centre_name: str, month: date, findings: pl.DataFrame, decisions: pl.DataFrame, overview: ExceptionOverview
) -> bytes:
    """The workbook of one centre and month as xlsx bytes; the same input gives the same bytes.

    `findings` (`schemas.finding.FINDING`, and `case_id` where finance may set the finding aside or has done so) are
    the centre's own and those of the run that concern it, `decisions` (`schemas.decision.DECISION`) the centre's rows,
    empty when its file was refused or is missing.
    Citizen IDs are masked; names are shown.
    """
    workbook = new_workbook(f"Ngoại lệ {centre_name} {month:%m/%Y}")
    ordered = _ordered(findings)
    _add_findings_sheet(workbook, ordered, centre_name=centre_name, month=month, overview=overview)
    add_summary_sheet(
        workbook, centre_name=centre_name, month=month, findings=ordered, decisions=decisions, overview=overview
    )
    return workbook_bytes(workbook)


def _ordered(findings: pl.DataFrame) -> pl.DataFrame:
    """Severity (waived ones last), then amount at stake, most first, then the row."""
    rank = pl.when("is_waived").then(_WAIVED_RANK).otherwise(pl.col("severity").replace_strict(_SEVERITY_RANK))
    return findings.sort(
        rank,
        -pl.col("amount_at_stake_vnd").fill_null(0),
        pl.col("source_row").fill_null(0),
        "code",
        pl.col("column_name").fill_null(""),
        pl.col("found").fill_null(""),
    )


def _add_findings_sheet(
    workbook: Workbook, findings: pl.DataFrame, *, centre_name: str, month: date, overview: ExceptionOverview
) -> None:
    sheet = workbook.create_sheet(SHEET)
    set_widths(sheet, _WIDTHS)
    columns = len(_HEADERS)
    text_at(sheet, 1, 1, "DANH SÁCH NGOẠI LỆ CẦN XỬ LÝ", font=TITLE, alignment=CENTRED, merge_to=columns)
    text_at(sheet, 2, 1, f"{centre_name} – {month_title(month)}", font=BOLD, alignment=CENTRED, merge_to=columns)
    text_at(sheet, 3, 1, _subtitle(findings, overview), font=ITALIC, alignment=CENTRED, merge_to=columns)
    header_row = 5
    if overview.mark:
        draft = f"{overview.mark} – chính sách còn là dự thảo"
        text_at(sheet, 4, 1, draft, font=DRAFT, alignment=CENTRED, merge_to=columns)
    for column, header in enumerate(_HEADERS, start=1):
        text_at(sheet, header_row, column, header, font=BOLD, alignment=CENTRED)
    box(sheet, header_row, header_row, columns, fill=HEADER_FILL)
    fit_height(sheet, header_row, dict(zip(_WIDTHS, _HEADERS, strict=True)))
    last_row = header_row + max(findings.height, 1)
    if findings.is_empty():
        text_at(sheet, last_row, 1, "Không có ngoại lệ nào.", font=ITALIC, alignment=CENTRED, merge_to=columns)
    for position, finding in enumerate(findings.iter_rows(named=True), start=1):
        _write_finding(sheet, header_row + position, position, finding, overview.file_name)
    box(sheet, header_row + 1, last_row, columns)
    sheet.freeze_panes = f"A{header_row + 1}"
    sheet.auto_filter.ref = f"A{header_row}:H{last_row}"
    print_on_a4_landscape(
        sheet,
        title_rows=f"{header_row}:{header_row}",
        footer=f"{centre_name} – {month_title(month)}",
        mark=overview.mark,
    )


def _subtitle(findings: pl.DataFrame, overview: ExceptionOverview) -> str:
    waived = int(findings["is_waived"].sum())
    open_ones = findings.filter(~pl.col("is_waived"))
    blocks = open_ones.filter(pl.col("severity") == Severity.BLOCK.value).height
    parts = [
        f"Tệp: {overview.file_name or 'không có'}",
        f"{blocks} lỗi chặn, {open_ones.height - blocks} cảnh báo" + (f", {waived} đã chấp thuận" if waived else ""),
        f"Lần chạy {overview.short_run_id}",
    ]
    return " · ".join(parts)


def _write_finding(
    sheet: Worksheet, row: int, position: int, finding: dict[str, object], file_name: str | None
) -> None:
    severity = Severity(str(finding["severity"]))
    number = body_cell(sheet, row, 1)
    number.value = position
    number.font, number.alignment = BODY, CENTRED
    stops = WAIVED if finding["is_waived"] else SEVERITY[severity]
    text_at(sheet, row, 2, stops, font=BOLD, alignment=CENTRED)
    if not finding["is_waived"]:
        sheet.cell(row=row, column=2).fill = _FILLS[severity]
    reason = f"{finding['legal_basis']}\nMã: {finding['code']}"
    message, mending = str(finding["message_vi"]), _mending(finding)
    texts = (_place(finding, file_name), _person(finding), message, reason, mending)
    for column, text in enumerate(texts, start=3):
        text_at(sheet, row, column, text, alignment=LEFT)
    fit_height(sheet, row, {"B": stops, **dict(zip("CDEFG", texts, strict=True))})
    amount = body_cell(sheet, row, len(_HEADERS))
    amount.value = finding["amount_at_stake_vnd"]  # type: ignore[assignment]
    amount.number_format, amount.font, amount.alignment = MONEY_FORMAT, BODY, RIGHT


def _mending(finding: dict[str, object]) -> str:
    """How to mend it; below, by what id finance sets it aside instead."""
    how = str(finding["how_to_fix_vi"])
    if finding["case_id"] is None:
        return how
    told = CASE[bool(finding["is_waived"])].format(case=str(finding["case_id"])[:CASE_SHOWN])
    return f"{how}\n{told}"


def _place(finding: dict[str, object], file_name: str | None) -> str:
    """Tệp, trang tính, dòng, cột, ô: as much of it as the finding has."""
    level = Level(str(finding["level"]))
    if level in {Level.CENTRE, Level.RUN} and finding["source_row"] is None:
        return LEVEL[level]
    about = finding["source_file"] or file_name
    lines = [" – ".join(str(part) for part in (about, finding["sheet"]) if part) or LEVEL[level]]
    if finding["source_row"] is not None:
        in_list = f" (STT {finding['row_no']})" if finding["row_no"] else ""
        lines.append(f"Dòng {finding['source_row']}{in_list}")
    column = finding["column_name"]
    header = OFFICIAL_HEADERS.get(str(column), str(column)) if column else ""
    cell = f"ô {finding['cell']}" if finding["cell"] else ""
    if header or cell:
        lines.append(", ".join(part for part in (f"Cột {header}" if header else "", cell) if part))
    return "\n".join(lines)


def _person(finding: dict[str, object]) -> str | None:
    """Họ tên and the masked CCCD, or None for a finding about no one."""
    name = str(finding["full_name"]) if finding["full_name"] else None
    citizen_id = masked(str(finding["citizen_id"])) if finding["citizen_id"] else None
    lines = [line for line in (name, f"CCCD {citizen_id}" if citizen_id else None) if line]
    return "\n".join(lines) or None
