"""What the database itself refuses, whoever asks: constraints and triggers, one by one."""

import pytest
import sqlalchemy as sa

from ioc_etl.adapters.audit import AuditEvent, first_broken_link, record
from ioc_etl.errors import DatabaseError, TransientError
from tests.conftest import Database
from tests.integration.guarded_month import run_sql
from tests.integration.ledger_steps import take_steps
from tests.integration.month_records import NOON

pytestmark = pytest.mark.every_postgresql

COPY = "INSERT INTO payroll.{table} SELECT (jsonb_populate_record(t, '{change}')).* FROM payroll.{table} t WHERE "
SAME_DECISION = COPY.replace("{table}", "decision") + "source_row = {row}"
SAME_BATCH = COPY.replace("{table}", "batch") + "centre_code = 'dong-xoai'"
SAME_LINE = COPY.replace("{table}", "payment_line") + "source_row = 10"
OTHER_ID = '"00000000-0000-0000-0000-000000000001"'


def another(template: str, change: str, row: int = 10) -> str:
    return template.replace("{change}", "{" + change + "}").replace("{row}", str(row))


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        (another(SAME_DECISION, '"source_row": 90'), "decision_no_day_paid_twice"),
        (another(SAME_DECISION, '"source_row": 90, "outcome": "rich", "amount_vnd": 0'), "decision_outcome"),
        (another(SAME_DECISION, '"source_row": 90, "outcome": "held"'), "decision_amount"),
        (another(SAME_DECISION, '"source_row": 90, "outcome": "paid"', 11), "decision_amount"),
        (another(SAME_DECISION, '"source_row": 90, "amount_vnd": -1', 11), "decision_amount"),
        (another(SAME_DECISION, '"source_row": 90, "person_id": null'), "decision_paid_has_person"),
        (another(SAME_DECISION, '"source_row": 0', 11), "decision_row"),
        (another(SAME_DECISION, '"source_row": 11'), "decision_pkey"),
        (another(SAME_DECISION, '"centre_code": "nowhere", "person_id": "x"'), "decision_run_id_centre_code_fkey"),
        (another(SAME_BATCH, f'"batch_id": {OTHER_ID}, "number": 2'), "batch_one_draft"),
        (another(SAME_BATCH, f'"batch_id": {OTHER_ID}, "number": 2, "status": "approved"'), "begins as a draft"),
        (another(SAME_BATCH, f'"batch_id": {OTHER_ID}, "kind": "gift"'), "batch_kind"),
        (another(SAME_BATCH, f'"batch_id": {OTHER_ID}, "kind": "arrears", "number": 0'), "batch_number"),
        (another(SAME_LINE, f'"payment_id": {OTHER_ID}'), "payment_line_one_a_person"),
        (another(SAME_LINE, f'"payment_id": {OTHER_ID}, "person_id": "x", "amount_vnd": -5'), "payment_line_sign"),
        (another(SAME_LINE, f'"payment_id": {OTHER_ID}, "person_id": "x", "amount_vnd": 0'), "payment_line_sign"),
        (another(SAME_LINE, f'"payment_id": {OTHER_ID}, "person_id": "x", "batch_kind": "arrears"'), "payment_line"),
        (another(SAME_LINE, f'"payment_id": {OTHER_ID}, "person_id": "x", "centre_code": "binh-long"'), "payment_line"),
        (another(SAME_LINE, f'"payment_id": {OTHER_ID}, "person_id": null'), "person_id"),
        ("UPDATE payroll.decision SET amount_vnd = 1", "written once"),
        ("UPDATE payroll.finding SET severity = 'info'", "written once"),
        ("UPDATE payroll.run SET message = 'x'", "written once"),
        ("UPDATE payroll.run_centre SET quota = 10", "written once"),
        ("UPDATE payroll.run_source SET source_file_id = source_file_id", "written once"),
        ("UPDATE landing.content SET bytes = 'x'", "written once"),
        ("INSERT INTO landing.content VALUES (repeat('0', 64), 1, 'x')", "content_is_what_its_hash_says"),
        ("UPDATE landing.source_file SET verdict = 'refused'", "source_file_in_force_is_accepted"),
        ("UPDATE landing.source_file SET is_in_force = true, centre_code = 'dong-xoai'", "source_file"),
        ("UPDATE landing.source_file SET reference_month = '2022-01-02'", "source_file_month"),
        ("INSERT INTO payroll.month VALUES ('2022-02-02')", "month_first_day"),
        ("INSERT INTO payroll.month SELECT '2022-02-01', run_id FROM payroll.run", "month_current_run_is_its_own"),
        ("UPDATE payroll.\"case\" SET status = 'forgotten'", "case_status"),
        ("TRUNCATE payroll.batch CASCADE", "refused"),
        ("TRUNCATE payroll.payment_line CASCADE", "refused"),
        ("UPDATE payroll.batch SET status = 'approved'", "cannot go from draft to approved"),
        ("UPDATE payroll.batch SET status = 'void'", "cannot go from draft to void"),
        ("UPDATE payroll.batch SET number = 7", "never change"),
    ],
)
def test_the_database_refuses(month: Database, statement: str, match: str) -> None:
    with pytest.raises(DatabaseError, match=match) as refusal:
        run_sql(month, statement)
    assert "070099" not in str(refusal.value)


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        (another(SAME_LINE, f'"payment_id": {OTHER_ID}, "person_id": "x"'), "its lines stand"),
        ("UPDATE payroll.payment_line SET amount_vnd = 1", "its lines stand"),
        ("DELETE FROM payroll.payment_line", "its lines stand"),
        ("DELETE FROM payroll.batch", "cannot be removed"),
        ("UPDATE payroll.batch SET content_sha256 = repeat('0', 64)", "cannot get other content"),
        ("UPDATE payroll.batch SET status = 'draft'", "cannot go from approved to draft"),
        ("UPDATE payroll.batch SET status = 'submitted'", "cannot go from approved to submitted"),
        ("UPDATE payroll.batch SET status = 'paid'", "cannot go from approved to paid"),
    ],
)
def test_what_was_approved_stands(month: Database, statement: str, match: str) -> None:
    take_steps(month.engine, "submitted", "approved")
    with pytest.raises(DatabaseError, match=match):
        run_sql(month, statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE payroll.payment_line SET amount_vnd = 1", "DELETE FROM payroll.payment_line"]
)
def test_what_was_submitted_stands_until_it_goes_back_to_draft(month: Database, statement: str) -> None:
    take_steps(month.engine, "submitted")
    with pytest.raises(DatabaseError, match="its lines stand"):
        run_sql(month, statement)
    with pytest.raises(DatabaseError, match="only a run"):
        run_sql(month, "UPDATE payroll.batch SET status = 'draft'", statement)


@pytest.mark.parametrize("later", [("exported", "paid"), ("void",)])
def test_an_approved_batch_goes_forwards(month: Database, later: tuple[str, ...]) -> None:
    take_steps(month.engine, "submitted", "approved", *later)
    with pytest.raises(DatabaseError, match=f"cannot go from {later[-1]}"):
        run_sql(month, "UPDATE payroll.batch SET status = 'approved'")


def test_an_exported_batch_is_never_void(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved", "exported")
    with pytest.raises(DatabaseError, match="cannot go from exported to void"):
        run_sql(month, "UPDATE payroll.batch SET status = 'void'")


def test_nobody_changes_lines_while_their_batch_is_being_approved(month: Database) -> None:
    take_steps(month.engine, "submitted")
    with month.engine.connect() as approver:
        transaction = approver.begin()
        approver.execute(sa.text("SELECT FROM payroll.batch FOR UPDATE"))
        with pytest.raises(TransientError, match="lock timeout"):
            run_sql(month, "SET LOCAL lock_timeout = '200ms'; DELETE FROM payroll.payment_line")
        transaction.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payroll.audit_event SET actor = 'x'",
        "DELETE FROM payroll.audit_event",
        "TRUNCATE payroll.audit_event CASCADE",
    ],
)
def test_the_audit_chain_is_only_appended_to(month: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="is refused"):
        run_sql(month, statement)


def test_number_and_hash_of_an_event_are_the_databases_own(month: Database) -> None:
    run_sql(
        month,
        "INSERT INTO payroll.audit_event (seq, at, actor, action, detail, prev_hash, hash) "
        "VALUES (99, now(), 'somebody', 'something', '{}', 'mine', 'mine')",
    )
    with month.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT max(seq) FROM payroll.audit_event")) == 2
        assert first_broken_link(connection) is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE payroll.audit_event SET detail = '{\"amount_vnd\": 1}' WHERE seq = 2", 2),
        ("UPDATE payroll.audit_event SET at = at + interval '1 microsecond' WHERE seq = 3", 3),
        ("DELETE FROM payroll.audit_event WHERE seq = 2", 2),
        ("UPDATE payroll.audit_event SET prev_hash = hash WHERE seq = 4", 4),
    ],
)
def test_a_change_past_the_guards_breaks_the_chain(month: Database, tampering: str, broken: int) -> None:
    for number in range(3):
        with month.engine.begin() as connection:
            record(connection, AuditEvent(NOON, 'Nguyễn "A"', "look", detail={"number": number, "note": "ghi chú\n"}))
    with month.engine.connect() as connection:
        assert first_broken_link(connection) is None
    run_sql(month, "ALTER TABLE payroll.audit_event DISABLE TRIGGER USER", tampering)
    with month.engine.connect() as connection:
        assert first_broken_link(connection) == broken
