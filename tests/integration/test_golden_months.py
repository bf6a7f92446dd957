"""The two months of the sample input, from files to the views, against their expected outcome of every row.

The expected files are contracts: they change only with a CHANGELOG entry saying whose amount changes, from which month,
under which clause.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ioc_etl.core.month import month_code
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.contents import since, written

pytestmark = pytest.mark.every_postgresql

INPUT = Path(__file__).parents[1] / "golden" / "input"
JANUARY, FEBRUARY = date(2022, 1, 1), date(2022, 2, 1)


def services_of(database: Database, input_root: Path = INPUT) -> Services:
    return Services(replace(database.settings, input_root=str(input_root)), database.clock)


def expected(month: date) -> dict[str, Any]:
    return json.loads((INPUT / "expected" / f"{month_code(month)}.json").read_text(encoding="utf-8"))


def rows(database: Database, query: str, **values: object) -> Sequence[sa.RowMapping]:
    with database.engine.connect() as connection:
        return connection.execute(sa.text(query), values).mappings().all()


@pytest.fixture
def services(database: Database) -> Services:
    return services_of(database)


@pytest.mark.parametrize("month", [JANUARY, FEBRUARY], ids=month_code)
def test_every_row_has_the_expected_outcome_amount_and_codes(
    database: Database, services: Services, month: date
) -> None:
    run(services, month)
    found = {
        (row["centre_code"], row["source_row"]): (
            row["citizen_id"],
            int(row["row_no"]),
            row["outcome"],
            row["amount_vnd"],
            row["codes"],
        )
        for row in rows(database, "SELECT * FROM state_payroll.row_outcome WHERE reference_month = :month", month=month)
    }
    wanted = {
        (code, row["sheet_row"]): (row["citizen_id"], row["row_no"], row["outcome"], row["amount_vnd"], row["codes"])
        for code, centre in expected(month)["centres"].items()
        for row in centre["rows"]
    }
    assert found == wanted


@pytest.mark.parametrize("month", [JANUARY, FEBRUARY], ids=month_code)
def test_every_centre_has_the_expected_counts_amount_and_codes(
    database: Database, services: Services, month: date
) -> None:
    report = run(services, month)
    told = rows(
        database,
        "SELECT DISTINCT centre_code, level, code FROM state_payroll.exception_report WHERE reference_month = :month",
        month=month,
    )
    overview = rows(database, "SELECT * FROM state_payroll.centre_month WHERE reference_month = :month", month=month)
    by_code = {row["centre_code"]: row for row in overview}
    outcome = expected(month)
    assert by_code.keys() == outcome["centres"].keys()
    for code, centre in outcome["centres"].items():
        counts = ("rows_read", "paid_rows", "superseded_rows", "held_rows", "merged_rows", "amount_vnd")
        assert {name: by_code[code][name] for name in counts} == {name: centre[name] for name in counts}
        for level in ("file", "centre"):
            codes = sorted(row["code"] for row in told if row["centre_code"] == code and row["level"] == level)
            assert codes == centre[f"{level}_codes"], (code, level)
    assert report.total_vnd == outcome["total_vnd"]
    assert {code for code, *_ in report.run_findings} == {"POLICY_DRAFT"}


def test_a_month_with_a_centre_missing_is_incomplete_and_exits_with_3(services: Services) -> None:
    january = run(services, JANUARY)
    assert (january.status, january.exit_code) == (RunStatus.COMPLETED, 0)
    february = run(services, FEBRUARY)
    assert (february.status, february.exit_code) == (RunStatus.INCOMPLETE, 3)
    assert [centre.centre_code for centre in february.gaps] == ["binh-long"]


def test_an_identical_run_writes_its_own_row_and_audit_event_alone(database: Database, services: Services) -> None:
    run(services, FEBRUARY)
    before = written(database.engine)
    again = run(services, FEBRUARY)
    assert again.status is RunStatus.UNCHANGED
    assert since(before, written(database.engine)) == {"payroll.run": 1, "payroll.audit_event": 1}


def test_the_draft_lines_of_a_month_are_what_its_rows_earn(database: Database, services: Services) -> None:
    report: RunReport = run(services, FEBRUARY)
    lines = rows(
        database,
        "SELECT b.status, count(*) AS lines, sum(l.amount_vnd) AS amount_vnd FROM payroll.batch b "
        "JOIN payroll.payment_line l USING (batch_id) GROUP BY b.status",
    )
    assert [(row["status"], row["lines"], row["amount_vnd"]) for row in lines] == [("draft", 25, report.total_vnd)]
    assert rows(database, "SELECT * FROM state_payroll.payment_record") == []
