"""What one run of a month rested on and what it said, as it was written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.store_records import CENTRE_COLUMNS, KeptFile
from ioc_etl.adapters.tables import DECISIONS, FINDINGS, MONTH, RUN, RUN_BUDGET, RUN_CENTRE, RUN_SOURCE, SOURCE_FILE
from schemas.budget import ALLOCATION
from schemas.decision import DECISION
from schemas.vocabulary import RunStatus

TOLD: dict[str, pl.DataType] = {
    "code": pl.String(),
    "centre_code": pl.String(),
    "source_row": pl.Int32(),
    "column_name": pl.String(),
    "is_waived": pl.Boolean(),
}
"""A finding as far as a replay compares it: which code, where; its words may be put better by a later program."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run's own row, and the files it judged.

    `sources` by purpose (`offered`, `in_force`, `register`); `centres` are the centres it spoke of. `same_as` names the
    run that an unchanged one found again.
    """

    run_id: UUID
    reference_month: date
    status: RunStatus
    started_at: datetime
    finished_at: datetime
    actor: str
    ledger_position: int
    policy_version: str
    code_version: str
    message: str | None
    same_as: UUID | None
    ignored_files: tuple[str, ...]
    waiver_ids: tuple[UUID, ...]
    standing_ids: tuple[UUID, ...]
    confirmed_sha256: tuple[str, ...]
    month_before_run_id: UUID | None
    known_pull_no: int | None
    refused_loading: tuple[str, ...]
    is_current: bool
    centres: tuple[str, ...] = ()
    sources: Mapping[str, tuple[KeptFile, ...]] = field(default_factory=dict)


def find_run(connection: sa.Connection, month: date, beginning: str | None) -> tuple[UUID, ...]:
    """Ids of the month's runs whose id begins so; without a beginning the current run, or none."""
    if beginning is None:
        current = connection.scalar(sa.select(MONTH.c.current_run_id).where(MONTH.c.reference_month == month))
        return () if current is None else (current,)
    begins = sa.cast(RUN.c.run_id, sa.Text).startswith(beginning, autoescape=True)
    query = sa.select(RUN.c.run_id).where(RUN.c.reference_month == month, begins).order_by(RUN.c.run_no)
    return tuple(connection.scalars(query))


def past_run(connection: sa.Connection, run_id: UUID) -> PastRun:
    """The run of an id that exists."""
    columns = [RUN.c[name] for name in PastRun.__slots__ if name in RUN.c]
    current = sa.select(MONTH.c.current_run_id).where(MONTH.c.reference_month == RUN.c.reference_month)
    is_current = (RUN.c.run_id == current.scalar_subquery()).label("is_current")
    query = sa.select(*columns, RUN.c.same_as_run_id.label("same_as"), is_current).where(RUN.c.run_id == run_id)
    values = connection.execute(query).one()._asdict()
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    centres = connection.scalars(sa.select(RUN_CENTRE.c.centre_code).where(RUN_CENTRE.c.run_id == run_id))
    return PastRun(
        **{
            **values,
            **lists,
            "status": RunStatus(values["status"]),
            "is_current": bool(values["is_current"]),
            "centres": tuple(centres),
            "sources": _sources(connection, run_id),
        }
    )


def _sources(connection: sa.Connection, run_id: UUID) -> dict[str, tuple[KeptFile, ...]]:
    table = SOURCE_FILE.c
    columns = [
        table.source_file_id,
        table.kind,
        sa.func.coalesce(table.centre_code, table.register_name).label("code"),
        *(table[name] for name in KeptFile.__slots__[3:]),
    ]
    rows = connection.execute(
        sa.select(RUN_SOURCE.c.purpose, *columns)
        .join(SOURCE_FILE, table.source_file_id == RUN_SOURCE.c.source_file_id)
        .where(RUN_SOURCE.c.run_id == run_id)
        .order_by(RUN_SOURCE.c.purpose, sa.literal_column("code"), table.file_name, table.sha256)
    )
    found: dict[str, list[KeptFile]] = {}
    for purpose, *file in rows:
        found.setdefault(purpose, []).append(KeptFile(*file))
    return {purpose: tuple(files) for purpose, files in found.items()}


def decisions_of_run(connection: sa.Connection, run_id: UUID) -> pl.DataFrame:
    """`schemas.decision.DECISION` rows of a run, by centre and row."""
    table = DECISIONS.c
    query = sa.select(*(table[name] for name in DECISION)).where(table.run_id == run_id)
    return read_frame(connection, query.order_by(table.centre_code, table.source_row), DECISION)


def findings_of_run(connection: sa.Connection, run_id: UUID) -> pl.DataFrame:
    """`TOLD` of a run's findings."""
    table = FINDINGS.c
    query = sa.select(*(table[name] for name in TOLD)).where(table.run_id == run_id)
    return read_frame(connection, query.order_by(table.position), TOLD)


def centres_of_run(connection: sa.Connection, run_id: UUID) -> pl.DataFrame:
    """`CENTRE_COLUMNS` of a run's centres."""
    table = RUN_CENTRE.c
    query = sa.select(*(table[name] for name in CENTRE_COLUMNS)).where(table.run_id == run_id)
    return read_frame(connection, query.order_by(table.centre_code), CENTRE_COLUMNS)


def budgets_of_run(connection: sa.Connection, run_id: UUID) -> pl.DataFrame:
    """`schemas.budget.ALLOCATION` of a run, by source and year."""
    table = RUN_BUDGET.c
    query = sa.select(*(table[name] for name in ALLOCATION)).where(table.run_id == run_id)
    return read_frame(connection, query.order_by(table.funding_source, table.year), ALLOCATION)
