"""The audit chain: who did what. The database numbers and links the events; nobody changes one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.tables import AUDIT_EVENT

RUN = "run"

LEDGER_ACTIONS = ("approve", "void", "confirm", "opening")
"""Actions that change what is committed: the last of them is the ledger position."""

Detail = Mapping[str, "str | int | bool | list[str] | None"]


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing done. `detail` holds keys, codes, counts and hashes, never a personal value."""

    at: datetime
    actor: str
    action: str
    reference_month: date | None = None
    run_id: UUID | None = None
    detail: Detail = field(default_factory=dict)


def record(connection: sa.Connection, event: AuditEvent) -> None:
    """Append an event. It holds the chain until the transaction ends: call it as the last statement before that."""
    connection.execute(
        sa.insert(AUDIT_EVENT).values(
            at=event.at,
            actor=event.actor,
            action=event.action,
            reference_month=event.reference_month,
            run_id=event.run_id,
            detail=dict(event.detail),
        )
    )


def first_broken_link(connection: sa.Connection) -> int | None:
    """The number of the first event that is missing, out of place or changed; null when the chain holds.

    The hashes are computed here, not by the database that is being checked.
    """
    events = connection.execute(
        sa.text("SELECT e.seq, e.prev_hash, e.hash, payroll.audit_content(e) FROM payroll.audit_event e ORDER BY e.seq")
    )
    before = ""
    for expected, (seq, prev_hash, stored, content) in enumerate(events, start=1):
        computed = hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()
        if seq != expected or prev_hash != before or stored != computed:
            return expected
        before = stored
    return None
