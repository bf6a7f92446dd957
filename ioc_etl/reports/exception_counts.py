"""What the exception report's summary counts: a centre's month as lines of a label and its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from ioc_etl.reports.terms import ADOPTION, DRAFT_MARK, FILE_STATUS, MONITORED_SERVICE, OUTCOME, SEVERITY
from schemas.vocabulary import AdoptionStatus, FileStatus, FindingCode, Outcome, Severity, WorkMode

NOBODY = "Chưa có người"


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
class SummaryLine:
    """One line of a block: a label and what stands beside it; numbers stay numbers."""

    label: str
    values: tuple[str | int | None, ...]
    is_strong: bool = False


def people_of(decisions: pl.DataFrame) -> pl.DataFrame:
    """The rows that stand for a person: merged ones stand for none. Without a usable ID a row is its own person."""
    own_row = pl.concat_str(pl.lit("row "), pl.col("source_row").cast(pl.String))
    return decisions.filter(pl.col("outcome") != Outcome.MERGED.value).with_columns(
        person=pl.coalesce("person_id", own_row)
    )


def file_lines(overview: ExceptionOverview) -> list[SummaryLine]:
    """The file the month rests on, the run, the state of the policy."""
    return [
        SummaryLine("Tên tệp", (overview.file_name or "Không có",)),
        SummaryLine("Tình trạng tệp", (FILE_STATUS[overview.file_status],)),
        SummaryLine("Mã lần chạy", (overview.short_run_id,)),
        SummaryLine("Chính sách", (ADOPTION[overview.adoption],)),
    ]


def outcome_lines(decisions: pl.DataFrame) -> list[SummaryLine]:
    """How every row ended; the four add up to the rows read."""
    counts = {outcome: decisions.filter(pl.col("outcome") == outcome.value).height for outcome in Outcome}
    lines = [SummaryLine(OUTCOME[outcome], (count,)) for outcome, count in counts.items()]
    return [*lines, SummaryLine("Số dòng đã đọc", (decisions.height,), is_strong=True)]


def money_lines(decisions: pl.DataFrame, findings: pl.DataFrame) -> list[SummaryLine]:
    """What is paid, and what the held rows would earn: each row once, however many findings it has."""
    held = decisions.filter(pl.col("outcome") == Outcome.HELD.value)["source_row"].implode()
    stake = (
        findings.filter(pl.col("source_row").is_in(held), pl.col("severity") == Severity.BLOCK.value)
        .group_by("source_row")
        .agg(pl.col("amount_at_stake_vnd").max())["amount_at_stake_vnd"]
        .sum()
    )
    return [
        SummaryLine("Số tiền hỗ trợ tháng này (đồng)", (int(decisions["amount_vnd"].sum()),), is_strong=True),
        SummaryLine("Số tiền của các dòng tạm giữ (đồng)", (int(stake),)),
    ]


def finding_lines(findings: pl.DataFrame) -> list[SummaryLine]:
    """How many findings stop something, how many warn, how many were waived."""
    open_ones = findings.filter(~pl.col("is_waived"))
    lines = [
        SummaryLine(SEVERITY[severity], (open_ones.filter(pl.col("severity") == severity.value).height,))
        for severity in (Severity.BLOCK, Severity.WARN)
    ]
    return [*lines, SummaryLine("Đã chấp thuận bỏ qua", (findings.height - open_ones.height,))]


def quota_lines(people: pl.DataFrame, overview: ExceptionOverview) -> list[SummaryLine]:
    """People who hold or ask for a post, beside the posts: first each agency that has posts, then the centre."""
    asking = people.filter(~pl.col("has_no_right") | pl.col("codes").list.contains(FindingCode.OVER_QUOTA.value))
    lines = [
        _compared(
            overview.agency_names.get(code, code),
            asking.filter(pl.col("agency") == code)["person"].n_unique(),
            posts,
        )
        for code, posts in overview.agency_quota.items()
    ]
    return [*lines, _compared("Toàn trung tâm", asking["person"].n_unique(), overview.quota, is_strong=True)]


def _compared(label: str, count: int, posts: int | None, *, is_strong: bool = False) -> SummaryLine:
    remark = None if posts is None or count <= posts else f"Vượt {count - posts}"
    return SummaryLine(label, (count, posts, remark), is_strong)


def shift_lines(people: pl.DataFrame, overview: ExceptionOverview) -> list[SummaryLine]:
    """Different people per shift who work at the centre; other findings do not matter (close reading 6)."""
    direct = people.filter(pl.col("work_mode") == WorkMode.DIRECT.value)
    lines = []
    for shift in overview.shifts:
        count = direct.filter(pl.col("shift") == shift)["person"].n_unique()
        posts = overview.posts_per_shift
        remark = None if posts is None or count >= posts else f"Thiếu {posts - count}"
        lines.append(SummaryLine(f"Ca {shift}", (count, posts, remark)))
    return lines


def service_lines(people: pl.DataFrame) -> list[SummaryLine]:
    """The ten functions with their people; those nobody covers are marked (rule 4)."""
    if people["monitored_service"].null_count() == people.height:
        return [SummaryLine("Danh sách không ghi lĩnh vực giám sát", (None, None, None))]
    lines = []
    for service, name in MONITORED_SERVICE.items():
        count = people.filter(pl.col("monitored_service") == service.value)["person"].n_unique()
        lines.append(SummaryLine(name, (count, None, NOBODY if count == 0 else None)))
    return lines
