"""History stays whoever asks: nothing goes away, nothing is added behind a run, no draft changes but by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.audit import next_seq
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.errors import DatabaseError, UsageError
from ioc_etl.pipeline.audit import Link, verify
from ioc_etl.pipeline.services import Services
from tests.conftest import TEMPLATE, Database, fresh_database
from tests.integration.guarded_month import past_the_guards, refused, run_sql
from tests.integration.ledger_steps import APPROVE, APPROVER, PAY_DATE, accounts, batch_ids, submit, take_steps
from tests.integration.month_records import NOON, decision, finding, held, kept, month_record, run_facts, write
from tests.integration.two_months import name_of

pytestmark = pytest.mark.every_postgresql


@pytest.fixture(scope="session")
def run_twice(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with two runs of a month with two paid people and a held one, all drafts."""
    with fresh_database(server, TEMPLATE, tmp_path_factory.mktemp("run_twice")) as database:
        files = kept(database.engine, dong_xoai=b"roster")
        for number in (1, 2):
            rows = [decision(10), decision(12), held(11)]
            write(database.engine, month_record(files, rows, [finding()], run=run_facts(number)))
        accounts(database.engine)
        yield name_of(database)


@pytest.fixture
def month(server: EmbeddedServer, run_twice: str, tmp_path: Path) -> Iterator[Database]:
    """That month for one test alone."""
    with fresh_database(server, run_twice, tmp_path) as database:
        yield database


TABLES = """
    SELECT c.oid::regclass::text AS name, EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgfoid = 'payroll.refuse_change'::regproc
        AND t.tgtype::integer & 8 = 8) AS is_kept
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN ('landing'::regnamespace, 'payroll'::regnamespace)
    AND c.relname <> 'alembic_version'
"""
"""Every table of ours, and whether it has a trigger that refuses DELETE."""
DRAFTS = {"payroll.batch", "payroll.payment_line"}
"""What a run may remove from, while it is a draft."""


def test_nothing_of_a_months_history_goes_away(month: Database) -> None:
    with month.engine.connect() as connection:
        tables = dict(connection.execute(sa.text(TABLES)).tuples().all())
        rows = {name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables}  # noqa: S608
    assert {name for name, is_kept in tables.items() if not is_kept} == DRAFTS
    assert len([name for name in tables if rows[name]]) > len(tables) / 2
    for name in tables:
        sql_refused(month, f"TRUNCATE {name} CASCADE", "TRUNCATE is refused")
        if rows[name] and name not in DRAFTS:
            sql_refused(month, f"DELETE FROM {name}", "DELETE is refused")  # noqa: S608


@pytest.mark.parametrize(
    "change",
    ["current_run_id = NULL", "current_run_id = (SELECT run_id FROM payroll.run ORDER BY run_no LIMIT 1)"],
)
def test_a_month_never_goes_back_to_an_earlier_run(month: Database, change: str) -> None:
    sql_refused(month, f"UPDATE payroll.month SET {change}", "can only be a later one of its own")  # noqa: S608


@pytest.mark.parametrize(
    "change", ["file_name = 'x'", "origin = 'x'", "received_at = received_at - interval '1 day'", "is_too_large = true"]
)
def test_a_file_stays_as_it_came(month: Database, change: str) -> None:
    sql_refused(month, f"UPDATE landing.source_file SET {change}, is_in_force = false", "stays as it came")  # noqa: S608


COPY = "INSERT INTO payroll.{0} SELECT (jsonb_populate_record(t, '{{{1}}}')).* FROM payroll.{0} t"
FORGED = {
    "decision": COPY.format("decision", '"source_row": 99, "person_id": "070085000077"') + " WHERE source_row = 10",
    "finding": COPY.format("finding", '"position": 99'),
    "run_centre": COPY.format("run_centre", '"centre_code": "tinh"'),
    "run_due": COPY.format("run_due", '"kind": "arrears"'),
    "run_budget": COPY.format("run_budget", '"year": 2030') + " WHERE year = 2022",
    "run_source": "INSERT INTO payroll.run_source SELECT run_id, source_file_id, 'register' FROM payroll.run_source",
    "run_link": "INSERT INTO payroll.run_link SELECT run_id, 'a', 'b' FROM payroll.run",
}


@pytest.mark.parametrize("table", FORGED)
def test_nothing_is_added_to_a_run_that_is_over(month: Database, table: str) -> None:
    sql_refused(month, FORGED[table], "is over, nothing is added to it")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payroll.payment_line SET bank_account = '666666666'",
        "DELETE FROM payroll.payment_line WHERE source_row = 10",
        COPY.format("payment_line", '"payment_id": "00000000-0000-0000-0000-00000000000a", "person_id": "x"')
        + " WHERE source_row = 10",
        "UPDATE payroll.batch SET content_sha256 = repeat('0', 64)",
        COPY.format("batch", '"batch_id": "00000000-0000-0000-0000-00000000000a", "kind": "arrears"'),
    ],
)
def test_a_draft_changes_by_a_run_alone(month: Database, statement: str) -> None:
    sql_refused(month, statement, "only a run")


def test_a_draft_that_is_not_what_its_run_found_is_neither_submitted_nor_approved(month: Database) -> None:
    (batch,) = batch_ids(month.engine, "draft")
    forge(month, "draft")
    assert [problem.partition(":")[0] for problem in migrate.check(month.engine)] == ["check 075_approved_as_found"]
    refused(month, lambda: submit(month.engine, batch), "not_as_found")


def test_what_was_forged_before_it_was_submitted_is_not_approved(month: Database) -> None:
    take_steps(month.engine, "submitted")
    forge(month, "submitted")
    refused(month, lambda: take_steps(month.engine, "approved"), "not_as_found")


def forge(database: Database, status: str) -> None:
    """Other lines, and every hash in step with them: the work of somebody whom no trigger stops."""
    past_the_guards(
        database,
        "UPDATE payroll.payment_line SET bank_account = '666666666' WHERE source_row = 10",
        "UPDATE payroll.batch SET content_sha256 = payroll.batch_content(batch_id)",
        "UPDATE payroll.submission s SET content_sha256 = b.content_sha256 FROM payroll.batch b "  # noqa: S608
        f"WHERE b.batch_id = s.batch_id AND b.status = '{status}'",
    )


def sql_refused(database: Database, statement: str, match: str) -> None:
    refused(database, lambda: run_sql(database, statement), match)


# ---- Where functions look


def test_no_function_of_the_ledger_looks_where_its_caller_says(database: Database) -> None:
    assert migrate.check(database.engine) == []
    run_sql(
        database, "CREATE FUNCTION payroll.careless() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM pg_class'"
    )
    (problem,) = migrate.check(database.engine)
    assert "110_functions_look_up" in problem
    assert "payroll.careless()" in problem


def test_an_aggregate_of_the_callers_own_hides_no_refusal(month: Database) -> None:
    take_steps(month.engine, "submitted")
    run_sql(
        month,
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine.nothing(text, text, text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
        "CREATE AGGREGATE mine.string_agg(text, text) (SFUNC = mine.nothing, STYPE = text)",
    )
    approval = (
        "SET LOCAL search_path = mine, pg_catalog; "
        "INSERT INTO payroll.approval SELECT batch_id, content_sha256, 'x', m.current_run_id, 1, '2022-03-01', 'ngan', "
        "'x', '2022-02-03 12:00Z', 1 FROM payroll.batch JOIN payroll.month m USING (reference_month)"
    )
    sql_refused(month, approval, "not_the_role")


# ---- Every step rests on its own event


def found(database: Database) -> list[str]:
    return [problem.partition(":")[0].removeprefix("check ") for problem in migrate.check(database.engine)]


EVENT = "INSERT INTO payroll.audit_event (at, actor, action, run_id, detail) SELECT at, {0}, {1}, run_id, {2} FROM said"
SAID = (
    "WITH said AS (SELECT '2022-02-03 12:00Z'::timestamptz AS at, m.current_run_id AS run_id, jsonb_build_object("
    "'batch_id', b.batch_id, 'content_sha256', payroll.batch_content(b.batch_id), 'basis_sha256', "
    "payroll.batch_basis(b.batch_id), 'amount_vnd', 4470000, 'pay_date', '2022-03-01', 'reason_sha256', "
    "encode(sha256(convert_to('Đồng ý', 'UTF8')), 'hex')) AS detail "
    "FROM payroll.batch b JOIN payroll.month m USING (reference_month)) "
)


@pytest.mark.parametrize(
    ("actor", "action", "detail"),
    [
        ("'ngan'", "'approve'", "detail"),
        ("'lanh-dao'", "'look'", "detail"),
        ("'lanh-dao'", "'approve'", "'{}'"),
        ("'lanh-dao'", "'approve'", "detail || '{\"amount_vnd\": 1}'"),
        ("'lanh-dao'", "'approve'", 'detail || \'{"pay_date": "2022-03-10"}\''),
        ("'lanh-dao'", "'approve'", 'detail || \'{"reason_sha256": ""}\''),
        ("'lanh-dao'", "'approve'", "detail - 'content_sha256'"),
    ],
)
def test_an_approval_rests_on_its_own_event(month: Database, actor: str, action: str, detail: str) -> None:
    take_steps(month.engine, "submitted")
    event = EVENT.format(actor, action, detail)
    refused(month, lambda: approve_by(month, event), "payroll.approval: event 3 of the audit chain is not its own")


def test_an_approval_with_its_own_event_is_sound(month: Database) -> None:
    take_steps(month.engine, "submitted")
    approve_by(month, EVENT.format("'lanh-dao'", "'approve'", "detail"))
    assert found(month) == []


def approve_by(database: Database, event: str) -> None:
    """The submitted batch, with this event for it."""
    (batch,) = batch_ids(database.engine, "submitted")
    with database.engine.begin() as connection:
        values = {"batch_id": batch, "actor": APPROVER, "pay_date": PAY_DATE, "at": NOON}
        connection.execute(APPROVE, values | {"seq": next_seq(connection)})
        connection.exec_driver_sql(SAID + event)


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ("UPDATE payroll.approval SET actor = 'ngan'", ["100_own_events"]),
        ("UPDATE payroll.approval SET reason = 'Khác'", ["100_own_events"]),
        ("UPDATE payroll.approval SET pay_date = '2023-01-01'", ["100_own_events"]),
        ("UPDATE payroll.confirmation SET paid_on = '2022-03-02'", ["100_own_events"]),
        ("UPDATE payroll.line_result SET result_on = '2022-03-02'", ["100_own_events"]),
        ("DELETE FROM payroll.audit_event WHERE seq = 4", ["100_own_events"]),
        (
            "DELETE FROM payroll.approval; DELETE FROM payroll.export; DELETE FROM payroll.confirmation",
            ["090_steps_of_batches", "100_own_events"],
        ),
        (
            (
                "UPDATE payroll.payment_line SET bank_account = '666666666'; "
                "UPDATE payroll.batch SET content_sha256 = payroll.batch_content(batch_id); "
                "UPDATE payroll.approval a SET content_sha256 = b.content_sha256 FROM payroll.batch b; "
                "UPDATE payroll.run_due d SET content_sha256 = b.content_sha256 FROM payroll.batch b"
            ),
            ["100_own_events"],
        ),
    ],
)
def test_what_was_changed_behind_the_guards_is_found(month: Database, change: str, checks: list[str]) -> None:
    take_steps(month.engine, "submitted", "approved", "exported", "paid")
    assert found(month) == []
    past_the_guards(month, *change.split("; "))
    assert found(month) == checks
    report = verify(Services(month.settings))
    assert (report.is_sound, report.broken_at) == (False, None)


def test_a_chain_whose_content_function_was_replaced_breaks_all_the_same(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    with month.engine.connect() as connection:
        told_before = connection.scalar(
            sa.text("SELECT payroll.audit_content(e) FROM payroll.audit_event e WHERE seq = 3")
        )
    past_the_guards(
        month,
        "UPDATE payroll.audit_event SET actor = 'ngan' WHERE seq = 3",
        "ALTER FUNCTION payroll.audit_content(payroll.audit_event) RENAME TO audit_content_before",
        "CREATE FUNCTION payroll.audit_content(event payroll.audit_event) RETURNS text LANGUAGE sql STABLE AS $$ "
        f"SELECT CASE event.seq WHEN 3 THEN '{told_before}' ELSE payroll.audit_content_before(event) END $$",
    )
    assert verify(Services(month.settings)).broken_at == 3


def test_a_chain_cut_off_or_made_anew_is_told_from_the_link_on_paper(month: Database) -> None:
    services = Services(month.settings)
    run_sql(month, "INSERT INTO payroll.audit_event (at, actor, action, detail) VALUES (now(), 'a', 'look', '{}')")
    head = verify(services).head
    assert head is not None
    assert (head.seq, len(head.beginning)) == (3, 16)
    assert verify(services, Link.parse(str(head))).is_sound
    run_sql(month, "INSERT INTO payroll.audit_event (at, actor, action, detail) VALUES (now(), 'a', 'look', '{}')")
    assert verify(services, Link.parse(str(head))).is_sound
    assert not verify(services, Link(3, "0" * 16)).is_expected
    past_the_guards(month, "DELETE FROM payroll.audit_event WHERE seq > 2")
    report = verify(services, Link.parse(str(head)))
    assert (report.broken_at, report.is_expected, report.is_sound) == (None, False, False)
    for text in ("3", "3:xyz", "0:" + 16 * "0", "3:" + 15 * "0"):
        with pytest.raises(UsageError, match="is no link"):
            Link.parse(text)


@pytest.mark.parametrize("reason", ["\x1b[2J", "a\nb", "a\u2028b", "\x85"])
def test_the_database_keeps_no_control_characters(month: Database, reason: str) -> None:
    for statement in (
        (
            "INSERT INTO payroll.submission (batch_id, content_sha256, basis_sha256, actor, reason, at) "
            "SELECT batch_id, content_sha256, payroll.batch_basis(batch_id), 'ngan', :text, now() FROM payroll.batch"
        ),
        "UPDATE payroll.actor SET full_name = :text",
    ):
        with (
            pytest.raises(DatabaseError, match=r"_reason_is_a_line|actor_full_name"),
            month.engine.begin() as connection,
        ):
            connection.execute(sa.text(statement), {"text": reason})
