"""What a run tells those who started it: counts, đồng and codes, never a personal value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from schemas.vocabulary import FileStatus, FindingCode, RunStatus

COMPLETED, FAILED, INCOMPLETE = 0, 1, 3


@dataclass(frozen=True, slots=True)
class CentreReport:
    """One centre's month. `codes` counts its findings; `is_offer_refused`: it sent a file that was not accepted."""

    centre_code: str
    centre_name: str
    file_status: FileStatus
    rows_read: int
    paid_rows: int
    superseded_rows: int
    held_rows: int
    merged_rows: int
    amount_vnd: int
    quota: int | None
    batch_status: str | None
    is_offer_refused: bool = False
    codes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunReport:
    """How one run of a month ended.

    `status` is FAILED when nothing usable came for any centre, BLOCKED when a finding about the run stopped it.
    `run_findings` are (code, message in Vietnamese, message in English); `unreachable` the centres whose source could
    not be read this time, `reasons` why, by centre. `ignored_files` counts the files that belong to no centre, whose
    names somebody chose freely: `counted_findings` says how many instead. `taken_back` names the approved batches that
    the run sent back to draft, as the month rests on another legal basis.
    """

    run_id: UUID
    reference_month: date
    status: RunStatus
    centres: tuple[CentreReport, ...]
    run_findings: tuple[tuple[str, str, str], ...] = ()
    unreachable: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    ignored_files: int = 0
    taken_back: tuple[str, ...] = ()

    @property
    def counted_findings(self) -> tuple[tuple[str, str], ...]:
        """The findings about the run as (code, message in Vietnamese) without a name that somebody gave a file."""
        ignored = f"{self.ignored_files} tệp trong thư mục của tháng không thuộc Trung tâm nào, không được đọc."
        return tuple(
            (code, ignored if code == FindingCode.FILE_IGNORED else message_vi)
            for code, message_vi, _ in self.run_findings
        )

    @property
    def total_vnd(self) -> int:
        """What the month's drafts pay, in đồng."""
        return sum(centre.amount_vnd for centre in self.centres)

    @property
    def exit_code(self) -> int:
        """0 completed; 3 completed, but a centre has no file in force or a new file was refused; 1 nothing decided."""
        if self.status in {RunStatus.BLOCKED, RunStatus.FAILED}:
            return FAILED
        return INCOMPLETE if self.gaps else COMPLETED

    @property
    def gaps(self) -> tuple[CentreReport, ...]:
        """The centres without a file in force, or whose new file was refused."""
        return tuple(
            centre for centre in self.centres if centre.file_status != FileStatus.ACCEPTED or centre.is_offer_refused
        )
