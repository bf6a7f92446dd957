"""The exception report's sheet `Tổng hợp`: a centre's month in numbers, on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.safe_text import put_text
from ioc_etl.reports.terms import (
    ADOPTION,
    DRAFT_MARK,
    FILE_STATUS,
    MONITORED_SERVICE,
    OUTCOME,
    SEVERITY,
    month_title,
)
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
from schemas.vocabulary import AdoptionStatus, FileStatus, Outcome, Severity, WorkMode

SHEET = "Tổng hợp"
NOBODY = "Chưa có người"

_WIDTHS = {"A": 40, "B": 26, "C": 3, "D": 42, "E": 11, "F": 11, "G": 20}
_FIRST_ROW = 5
_ROW_POINTS = 18
_LEFT, _RIGHT_BLOCK = 1, 4


@dataclass(frozen=True, slots=True)
class ExceptionOverview:
    """What the report tells besides findings and decisions.

    `file_name` and `file_status` are of the file the month rests on; `quota` the posts of the centre in the month,
    `agency_quota` those of each agency by code (the province's four), `agency_names` their names; `shifts` the shift
    numbers and `posts_per_shift` how many people a shift needs.
    """

    run_id: str
    file_name: str | None
    file_status: FileStatus
    adoption: AdoptionStatus
    quota: int | None
    shifts: tuple[int, ...]
    posts_per_shift: int | None = None
    agency_quota: Mapping[str, int] = field(default_factory=dict)
    agency_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def short_run_id(self) -> str:
        """The first eight characters of the run's id, as people read them to each other."""
        return self.run_id[:8]

    @property
    def mark(self) -> str:
        """`BẢN NHÁP` until the policy is adopted (rule 18), then nothing."""
        return DRAFT_MARK if self.adoption is AdoptionStatus.DRAFT else ""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a block: a label and what stands beside it; numbers stay numbers."""

    label: str
    values: tuple[str | int | None, ...]
    is_strong: bool = False


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
    people = _people(decisions)
    row = _FIRST_ROW
    for title, lines in (
        ("Tệp danh sách", _file_lines(overview)),
        ("Kết quả từng dòng", _outcome_lines(decisions)),
        ("Số tiền", _money_lines(decisions, findings)),
        ("Ngoại lệ", _finding_lines(findings)),
    ):
        row = _write_block(sheet, row, _LEFT, (title, ""), lines) + 1
    row = _FIRST_ROW
    for headers, lines in (
        (("Biên chế", "Số người", "Chỉ tiêu", "Nhận xét"), _quota_lines(people, overview)),
        (("Ca trực (người trực tiếp)", "Số người", "Cần có", "Nhận xét"), _shift_lines(people, overview)),
        (("Chức năng giám sát", "Số người", "", "Nhận xét"), _service_lines(people)),
    ):
        row = _write_block(sheet, row, _RIGHT_BLOCK, headers, lines) + 1
    print_on_a4_landscape(sheet, title_rows=None, footer=f"{centre_name} – {month_title(month)}", mark=overview.mark)


def _write_block(sheet: Worksheet, row: int, column: int, headers: Sequence[str], lines: Sequence[_Line]) -> int:
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


def _people(decisions: pl.DataFrame) -> pl.DataFrame:
    """The rows that stand for a person: merged ones stand for none. Without a usable ID a row is its own person."""
    own_row = pl.concat_str(pl.lit("row "), pl.col("source_row").cast(pl.String))
    return decisions.filter(pl.col("outcome") != Outcome.MERGED.value).with_columns(
        person=pl.coalesce("person_id", own_row)
    )


def _file_lines(overview: ExceptionOverview) -> list[_Line]:
    return [
        _Line("Tên tệp", (overview.file_name or "Không có",)),
        _Line("Tình trạng tệp", (FILE_STATUS[overview.file_status],)),
        _Line("Mã lần chạy", (overview.short_run_id,)),
        _Line("Chính sách", (ADOPTION[overview.adoption],)),
    ]


def _outcome_lines(decisions: pl.DataFrame) -> list[_Line]:
    counts = {outcome: decisions.filter(pl.col("outcome") == outcome.value).height for outcome in Outcome}
    lines = [_Line(OUTCOME[outcome], (count,)) for outcome, count in counts.items()]
    return [*lines, _Line("Số dòng đã đọc", (decisions.height,), is_strong=True)]


def _money_lines(decisions: pl.DataFrame, findings: pl.DataFrame) -> list[_Line]:
    """What is paid, and what the held rows would earn: each row once, however many findings it has."""
    held = decisions.filter(pl.col("outcome") == Outcome.HELD.value)["source_row"].implode()
    stake = (
        findings.filter(pl.col("source_row").is_in(held), pl.col("severity") == Severity.BLOCK.value)
        .group_by("source_row")
        .agg(pl.col("amount_at_stake_vnd").max())["amount_at_stake_vnd"]
        .sum()
    )
    return [
        _Line("Số tiền hỗ trợ tháng này (đồng)", (int(decisions["amount_vnd"].sum()),), is_strong=True),
        _Line("Số tiền của các dòng tạm giữ (đồng)", (int(stake),)),
    ]


def _finding_lines(findings: pl.DataFrame) -> list[_Line]:
    open_ones = findings.filter(~pl.col("is_waived"))
    lines = [
        _Line(SEVERITY[severity], (open_ones.filter(pl.col("severity") == severity.value).height,))
        for severity in (Severity.BLOCK, Severity.WARN)
    ]
    return [*lines, _Line("Đã chấp thuận bỏ qua", (findings.height - open_ones.height,))]


def _quota_lines(people: pl.DataFrame, overview: ExceptionOverview) -> list[_Line]:
    """People who hold or ask for a post, beside the posts: first each agency that has posts, then the centre."""
    asking = people.filter(~pl.col("has_no_right") | pl.col("codes").list.contains("OVER_QUOTA"))
    lines = [
        _compared(
            overview.agency_names.get(code, code),
            asking.filter(pl.col("agency") == code)["person"].n_unique(),
            posts,
        )
        for code, posts in overview.agency_quota.items()
    ]
    return [*lines, _compared("Toàn trung tâm", asking["person"].n_unique(), overview.quota, is_strong=True)]


def _compared(label: str, count: int, posts: int | None, *, is_strong: bool = False) -> _Line:
    remark = None if posts is None or count <= posts else f"Vượt {count - posts}"
    return _Line(label, (count, posts, remark), is_strong)


def _shift_lines(people: pl.DataFrame, overview: ExceptionOverview) -> list[_Line]:
    """Different people per shift who work at the centre; other findings do not matter (close reading 6)."""
    direct = people.filter(pl.col("work_mode") == WorkMode.DIRECT.value)
    lines = []
    for shift in overview.shifts:
        count = direct.filter(pl.col("shift") == shift)["person"].n_unique()
        posts = overview.posts_per_shift
        remark = None if posts is None or count >= posts else f"Thiếu {posts - count}"
        lines.append(_Line(f"Ca {shift}", (count, posts, remark)))
    return lines


def _service_lines(people: pl.DataFrame) -> list[_Line]:
    """The ten functions with their people; those nobody covers are marked (rule 4)."""
    if people["monitored_service"].null_count() == people.height:
        return [_Line("Danh sách không ghi lĩnh vực giám sát", (None, None, None))]
    lines = []
    for service, name in MONITORED_SERVICE.items():
        count = people.filter(pl.col("monitored_service") == service.value)["person"].n_unique()
        lines.append(_Line(name, (count, None, NOBODY if count == 0 else None)))
    return lines
