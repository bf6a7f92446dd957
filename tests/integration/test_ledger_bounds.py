"""What the ledger never passes, past the program too: one support a person, money not below zero, posts not above."""

from dataclasses import replace

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from schemas.decision import DECISION
from schemas.payment_line import PAYMENT_LINE
from tests.conftest import Database
from tests.integration.guarded_month import another_run, batch_of, refused, scalar
from tests.integration.ledger_steps import approve, confirm, confirm_recoveries, make_void, submit, take_steps
from tests.integration.month_records import (
    arrears,
    centre,
    decision,
    finding,
    held,
    kept,
    lines_of,
    month_record,
    recovery,
    run_facts,
    write,
    write_knowing,
)

pytestmark = pytest.mark.every_postgresql


def test_nobody_gets_more_than_one_entitlement_over_all_centres(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    who = {name: str(decision(12)[name]) for name in ("person_id", "citizen_id")}
    moved = decision(30, centre_code="binh-long", **who)
    due = pl.concat([arrears(moved), recovery(decision(12))])
    another_run(month, 2, decision(10), held(12), moved, lines=due)
    submit(month.engine, batch_of(month, "binh-long", "arrears"))
    refused(month, lambda: approve(month.engine, batch_of(month, "binh-long", "arrears")), "above_entitlement")
    back = batch_of(month, "dong-xoai", "recovery")
    refused(month, lambda: submit(month.engine, back), "recovery_not_confirmed")
    confirm_recoveries(month.engine)
    submit(month.engine, back)
    approve(month.engine, back)
    approve(month.engine, batch_of(month, "binh-long", "arrears"))
    refused(month, lambda: make_void(month.engine, back), "above_entitlement")
    assert migrate.check(month.engine) == []


def test_a_confirmation_does_not_outlive_its_line(month: Database) -> None:
    """The draft went and came back: the same batch, payment and amount, for another reason."""
    take_steps(month.engine, "submitted", "approved")
    back_again(month, 2, "absent")
    confirm_recoveries(month.engine)
    another_run(month, 3, decision(10), decision(12), lines=pl.DataFrame(schema=PAYMENT_LINE))
    assert batch_of(month, "dong-xoai", "recovery") is None
    back_again(month, 4, "no_right")
    back = batch_of(month, "dong-xoai", "recovery")
    refused(month, lambda: submit(month.engine, back), "recovery_not_confirmed")
    assert "confirm_recovery" in str(next_steps(month))
    confirm_recoveries(month.engine)
    assert "confirm_recovery" not in str(next_steps(month))
    submit(month.engine, back)


def test_a_recovery_says_run_again_where_a_row_is_held_that_is_too_like_somebody_paid(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    alike = held(31, centre_code="binh-long", codes=["POSSIBLE_DUPLICATE"])
    shown = finding(code="POSSIBLE_DUPLICATE", centre_code="binh-long", source_row=31, person_key="070099000031")
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    for number, findings in ((2, []), (3, [shown])):
        record = month_record(files, [decision(10), alike, decision(20, centre_code="binh-long")], findings)
        write_knowing(month.engine, replace(record, lines=recovery(decision(12))), number)
    assert outdated(month) == []
    confirm_recoveries(month.engine)
    take_steps(month.engine, "submitted", "approved")
    assert outdated(month) == ["binh-long"]


def outdated(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT centre_code FROM payroll.month_outdated")))


def back_again(database: Database, number: int, cause: str) -> None:
    """Another run, by which one person's money is taken back."""
    another_run(database, number, decision(10), lines=recovery(decision(12), cause=cause))


def next_steps(database: Database) -> object:
    return scalar(database, "SELECT next_steps FROM payroll.month_calendar WHERE centre_code = 'dong-xoai'")


def test_a_recovery_of_returned_money_is_not_paid_out_but_may_be_made_void(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved", "exported")
    back_again(month, 2, "no_right")
    confirm_recoveries(month.engine)
    back = batch_of(month, "dong-xoai", "recovery")
    submit(month.engine, back)
    approve(month.engine, back)
    confirm(month.engine, batch_of(month, "dong-xoai"), returned=["070099000012"])
    assert migrate.check(month.engine) == []
    another_run(month, 3, decision(10), lines=arrears(decision(12)))
    again = batch_of(month, "dong-xoai", "arrears")
    submit(month.engine, again)
    refused(month, lambda: approve(month.engine, again), "above_entitlement")
    make_void(month.engine, back)
    assert migrate.check(month.engine) == []


def test_a_batch_whose_people_owe_money_is_not_made_void(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    another_run(month, 2, decision(10), held(12), lines=recovery(decision(12)))
    confirm_recoveries(month.engine)
    take_steps(month.engine, "submitted", "approved")
    refused(month, lambda: make_void(month.engine, batch_of(month, "dong-xoai")), "below_zero")


def test_people_of_linked_ids_are_one(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    old, new = str(decision(12)["person_id"]), "070099900012"
    moved = decision(30, centre_code="binh-long", person_id=new)
    rows = [decision(10), held(12, person_id=new), moved]
    another_run(month, 2, *rows, lines=arrears(moved), links={old: new})
    submit(month.engine, batch_of(month, "binh-long", "arrears"))
    refused(month, lambda: approve(month.engine, batch_of(month, "binh-long", "arrears")), "above_entitlement")


@pytest.mark.parametrize(("posts", "match"), [(2, ""), (1, "above_quota")])
def test_committed_people_stay_within_the_posts_of_the_centre(database: Database, posts: int, match: str) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    record = month_record(files, [decision(10), decision(12)])
    centres = pl.DataFrame([centre("dong-xoai", record.decisions, quota=posts)], infer_schema_length=None)
    write(database.engine, replace(record, centres=centres))
    take_steps(database.engine, "submitted")
    if match:
        refused(database, lambda: approve(database.engine, batch_of(database, "dong-xoai")), match)
    else:
        approve(database.engine, batch_of(database, "dong-xoai"))


@pytest.mark.parametrize(("posts", "match"), [(2, ""), (1, "above_quota")])
def test_committed_people_stay_within_the_posts_of_their_agency(database: Database, posts: int, match: str) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    of_agency = {"agency": "cong-an", "quota_limit": posts}
    write(database.engine, month_record(files, [decision(10, **of_agency), decision(12, **of_agency)]))
    take_steps(database.engine, "submitted")
    if match:
        refused(database, lambda: approve(database.engine, batch_of(database, "dong-xoai")), match)
    else:
        approve(database.engine, batch_of(database, "dong-xoai"))


def test_a_recovery_that_freed_a_post_is_not_made_void_once_the_post_is_taken(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")

    def one_post(number: int, lines: pl.DataFrame) -> None:
        record = month_record(files, [decision(10), decision(12)], run=run_facts(number))
        centres = pl.DataFrame([centre("dong-xoai", record.decisions, quota=1)], infer_schema_length=None)
        write(database.engine, replace(record, lines=lines, centres=centres))

    one_post(1, lines_of(pl.DataFrame([decision(12)], schema=DECISION)))
    take_steps(database.engine, "submitted", "approved")
    one_post(2, pl.concat([recovery(decision(12)), arrears(decision(10))]))
    confirm_recoveries(database.engine)
    for kind in ("recovery", "arrears"):
        submit(database.engine, batch_of(database, "dong-xoai", kind))
        approve(database.engine, batch_of(database, "dong-xoai", kind))
    back = batch_of(database, "dong-xoai", "recovery")
    refused(database, lambda: make_void(database.engine, back), "void is refused: above_quota")
