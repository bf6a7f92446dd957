"""A batch on its way to approval: what the program says, in both languages, and that nothing was done."""

from dataclasses import replace
from uuid import uuid4

import polars as pl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.store import month_transaction, read_month_state
from ioc_etl.errors import MonthLockedError, UsageError, WrongStateError
from ioc_etl.pipeline import approval, payout
from ioc_etl.pipeline.batches import batches, find_batch, submit
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_desk import BATCH, OTHER, approve, events, prepare, refused, services_of
from tests.integration.ledger_steps import APPROVER, FINANCE, PAY_DATE, account, accounts, permitted
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


@pytest.fixture
def services(month: Database) -> Services:
    return services_of(month)


def test_a_batch_goes_its_way_and_every_step_is_an_event(services: Services) -> None:
    prepare(services)
    approve(services)
    payout.export(permitted(services), FINANCE, BATCH, as_draft=False)
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


def test_the_beginning_of_two_ids_is_no_batch(services: Services) -> None:
    prepare(services)
    twin = (
        "INSERT INTO payroll.batch SELECT (jsonb_populate_record(b, jsonb_build_object("
        "'batch_id', overlay(b.batch_id::text PLACING 'ffff' FROM 33), 'number', b.number + 1))).* "
        "FROM payroll.batch b WHERE b.centre_code = 'dong-xoai' RETURNING batch_id::text"
    )
    with services.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE payroll.batch DISABLE TRIGGER USER"))
        batch_id = str(connection.execute(sa.text(twin)).scalar_one())
    with services.engine.connect() as connection:
        with pytest.raises(UsageError, match="more than one batch begins with"):
            find_batch(connection, batch_id[:8])
        assert str(find_batch(connection, batch_id).batch_id) == batch_id


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


def test_an_agency_with_more_people_than_posts_is_named(database: Database) -> None:
    services = services_of(database)
    accounts(database.engine)
    of_agency = {"agency": "cong-an", "quota_limit": 1}
    files = kept(database.engine, dong_xoai=b"roster")
    write(database.engine, month_record(files, [decision(10, **of_agency), decision(12, **of_agency)]))
    prepare(services)
    name = "Công an tỉnh"
    refused(services, lambda: approve(services), f"more than the posts there are ({name}: 1)", f"định mức ({name}: 1)")


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
    payout.export(permitted(services), FINANCE, OTHER, as_draft=False)
    step = lambda: approval.void(services, FINANCE, OTHER, reason="x")  # noqa: E731
    refused(services, step, "is exported: it cannot void now", "đã xuất", WrongStateError)


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
