"""Money taken back, step by step: confirmed by finance first, all or none, and before what depends on it."""

from dataclasses import replace

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.errors import UsageError, WrongStateError
from ioc_etl.pipeline import approval, waivers
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_desk import BATCH, OTHER, approve, events, prepare, refused, services_of
from tests.integration.ledger_steps import FINANCE
from tests.integration.month_records import (
    DIRECT_VND,
    arrears,
    decision,
    held,
    kept,
    month_record,
    recovery,
    run_facts,
    write,
)

RECOVERY = "2022-01/dong-xoai/recovery/1"


@pytest.fixture
def services(month: Database) -> Services:
    return services_of(month)


def test_arrears_wait_for_the_recovery_they_depend_on(services: Services) -> None:
    for name, total in ((BATCH, 2 * DIRECT_VND), (OTHER, DIRECT_VND)):
        prepare(services, name)
        approve(services, name, total=total)
    moved_person(services)
    arrears_due = "2022-01/binh-long/arrears/1"
    prepare(services, arrears_due)
    refused(
        services,
        lambda: approve(services, arrears_due, total=DIRECT_VND),
        f"1 people would have more than one entitlement for the month; approve this recovery first: {RECOVERY}",
        f"duyệt đợt truy thu trước: {RECOVERY}",
    )
    refused(services, lambda: prepare(services, RECOVERY), "1 recoveries are not confirmed", "chưa được xác nhận")
    assert waivers.confirm_recovery(services, FINANCE, RECOVERY, reason="Đã báo đơn vị").lines == 1
    again = lambda: waivers.confirm_recovery(services, FINANCE, RECOVERY, reason="x")  # noqa: E731
    refused(services, again, "confirmed already", "đã xác nhận rồi", WrongStateError)
    prepare(services, RECOVERY)
    approve(services, RECOVERY, total=-DIRECT_VND)
    approve(services, arrears_due, total=DIRECT_VND)
    refused(
        services,
        lambda: approval.void(services, FINANCE, RECOVERY, reason="x"),
        "more than one entitlement",
        "quá một mức hỗ trợ",
    )
    refused(
        services,
        lambda: approval.void(services, FINANCE, BATCH, reason="x"),
        "asked for more than they were paid there",
        "nhiều hơn số đã chi",
    )
    assert migrate.check(services.engine) == []


def moved_person(services: Services) -> None:
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    who = str(decision(12)["person_id"])
    moved = decision(30, centre_code="binh-long", person_id=who, citizen_id=who)
    record = month_record(files, [decision(10), decision(20, centre_code="binh-long"), moved], run=run_facts(2))
    write(services.engine, replace(record, lines=pl.concat([arrears(moved), recovery(decision(12))])))


def test_one_recovery_line_is_confirmed_by_its_payment(services: Services) -> None:
    prepare(services)
    approve(services)
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    record = month_record(files, [held(10), held(12)], run=run_facts(2))
    write(services.engine, replace(record, lines=recovery(decision(10), decision(12))))
    with services.engine.connect() as connection:
        payment = str(
            connection.scalar(sa.text("SELECT payment_id FROM payroll.payment_line WHERE amount_vnd < 0 LIMIT 1"))
        )
    assert waivers.confirm_recovery(services, FINANCE, payment[:12], reason="Đã báo").lines == 1
    refused(services, lambda: prepare(services, RECOVERY), "1 recoveries are not confirmed", "còn 1 khoản")
    with pytest.raises(WrongStateError, match="only recoveries"):
        waivers.confirm_recovery(services, FINANCE, BATCH, reason="x")


def two_recoveries(services: Services) -> list[str]:
    """The payment ids of a batch that takes two people's money back."""
    prepare(services)
    approve(services)
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    back = recovery(decision(10), decision(12), cause="absent")
    write(services.engine, replace(month_record(files, [held(10), held(12)], run=run_facts(2)), lines=back))
    with services.engine.connect() as connection:
        query = sa.text("SELECT payment_id FROM payroll.payment_line WHERE amount_vnd < 0 ORDER BY payment_id")
        return [str(payment) for payment in connection.scalars(query)]


def test_the_name_of_a_batch_with_several_recoveries_lists_them_and_confirms_none(services: Services) -> None:
    payments, before = two_recoveries(services), events(services)
    told = waivers.confirm_recovery(services, FINANCE, RECOVERY, reason="Đã báo")
    assert (told.batch, told.lines) == (RECOVERY, 0)
    assert [(str(line.payment_id), line.amount_vnd, line.cause) for line in told.waiting] == [
        (payment, -DIRECT_VND, "absent") for payment in payments
    ]
    assert "070099" not in repr(told)
    assert events(services) == before
    refused(services, lambda: prepare(services, RECOVERY), "2 recoveries are not confirmed", "còn 2 khoản")
    assert waivers.confirm_recovery(services, FINANCE, *payments, reason="Đã báo").lines == 2
    prepare(services, RECOVERY)


def test_payments_are_confirmed_all_or_none(services: Services) -> None:
    first, second = two_recoveries(services)
    waivers.confirm_recovery(services, FINANCE, first, reason="Đã báo")
    again = lambda: waivers.confirm_recovery(services, FINANCE, first, second, reason="x")  # noqa: E731
    refused(services, again, "confirmed already", "đã xác nhận rồi", WrongStateError)
    for texts in ((second, RECOVERY), (second, "ffffffff"), ()):
        with pytest.raises(UsageError, match="name one batch, or payments of one batch"):
            waivers.confirm_recovery(services, FINANCE, *texts, reason="x")


def test_a_beginning_of_both_a_batch_and_a_payment_confirms_nothing(services: Services) -> None:
    two_recoveries(services)
    with services.engine.begin() as connection:
        query = "SELECT batch_id FROM payroll.payment_line WHERE amount_vnd < 0 LIMIT 1"
        begun = str(connection.scalar(sa.text(query)))[:8]
        alike = f"UPDATE payroll.payment_line SET payment_id = '{begun}-0000-5000-8000-000000000000'"  # noqa: S608
        connection.execute(sa.text("ALTER TABLE payroll.payment_line DISABLE TRIGGER USER"))
        connection.execute(sa.text(f"{alike} WHERE amount_vnd < 0 AND source_row = 10"))
    before = events(services)
    with pytest.raises(UsageError, match="more than one payment or batch begins"):
        waivers.confirm_recovery(services, FINANCE, begun, reason="x")
    assert events(services) == before
