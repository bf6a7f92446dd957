"""The golden January in a folder of a test's own, on the first of March, and its batches by their names."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from ioc_etl.adapters.clock import Clock
from ioc_etl.pipeline import approval
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_steps import APPROVER, FINANCE, PAY_DATE, accounts

INPUT = Path(__file__).parents[1] / "golden" / "input"
JANUARY, FEBRUARY = date(2022, 1, 1), date(2022, 2, 1)


def golden_january(database: Database, folder: Path) -> Services:
    """The golden input copied, nothing run yet; somebody who prepares, and somebody who approves."""
    root = Path(shutil.copytree(INPUT, folder / "input"))
    accounts(database.engine)
    return on_the_first_of_march(Services(replace(database.settings, input_root=str(root))), 2022)


def on_the_first_of_march(services: Services, year: int) -> Services:
    """The same on that day of a year."""
    return Services(services.settings, Clock.stopped_at(datetime(year, 3, 1, 3, 0, tzinfo=UTC)))


def roster(services: Services, name: str) -> Path:
    """A file of January's rosters."""
    return Path(str(services.settings.input_root)) / "rosters" / "2022-01" / name


def register(services: Services, name: str) -> Path:
    """The file of a register."""
    return Path(str(services.settings.input_root)) / "registers" / f"{name}.csv"


def found(services: Services, *statuses: str) -> dict[str, int]:
    """The amounts of January's batches in these states, by name."""
    return {batch.name: batch.amount_vnd for batch in batches(services, JANUARY) if batch.status in statuses}


def approve(services: Services, name: str, pay_date: date = PAY_DATE) -> None:
    """Submitted, unless that was done, and approved."""
    batch = next(batch for batch in batches(services) if batch.name == name)
    if batch.status == "draft":
        submit(services, FINANCE, name, "Đã soát")
    approval.approve(services, APPROVER, name, total_vnd=batch.amount_vnd, pay_date=pay_date, reason="Đồng ý")


def approve_all(services: Services) -> None:
    """Every draft of January."""
    for name in found(services, "draft"):
        approve(services, name)
