"""Who waits for a lock in a test's own database: by that two at once are brought together, and not by the clock."""

import time

import sqlalchemy as sa

_PATIENCE_SECONDS = 300
_WAITING = sa.text(
    "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE datname = current_database() AND NOT granted"
)


def until_waiting(engine: sa.Engine, count: int = 1) -> None:
    """Go on when so many sessions wait for locks that others hold."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (waiting := _waiting(engine)) < count:
        assert time.monotonic() < deadline, f"{waiting} of {count} wait for a lock"
        time.sleep(0.05)


def _waiting(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(_WAITING) or 0)
