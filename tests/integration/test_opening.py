"""Go-live: opening lines come in all or none, and are committed money from then on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.store import keep_files, read_month_state
from ioc_etl.adapters.store_ledger import read_committed
from ioc_etl.adapters.store_pulls import begin_pull
from ioc_etl.errors import DatabaseError, RefusedError, UsageError
from ioc_etl.pipeline.audit import events
from ioc_etl.pipeline.opening import import_opening
from ioc_etl.pipeline.opening_end import Cancelled, cancel, opening_lines
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_steps import (
    APPROVER,
    FINANCE,
    account,
    accounts,
    approve,
    batch_ids,
    confirm_recoveries,
    submit,
    take_steps,
)
from tests.integration.month_records import (
    DIRECT_VND,
    MONTH,
    NOON,
    decision,
    held,
    kept,
    month_record,
    pulled,
    recovery,
    write,
    write_knowing,
)

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
    with pytest.raises(DatabaseError, match="above_entitlement"):
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
    with pytest.raises(DatabaseError, match=match):
        approve(services.engine, batch)


def test_after_another_run_the_opening_lines_of_others_stop_nobody(services: Services, tmp_path: Path) -> None:
    record = month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)])
    write(services.engine, record)
    import_opening(services, FINANCE, written(tmp_path, LINE.replace(FIRST, SECOND)))
    write_knowing(services.engine, record, 2)
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


@pytest.mark.parametrize(
    ("line", "cell", "told"),
    [
        (LINE.replace("2022-01", "2022-04"), "A2", "the month has not begun"),
        (LINE.replace("2022-01", "2021-12"), "A2", "the policy was not in force in that month"),
        (LINE.replace("dong-xoai", "bu-dop"), "B2", "the centre was not open in that month"),
        (
            LINE.replace("2235000", "2235001"),
            "E2",
            "more than one person gets in that month, which is at most 2.235.000 đ",
        ),
    ],
)
def test_what_cannot_have_been_paid_is_told_at_its_cell_and_nothing_is_taken(
    services: Services, tmp_path: Path, line: str, cell: str, told: str
) -> None:
    report = import_opening(services, FINANCE, written(tmp_path, line, LINE.replace(FIRST, SECOND)))
    assert [(problem.cell, problem.en.partition(": ")[2]) for problem in report.problems] == [(cell, told)]
    assert opening_lines(services) == ()


def test_nobody_comes_to_stand_above_one_support_over_all_centres(services: Services, tmp_path: Path) -> None:
    report = import_opening(services, FINANCE, written(tmp_path, LINE, LINE.replace("dong-xoai", "binh-long")))
    assert [(problem.cell, "more than one support" in problem.en) for problem in report.problems] == [("E3", True)]


def test_a_month_that_is_committed_at_any_centre_takes_no_opening_line(services: Services, tmp_path: Path) -> None:
    write(services.engine, month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)]))
    take_steps(services.engine, "submitted", "approved")
    elsewhere = LINE.replace("dong-xoai", "binh-long").replace("2235000", "1")
    report = import_opening(services, FINANCE, written(tmp_path, elsewhere, elsewhere.replace(FIRST, SECOND)))
    assert [(problem.cell, "approved already" in problem.en) for problem in report.problems] == [("C2", True)]
    assert "070099" not in str(report)


@pytest.mark.parametrize("source", ["the run", "the register"])
def test_money_under_a_former_id_counts_for_the_same_person(services: Services, tmp_path: Path, source: str) -> None:
    links = {OLD_ID: FIRST} if source == "the run" else {}
    record = month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)])
    write(services.engine, replace(record, links=links))
    if source == "the register":
        register = pulled(f"old_id,new_id,decision_no\n{OLD_ID},{FIRST},1/QĐ\n".encode(), "identity_link.csv")
        february, registers = date(2022, 2, 1), {"identity_link": [register]}
        keep_files(
            services.engine,
            february,
            pull_no=begin_pull(services.engine),
            began_at=NOON,
            clock=Clock.stopped_at(NOON),
            rosters={},
            registers=registers,
        )
    take_steps(services.engine, "submitted", "approved")
    line = LINE.replace("dong-xoai", "binh-long").replace(FIRST, OLD_ID)
    assert [problem.cell for problem in import_opening(services, FINANCE, written(tmp_path, line)).problems] == ["C2"]


def test_lines_of_months_that_the_system_pays_are_counted(services: Services, tmp_path: Path) -> None:
    assert import_opening(services, FINANCE, written(tmp_path, LINE)).payable_lines == 1


# ---- Cancelling


def cancelled(services: Services, *which: str) -> Cancelled:
    return cancel(services, FINANCE, *which, reason="Ghi nhầm tháng")


def payment_ids(services: Services) -> list[str]:
    return [str(line.payment_id) for line in opening_lines(services) if line.ended_at is None]


def committed(services: Services) -> int:
    with services.engine.connect() as connection:
        return int(read_month_state(connection, MONTH).committed["amount_vnd"].sum())


def test_the_audit_list_of_a_month_shows_what_was_imported_and_cancelled_there(
    services: Services, tmp_path: Path
) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE))
    cancelled(services, *payment_ids(services))
    told = [event["action"] for event in events(services, MONTH, limit=9)]
    assert told[-2:] == ["opening", "cancel_opening"]
    assert not [event for event in events(services, date(2022, 2, 1), limit=9) if "opening" in str(event["action"])]


def test_a_cancelled_line_counts_no_more_and_its_month_is_to_be_run_again(services: Services, tmp_path: Path) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE, LINE.replace(FIRST, SECOND)))
    record = month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)])
    position = write_knowing(services.engine, record)
    outdated = sa.text("SELECT centre_code FROM payroll.month_outdated")
    with services.engine.connect() as connection:
        assert connection.scalars(outdated).all() == []
    first = payment_ids(services)[0]
    assert cancelled(services, first[:13]) == Cancelled(1, DIRECT_VND, (MONTH,))
    assert committed(services) == DIRECT_VND
    with services.engine.connect() as connection:
        assert connection.scalars(outdated).all() == ["dong-xoai"]
        state = read_month_state(connection, MONTH)
        assert state.ledger_position > position
        assert state.committed_year.rows() == [("dong-xoai", DIRECT_VND)]
        assert read_committed(connection, MONTH, position)["amount_vnd"].sum() == 2 * DIRECT_VND
        used = connection.execute(sa.text("SELECT committed_vnd FROM payroll.budget_use WHERE committed_vnd > 0"))
        assert used.scalars().all() == [DIRECT_VND]
    assert migrate.check(services.engine) == []


def test_a_batch_that_rests_on_a_line_cancelled_since_is_not_approved(services: Services, tmp_path: Path) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE.replace(FIRST, SECOND)))
    write_knowing(services.engine, month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)]))
    batch = batch_ids(services.engine, "draft")[0]
    submit(services.engine, batch)
    cancelled(services, *payment_ids(services))
    with pytest.raises(DatabaseError, match="opening_not_settled"):
        approve(services.engine, batch)


def test_the_same_person_is_imported_anew_as_often_as_it_takes(services: Services, tmp_path: Path) -> None:
    given = set()
    for document in ("UNC 15", "UNC 16", "UNC 16"):
        again = written(tmp_path, LINE.replace("UNC 15", document))
        assert import_opening(services, FINANCE, again).problems == ()
        assert [problem.cell for problem in import_opening(services, FINANCE, again).problems] == ["C2"]
        given.update(payment_ids(services))
        cancelled(services, *payment_ids(services))
    assert (len(given), committed(services)) == (3, 0)
    assert [line.document for line in opening_lines(services, MONTH)] == ["UNC 15", "UNC 16", "UNC 16"]
    assert opening_lines(services, date(2022, 2, 1)) == ()


def test_one_line_that_cannot_be_cancelled_keeps_all(services: Services, tmp_path: Path) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE, LINE.replace(FIRST, SECOND)))
    first, second = payment_ids(services)
    cancelled(services, first)
    with pytest.raises(RefusedError, match="cancelled already"):
        cancelled(services, second, first)
    for which, match in ((("none",), "is no payment"), (("ffff0000",), "there is no opening line")):
        with pytest.raises(UsageError, match=match):
            cancelled(services, second, *which)
    with pytest.raises(UsageError, match="named twice"):
        cancelled(services, second, second[:13])
    with pytest.raises(UsageError, match="give a reason"):
        cancel(services, FINANCE, second, reason=" ")
    with pytest.raises(RefusedError, match="none of the roles finance"):
        cancel(services, APPROVER, second, reason="Ghi nhầm")
    assert payment_ids(services) == [second]


def test_money_that_was_taken_back_since_keeps_its_line(services: Services, tmp_path: Path) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE))
    record = month_record(kept(services.engine, dong_xoai=b"roster"), [held(10, has_no_right=True)])
    write_knowing(services.engine, replace(record, lines=recovery(decision(10))))
    confirm_recoveries(services.engine)
    take_steps(services.engine, "submitted", "approved")
    with pytest.raises(RefusedError, match="asked for more than they were paid there"):
        cancelled(services, *payment_ids(services))


def test_who_cancelled_a_line_does_not_approve_what_comes_of_it(services: Services, tmp_path: Path) -> None:
    account(services.engine, "ca-hai", "finance", "approver")
    import_opening(services, FINANCE, written(tmp_path, LINE))
    cancel(services, "ca-hai", *payment_ids(services), reason="Ghi nhầm")
    write_knowing(services.engine, month_record(kept(services.engine, dong_xoai=b"roster"), [decision(10)]))
    batch = batch_ids(services.engine, "draft")[0]
    submit(services.engine, batch)
    with pytest.raises(DatabaseError, match="own_work"):
        approve(services.engine, batch, "ca-hai")
    approve(services.engine, batch)


_SQL_END = "INSERT INTO payroll.opening_end SELECT payment_id, {}, at, audit_seq FROM payroll.opening_line"
_SQL_LINE = (
    "INSERT INTO payroll.opening_line SELECT gen_random_uuid(), reference_month, centre_code, funding_source, :who, "
    ":who, full_name, amount_vnd, document, source_sha256, actor, at, audit_seq, {replaces} "
    "FROM payroll.opening_line LIMIT 1"
)


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        (_SQL_LINE.format(replaces="NULL"), "opening_line_once"),
        (_SQL_LINE.format(replaces="payment_id").replace(":who", "'070099000012'"), "another person"),
        (_SQL_END.format("'lanh-dao', 'x'"), "not_the_role"),
        (_SQL_END.format("'ngan', ' '"), "opening_end_reason"),
        ("UPDATE payroll.opening_line SET amount_vnd = 1", "written once"),
        ("DELETE FROM payroll.opening_line", "written once"),
    ],
)
def test_the_database_itself_refuses(services: Services, tmp_path: Path, statement: str, match: str) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE))
    with pytest.raises(DatabaseError, match=match), services.engine.begin() as connection:
        connection.execute(sa.text(statement), {"who": FIRST} if ":who" in statement else {})


def test_a_line_leans_on_no_earlier_import_that_said_the_same(services: Services, tmp_path: Path) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE))
    twin = (
        "INSERT INTO payroll.opening_line SELECT (jsonb_populate_record(o, jsonb_build_object("
        "'payment_id', gen_random_uuid(), 'centre_code', 'binh-long', 'person_id', 'x', 'citizen_id', 'x'))).* "
        "FROM payroll.opening_line o"
    )
    with pytest.raises(DatabaseError, match="is not its own"):
        run_sql(services.engine, twin)


def run_sql(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_an_end_is_written_once(services: Services, tmp_path: Path) -> None:
    import_opening(services, FINANCE, written(tmp_path, LINE))
    cancelled(services, *payment_ids(services))
    for statement in ("DELETE FROM payroll.opening_end", "UPDATE payroll.opening_end SET reason = 'x'"):
        with pytest.raises(DatabaseError, match="written once"), services.engine.begin() as connection:
            connection.execute(sa.text(statement))
