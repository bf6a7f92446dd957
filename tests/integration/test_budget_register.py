"""The budget register from its file to the approvals that it allows."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.errors import RefusedError
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.budget_months import FEBRUARY, IN_2022, JANUARY
from tests.integration.golden_january import approve, golden_january, on_the_first_of_march, register, roster
from tests.integration.ledger_steps import FINANCE


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    return golden_january(database, tmp_path)


def adds(services: Services, text: str) -> None:
    """Lines at the end of the budget register."""
    with register(services, "budget").open("a", encoding="utf-8") as file:
        file.write(text)


def kept_budgets(services: Services) -> int:
    with services.engine.connect() as connection:
        return int(connection.scalar(sa.text("SELECT count(*) FROM payroll.run_budget")) or 0)


def test_a_changed_register_gives_a_new_run_and_an_unchanged_one_writes_nothing(services: Services) -> None:
    assert run(services, JANUARY).status is RunStatus.COMPLETED
    first = kept_budgets(services)
    assert run(services, JANUARY).status is RunStatus.UNCHANGED
    assert kept_budgets(services) == first
    adds(services, "dong-xoai,2022,9/QĐ-UBND,2022-02-01,1\n")
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
    adds(services, bad)
    run(services, JANUARY)
    for code in ("phuoc-long", "binh-long"):
        name = f"2022-01/{code}/regular/1"
        if code in stopped:
            with pytest.raises(RefusedError, match=f"no budget is known for {code} 2022"):
                approve(services, name, IN_2022)
        else:
            approve(services, name, IN_2022)
    assert replay(services, JANUARY).difference is None


def test_without_a_register_no_budget_is_known_until_one_is_read_again(services: Services) -> None:
    file = register(services, "budget")
    whole = file.read_text("utf-8")
    run(services, JANUARY)
    file.unlink()
    run(services, FEBRUARY)
    name = "2022-01/phuoc-long/regular/1"
    with pytest.raises(RefusedError, match="no budget is known for phuoc-long 2022"):
        approve(services, name, IN_2022)
    file.write_text(whole, "utf-8")
    assert run(services, JANUARY).status is RunStatus.UNCHANGED
    approve(services, name, IN_2022)


def test_a_late_person_is_paid_from_next_years_budget(services: Services) -> None:
    file = roster(services, "phuoc-long.csv")
    whole = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(whole[:-1]), "utf-8")
    run(services, JANUARY)
    approve(services, "2022-01/phuoc-long/regular/1", IN_2022)
    file.write_text("".join(whole), "utf-8")
    later = on_the_first_of_march(services, 2023)
    run(later, JANUARY)
    arrears = next(batch for batch in batches(later) if batch.name == "2022-01/phuoc-long/arrears/1")
    _, warnings = submit(later, FINANCE, arrears.name, "Đã soát")
    assert warnings == ()
    approve(later, arrears.name, date(2023, 3, 1))
    with later.engine.connect() as connection:
        query = "SELECT budget_year FROM payroll.ledger_line WHERE batch_kind = 'arrears'"
        assert set(connection.scalars(sa.text(query))) == {2023}
    assert replay(later, JANUARY).difference is None
    assert migrate.check(later.engine) == []
