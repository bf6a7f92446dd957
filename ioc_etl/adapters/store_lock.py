"""One month at a time: the transaction in which a run reads, decides and writes, and the lock that guards it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.lock_holder import lock_holder
from ioc_etl.adapters.store_records import MonthHolder
from ioc_etl.errors import MonthLockedError

_KEYS = {"space": 0x494F43}  # "IOC": keeps our locks apart from other programs' in the same database
_RUN = "ioc-etl run "

_BEGIN = sa.text(
    # A run that was killed must not hold the month until its long statement ends, nor one whose machine is gone until
    # the system's two hours are over.
    """
    SELECT set_config('application_name', :name, true), set_config('client_connection_check_interval', '2s', true),
           set_config('tcp_keepalives_idle', '30', true), set_config('tcp_keepalives_interval', '10', true),
           set_config('tcp_keepalives_count', '3', true)
    """
)
_TRY = sa.text("SELECT pg_try_advisory_xact_lock(:space, :month)")
_WAIT = sa.text("SELECT pg_advisory_xact_lock(:space, :month)")


@contextmanager
def month_transaction(
    engine: sa.Engine,
    month: date,
    run_id: UUID,
    *,
    actor: str = "",
    wait: bool = True,
    on_wait: Callable[[MonthHolder], None] | None = None,
) -> Iterator[sa.Connection]:
    """One READ COMMITTED transaction that holds the month until it ends; commits when the block ends well.

    When another run holds the month, `wait` waits for it (telling `on_wait` once who it is), and not `wait` raises.
    `actor` is who the others are told.
    The lock goes with the transaction: a run that dies leaves nothing behind.

    Raises: MonthLockedError naming the run that holds the month and since when.
    """
    with engine.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
        connection.execute(_BEGIN, {"name": f"{_RUN}{run_id} {actor}".rstrip()})
        keys = {**_KEYS, "month": month.year * 100 + month.month}
        if not connection.scalar(_TRY, keys):
            holder = _holder(connection, keys)
            if not wait:
                raise MonthLockedError(told_holder(month, holder))
            if holder is not None and on_wait is not None:
                on_wait(holder)
            connection.execute(_WAIT, keys)
        yield connection


def try_month(connection: sa.Connection, month: date) -> None:
    """Hold one more month in this transaction, without waiting.

    Raises: MonthLockedError as `month_transaction`.
    """
    keys = {**_KEYS, "month": month.year * 100 + month.month}
    if not connection.scalar(_TRY, keys):
        raise MonthLockedError(told_holder(month, _holder(connection, keys)))


def month_holder(engine: sa.Engine, month: date) -> MonthHolder | None:
    """Who holds the month now, if anybody."""
    with engine.connect() as connection:
        return _holder(connection, {**_KEYS, "month": month.year * 100 + month.month})


def _holder(connection: sa.Connection, keys: dict[str, int]) -> MonthHolder | None:
    # Whoever only looks may hold it too, several of them at once: the one that began first is told.
    holder = lock_holder(connection, keys["space"], keys["month"])
    if holder is None:
        return None
    name, pid, since = holder
    words = name.removeprefix(_RUN).split(" ", 1) if name is not None and name.startswith(_RUN) else []
    return MonthHolder(words[0] if words else None, pid, since, words[1] if len(words) > 1 else None)


def told_holder(month: date, holder: MonthHolder | None) -> str:
    """Who holds the month since when, and what to do, in one line."""
    if holder is None:
        return f"Another run has just held month {month:%Y-%m}: try again"
    who = f"run {holder.run_id}" if holder.run_id else f"server process {holder.pid}"
    whose = f" of {holder.actor}" if holder.actor else ""
    since = f" since {holder.since:%Y-%m-%d %H:%M:%S} UTC" if holder.since else ""
    return f"Month {month:%Y-%m} is held by {who}{whose}{since}: wait until it has ended, then try again"
