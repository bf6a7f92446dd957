"""A batch on its way: what keeps it from the next step, and the rows that take it there.

The questions are asked in the database (migrations 0008, 0009, 0014), where triggers ask them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.tables import APPROVAL, SUBMISSION, VOID


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as it stands. `basis_sha256` is what it rests on now, `current_run_id` its month's run."""

    batch_id: UUID
    reference_month: date
    centre_code: str
    kind: str
    number: int
    funding_source: str
    status: str
    content_sha256: str
    basis_sha256: str
    current_run_id: UUID
    lines: int
    amount_vnd: int

    @property
    def name(self) -> str:
        """2022-01/dong-xoai/regular/1."""
        return f"{self.reference_month:%Y-%m}/{self.centre_code}/{self.kind}/{self.number}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a step cannot be taken: its code, a count or an amount, keys; never a personal value."""

    code: str
    number: int | None
    detail: str | None


_BATCH = """
    SELECT b.batch_id, b.reference_month, b.centre_code, b.kind, b.number, b.funding_source, b.status, b.content_sha256,
           payroll.batch_basis(b.batch_id), m.current_run_id, l.lines, l.amount_vnd
    FROM payroll.batch b JOIN payroll.month m USING (reference_month) CROSS JOIN LATERAL (
        SELECT count(*) AS lines, COALESCE(sum(amount_vnd), 0)::bigint AS amount_vnd
        FROM payroll.payment_line WHERE batch_id = b.batch_id) l
"""
_BY_ID = sa.text(_BATCH + "WHERE b.batch_id::text LIKE :beginning || '%' ORDER BY b.batch_id LIMIT 2")
_BY_NAME = sa.text(
    _BATCH + "WHERE b.reference_month = :month AND b.centre_code = :centre AND b.kind = :kind AND b.number = :number"
)
_ALL = sa.text(
    _BATCH + "WHERE CAST(:month AS date) IS NULL OR b.reference_month = :month "
    "ORDER BY b.reference_month, b.centre_code, b.kind DESC, b.number"
)
_SUBMISSION = sa.text("SELECT * FROM payroll.submission_refusals(:batch_id, :actor)")
_APPROVAL = sa.text(
    "SELECT * FROM payroll.approval_refusals(:batch_id, :actor, :content, :basis, :run_id, :amount_vnd, :pay_date)"
)
_AUTHORITY = sa.text("SELECT * FROM payroll.authority_refusals(:batch_id)")
_PAY_DATE = sa.text("SELECT * FROM payroll.pay_date_refusals(:batch_id, :pay_date, :today, :paper)")
_VOID = sa.text("SELECT * FROM payroll.void_refusals(:batch_id, :actor)")
_BUDGET = sa.text("SELECT * FROM payroll.budget_refusals(:batch_id, :pay_date)")


def batches_beginning(connection: sa.Connection, beginning: str) -> Sequence[Batch]:
    """The batches whose id begins so; two at most."""
    return [Batch(*row) for row in connection.execute(_BY_ID, {"beginning": beginning})]


def batch_named(connection: sa.Connection, month: date, centre: str, kind: str, number: int) -> Batch | None:
    """The batch of a month, centre, kind and number."""
    row = connection.execute(_BY_NAME, {"month": month, "centre": centre, "kind": kind, "number": number}).one_or_none()
    return None if row is None else Batch(*row)


def read_batches(connection: sa.Connection, month: date | None = None) -> Sequence[Batch]:
    """Every batch of a month, or of all months."""
    return [Batch(*row) for row in connection.execute(_ALL, {"month": month})]


def submission_refusals(connection: sa.Connection, batch: Batch, actor: str) -> list[Refusal]:
    """What keeps the batch from being submitted by this account."""
    return _refusals(connection, _SUBMISSION, batch_id=batch.batch_id, actor=actor)


def approval_refusals(
    connection: sa.Connection, batch: Batch, actor: str, *, amount_vnd: int, pay_date: date
) -> list[Refusal]:
    """What keeps the batch, as it was read, from being approved by this account with that total."""
    return _refusals(
        connection,
        _APPROVAL,
        batch_id=batch.batch_id,
        actor=actor,
        content=batch.content_sha256,
        basis=batch.basis_sha256,
        run_id=batch.current_run_id,
        amount_vnd=amount_vnd,
        pay_date=pay_date,
    )


def authority_refusals(connection: sa.Connection, batch: Batch) -> list[Refusal]:
    """Whether anybody may still spend the centre's money of that month."""
    return _refusals(connection, _AUTHORITY, batch_id=batch.batch_id)


def pay_date_refusals(
    connection: sa.Connection, batch: Batch, *, pay_date: date, today: date, paper: str | None
) -> list[Refusal]:
    """What keeps the batch from being paid on that day, by the paper of that number."""
    return _refusals(connection, _PAY_DATE, batch_id=batch.batch_id, pay_date=pay_date, today=today, paper=paper)


def void_refusals(connection: sa.Connection, batch: Batch, actor: str | None) -> list[Refusal]:
    """What keeps the batch from being made void by this account; null: by a run of its month."""
    return _refusals(connection, _VOID, batch_id=batch.batch_id, actor=actor)


def budget_refusals(connection: sa.Connection, batch: Batch, pay_date: date) -> list[Refusal]:
    """Whether the funding source's year has the money."""
    return _refusals(connection, _BUDGET, batch_id=batch.batch_id, pay_date=pay_date)


def write_submission(connection: sa.Connection, batch: Batch, *, actor: str, reason: str, at: datetime) -> None:
    """The batch is submitted, with the content and the basis that were read."""
    connection.execute(
        sa.insert(SUBMISSION).values(
            batch_id=batch.batch_id,
            content_sha256=batch.content_sha256,
            basis_sha256=batch.basis_sha256,
            actor=actor,
            reason=reason,
            at=at,
        )
    )


def write_approval(
    connection: sa.Connection,
    batch: Batch,
    *,
    pay_date: date,
    paper: str | None,
    actor: str,
    reason: str,
    at: datetime,
    audit_seq: int,
) -> None:
    """The batch is approved, with the content and the basis that were read."""
    connection.execute(
        sa.insert(APPROVAL).values(
            batch_id=batch.batch_id,
            content_sha256=batch.content_sha256,
            basis_sha256=batch.basis_sha256,
            run_id=batch.current_run_id,
            amount_vnd=batch.amount_vnd,
            pay_date=pay_date,
            paper=paper,
            actor=actor,
            reason=reason,
            at=at,
            audit_seq=audit_seq,
        )
    )


def write_void(
    connection: sa.Connection,
    batch: Batch,
    *,
    actor: str | None,
    reason: str,
    at: datetime,
    audit_seq: int,
    run_id: UUID | None = None,
) -> None:
    """The batch is void: an account made it so, or the run that is named."""
    said = {"actor": actor, "run_id": run_id, "reason": reason, "at": at, "audit_seq": audit_seq}
    connection.execute(sa.insert(VOID).values(batch_id=batch.batch_id, **said))


def _refusals(connection: sa.Connection, question: sa.TextClause, **values: object) -> list[Refusal]:
    return [Refusal(*row) for row in connection.execute(question, values)]
