"""What became of every payment, as outsiders read it: the plain sum of `received_vnd` is what people received."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from ioc_etl.pipeline import payout
from tests.conftest import Database
from tests.integration.guarded_month import another_run, batch_of
from tests.integration.ledger_desk import services_of
from tests.integration.ledger_steps import (
    FINANCE,
    PAY_DATE,
    approve,
    confirm,
    confirm_recoveries,
    export,
    make_void,
    submit,
    take_steps,
)
from tests.integration.month_records import DIRECT_VND, arrears, decision, held, recovery

pytestmark = pytest.mark.every_postgresql


WHO, ROW = str(decision(12)["citizen_id"]), 12


def records(month: Database) -> list[Mapping[str, Any]]:
    query = "SELECT * FROM state_payroll.payment_record WHERE citizen_id = :who ORDER BY batch_kind DESC, amount_vnd"
    with month.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(query), {"who": WHO}).mappings()]


def told(month: Database) -> list[tuple[str, str | None, int]]:
    return [(row["batch_kind"], row["result"], row["received_vnd"]) for row in records(month)]


def payment_of(month: Database, kind: str) -> str:
    return next(str(row["payment_id"]) for row in records(month) if row["batch_kind"] == kind)


def test_a_line_is_received_once_it_is_confirmed(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    assert told(month) == [("regular", None, 0)]
    take_steps(month.engine, "exported")
    assert told(month) == [("regular", None, 0)]
    take_steps(month.engine, "paid")
    assert told(month) == [("regular", "paid", DIRECT_VND)]
    (row,) = records(month)
    assert (row["pay_date"], row["budget_year"]) == (PAY_DATE, 2022)


def test_a_returned_line_and_its_arrears_are_one_support(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved", "exported")
    confirm(month.engine, batch_of(month, "dong-xoai"), returned=[WHO])
    assert told(month) == [("regular", "returned", 0)]
    rows = [decision(10), decision(ROW), held(11), decision(20, centre_code="binh-long")]
    another_run(month, 2, *rows, lines=arrears(decision(ROW)))
    submit(month.engine, batch_of(month, "dong-xoai", "arrears"))
    approve(month.engine, batch_of(month, "dong-xoai", "arrears"), pay_date=date(2023, 2, 1))
    assert told(month) == [("regular", "returned", 0), ("arrears", None, 0)]
    export(month.engine, batch_of(month, "dong-xoai", "arrears"))
    confirm(month.engine, batch_of(month, "dong-xoai", "arrears"))
    assert told(month) == [("regular", "returned", 0), ("arrears", "paid", DIRECT_VND)]
    assert [row["budget_year"] for row in records(month)] == [2022, 2023]
    assert sum(row["amount_vnd"] for row in records(month)) == 2 * DIRECT_VND


def test_what_comes_back_after_it_was_paid_was_not_received(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved", "exported", "paid")
    came_back = {payment_of(month, "regular"): "Tài khoản đã đóng"}
    payout.confirm(services_of(month), FINANCE, "2022-01/dong-xoai/regular/1", paid_on=PAY_DATE, returned=came_back)
    assert told(month) == [("regular", "returned", 0)]


def test_a_void_batch_is_nothing(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    make_void(month.engine, batch_of(month, "dong-xoai"))
    assert told(month) == []


@pytest.mark.parametrize("is_collected", [False, True])
def test_a_recovery_takes_off_what_was_collected(month: Database, is_collected: bool) -> None:
    take_steps(month.engine, "submitted", "approved", "exported", "paid")
    another_run(month, 2, decision(10), held(11), decision(20, centre_code="binh-long"), lines=recovery(decision(ROW)))
    confirm_recoveries(month.engine)
    take_steps(month.engine, "submitted", "approved", "exported")
    if is_collected:
        take_steps(month.engine, "paid")
    result = ("recovery", "paid", -DIRECT_VND) if is_collected else ("recovery", None, 0)
    assert told(month) == [("regular", "paid", DIRECT_VND), result]
