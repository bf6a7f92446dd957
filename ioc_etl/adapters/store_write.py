"""Writing down what a run decided: everything of a month in the caller's one transaction, the audit event last."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_arrays import is_one_of
from ioc_etl.adapters.store_batches import due_drafts, existing_batches, replace_drafts
from ioc_etl.adapters.store_checks import refuse_what_does_not_fit
from ioc_etl.adapters.store_copy import copy_frame
from ioc_etl.adapters.store_due import due_of, write_due
from ioc_etl.adapters.store_files import put_in_force
from ioc_etl.adapters.store_findings import write_findings
from ioc_etl.adapters.store_layouts import layout_as_json
from ioc_etl.adapters.store_records import CENTRE_COLUMNS, MonthRecord, RunFacts, Written
from ioc_etl.adapters.tables import (
    DECISIONS,
    MONTH,
    RUN,
    RUN_BUDGET,
    RUN_CENTRE,
    RUN_LINK,
    RUN_POSTS,
    RUN_SOURCE,
    SOURCE_FILE,
)
from ioc_etl.errors import ContractError
from schemas.budget import ALLOCATION
from schemas.decision import DECISION
from schemas.posts import DAY_POSTS
from schemas.vocabulary import RunStatus

_SUMS = ("rows_read", "paid_rows", "superseded_rows", "held_rows", "merged_rows", "amount_vnd")


def write_run(connection: sa.Connection, record: MonthRecord) -> Written:
    """Write a run that decided its month, inside `month_transaction`; it becomes the month's current run.

    In this order: the run, the files in force, its centres, sources and budgets, its decisions, findings and cases, the
    drafts, the month's current run, the audit event. Nothing may be written after it in the same transaction.

    Raises:
        ContractError: a frame misses a column or holds another month's rows.
        ControlTotalError: the centres' counts or amounts are not those of the decisions.
        DatabaseError: a constraint refuses; names it, and nothing is written.
    """
    run = record.run
    refuse_what_does_not_fit(record)
    totals = {name: int(record.centres[name].sum()) for name in _SUMS}
    _insert_run(connection, run, findings=record.findings.height, **totals)
    put_in_force(connection, run.reference_month, record.files, record.offers)
    _insert_centres(connection, record)
    _insert_sources(connection, record)
    _insert_links(connection, record)
    copy_frame(connection, RUN_BUDGET, record.budgets.select(_id(run.run_id, "run_id"), *ALLOCATION))
    copy_frame(connection, RUN_POSTS, record.posts.select(_id(run.run_id, "run_id"), *DAY_POSTS))
    with ThreadPoolExecutor(1, thread_name_prefix="drafts") as beside:
        # Worked out while the database takes the decisions.
        drafts = beside.submit(
            due_drafts,
            existing_batches(connection, run.reference_month),
            run.reference_month,
            record.lines,
            funding_sources=dict(record.centres.select("centre_code", "funding_source").iter_rows()),
            sources=_hashes(connection, record.files),
        )
        due = beside.submit(due_of, record.lines)
        copy_frame(connection, DECISIONS, record.decisions.select(_id(run.run_id, "run_id"), *DECISION))
        write_findings(connection, run.reference_month, run.run_id, record.findings, is_whole=True)
        write_due(connection, run.run_id, due.result(), drafts.result().due)
        written = replace_drafts(connection, run.reference_month, run.run_id, drafts.result())
    connection.execute(
        sa.update(MONTH).where(MONTH.c.reference_month == run.reference_month).values(current_run_id=run.run_id)
    )
    changes = {name: int(getattr(written, name)) for name in Written.__slots__}
    audit.record(connection, _event(run, {**totals, **changes}))
    return written


def write_unchanged_run(connection: sa.Connection, run: RunFacts, *, same_as: UUID, findings: int = 0) -> None:
    """Write the row of a run that found everything as the month's current run left it, its event, and nothing else."""
    _insert_run(connection, run, same_as_run_id=same_as, findings=findings)
    audit.record(connection, _event(run, {}))


def write_blocked_run(connection: sa.Connection, run: RunFacts, findings: pl.DataFrame) -> None:
    """Write a blocked run's row and its findings; the month's current run, decisions and drafts stay.

    Source: rulebook, close reading 17.
    """
    if run.status is not RunStatus.BLOCKED:
        raise ContractError(f"a blocked run has another status: {run.status}")
    _insert_run(connection, run, findings=findings.height)
    write_findings(connection, run.reference_month, run.run_id, findings, is_whole=False)
    audit.record(connection, _event(run, {"findings": findings.height}))


def write_failed_run(engine: sa.Engine, run: RunFacts) -> None:
    """Write the row of a run that broke off, in a transaction of its own; its month stays as it was."""
    if run.status is not RunStatus.FAILED:
        raise ContractError(f"a run that broke off has another status: {run.status}")
    with engine.begin() as connection:
        _insert_run(connection, run)
        audit.record(connection, _event(run, {}))


def _insert_run(connection: sa.Connection, run: RunFacts, **more: object) -> None:
    connection.execute(insert(MONTH).values(reference_month=run.reference_month).on_conflict_do_nothing())
    values = {name: getattr(run, name) for name in RunFacts.__slots__}
    lists = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    connection.execute(sa.insert(RUN).values({**values, **lists, **more}))


def _insert_centres(connection: sa.Connection, record: MonthRecord) -> None:
    files = {code: str(file_id) for code, file_id in record.files.items()}
    pulled = {code: str(offer.status) for code, offer in record.offers.items()}
    layouts = {code: layout_as_json(record.layouts[code]) for code in record.files if code in record.layouts}
    codes = record.centres["centre_code"].to_list()
    rows = record.centres.select(
        _id(record.run.run_id, "run_id"),
        *(pl.col(name).cast(kind) for name, kind in CENTRE_COLUMNS.items()),
        pl.Series("source_file_id", [files.get(code) for code in codes], dtype=pl.String),
        pl.Series("pulled_status", [pulled.get(code) for code in codes], dtype=pl.String),
        pl.Series("layout", [layouts.get(code) for code in codes], dtype=pl.String),
    )
    copy_frame(connection, RUN_CENTRE, rows)


def _insert_sources(connection: sa.Connection, record: MonthRecord) -> None:
    used = {"in_force": record.files.values(), "offered": record.offered, "register": record.registers}
    rows = [(str(file_id), purpose) for purpose, file_ids in used.items() for file_id in sorted(set(file_ids))]
    frame = pl.DataFrame(rows, schema={"source_file_id": pl.String, "purpose": pl.String}, orient="row")
    copy_frame(connection, RUN_SOURCE, frame.with_columns(_id(record.run.run_id, "run_id")))


def _insert_links(connection: sa.Connection, record: MonthRecord) -> None:
    rows = [
        {"run_id": record.run.run_id, "former_id": former_id, "person_id": person_id}
        for former_id, person_id in sorted(record.links.items())
    ]
    if rows:
        connection.execute(sa.insert(RUN_LINK), rows)


def _hashes(connection: sa.Connection, files: Mapping[str, UUID]) -> dict[str, str]:
    known = connection.execute(
        sa.select(SOURCE_FILE.c.source_file_id, SOURCE_FILE.c.sha256).where(
            is_one_of(SOURCE_FILE.c.source_file_id, files.values())
        )
    )
    by_id = dict(known.tuples().all())
    return {code: by_id[file_id] for code, file_id in files.items() if file_id in by_id}


def _event(run: RunFacts, counts: Mapping[str, int]) -> audit.AuditEvent:
    return audit.AuditEvent(
        at=run.finished_at,
        actor=run.actor,
        action=audit.RUN,
        reference_month=run.reference_month,
        run_id=run.run_id,
        detail={
            "status": str(run.status),
            "input_fingerprint": run.input_fingerprint,
            "policy_version": run.policy_version,
            "code_version": run.code_version,
            **counts,
        },
    )


def _id(value: UUID, name: str) -> pl.Expr:
    return pl.lit(str(value)).alias(name)
