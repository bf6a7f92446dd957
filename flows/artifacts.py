"""What a month's run shows on Prefect's pages: counts, đồng and codes, in Vietnamese, about nobody in particular."""

from collections.abc import Mapping, Sequence

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from ioc_etl.core.month import month_code
from ioc_etl.pipeline.calendar import Calendar, CalendarCell
from ioc_etl.pipeline.result import CentreReport, RunReport
from ioc_etl.policy.model import FindingText
from ioc_etl.reports.calendar import LEGEND_VI, STEP_VI, letter_of
from ioc_etl.reports.terms import BATCH_STATUS, FILE_STATUS, RUN_STATUS, SEVERITY, month_title, vnd
from schemas.vocabulary import BatchStatus, FileStatus, FindingCode, Severity

_SEVERITIES = tuple(Severity)


def month_key(report: RunReport) -> str:
    """Key of the table of centres: `month-2022-01`."""
    return f"month-{month_code(report.reference_month)}"


def exceptions_key(report: RunReport) -> str:
    """Key of the exceptions by code: `exceptions-2022-01`."""
    return f"exceptions-{month_code(report.reference_month)}"


CALENDAR_KEY = "calendar"
"""Key of the calendar of centres and months, as it stands after the last run."""


def show_calendar(shown: Calendar) -> None:
    """Write the calendar and what waits."""
    create_markdown_artifact(key=CALENDAR_KEY, markdown=calendar_markdown(shown), description="Lịch chi trả")


def show(report: RunReport, texts: Mapping[FindingCode, FindingText]) -> None:
    """Write both artifacts of the run that this is called in."""
    title = f"{month_title(report.reference_month)}: {RUN_STATUS[report.status]}"
    create_table_artifact(key=month_key(report), table=month_table(report), description=title)
    create_markdown_artifact(key=exceptions_key(report), markdown=exceptions_markdown(report, texts), description=title)


def month_table(report: RunReport) -> list[dict[str, str]]:
    """One row a centre and the sum below, in the order of the report."""
    rows = [_row(centre) for centre in report.centres]
    return [*rows, _sum(report.centres)]


def exceptions_markdown(report: RunReport, texts: Mapping[FindingCode, FindingText]) -> str:
    """Findings counted by code and centre, the blocking ones first, with how to mend each."""
    lines = [f"# {month_title(report.reference_month)}: các phát hiện"]
    if report.run_findings:
        lines += ["", *(f"- **{code}**: {message_vi}" for code, message_vi in report.counted_findings)]
    counted = sorted(_codes(report), key=lambda code: (_SEVERITIES.index(texts[code].severity), code))
    if not counted:
        return "\n".join([*lines, "", "Không có phát hiện nào ở các Trung tâm."])
    centres = [centre for centre in report.centres if centre.codes]
    header = ["Mã", "Mức", *(centre.centre_code for centre in centres), "Cộng", "Cách xử lý"]
    lines += ["", _line(header), _line(["---"] * len(header))]
    lines += [_line(_counts(code, centres, texts[code])) for code in counted]
    return "\n".join(lines)


def calendar_markdown(shown: Calendar) -> str:
    """A row a centre, a column a month, the letters of finance; below it what waits, for how long."""
    codes = list(dict.fromkeys(cell.centre_code for cell in shown.cells))
    cells = {(cell.centre_code, cell.reference_month): cell for cell in shown.cells}
    header = ["Trung tâm", *(f"{month:%m/%Y}" for month in shown.months)]
    lines = ["# Lịch chi trả", "", _line(header), _line(["---"] * len(header))]
    lines += [_line([code, *(_letter(cells.get((code, month))) for month in shown.months)]) for code in codes]
    lines += ["", LEGEND_VI, "", "## Việc đang chờ", ""]
    waiting = [cell for cell in shown.cells if cell.waits]
    if not waiting:
        return "\n".join([*lines, "Không có việc gì đang chờ."])
    lines += [_line(["Tháng", "Trung tâm", "Số ngày", "Việc tiếp theo"]), _line(["---"] * 4)]
    return "\n".join([*lines, *(_line(_waiting(cell)) for cell in waiting)])


def _letter(cell: CalendarCell | None) -> str:
    if cell is None:
        return ""
    return letter_of(
        cell.state, is_adjusted=cell.is_adjusted, held_rows=cell.held_rows, is_offer_refused=cell.is_offer_refused
    )


def _waiting(cell: CalendarCell) -> list[str]:
    steps = "; ".join(STEP_VI[step] for step in cell.next_steps)
    age = "" if cell.age_days is None else str(cell.age_days)
    return [f"{cell.reference_month:%m/%Y}", cell.centre_code, age, steps]


def _row(centre: CentreReport) -> dict[str, str]:
    status = FILE_STATUS[centre.file_status]
    return {
        "Mã": centre.centre_code,
        "Trung tâm": centre.centre_name,
        "Danh sách": f"{status}; tệp mới bị từ chối" if _has_refused_offer(centre) else status,
        **_numbers([centre]),
        "Định mức": "" if centre.quota is None else str(centre.quota),
        "Đợt chi": BATCH_STATUS[BatchStatus(centre.batch_status)] if centre.batch_status else "",
    }


def _sum(centres: Sequence[CentreReport]) -> dict[str, str]:
    return {"Mã": "", "Trung tâm": "Cộng", "Danh sách": "", **_numbers(centres), "Định mức": "", "Đợt chi": ""}


def _numbers(centres: Sequence[CentreReport]) -> dict[str, str]:
    return {
        "Số dòng": str(sum(centre.rows_read for centre in centres)),
        "Được hỗ trợ": str(sum(centre.paid_rows for centre in centres)),
        "Hưởng chế độ khác": str(sum(centre.superseded_rows for centre in centres)),
        "Tạm giữ": str(sum(centre.held_rows for centre in centres)),
        "Gộp": str(sum(centre.merged_rows for centre in centres)),
        "Số tiền": vnd(sum(centre.amount_vnd for centre in centres)),
    }


def _has_refused_offer(centre: CentreReport) -> bool:
    return centre.is_offer_refused and centre.file_status is FileStatus.ACCEPTED


def _codes(report: RunReport) -> set[FindingCode]:
    return {FindingCode(code) for centre in report.centres for code in centre.codes}


def _counts(code: FindingCode, centres: Sequence[CentreReport], text: FindingText) -> list[str]:
    counts = [centre.codes.get(code, 0) for centre in centres]
    shown = [str(count) if count else "" for count in counts]
    return [f"`{code}`", SEVERITY[text.severity], *shown, str(sum(counts)), text.how_to_fix_vi]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
