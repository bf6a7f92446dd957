"""Who may take which step of the ledger: the database asks, past the program too."""

import pytest

from tests.conftest import Database
from tests.integration.guarded_month import OWN_WORK, batch_of, refused, run_sql, two_centres
from tests.integration.ledger_steps import APPROVER, account, approve, submit, take_steps
from tests.integration.month_records import decision, kept, month_record, run_facts, write

pytestmark = pytest.mark.every_postgresql


@pytest.mark.parametrize(
    ("name", "roles", "match"),
    [
        ("khach", (), "foreign key|unknown_actor"),
        ("ke-toan", ("finance", "admin"), "not_the_role"),
        (APPROVER, ("approver",), ""),
    ],
)
def test_only_an_approver_approves(month: Database, name: str, roles: tuple[str, ...], match: str) -> None:
    if roles:
        account(month.engine, name, *roles)
    take_steps(month.engine, "submitted")
    if match:
        refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai"), name), match)
    else:
        approve(month.engine, batch_of(month, "dong-xoai"), name)


def test_a_disabled_account_approves_nothing(month: Database) -> None:
    take_steps(month.engine, "submitted")
    run_sql(month, f"UPDATE payroll.actor SET is_active = false WHERE actor = '{APPROVER}'")  # noqa: S608
    refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai")), "disabled_actor")


def test_nobody_approves_what_they_submitted(month: Database) -> None:
    account(month.engine, "ca-hai", "finance", "approver")
    batch = batch_of(month, "dong-xoai")
    submit(month.engine, batch, "ca-hai")
    refused(month, lambda: approve(month.engine, batch, "ca-hai"), "own_work")
    approve(month.engine, batch)


@pytest.mark.parametrize("work", OWN_WORK)
def test_nobody_approves_what_rests_on_their_own_word(month: Database, work: str) -> None:
    account(month.engine, "ca-hai", "finance", "approver")
    run_sql(month, OWN_WORK[work])
    two_centres(month, 2, ledger_position=2)
    take_steps(month.engine, "submitted")
    refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai"), "ca-hai"), "own_work")
    approve(month.engine, batch_of(month, "binh-long"), "ca-hai")


def test_nobody_approves_what_their_own_run_decided(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    account(database.engine, "ca-hai", "finance", "approver")
    write(database.engine, month_record(files, [decision(10)], run=run_facts(actor="ca-hai")))
    take_steps(database.engine, "submitted")
    refused(database, lambda: approve(database.engine, batch_of(database, "dong-xoai"), "ca-hai"), "own_work")


@pytest.mark.parametrize("work", sorted(OWN_WORK.keys() - {"upload"}))
def test_only_finance_decides_about_people(month: Database, work: str) -> None:
    account(month.engine, "ca-hai", "operator")
    refused(month, lambda: run_sql(month, OWN_WORK[work]), "not_the_role")


def test_only_finance_submits(month: Database) -> None:
    refused(month, lambda: submit(month.engine, batch_of(month, "dong-xoai"), APPROVER), "not_the_role")
