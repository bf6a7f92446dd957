"""Who may run a month: the system itself, or an account whose work that is."""

from datetime import UTC, date, datetime

import pytest
from two_months import by_command, rows

from ioc_etl.adapters.clock import Clock
from ioc_etl.cli.run import unnamed_hint
from ioc_etl.errors import DatabaseError, RefusedError
from ioc_etl.pipeline.actors import SYSTEM, add_user, refuse_runner
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import Role
from tests.conftest import Database
from tests.integration.ledger_steps import account, approve, batch_ids, submit

RUNNERS = (Role.OPERATOR, Role.FINANCE, Role.ADMIN)


@pytest.fixture
def services(database: Database) -> Services:
    return Services(database.settings, Clock.stopped_at(datetime(2022, 3, 1, tzinfo=UTC)))


def test_operators_finance_and_admins_run_a_month_and_so_does_the_system(services: Services) -> None:
    for role in RUNNERS:
        account(services.engine, f"ai-{role}", role, Role.AUDITOR)
        refuse_runner(services, f"ai-{role}")
    refuse_runner(services, SYSTEM)


def test_nobody_else_runs_a_month(services: Services) -> None:
    others = [role for role in Role if role not in RUNNERS]
    for name, roles in (*((f"ai-{role}", (role,)) for role in others), ("tat-ca", tuple(others))):
        account(services.engine, name, *roles)
        with pytest.raises(RefusedError, match="none of the roles operator, finance, admin"):
            run(services, date(2022, 1, 1), actor=name)
    with pytest.raises(RefusedError, match="none of the roles"):
        run(services, date(2022, 1, 1), actor="khong-co")


def test_who_runs_without_a_name_is_told_so_once_there_are_accounts(services: Services) -> None:
    assert unnamed_hint(services, "vi") is None
    account(services.engine, "ngan", Role.FINANCE)
    assert "IOC_ETL_ACTOR" in (unnamed_hint(services, "vi") or "")
    assert "IOC_ETL_ACTOR" in (unnamed_hint(services, "en") or "")


def test_a_run_that_somebody_puts_a_name_to_is_theirs_and_theirs_not_to_approve(
    lived_database: Database, two_months: Services
) -> None:
    account(lived_database.engine, "chu", "admin")
    add_user(
        two_months, by="chu", name="an", full_name="An", roles=("operator", "approver"), password="mot-mat-khau-dai"
    )
    nameless = by_command(lived_database, two_months, "run", "2022-01", "--as", "an", "--password-stdin", stdin="sai\n")
    assert nameless.returncode == 1, nameless.stderr
    done = by_command(
        lived_database, two_months, "run", "2022-01", "--as", "an", "--password-stdin", stdin="mot-mat-khau-dai\n"
    )
    assert done.returncode == 0, done.stderr
    assert rows(lived_database, "SELECT actor FROM payroll.run ORDER BY run_no DESC LIMIT 1")[0]["actor"] == "an"
    (batch,) = (
        one for one in batch_ids(lived_database.engine, "draft") if centre_of(lived_database, one) == "binh-long"
    )
    submit(lived_database.engine, batch)
    with pytest.raises(DatabaseError):
        approve(lived_database.engine, batch, "an")


def centre_of(database: Database, batch: object) -> str:
    found = rows(database, "SELECT centre_code FROM payroll.batch WHERE batch_id = :batch", batch=batch)
    return str(found[0]["centre_code"])
