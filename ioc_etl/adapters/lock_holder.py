"""Who holds one of our advisory locks: the server process, what it calls itself, since when its transaction runs."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

_HOLDER = sa.text(
    """
    SELECT a.application_name, l.pid, a.xact_start
    FROM pg_locks l
    LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
      AND l.classid::bigint = :space & 4294967295 AND l.objid::bigint = :key & 4294967295
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY a.xact_start, l.pid LIMIT 1
    """
).bindparams(sa.bindparam("space", type_=sa.BigInteger), sa.bindparam("key", type_=sa.BigInteger))


class LockHolder(NamedTuple):
    """A session of the server; `name` and `since` are null where they cannot be seen."""

    name: str | None
    pid: int
    since: datetime | None

    @property
    def told_since(self) -> str:
        """' since …', or nothing."""
        return f" since {self.since:%Y-%m-%d %H:%M:%S} UTC" if self.since else ""


def lock_holder(connection: sa.Connection, space: int, key: int) -> LockHolder | None:
    """Of several who share it the one that began first; null when nobody holds it."""
    row = connection.execute(_HOLDER, {"space": space, "key": key}).first()
    return None if row is None else LockHolder(*row)
