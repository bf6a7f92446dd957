"""January from rosters to paid batches, and what is due when it turns out wrong: arrears, recoveries, their order."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.errors import RefusedError
from ioc_etl.pipeline import approval, payout, waivers
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.golden_january import FEBRUARY, JANUARY, approve, approve_all, found, golden_january, roster
from tests.integration.ledger_steps import APPROVER, FINANCE, PAY_DATE, permitted
from tests.integration.month_records import DIRECT_VND

LEAVES = "042072185071"
"""Of Phước Long in January."""


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    return permitted(golden_january(database, tmp_path))


def leaves(services: Services) -> None:
    """The person of Phước Long stands on its roster no more."""
    phuoc_long = roster(services, "phuoc-long.csv")
    lines = phuoc_long.read_text("utf-8").splitlines(keepends=True)
    phuoc_long.write_text("".join(line for line in lines if LEAVES not in line), "utf-8")


def test_an_approved_month_run_again_has_nothing_due(services: Services) -> None:
    assert run(services, JANUARY).status is RunStatus.COMPLETED
    approve_all(services)
    again = run(services, JANUARY)
    assert again.status is RunStatus.COMPLETED
    assert found(services, "draft", "submitted") == {}
    assert sum(found(services, "approved").values()) == 101_320_000
    assert run(services, JANUARY).status is RunStatus.UNCHANGED
    assert migrate.check(services.engine) == []


def test_a_person_who_left_is_asked_for_the_money_when_finance_says_so(services: Services) -> None:
    run(services, JANUARY)
    approve_all(services)
    leaves(services)
    run(services, JANUARY)
    recovery = "2022-01/phuoc-long/recovery/1"
    assert found(services, "draft") == {recovery: -DIRECT_VND}
    with pytest.raises(RefusedError, match="1 recoveries are not confirmed"):
        approve(services, recovery)
    waivers.confirm_recovery(services, FINANCE, recovery, reason="Đã báo đơn vị")
    approve(services, recovery)
    run(services, JANUARY)
    assert found(services, "draft") == {}
    assert migrate.check(services.engine) == []


def test_a_returned_line_comes_again_as_arrears_and_counts_in_the_year_it_is_paid(services: Services) -> None:
    run(services, JANUARY)
    regular = "2022-01/phuoc-long/regular/1"
    approve(services, regular)
    _, kept = payout.export(services, FINANCE, regular, as_draft=False)
    line = next(row for row in kept.data.decode("utf-8-sig").splitlines() if LEAVES in row)
    payment = line.split('","')[1]
    payout.confirm(services, FINANCE, regular, paid_on=PAY_DATE, returned={payment[:13]: "Sai số tài khoản"})
    run(services, JANUARY)
    arrears = "2022-01/phuoc-long/arrears/1"
    assert found(services, "draft")[arrears] == DIRECT_VND
    approve(services, arrears)
    with services.engine.connect() as connection:
        query = "SELECT sum(amount_vnd) FROM payroll.ledger_line WHERE NOT is_returned AND budget_year = 2022"
        assert connection.scalar(sa.text(query)) == 9 * DIRECT_VND
    run(services, JANUARY)
    assert not [name for name in found(services, "draft") if "phuoc-long" in name]
    assert migrate.check(services.engine) == []


def returned_by_the_bank(services: Services, name: str) -> payout.Confirmed:
    """LEAVES' payment of an exported batch comes back."""
    with services.engine.connect() as connection:
        query = "SELECT payment_id::text FROM payroll.payment_line WHERE citizen_id = :who AND batch_kind <> 'recovery'"
        payment = str(connection.scalar(sa.text(query), {"who": LEAVES}))
    return payout.confirm(services, FINANCE, name, paid_on=PAY_DATE, returned={payment: "Sai số tài khoản"})


def committed_to(services: Services, citizen_id: str) -> int:
    query = "SELECT COALESCE(sum(amount_vnd), 0) FROM payroll.ledger_line WHERE citizen_id = :who AND NOT is_returned"
    with services.engine.connect() as connection:
        return int(connection.scalar(sa.text(query), {"who": citizen_id}) or 0)


def paid_and_taken_back(services: Services) -> tuple[str, str]:
    """LEAVES was exported for payment, is on the roster no more, and the recovery is approved."""
    run(services, JANUARY)
    regular, recovery = "2022-01/phuoc-long/regular/1", "2022-01/phuoc-long/recovery/1"
    approve(services, regular)
    payout.export(services, FINANCE, regular, as_draft=False)
    leaves(services)
    run(services, JANUARY)
    waivers.confirm_recovery(services, FINANCE, recovery, reason="Đã báo đơn vị")
    approve(services, recovery)
    return regular, recovery


def test_a_recovery_of_money_that_came_back_is_offset_and_who_comes_back_is_paid_once(services: Services) -> None:
    whole = roster(services, "phuoc-long.csv").read_text("utf-8")
    regular, recovery = paid_and_taken_back(services)
    assert committed_to(services, LEAVES) == 0
    confirmed = returned_by_the_bank(services, regular)
    assert (confirmed.returned, confirmed.offset) == (1, 1)
    assert committed_to(services, LEAVES) == 0
    run(services, JANUARY)
    assert not [name for name in found(services, "draft") if "phuoc-long" in name]
    _, kept = payout.export(services, FINANCE, recovery, as_draft=False)
    assert "Đã bù trừ, không thu" in kept.data.decode("utf-8")
    payout.confirm(services, FINANCE, recovery, paid_on=PAY_DATE, returned={})
    roster(services, "phuoc-long.csv").write_text(whole, "utf-8")
    run(services, JANUARY)
    arrears = "2022-01/phuoc-long/arrears/1"
    assert found(services, "draft")[arrears] == DIRECT_VND
    approve(services, arrears)
    assert committed_to(services, LEAVES) == DIRECT_VND
    run(services, JANUARY)
    assert not [name for name in found(services, "draft") if "phuoc-long" in name]
    assert migrate.check(services.engine) == []


def test_a_recovery_that_was_collected_before_the_money_came_back_stays_to_be_set_off(services: Services) -> None:
    regular, recovery = paid_and_taken_back(services)
    payout.export(services, FINANCE, recovery, as_draft=False)
    payout.confirm(services, FINANCE, recovery, paid_on=PAY_DATE, returned={})
    assert returned_by_the_bank(services, regular).offset == 0
    assert committed_to(services, LEAVES) == -DIRECT_VND
    assert migrate.check(services.engine) == []


def test_a_recovery_that_was_offset_can_be_made_void_with_its_batch(services: Services) -> None:
    regular, recovery = paid_and_taken_back(services)
    returned_by_the_bank(services, regular)
    approval.void(services, FINANCE, recovery, reason="Tiền đã về")
    assert committed_to(services, LEAVES) == 0
    assert migrate.check(services.engine) == []


def test_a_void_batch_is_due_again_as_a_regular_one(services: Services) -> None:
    run(services, JANUARY)
    name = "2022-01/dong-xoai/regular/1"
    approve(services, name)
    approval.void(services, FINANCE, name, reason="Sai ngày chi")
    run(services, JANUARY)
    assert found(services, "draft")["2022-01/dong-xoai/regular/2"] == 9 * DIRECT_VND
    approve(services, "2022-01/dong-xoai/regular/2")
    assert migrate.check(services.engine) == []


def test_a_waiver_pays_the_row_with_the_next_run_and_its_maker_does_not_approve(services: Services) -> None:
    run(services, FEBRUARY)
    with services.engine.begin() as connection:
        case, centre = connection.execute(
            sa.text(
                "SELECT case_id::text, centre_code FROM payroll.exception_detail "
                "WHERE code = 'OTHER_SUPPORT_STILL_PAID' AND is_current LIMIT 1"
            )
        ).one()
        connection.execute(sa.text("UPDATE payroll.actor SET roles = '{approver,finance}'"))
    before = sum(batch.amount_vnd for batch in batches(services, FEBRUARY))
    waivers.waive(services, APPROVER, case[:10], reason="QĐ 12/QĐ-SYT dừng chế độ cũ")
    run(services, FEBRUARY)
    batch = next(batch for batch in batches(services, FEBRUARY) if batch.centre_code == centre)
    assert sum(batch.amount_vnd for batch in batches(services, FEBRUARY)) == before + DIRECT_VND
    submit(services, FINANCE, batch.name, "Đã soát")
    with pytest.raises(RefusedError, match="this account did: waiver"):
        approval.approve(
            services, APPROVER, batch.name, total_vnd=batch.amount_vnd, pay_date=date(2022, 3, 10), reason="x"
        )
    waivers.unwaive(services, APPROVER, case[:10], reason="Thu hồi")
    run(services, FEBRUARY)
    assert sum(batch.amount_vnd for batch in batches(services, FEBRUARY)) == before
