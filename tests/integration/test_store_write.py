"""Writing months: what one run writes, what the next one leaves alone, what is refused."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.audit import first_broken_link
from ioc_etl.adapters.store import (
    Written,
    batches,
    decision_of,
    exceptions,
    month_overview,
    month_transaction,
    read_drafts,
    read_month_state,
    run_history,
    write_blocked_run,
    write_failed_run,
    write_run,
    write_unchanged_run,
)
from ioc_etl.errors import ContractError, ControlTotalError, DatabaseError
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.ledger_steps import take_steps
from tests.integration.month_records import (
    DIRECT_VND,
    MONTH,
    decision,
    finding,
    held,
    kept,
    month_record,
    run_facts,
    run_id,
    write,
)

pytestmark = pytest.mark.every_postgresql


def rows_of(engine: sa.Engine, relation: str, order_by: str = "1") -> list[dict[str, object]]:
    schema, _, name = relation.rpartition(".")
    query = sa.select(sa.text("*")).select_from(sa.table(name, schema=schema)).order_by(sa.text(order_by))
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def test_a_month_written_is_read_back(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    written = write(database.engine, month_record(files, [decision(10), held(11)], [finding()], missing=["phuoc-long"]))
    assert written == Written(1, 0, 0, 0, 1, 0)
    overview = month_overview(database.engine, MONTH)
    assert overview.select(
        "centre_code", "file_status", "rows_read", "held_rows", "amount_vnd", "batch_status"
    ).rows() == [
        ("dong-xoai", "accepted", 2, 1, DIRECT_VND, "draft"),
        ("phuoc-long", "missing", 0, 0, 0, None),
    ]
    assert exceptions(database.engine, MONTH).select("code", "case_status", "source_file", "cell").rows() == [
        ("ID_MISSING", "open", "dong-xoai.xlsx", "D11")
    ]
    assert migrate.check(database.engine) == []


def test_outcomes_and_masked_exceptions_are_shown_outside(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision(10), held(11)], [finding()]))
    assert [
        (row["source_row"], row["outcome"], row["amount_vnd"], row["codes"])
        for row in rows_of(database.engine, "state_payroll.row_outcome", "3")
    ] == [
        (10, "paid", DIRECT_VND, []),
        (11, "held", 0, ["ID_MISSING"]),
    ]
    shown = rows_of(database.engine, "state_payroll.exception_report")
    assert [row["citizen_id_masked"] for row in shown] == ["070******011"]


def test_drafts_are_not_shown_outside_until_they_are_approved(database: Database) -> None:
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"roster"), [decision()]))
    take_steps(database.engine, "submitted")
    assert rows_of(database.engine, "state_payroll.payment_record") == []
    take_steps(database.engine, "approved")
    shown = rows_of(database.engine, "state_payroll.payment_record")
    assert [(row["batch_status"], str(row["coefficient"]), row["amount_vnd"], row["source_row"]) for row in shown] == [
        ("approved", "1.5", DIRECT_VND, 10)
    ]
    take_steps(database.engine, "void")
    assert rows_of(database.engine, "state_payroll.payment_record") == []


def test_a_second_identical_run_touches_no_batch_line_or_file(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision()]))
    tables = ("landing.source_file", "landing.content", "payroll.batch", "payroll.payment_line")
    before = {table: versions(database.engine, table) for table in tables}
    assert kept(database.engine, dong_xoai=b"roster") == files
    written = write(database.engine, month_record(files, [decision()], run=run_facts(2)))
    assert written == Written(0, 0, 1, 0, 0, 0)
    assert {table: versions(database.engine, table) for table in tables} == before


def versions(engine: sa.Engine, relation: str) -> list[tuple[object, ...]]:
    """Which transaction wrote each row, and where it lies: any write changes it."""
    schema, _, name = relation.rpartition(".")
    with engine.connect() as connection:
        query = sa.select(sa.text("ctid::text, xmin::text")).select_from(sa.table(name, schema=schema))
        return sorted(tuple(row) for row in connection.execute(query))


def test_only_the_lines_that_changed_are_written(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster", binh_long=b"other")
    other = decision(20, centre_code="binh-long")
    write(database.engine, month_record(files, [decision(10), decision(11), other]))
    changed = decision(11, bank_account="777000111")
    written = write(
        database.engine, month_record(files, [decision(10), changed, decision(12), other], run=run_facts(2))
    )
    assert written == Written(0, 1, 1, 0, lines_written=2, lines_removed=1)
    lines = {row["source_row"]: row["run_id"] for row in rows_of(database.engine, "payroll.payment_line")}
    assert lines == {10: run_id(1), 20: run_id(1), 11: run_id(2), 12: run_id(2)}


def test_a_draft_with_nothing_left_is_removed(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision(10)]))
    take_steps(database.engine, "submitted")
    written = write(database.engine, month_record(files, [held(10)], run=run_facts(2)))
    assert written == Written(0, 0, 0, 1, 0, 1)
    assert rows_of(database.engine, "payroll.batch") == []


def test_a_submitted_batch_stays_submitted_until_its_content_changes(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision(10)]))
    take_steps(database.engine, "submitted")
    write(database.engine, month_record(files, [decision(10)], run=run_facts(2)))
    assert batches(database.engine, MONTH)["status"].to_list() == ["submitted"]
    write(database.engine, month_record(files, [decision(10), decision(11)], run=run_facts(3)))
    assert batches(database.engine, MONTH).select("status", "lines", "amount_vnd").rows() == [
        ("draft", 2, 2 * DIRECT_VND)
    ]


def test_another_file_of_the_same_rows_renews_what_lines_rest_on(database: Database) -> None:
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"first"), [decision()]))
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"second"), [decision()], run=run_facts(2)))
    in_force = [row for row in rows_of(database.engine, "landing.source_file") if row["is_in_force"]]
    assert [row["sha256"] for row in in_force] == [rows_of(database.engine, "payroll.payment_line")[0]["source_sha256"]]
    assert migrate.check(database.engine) == []


def test_ids_are_the_same_in_every_database(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    assert files == {"dong-xoai": UUID("04906968-aa86-52ab-87a4-8efb8c347255")}
    write(database.engine, month_record(files, [decision(10)], [finding()]))
    assert rows_of(database.engine, "payroll.batch")[0]["batch_id"] == UUID("dbb82e49-47dd-5b12-ba2b-ff1e2807147a")
    assert rows_of(database.engine, "payroll.payment_line")[0]["payment_id"] == UUID(
        "b6041ed7-5684-5864-b3f5-116b08ef3fa8"
    )
    assert rows_of(database.engine, "payroll.case")[0]["case_id"] == UUID("4f4d44a8-9211-5bc3-9593-33dfd87f58f3")


def test_a_case_lives_over_the_runs_that_find_it(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")

    def status_after(number: int, *found: dict[str, object]) -> list[object]:
        write(database.engine, month_record(files, [held(11)], found, run=run_facts(number)))
        return [row["status"] for row in rows_of(database.engine, "payroll.case")]

    waived = {"is_waivable": True, "is_waived": True}
    assert status_after(1, finding(is_waivable=True)) == ["open"]
    assert status_after(2, finding(is_waivable=True)) == ["open"]
    assert status_after(3) == ["mended"]
    assert status_after(4, finding(is_waivable=True)) == ["reopened"]
    assert status_after(5, finding(**waived)) == ["waived"]
    assert status_after(6, finding(is_waivable=True)) == ["open"]
    case = rows_of(database.engine, "payroll.case")[0]
    assert (case["first_run_id"], case["last_run_id"]) == (run_id(1), run_id(6))


def test_a_finding_that_names_a_refused_file_shows_that_file(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    refused = finding(
        level="file", code="WRONG_MONTH", source_file="new.xlsx", source_row=None, cell=None, person_key=""
    )
    about_centre = finding(level="centre", code="BUDGET_MISSING", source_row=None, cell=None, person_key="")
    write(database.engine, month_record(files, [held(11)], [refused, about_centre, finding()]))
    assert exceptions(database.engine, MONTH).select("code", "source_file").rows() == [
        ("WRONG_MONTH", "new.xlsx"),
        ("BUDGET_MISSING", None),
        ("ID_MISSING", "dong-xoai.xlsx"),
    ]


def test_an_unchanged_run_writes_its_own_row_and_event_and_nothing_else(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision(10), held(11)], [finding()]))
    own = {"payroll.run", "payroll.audit_event"}
    before = {table: versions(database.engine, table) for table in all_tables(database) if table not in own}
    with month_transaction(database.engine, MONTH, run_id(2)) as connection:
        write_unchanged_run(connection, run_facts(2, status=RunStatus.UNCHANGED), same_as=run_id(1))
    assert {table: versions(database.engine, table) for table in before} == before
    assert run_history(database.engine, MONTH).select("status", "same_as_run_id").rows() == [
        ("unchanged", str(run_id(1))),
        ("completed", None),
    ]


def all_tables(database: Database) -> list[str]:
    inspector = sa.inspect(database.engine)
    return [
        f"{schema}.{name}" for schema in ("landing", "payroll") for name in inspector.get_table_names(schema=schema)
    ]


def test_a_blocked_run_is_shown_beside_the_current_one_until_the_month_is_decided_again(database: Database) -> None:
    engine = database.engine
    files = kept(engine, dong_xoai=b"roster")
    block = finding(code="REGISTER_MISSING", level="run", centre_code=None, source_row=None, cell=None, person_key="")
    write(engine, month_record(files, [decision(10), held(11)], [finding()]))
    with month_transaction(engine, MONTH, run_id(2)) as connection:
        blocked = exceptions_frame([block])
        write_blocked_run(connection, run_facts(2, status=RunStatus.BLOCKED), blocked)
    assert month_overview(engine, MONTH)["paid_rows"].to_list() == [1]
    assert exceptions(engine, MONTH).select("code", "case_status", "is_current").rows() == [
        ("REGISTER_MISSING", "open", False),
        ("ID_MISSING", "open", True),
    ]
    with month_transaction(engine, MONTH, run_id(3)) as connection:
        write_unchanged_run(connection, run_facts(3, status=RunStatus.UNCHANGED), same_as=run_id(1))
    assert exceptions(engine, MONTH)["code"].to_list() == ["ID_MISSING"]
    assert migrate.check(engine) == []


def exceptions_frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    return month_record({}, (), rows).findings


def test_a_month_blocked_from_the_start_shows_why(database: Database) -> None:
    block = finding(code="NO_BASE_SALARY", level="run", centre_code=None, source_row=None, cell=None, person_key="")
    with month_transaction(database.engine, MONTH, run_id(1)) as connection:
        write_blocked_run(connection, run_facts(status=RunStatus.BLOCKED), exceptions_frame([block]))
    write_failed_run(database.engine, run_facts(2, status=RunStatus.FAILED, message="the source broke off"))
    assert exceptions(database.engine, MONTH)["code"].to_list() == ["NO_BASE_SALARY"]
    assert month_overview(database.engine, MONTH).is_empty()


def test_a_month_in_which_nothing_came_says_so(database: Database) -> None:
    gone = finding(code="ROSTER_MISSING", level="file", source_row=None, cell=None, person_key="")
    record = month_record({}, (), [gone], run=run_facts(status=RunStatus.FAILED), missing=["dong-xoai"])
    write(database.engine, record)
    assert month_overview(database.engine, MONTH)["file_status"].to_list() == ["missing"]
    assert exceptions(database.engine, MONTH)["code"].to_list() == ["ROSTER_MISSING"]


def test_one_persons_month_is_found_by_id(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision(10), held(11)], [finding()]))
    person = decision_of(database.engine, MONTH, "070099000011")
    assert person.decisions["source_row"].to_list() == [11]
    assert person.findings["code"].to_list() == ["ID_MISSING"]
    stranger = decision_of(database.engine, MONTH, "070099999999")
    assert (stranger.decisions.height, stranger.findings.height) == (0, 0)


def test_text_of_any_kind_comes_back_as_it_was(database: Database) -> None:
    odd = "tab\there\nline\r\\N \"quote', {brace}, \\.\nĐỗ Thị Ngọc"
    row = decision(10, full_name=odd, codes=['A"B', "C\\D,{}"])
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"r"), [row]))
    found = decision_of(database.engine, MONTH, str(row["person_id"])).decisions
    assert (found["full_name"][0], found["codes"][0].to_list()) == (odd, ['A"B', "C\\D,{}"])


def test_a_nul_in_a_text_stops_nobodys_month(database: Database) -> None:
    row = decision(10, full_name="Nguyễn\x00 Thử")
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"r"), [row]))
    assert decision_of(database.engine, MONTH, str(row["person_id"])).decisions["full_name"][0] == "Nguyễn Thử"


def test_the_state_of_a_month_is_what_was_written(database: Database) -> None:
    engine = database.engine
    files = kept(engine, dong_xoai=b"roster")
    write(engine, month_record(files, [decision(10), decision(11)]))
    take_steps(engine, "submitted", "approved")
    with month_transaction(engine, MONTH, run_id(2)) as connection:
        state, drafts = read_month_state(connection, MONTH), read_drafts(connection, MONTH)
    assert state.current is not None
    assert (state.current.run_id, state.current.status) == (run_id(1), RunStatus.COMPLETED)
    assert state.in_force["dong-xoai"].source_file_id == files["dong-xoai"]
    assert state.committed["amount_vnd"].sum() == 2 * DIRECT_VND
    assert state.committed_year.rows() == [("dong-xoai", 2 * DIRECT_VND)]
    assert (drafts.height, state.waivers.height, state.ledger_position) == (0, 0, 2)


def test_a_batch_after_an_approved_one_gets_the_next_number(database: Database) -> None:
    engine = database.engine
    files = kept(engine, dong_xoai=b"roster")
    write(engine, month_record(files, [decision(10)]))
    take_steps(engine, "submitted", "approved")
    record = month_record(files, [decision(10), decision(11)], run=run_facts(2))
    write(engine, replace(record, lines=record.lines.filter(pl.col("source_row") == 11)))
    assert batches(engine, MONTH).select("number", "status", "lines").rows() == [(1, "approved", 1), (2, "draft", 1)]


def test_the_audit_chain_holds_one_event_for_every_run(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision(10)]))
    with month_transaction(database.engine, MONTH, run_id(2)) as connection:
        write_unchanged_run(connection, run_facts(2, status=RunStatus.UNCHANGED), same_as=run_id(1))
    with month_transaction(database.engine, MONTH, run_id(3)) as connection:
        write_blocked_run(connection, run_facts(3, status=RunStatus.BLOCKED), exceptions_frame([]))
    write_failed_run(database.engine, run_facts(4, status=RunStatus.FAILED))
    events = rows_of(database.engine, "payroll.audit_event")
    assert [(event["seq"], event["action"], event["run_id"]) for event in events] == [
        (1, "run", run_id(1)),
        (2, "run", run_id(2)),
        (3, "run", run_id(3)),
        (4, "run", run_id(4)),
    ]
    assert [event["detail"]["status"] for event in events] == ["completed", "unchanged", "blocked", "failed"]
    with database.engine.connect() as connection:
        assert first_broken_link(connection) is None


def test_a_run_that_breaks_off_leaves_nothing(database: Database) -> None:
    record = month_record(
        kept(database.engine, dong_xoai=b"roster"), [decision(10), decision(11, person_id="070099000010")]
    )
    with pytest.raises(DatabaseError, match="decision_no_day_paid_twice") as refusal:
        write(database.engine, record)
    assert "070099" not in str(refusal.value)
    assert run_history(database.engine).is_empty()
    assert rows_of(database.engine, "payroll.month") == []


@pytest.mark.parametrize(
    ("broken", "match"),
    [
        (lambda record: replace(record, decisions=record.decisions.drop("codes")), "decisions: missing or mistyped"),
        (lambda record: replace(record, lines=record.lines.drop("person_id")), "payment lines: missing or mistyped"),
        (lambda record: replace(record, findings=record.findings.drop("person_key")), "findings: missing or mistyped"),
        (lambda record: replace(record, centres=record.centres.drop("quota")), "centres: missing columns quota"),
        (lambda record: replace(record, run=run_facts(reference_month=date(2022, 2, 1))), "rows of another month"),
        (lambda record: replace(record, files={}), "status and file do not agree: dong-xoai"),
        (lambda record: replace(record, run=run_facts(status=RunStatus.BLOCKED)), "does not write a month"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(database: Database, broken: object, match: str) -> None:
    record = month_record(kept(database.engine, dong_xoai=b"roster"), [decision()])
    with pytest.raises(ContractError, match=match):
        write(database.engine, broken(record))  # type: ignore[operator]


def test_counts_that_are_not_the_decisions_are_refused(database: Database) -> None:
    record = month_record(kept(database.engine, dong_xoai=b"roster"), [decision(10), held(11)])
    with pytest.raises(ControlTotalError, match="dong-xoai"):
        write(database.engine, replace(record, decisions=record.decisions.head(1)))
    assert run_history(database.engine).is_empty()


def test_a_run_is_written_once(database: Database) -> None:
    record = month_record(kept(database.engine, dong_xoai=b"roster"), [decision(10)])
    write(database.engine, record)
    with (
        pytest.raises(DatabaseError, match="run_pkey"),
        month_transaction(database.engine, MONTH, run_id(1)) as connection,
    ):
        write_run(connection, record)
