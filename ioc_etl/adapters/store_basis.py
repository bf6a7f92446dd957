"""What batches rest on that have not left yet: the legal basis on the lines of drafts, submitted and approved ones."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.tables import BATCH, PAYMENT_LINES
from schemas.vocabulary import BatchStatus

BATCH_BASIS: Mapping[str, pl.DataType] = {
    "batch_id": pl.String(),
    "reference_month": pl.Date(),
    "centre_code": pl.String(),
    "kind": pl.String(),
    "funding_source": pl.String(),
    "status": pl.String(),
    "legal_basis": pl.String(),
}
"""One row per batch, and legal basis on its lines."""
APPROVED_LINE: Mapping[str, pl.DataType] = {
    "payment_id": pl.String(),
    "funding_source": pl.String(),
    "budget_year": pl.Int32(),
    "amount_vnd": pl.Int64(),
}
"""One row per line of an approved batch, and the budget year that it counts in."""

_LINES = sa.text(
    """
    SELECT payment_id::text, funding_source, budget_year, amount_vnd FROM payroll.ledger_history
    WHERE batch_id = ANY(:batches) ORDER BY payment_id
    """
)
_TAKEN_BACK = sa.text(
    """
    SELECT to_char(b.reference_month, 'YYYY-MM') || '/' || b.centre_code || '/' || b.kind || '/' || b.number
    FROM payroll.void v JOIN payroll.batch b USING (batch_id) WHERE v.run_id = :run_id ORDER BY v.audit_seq
    """
)
NOT_LEFT = (BatchStatus.DRAFT, BatchStatus.SUBMITTED, BatchStatus.APPROVED)
"""States of a batch that is not exported."""


def bases_of_months(
    connection: sa.Connection, first: date, last: date, statuses: Sequence[BatchStatus] = NOT_LEFT
) -> pl.DataFrame:
    """`BATCH_BASIS` of the months first..last, of the batches in these states."""
    return _read_bases(connection, BATCH.c.reference_month.between(first, last), BATCH.c.status.in_(statuses))


def bases_of_batch(connection: sa.Connection, batch_id: UUID) -> pl.DataFrame:
    """`BATCH_BASIS` of one batch."""
    return _read_bases(connection, BATCH.c.batch_id == batch_id)


def _read_bases(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> pl.DataFrame:
    named = [BATCH.c[name] for name in list(BATCH_BASIS)[1:-1]]
    query = (
        sa.select(sa.cast(BATCH.c.batch_id, sa.Text), *named, PAYMENT_LINES.c.legal_basis)
        .join(PAYMENT_LINES, PAYMENT_LINES.c.batch_id == BATCH.c.batch_id)
        .where(*which)
        .distinct()
    )
    return read_frame(connection, query.order_by(*named, PAYMENT_LINES.c.legal_basis), BATCH_BASIS)


def lines_of(connection: sa.Connection, batches: Sequence[UUID]) -> pl.DataFrame:
    """`APPROVED_LINE` of these batches."""
    return read_frame(connection, _LINES, APPROVED_LINE, batches=list(batches))


def taken_back_by(connection: sa.Connection, run_id: UUID) -> tuple[str, ...]:
    """The names of the batches whose approval a run took back."""
    return tuple(connection.scalars(_TAKEN_BACK, {"run_id": run_id}))
