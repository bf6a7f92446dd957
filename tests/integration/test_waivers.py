"""What finance says of cases and rows: waived, taken back, and which of two rows stands."""

from datetime import date

import pytest
import sqlalchemy as sa

from ioc_etl.adapters.store import read_month_state
from ioc_etl.errors import UsageError
from ioc_etl.pipeline import waivers
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.ledger_desk import refused, services_of
from tests.integration.ledger_steps import FINANCE, account, accounts, approve, batch_ids, take_steps
from tests.integration.month_records import MONTH, decision, finding, held, kept, month_record, write


@pytest.fixture
def services(month: Database) -> Services:
    return services_of(month)


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


def asked_about_a_regime(database: Database) -> Services:
    about = {"level": "centre", "severity": "warn", "source_row": None, "citizen_id": None, "full_name": None}
    asked = finding(code="REGIME_UNREGISTERED", person_key="regime:NĐ 179", is_waivable=True, **about)
    write(database.engine, month_record(kept(database.engine, dong_xoai=b"r"), [decision(10)], [asked]))
    accounts(database.engine)
    return services_of(database)


def test_what_blocks_nothing_is_answered_for_good_and_keeps_nobody_from_approving(database: Database) -> None:
    services = asked_about_a_regime(database)
    account(database.engine, "ca-hai", "finance", "approver")
    waivers.waive(services, "ca-hai", case_id(services), reason="Không có ai", is_for_good=True)
    with services.engine.connect() as connection:
        counted = [read_month_state(connection, date(year, 1, 1)).waivers.height for year in (2021, 2022, 2040)]
    assert counted == [0, 1, 1]
    take_steps(database.engine, "submitted")
    approve(database.engine, batch_ids(database.engine, "submitted")[0], "ca-hai")


def test_what_blocks_is_never_waived_for_good(services: Services) -> None:
    with pytest.raises(UsageError, match="only a warning is answered for good"):
        waivers.waive(services, FINANCE, case_id(services), reason="x", is_for_good=True)


def test_an_answer_for_good_has_no_last_month(database: Database) -> None:
    services = asked_about_a_regime(database)
    with pytest.raises(UsageError, match="a last month is given too"):
        waivers.waive(services, FINANCE, case_id(services), reason="x", until=MONTH, is_for_good=True)


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
