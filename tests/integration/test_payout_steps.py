"""Export and what the bank answers, as the program takes them."""

import csv
import io
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.store import read_month_state
from ioc_etl.errors import UsageError, WrongStateError
from ioc_etl.pipeline import payout
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_desk import BATCH, approve, events, prepare, refused, services_of
from tests.integration.ledger_steps import APPROVER, FINANCE, PAY_DATE, PERMITTED, accounts, permitted
from tests.integration.month_records import DIRECT_VND, MONTH, decision, kept, month_record, write


@pytest.fixture
def services(month: Database) -> Services:
    return services_of(month)


def test_without_a_law_or_a_text_nothing_is_exported_for_payment(services: Services) -> None:
    prepare(services)
    approve(services)
    step = lambda: payout.export(services, FINANCE, BATCH, as_draft=False)  # noqa: E731
    refused(services, step, "nothing allows payment yet", "chưa có căn cứ để chi")


def test_a_draft_is_a_marked_copy_and_a_dead_end_for_no_batch(services: Services) -> None:
    prepare(services)
    approve(services)
    batch, copy = payout.export(services, FINANCE, BATCH, as_draft=True)
    rows = list(csv.reader(io.StringIO(copy.data.decode("utf-8-sig"))))
    assert rows[0] == ["BẢN NHÁP"]
    lines = [row for row in rows if row[0] in {"1", "2"}]
    assert [(row[9], row[8], row[-1]) for row in lines] == [
        ("5550000010", "2235000", "BẢN NHÁP"),
        ("5550000012", "2235000", "BẢN NHÁP"),
    ]
    assert rows[-1][8] == str(2 * DIRECT_VND)
    assert (batch.status, copy.is_draft, events(services)[-1]) == ("approved", True, "export")
    confirming = lambda: payout.confirm(services, FINANCE, BATCH, paid_on=PAY_DATE, returned={})  # noqa: E731
    refused(services, confirming, "it cannot confirm", "đã duyệt", WrongStateError)
    _, paper = payout.export(permitted(services), FINANCE, BATCH, as_draft=False)
    _, again = payout.export(permitted(services), FINANCE, BATCH, as_draft=False)
    assert (paper.data, paper.is_draft, "BẢN NHÁP" in paper.data.decode()) == (again.data, False, False)
    assert "UBND tỉnh Thử: 12/UBND-TH ngày 05/01/2022; Nghị định 38/2019/NĐ-CP" in paper.data.decode()


def test_the_list_names_agencies_and_leaves_a_districts_own_word(database: Database) -> None:
    services = services_of(database)
    accounts(database.engine)
    rows = [decision(10, agency="cong-an"), decision(12, agency="Phòng Văn hoá")]
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"roster"), rows))
    prepare(services)
    approve(services)
    _, copy = payout.export(services, FINANCE, BATCH, as_draft=True)
    listed = csv.reader(io.StringIO(copy.data.decode("utf-8-sig")))
    assert [row[4] for row in listed if row[0] in {"1", "2"}] == ["Công an tỉnh", "Phòng Văn hoá"]


def test_what_was_approved_on_another_basis_is_approved_again(services: Services, tmp_path: Path) -> None:
    prepare(services)
    approve(services)
    text = (PERMITTED / "payment_permissions.yaml").read_text("utf-8").replace("12/UBND-TH", "99/UBND-TH")
    (tmp_path / "payment_permissions.yaml").write_text(text, "utf-8")
    other = Services(replace(services.settings, policy_folder=tmp_path), services.clock)
    step = lambda: payout.export(other, FINANCE, BATCH, as_draft=False)  # noqa: E731
    refused(services, step, "rests on another legal basis", "nay có căn cứ chi khác")


def test_a_text_allows_its_own_sources_and_months(services: Services, tmp_path: Path) -> None:
    prepare(services)
    approve(services)
    text = (PERMITTED / "payment_permissions.yaml").read_text("utf-8")
    for good, bad in (
        ("        first_month: 2022-01-01", "        first_month: 2022-02-01"),
        ("        first_month", "        funding_sources: [tinh]\n        first_month"),
    ):
        (tmp_path / "payment_permissions.yaml").write_text(text.replace(good, bad), "utf-8")
        other = Services(replace(services.settings, policy_folder=tmp_path), services.clock)
        step = partial(payout.export, other, FINANCE, BATCH, as_draft=False)
        refused(services, step, "nothing allows payment yet", "chưa có căn cứ để chi")


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
    payout.export(permitted(services), FINANCE, BATCH, as_draft=False)
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
        (PAY_DATE, {"beginning": "x"}, "is not one payment"),
        (PAY_DATE, {"first": " "}, "why did payment"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_whole(
    services: Services, paid_on: date, returned: dict[str, str], match: str
) -> None:
    lines = paid(services)
    before = events(services)
    ids = {"first": lines[0], "beginning": lines[0][:3]}
    named = {ids.get(payment, payment): reason for payment, reason in returned.items()}
    with pytest.raises(UsageError, match=match):
        payout.confirm(services, FINANCE, BATCH, paid_on=paid_on, returned=named)
    assert events(services) == before


def test_a_paid_batch_is_not_confirmed_again(services: Services) -> None:
    paid(services)
    payout.confirm(services, FINANCE, BATCH, paid_on=PAY_DATE, returned={})
    step = lambda: payout.confirm(services, FINANCE, BATCH, paid_on=PAY_DATE, returned={})  # noqa: E731
    refused(services, step, "is paid: it cannot confirm", "đã chi", WrongStateError)
