"""A funding source's year: which lines count in it, what it may still pay, and which register says how much it has."""

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import sleep

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import audit, migrate
from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.store import month_transaction, read_month_state, write_blocked_run, write_unchanged_run
from ioc_etl.errors import DatabaseError, RefusedError
from ioc_etl.pipeline import approval
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.services import Services
from schemas.decision import DECISION
from schemas.finding import FINDING
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.ledger_steps import (
    APPROVE,
    APPROVER,
    FINANCE,
    accounts,
    approve,
    batch_ids,
    confirm,
    export,
    make_void,
    own_event,
)
from tests.integration.ledger_steps import submit as submit_batch
from tests.integration.month_records import (
    DIRECT_VND,
    NOON,
    PLENTY_VND,
    budgets,
    decision,
    finding,
    frame,
    kept,
    lines_of,
    month_record,
    run_facts,
    run_id,
    write,
)

JANUARY, FEBRUARY, NEXT_JANUARY = date(2022, 1, 1), date(2022, 2, 1), date(2023, 1, 1)
IN_2022, IN_2023 = date(2022, 12, 31), date(2023, 1, 1)
INPUT = Path(__file__).parents[1] / "golden" / "input"


@pytest.fixture
def database(database: Database) -> Database:
    """Somebody who prepares, and somebody who approves."""
    accounts(database.engine)
    return database


def due(month: date, kind: str, *rows: int) -> pl.DataFrame:
    """Lines of a kind for these people of Đồng Xoài."""
    sign = -1 if kind == "recovery" else 1
    decided = frame([decision(row, reference_month=month) for row in rows], DECISION)
    return lines_of(decided).with_columns(pl.lit(kind).alias("batch_kind"), pl.col("amount_vnd") * sign)


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
        confirm_recoveries(database)
    if batch in batch_ids(database.engine, "draft"):
        submit_batch(database.engine, batch)
    approve(database.engine, batch, pay_date=on)


def confirm_recoveries(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO payroll.recovery_confirmation SELECT payment_id, run_id, amount_vnd, :actor, 'Đã báo', "
                ":at FROM payroll.payment_line WHERE amount_vnd < 0 ON CONFLICT DO NOTHING"
            ),
            {"actor": FINANCE, "at": NOON},
        )


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
    run_month(database, 2, given, lines=due(JANUARY, "arrears", 12))
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


def test_a_regular_batch_counts_in_its_months_year_however_late_it_is_paid(database: Database) -> None:
    run_month(database, 1, budgets(dong_xoai=2 * DIRECT_VND))
    approve_it(database, on=date(2024, 6, 30))
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
    run_month(database, 3, budgets(dong_xoai=DIRECT_VND), paid=[], lines=due(JANUARY, "recovery", 10))
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
    run_month(database, 2, budgets(), paid=[], lines=due(JANUARY, "recovery", 10))
    approve_it(database, kind="recovery", on=IN_2023)


def test_a_recovery_whose_money_was_used_is_not_made_void(database: Database) -> None:
    two_months_of_one_budget(database)
    run_month(database, 3, budgets(dong_xoai=DIRECT_VND), lines=due(JANUARY, "recovery", 10))
    approve_it(database, kind="recovery")
    approve_it(database, FEBRUARY)
    recovery = batch_of(database, kind="recovery")
    refused(database, lambda: make_void(database.engine, recovery), "budget_exceeded")
    make_void(database.engine, batch_of(database, FEBRUARY))
    make_void(database.engine, recovery)
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
    later = NOON + timedelta(seconds=1)
    run_month(database, 1, budgets(dong_xoai=DIRECT_VND), FEBRUARY, paid=[10], pull_began_at=later)
    run_month(database, 2, budgets(), paid=[10], pull_began_at=NOON)
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


# ---- Two at once


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
        while not second.done() and not waiting_for_a_lock(database):
            sleep(0.01)
        own_event(first, number, APPROVER, "approve")
        first.commit()
        with pytest.raises(DatabaseError, match="budget_exceeded"):
            second.result()
    assert used(database) == {2022: (DIRECT_VND, DIRECT_VND)}


def test_of_two_approvers_at_once_one_is_told_that_the_money_is_gone(database: Database) -> None:
    given = budgets(dong_xoai=DIRECT_VND)
    run_month(database, 1, given, paid=[10])
    run_month(database, 2, given, FEBRUARY, paid=[10])
    program = at(Services(database.settings), 2022)
    names = [f"2022-0{number}/dong-xoai/regular/1" for number in (1, 2)]
    for name in names:
        submit(program, FINANCE, name, "Đã soát")
    with ThreadPoolExecutor(2) as approvers, database.engine.connect() as first:
        audit.next_seq(first)
        told = [approvers.submit(approve_named, program, name, IN_2022) for name in names]
        while waiting_for_a_lock(database) < 2 and not any(each.done() for each in told):
            sleep(0.01)
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


def waiting_for_a_lock(database: Database) -> int:
    """How many do."""
    query = (
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE d.datname = current_database() AND NOT l.granted"
    )
    with database.engine.connect() as connection:
        return int(connection.scalar(sa.text(query)) or 0)


# ---- By the program, from the file


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    shutil.copytree(INPUT, tmp_path / "input")
    return at(Services(replace(database.settings, input_root=str(tmp_path / "input"))), 2022)


def at(services: Services, year: int) -> Services:
    """The same, on the first of March of a year."""
    return Services(services.settings, Clock.stopped_at(datetime(year, 3, 1, 3, 0, tzinfo=UTC)))


def register(services: Services, change: Callable[[str], str]) -> None:
    """Write the budget register anew."""
    file = Path(str(services.settings.input_root)) / "registers" / "budget.csv"
    file.write_text(change(file.read_text("utf-8")), "utf-8")


def kept_budgets(services: Services) -> int:
    with services.engine.connect() as connection:
        return int(connection.scalar(sa.text("SELECT count(*) FROM payroll.run_budget")) or 0)


def approve_named(services: Services, name: str, on: date) -> None:
    batch = next(batch for batch in batches(services) if batch.name == name)
    if batch.status == "draft":
        submit(services, FINANCE, name, "Đã soát")
    approval.approve(services, APPROVER, name, total_vnd=batch.amount_vnd, pay_date=on, reason="Đồng ý")


def test_a_changed_register_gives_a_new_run_and_an_unchanged_one_writes_nothing(services: Services) -> None:
    assert run(services, JANUARY).status is RunStatus.COMPLETED
    first = kept_budgets(services)
    assert run(services, JANUARY).status is RunStatus.UNCHANGED
    assert kept_budgets(services) == first
    register(services, lambda text: text + "dong-xoai,2022,9/QĐ-UBND,2022-02-01,1\n")
    assert run(services, JANUARY).status is RunStatus.COMPLETED
    assert kept_budgets(services) == 2 * first
    assert replay(services, JANUARY).difference is None


@pytest.mark.parametrize(
    ("bad", "stopped"),
    [
        ("phuoc-long,2022,9/QĐ-UBND,2022-02-01,nhiều\n", {"phuoc-long"}),
        ("phuoc-long,2023,9/QĐ-UBND,2022-02-01,nhiều\n", {"phuoc-long"}),
        (",2022,9/QĐ-UBND,2022-02-01,5\n", {"phuoc-long", "binh-long"}),
    ],
    ids=["its year", "another year", "nobody's row"],
)
def test_a_row_that_cannot_be_read_stops_its_source_alone(services: Services, bad: str, stopped: set[str]) -> None:
    register(services, lambda text: text + bad)
    run(services, JANUARY)
    for code in ("phuoc-long", "binh-long"):
        name = f"2022-01/{code}/regular/1"
        if code in stopped:
            with pytest.raises(RefusedError, match=f"no budget is known for {code} 2022"):
                approve_named(services, name, IN_2022)
        else:
            approve_named(services, name, IN_2022)
    assert replay(services, JANUARY).difference is None


def test_without_a_register_no_budget_is_known_until_one_is_read_again(services: Services) -> None:
    file = Path(str(services.settings.input_root)) / "registers" / "budget.csv"
    whole = file.read_text("utf-8")
    run(services, JANUARY)
    file.unlink()
    run(services, FEBRUARY)
    name = "2022-01/phuoc-long/regular/1"
    with pytest.raises(RefusedError, match="no budget is known for phuoc-long 2022"):
        approve_named(services, name, IN_2022)
    file.write_text(whole, "utf-8")
    assert run(services, JANUARY).status is RunStatus.UNCHANGED
    approve_named(services, name, IN_2022)


def test_a_late_person_is_paid_from_next_years_budget(services: Services) -> None:
    roster = Path(str(services.settings.input_root)) / "rosters" / "2022-01" / "phuoc-long.csv"
    whole = roster.read_text("utf-8").splitlines(keepends=True)
    roster.write_text("".join(whole[:-1]), "utf-8")
    run(services, JANUARY)
    approve_named(services, "2022-01/phuoc-long/regular/1", IN_2022)
    roster.write_text("".join(whole), "utf-8")
    later = at(services, 2023)
    run(later, JANUARY)
    arrears = next(batch for batch in batches(later) if batch.name == "2022-01/phuoc-long/arrears/1")
    _, warnings = submit(later, FINANCE, arrears.name, "Đã soát")
    assert warnings == ()
    approval.approve(
        later, APPROVER, arrears.name, total_vnd=arrears.amount_vnd, pay_date=date(2023, 3, 1), reason="Đồng ý"
    )
    with later.engine.connect() as connection:
        query = "SELECT budget_year FROM payroll.ledger_line WHERE batch_kind = 'arrears'"
        assert set(connection.scalars(sa.text(query))) == {2023}
    assert replay(later, JANUARY).difference is None
    assert migrate.check(later.engine) == []
