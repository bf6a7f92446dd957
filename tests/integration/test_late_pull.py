"""A pull that began earlier and comes later brings nothing older back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from two_months import JANUARY, roster, rows

from ioc_etl.pipeline.extract import pull_month
from ioc_etl.pipeline.month import run, run_month
from ioc_etl.pipeline.rerun import gaps
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database

# What differs between two PostgreSQLs is not the business of these.
pytestmark = pytest.mark.parametrize("server", ["postgresql-18"], indirect=True)


def test_a_pull_that_began_earlier_and_comes_later_brings_back_no_older_file_and_no_older_register(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    root = Path(str(two_months.settings.input_root))
    file, register = roster(root, JANUARY, "phuoc-long.csv"), root / "registers" / "other_support.csv"
    pulled = pull_month(two_months, JANUARY)
    file.write_text(file.read_text("utf-8").replace("Sacombank", "Vietcombank"), "utf-8")
    register.write_text(register.read_text("utf-8") + "\n", "utf-8")
    assert run(two_months, JANUARY).status is RunStatus.COMPLETED
    newer = in_force(lived_database, "phuoc-long")
    for _ in ("late", "tried again"):
        assert run_month(two_months, JANUARY, pulled=pulled).status is RunStatus.UNCHANGED
        assert in_force(lived_database, "phuoc-long") == newer
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED


def in_force(database: Database, centre_code: str) -> str:
    query = (
        "SELECT sha256 FROM landing.source_file WHERE is_in_force AND reference_month = :month AND centre_code = :code"
    )
    return str(rows(database, query, month=JANUARY, code=centre_code)[0]["sha256"])


def test_a_pull_that_found_nothing_is_newer_than_a_file_pulled_before_it(two_months: Services) -> None:
    pulled = pull_month(two_months, JANUARY)
    roster(Path(str(two_months.settings.input_root)), JANUARY, "binh-long.xlsx").unlink()
    run(two_months, JANUARY)
    run_month(two_months, JANUARY, pulled=pulled)
    assert gaps(two_months, JANUARY) == ("binh-long",)


def test_a_pull_that_began_earlier_takes_no_file_of_nobody_back_or_in(two_months: Services) -> None:
    stray = roster(Path(str(two_months.settings.input_root)), JANUARY, "ghi chú.txt")
    stray.touch()
    pulled_with = pull_month(two_months, JANUARY)
    stray.unlink()
    run(two_months, JANUARY)
    assert run_month(two_months, JANUARY, pulled=pulled_with).status is RunStatus.UNCHANGED
    pulled_without = pull_month(two_months, JANUARY)
    stray.touch()
    assert "FILE_IGNORED" in codes_of(run(two_months, JANUARY))
    late = run_month(two_months, JANUARY, pulled=pulled_without)
    assert (late.status, late.ignored_files) == (RunStatus.UNCHANGED, 1)


def codes_of(report: RunReport) -> list[str]:
    return [code for code, *_ in report.run_findings]


def test_an_identical_run_is_the_last_word_on_its_files_too(two_months: Services) -> None:
    file = roster(Path(str(two_months.settings.input_root)), JANUARY, "phuoc-long.csv")
    as_it_was = file.read_text("utf-8")
    run(two_months, JANUARY)
    file.write_text(as_it_was.replace("Sacombank", "Vietcombank"), "utf-8")
    pulled = pull_month(two_months, JANUARY)
    file.write_text(as_it_was, "utf-8")
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED
    assert run_month(two_months, JANUARY, pulled=pulled).status is RunStatus.UNCHANGED


def test_a_pull_by_a_clock_that_was_ahead_shuts_out_none_that_comes_before_its_time(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    ahead = replace(pull_month(two_months, JANUARY), began_at=two_months.clock.now() + timedelta(days=400))
    run_month(two_months, JANUARY, pulled=ahead)
    file, before = roster(Path(str(two_months.settings.input_root)), JANUARY, "phuoc-long.csv"), "phuoc-long"
    older = in_force(lived_database, before)
    file.write_text(file.read_text("utf-8").replace("Sacombank", "Vietcombank"), "utf-8")
    assert run(two_months, JANUARY).status is RunStatus.COMPLETED
    assert in_force(lived_database, before) != older
