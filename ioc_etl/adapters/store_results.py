"""What leaves the system and what comes back: the list as exported, and the bank's answer line by line."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.tables import APPROVAL, CONFIRMATION, CONTENT, EXPORT, LINE_RESULT, PAYMENT_LINES

EXPORTED: dict[str, pl.DataType] = {
    "payment_id": pl.String(),
    "full_name": pl.String(),
    "citizen_id": pl.String(),
    "agency": pl.String(),
    "work_mode": pl.String(),
    "coefficient_tenths": pl.Int32(),
    "base_salary_vnd": pl.Int64(),
    "amount_vnd": pl.Int64(),
    "bank_account": pl.String(),
    "bank_name": pl.String(),
    "cause": pl.String(),
    "cause_detail": pl.String(),
    "legal_basis": pl.String(),
    "offset_vnd": pl.Int64(),
}
"""One row per line of a batch, as a payment list shows it. `offset_vnd` of a recovery is not collected any more."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The bytes that left, once and for all."""

    data: bytes = field(repr=False)
    file_name: str
    sha256: str
    is_draft: bool


def read_export(connection: sa.Connection, batch_id: UUID) -> ExportedFile | None:
    """What was exported of a batch; null when nothing was."""
    query = (
        sa.select(CONTENT.c.bytes, EXPORT.c.file_name, EXPORT.c.sha256, EXPORT.c.is_draft)
        .join(CONTENT, CONTENT.c.sha256 == EXPORT.c.sha256)
        .where(EXPORT.c.batch_id == batch_id)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else ExportedFile(bytes(row[0]), *row[1:])


def read_lines(connection: sa.Connection, batch_id: UUID) -> pl.DataFrame:
    """`EXPORTED` lines of a batch, in the order of the roster."""
    line, result = PAYMENT_LINES.c, LINE_RESULT.c
    let_go = sa.select(sa.func.coalesce(sa.func.sum(result.amount_vnd), 0)).where(result.payment_id == line.payment_id)
    offset_vnd = sa.cast(let_go.scalar_subquery(), sa.BigInteger)
    told = {"payment_id": sa.cast(line.payment_id, sa.Text), "offset_vnd": offset_vnd.label("offset_vnd")}
    columns = [told[name] if name in told else line[name] for name in EXPORTED]
    query = sa.select(*columns).where(line.batch_id == batch_id)
    return read_frame(
        connection, query.order_by(line.source_row.nulls_last(), line.full_name, line.payment_id), EXPORTED
    )


def read_pay_date(connection: sa.Connection, batch_id: UUID) -> date:
    """When an approved batch is to be paid."""
    query = sa.select(APPROVAL.c.pay_date).where(APPROVAL.c.batch_id == batch_id)
    pay_date: date = connection.execute(query).scalar_one()
    return pay_date


def write_export(
    connection: sa.Connection, batch_id: UUID, data: bytes, *, file_name: str, is_draft: bool, actor: str, at: datetime
) -> ExportedFile:
    """Keep the bytes; the batch is exported."""
    sha256 = hashlib.sha256(data).hexdigest()
    kept = insert(CONTENT).values(sha256=sha256, size_bytes=len(data), bytes=data)
    connection.execute(kept.on_conflict_do_nothing())
    values = {"batch_id": batch_id, "sha256": sha256, "file_name": file_name, "is_draft": is_draft}
    connection.execute(sa.insert(EXPORT).values(**values, actor=actor, at=at))
    return ExportedFile(data, file_name, sha256, is_draft)


@dataclass(frozen=True, slots=True)
class PayableLine:
    """A positive line of a batch; `last_result` is null without one."""

    payment_id: UUID
    source_row: int | None
    citizen_id: str = field(repr=False)
    amount_vnd: int
    last_result: str | None


def payable_lines(connection: sa.Connection, batch_id: UUID) -> list[PayableLine]:
    """The positive lines of a batch."""
    line, result = PAYMENT_LINES.c, LINE_RESULT.c
    last = (
        sa.select(result.result)
        .where(result.payment_id == line.payment_id)
        .order_by(result.audit_seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = [line[name] for name in PayableLine.__slots__[:-1]]
    query = sa.select(*columns, last).where(line.batch_id == batch_id, line.amount_vnd > 0)
    return [PayableLine(*row) for row in connection.execute(query.order_by(line.payment_id))]


def write_results(
    connection: sa.Connection,
    results: Mapping[UUID, str | None],
    *,
    result_on: date,
    actor: str,
    at: datetime,
    audit_seq: int,
) -> None:
    """The bank's answer by payment: null is paid, a text the reason why it came back."""
    rows = [
        {
            "payment_id": payment_id,
            "result": "paid" if reason is None else "returned",
            "result_on": result_on,
            "reason": reason,
            "actor": actor,
            "at": at,
            "audit_seq": audit_seq,
        }
        for payment_id, reason in results.items()
    ]
    if rows:
        connection.execute(sa.insert(LINE_RESULT), rows)


_OFFSET = sa.text(
    """
    WITH back AS (
        SELECT DISTINCT l.reference_month, l.centre_code, COALESCE(k.person_id, l.citizen_id) AS person_id
        FROM payroll.payment_line l
        JOIN payroll.line_result r ON r.payment_id = l.payment_id AND r.result = 'returned' AND r.audit_seq = :audit_seq
        JOIN payroll.month m USING (reference_month)
        LEFT JOIN payroll.run_link k ON k.run_id = m.current_run_id AND k.former_id = l.citizen_id
    ), standing AS (
        SELECT x.person_id, v.payment_id, v.approved_seq, v.amount_vnd,
               -sum(v.amount_vnd) OVER (PARTITION BY x.person_id) AS excess_vnd,
               v.batch_kind IN ('recovery', 'offset') AND b.status IN ('approved', 'exported') AS is_open
        FROM back x
        JOIN payroll.month m USING (reference_month)
        JOIN payroll.ledger_line v USING (reference_month, centre_code)
        LEFT JOIN payroll.run_link k ON k.run_id = m.current_run_id AND k.former_id = v.citizen_id
        LEFT JOIN payroll.batch b USING (batch_id)
        WHERE NOT v.is_returned AND COALESCE(k.person_id, v.citizen_id) = x.person_id
    ), open AS (
        SELECT s.person_id, s.payment_id, s.excess_vnd, min(s.approved_seq) AS approved_seq,
               -sum(s.amount_vnd) AS open_vnd
        FROM standing s WHERE s.is_open GROUP BY s.person_id, s.payment_id, s.excess_vnd
    ), part AS (
        SELECT o.payment_id, o.open_vnd, LEAST(o.open_vnd, o.excess_vnd - COALESCE(sum(o.open_vnd) OVER (
                   PARTITION BY o.person_id ORDER BY o.approved_seq DESC
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS offset_vnd
        FROM open o
    ), let_go AS (
        INSERT INTO payroll.line_result (payment_id, result, result_on, reason, amount_vnd, actor, at, audit_seq)
        SELECT p.payment_id, 'offset', :result_on, :reason, p.offset_vnd, :actor, :at, :audit_seq
        FROM part p WHERE p.offset_vnd > 0
        RETURNING payment_id
    )
    SELECT p.payment_id, p.offset_vnd::bigint, (p.open_vnd - p.offset_vnd)::bigint
    FROM let_go JOIN part p USING (payment_id) ORDER BY p.payment_id
    """
)
_CAME_BACK = "Ngân hàng đã trả lại khoản chi bị truy thu"


@dataclass(frozen=True, slots=True)
class Offset:
    """How much of a recovery was let go, and how much of it is still to be collected."""

    payment_id: UUID
    offset_vnd: int
    open_vnd: int


def offset_recoveries(
    connection: sa.Connection, *, result_on: date, actor: str, at: datetime, audit_seq: int
) -> list[Offset]:
    """Let go of recoveries of money that came back in this event: nobody has it any more, so nobody gives it back.

    Of each person at a centre the latest first, until no more is taken back than was paid. What was collected, its
    batch being paid, stays.
    """
    values = {"result_on": result_on, "reason": _CAME_BACK, "actor": actor, "at": at, "audit_seq": audit_seq}
    return [Offset(*row) for row in connection.execute(_OFFSET, values)]


def write_confirmation(
    connection: sa.Connection, batch_id: UUID, *, paid_on: date, actor: str, at: datetime, audit_seq: int
) -> None:
    """The batch is paid."""
    connection.execute(
        sa.insert(CONFIRMATION).values(batch_id=batch_id, paid_on=paid_on, actor=actor, at=at, audit_seq=audit_seq)
    )
