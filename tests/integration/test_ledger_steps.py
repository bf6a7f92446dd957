"""The steps of a batch as the program takes them: what it says, in both languages, and that nothing was done."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.store import month_transaction, read_month_state
from ioc_etl.errors import MonthLockedError, RefusedError, UsageError, WrongStateError
from ioc_etl.pipeline import approval, payout, waivers
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_steps import APPROVER, FINANCE, account, accounts
from tests.integration.month_records import (
    DIRECT_VND,
    MONTH,
    budgets,
    centre,
    decision,
    finding,
    held,
    kept,
    month_record,
    run_facts,
    write,
)

PAY_DATE = date(2022, 2, 10)
BATCH = "2022-01/dong-xoai/regular/1"
OTHER = "2022-01/binh-long/regular/1"
CASE_KEY = {"is_waivable": True}


@pytest.fixture
def services(database: Database) -> Services:
    """Two people at Đồng Xoài, one at Bình Long; somebody who prepares, somebody who approves."""
    files = kept(database.engine, dong_xoai=b"roster", binh_long=b"other")
    rows = [decision(10), decision(12), held(11), decision(20, centre_code="binh-long")]
    write(database.engine, month_record(files, rows, [finding(is_waivable=True)]))
    accounts(database.engine)
    return services_of(database)


def services_of(database: Database) -> Services:
    return Services(database.settings, Clock.stopped_at(datetime(2022, 3, 1, tzinfo=UTC)))


def approve(services: Services, name: str = BATCH, actor: str = APPROVER, total: int = 2 * DIRECT_VND) -> None:
    approval.approve(services, actor, name, total_vnd=total, pay_date=PAY_DATE, reason="Đồng ý chi")


def prepare(services: Services, name: str = BATCH) -> None:
    submit(services, FINANCE, name, "Đã soát ngoại lệ")


def events(services: Services) -> list[str]:
    with services.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT action FROM payroll.audit_event ORDER BY seq")))


def refused(
    services: Services, step: Callable[[], object], en: str, vi: str, kind: type[RefusedError] = RefusedError
) -> None:
    """One line in each language, no personal value, nothing done."""
    before = (events(services), batches(services))
    with pytest.raises(kind) as refusal:
        step()
    assert en in str(refusal.value)
    assert vi in refusal.value.vi
    assert "\n" not in f"{refusal.value}{refusal.value.vi}"
    assert "070099" not in f"{refusal.value}{refusal.value.vi}"
    assert (events(services), batches(services)) == before


def test_a_batch_goes_its_way_and_every_step_is_an_event(services: Services) -> None:
    prepare(services)
    approve(services)
    payout.export(services, FINANCE, BATCH, as_draft=True)
    payout.confirm(services, FINANCE, BATCH, paid_on=PAY_DATE, returned={})
    assert [batch.status for batch in batches(services) if batch.name == BATCH] == ["paid"]
    assert events(services) == ["run", "submit", "approve", "export", "confirm"]
    assert migrate.check(services.engine) == []


def test_a_batch_is_named_by_its_id_its_beginning_or_its_place(services: Services) -> None:
    first = next(batch for batch in batches(services) if batch.name == BATCH)
    prepare(services, str(first.batch_id)[:8].upper())
    approve(services, str(first.batch_id))
    with pytest.raises(UsageError, match="there is no batch"):
        approve(services, "2022-01/dong-xoai/regular/7")
    with pytest.raises(UsageError, match="there is no batch"):
        approve(services, "ffffffff")
    with pytest.raises(UsageError, match="is no batch: name it by"):
        approve(services, "%")
    with pytest.raises(UsageError, match="is no month"):
        approve(services, "2022-13/tinh/regular/1")


def test_a_draft_is_not_approved(services: Services) -> None:
    refused(services, lambda: approve(services), "is draft: it cannot approve now", "dự thảo", WrongStateError)


def test_nothing_is_approved_twice(services: Services) -> None:
    prepare(services)
    approve(services)
    refused(services, lambda: approve(services), "is approved: it cannot", "đã duyệt: không duyệt", WrongStateError)


def test_a_wrong_total_is_not_approved(services: Services) -> None:
    prepare(services)
    refused(services, lambda: approve(services, total=2 * DIRECT_VND + 1), "total given is not", "tổng số tiền")


def test_nobody_approves_their_own_work(services: Services) -> None:
    account(services.engine, "ca-hai", "finance", "approver")
    submit(services, "ca-hai", BATCH, "Đã soát")
    refused(services, lambda: approve(services, actor="ca-hai"), "did: submission", "đã làm: trình duyệt")


def test_finance_does_not_approve_and_an_approver_does_not_submit(services: Services) -> None:
    refused(services, lambda: submit(services, APPROVER, BATCH, "x"), "none of the roles finance", "tài chính")
    prepare(services)
    refused(services, lambda: approve(services, actor=FINANCE), "none of the roles approver", "người duyệt")


def test_a_disabled_account_approves_nothing(services: Services) -> None:
    prepare(services)
    with services.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE payroll.actor SET is_active = false WHERE actor = :actor"), {"actor": APPROVER}
        )
    refused(services, lambda: approve(services), "the account is disabled", "tài khoản đã bị khóa")


def test_a_step_without_a_reason_is_not_taken(services: Services) -> None:
    with pytest.raises(UsageError, match="--reason"):
        submit(services, FINANCE, BATCH, "  ")


def test_what_was_changed_by_a_run_goes_back_to_draft_and_is_not_approved(services: Services) -> None:
    prepare(services)
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    write(services.engine, month_record(files, [decision(10), decision(12), decision(13)], run=run_facts(2)))
    refused(services, lambda: approve(services, total=3 * DIRECT_VND), "is draft", "dự thảo", WrongStateError)


def test_what_rests_on_other_decisions_is_submitted_again(services: Services) -> None:
    prepare(services)
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    rows = [decision(10, codes=["PART_MONTH"]), decision(12), held(11), decision(20, centre_code="binh-long")]
    write(services.engine, month_record(files, rows, [finding()], run=run_facts(2)))
    refused(services, lambda: approve(services), "have changed since it was submitted", "hãy trình lại")
    prepare(services)
    approve(services)


def test_another_centres_news_does_not_touch_a_submitted_batch(services: Services) -> None:
    prepare(services)
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"a later one")
    rows = [decision(10), decision(12), held(11), decision(21, centre_code="binh-long")]
    write(services.engine, month_record(files, rows, [finding()], run=run_facts(2, code_version="0.2.0")))
    approve(services)


def test_nothing_is_submitted_twice_unless_something_has_changed(services: Services) -> None:
    prepare(services)
    refused(services, lambda: prepare(services), "nothing has changed since", "không có gì thay đổi")


def test_approving_while_a_run_writes_is_refused_at_once(services: Services) -> None:
    prepare(services)
    before = events(services)
    with (
        month_transaction(services.engine, MONTH, uuid4()),
        pytest.raises(MonthLockedError, match="Month 2022-01 is held by run"),
    ):
        approve(services)
    assert events(services) == before
    approve(services)


@pytest.mark.parametrize(
    ("allocated", "en", "vi"),
    [
        (2 * DIRECT_VND - 1, "the budget of dong-xoai 2022 would be exceeded by 1 đ", "vượt dự toán"),
        (None, "no budget is known for dong-xoai 2022", "chưa có dự toán"),
    ],
)
def test_money_that_the_year_does_not_have_is_submitted_with_a_warning_and_never_approved(
    database: Database, allocated: int | None, en: str, vi: str
) -> None:
    services = services_of(database)
    accounts(database.engine)
    record = month_record(kept(database.engine, dong_xoai=b"roster"), [decision(10), decision(12)])
    write(database.engine, replace(record, budgets=budgets() if allocated is None else budgets(dong_xoai=allocated)))
    _, warnings = submit(services, FINANCE, BATCH, "Đã soát")
    assert [en in warning for warning, _ in warnings] == [True]
    refused(services, lambda: approve(services), en, vi)


def test_more_people_than_posts_are_not_approved(database: Database) -> None:
    services = services_of(database)
    accounts(database.engine)
    record = month_record(kept(database.engine, dong_xoai=b"roster"), [decision(10), decision(12)])
    row = centre("dong-xoai", record.decisions, quota=1)
    write(database.engine, replace(record, centres=pl.DataFrame([row], infer_schema_length=None)))
    prepare(services)
    refused(services, lambda: approve(services), "2 people would have money, more than the posts", "vượt định mức (1)")


def test_arrears_wait_for_the_recovery_they_depend_on(services: Services) -> None:
    for name, total in ((BATCH, 2 * DIRECT_VND), (OTHER, DIRECT_VND)):
        prepare(services, name)
        approve(services, name, total=total)
    moved_person(services)
    arrears, recovery = "2022-01/binh-long/arrears/1", "2022-01/dong-xoai/recovery/1"
    prepare(services, arrears)
    refused(
        services,
        lambda: approve(services, arrears, total=DIRECT_VND),
        f"1 people would have more than one entitlement for the month; approve this recovery first: {recovery}",
        f"duyệt đợt truy thu trước: {recovery}",
    )
    refused(services, lambda: prepare(services, recovery), "1 recoveries are not confirmed", "chưa được xác nhận")
    assert waivers.confirm_recovery(services, FINANCE, recovery, reason="Đã báo đơn vị").lines == 1
    again = lambda: waivers.confirm_recovery(services, FINANCE, recovery, reason="x")  # noqa: E731
    refused(services, again, "confirmed already", "đã xác nhận rồi", WrongStateError)
    prepare(services, recovery)
    approve(services, recovery, total=-DIRECT_VND)
    approve(services, arrears, total=DIRECT_VND)
    refused(
        services,
        lambda: approval.void(services, FINANCE, recovery, reason="x"),
        "more than one entitlement",
        "quá một mức hỗ trợ",
    )
    refused(
        services,
        lambda: approval.void(services, FINANCE, BATCH, reason="x"),
        "asked for more than they were paid there",
        "nhiều hơn số đã chi",
    )
    assert migrate.check(services.engine) == []


def moved_person(services: Services) -> None:
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    who = str(decision(12)["person_id"])
    moved = decision(30, centre_code="binh-long", person_id=who, citizen_id=who)
    record = month_record(files, [decision(10), decision(20, centre_code="binh-long"), moved], run=run_facts(2))
    due = record.lines.filter(pl.col("source_row") == 30).with_columns(pl.lit("arrears").alias("batch_kind"))
    back = month_record(files, [decision(12)]).lines.with_columns(
        pl.lit("recovery").alias("batch_kind"), -pl.col("amount_vnd")
    )
    write(services.engine, replace(record, lines=pl.concat([due, back])))


def test_one_recovery_line_is_confirmed_by_its_payment(services: Services) -> None:
    prepare(services)
    approve(services)
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    record = month_record(files, [held(10), held(12)], run=run_facts(2))
    back = month_record(files, [decision(10), decision(12)]).lines.with_columns(
        pl.lit("recovery").alias("batch_kind"), -pl.col("amount_vnd")
    )
    write(services.engine, replace(record, lines=back))
    with services.engine.connect() as connection:
        payment = str(
            connection.scalar(sa.text("SELECT payment_id FROM payroll.payment_line WHERE amount_vnd < 0 LIMIT 1"))
        )
    assert waivers.confirm_recovery(services, FINANCE, payment[:12], reason="Đã báo").lines == 1
    recovery = "2022-01/dong-xoai/recovery/1"
    refused(services, lambda: prepare(services, recovery), "1 recoveries are not confirmed", "còn 1 khoản")
    with pytest.raises(WrongStateError, match="only recoveries"):
        waivers.confirm_recovery(services, FINANCE, BATCH, reason="x")


def two_recoveries(services: Services) -> list[str]:
    """The payment ids of a batch that takes two people's money back."""
    prepare(services)
    approve(services)
    files = kept(services.engine, dong_xoai=b"roster", binh_long=b"other")
    back = month_record(files, [decision(10), decision(12)]).lines.with_columns(
        pl.lit("recovery").alias("batch_kind"), -pl.col("amount_vnd"), pl.lit("absent").alias("cause")
    )
    write(services.engine, replace(month_record(files, [held(10), held(12)], run=run_facts(2)), lines=back))
    with services.engine.connect() as connection:
        query = sa.text("SELECT payment_id FROM payroll.payment_line WHERE amount_vnd < 0 ORDER BY payment_id")
        return [str(payment) for payment in connection.scalars(query)]


def test_the_name_of_a_batch_with_several_recoveries_lists_them_and_confirms_none(services: Services) -> None:
    recovery, payments, before = "2022-01/dong-xoai/recovery/1", two_recoveries(services), events(services)
    told = waivers.confirm_recovery(services, FINANCE, recovery, reason="Đã báo")
    assert (told.batch, told.lines) == (recovery, 0)
    assert [(str(line.payment_id), line.amount_vnd, line.cause) for line in told.waiting] == [
        (payment, -DIRECT_VND, "absent") for payment in payments
    ]
    assert "070099" not in repr(told)
    assert events(services) == before
    refused(services, lambda: prepare(services, recovery), "2 recoveries are not confirmed", "còn 2 khoản")
    assert waivers.confirm_recovery(services, FINANCE, *payments, reason="Đã báo").lines == 2
    prepare(services, recovery)


def test_payments_are_confirmed_all_or_none(services: Services) -> None:
    first, second = two_recoveries(services)
    waivers.confirm_recovery(services, FINANCE, first, reason="Đã báo")
    again = lambda: waivers.confirm_recovery(services, FINANCE, first, second, reason="x")  # noqa: E731
    refused(services, again, "confirmed already", "đã xác nhận rồi", WrongStateError)
    for texts in ((second, "2022-01/dong-xoai/recovery/1"), (second, "ffffffff"), ()):
        with pytest.raises(UsageError, match="name one batch, or payments of one batch"):
            waivers.confirm_recovery(services, FINANCE, *texts, reason="x")


def test_a_beginning_of_both_a_batch_and_a_payment_confirms_nothing(services: Services) -> None:
    two_recoveries(services)
    with services.engine.begin() as connection:
        query = "SELECT batch_id FROM payroll.payment_line WHERE amount_vnd < 0 LIMIT 1"
        begun = str(connection.scalar(sa.text(query)))[:8]
        alike = f"UPDATE payroll.payment_line SET payment_id = '{begun}-0000-5000-8000-000000000000'"  # noqa: S608
        connection.execute(sa.text("ALTER TABLE payroll.payment_line DISABLE TRIGGER USER"))
        connection.execute(sa.text(f"{alike} WHERE amount_vnd < 0 AND source_row = 10"))
    before = events(services)
    with pytest.raises(UsageError, match="more than one payment or batch begins"):
        waivers.confirm_recovery(services, FINANCE, begun, reason="x")
    assert events(services) == before


def test_an_approval_is_taken_back_before_export_and_not_after(services: Services) -> None:
    prepare(services)
    early = lambda: approval.void(services, FINANCE, BATCH, reason="x")  # noqa: E731
    refused(services, early, "is simply not approved", "chỉ cần không duyệt", WrongStateError)
    approve(services)
    with services.engine.connect() as connection:
        committed_at = read_month_state(connection, MONTH)
    approval.void(services, FINANCE, BATCH, reason="Sai ngày chi")
    with services.engine.connect() as connection:
        state = read_month_state(connection, MONTH)
    assert (committed_at.committed.height, state.committed.height) == (2, 0)
    assert state.ledger_position == committed_at.ledger_position + 1
    prepare(services, OTHER)
    approve(services, OTHER, total=DIRECT_VND)
    payout.export(services, FINANCE, OTHER, as_draft=True)
    step = lambda: approval.void(services, FINANCE, OTHER, reason="x")  # noqa: E731
    refused(services, step, "is exported: it cannot void now", "đã xuất", WrongStateError)


# ---- Export and confirmation


def test_an_export_of_a_draft_policy_needs_the_word_and_says_so_on_every_line(services: Services) -> None:
    prepare(services)
    approve(services)
    refused(services, lambda: payout.export(services, FINANCE, BATCH, as_draft=False), "--draft", "BẢN NHÁP")
    _, first = payout.export(services, FINANCE, BATCH, as_draft=True)
    _, again = payout.export(services, FINANCE, BATCH, as_draft=False)
    assert (first.data, first.is_draft) == (again.data, True)
    rows = list(csv.reader(io.StringIO(first.data.decode("utf-8-sig"))))
    assert rows[0] == ["BẢN NHÁP"]
    lines = [row for row in rows if row[0] in {"1", "2"}]
    assert [(row[9], row[8], row[-1]) for row in lines] == [
        ("5550000010", "2235000", "BẢN NHÁP"),
        ("5550000012", "2235000", "BẢN NHÁP"),
    ]
    assert rows[-1][8] == str(2 * DIRECT_VND)


def test_only_what_is_approved_is_exported(services: Services) -> None:
    step = lambda: payout.export(services, FINANCE, BATCH, as_draft=True)  # noqa: E731
    refused(services, step, "is draft: it cannot export", "dự thảo", WrongStateError)
    prepare(services)
    approve(services)
    mine = lambda: payout.export(services, APPROVER, BATCH, as_draft=True)  # noqa: E731
    refused(services, mine, "none of the roles finance", "không có vai trò")


def paid(services: Services) -> list[str]:
    prepare(services)
    approve(services)
    payout.export(services, FINANCE, BATCH, as_draft=True)
    with services.engine.connect() as connection:
        found = connection.scalars(
            sa.text(
                "SELECT payment_id::text FROM payroll.payment_line WHERE centre_code = 'dong-xoai' ORDER BY source_row"
            )
        )
        return list(found)


def test_a_returned_line_is_committed_no_more_and_says_why(services: Services) -> None:
    lines = paid(services)
    payout.confirm(services, FINANCE, BATCH, paid_on=PAY_DATE, returned={lines[0][:10]: "Sai số tài khoản"})
    with services.engine.connect() as connection:
        state = read_month_state(connection, MONTH)
    assert state.committed.sort("source_row").select("is_returned", "return_reason").rows() == [
        (True, "Sai số tài khoản"),
        (False, None),
    ]
    assert state.committed_year.rows() == [("dong-xoai", DIRECT_VND)]
    payout.confirm(services, FINANCE, BATCH, paid_on=date(2022, 2, 20), returned={lines[1]: "Tài khoản đã đóng"})
    with services.engine.connect() as connection:
        assert read_month_state(connection, MONTH).committed["is_returned"].to_list() == [True, True]
    assert migrate.check(services.engine) == []


@pytest.mark.parametrize(
    ("paid_on", "returned", "match"),
    [
        (date(2022, 3, 2), {}, "has not come yet"),
        (date(2021, 12, 31), {}, "before the month begins"),
        (PAY_DATE, {"ffff": "x"}, "is not one payment"),
        (PAY_DATE, {"": "x"}, "is not one payment"),
        (PAY_DATE, {"first": " "}, "why did payment"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_whole(
    services: Services, paid_on: date, returned: dict[str, str], match: str
) -> None:
    lines = paid(services)
    before = events(services)
    named = {lines[0] if payment == "first" else payment: reason for payment, reason in returned.items()}
    with pytest.raises(UsageError, match=match):
        payout.confirm(services, FINANCE, BATCH, paid_on=paid_on, returned=named)
    assert events(services) == before


def test_a_paid_batch_is_not_confirmed_again(services: Services) -> None:
    paid(services)
    payout.confirm(services, FINANCE, BATCH, paid_on=PAY_DATE, returned={})
    step = lambda: payout.confirm(services, FINANCE, BATCH, paid_on=PAY_DATE, returned={})  # noqa: E731
    refused(services, step, "is paid: it cannot confirm", "đã chi", WrongStateError)


# ---- Waivers and rows that stand


def case_id(services: Services) -> str:
    with services.engine.connect() as connection:
        return str(connection.scalar(sa.text('SELECT case_id FROM payroll."case"')))


def test_a_waiver_holds_for_the_cases_month_and_is_taken_back(services: Services) -> None:
    case = case_id(services)
    waivers.waive(services, FINANCE, case[:8], reason="QĐ 12/QĐ-SYT")
    with services.engine.connect() as connection:
        held_for = read_month_state(connection, MONTH).waivers
        assert read_month_state(connection, date(2022, 2, 1)).waivers.is_empty()
    assert held_for.select("code", "centre_code", "valid_from", "valid_to").rows() == [
        ("ID_MISSING", "dong-xoai", MONTH, MONTH)
    ]
    with pytest.raises(UsageError, match="waived already"):
        waivers.waive(services, FINANCE, case, reason="x")
    waivers.unwaive(services, FINANCE, case, reason="Thu hồi")
    with services.engine.connect() as connection:
        assert read_month_state(connection, MONTH).waivers.is_empty()
    with pytest.raises(UsageError, match="nothing is waived"):
        waivers.unwaive(services, FINANCE, case, reason="x")


def test_a_waiver_may_hold_up_to_a_later_month(services: Services) -> None:
    waivers.waive(services, FINANCE, case_id(services), reason="QĐ 12/QĐ-SYT", until=date(2022, 3, 1))
    with services.engine.connect() as connection:
        counted = [read_month_state(connection, date(2022, number, 1)).waivers.height for number in (1, 2, 3, 4)]
    assert counted == [1, 1, 1, 0]


def test_what_may_not_be_waived_is_waived_by_nobody(database: Database) -> None:
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"r"), [held(11)], [finding()]))
    accounts(database.engine)
    services = services_of(database)
    step = lambda: waivers.waive(services, FINANCE, case_id(services), reason="x")  # noqa: E731
    refused(services, step, "ID_MISSING may not be waived", "không ai được bỏ qua ID_MISSING")


@pytest.mark.parametrize(
    ("case", "match"), [("ffffffff", "no case 'ffffffff' is shown"), ("x", "is no case"), ("_%", "is no case")]
)
def test_a_case_that_is_not_shown_is_not_waived(services: Services, case: str, match: str) -> None:
    with pytest.raises(UsageError, match=match):
        waivers.waive(services, FINANCE, case, reason="x")


def test_one_of_two_rows_stands_and_the_last_word_counts(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster", binh_long=b"other")
    twice = {"codes": ["DUPLICATE_PERSON"], "person_id": "070099000077"}
    rows = [held(10, **twice), held(20, centre_code="binh-long", **twice), decision(12)]
    write(database.engine, month_record(files, rows))
    accounts(database.engine)
    services = services_of(database)
    waivers.stand(services, FINANCE, MONTH, "dong-xoai", 10, reason="Ở Đồng Xoài")
    waivers.stand(services, FINANCE, MONTH, "binh-long", 20, reason="Ở Bình Long")
    with services.engine.connect() as connection:
        standings = read_month_state(connection, MONTH).standings
    assert standings.select("centre_code", "source_row").rows() == [("binh-long", 20)]
    for row, match in ((12, "nobody's duplicate"), (99, "there is no row 99")):
        with pytest.raises(UsageError, match=match):
            waivers.stand(services, FINANCE, MONTH, "dong-xoai", row, reason="x")
    with pytest.raises(UsageError, match="there is no centre"):
        waivers.stand(services, FINANCE, MONTH, "nowhere", 1, reason="x")


@pytest.mark.parametrize(
    ("reason", "match"),
    [
        (" ", "give a reason"),
        ("\u200b", "give a reason"),
        ("Đã soát\n=1+1", "without control characters"),
        ("Đã \x1b[2Jsoát", "without control characters"),
        ("Đã \u202esoát", "without control characters"),
        ("Đã soát 070085000001", "no ID and no account"),
    ],
)
def test_a_reason_is_kept_for_good_and_looked_at_before(services: Services, reason: str, match: str) -> None:
    before = events(services)
    with pytest.raises(UsageError, match=match) as refusal:
        submit(services, FINANCE, BATCH, reason)
    assert "070085" not in str(refusal.value)
    assert events(services) == before
    submit(services, FINANCE, BATCH, "Đã soát, tổng 4.470.000 đồng, QĐ 12/QĐ-SYT ngày 10/02/2022")
