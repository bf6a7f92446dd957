"""Opening lines as the ledger has them, and the end of those that were a mistake."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.store_approval import Refusal
from ioc_etl.adapters.tables import OPENING_END, OPENING_LINE

_END_REFUSALS = sa.text("SELECT code, number, detail FROM payroll.opening_end_refusals(:payment_id, :actor)")


@dataclass(frozen=True, slots=True)
class KeptOpening:
    """An opening line as the ledger has it; `ended_at` is null while it counts."""

    payment_id: UUID
    reference_month: date
    centre_code: str
    citizen_id: str = field(repr=False)
    amount_vnd: int
    document: str = field(repr=False)
    actor: str
    at: datetime
    ended_at: datetime | None
    end_reason: str | None = field(repr=False)


def openings(connection: sa.Connection, month: date | None = None) -> list[KeptOpening]:
    """Every opening line of a month, or of all, those that count no more too."""
    query = _kept()
    if month is not None:
        query = query.where(OPENING_LINE.c.reference_month == month)
    return _openings(connection, query)


def openings_beginning(connection: sa.Connection, beginning: str) -> list[KeptOpening]:
    """The opening lines whose id begins so; two at most."""
    is_meant = sa.cast(OPENING_LINE.c.payment_id, sa.Text).startswith(beginning)
    return _openings(connection, _kept().where(is_meant).limit(2))


def opening_end_refusals(connection: sa.Connection, payment_id: UUID, actor: str) -> list[Refusal]:
    """Why an opening line may not be cancelled now by this account."""
    return [Refusal(*row) for row in connection.execute(_END_REFUSALS, {"payment_id": payment_id, "actor": actor})]


def write_opening_end(
    connection: sa.Connection, payment_id: UUID, *, actor: str, reason: str, at: datetime, audit_seq: int
) -> None:
    """The line counts no more."""
    values = {"payment_id": payment_id, "actor": actor, "reason": reason, "at": at, "audit_seq": audit_seq}
    connection.execute(sa.insert(OPENING_END).values(values))


def _kept() -> sa.Select[tuple[object, ...]]:
    line, end = OPENING_LINE.c, OPENING_END.c
    columns = [line[name] for name in KeptOpening.__slots__ if name not in {"ended_at", "end_reason"}]
    return (
        sa.select(*columns, end.at.label("ended_at"), end.reason.label("end_reason"))
        .outerjoin(OPENING_END, end.payment_id == line.payment_id)
        .order_by(line.reference_month, line.centre_code, line.audit_seq, line.person_id)
    )


def _openings(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> list[KeptOpening]:
    return [KeptOpening(**row) for row in connection.execute(query).mappings()]
