"""What goes into the store and comes out of it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from uuid import UUID

import polars as pl

from schemas.budget import ALLOCATION
from schemas.layout import Layout
from schemas.posts import DAY_POSTS
from schemas.vocabulary import FileStatus, RunStatus


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One content that a centre sent, or a register held, for a month. Its bytes are read by `read_contents`.

    `code` is the centre's code or the register's name. `verdict` is null until a run has looked at it; `is_latest`: the
    last pull brought it; `is_in_force`: the month rests on it; `is_too_large`: only its beginning was kept.
    """

    source_file_id: UUID
    kind: str
    code: str
    file_name: str
    origin: str
    sha256: str
    received_at: datetime
    is_too_large: bool
    is_latest: bool
    is_in_force: bool
    verdict: str | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run's own row, without its counts: who ran what, on which input, how it ended.

    `requested_centres` are the centres whose files were pulled, null for a run that failed; `pull_no` is the number of
    that pull, `pull_began_at` when it began, `register_pull_no` the number of the pull that brought the registers,
    `known_pull_no` the highest at which a roster of the month had been seen.
    `adjustment_ends_on` is the last day on which money of the month's budget year may be paid. `ledger_position` is
    `MonthState.ledger_position`, read under the month's lock. `ignored_files`,
    `waiver_ids`, `standing_ids`, `confirmed_sha256` (the returned rosters about which an answer was known) and
    `month_before_run_id` (the run by which the month before counted) are what a replay needs beside the kept bytes, and
    `refused_loading`: "centre_code reference" of every file that was refused since the database refused its values.
    """

    run_id: UUID
    reference_month: date
    status: RunStatus
    started_at: datetime
    finished_at: datetime
    actor: str
    input_fingerprint: str
    ledger_position: int
    policy_version: str
    code_version: str
    requested_centres: tuple[str, ...] | None = None
    message: str | None = None
    ignored_files: tuple[str, ...] = ()
    waiver_ids: tuple[UUID, ...] = ()
    standing_ids: tuple[UUID, ...] = ()
    month_before_run_id: UUID | None = None
    pull_began_at: datetime | None = None
    confirmed_sha256: tuple[str, ...] = ()
    pull_no: int | None = None
    register_pull_no: int | None = None
    known_pull_no: int | None = None
    adjustment_ends_on: date | None = None
    refused_loading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedFiles:
    """What a run pulled for one centre, and what became of it: no file (missing), one, or several (refused)."""

    status: FileStatus
    source_file_ids: tuple[UUID, ...] = ()


ROW_FIGURES: dict[str, pl.DataType] = dict.fromkeys(
    ("rows_read", "paid_rows", "superseded_rows", "held_rows", "merged_rows", "amount_vnd"), pl.Int64()
)
"""What the rows of a centre or a run come to: counts by outcome, and the amount in đồng."""

CENTRE_FIGURES: dict[str, pl.DataType] = {
    **ROW_FIGURES,
    **dict.fromkeys(("quota", "budget_year_vnd", "committed_year_vnd"), pl.Int64()),
}
"""The numbers of one centre's month."""

CENTRE_COLUMNS: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "funding_source": pl.String(),
    "file_status": pl.String(),
    **CENTRE_FIGURES,
}
"""One row per centre of the month, centres without a file too. Other columns are ignored, other integers are taken."""


@dataclass(frozen=True, slots=True)
class MonthRecord:
    """Everything that one run writes about a month.

    `centres` has `CENTRE_COLUMNS`; `decisions`, `findings`, `lines` keep the contracts of `schemas`. `files` names the
    file each accepted centre rests on, which is in force from now on; `offers` what this run pulled, per centre;
    `registers` the register files it read, `offered` every roster that it judged, pulled now or before.
    `links` says who people of the month's ledger are now, former ID to person, where that has changed; `layouts` how
    the tables of `files` are laid out; `budgets` (`schemas.budget.ALLOCATION`) what the budget register gives;
    `posts` (`schemas.posts.DAY_POSTS`) how many there are on which day.
    """

    run: RunFacts
    centres: pl.DataFrame = field(repr=False)
    decisions: pl.DataFrame = field(repr=False)
    findings: pl.DataFrame = field(repr=False)
    lines: pl.DataFrame = field(repr=False)
    files: Mapping[str, UUID]
    offers: Mapping[str, OfferedFiles]
    registers: tuple[UUID, ...] = ()
    offered: tuple[UUID, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict, repr=False)
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    budgets: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=ALLOCATION))
    posts: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=DAY_POSTS))


@dataclass(frozen=True, slots=True)
class Written:
    """What `write_run` changed: batches by what happened to them, and payment lines written and removed."""

    batches_new: int
    batches_changed: int
    batches_unchanged: int
    batches_removed: int
    lines_written: int
    lines_removed: int


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """The last run that decided the month."""

    run_id: UUID
    status: RunStatus
    input_fingerprint: str
    ledger_position: int
    policy_version: str
    code_version: str
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFiles:
    """A month's files and the run that decided it last.

    `in_force` and `latest` are rosters by centre: the file the month rests on, and what the last pull brought (none,
    one or several); `latest_registers` the same of registers by name.
    """

    reference_month: date
    current: CurrentRun | None
    in_force: Mapping[str, KeptFile]
    latest: Mapping[str, tuple[KeptFile, ...]]
    latest_registers: Mapping[str, tuple[KeptFile, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthState(MonthFiles):
    """What a run reads under the month's lock: the files, and what people and the ledger say.

    `waivers` keeps `schemas.waiver`, `standings` and `committed` keep `schemas.ledger` (STANDING, COMMITTED); what only
    a run that decides needs is `MonthPast`. `committed_year` sums what the month's budget year has committed by
    funding_source (committed_year_vnd). `ledger_position` is the number of the last audit event that changed the
    ledger, 0 before the first; the ledger is read as of it. `month_before_run_id` is the current run of the month
    before, `month_before_input` what that run rested on.
    """

    month_before_run_id: UUID | None
    month_before_input: str
    ledger_position: int
    waivers: pl.DataFrame = field(repr=False)
    standings: pl.DataFrame = field(repr=False)
    committed: pl.DataFrame = field(repr=False)
    committed_year: pl.DataFrame = field(repr=False)


@dataclass(frozen=True, slots=True)
class MonthPast:
    """What a run that decides its month looks back at, by the contracts of `schemas.ledger`."""

    earlier: pl.DataFrame = field(repr=False)
    last_payments: pl.DataFrame = field(repr=False)
    last_month: pl.DataFrame = field(repr=False)
    used_links: pl.DataFrame = field(repr=False)
    voided: pl.DataFrame = field(repr=False)


@dataclass(frozen=True, slots=True)
class MonthHolder:
    """Who holds a month's lock: the run, the server process, since when its transaction runs, and who started it.

    `actor` is what fits into the name of a database connection: the first letters.
    """

    run_id: str | None
    pid: int
    since: datetime | None
    actor: str | None = None
