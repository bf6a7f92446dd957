"""A funding source's year: which lines count in it, what it may still pay, and which register says how much it has."""

from datetime import date, timedelta

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.store import month_transaction, read_month_state, write_blocked_run, write_unchanged_run
from ioc_etl.errors import DatabaseError
from schemas.finding import FINDING
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.budget_months import (
    FEBRUARY,
    IN_2022,
    IN_2023,
    JANUARY,
    NEXT_JANUARY,
    approve_it,
    batch_of,
    refused,
    run_month,
    used,
)
from tests.integration.ledger_steps import confirm, export, make_void
from tests.integration.month_records import (
    DIRECT_VND,
    NOON,
    PLENTY_VND,
    arrears,
    budgets,
    decision,
    finding,
    frame,
    recovery,
    run_facts,
    run_id,
)

# ---- How much


@pytest.mark.parametrize(("given", "match"), [(2 * DIRECT_VND, ""), (2 * DIRECT_VND - 1, "budget_exceeded")])
def test_a_year_may_be_used_up_by_its_months_and_not_by_one_dong_more(
    database: Database, given: int, match: str
) -> None:
    run_month(database, 1, budgets(dong_xoai=given), paid=[10])
    run_month(database, 2, budgets(dong_xoai=given), FEBRUARY, paid=[10])
    approve_it(database)
    if match:
        refused(database, lambda: approve_it(database, FEBRUARY), match)
    else:
        approve_it(database, FEBRUARY)
        assert used(database) == {2022: (given, given)}


@pytest.mark.parametrize(
    "given",
    [budgets(), budgets(2021, dong_xoai=PLENTY_VND), budgets(2023, dong_xoai=PLENTY_VND), budgets(tinh=PLENTY_VND)],
    ids=["none", "the year before", "the year after", "another source"],
)
def test_a_year_that_the_register_does_not_give_the_source_pays_nothing(
    database: Database, given: pl.DataFrame
) -> None:
    run_month(database, 1, given)
    refused(database, lambda: approve_it(database), "budget_missing")


# ---- Which year


@pytest.mark.parametrize(
    ("next_year", "on", "match"),
    [
        (DIRECT_VND, IN_2023, ""),
        (DIRECT_VND - 1, IN_2023, "budget_exceeded"),
        (None, IN_2023, "budget_missing"),
        (DIRECT_VND, IN_2022, "budget_exceeded"),
    ],
    ids=["used up", "one dong more", "not given", "the last day of the year before"],
)
def test_arrears_count_in_the_year_that_pays_them_though_no_month_of_it_was_run(
    database: Database, next_year: int | None, on: date, match: str
) -> None:
    given = budgets(dong_xoai=DIRECT_VND)
    if next_year is not None:
        given = pl.concat([given, budgets(2023, dong_xoai=next_year)])
    run_month(database, 1, given, paid=[10])
    approve_it(database)
    run_month(database, 2, given, lines=arrears(decision(12)))
    if match:
        refused(database, lambda: approve_it(database, kind="arrears", on=on), match)
        return
    approve_it(database, kind="arrears", on=on)
    assert used(database) == {2022: (DIRECT_VND, DIRECT_VND), 2023: (next_year, DIRECT_VND)}
    assert of_years(database) == {2022: DIRECT_VND, 2023: DIRECT_VND}
    assert migrate.check(database.engine) == []


def of_years(database: Database) -> dict[int, int]:
    """What a run of a month of each year reads as committed."""
    found = {}
    with database.engine.connect() as connection:
        for month in (JANUARY, NEXT_JANUARY):
            found[month.year] = sum(read_month_state(connection, month).committed_year["committed_year_vnd"].to_list())
        query = "SELECT budget_year, sum(amount_vnd)::bigint FROM payroll.ledger_line WHERE NOT is_returned GROUP BY 1"
        in_lines = dict(connection.execute(sa.text(query)).tuples().all())
    assert {year: amount for year, amount in found.items() if amount} == in_lines
    return found


def test_a_regular_batch_counts_in_its_months_year_until_that_year_has_ended(database: Database) -> None:
    ends_on = date(2023, 1, 31)
    run_month(database, 1, budgets(dong_xoai=2 * DIRECT_VND), adjustment_ends_on=ends_on)
    refused(database, lambda: approve_it(database, on=ends_on + timedelta(days=1)), "year_ended")
    approve_it(database, on=ends_on)
    assert of_years(database) == {2022: 2 * DIRECT_VND, 2023: 0}


# ---- What frees money


def test_a_void_batch_frees_its_money(database: Database) -> None:
    two_months_of_one_budget(database)
    make_void(database.engine, batch_of(database))
    assert of_years(database) == {2022: 0, 2023: 0}
    approve_it(database, FEBRUARY)
    assert used(database) == {2022: (DIRECT_VND, DIRECT_VND)}


def test_a_line_that_the_bank_returned_frees_its_money(database: Database) -> None:
    two_months_of_one_budget(database)
    export(database.engine, batch_of(database))
    refused(database, lambda: approve_it(database, FEBRUARY), "budget_exceeded")
    confirm(database.engine, batch_of(database), returned=[str(decision(10)["person_id"])], on=IN_2022)
    assert of_years(database) == {2022: 0, 2023: 0}
    approve_it(database, FEBRUARY)
    assert used(database) == {2022: (DIRECT_VND, DIRECT_VND)}


def two_months_of_one_budget(database: Database) -> None:
    """January's one person uses the year up; February waits."""
    given = budgets(dong_xoai=DIRECT_VND)
    run_month(database, 1, given, paid=[10])
    run_month(database, 2, given, FEBRUARY, paid=[10])
    approve_it(database)
    refused(database, lambda: approve_it(database, FEBRUARY), "budget_exceeded")


@pytest.mark.parametrize(("on", "match"), [(IN_2022, ""), (IN_2023, "budget_exceeded")])
def test_a_recovery_gives_back_to_the_year_in_which_it_is_paid(database: Database, on: date, match: str) -> None:
    two_months_of_one_budget(database)
    run_month(database, 3, budgets(dong_xoai=DIRECT_VND), paid=[], lines=recovery(decision(10)))
    approve_it(database, kind="recovery", on=on)
    if match:
        refused(database, lambda: approve_it(database, FEBRUARY), match)
        assert of_years(database) == {2022: DIRECT_VND, 2023: -DIRECT_VND}
    else:
        approve_it(database, FEBRUARY)
        assert of_years(database) == {2022: DIRECT_VND, 2023: 0}


def test_a_recovery_asks_for_no_budget(database: Database) -> None:
    run_month(database, 1, budgets(dong_xoai=DIRECT_VND), paid=[10])
    approve_it(database)
    run_month(database, 2, budgets(), paid=[], lines=recovery(decision(10)))
    approve_it(database, kind="recovery", on=IN_2023)


def test_a_recovery_whose_money_was_used_is_not_made_void(database: Database) -> None:
    two_months_of_one_budget(database)
    run_month(database, 3, budgets(dong_xoai=DIRECT_VND), lines=recovery(decision(10)))
    approve_it(database, kind="recovery")
    approve_it(database, FEBRUARY)
    batch = batch_of(database, kind="recovery")
    refused(database, lambda: make_void(database.engine, batch), "budget_exceeded")
    make_void(database.engine, batch_of(database, FEBRUARY))
    make_void(database.engine, batch)
    assert used(database) == {2022: (DIRECT_VND, DIRECT_VND)}


# ---- Which register


def test_the_register_that_was_read_last_counts_whichever_month_read_it(database: Database) -> None:
    run_month(database, 1, budgets(), paid=[10])
    refused(database, lambda: approve_it(database), "budget_missing")
    run_month(database, 2, budgets(dong_xoai=DIRECT_VND), FEBRUARY, paid=[10])
    approve_it(database)
    run_month(database, 3, budgets(), NEXT_JANUARY, paid=[10])
    refused(database, lambda: approve_it(database, FEBRUARY), "budget_missing")


def test_a_run_that_found_its_month_unchanged_has_read_its_register_too(database: Database) -> None:
    run_month(database, 1, budgets(dong_xoai=DIRECT_VND), paid=[10])
    run_month(database, 2, budgets(), FEBRUARY, paid=[10])
    refused(database, lambda: approve_it(database), "budget_missing")
    facts = run_facts(3, status=RunStatus.UNCHANGED)
    with month_transaction(database.engine, JANUARY, facts.run_id) as connection:
        write_unchanged_run(connection, facts, same_as=run_id(1))
    approve_it(database)


def test_a_run_that_waited_does_not_bring_an_older_register_back(database: Database) -> None:
    run_month(database, 1, budgets(dong_xoai=DIRECT_VND), FEBRUARY, paid=[10], register_pull_no=2)
    run_month(database, 2, budgets(), paid=[10], register_pull_no=1)
    approve_it(database)


def test_a_register_read_by_a_clock_of_another_year_is_followed_by_the_next_one(database: Database) -> None:
    in_2031 = NOON + timedelta(days=9 * 365)
    run_month(database, 1, budgets(), FEBRUARY, paid=[10], started_at=in_2031, finished_at=in_2031)
    refused(database, lambda: approve_it(database, FEBRUARY), "budget_missing")
    run_month(database, 2, budgets(dong_xoai=DIRECT_VND), paid=[10])
    approve_it(database)


def test_a_blocked_run_says_nothing_of_a_budget(database: Database) -> None:
    run_month(database, 1, budgets(dong_xoai=DIRECT_VND), paid=[10])
    facts = run_facts(2, reference_month=FEBRUARY, status=RunStatus.BLOCKED)
    told = frame([finding(centre_code=None, level="run", code="REGISTER_MISSING")], FINDING)
    with month_transaction(database.engine, FEBRUARY, facts.run_id) as connection:
        write_blocked_run(connection, facts, told)
    approve_it(database)


def test_what_a_run_read_of_budgets_stands(database: Database) -> None:
    run_month(database, 1, budgets(dong_xoai=DIRECT_VND))
    for statement in ("UPDATE payroll.run_budget SET amount_vnd = 1", "DELETE FROM payroll.run_budget"):
        with pytest.raises(DatabaseError, match="is refused"), database.engine.begin() as connection:
            connection.execute(sa.text(statement))
