"""A pull that began earlier and comes later brings nothing older back."""

import hashlib
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from two_months import JANUARY, roster, rows

from ioc_etl.adapters.clock import Clock
from ioc_etl.pipeline.extract import PulledMonth, begin_pull, pull_month
from ioc_etl.pipeline.month import run, run_month
from ioc_etl.pipeline.plan import plan
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.rerun import gaps
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database


def numbered_pull(services: Services) -> PulledMonth:
    """A pull of January that begins now; nothing of it is kept yet."""
    return pull_month(services, JANUARY, pull_no=begin_pull(services))


def test_a_pull_that_began_earlier_and_comes_later_brings_back_no_older_file_and_no_older_register(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    root = Path(str(two_months.settings.input_root))
    file, register = roster(root, JANUARY, "phuoc-long.csv"), root / "registers" / "other_support.csv"
    pulled = numbered_pull(two_months)
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
    pulled = numbered_pull(two_months)
    roster(Path(str(two_months.settings.input_root)), JANUARY, "binh-long.xlsx").unlink()
    run(two_months, JANUARY)
    run_month(two_months, JANUARY, pulled=pulled)
    assert gaps(two_months, JANUARY) == ("binh-long",)


def test_a_pull_that_began_earlier_takes_no_file_of_nobody_back_or_in(two_months: Services) -> None:
    stray = roster(Path(str(two_months.settings.input_root)), JANUARY, "ghi chú.txt")
    stray.touch()
    pulled_with = numbered_pull(two_months)
    stray.unlink()
    run(two_months, JANUARY)
    assert run_month(two_months, JANUARY, pulled=pulled_with).status is RunStatus.UNCHANGED
    pulled_without = numbered_pull(two_months)
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
    pulled = numbered_pull(two_months)
    file.write_text(as_it_was, "utf-8")
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED
    assert run_month(two_months, JANUARY, pulled=pulled).status is RunStatus.UNCHANGED


IN_2031 = Clock.stopped_at(datetime(2031, 5, 6, 3, 0, tzinfo=UTC))


def other_bank(services: Services) -> str:
    """Phước Long sends a roster with another bank; the text of the one before it."""
    file = roster(Path(str(services.settings.input_root)), JANUARY, "phuoc-long.csv")
    before = file.read_text("utf-8")
    file.write_text(before.replace("Sacombank", "Vietcombank"), "utf-8")
    return before


def test_what_a_clock_in_2031_brought_is_followed_by_the_next_pull_of_a_right_clock(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    other_bank(two_months)
    register = Path(str(two_months.settings.input_root)) / "registers" / "other_support.csv"
    run(replace(two_months, clock=IN_2031), JANUARY)
    of_2031 = in_force(lived_database, "phuoc-long")
    file = roster(Path(str(two_months.settings.input_root)), JANUARY, "phuoc-long.csv")
    file.write_text(file.read_text("utf-8").replace("Vietcombank", "Vietinbank"), "utf-8")
    register.write_text(register.read_text("utf-8") + "\n", "utf-8")
    assert run(two_months, JANUARY).status is RunStatus.COMPLETED
    assert in_force(lived_database, "phuoc-long") != of_2031
    (kept,) = registers_of_the_current_run(lived_database, "other_support")
    assert kept == hashlib.sha256(register.read_bytes()).hexdigest()
    assert replay(two_months, JANUARY).difference is None


def test_a_slow_pull_of_a_clock_in_2031_brings_nothing_older_back(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    slow = numbered_pull(replace(two_months, clock=IN_2031))
    other_bank(two_months)
    run(two_months, JANUARY)
    newer = in_force(lived_database, "phuoc-long")
    assert run_month(two_months, JANUARY, pulled=slow).status is RunStatus.UNCHANGED
    assert in_force(lived_database, "phuoc-long") == newer


def registers_of_the_current_run(database: Database, name: str) -> list[str]:
    query = (
        "SELECT f.sha256 FROM payroll.month m JOIN payroll.run_source s ON s.run_id = m.current_run_id "
        "JOIN landing.source_file f USING (source_file_id) "
        "WHERE m.reference_month = :month AND s.purpose = 'register' AND f.register_name = :name"
    )
    return [str(row["sha256"]) for row in rows(database, query, month=JANUARY, name=name)]


def test_an_old_file_on_the_server_never_undoes_a_newer_one_and_both_are_named(
    lived_database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    older = other_bank(two_months)
    run(two_months, JANUARY)
    newer = in_force(lived_database, "phuoc-long")
    roster(Path(str(two_months.settings.input_root)), JANUARY, "phuoc-long.csv").write_text(older, "utf-8")
    number = plan(two_months, JANUARY).number
    assert run(two_months, JANUARY, plan=number).status is RunStatus.COMPLETED
    assert in_force(lived_database, "phuoc-long") == newer
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED
    (told,) = rows(
        lived_database,
        "SELECT message_vi FROM state_payroll.exception_report "
        "WHERE code = 'ROSTER_OLDER' AND reference_month = :month",
        month=JANUARY,
    )
    assert {newer[:12], hashlib.sha256(older.encode()).hexdigest()[:12]} <= set(re.findall("[0-9a-f]{12}", str(told)))
    assert replay(two_months, JANUARY).difference is None


def test_from_another_place_the_same_bytes_are_seen_anew(
    lived_database: Database, two_months: Services, tmp_path: Path
) -> None:
    run(two_months, JANUARY)
    older = other_bank(two_months)
    first = in_force(lived_database, "phuoc-long")
    run(two_months, JANUARY)
    moved = Path(shutil.copytree(str(two_months.settings.input_root), tmp_path / "another server"))
    roster(moved, JANUARY, "phuoc-long.csv").write_text(older, "utf-8")
    elsewhere = Services(replace(two_months.settings, input_root=str(moved)), two_months.clock)
    assert "ROSTER_OLDER" not in file_codes(lived_database, run(elsewhere, JANUARY))
    assert in_force(lived_database, "phuoc-long") == first


def file_codes(database: Database, report: RunReport) -> set[str]:
    query = "SELECT code FROM payroll.finding WHERE run_id = :run_id AND level = 'file'"
    return {str(row["code"]) for row in rows(database, query, run_id=report.run_id)}
