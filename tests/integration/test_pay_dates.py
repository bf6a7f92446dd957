"""Pay dates: one in the past needs its paper, and money of a budget year is paid until that year has ended."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.clock import Clock
from ioc_etl.errors import DatabaseError, RefusedError, UsageError
from ioc_etl.pipeline import approval
from ioc_etl.pipeline.batches import batches, submit
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.plan import plan
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration import ledger_steps
from tests.integration.golden_january import golden_january, register
from tests.integration.ledger_desk import BATCH, desk, events, prepare, refused
from tests.integration.ledger_steps import APPROVER, FINANCE
from tests.integration.month_records import DIRECT_VND

TODAY, YESTERDAY = date(2022, 3, 1), date(2022, 2, 28)
DECEMBER = date(2022, 12, 1)
LAST_DAY, DAY_AFTER = date(2023, 1, 31), date(2023, 2, 1)
REGULAR, ARREARS = "2022-12/phuoc-long/regular/1", "2022-12/phuoc-long/arrears/1"

# ---- The past


def approve(
    services: Services, pay_date: date, name: str = BATCH, total: int = 2 * DIRECT_VND, paper: str | None = None
) -> None:
    approval.approve(services, APPROVER, name, total_vnd=total, pay_date=pay_date, reason="Đồng ý chi", paper=paper)


def test_today_needs_no_paper(database: Database) -> None:
    services = desk(database)
    prepare(services)
    approve(services, TODAY)
    assert events(services)[-1] == "approve"


def test_yesterday_needs_the_number_of_its_paper_and_is_an_event(database: Database) -> None:
    services = desk(database)
    prepare(services)
    refused(services, lambda: approve(services, YESTERDAY), "with --paper", "ghi số văn bản cho ngày chi ấy")
    approve(services, YESTERDAY, paper=" 15/UNC-KBNN ")
    assert events(services)[-2:] == ["approve", "past_pay_date"]
    with services.engine.connect() as connection:
        said = (
            "SELECT detail ->> 'paper', detail ->> 'pay_date' FROM payroll.audit_event WHERE action = 'past_pay_date'"
        )
        assert connection.execute(sa.text(said)).one() == ("15/UNC-KBNN", "2022-02-28")
        assert connection.scalar(sa.text("SELECT paper FROM payroll.approval")) == "15/UNC-KBNN"
    assert migrate.check(services.engine) == []


@pytest.mark.parametrize("paper", ["", "  ", "15\n16", "UNC 070099137055"])
def test_a_number_that_says_nothing_or_too_much_is_none(database: Database, paper: str) -> None:
    services = desk(database)
    prepare(services)
    with pytest.raises(UsageError, match="the number of the paper"):
        approve(services, YESTERDAY, paper=paper)


def test_the_day_is_that_of_vietnam(database: Database) -> None:
    late = Clock.stopped_at(datetime(2022, 2, 28, 17, 0, tzinfo=UTC))
    services = Services(desk(database).settings, late)
    prepare(services)
    refused(services, lambda: approve(services, YESTERDAY), "with --paper", "--paper")
    approve(services, TODAY)


def test_the_database_asks_for_the_paper_too(database: Database) -> None:
    services = desk(database)
    prepare(services)
    with services.engine.connect() as connection:
        batch = connection.scalar(sa.text("SELECT batch_id FROM payroll.batch WHERE status = 'submitted'"))
    with pytest.raises(DatabaseError, match="paid_before_today"):
        ledger_steps.approve(services.engine, batch, pay_date=date(2022, 2, 2))
    ledger_steps.approve(services.engine, batch, pay_date=date(2022, 2, 3))


# ---- The end of a year


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Services:
    """December's roster of Phước Long is there, nothing is run yet."""
    services = golden_january(database, tmp_path)
    rosters = Path(str(services.settings.input_root)) / "rosters"
    (rosters / "2022-12").mkdir()
    shutil.copy(rosters / "2022-01" / "phuoc-long.csv", rosters / "2022-12" / "phuoc-long.csv")
    return services


def on(services: Services, day: date) -> Services:
    """The same at noon of a day."""
    return Services(services.settings, Clock.stopped_at(datetime(day.year, day.month, day.day, 5, 0, tzinfo=UTC)))


def drafts(services: Services) -> dict[str, int]:
    return {batch.name: batch.amount_vnd for batch in batches(services, DECEMBER) if batch.status == "draft"}


def test_on_the_last_day_december_is_paid_from_its_own_year(office: Services) -> None:
    services = on(office, LAST_DAY)
    run(services, DECEMBER)
    assert drafts(services) == {REGULAR: 9 * DIRECT_VND}
    submit(services, FINANCE, REGULAR, "Đã soát")
    refusal = "money of the month's budget year is paid until 2023-01-31"
    with pytest.raises(RefusedError, match=refusal) as told:
        approve(services, DAY_AFTER, REGULAR, 9 * DIRECT_VND)
    assert "hết thời gian chỉnh lý quyết toán" in told.value.vi
    approve(services, LAST_DAY, REGULAR, 9 * DIRECT_VND)
    assert budget_years(services) == {("regular", 2022)}


@pytest.mark.parametrize("waits_for_its_approval", [False, True])
def test_the_day_after_december_is_due_as_arrears_of_the_year_that_pays_it(
    office: Services, waits_for_its_approval: bool
) -> None:
    run(on(office, LAST_DAY), DECEMBER)
    if waits_for_its_approval:
        submit(on(office, LAST_DAY), FINANCE, REGULAR, "Đã soát")
    services = on(office, DAY_AFTER)
    assert plan(services, DECEMBER).moved == ("pay_year",)
    assert run(services, DECEMBER).status is RunStatus.INCOMPLETE
    assert drafts(services) == {ARREARS: 9 * DIRECT_VND}
    assert causes(services) == {("year_ended", "2022")}
    assert replay(services, DECEMBER).difference is None
    submit(services, FINANCE, ARREARS, "Đã soát")
    approve(services, DAY_AFTER, ARREARS, 9 * DIRECT_VND)
    assert budget_years(services) == {("arrears", 2023)}
    run(services, DECEMBER)
    assert drafts(services) == {}
    assert run(services, DECEMBER).status is RunStatus.UNCHANGED
    assert migrate.check(services.engine) == []


def test_what_changes_afterwards_is_told_by_its_own_cause(office: Services) -> None:
    file = Path(str(office.settings.input_root)) / "rosters" / "2022-12" / "phuoc-long.csv"
    whole = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(whole[:-1]), "utf-8")
    services = on(office, DAY_AFTER)
    run(services, DECEMBER)
    submit(services, FINANCE, ARREARS, "Đã soát")
    approve(services, DAY_AFTER, ARREARS, 8 * DIRECT_VND)
    file.write_text("".join(whole), "utf-8")
    run(services, DECEMBER)
    assert drafts(services) == {"2022-12/phuoc-long/arrears/2": DIRECT_VND}
    assert {cause for cause, _ in causes(services)} == {"year_ended", "late"}


def causes(services: Services) -> set[tuple[str, str]]:
    with services.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT cause, cause_detail FROM payroll.payment_line"))
        return set(found.tuples())


def budget_years(services: Services) -> set[tuple[str, int]]:
    with services.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT batch_kind, budget_year FROM payroll.ledger_line"))
        return set(found.tuples())


# ---- What the run says of the budget


def test_no_approval_passes_where_the_months_run_says_that_the_budget_is_exceeded(
    database: Database, tmp_path: Path
) -> None:
    services = golden_january(database, tmp_path)
    january, february, name = date(2022, 1, 1), date(2022, 2, 1), "2022-01/phuoc-long/regular/1"
    file = register(services, "budget")
    whole = file.read_text("utf-8")
    others = [line for line in whole.splitlines(keepends=True) if not line.startswith("phuoc-long,2022,")]
    file.write_text("".join([*others, "phuoc-long,2022,1/QĐ-UBND,2021-12-24,1000000\n"]), "utf-8")
    run(services, january)
    file.write_text(whole, "utf-8")
    run(services, february)
    submit(services, FINANCE, name, "Đã soát")
    refused(
        services,
        lambda: approve(services, TODAY, name, 9 * DIRECT_VND),
        "the month's run says that the budget of phuoc-long is exceeded",
        "lần chạy của tháng báo vượt dự toán của phuoc-long",
    )
    run(services, january)
    approve(services, TODAY, name, 9 * DIRECT_VND)
