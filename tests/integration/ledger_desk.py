"""Where the steps of batches are taken: a small month of two centres, and its steps as the program takes them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from ioc_etl.adapters.clock import Clock
from ioc_etl.errors import RefusedError
from ioc_etl.pipeline import approval
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.guarded_month import two_centres
from tests.integration.ledger_steps import APPROVER, FINANCE, PAY_DATE
from tests.integration.month_records import DIRECT_VND

BATCH = "2022-01/dong-xoai/regular/1"
OTHER = "2022-01/binh-long/regular/1"


def desk(database: Database) -> Services:
    """Two people at Đồng Xoài, one at Bình Long, drafts; somebody who prepares, and somebody who approves."""
    return services_of(two_centres(database))


def services_of(database: Database) -> Services:
    return Services(database.settings, Clock.stopped_at(datetime(2022, 3, 1, tzinfo=UTC)))


def approve(services: Services, name: str = BATCH, actor: str = APPROVER, total: int = 2 * DIRECT_VND) -> None:
    approval.approve(services, actor, name, total_vnd=total, pay_date=PAY_DATE, reason="Đồng ý chi")


def prepare(services: Services, name: str = BATCH) -> None:
    submit(services, FINANCE, name, "Đã soát ngoại lệ")


def events(services: Services) -> list[str]:
    with services.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT action FROM payroll.audit_event ORDER BY seq")))


def refused(
    services: Services, step: Callable[[], object], en: str, vi: str, kind: type[RefusedError] = RefusedError
) -> None:
    """One line in each language, no personal value, nothing done."""
    before = (events(services), batches(services))
    with pytest.raises(kind) as refusal:
        step()
    assert en in str(refusal.value)
    assert vi in refusal.value.vi
    assert "\n" not in f"{refusal.value}{refusal.value.vi}"
    assert "070099" not in f"{refusal.value}{refusal.value.vi}"
    assert (events(services), batches(services)) == before
