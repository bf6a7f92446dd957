"""Small months of Đồng Xoài that read a budget register, and what their year may still pay."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.errors import DatabaseError
from tests.conftest import Database
from tests.integration.ledger_steps import accounts, approve, batch_ids, confirm_recoveries
from tests.integration.ledger_steps import submit as submit_batch
from tests.integration.month_records import decision, kept, month_record, run_facts, write

JANUARY, FEBRUARY, NEXT_JANUARY = date(2022, 1, 1), date(2022, 2, 1), date(2023, 1, 1)
IN_2022, IN_2023 = date(2022, 12, 31), date(2023, 1, 1)


def run_month(
    database: Database,
    number: int,
    given: pl.DataFrame,
    month: date = JANUARY,
    *,
    paid: Iterable[int] = (10, 12),
    lines: pl.DataFrame | None = None,
    **facts: object,
) -> None:
    """A run of Đồng Xoài's month that read this budget register; its people's regular lines are due unless given."""
    accounts(database.engine)
    rows = [decision(row, reference_month=month) for row in paid]
    record = month_record(
        kept(database.engine, month, dong_xoai=b"roster"),
        rows,
        run=run_facts(number, reference_month=month, **facts),
    )
    due_now = record.lines if lines is None else lines
    write(database.engine, replace(record, budgets=given, lines=due_now))


def batch_of(database: Database, month: date = JANUARY, kind: str = "regular") -> object:
    query = "SELECT batch_id FROM payroll.batch WHERE reference_month = :month AND kind = :kind ORDER BY number DESC"
    with database.engine.connect() as connection:
        return connection.scalar(sa.text(query), {"month": month, "kind": kind})


def approve_it(database: Database, month: date = JANUARY, kind: str = "regular", on: date = IN_2022) -> None:
    batch = batch_of(database, month, kind)
    if kind == "recovery":
        confirm_recoveries(database.engine)
    if batch in batch_ids(database.engine, "draft"):
        submit_batch(database.engine, batch)
    approve(database.engine, batch, pay_date=on)


def refused(database: Database, step: Callable[[], None], match: str) -> None:
    before = used(database)
    with pytest.raises(DatabaseError, match=match):
        step()
    assert used(database) == before


def used(database: Database) -> dict[int, tuple[int | None, int]]:
    """Allocation and committed money of Đồng Xoài by year."""
    query = (
        "SELECT budget_year, allocated_vnd, committed_vnd FROM payroll.budget_use WHERE funding_source = 'dong-xoai'"
    )
    with database.engine.connect() as connection:
        return {year: (allocated, committed) for year, allocated, committed in connection.execute(sa.text(query))}
