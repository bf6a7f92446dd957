"""A register that has lost its rows says nothing of anybody: it never takes money back (truth 7)."""

from pathlib import Path

import pytest

from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.golden_january import JANUARY, approve_all, found, golden_january, register

OF_A_DISTRICT = "phuoc-long,1/QĐ,2022-02-01,2022-02-01,,1,Nguyễn Văn Thử,070085000001,\n"


@pytest.fixture
def approved_january(database: Database, tmp_path: Path) -> Services:
    services = golden_january(database, tmp_path)
    run(services, JANUARY)
    approve_all(services)
    return services


def loses_its_rows(services: Services, name: str, rows: str = "") -> None:
    file = register(services, name)
    header = file.read_text("utf-8").splitlines(keepends=True)[0]
    file.write_text(header + rows, "utf-8")


def test_an_approved_list_of_nobody_stops_the_run(approved_january: Services) -> None:
    loses_its_rows(approved_january, "approved_list")
    report = run(approved_january, JANUARY)
    assert (report.status, found(approved_january, "draft")) == (RunStatus.BLOCKED, {})
    (told,) = [vi for code, vi, _ in report.run_findings if code == "REGISTER_INVALID"]
    assert "không có dòng nào dưới tiêu đề" in told


def test_an_approved_list_without_the_province_stops_the_province_alone(approved_january: Services) -> None:
    loses_its_rows(approved_january, "approved_list", OF_A_DISTRICT)
    report = run(approved_january, JANUARY)
    assert (report.status, found(approved_january, "draft")) == (RunStatus.INCOMPLETE, {})
    refused = {centre.centre_code for centre in report.centres if "REGISTER_ROW_INVALID" in centre.codes}
    assert refused == {"tinh"}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("establishment", RunStatus.INCOMPLETE),
        ("other_support", RunStatus.COMPLETED),
        ("budget", RunStatus.COMPLETED),
    ],
)
def test_another_register_of_nobody_takes_nothing_back(
    approved_january: Services, name: str, status: RunStatus
) -> None:
    loses_its_rows(approved_january, name)
    assert run(approved_january, JANUARY).status is status
    assert found(approved_january, "draft") == {}
