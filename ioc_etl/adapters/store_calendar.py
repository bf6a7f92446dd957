"""The calendar of centres and months, as payroll.month_calendar tells it."""

from datetime import date
from typing import Any

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.tables import MONTH, RUN

CALENDAR: dict[str, pl.DataType] = {
    "reference_month": pl.Date(),
    "centre_code": pl.String(),
    "state": pl.String(),
    "is_adjusted": pl.Boolean(),
    "file_status": pl.String(),
    "is_offer_refused": pl.Boolean(),
    "rows_read": pl.Int64(),
    "held_rows": pl.Int64(),
    "amount_vnd": pl.Int64(),
    "since": pl.Datetime(time_unit="us", time_zone="UTC"),
    "next_steps": pl.List(pl.String()),
}
"""payroll.month_calendar."""


def calendar(engine: sa.Engine, first: date, last: date) -> pl.DataFrame:
    """`CALENDAR` rows of the months `first`..`last`, by month and centre."""
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in CALENDAR]
    query = (
        sa.select(*columns)
        .select_from(sa.table("month_calendar", *columns, schema="payroll"))
        .where(sa.column("reference_month").between(first, last))
        .order_by("reference_month", "centre_code")
    )
    with engine.connect() as connection:
        return read_frame(connection, query, CALENDAR)


def policy_versions(engine: sa.Engine, first: date, last: date) -> dict[date, str]:
    """The version of the policy by which each decided month `first`..`last` counts."""
    query = (
        sa.select(MONTH.c.reference_month, RUN.c.policy_version)
        .join_from(MONTH, RUN, RUN.c.run_id == MONTH.c.current_run_id)
        .where(MONTH.c.reference_month.between(first, last))
    )
    with engine.connect() as connection:
        return dict(connection.execute(query).tuples().all())


def latest_month(engine: sa.Engine) -> date | None:
    """The latest month that was ever run."""
    with engine.connect() as connection:
        found: date | None = connection.scalar(sa.select(sa.func.max(RUN.c.reference_month)))
        return found


def last_status(engine: sa.Engine, month: date) -> str | None:
    """How the month's last run ended; None when it was never run."""
    query = sa.select(RUN.c.status).where(RUN.c.reference_month == month).order_by(RUN.c.run_no.desc()).limit(1)
    with engine.connect() as connection:
        found: str | None = connection.scalar(query)
        return found
