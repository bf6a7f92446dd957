"""The ledger as a run reads it: what is committed, now or as of an earlier position, and what was decided before.

A position is the number of an audit event (`LEDGER_ACTIONS`): approvals, voids, bank results, opening lines and their
cancelling count up to it. The view payroll.ledger_history says how.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.tables import STANDING_ROW, WAIVER_END, WAIVERS
from schemas.budget import COMMITTED_YEAR
from schemas.ledger import COMMITTED, STANDING
from schemas.waiver import WAIVER

NOW = 2**63 - 1
"""A position that no event has reached."""

_AS_OF = "approved_seq <= :at AND (voided_seq IS NULL OR voided_seq > :at)"
_IS_RETURNED = "COALESCE(returned_seq <= :at, false)"
_SHOWN = {
    "payment_id": "payment_id::text",
    "run_id": "run_id::text",
    "is_returned": _IS_RETURNED,
    "return_reason": f"CASE WHEN {_IS_RETURNED} THEN return_reason END",
}
_COMMITTED = sa.text(
    f"""
    SELECT {", ".join(_SHOWN.get(name, name) for name in COMMITTED)}
    FROM payroll.ledger_history WHERE reference_month = :month AND {_AS_OF}
    ORDER BY approved_seq, centre_code, person_id
    """  # noqa: S608 - names of our own columns
)
STANDING_BATCHES = """
    SELECT b.batch_id, b.reference_month, b.centre_code, b.kind, b.funding_source, a.run_id, a.audit_seq, a.amount_vnd,
           a.pay_date
    FROM payroll.approval a JOIN payroll.batch b USING (batch_id) LEFT JOIN payroll.void v USING (batch_id)
    WHERE a.audit_seq <= :at AND (v.audit_seq IS NULL OR v.audit_seq > :at)
"""
"""The batches that are committed as of a position."""
_OF_YEAR = "payroll.budget_year(a.kind, a.reference_month, a.pay_date) = :year"
_COMMITTED_YEAR = sa.text(
    f"""
    WITH approved AS ({STANDING_BATCHES}),
    part AS (
        SELECT a.funding_source, a.amount_vnd FROM approved a WHERE {_OF_YEAR}
        UNION ALL
        SELECT a.funding_source, COALESCE(r.amount_vnd, -l.amount_vnd)
        FROM payroll.line_result r JOIN payroll.payment_line l USING (payment_id) JOIN approved a USING (batch_id)
        WHERE r.result IN ('returned', 'offset') AND r.audit_seq <= :at AND {_OF_YEAR}
        UNION ALL
        SELECT o.funding_source, o.amount_vnd
        FROM payroll.opening_line o LEFT JOIN payroll.opening_end e USING (payment_id)
        WHERE o.audit_seq <= :at AND (e.audit_seq IS NULL OR e.audit_seq > :at)
          AND payroll.budget_year('opening', o.reference_month, NULL) = :year
    )
    SELECT funding_source, sum(amount_vnd)::bigint FROM part GROUP BY funding_source ORDER BY funding_source
    """  # noqa: S608 - queries of our own within another
)


def read_committed(connection: sa.Connection, month: date, at: int = NOW) -> pl.DataFrame:
    """`schemas.ledger.COMMITTED` of a month, in the order in which it was committed."""
    return read_frame(connection, _COMMITTED, COMMITTED, month=month, at=at)


def read_committed_year(connection: sa.Connection, year: int, at: int = NOW) -> pl.DataFrame:
    """`COMMITTED_YEAR`: regular and opening lines of the year's months, arrears and recoveries paid in the year."""
    return read_frame(connection, _COMMITTED_YEAR, COMMITTED_YEAR, year=year, at=at)


def read_standings(connection: sa.Connection, month: date, ids: Collection[UUID] | None = None) -> pl.DataFrame:
    """`schemas.ledger.STANDING` of a month: what was said last of each person; with `ids` those alone (a replay)."""
    table = STANDING_ROW.c
    columns = [sa.cast(table.standing_id, sa.Text), *(table[name] for name in STANDING if name != "standing_id")]
    query = sa.select(*columns).where(table.reference_month == month)
    if ids is not None:
        query = query.where(table.standing_id.in_(ids))
    last = query.distinct(table.person_id).order_by(table.person_id, table.standing_no.desc())
    return read_frame(connection, last, STANDING)


def read_waivers(connection: sa.Connection, month: date, ids: Collection[UUID] | None = None) -> pl.DataFrame:
    """`schemas.waiver.WAIVER` rows that hold for a month and were not taken back; with `ids` those alone (a replay)."""
    table = WAIVERS.c
    columns = [sa.cast(table.waiver_id, sa.Text), *(table[name] for name in WAIVER if name != "waiver_id")]
    holds = (table.valid_from <= month) & (table.valid_to.is_(None) | (table.valid_to >= month))
    ended = sa.select(WAIVER_END.c.waiver_id).where(WAIVER_END.c.waiver_id == table.waiver_id).exists()
    chosen = holds & ~ended if ids is None else table.waiver_id.in_(ids)
    return read_frame(connection, sa.select(*columns).where(chosen).order_by(table.waiver_id), WAIVER)
