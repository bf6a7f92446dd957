"""Running months again: what is due then, several months at once, some centres, what is missing."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from contents import since, written
from two_months import DIRECT_VND, FEBRUARY, INPUT, JANUARY, JOINS, LEAVES, by_command, rows, services_of

from ioc_etl.adapters.clock import DEMO_DAY
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.rerun import Unfinished, gaps, run_months, unfinished_before
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database

# ---- What is due after approval


def test_a_mended_month_yields_only_the_differences(lived_database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    lines = rows(
        lived_database,
        "SELECT l.centre_code, l.batch_kind, l.citizen_id, l.amount_vnd, l.cause FROM payroll.payment_line l "
        "JOIN payroll.batch b USING (batch_id) WHERE b.status = 'draft' AND b.reference_month = :month",
        month=JANUARY,
    )
    found = {
        (row["centre_code"], row["batch_kind"], row["citizen_id"], row["amount_vnd"], row["cause"])
        for row in lines
        if row["centre_code"] != "binh-long"
    }
    assert found == {
        ("phuoc-long", "arrears", JOINS, DIRECT_VND, "late"),
        ("phuoc-long", "recovery", LEAVES, -DIRECT_VND, "absent"),
    }
    assert {row["batch_kind"] for row in lines if row["centre_code"] == "binh-long"} == {"regular"}


def test_an_identical_run_over_approved_batches_writes_its_own_row_and_event_alone(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    before = written(lived_database.engine)
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED
    assert since(before, written(lived_database.engine)) == {"payroll.run": 1, "payroll.audit_event": 1}


# ---- Several months, some centres


def test_months_run_in_order_and_one_that_fails_stops_no_other(
    lived_database: Database, two_months: Services, tmp_path: Path
) -> None:
    asked: list[tuple[date, Any]] = []
    broken = services_of(lived_database, tmp_path / "nowhere")

    def run_one(month: date, centres: Any) -> Any:
        asked.append((month, centres))
        return run(broken if month == JANUARY else two_months, month, centres=centres)

    january, february = run_months(two_months, [JANUARY, FEBRUARY], run_one, centres=None, missing=False)
    assert january.error is not None
    assert (january.exit_code, february.exit_code) == (1, 3)
    assert asked == [(JANUARY, None), (FEBRUARY, None)]
    assert february.before


def test_only_what_is_missing_or_refused_is_pulled_and_the_whole_month_is_decided(
    lived_database: Database, two_months: Services
) -> None:
    assert gaps(two_months, JANUARY) == ("binh-long",)
    assert gaps(two_months, date(2022, 3, 1)) is None
    done = by_command(lived_database, two_months, "run", "2022-01", "--missing", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["total_vnd"] == 19 * DIRECT_VND - 1_490_000 + 9 * DIRECT_VND + 8 * DIRECT_VND + 9 * DIRECT_VND
    asked = rows(lived_database, "SELECT requested_centres FROM payroll.run ORDER BY run_no DESC LIMIT 1")
    assert asked[0]["requested_centres"] == ["binh-long"]
    again = by_command(lived_database, two_months, "run", "2022-01", "--missing")
    assert (again.returncode, "không còn gì thiếu" in again.stdout) == (0, True)


def test_a_late_centre_joins_without_touching_what_is_approved(lived_database: Database, two_months: Services) -> None:
    before = rows(lived_database, "SELECT * FROM state_payroll.payment_record ORDER BY payment_id")
    run(two_months, JANUARY, centres=["binh-long"])
    assert rows(lived_database, "SELECT * FROM state_payroll.payment_record ORDER BY payment_id") == before
    drafts = rows(lived_database, "SELECT centre_code, kind FROM payroll.batch WHERE status = 'draft'")
    assert [(row["centre_code"], row["kind"]) for row in drafts] == [("binh-long", "regular")]


def test_a_month_whose_predecessor_is_unfinished_says_which_centre_waits(
    lived_database: Database, two_months: Services
) -> None:
    assert unfinished_before(two_months, JANUARY) == ()
    assert unfinished_before(two_months, FEBRUARY) == (Unfinished(JANUARY, "missing", ("binh-long",)),)
    run(two_months, JANUARY)
    assert {one.reason for one in unfinished_before(two_months, FEBRUARY)} == {"draft"}
    (lived_database.settings.home / DEMO_DAY).write_text("2022-05-10", "utf-8")
    told = by_command(lived_database, two_months, "run", "2022-04", "--centre", "tinh")
    assert [line for line in told.stderr.splitlines() if "03/2022" in line and "2022-03" in line]


# ---- Wrong questions


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run", "2022-13"), 2, "hãy ghi như 2022-01"),
        (("run", "2022-01..soon"), 2, "hãy ghi như 2022-01"),
        (("run", "2199-01"), 2, "chưa bắt đầu"),
        (("run", "2022-01..2199-01"), 2, "name fewer"),
        (("run", "2022-06..2022-01"), 2, "runs backwards; write 2022-01..2022-06"),
        (("run", "2022-01", "--centre", "nowhere"), 2, "không có Trung tâm 'nowhere'"),
        (("run", "2022-01", "--apply", "42"), 2, "there is no plan '42'"),
        (("run", "2022-01", "--plan", "--apply", "42"), 2, "--plan looks, --apply does: name one of them"),
        (("run", "2022-02", "--apply", "2022-01" + 7 * "-abcdef"), 2, "that plan is of 2022-01 alone"),
        (("run", "2022-01", "--apply", "2022-01" + 7 * "-abcdef"), 1, "out of date, nothing was done"),
        (("replay", "2022-01"), 2, "chưa được chạy lần nào; hãy chạy: ioc-etl run 2022-01"),
        (("replay", "2022-01", "--run", "abc"), 2, "không có lần chạy 'abc'"),
        (("replay", "soon"), 2, "hãy ghi như 2022-01"),
        (("status", "--from", "2022-06", "--to", "2022-01"), 2, "runs backwards"),
        (("status", "2022-01", "--to", "2022-01"), 2, "not both"),
    ],
)
def test_a_wrong_question_is_one_line_that_says_what_to_do(
    database: Database, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = by_command(database, services_of(database, INPUT), *arguments)
    told = [line for line in done.stderr.splitlines() if line.startswith("ioc-etl: ")]
    assert (done.returncode, len(told)) == (code, 1), done.stderr
    assert said in told[0]
    assert rows(database, "SELECT * FROM payroll.run") == []
