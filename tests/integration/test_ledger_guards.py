"""What the ledger refuses past the program: plain SQL against the triggers of migration 0010."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.errors import DatabaseError
from schemas.payment_line import PAYMENT_LINE
from tests.conftest import Database
from tests.integration.ledger_steps import (
    APPROVER,
    FINANCE,
    account,
    accounts,
    approve,
    batch_ids,
    confirm,
    event,
    export,
    make_void,
    submit,
    take_steps,
)
from tests.integration.month_records import (
    DIRECT_VND,
    MONTH,
    NOON,
    centre,
    decision,
    finding,
    held,
    kept,
    month_record,
    run_facts,
    write,
)


def run_sql(database: Database, *statements: str) -> None:
    for statement in statements:
        with database.engine.begin() as connection:
            connection.execute(sa.text(statement))


def past_the_guards(database: Database, statement: str) -> None:
    run_sql(database, f"SET LOCAL session_replication_role = replica; {statement}")


def scalar(database: Database, query: str) -> object:
    with database.engine.connect() as connection:
        return connection.scalar(sa.text(query))


@pytest.fixture
def month(database: Database) -> Database:
    """Two people at Đồng Xoài, one at Bình Long, drafts; somebody who prepares, somebody who approves."""
    files = kept(database.engine, dong_xoai=b"roster", binh_long=b"other")
    rows = [decision(10), decision(12), held(11), decision(20, centre_code="binh-long")]
    write(database.engine, month_record(files, rows, [finding(is_waivable=True)]))
    accounts(database.engine)
    return database


def run_again(database: Database, **difference: object) -> None:
    """The `month` once more, from the same files."""
    files = kept(database.engine, dong_xoai=b"roster", binh_long=b"other")
    rows = [decision(10), decision(12), held(11), decision(20, centre_code="binh-long")]
    write(database.engine, month_record(files, rows, [finding(is_waivable=True)], run=run_facts(2, **difference)))


def batch_of(database: Database, centre_code: str, kind: str = "regular") -> object:
    query = "SELECT batch_id FROM payroll.batch WHERE centre_code = '{}' AND kind = '{}' ORDER BY number DESC LIMIT 1"
    return scalar(database, query.format(centre_code, kind))


def refused(database: Database, step: Callable[[], None], match: str) -> None:
    before = scalar(database, "SELECT count(*) FROM payroll.audit_event")
    with pytest.raises(DatabaseError, match=match) as refusal:
        step()
    assert "070099" not in str(refusal.value)
    assert scalar(database, "SELECT count(*) FROM payroll.audit_event") == before


# ---- Who


@pytest.mark.parametrize(
    ("name", "roles", "match"),
    [
        ("khach", (), "foreign key|unknown_actor"),
        ("ke-toan", ("finance", "admin"), "not_the_role"),
        (APPROVER, ("approver",), ""),
    ],
)
def test_only_an_approver_approves(month: Database, name: str, roles: tuple[str, ...], match: str) -> None:
    if roles:
        account(month.engine, name, *roles)
    take_steps(month.engine, "submitted")
    if match:
        refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai"), name), match)
    else:
        approve(month.engine, batch_of(month, "dong-xoai"), name)


def test_a_disabled_account_approves_nothing(month: Database) -> None:
    take_steps(month.engine, "submitted")
    run_sql(month, f"UPDATE payroll.actor SET is_active = false WHERE actor = '{APPROVER}'")  # noqa: S608
    refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai")), "disabled_actor")


def test_nobody_approves_what_they_submitted(month: Database) -> None:
    account(month.engine, "ca-hai", "finance", "approver")
    batch = batch_of(month, "dong-xoai")
    submit(month.engine, batch, "ca-hai")
    refused(month, lambda: approve(month.engine, batch, "ca-hai"), "own_work")
    approve(month.engine, batch)


OWN_WORK = {
    "waiver": "INSERT INTO payroll.waiver VALUES (gen_random_uuid(), 'ID_MISSING', 'dong-xoai', '070099000011', "
    "'2022-01-01', NULL, 'Đã đối chiếu', 'ca-hai', '2022-02-03 12:00Z')",
    "unwaive": "WITH ended AS (INSERT INTO payroll.waiver VALUES (gen_random_uuid(), 'ID_MISSING', 'dong-xoai', "
    "'070099000011', '2022-01-01', NULL, 'Đã đối chiếu', 'ngan', '2022-02-03 12:00Z') RETURNING waiver_id) "
    "INSERT INTO payroll.waiver_end SELECT waiver_id, 'ca-hai', 'Thu hồi', '2022-02-03 12:00Z' FROM ended",
    "standing": "INSERT INTO payroll.standing (standing_id, reference_month, centre_code, person_id, source_row, "
    "source_sha256, actor, reason, at) SELECT gen_random_uuid(), '2022-01-01', 'dong-xoai', 'x', 11, min(sha256), "
    "'ca-hai', 'Ở đây', '2022-02-03 12:00Z' FROM landing.content",
    "upload": "INSERT INTO landing.mended_roster SELECT '2022-01-01', 'dong-xoai', min(sha256), min(sha256), 'left', "
    "min(sha256), 'Đã nghỉ', 'ca-hai', '2022-02-03 12:00Z' FROM landing.content",
    "opening": "WITH paper AS (SELECT min(sha256) AS sha256 FROM landing.content), e AS ("
    "INSERT INTO payroll.audit_event (at, actor, action, detail) SELECT '2022-02-03 12:00Z', 'ca-hai', 'opening', "
    """jsonb_build_object('source_sha256', sha256) || '{"months": ["2022-01"], "lines": 1, "amount_vnd": 5}' """
    "FROM paper RETURNING seq) INSERT INTO payroll.opening_line SELECT gen_random_uuid(), '2022-01-01', 'dong-xoai', "
    "'dong-xoai', 'x', 'x', 'x', 5, 'UNC 1', sha256, 'ca-hai', '2022-02-03 12:00Z', seq FROM paper, e",
}


@pytest.mark.parametrize("work", OWN_WORK)
def test_nobody_approves_what_rests_on_their_own_word(month: Database, work: str) -> None:
    account(month.engine, "ca-hai", "finance", "approver")
    run_sql(month, OWN_WORK[work])
    run_again(month, ledger_position=2)
    take_steps(month.engine, "submitted")
    refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai"), "ca-hai"), "own_work")
    approve(month.engine, batch_of(month, "binh-long"), "ca-hai")


def test_nobody_approves_what_their_own_run_decided(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    account(database.engine, "ca-hai", "finance", "approver")
    write(database.engine, month_record(files, [decision(10)], run=run_facts(actor="ca-hai")))
    take_steps(database.engine, "submitted")
    refused(database, lambda: approve(database.engine, batch_of(database, "dong-xoai"), "ca-hai"), "own_work")


@pytest.mark.parametrize("work", sorted(OWN_WORK.keys() - {"upload"}))
def test_only_finance_decides_about_people(month: Database, work: str) -> None:
    account(month.engine, "ca-hai", "operator")
    refused(month, lambda: run_sql(month, OWN_WORK[work]), "not_the_role")


def test_only_finance_submits(month: Database) -> None:
    refused(month, lambda: submit(month.engine, batch_of(month, "dong-xoai"), APPROVER), "not_the_role")


# ---- What


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


def test_decisions_that_changed_since_the_submission_are_not_approved(month: Database) -> None:
    take_steps(month.engine, "submitted")
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    rows = [decision(10, codes=["PART_MONTH"]), decision(12), held(11), decision(20, centre_code="binh-long")]
    write(month.engine, month_record(files, rows, [finding()], run=run_facts(2)))
    assert batch_ids(month.engine, "draft") == []
    refused(month, lambda: approve(month.engine, batch_of(month, "dong-xoai")), "basis_changed")
    approve(month.engine, batch_of(month, "binh-long"))


def test_a_basis_that_changed_is_submitted_again(month: Database) -> None:
    test_decisions_that_changed_since_the_submission_are_not_approved(month)
    submit(month.engine, batch_of(month, "dong-xoai"))
    approve(month.engine, batch_of(month, "dong-xoai"))
    assert migrate.check(month.engine) == []


def test_nobody_gets_more_than_one_entitlement_over_all_centres(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    who = {name: str(decision(12)[name]) for name in ("person_id", "citizen_id")}
    rows = [decision(10), held(12), decision(30, centre_code="binh-long", **who)]
    record = month_record(files, rows, run=run_facts(2))
    arrears = record.lines.filter(pl.col("source_row") == 30).with_columns(pl.lit("arrears").alias("batch_kind"))
    back = month_record(files, [decision(12)]).lines.with_columns(
        pl.lit("recovery").alias("batch_kind"), -pl.col("amount_vnd")
    )
    write(month.engine, replace(record, lines=pl.concat([arrears, back])))
    submit(month.engine, batch_of(month, "binh-long", "arrears"))
    refused(month, lambda: approve(month.engine, batch_of(month, "binh-long", "arrears")), "above_entitlement")
    recovery = batch_of(month, "dong-xoai", "recovery")
    refused(month, lambda: submit(month.engine, recovery), "recovery_not_confirmed")
    confirm_recoveries(month)
    submit(month.engine, recovery)
    approve(month.engine, recovery)
    approve(month.engine, batch_of(month, "binh-long", "arrears"))
    refused(month, lambda: make_void(month.engine, recovery), "above_entitlement")
    assert migrate.check(month.engine) == []


def confirm_recoveries(database: Database, actor: str = FINANCE) -> None:
    run_sql(
        database,
        "INSERT INTO payroll.recovery_confirmation SELECT payment_id, run_id, amount_vnd, "  # noqa: S608
        f"'{actor}', 'Đã báo', '2022-02-03 12:00Z' FROM payroll.payment_line WHERE amount_vnd < 0",
    )


def test_a_confirmation_does_not_outlive_its_line(month: Database) -> None:
    """The draft went and came back: the same batch, payment and amount, for another reason."""
    take_steps(month.engine, "submitted", "approved")
    back_again(month, 2, "absent")
    confirm_recoveries(month)
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    write(
        month.engine,
        replace(
            month_record(files, [decision(10), decision(12)], run=run_facts(3)), lines=pl.DataFrame(schema=PAYMENT_LINE)
        ),
    )
    assert batch_of(month, "dong-xoai", "recovery") is None
    back_again(month, 4, "no_right")
    recovery = batch_of(month, "dong-xoai", "recovery")
    refused(month, lambda: submit(month.engine, recovery), "recovery_not_confirmed")
    assert "confirm_recovery" in str(next_steps(month))
    confirm_recoveries(month)
    assert "confirm_recovery" not in str(next_steps(month))
    submit(month.engine, recovery)


def back_again(database: Database, number: int, cause: str) -> None:
    """Another run, by which one person's money is taken back."""
    files = kept(database.engine, dong_xoai=b"roster", binh_long=b"other")
    back = month_record(files, [decision(12)]).lines.with_columns(
        pl.lit("recovery").alias("batch_kind"), -pl.col("amount_vnd"), pl.lit(cause).alias("cause")
    )
    write(database.engine, replace(month_record(files, [decision(10)], run=run_facts(number)), lines=back))


def next_steps(database: Database) -> object:
    return scalar(database, "SELECT next_steps FROM payroll.month_calendar WHERE centre_code = 'dong-xoai'")


def test_a_recovery_of_returned_money_is_not_paid_out_but_may_be_made_void(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved", "exported")
    back_again(month, 2, "no_right")
    confirm_recoveries(month)
    recovery = batch_of(month, "dong-xoai", "recovery")
    submit(month.engine, recovery)
    approve(month.engine, recovery)
    confirm(month.engine, batch_of(month, "dong-xoai"), returned=["070099000012"])
    assert migrate.check(month.engine) == []
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    due = month_record(files, [decision(12)]).lines.with_columns(pl.lit("arrears").alias("batch_kind"))
    write(month.engine, replace(month_record(files, [decision(10)], run=run_facts(3)), lines=due))
    arrears = batch_of(month, "dong-xoai", "arrears")
    submit(month.engine, arrears)
    refused(month, lambda: approve(month.engine, arrears), "above_entitlement")
    make_void(month.engine, recovery)
    assert migrate.check(month.engine) == []


def test_a_batch_whose_people_owe_money_is_not_made_void(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    record = month_record(files, [decision(10), held(12)], run=run_facts(2))
    back = month_record(files, [decision(12)]).lines.with_columns(
        pl.lit("recovery").alias("batch_kind"), -pl.col("amount_vnd")
    )
    write(month.engine, replace(record, lines=back))
    confirm_recoveries(month)
    take_steps(month.engine, "submitted", "approved")
    refused(month, lambda: make_void(month.engine, batch_of(month, "dong-xoai")), "below_zero")


def test_people_of_linked_ids_are_one(month: Database) -> None:
    take_steps(month.engine, "submitted", "approved")
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    old, new = str(decision(12)["person_id"]), "070099900012"
    rows = [decision(10), held(12, person_id=new), decision(30, centre_code="binh-long", person_id=new)]
    record = month_record(files, rows, run=run_facts(2))
    arrears = record.lines.filter(pl.col("source_row") == 30).with_columns(pl.lit("arrears").alias("batch_kind"))
    write(month.engine, replace(record, lines=arrears, links={old: new}))
    submit(month.engine, batch_of(month, "binh-long", "arrears"))
    refused(month, lambda: approve(month.engine, batch_of(month, "binh-long", "arrears")), "above_entitlement")


@pytest.mark.parametrize(("posts", "match"), [(2, ""), (1, "above_quota")])
def test_committed_people_stay_within_the_posts_of_the_centre(database: Database, posts: int, match: str) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    record = month_record(files, [decision(10), decision(12)])
    centres = pl.DataFrame([centre("dong-xoai", record.decisions, quota=posts)], infer_schema_length=None)
    write(database.engine, replace(record, centres=centres))
    take_steps(database.engine, "submitted")
    if match:
        refused(database, lambda: approve(database.engine, batch_of(database, "dong-xoai")), match)
    else:
        approve(database.engine, batch_of(database, "dong-xoai"))


@pytest.mark.parametrize(("posts", "match"), [(2, ""), (1, "above_quota")])
def test_committed_people_stay_within_the_posts_of_their_agency(database: Database, posts: int, match: str) -> None:
    files = kept(database.engine, dong_xoai=b"roster")
    of_agency = {"agency": "cong-an", "quota_limit": posts}
    write(database.engine, month_record(files, [decision(10, **of_agency), decision(12, **of_agency)]))
    take_steps(database.engine, "submitted")
    if match:
        refused(database, lambda: approve(database.engine, batch_of(database, "dong-xoai")), match)
    else:
        approve(database.engine, batch_of(database, "dong-xoai"))


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
    take_steps(month.engine, "submitted", "approved", "exported", "paid")
    run_sql(month, OWN_WORK["waiver"].replace("ca-hai", FINANCE))
    past_the_guards(month, "INSERT INTO payroll.run_link SELECT run_id, 'a', 'b' FROM payroll.run")
    if table == "void":
        return
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
    files = kept(month.engine, dong_xoai=b"roster", binh_long=b"other")
    write(month.engine, month_record(files, odd, run=run_facts(2)))
    differing = "SELECT count(*) FROM payroll.batch WHERE content_sha256 <> payroll.batch_content(batch_id)"
    assert (scalar(month, differing), MONTH.month) == (0, 1)
