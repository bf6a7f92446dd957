"""The audit chain: who did what. The database numbers and links the events; nobody changes one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.lock_holder import lock_holder
from ioc_etl.adapters.tables import AUDIT_EVENT
from ioc_etl.errors import TransientError

RUN, SUBMIT, APPROVE, VOID = "run", "submit", "approve", "void"
EXPORT, CONFIRM, LOOK = "export", "confirm", "look"
OPENING, CANCEL_OPENING = "opening", "cancel_opening"
CONFIRM_RECOVERY, WAIVE, UNWAIVE, STAND = "confirm_recovery", "waive", "unwaive", "stand"
LOGIN_FAILED, USER = "login_failed", "user"
PAST_PAY_DATE = "past_pay_date"

LEDGER_ACTIONS = (APPROVE, VOID, CONFIRM, OPENING, CANCEL_OPENING)
"""Actions that change what is committed: the last of them is the ledger position."""

_KEYS = "hashtext('ioc-etl'), hashtext('audit_event')"
_TRY_CHAIN = sa.text(f"SELECT pg_try_advisory_xact_lock({_KEYS})")
_HOLD_CHAIN = sa.text(f"SELECT pg_advisory_xact_lock({_KEYS})")
_WAIT = sa.text("SELECT set_config('lock_timeout', :wait, true)")
_LONGEST_WAIT = "30s"
"""Whoever writes an event commits within moments: who holds the chain longer than this is no step of ours.
A session with a lock_timeout of its own keeps to that."""

_CHAIN = sa.select(AUDIT_EVENT, sa.cast(AUDIT_EVENT.c.detail, sa.Text).label("told_detail")).order_by(AUDIT_EVENT.c.seq)

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
    """Append an event. It holds the chain until the transaction ends: call it as the last statement before that.

    Raises: TransientError when somebody else holds the chain for too long; says who, since when.
    """
    _hold_chain(connection)
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


def next_seq(connection: sa.Connection) -> int:
    """The number that the next event of this transaction gets: a row of the ledger carries its event's number.

    It holds the chain until the transaction ends: ask for it right before the last statements.

    Raises: TransientError as `record`.
    """
    _hold_chain(connection)
    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(AUDIT_EVENT.c.seq), 0))) or 0) + 1


def _hold_chain(connection: sa.Connection) -> None:
    if connection.scalar(_TRY_CHAIN):
        return
    before = connection.scalar(sa.text("SHOW lock_timeout"))
    try:
        with connection.begin_nested():
            connection.execute(_WAIT, {"wait": _LONGEST_WAIT if before == "0" else before})
            connection.execute(_HOLD_CHAIN)
            connection.execute(_WAIT, {"wait": before})
    except TransientError:
        raise TransientError(_told_holder(connection)) from None


def _told_holder(connection: sa.Connection) -> str:
    space, key = connection.execute(sa.text(f"SELECT {_KEYS}")).one()
    holder = lock_holder(connection, space, key)
    if holder is None:
        return "Somebody has just held the audit chain: nothing was done, try again"
    who = f"server process {holder.pid}{holder.told_since}"
    return f"The audit chain is held by {who}: nothing was done; end that process or try again"


def events(connection: sa.Connection, month: date | None = None, *, limit: int = 100) -> list[sa.RowMapping]:
    """The last events, of one month or of all, the earliest first. Opening lines name their months in the detail."""
    table = AUDIT_EVENT.c
    query = sa.select(table.seq, table.at, table.actor, table.action, table.reference_month, table.run_id, table.detail)
    if month is not None:
        of_several = table.detail["months"].contains([f"{month:%Y-%m}"])
        query = query.where(sa.or_(table.reference_month == month, of_several))
    last = connection.execute(query.order_by(table.seq.desc()).limit(limit)).mappings().all()
    return list(reversed(last))


def count(connection: sa.Connection) -> int:
    """How many events there are."""
    return int(connection.scalar(sa.select(sa.func.count()).select_from(AUDIT_EVENT)) or 0)


def first_broken_link(connection: sa.Connection) -> int | None:
    """The number of the first event that is missing, out of place or changed; null when the chain holds.

    Contents and hashes are made here, not by functions of the database that is being checked.
    """
    before = ""
    for expected, row in enumerate(connection.execute(_CHAIN), start=1):
        computed = hashlib.sha256(f"{before}\n{_content(row)}".encode()).hexdigest()
        if row.seq != expected or row.prev_hash != before or row.hash != computed:
            return expected
        before = row.hash
    return None


def link(connection: sa.Connection, seq: int | None = None) -> tuple[int, str] | None:
    """Number and hash of an event, or of the chain's last one; null when there is none."""
    table = AUDIT_EVENT.c
    query = sa.select(table.seq, table.hash).order_by(table.seq.desc()).limit(1)
    row = connection.execute(query if seq is None else query.where(table.seq == seq)).first()
    return None if row is None else (row.seq, row.hash)


def text_sha256(*parts: object) -> str:
    """What a detail holds of a reason, which may be personal; between several parts (a key, its reason) is a blank."""
    return hashlib.sha256(" ".join(str(part) for part in parts).encode()).hexdigest()


def _content(row: sa.Row[tuple[object, ...]]) -> str:
    """As payroll.audit_content writes it down; the detail as PostgreSQL itself spells jsonb."""
    parts = (
        row.seq,
        f"{row.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        row.actor,
        row.action,
        None if row.reference_month is None else row.reference_month.isoformat(),
        None if row.run_id is None else str(row.run_id),
    )
    told = ", ".join(json.dumps(part, ensure_ascii=False) for part in parts)
    return f"[{told}, {row.told_detail}]"
