"""Each hostile file gives its finding, or is read rightly, and the other centres are paid to the đồng."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.vocabulary import FileStatus, RunStatus
from tests.conftest import Database
from tests.integration.hostile_files import HOSTILE_FILES, PAID, UNREADABLE, Hostile, deep_sheet, deep_workbook
from tests.integration.provinces import BINH_LONG, BINH_LONG_VND, OTHERS_VND, Province


@pytest.fixture
def province(database: Database, tmp_path: Path) -> Province:
    return Province.at(tmp_path / "input", database)


def message(province: Province) -> str:
    """What the exception report tells of the refused file."""
    query = "SELECT code, message_vi FROM state_payroll.exception_report WHERE centre_code = 'binh-long'"
    with province.database.engine.connect() as connection:
        return "".join(told for code, told in connection.exec_driver_sql(query) if code == UNREADABLE)


@pytest.mark.parametrize("hostile", HOSTILE_FILES, ids=lambda hostile: hostile.name)
def test_a_hostile_file_costs_its_own_centre_at_most(province: Province, hostile: Hostile) -> None:
    province.path(BINH_LONG).unlink()
    province.path(BINH_LONG).with_suffix(hostile.ending).write_bytes(hostile.make())
    report = province.run()
    centres = {centre.centre_code: centre for centre in report.centres}
    own = centres["binh-long"]
    assert {name: centres[name].amount_vnd for name in OTHERS_VND} == OTHERS_VND
    if hostile.comes == PAID:
        assert (own.file_status, own.rows_read, own.amount_vnd) == (FileStatus.ACCEPTED, 9, BINH_LONG_VND)
        assert report.status is RunStatus.COMPLETED
    else:
        assert hostile.comes in own.codes
        assert (own.file_status, own.rows_read, own.amount_vnd) == (FileStatus.REFUSED, 0, 0)
        assert (report.status, report.exit_code) == (RunStatus.INCOMPLETE, 3)
        assert hostile.because in message(province)


@pytest.mark.parametrize(("name", "make"), [("approved_list", deep_sheet), ("other_support", deep_workbook)])
def test_a_hostile_register_is_invalid(province: Province, name: str, make: Callable[[], bytes]) -> None:
    province.path(f"registers/{name}.csv").unlink()
    province.path(f"registers/{name}.xlsx").write_bytes(make())
    report = province.run()
    assert report.status is RunStatus.BLOCKED
    assert "REGISTER_INVALID" in {code for code, *_ in report.run_findings}


def test_a_file_in_force_carries_on_beside_a_hostile_one(province: Province) -> None:
    whole = sum(OTHERS_VND.values()) + BINH_LONG_VND
    assert province.run().total_vnd == whole
    province.path(BINH_LONG).write_bytes(deep_workbook())
    again = province.run()
    assert (again.total_vnd, again.exit_code) == (whole, 3)
    assert "Không đọc được tệp" in message(province)
