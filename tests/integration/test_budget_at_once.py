"""Two approvals at once never use the same money of a year."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from locks import until_waiting

from ioc_etl.adapters import audit
from ioc_etl.errors import DatabaseError, RefusedError
from ioc_etl.pipeline.batches import submit
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.budget_months import FEBRUARY, IN_2022, JANUARY, batch_of, run_month, used
from tests.integration.golden_january import approve as approve_named
from tests.integration.golden_january import on_the_first_of_march
from tests.integration.ledger_steps import APPROVE, APPROVER, FINANCE, own_event
from tests.integration.ledger_steps import submit as submit_batch
from tests.integration.month_records import DIRECT_VND, NOON, budgets

pytestmark = pytest.mark.every_postgresql


def test_two_months_are_never_approved_on_the_same_money(database: Database) -> None:
    """The rows before their events, so that nothing but the approval itself makes the second one wait."""
    given = budgets(dong_xoai=DIRECT_VND)
    run_month(database, 1, given, paid=[10])
    run_month(database, 2, given, FEBRUARY, paid=[10])
    for month in (JANUARY, FEBRUARY):
        submit_batch(database.engine, batch_of(database, month))
    with ThreadPoolExecutor(1) as beside, database.engine.connect() as first:
        number = approval_before_its_event(first, batch_of(database), 0)
        second = beside.submit(approve_alone, database, batch_of(database, FEBRUARY))
        until_waiting(database.engine)
        own_event(first, number, APPROVER, "approve")
        first.commit()
        with pytest.raises(DatabaseError, match="budget_exceeded"):
            second.result()
    assert used(database) == {2022: (DIRECT_VND, DIRECT_VND)}


def test_of_two_approvers_at_once_one_is_told_that_the_money_is_gone(database: Database) -> None:
    given = budgets(dong_xoai=DIRECT_VND)
    run_month(database, 1, given, paid=[10])
    run_month(database, 2, given, FEBRUARY, paid=[10])
    program = on_the_first_of_march(Services(database.settings), 2022)
    names = [f"2022-0{number}/dong-xoai/regular/1" for number in (1, 2)]
    for name in names:
        submit(program, FINANCE, name, "Đã soát")
    with ThreadPoolExecutor(2) as approvers, database.engine.connect() as first:
        audit.next_seq(first)
        told = [approvers.submit(approve_named, program, name, IN_2022) for name in names]
        until_waiting(database.engine, 2)
        first.rollback()
        refusals = [error for each in told if (error := each.exception()) is not None]
    assert [type(error) for error in refusals] == [RefusedError]
    assert "the budget of dong-xoai 2022 would be exceeded by 2.235.000 đ" in str(refusals[0])
    assert used(database) == {2022: (DIRECT_VND, DIRECT_VND)}


def approval_before_its_event(connection: sa.Connection, batch: object, later: int) -> int:
    last = connection.scalar(sa.text("SELECT max(seq) FROM payroll.audit_event"))
    number = int(last or 0) + 1 + later
    values = {"batch_id": batch, "actor": APPROVER, "pay_date": IN_2022, "at": NOON, "seq": number}
    connection.execute(APPROVE, values)
    return number


def approve_alone(database: Database, batch: object) -> None:
    with database.engine.begin() as connection:
        approval_before_its_event(connection, batch, 1)
