"""A value that the database refuses refuses its own file alone, and a replay knows of it.

The fault is a constraint of the test on a table that the run loads; it depends on a marked name.
"""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.errors import DatabaseError
from ioc_etl.pipeline.replay import replay
from schemas.vocabulary import FileStatus, RunStatus
from tests.conftest import Database
from tests.integration.guarded_month import scalar
from tests.integration.provinces import BINH_LONG_VND, JANUARY, OTHERS_VND, Province

MARK = "Nguyễn Làm Hỏng"
REFUSED = {
    "check of a decision": ("decision", f"full_name <> '{MARK}'"),
    "check of a payment line": ("payment_line", f"full_name <> '{MARK}'"),
    "value out of range": ("decision", f"1 / (CASE full_name WHEN '{MARK}' THEN 0 ELSE 1 END) = 1"),
}
ALL_VND = {**OTHERS_VND, "binh-long": BINH_LONG_VND}


@pytest.fixture
def province(database: Database, tmp_path: Path) -> Province:
    return Province.at(tmp_path / "input", database)


def constrain(database: Database, table: str, rule: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE payroll.{table} ADD CONSTRAINT marked CHECK ({rule}) NOT VALID"))


def mark(province: Province) -> None:
    """One name of Bình Long's."""

    def change(sheet: Worksheet) -> None:
        sheet["I8"].value = MARK

    province.edit(change)


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_that_the_database_refuses_refuses_its_file_alone(
    database: Database, province: Province, name: str
) -> None:
    constrain(database, *REFUSED[name])
    mark(province)
    report = province.run()
    assert {centre.centre_code: centre.amount_vnd for centre in report.centres} == {**OTHERS_VND, "binh-long": 0}
    (refused,) = [centre for centre in report.centres if centre.file_status is not FileStatus.ACCEPTED]
    assert (refused.centre_code, dict(refused.codes)) == ("binh-long", {"ROSTER_UNREADABLE": 1})
    entry = json.loads((database.settings.home / "logs" / "refused-files.log").read_text("utf-8"))
    (kept,) = scalar(database, "SELECT refused_loading FROM payroll.run")
    assert (entry["centre_code"], entry["kind"]) == ("binh-long", "ValueRefusedError")
    assert kept == f"binh-long {entry['reference']}"
    assert entry["reference"] in str(
        scalar(database, "SELECT message_vi FROM payroll.finding WHERE code = 'ROSTER_UNREADABLE'")
    )
    assert MARK not in json.dumps(entry, ensure_ascii=False) + str(report)
    assert replay(province.services, JANUARY).difference is None
    assert province.run().status is RunStatus.UNCHANGED


def test_the_file_in_force_is_used_where_the_next_one_cannot_be_loaded(database: Database, province: Province) -> None:
    province.run()
    constrain(database, *REFUSED["check of a decision"])
    mark(province)
    report = province.run()
    assert {centre.centre_code: centre.amount_vnd for centre in report.centres} == ALL_VND
    (refused,) = [centre for centre in report.centres if centre.is_offer_refused]
    assert refused.centre_code == "binh-long"
    assert replay(province.services, JANUARY).difference is None


def test_what_no_file_is_to_blame_for_fails_the_run_and_loads_nothing(database: Database, province: Province) -> None:
    constrain(database, "decision", "false")
    with pytest.raises(DatabaseError, match=r"refuses a row of payroll\.decision"):
        province.run()
    assert scalar(database, "SELECT count(*) FROM payroll.run WHERE status <> 'failed'") == 0
    assert scalar(database, "SELECT count(*) FROM payroll.decision") == 0
