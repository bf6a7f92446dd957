"""Go-live: opening lines come in all or none, and are committed money from then on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.store import read_month_state
from ioc_etl.errors import RefusedError, UsageError
from ioc_etl.pipeline.opening import import_opening
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_steps import APPROVER, FINANCE, accounts, approve, batch_ids, submit, take_steps
from tests.integration.month_records import DIRECT_VND, MONTH, decision, kept, month_record, run_facts, write

HEADER = "reference_month,centre_code,citizen_id,full_name,amount_vnd,document\n"
FIRST, SECOND = "070099000010", "070099000012"
LINE = f"2022-01,dong-xoai,{FIRST},Nguyễn Thị Thử,2235000,UNC 15\n"


@pytest.fixture
def services(database: Database) -> Services:
    accounts(database.engine)
    return Services(database.settings, Clock.stopped_at(datetime(2022, 3, 1, tzinfo=UTC)))


def written(folder: Path, *lines: str) -> Path:
    file = folder / "opening.csv"
    file.write_text(HEADER + "".join(lines), "utf-8")
    return file


def test_opening_lines_are_committed_and_counted_in_their_year(services: Services, tmp_path: Path) -> None:
    report = import_opening(services, FINANCE, written(tmp_path, LINE, LINE.replace(FIRST, SECOND)))
    assert (report.lines, report.amount_vnd, report.problems) == (2, 2 * DIRECT_VND, ())
    with services.engine.connect() as connection:
        state = read_month_state(connection, MONTH)
    assert state.committed.select("batch_kind", "amount_vnd", "run_id", "is_returned").unique().rows() == [
        ("opening", DIRECT_VND, None, False)
    ]
    assert state.committed_year.rows() == [("dong-xoai", 2 * DIRECT_VND)]
    assert state.ledger_position == 1
    assert migrate.check(services.engine) == []


def test_a_workbook_is_read_as_well(services: Services, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (HEADER.strip().split(","), [date(2022, 1, 31), "tinh", FIRST, "Nguyễn Thị Thử", 2_235_000, "UNC 1"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "opening.xlsx")
    assert import_opening(services, FINANCE, tmp_path / "opening.xlsx").amount_vnd == DIRECT_VND


def test_one_bad_line_keeps_all_out_and_every_fault_names_its_cell(services: Services, tmp_path: Path) -> None:
    bad = "01/2022,nowhere,070099000099,Lê Thử,2.235.000,UNC 16\n,,12,,abc,\n"
    report = import_opening(services, FINANCE, written(tmp_path, LINE, bad))
    assert [(problem.cell, problem.en.partition(":")[0]) for problem in report.problems] == [
        ("B3", "centre_code"),
        ("A4", "reference_month"),
    ]
    assert "070099" not in str(report)
    with services.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM payroll.opening_line")) == 0
        assert connection.scalar(sa.text("SELECT count(*) FROM payroll.audit_event")) == 0


def test_a_line_is_taken_once(services: Services, tmp_path: Path) -> None:
    file = written(tmp_path, LINE)
    import_opening(services, FINANCE, file)
    again = import_opening(services, FINANCE, file)
    assert [(problem.cell, problem.vi) for problem in again.problems] == [("C2", "citizen_id: đã có trong sổ chi")]


def test_a_centres_month_past_draft_takes_no_opening_lines(services: Services, tmp_path: Path) -> None:
    write(services.engine, month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)]))
    take_steps(services.engine, "submitted")
    report = import_opening(services, FINANCE, written(tmp_path, LINE))
    assert [problem.cell for problem in report.problems] == ["B2"]
    assert "past draft" in report.problems[0].en


def test_a_draft_made_before_the_opening_lines_is_not_approved(services: Services, tmp_path: Path) -> None:
    write(services.engine, month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)]))
    import_opening(services, FINANCE, written(tmp_path, LINE))
    batch = batch_ids(services.engine, "draft")[0]
    submit(services.engine, batch)
    with pytest.raises(Exception, match="above_entitlement"):
        approve(services.engine, batch)


OLD_ID = "285918283"


@pytest.mark.parametrize(("links", "match"), [({}, "opening_not_settled"), ({OLD_ID: FIRST}, "above_entitlement")])
def test_money_paid_before_under_the_old_id_is_not_paid_again(
    services: Services, tmp_path: Path, links: dict[str, str], match: str
) -> None:
    """Without the link the month's run has to look at what came in after it."""
    record = month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)])
    write(services.engine, replace(record, links=links))
    import_opening(services, FINANCE, written(tmp_path, LINE.replace(FIRST, OLD_ID)))
    batch = batch_ids(services.engine, "draft")[0]
    submit(services.engine, batch)
    with pytest.raises(Exception, match=match):
        approve(services.engine, batch)


def test_after_another_run_the_opening_lines_of_others_stop_nobody(services: Services, tmp_path: Path) -> None:
    record = month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)])
    write(services.engine, record)
    import_opening(services, FINANCE, written(tmp_path, LINE.replace(FIRST, SECOND)))
    with services.engine.connect() as connection:
        position = read_month_state(connection, MONTH).ledger_position
    write(services.engine, replace(record, run=run_facts(2, ledger_position=position)))
    batch = batch_ids(services.engine, "draft")[0]
    submit(services.engine, batch)
    approve(services.engine, batch)


@pytest.mark.parametrize(
    ("text", "match"),
    [("a,b\n1,2\n", "missing columns reference_month"), (HEADER, "no lines below its header"), ("", "cannot be read")],
)
def test_a_file_that_is_none_is_refused(services: Services, tmp_path: Path, text: str, match: str) -> None:
    file = tmp_path / "opening.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=match):
        import_opening(services, FINANCE, file)
    with pytest.raises(UsageError, match="there is no file"):
        import_opening(services, FINANCE, tmp_path / "none.csv")


def test_a_file_larger_than_a_roster_may_be_is_refused(services: Services, tmp_path: Path) -> None:
    file = written(tmp_path, LINE)
    with file.open("r+b") as stream:
        stream.truncate(20 * 1024 * 1024 + 1)
    with pytest.raises(UsageError, match=r"larger than a roster may be \(20,971,520 bytes\): import it in parts"):
        import_opening(services, FINANCE, file)


def test_only_finance_imports(services: Services, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="none of the roles finance"):
        import_opening(services, APPROVER, written(tmp_path, LINE))
