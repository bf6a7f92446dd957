"""The numbers of pulls: which one last spoke of a centre or a register, since an older one must not take it back.

The database gives a pull its number when it begins (`landing.pull_number`); what came later has a higher one, whatever
the clocks say.
"""

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

from ioc_etl.adapters.tables import RUN

Code = tuple[str, str]
"""Kind (`roster`, `register`) and the centre's code or the register's name."""

_NEXT = sa.text("SELECT nextval('landing.pull_number')")
_LAST = sa.text(
    """
    SELECT kind, code, max(pull_no) FROM (
        SELECT kind, code, pull_no FROM landing.last_pull WHERE reference_month = :month
        UNION ALL
        SELECT 'roster', unnest(requested_centres), pull_no FROM payroll.run
        WHERE reference_month = :month AND pull_no IS NOT NULL
        UNION ALL
        SELECT 'register', p.code, r.pull_no FROM landing.last_pull p JOIN payroll.run r USING (reference_month)
        WHERE p.reference_month = :month AND p.kind = 'register' AND r.pull_no IS NOT NULL
    ) spoken GROUP BY kind, code
    """
)
_LAST_MONTH = sa.text(
    """
    SELECT reference_month FROM (
        SELECT reference_month, pull_no FROM landing.last_pull WHERE kind = 'register'
        UNION ALL
        SELECT reference_month, pull_no FROM payroll.run WHERE pull_no IS NOT NULL
    ) pull ORDER BY pull_no DESC LIMIT 1
    """
)
_REMEMBER = sa.text(
    """
    INSERT INTO landing.last_pull (reference_month, kind, code, pull_no, began_at)
    SELECT :month, kind, code, :pull_no, :began_at
    FROM unnest(CAST(:kinds AS text[]), CAST(:codes AS text[])) AS one (kind, code)
    ON CONFLICT (reference_month, kind, code) DO UPDATE SET pull_no = excluded.pull_no, began_at = excluded.began_at
    """
)


def next_pull_no(connection: sa.Connection) -> int:
    """The number of what begins now: a pull, or a roster that is handed in. It is never given again."""
    return int(connection.execute(_NEXT).scalar_one())


def begin_pull(engine: sa.Engine) -> int:
    """The number of a pull that begins now, in a transaction of its own."""
    with engine.begin() as connection:
        return next_pull_no(connection)


def last_pulls(connection: sa.Connection, month: date) -> dict[Code, int]:
    """The number of the last pull of each code of the month.

    A pull that found the same again wrote nothing but its run's own row, so that is asked as well. Every pull brings
    all registers.
    """
    return {(kind, code): pull_no for kind, code, pull_no in connection.execute(_LAST, {"month": month})}


def month_pulled_last(connection: sa.Connection) -> date | None:
    """The month whose registers were pulled last; null before the first pull."""
    month: date | None = connection.scalar(_LAST_MONTH)
    return month


def ignored_since(connection: sa.Connection, month: date, pull_no: int) -> tuple[str, ...] | None:
    """What the last pull that began after that one found to belong to no centre; null when none did."""
    run = RUN.c
    later = sa.select(run.ignored_files).where(run.reference_month == month, run.pull_no > pull_no)
    found = connection.scalar(later.order_by(run.pull_no.desc(), run.run_no.desc()).limit(1))
    return None if found is None else tuple(found)


def remember_pull(
    connection: sa.Connection, month: date, codes: Collection[Code], pull_no: int, began_at: datetime
) -> None:
    """The pull of that number is the last one of these codes."""
    if codes:
        kinds, names = zip(*sorted(codes), strict=True)
        values = {"month": month, "pull_no": pull_no, "began_at": began_at, "kinds": list(kinds), "codes": list(names)}
        connection.execute(_REMEMBER, values)
