"""What the ledger refuses past the program: plain SQL against the triggers."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from schemas.finding import FINDING
from tests.conftest import Database
from tests.integration.guarded_month import (
    OWN_WORK,
    another_run,
    batch_of,
    past_the_guards,
    refused,
    run_sql,
    scalar,
)
from tests.integration.ledger_steps import (
    APPROVER,
    FINANCE,
    approve,
    batch_ids,
    confirm,
    event,
    export,
    submit,
    take_steps,
)
from tests.integration.month_records import (
    DIRECT_VND,
    NOON,
    decision,
    finding,
    frame,
    held,
    kept,
    month_record,
    run_facts,
    write,
)

pytestmark = pytest.mark.every_postgresql


# ---- The way of a batch


def test_an_approval_without_its_event_is_none(month: Database) -> None:
    take_steps(month.engine, "submitted")
    statement = (
        "INSERT INTO payroll.approval SELECT batch_id, content_sha256, payroll.batch_basis(batch_id), run_id, "  # noqa: S608
        f"{2 * DIRECT_VND}, '2022-02-10', '{APPROVER}', 'Đồng ý', '2022-02-03 12:00Z', 99 FROM payroll.batch "
        "WHERE centre_code = 'dong-xoai'"
    )
    refused(month, lambda: run_sql(month, statement), "approval_audit_seq_fkey")


@pytest.mark.parametrize("status", ["submitted", "approved", "exported", "paid", "void"])
def test_no_batch_moves_without_the_row_of_its_step(month: Database, status: str) -> None:
    before = {"submitted": (), "approved": ("submitted",), "exported": ("submitted", "approved")}
    before |= {"void": before["exported"], "paid": ("submitted", "approved", "exported")}
    take_steps(month.engine, *before[status])
    refused(month, lambda: run_sql(month, f"UPDATE payroll.batch SET status = '{status}'"), "nobody has written down")  # noqa: S608


def test_a_draft_is_not_approved_and_nothing_is_approved_twice(month: Database) -> None:
    batch = batch_of(month, "dong-xoai")
    refused(month, lambda: approve(month.engine, batch), "wrong_status")
    submit(month.engine, batch)
    approve(month.engine, batch)
    refused(month, lambda: approve(month.engine, batch), "wrong_status")


def test_lines_changed_behind_the_hash_are_not_submitted(month: Database) -> None:
    past_the_guards(month, "UPDATE payroll.payment_line SET bank_account = '999999999' WHERE source_row = 10")
    refused(month, lambda: submit(month.engine, batch_of(month, "dong-xoai")), "content_changed")


def decided_anew(month: Database) -> None:
    """Both batches are submitted; then a row of Đồng Xoài is paid the same for another reason."""
    take_steps(month.engine, "submitted")
    rows = [decision(10, codes=["PART_MONTH"]), decision(12), held(11), decision(20, centre_code="binh-long")]
    another_run(month, 2, *rows)


def test_decisions_that_changed_since_the_submission_are_not_approved(month: Database) -> None:
    decided_anew(month)
    assert batch_ids(month.engine, "draft") == []
    refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai")), "basis_changed")
    approve(month.engine, batch_of(month, "binh-long"))


def test_a_basis_that_changed_is_submitted_again(month: Database) -> None:
    decided_anew(month)
    submit(month.engine, batch_of(month, "dong-xoai"))
    approve(month.engine, batch_of(month, "dong-xoai"))
    assert migrate.check(month.engine) == []


def test_nothing_of_a_centre_is_approved_after_its_authority_has_ended(month: Database) -> None:
    about = {"level": "centre", "source_row": None, "citizen_id": None, "full_name": None, "person_key": ""}
    ended = finding(code="AUTHORITY_ENDED", **about)
    rows = [decision(10), decision(12), held(11), decision(20, centre_code="binh-long")]
    another_run(month, 2, *rows, findings=frame([finding(is_waivable=True), ended], FINDING))
    take_steps(month.engine, "submitted")
    refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai")), "authority_ended")
    approve(month.engine, batch_of(month, "binh-long"))
    another_run(month, 3, *rows)
    approve(month.engine, batch_of(month, "dong-xoai"))


def test_a_refused_file_is_settled_before_its_batch_is_submitted(month: Database) -> None:
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    rows = [decision(10), decision(12), held(11), decision(20, centre_code="binh-long")]
    record = month_record(files, rows, run=run_facts(2))
    offers = dict(record.offers)
    offers["dong-xoai"] = replace(offers["dong-xoai"], status="refused", source_file_ids=())
    write(month.engine, replace(record, offers=offers))
    refused(month, lambda: submit(month.engine, batch_of(month, "dong-xoai")), "file_not_settled")
    submit(month.engine, batch_of(month, "binh-long"))


# ---- What comes back


def test_results_are_those_of_exported_batches(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    batch = batch_of(month, "dong-xoai")
    refused(month, lambda: confirm(month.engine, batch), "approved and has no results yet")
    export(month.engine, batch)
    confirm(month.engine, batch, returned=["070099000012"])
    assert scalar(month, "SELECT sum(amount_vnd) FROM payroll.ledger_line WHERE NOT is_returned") == 2 * DIRECT_VND
    assert migrate.check(month.engine) == []


def test_a_batch_is_paid_when_every_line_has_its_result(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved", "exported")
    refused(month, lambda: confirm_without_results(month), "nobody has written down")


def confirm_without_results(database: Database) -> None:
    with database.engine.begin() as connection:
        seq = event(connection, FINANCE, "confirm")
        connection.execute(
            sa.text("INSERT INTO payroll.confirmation VALUES (:batch, '2022-02-10', :actor, :at, :seq)"),
            {"batch": batch_of(database, "dong-xoai"), "actor": FINANCE, "at": NOON, "seq": seq},
        )


def test_a_paid_line_may_come_back_later_and_is_never_paid_again(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved", "exported", "paid")
    result = (
        "WITH e AS (INSERT INTO payroll.audit_event (at, actor, action, detail) SELECT '2022-03-01', 'ngan', "
        "'confirm', jsonb_build_object('batch_id', batch_id, 'paid_on', '2022-03-01', 'returned', "
        "jsonb_build_array(payment_id), 'reasons_sha256', jsonb_build_array(encode(sha256(convert_to(payment_id || "
        "' Tài khoản đã đóng', 'UTF8')), 'hex'))) FROM payroll.payment_line WHERE source_row = 10 RETURNING seq) "
        "INSERT INTO payroll.line_result (payment_id, result, result_on, reason, actor, at, audit_seq) "
        "SELECT payment_id, '{}', '2022-03-01', 'Tài khoản đã đóng', 'ngan', '2022-03-01', "
        "(SELECT seq FROM e) FROM payroll.payment_line WHERE source_row = 10"
    )
    run_sql(month, result.format("returned"))
    assert scalar(month, "SELECT count(*) FROM payroll.ledger_line WHERE is_returned") == 1
    refused(month, lambda: run_sql(month, result.format("paid")), "not paid again|line_result_pkey")


# ---- Waivers, opening lines, what stands


@pytest.mark.parametrize(("code", "person_key"), [("ID_MISSING", "id:somebody else"), ("NOT_APPROVED", "070099000011")])
def test_only_what_is_shown_as_waivable_is_waived(month: Database, code: str, person_key: str) -> None:
    statement = OWN_WORK["waiver"].replace("ID_MISSING", code).replace("070099000011", person_key)
    refused(month, lambda: run_sql(month, statement.replace("ca-hai", FINANCE)), "no such finding is shown")


def test_opening_lines_come_too_late_for_a_batch_past_draft(month: Database) -> None:
    take_steps(month.engine, "submitted")
    refused(
        month, lambda: run_sql(month, OWN_WORK["opening"].replace("ca-hai", FINANCE)), "opening lines come too late"
    )


@pytest.mark.parametrize(
    "table", ["submission", "approval", "void", "export", "confirmation", "line_result", "waiver", "run_link"]
)
def test_what_was_written_down_stands(month: Database, table: str) -> None:
    last = ("void",) if table == "void" else ("exported", "paid")
    take_steps(month.engine, "submitted", "approved", *last)
    run_sql(month, OWN_WORK["waiver"].replace("ca-hai", FINANCE))
    past_the_guards(month, "INSERT INTO payroll.run_link SELECT run_id, 'a', 'b' FROM payroll.run")
    column = {"run_link": "person_id", "line_result": "reason"}.get(table, "actor")
    refused(month, lambda: run_sql(month, f"UPDATE payroll.{table} SET {column} = '{APPROVER}'"), "is refused")  # noqa: S608
    refused(month, lambda: run_sql(month, f"DELETE FROM payroll.{table}"), "is refused")  # noqa: S608
    refused(month, lambda: run_sql(month, f"TRUNCATE payroll.{table} CASCADE"), "is refused")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payroll.actor SET actor = 'khac' WHERE actor = 'ngan'",
        "UPDATE payroll.actor SET created_by = 'khac' WHERE actor = 'ngan'",
        "DELETE FROM payroll.actor",
        "TRUNCATE payroll.actor CASCADE",
    ],
)
def test_an_account_keeps_its_name_and_stays(month: Database, statement: str) -> None:
    refused(month, lambda: run_sql(month, statement), "keeps its name|is refused")


def test_the_hash_of_the_database_is_the_hash_of_the_program(month: Database) -> None:
    odd = [decision(40, full_name="Tab\tĐỗ\nHòa 'quote' \\", agency=None), decision(41, full_name="Nguyễn\x00 Thử")]
    another_run(month, 2, *odd)
    differing = "SELECT count(*) FROM payroll.batch WHERE content_sha256 <> payroll.batch_content(batch_id)"
    assert scalar(month, "SELECT count(*) FROM payroll.batch") == 1
    assert scalar(month, differing) == 0
