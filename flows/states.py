"""The state a month's run ends in: its name is a word of ours, so that an automation can wait for it."""

from collections.abc import Iterable, Sequence

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from ioc_etl.pipeline.result import CentreReport, RunReport
from ioc_etl.reports.terms import RUN_STATUS, month_title, vnd
from schemas.vocabulary import FileStatus, RunStatus

INCOMPLETE = "Incomplete"
UNCHANGED = "Unchanged"

_DECIDED_NOTHING = (RunStatus.FAILED, RunStatus.BLOCKED)


def state_of(report: RunReport, unreachable: Sequence[str]) -> State[None]:
    """Failed when nothing was decided; Incomplete, though completed, when a centre is missing; Unchanged; Completed.

    `unreachable` are the centres whose source could not be read. The message, in Vietnamese, names the centres.
    """
    title = month_title(report.reference_month)
    if report.status in _DECIDED_NOTHING:
        reasons = " ".join(message_vi for _, message_vi in report.counted_findings)
        return Failed(message=f"{title}: {RUN_STATUS[report.status]}. {reasons}".strip())
    gaps = _gaps(report.gaps, unreachable)
    total = f"{title}: {vnd(report.total_vnd)}"
    if gaps:
        told = f"{total}. {' '.join(gaps)}{_unchanged(report)}{_taken_back(report)}"
        return Completed(name=INCOMPLETE, message=told)
    if report.status is RunStatus.UNCHANGED:
        return Completed(name=UNCHANGED, message=f"{total}.{_unchanged(report)}")
    return Completed(message=f"{total}, {len(report.centres)} Trung tâm.{_taken_back(report)}")


def worst_of(ends: Sequence[State[None] | str]) -> State[None]:
    """One state for several months: Failed when one failed (or is the line that says why), else Incomplete, else done.

    None at all: nothing was missing or failed.
    """
    if not ends:
        return Completed(name=UNCHANGED, message="Không còn gì thiếu hoặc lỗi.")
    message = " ".join(end if isinstance(end, str) else end.message or "" for end in ends)
    states = [end for end in ends if not isinstance(end, str)]
    if len(states) < len(ends) or not all(state.is_completed() for state in states):
        return Failed(message=message)
    names = {state.name for state in states}
    if INCOMPLETE in names:
        return Completed(name=INCOMPLETE, message=message)
    return Completed(name=UNCHANGED, message=message) if names == {UNCHANGED} else Completed(message=message)


def _unchanged(report: RunReport) -> str:
    return " Không có gì thay đổi so với lần chạy trước." if report.status is RunStatus.UNCHANGED else ""


def _taken_back(report: RunReport) -> str:
    if not report.taken_back:
        return ""
    return f" Đợt chi đã duyệt trở lại dự thảo vì tháng nay có căn cứ chi khác: {', '.join(report.taken_back)}."


def _gaps(centres: Sequence[CentreReport], unreachable: Sequence[str]) -> list[str]:
    named = {
        "Chưa gửi danh sách": _names(centre for centre in centres if centre.file_status is FileStatus.MISSING),
        "Danh sách bị từ chối": _names(centre for centre in centres if centre.file_status is FileStatus.REFUSED),
        "Tệp mới bị từ chối, dùng tệp trước": _names(
            centre for centre in centres if centre.file_status is FileStatus.ACCEPTED
        ),
        "Không đọc được nguồn": list(unreachable),
    }
    return [f"{what}: {', '.join(names)}." for what, names in named.items() if names]


def _names(centres: Iterable[CentreReport]) -> list[str]:
    return [f"{centre.centre_name} ({centre.centre_code})" for centre in centres]
