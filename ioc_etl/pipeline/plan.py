"""What a run of a month would do now, against the month's current run and against the ledger; nothing is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from ioc_etl.adapters.store import read_drafts
from ioc_etl.adapters.store_replay import decisions_of_run
from ioc_etl.core.changes import CHANGED, NEW, REMOVED, SAME, line_changes, person_changes
from ioc_etl.core.transform import MonthResult
from ioc_etl.pipeline.extract import PulledMonth, pull_month
from ioc_etl.pipeline.plan_look import looking
from ioc_etl.pipeline.plan_moved import moved_since
from ioc_etl.pipeline.plan_number import PlanNumber
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Progress, Services, no_progress
from ioc_etl.pipeline.work import MonthWork
from schemas.decision import DECISION
from schemas.vocabulary import Level, Outcome, Severity

HELD = "held"

FILE_TAKEN, FILE_SAME, FILE_REFUSED, FILE_REFUSED_OLDER, FILE_MISSING, FILE_MISSING_OLDER = (
    "taken",
    "same",
    "refused",
    "refused_older_in_force",
    "missing",
    "missing_older_in_force",
)
"""What a run would make of what a centre offers, and whether its month goes on with an older file in force."""


@dataclass(frozen=True, slots=True)
class Figure:
    """People or lines, and the đồng they come to: of changed ones the difference, of held ones what is at stake."""

    count: int = 0
    amount_vnd: int = 0


@dataclass(frozen=True, slots=True)
class DueLines:
    """What would be due at a centre in one kind of batch, by cause, and how its draft would change."""

    kind: str
    total: Figure
    causes: Mapping[str, Figure]
    drafts: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class CentrePlan:
    """One centre: its file, its people against the current run, its lines against the ledger.

    `people` by change (new, changed, removed, held, same); `committed` is what the ledger holds of the month.
    """

    centre_code: str
    centre_name: str
    file: str
    file_names: tuple[str, ...]
    file_codes: tuple[str, ...]
    people: Mapping[str, Figure]
    committed: Figure
    due: tuple[DueLines, ...]


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """What a run would do. `rows` and `lines` are those that change (`core.changes`), IDs masked, nobody's name.

    `moved` is what is not as the current run found it (`pipeline.plan_moved`). `taken_back` names the approved batches
    that go back to draft, as the month rests on another legal basis by now.
    """

    number: PlanNumber
    month: date
    is_unchanged: bool
    is_blocked: bool
    run_findings: tuple[tuple[str, str, str], ...]
    centres: tuple[CentrePlan, ...]
    unreachable: tuple[str, ...]
    taken_back: tuple[str, ...]
    rows: pl.DataFrame = field(repr=False)
    lines: pl.DataFrame = field(repr=False)
    moved: tuple[str, ...] = ()


def plan(
    services: Services, month: date, *, centres: Collection[str] | None = None, progress: Progress = no_progress
) -> MonthPlan:
    """Pull, decide and compare, on a read-only snapshot; not even what was pulled is kept.

    Raises:
        SourceError: there is no input root.
        ControlTotalError: the run would not close its books.
    """
    pulled = pull_month(services, month, centres, progress)
    with ReadingRooms() as rooms, looking(services, month, pulled, rooms, progress) as (connection, work):
        result = work.decided(connection)
        current = work.state.current
        before = decisions_of_run(connection, current.run_id) if current else pl.DataFrame(schema=DECISION)
        drafts, moved = read_drafts(connection, month), moved_since(connection, work)
    return replace(_compared(services, work, pulled, result, before=before, drafts=drafts), moved=moved)


def _compared(
    services: Services,
    work: MonthWork,
    pulled: PulledMonth,
    result: MonthResult,
    *,
    before: pl.DataFrame,
    drafts: pl.DataFrame,
) -> MonthPlan:
    about_run = result.findings.filter(pl.col("centre_code").is_null()).select("code", "message_vi", "message_en")
    people = person_changes(before, before if result.is_blocked else result.decisions)
    lines = line_changes(drafts, drafts if result.is_blocked else result.lines)
    return MonthPlan(
        number=work.plan_number(),
        month=work.month,
        is_unchanged=not work.taken_back.batches and work.is_same_again(),
        is_blocked=result.is_blocked,
        run_findings=tuple(about_run.unique(maintain_order=True).rows()),
        centres=() if result.is_blocked else _Centres(services, work, result, people, lines).plans(),
        unreachable=pulled.unreachable,
        taken_back=() if result.is_blocked else tuple(batch.name for batch in work.taken_back.batches),
        rows=people.filter(pl.col("change") != SAME),
        lines=lines.filter(pl.col("change") != SAME),
    )


@dataclass(frozen=True, slots=True)
class _Centres:
    """The frames of a plan, and the centres' figures in them."""

    services: Services
    work: MonthWork
    result: MonthResult
    people: pl.DataFrame
    lines: pl.DataFrame

    def plans(self) -> tuple[CentrePlan, ...]:
        people, held = _figures(self.people, _difference_vnd(), "change"), _held(self.people)
        committed = _figures(self._committed(), pl.col("amount_vnd"), pl.lit("all").alias("all"))
        due, codes = _due(self.lines), self._file_codes()
        named = self.services.centres_in(self.work.month)
        offered = {centre.centre_code: centre for centre in self.work.pulled.centres}
        return tuple(
            CentrePlan(
                centre_code=code,
                centre_name=named[code].name,
                file=self._file(code),
                file_names=tuple(file.name for file in offered[code].files) if code in offered else (),
                file_codes=codes.get(code, ()),
                people={**people.get(code, {}), **({HELD: held[code]} if code in held else {})},
                committed=committed.get(code, {}).get("all", Figure()),
                due=due.get(code, ()),
            )
            for code in self.services.policy.centres
            if code in set(self.result.centres["centre_code"])
        )

    def _committed(self) -> pl.DataFrame:
        return self.work.committed

    def _file_codes(self) -> dict[str, tuple[str, ...]]:
        blocking = (pl.col("level") == Level.FILE) & (pl.col("severity") == Severity.BLOCK)
        found = self.result.findings.filter(blocking).drop_nulls("centre_code")
        grouped = found.group_by("centre_code").agg(pl.col("code").unique().sort())
        return {code: tuple(codes) for code, codes in grouped.iter_rows()}

    def _file(self, code: str) -> str:
        older = self.work.state.in_force.get(code)
        if code in self.result.accepted:
            offered = self.work.parts()["offers"]
            is_same = older is not None and isinstance(offered, Mapping) and offered.get(code) == [older.sha256]
            return FILE_SAME if is_same else FILE_TAKEN
        is_refused, carries_on = code in self.result.refused_offers, code in self.result.in_force
        if is_refused:
            return FILE_REFUSED_OLDER if carries_on else FILE_REFUSED
        return FILE_MISSING_OLDER if carries_on else FILE_MISSING


def _difference_vnd() -> pl.Expr:
    return pl.col("amount_vnd").fill_null(0) - pl.col("amount_before_vnd").fill_null(0)


def _figures(frame: pl.DataFrame, amount: pl.Expr, by: str | pl.Expr) -> dict[str, dict[str, Figure]]:
    """Counted and summed by centre and word, in their order: the same plan reads the same twice."""
    counted = frame.group_by("centre_code", by).agg(pl.len().alias("count"), amount.sum().alias("amount_vnd"))
    figures: dict[str, dict[str, Figure]] = {}
    for code, word, count, amount_vnd in counted.sort(counted.columns[:2]).iter_rows():
        figures.setdefault(code, {})[word] = Figure(count, amount_vnd)
    return figures


def _held(people: pl.DataFrame) -> dict[str, Figure]:
    held = people.filter(pl.col("outcome") == Outcome.HELD)
    by_centre = _figures(held, pl.col("at_stake_vnd").fill_null(0), "outcome")
    return {code: figure for code, figures in by_centre.items() for figure in figures.values()}


def _due(lines: pl.DataFrame) -> dict[str, tuple[DueLines, ...]]:
    now = lines.filter(pl.col("change") != REMOVED)
    due: dict[str, tuple[DueLines, ...]] = {}
    for kind in sorted(set(lines["batch_kind"])):
        of_kind = pl.col("batch_kind") == kind
        totals = _figures(now.filter(of_kind), pl.col("amount_vnd"), "batch_kind")
        causes = _figures(now.filter(of_kind), pl.col("amount_vnd"), "cause")
        drafts = _figures(lines.filter(of_kind), _difference_vnd(), "change")
        for code, changed in drafts.items():
            total = totals.get(code, {}).get(kind, Figure())
            due[code] = (*due.get(code, ()), DueLines(kind, total, causes.get(code, {}), changed))
    return due


__all__ = ["CHANGED", "HELD", "NEW", "REMOVED", "SAME", "CentrePlan", "DueLines", "Figure", "MonthPlan", "plan"]
