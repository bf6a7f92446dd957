"""A register that has lost its rows says nothing of anybody: it never takes money back (truth 7)."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ioc_etl.adapters.clock import Clock
from ioc_etl.pipeline import approval
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.ledger_steps import APPROVER, FINANCE, accounts

INPUT = Path(__file__).parents[1] / "golden" / "input"
JANUARY, PAY_DATE = date(2022, 1, 1), date(2022, 2, 10)
OF_A_DISTRICT = "phuoc-long,1/QĐ,2022-02-01,2022-02-01,,1,Nguyễn Văn Thử,070085000001,\n"


@pytest.fixture
def approved_january(database: Database, tmp_path: Path) -> Services:
    root = tmp_path / "input"
    shutil.copytree(INPUT, root)
    accounts(database.engine)
    clock = Clock.stopped_at(datetime(2022, 3, 1, 3, 0, tzinfo=UTC))
    services = Services(replace(database.settings, input_root=str(root)), clock)
    run(services, JANUARY)
    for batch in batches(services):
        submit(services, FINANCE, batch.name, "Đã soát")
        approval.approve(services, APPROVER, batch.name, total_vnd=batch.amount_vnd, pay_date=PAY_DATE, reason="Đồng ý")
    return services


def loses_its_rows(services: Services, name: str, rows: str = "") -> None:
    register = Path(str(services.settings.input_root)) / "registers" / f"{name}.csv"
    header = register.read_text("utf-8").splitlines(keepends=True)[0]
    register.write_text(header + rows, "utf-8")


def due(services: Services) -> list[str]:
    return [batch.name for batch in batches(services) if batch.status == "draft"]


def test_an_approved_list_of_nobody_stops_the_run(approved_january: Services) -> None:
    loses_its_rows(approved_january, "approved_list")
    report = run(approved_january, JANUARY)
    assert (report.status, due(approved_january)) == (RunStatus.BLOCKED, [])
    assert ("REGISTER_INVALID", "không có dòng nào dưới tiêu đề") in [
        (code, "không có dòng nào dưới tiêu đề") for code, vi, _ in report.run_findings if "không có dòng nào" in vi
    ]


def test_an_approved_list_without_the_province_stops_the_province_alone(approved_january: Services) -> None:
    loses_its_rows(approved_january, "approved_list", OF_A_DISTRICT)
    report = run(approved_january, JANUARY)
    assert (report.status, due(approved_january)) == (RunStatus.INCOMPLETE, [])
    refused = {centre.centre_code for centre in report.centres if "REGISTER_ROW_INVALID" in centre.codes}
    assert refused == {"tinh"}


@pytest.mark.parametrize("name", ["establishment", "other_support", "budget"])
def test_another_register_of_nobody_takes_nothing_back(approved_january: Services, name: str) -> None:
    loses_its_rows(approved_january, name)
    run(approved_january, JANUARY)
    assert due(approved_january) == []
