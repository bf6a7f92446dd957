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
}
"""One row per line of a batch, as a payment list shows it."""


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
    line = PAYMENT_LINES.c
    columns = [sa.cast(line[name], sa.Text) if name == "payment_id" else line[name] for name in EXPORTED]
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


def payable_lines(connection: sa.Connection, batch_id: UUID) -> dict[UUID, str | None]:
    """The positive lines of a batch with the last result of each, null without one."""
    line, result = PAYMENT_LINES.c, LINE_RESULT.c
    last = (
        sa.select(result.result)
        .where(result.payment_id == line.payment_id)
        .order_by(result.audit_seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(line.payment_id, last).where(line.batch_id == batch_id, line.amount_vnd > 0)
    return dict(connection.execute(query.order_by(line.payment_id)).tuples().all())


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


def write_confirmation(
    connection: sa.Connection, batch_id: UUID, *, paid_on: date, actor: str, at: datetime, audit_seq: int
) -> None:
    """The batch is paid."""
    connection.execute(
        sa.insert(CONFIRMATION).values(batch_id=batch_id, paid_on=paid_on, actor=actor, at=at, audit_seq=audit_seq)
    )
