"""What is read from the store for people: the month, its exceptions, one person's decision, the runs."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.store_records import CENTRE_FIGURES, ROW_FIGURES
from ioc_etl.adapters.tables import DECISIONS, MONTH, RUN
from schemas.decision import DECISION
from schemas.finding import FINDING

CENTRE_MONTH: dict[str, pl.DataType] = {
    "reference_month": pl.Date(),
    "centre_code": pl.String(),
    "file_status": pl.String(),
    **CENTRE_FIGURES,
    "batch_status": pl.String(),
}
"""state_payroll.centre_month."""

EXCEPTION: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "reference_month": pl.Date(),
    **FINDING,
    "case_status": pl.String(),
    "citizen_id_masked": pl.String(),
    "first_run_id": pl.String(),
    "last_run_id": pl.String(),
    "run_id": pl.String(),
    "is_current": pl.Boolean(),
}
"""payroll.exception_detail: `schemas.finding.FINDING` and its case. `is_current` false: of a later, blocked run."""

RUN_HISTORY: dict[str, pl.DataType] = {
    "run_id": pl.String(),
    "run_no": pl.Int64(),
    "reference_month": pl.Date(),
    "status": pl.String(),
    "started_at": pl.Datetime(time_unit="us", time_zone="UTC"),
    "finished_at": pl.Datetime(time_unit="us", time_zone="UTC"),
    "actor": pl.String(),
    "requested_centres": pl.List(pl.String()),
    "input_fingerprint": pl.String(),
    "ledger_position": pl.Int64(),
    "policy_version": pl.String(),
    "code_version": pl.String(),
    **ROW_FIGURES,
    "findings": pl.Int64(),
    "message": pl.String(),
    "same_as_run_id": pl.String(),
}
"""payroll.run, and whether it is its month's current one."""

_RENAMED = {"source_row": "row_number", "is_waivable": "waivable", "is_waived": "waived", "case_status": "status"}
_AS_TEXT = ("case_id", "first_run_id", "last_run_id", "run_id")


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """One person's rows in a month's current run, over all centres, and what was found about them."""

    decisions: pl.DataFrame = field(repr=False)
    findings: pl.DataFrame = field(repr=False)


def month_overview(engine: sa.Engine, month: date | None = None) -> pl.DataFrame:
    """`CENTRE_MONTH` of a month, or of all months, by month and centre."""
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in CENTRE_MONTH]
    query = sa.select(*columns).select_from(sa.table("centre_month", *columns, schema="state_payroll"))
    if month is not None:
        query = query.where(sa.column("reference_month") == month)
    with engine.connect() as connection:
        return read_frame(connection, query.order_by("reference_month", "centre_code"), CENTRE_MONTH)


def exceptions(engine: sa.Engine, month: date, centre_code: str | None = None) -> pl.DataFrame:
    """`EXCEPTION` rows of a month in the order of the run; with a centre its own and those of the whole run.

    Holds personal values: for the report, never for a log or an artifact.
    """
    conditions = [sa.column("reference_month") == month]
    if centre_code is not None:
        conditions.append((sa.column("centre_code") == centre_code) | sa.column("centre_code").is_(None))
    with engine.connect() as connection:
        return _exceptions(connection, *conditions)


def decision_of(engine: sa.Engine, month: date, citizen_id: str) -> PersonMonth:
    """A person's decisions and findings in a month's current run, by ID on the roster or as understood."""
    table = DECISIONS.c
    query = (
        sa.select(*(table[name] for name in DECISION))
        .join(MONTH, MONTH.c.current_run_id == table.run_id)
        .where(MONTH.c.reference_month == month, (table.citizen_id == citizen_id) | (table.person_id == citizen_id))
        .order_by(table.centre_code, table.source_row)
    )
    with engine.connect() as connection:
        decisions = read_frame(connection, query, DECISION)
        rows = decisions.select("centre_code", "source_row").rows()
        findings = _exceptions(
            connection,
            sa.column("reference_month") == month,
            sa.column("is_current"),
            sa.tuple_(sa.column("centre_code"), sa.column("row_number")).in_(rows),
        )
    return PersonMonth(decisions, findings)


MONEY: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "kind": pl.String(),
    "batch": pl.String(),
    "status": pl.String(),
    "is_returned": pl.Boolean(),
    "amount_vnd": pl.Int64(),
    "document": pl.String(),
}
"""One row per line of the ledger or of a batch not approved yet. `batch` names the batch; of an opening line, which has
none, `document` is the paper it was paid by."""

_MONEY_OF = sa.text(
    """
    WITH run AS (SELECT current_run_id AS run_id FROM payroll.month WHERE reference_month = :month),
    person AS (
        SELECT DISTINCT d.person_id FROM payroll.decision d JOIN run USING (run_id)
        WHERE :asked IN (d.citizen_id, d.person_id) AND d.person_id IS NOT NULL
    ),
    name AS (
        SELECT person_id AS id FROM person
        UNION
        SELECT k.former_id FROM person JOIN payroll.run_link k USING (person_id) JOIN run ON run.run_id = k.run_id
    )
    SELECT l.centre_code, l.batch_kind AS kind, payroll.batch_name(b) AS batch, COALESCE(b.status, 'paid') AS status,
           l.is_returned, l.amount_vnd, CASE WHEN l.batch_kind = 'opening' THEN l.legal_basis END AS document,
           l.approved_seq
    FROM payroll.ledger_line l LEFT JOIN payroll.batch b USING (batch_id)
    WHERE l.reference_month = :month AND l.citizen_id IN (SELECT id FROM name)
    UNION ALL
    SELECT b.centre_code, b.kind, payroll.batch_name(b), b.status, FALSE, l.amount_vnd, NULL, NULL
    FROM payroll.batch b JOIN payroll.payment_line l USING (batch_id)
    WHERE b.reference_month = :month AND b.status IN ('draft', 'submitted') AND l.citizen_id IN (SELECT id FROM name)
    ORDER BY approved_seq NULLS LAST, batch
    """
)


def money_of(engine: sa.Engine, month: date, citizen_id: str) -> pl.DataFrame:
    """`MONEY` of a person for a month at every centre, under whichever of his IDs, as it was committed; drafts last."""
    with engine.connect() as connection:
        rows = connection.execute(_MONEY_OF, {"month": month, "asked": citizen_id}).all()
    return pl.DataFrame([tuple(row)[:-1] for row in rows], schema=MONEY, orient="row")


def decisions(engine: sa.Engine, month: date, centre_code: str | None = None) -> pl.DataFrame:
    """`schemas.decision.DECISION` rows of a month's current run, by centre and row."""
    table = DECISIONS.c
    query = (
        sa.select(*(table[name] for name in DECISION))
        .join(MONTH, MONTH.c.current_run_id == table.run_id)
        .where(MONTH.c.reference_month == month)
        .order_by(table.centre_code, table.source_row)
    )
    if centre_code is not None:
        query = query.where(table.centre_code == centre_code)
    with engine.connect() as connection:
        return read_frame(connection, query, DECISION)


def run_history(engine: sa.Engine, month: date | None = None, *, limit: int = 100) -> pl.DataFrame:
    """`RUN_HISTORY`, the latest first."""
    columns = [_text(RUN.c[name]) if name.endswith("run_id") else RUN.c[name] for name in RUN_HISTORY]
    query = sa.select(*columns).order_by(RUN.c.run_no.desc()).limit(limit)
    if month is not None:
        query = query.where(RUN.c.reference_month == month)
    with engine.connect() as connection:
        return read_frame(connection, query, RUN_HISTORY)


def batches(engine: sa.Engine, month: date) -> pl.DataFrame:
    """`BATCH_ROW` of a month: every batch with its lines counted and summed."""
    with engine.connect() as connection:
        return read_frame(connection, _BATCHES, BATCH_ROW, month=month)


BATCH_ROW: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "centre_code": pl.String(),
    "kind": pl.String(),
    "number": pl.Int64(),
    "funding_source": pl.String(),
    "status": pl.String(),
    "lines": pl.Int64(),
    "amount_vnd": pl.Int64(),
}
_BATCHES = sa.text(
    """
    SELECT b.batch_id::text, b.centre_code, b.kind, b.number, b.funding_source, b.status,
           count(l.payment_id), COALESCE(sum(l.amount_vnd), 0)::bigint
    FROM payroll.batch b LEFT JOIN payroll.payment_line l USING (batch_id)
    WHERE b.reference_month = :month GROUP BY b.batch_id ORDER BY b.centre_code, b.kind, b.number
    """
)


def _exceptions(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> pl.DataFrame:
    columns: list[sa.ColumnClause[Any]] = [sa.column(_RENAMED.get(name, name)) for name in EXCEPTION]
    shown = [_text(column) if column.name in _AS_TEXT else column for column in columns]
    view = sa.table("exception_detail", *columns, sa.column("position"), schema="payroll")
    query = (
        sa.select(*shown).select_from(view).where(*conditions).order_by(sa.column("is_current"), sa.column("position"))
    )
    return read_frame(connection, query, EXCEPTION)


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.cast(column, sa.Text)
