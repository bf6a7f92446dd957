"""Money that comes back from the bank after it was taken back: which recoveries are let go."""

import polars as pl
import pytest

from ioc_etl.adapters import migrate
from ioc_etl.adapters.store_ledger import read_committed_year
from ioc_etl.pipeline import payout, waivers
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.guarded_month import another_run, batch_of, refused, run_sql, scalar
from tests.integration.ledger_desk import desk
from tests.integration.ledger_steps import (
    FINANCE,
    PAY_DATE,
    approve,
    confirm_recoveries,
    permitted,
    submit,
    take_steps,
)
from tests.integration.month_records import DIRECT_VND, arrears, decision, recovery

HALF_VND = 745_000
WHO = {name: str(decision(12)[name]) for name in ("person_id", "citizen_id")}


@pytest.fixture
def services(database: Database) -> Services:
    """Somebody was paid for indirect work, then the rest for direct work, and stands at another centre by now.

    What they got is taken back at the one, and committed at the other.
    """
    services = desk(database)
    indirect = decision(12, work_mode="indirect", coefficient_tenths=5, amount_vnd=HALF_VND)
    another_run(database, 2, decision(10), indirect)
    take_steps(database.engine, "submitted", "approved", "exported", "paid")
    rest = decision(12, amount_vnd=DIRECT_VND - HALF_VND)
    another_run(database, 3, decision(10), decision(12), lines=arrears(rest))
    take_steps(database.engine, "submitted", "approved", "exported", "paid")
    moved = decision(30, centre_code="binh-long", **WHO)
    another_run(database, 4, decision(10), moved, lines=pl.concat([arrears(moved), recovery(decision(12))]))
    confirm_recoveries(database.engine)
    for batch in (batch_of(database, "dong-xoai", "recovery"), batch_of(database, "binh-long", "arrears")):
        submit(database.engine, batch)
        approve(database.engine, batch)
    return services


def comes_back(database: Database, services: Services, kind: str) -> payout.Confirmed:
    """What the person was paid at the first centre comes back from the bank: the regular line or the arrears."""
    payment = scalar(
        database,
        "SELECT l.payment_id FROM payroll.payment_line l JOIN payroll.batch b USING (batch_id) "  # noqa: S608
        f"WHERE b.centre_code = 'dong-xoai' AND b.kind = '{kind}' AND l.source_row = 12",
    )
    name = f"2022-01/dong-xoai/{kind}/1"
    return payout.confirm(services, FINANCE, name, paid_on=PAY_DATE, returned={str(payment): "Sai số tài khoản"})


def committed(database: Database) -> object:
    query = "SELECT sum(amount_vnd) FROM payroll.ledger_line WHERE NOT is_returned AND citizen_id = '{}'"
    return scalar(database, query.format(WHO["citizen_id"]))


def test_what_came_back_is_not_collected_and_finance_is_told_what_still_is(
    database: Database, services: Services
) -> None:
    confirmed = comes_back(database, services, "arrears")
    (part,) = confirmed.let_go
    assert (confirmed.returned, part.offset_vnd, part.open_vnd) == (1, DIRECT_VND - HALF_VND, HALF_VND)
    assert committed(database) == DIRECT_VND
    assert migrate.check(database.engine) == []
    _, kept = payout.export(permitted(services), FINANCE, "2022-01/dong-xoai/recovery/1", as_draft=False)
    assert "Đã bù trừ 1.490.000 đ, còn phải thu 745.000 đ" in kept.data.decode("utf-8")


def test_the_rest_is_let_go_when_it_comes_back_too(database: Database, services: Services) -> None:
    comes_back(database, services, "arrears")
    (rest,) = comes_back(database, services, "regular").let_go
    assert (rest.offset_vnd, rest.open_vnd) == (HALF_VND, 0)
    assert committed(database) == DIRECT_VND
    assert migrate.check(database.engine) == []


def test_who_comes_back_is_paid_what_is_due_and_not_what_was_never_collected(
    database: Database, services: Services
) -> None:
    comes_back(database, services, "arrears")
    another_run(database, 5, decision(10), decision(12), lines=recovery(decision(30, centre_code="binh-long", **WHO)))
    waivers.confirm_recovery(services, FINANCE, "2022-01/binh-long/recovery/1", reason="Đã báo")
    take_steps(database.engine, "submitted", "approved")
    another_run(database, 6, decision(10), decision(12), lines=arrears(decision(12)))
    take_steps(database.engine, "submitted", "approved")
    assert committed(database) == DIRECT_VND
    assert migrate.check(database.engine) == []


def test_the_years_money_is_what_the_ledger_says(database: Database, services: Services) -> None:
    comes_back(database, services, "arrears")
    ledger = scalar(
        database,
        "SELECT sum(amount_vnd)::bigint FROM payroll.ledger_line WHERE NOT is_returned AND centre_code = 'dong-xoai'",
    )
    used = "SELECT committed_vnd FROM payroll.budget_use WHERE funding_source = 'dong-xoai' AND budget_year = 2022"
    assert ledger == scalar(database, used) == DIRECT_VND
    with database.engine.connect() as connection:
        assert ("dong-xoai", DIRECT_VND) in read_committed_year(connection, 2022).rows()


OFFSET = (
    "WITH e AS (INSERT INTO payroll.audit_event (at, actor, action, detail) SELECT '2022-02-20 12:00Z', 'ngan', "
    "'confirm', jsonb_build_object('paid_on', '2022-02-20', 'offset', jsonb_build_array(payment_id || ' {0}')) "
    "FROM payroll.payment_line WHERE amount_vnd < 0 RETURNING seq) "
    "INSERT INTO payroll.line_result SELECT l.payment_id, 'offset', '2022-02-20', 'x', {0}, 'ngan', "
    "'2022-02-20 12:00Z', e.seq FROM payroll.payment_line l, e WHERE l.amount_vnd < 0"
)


@pytest.mark.parametrize("amount_vnd", [1, HALF_VND, DIRECT_VND])
def test_nobody_lets_go_of_what_is_still_with_the_payee(
    database: Database, services: Services, amount_vnd: int
) -> None:
    for returned in (None, "arrears"):
        if returned:
            comes_back(database, services, returned)
        refused(database, lambda: run_sql(database, OFFSET.format(amount_vnd)), "only as far as what it takes back")


def test_outside_a_recovery_is_what_was_collected_of_it(database: Database, services: Services) -> None:
    """The plain sum is what the person received: what came back was not, what is not collected yet still is."""
    query = "SELECT {} FROM state_payroll.payment_record WHERE citizen_id = '{}'"
    received = query.format("sum(received_vnd)::bigint", WHO["citizen_id"])
    result = query.format("result", WHO["citizen_id"]) + " AND batch_kind = 'recovery'"
    assert scalar(database, received) == DIRECT_VND
    comes_back(database, services, "arrears")
    assert (scalar(database, received), scalar(database, result)) == (HALF_VND, None)
    take_steps(database.engine, "exported", "paid")
    assert (scalar(database, received), scalar(database, result)) == (DIRECT_VND, "paid")


def test_outside_a_recovery_that_was_let_go_whole_took_nothing(database: Database, services: Services) -> None:
    comes_back(database, services, "arrears")
    comes_back(database, services, "regular")
    query = "SELECT {} FROM state_payroll.payment_record WHERE citizen_id = '{}' AND batch_kind = 'recovery'"
    shown = [scalar(database, query.format(what, WHO["citizen_id"])) for what in ("result", "received_vnd")]
    assert shown == ["offset", 0]
