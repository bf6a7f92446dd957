"""When the pull began that last spoke of a centre or a register: an older one must not take its word back."""

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

from ioc_etl.adapters.tables import RUN

Code = tuple[str, str]
"""Kind (`roster`, `register`) and the centre's code or the register's name."""

_LAST = sa.text(
    """
    SELECT kind, code, max(began_at) FROM (
        SELECT kind, code, began_at FROM landing.last_pull WHERE reference_month = :month
        UNION ALL
        SELECT 'roster', unnest(requested_centres), pull_began_at FROM payroll.run
        WHERE reference_month = :month AND pull_began_at IS NOT NULL
        UNION ALL
        SELECT 'register', p.code, r.pull_began_at FROM landing.last_pull p JOIN payroll.run r USING (reference_month)
        WHERE p.reference_month = :month AND p.kind = 'register' AND r.pull_began_at IS NOT NULL
    ) told WHERE began_at <= :now GROUP BY kind, code
    """
)
_LAST_MONTH = sa.text(
    """
    SELECT reference_month FROM (
        SELECT reference_month, began_at FROM landing.last_pull WHERE kind = 'register'
        UNION ALL
        SELECT reference_month, pull_began_at FROM payroll.run WHERE pull_began_at IS NOT NULL
    ) pull WHERE began_at <= :now ORDER BY began_at DESC LIMIT 1
    """
)
_REMEMBER = sa.text(
    """
    INSERT INTO landing.last_pull (reference_month, kind, code, began_at)
    SELECT :month, kind, code, :began_at FROM unnest(CAST(:kinds AS text[]), CAST(:codes AS text[])) AS one (kind, code)
    ON CONFLICT (reference_month, kind, code) DO UPDATE SET began_at = excluded.began_at
    """
)


def last_pulls(connection: sa.Connection, month: date, now: datetime) -> dict[Code, datetime]:
    """When the last pull of each code of the month began.

    A pull that found the same again wrote nothing but its run's own row, so that is asked as well. Every pull brings
    all registers. One that began after `now` began by a wrong clock: it must not shut out those that come before then.
    """
    rows = connection.execute(_LAST, {"month": month, "now": now})
    return {(kind, code): began_at for kind, code, began_at in rows}


def month_pulled_last(connection: sa.Connection, now: datetime) -> date | None:
    """The month whose registers were pulled last, by `now`; null before the first pull."""
    month: date | None = connection.scalar(_LAST_MONTH, {"now": now})
    return month


def ignored_since(connection: sa.Connection, month: date, began_at: datetime, now: datetime) -> tuple[str, ...] | None:
    """What the last pull that began after that one, by `now`, found to belong to no centre; null when none did."""
    run = RUN.c
    is_later = (run.pull_began_at > began_at) & (run.pull_began_at <= now)
    later = sa.select(run.ignored_files).where(run.reference_month == month, is_later)
    found = connection.scalar(later.order_by(run.pull_began_at.desc(), run.run_no.desc()).limit(1))
    return None if found is None else tuple(found)


def remember_pull(connection: sa.Connection, month: date, codes: Collection[Code], began_at: datetime) -> None:
    """The pull of these codes that began then is their last one."""
    if codes:
        kinds, names = zip(*sorted(codes), strict=True)
        values = {"month": month, "began_at": began_at, "kinds": list(kinds), "codes": list(names)}
        connection.execute(_REMEMBER, values)
