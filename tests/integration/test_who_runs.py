"""Who may run a month: the system itself, or an account whose work that is."""

from datetime import UTC, date, datetime

import pytest

from ioc_etl.adapters.clock import Clock
from ioc_etl.cli.run import unnamed_hint
from ioc_etl.errors import RefusedError
from ioc_etl.pipeline.actors import SYSTEM, refuse_runner
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import Role
from tests.conftest import Database
from tests.integration.ledger_steps import account

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
