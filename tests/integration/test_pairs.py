"""Who may be one person under two IDs: money from before go-live, and one waiver for the pair, over real files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from ioc_etl.adapters import migrate
from ioc_etl.adapters.clock import Clock
from ioc_etl.demo.write import write_demo
from ioc_etl.errors import RefusedError
from ioc_etl.pipeline import approval, waivers
from ioc_etl.pipeline.batches import submit
from ioc_etl.pipeline.explain import explain, statement
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.opening import import_opening
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.services import Services
from tests.conftest import Database
from tests.integration.golden_january import JANUARY, approve, found, golden_january, roster
from tests.integration.ledger_steps import APPROVER, FINANCE, PAY_DATE, account, accounts

CASES = Path(__file__).parents[1] / "cases" / "files"


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    accounts(database.engine)
    settings = replace(database.settings, input_root=str(write_demo(tmp_path / "input").root))
    return Services(settings, Clock.stopped_at(datetime(2022, 3, 1, 3, 0, tzinfo=UTC)))


def shown(services: Services, code: str) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The findings of a code in January's current run, by centre and row."""
    query = (
        "SELECT * FROM payroll.exception_detail WHERE is_current AND reference_month = '2022-01-01' AND code = :code "
        "AND row_number IS NOT NULL"
    )
    with services.engine.connect() as connection:
        found = connection.execute(sa.text(query), {"code": code}).mappings().all()
    return {(row["centre_code"], row["row_number"]): row for row in found}


def outcomes(services: Services, *places: tuple[str, int]) -> list[str]:
    query = (
        "SELECT d.outcome FROM payroll.decision d JOIN payroll.month m ON m.current_run_id = d.run_id "
        "WHERE m.reference_month = '2022-01-01' AND d.centre_code = :centre AND d.source_row = :row"
    )
    with services.engine.connect() as connection:
        return [
            connection.execute(sa.text(query), {"centre": centre, "row": row}).scalar_one() for centre, row in places
        ]


def line_vnd(services: Services, place: tuple[str, int]) -> int | None:
    query = "SELECT sum(amount_vnd) FROM payroll.payment_line WHERE centre_code = :centre AND source_row = :row"
    with services.engine.connect() as connection:
        amount = connection.scalar(sa.text(query), {"centre": place[0], "row": place[1]})
    return None if amount is None else int(amount)


def test_money_that_another_centre_paid_before_go_live_is_taken_off(services: Services) -> None:
    place = ("dong-xoai", 4)
    import_opening(services, FINANCE, CASES / "opening-other-centre.csv")
    run(services, JANUARY)
    assert outcomes(services, place) == ["paid"]
    assert line_vnd(services, place) == 1_235_000
    assert "1.000.000 đ" in shown(services, "OPENING_ELSEWHERE")[place]["message_vi"]
    assert replay(services, JANUARY).difference is None


def test_explain_shows_what_was_paid_elsewhere_and_what_is_left(services: Services) -> None:
    import_opening(services, FINANCE, CASES / "opening-other-centre.csv")
    run(services, JANUARY)
    person = "070072564713"
    told = statement(services, JANUARY, person, explain(services, JANUARY, person))
    assert (told.entitled_vnd, told.due_vnd) == (2_235_000, 1_235_000)
    assert [(line["centre_code"], line["kind"], line["amount_vnd"], line["document"]) for line in told.lines] == [
        ("phuoc-long", "opening", 1_000_000, "UNC 15"),
        ("dong-xoai", "regular", 1_235_000, None),
    ]


def test_an_opening_line_comes_too_late_where_another_centre_has_approved_the_month(services: Services) -> None:
    run(services, JANUARY)
    approve(services, "2022-01/dong-xoai/regular/1")
    report = import_opening(services, FINANCE, CASES / "opening-other-centre.csv")
    assert report.lines == 0
    assert [problem.cell for problem in report.problems] == ["C2"]
    assert "đã được duyệt chi, có thể ở Trung tâm khác" in report.problems[0].vi


def test_an_opening_line_of_the_name_under_an_old_id_is_not_paid_again(services: Services) -> None:
    place = ("dong-xoai", 7)
    import_opening(services, FINANCE, CASES / "opening-old-cmnd-same-name.csv")
    run(services, JANUARY)
    assert outcomes(services, place) == ["held"]
    assert line_vnd(services, place) is None
    assert set(shown(services, "POSSIBLE_DUPLICATE")) == {place}
    assert replay(services, JANUARY).difference is None


HERE, THERE = ("dong-xoai", 3), ("binh-long", 11)
"""Rows of the golden January that are made alike: a full birth date here, the year of it there."""


@pytest.fixture
def alike(database: Database, tmp_path: Path) -> Services:
    services = golden_january(database, tmp_path)
    rename(services, "045079001041")
    run(services, JANUARY)
    return services


def rename(services: Services, citizen_id: str) -> None:
    file = roster(services, "dong-xoai.xlsx")
    book = openpyxl.load_workbook(file)
    for column, value in (("B", "Võ Văn Đức"), ("C", datetime(1979, 5, 10)), ("D", citizen_id)):  # noqa: DTZ001 - a cell
        book.worksheets[-1][f"{column}{HERE[1]}"].value = value
    book.save(file)


def test_one_waiver_covers_the_pair_until_either_number_changes(alike: Services) -> None:
    assert outcomes(alike, HERE, THERE) == ["held", "held"]
    case = str(shown(alike, "POSSIBLE_DUPLICATE")[THERE]["case_id"])
    waivers.waive(alike, FINANCE, case, reason="Đã đối chiếu: hai người")
    run(alike, JANUARY)
    assert outcomes(alike, HERE, THERE) == ["paid", "paid"]
    assert {row["waived"] for row in shown(alike, "POSSIBLE_DUPLICATE").values()} == {True}
    rename(alike, "045079001042")
    run(alike, JANUARY)
    assert outcomes(alike, HERE, THERE) == ["held", "held"]
    assert replay(alike, JANUARY).difference is None
    assert migrate.check(alike.engine) == []


def test_the_pairs_waiver_is_taken_back_by_the_case_of_either_row(alike: Services) -> None:
    waivers.waive(alike, FINANCE, str(shown(alike, "POSSIBLE_DUPLICATE")[THERE]["case_id"]), reason="Hai người")
    run(alike, JANUARY)
    waivers.unwaive(alike, FINANCE, str(shown(alike, "POSSIBLE_DUPLICATE")[HERE]["case_id"]), reason="Chưa chắc")
    run(alike, JANUARY)
    assert outcomes(alike, HERE, THERE) == ["held", "held"]


def test_who_waived_a_pair_at_one_centre_approves_at_neither(alike: Services) -> None:
    account(alike.engine, "ca-hai", "finance", "approver")
    waivers.waive(alike, "ca-hai", str(shown(alike, "POSSIBLE_DUPLICATE")[THERE]["case_id"]), reason="Hai người")
    run(alike, JANUARY)
    for name, amount in found(alike, "draft").items():
        submit(alike, FINANCE, name, "Đã soát")
        asked = partial(approval.approve, alike, "ca-hai", name, total_vnd=amount, pay_date=PAY_DATE, reason="Đồng ý")
        if name.split("/")[1] in {HERE[0], THERE[0]}:
            with pytest.raises(RefusedError, match="waive"):
                asked()
        else:
            asked()


def test_a_waiver_taken_back_sends_the_other_centres_approval_back(alike: Services) -> None:
    """What a batch rests on is bound by its hash, the pair's waiver at whichever centre."""
    waivers.waive(alike, FINANCE, str(shown(alike, "POSSIBLE_DUPLICATE")[THERE]["case_id"]), reason="Hai người")
    run(alike, JANUARY)
    here = next(name for name in found(alike, "draft") if name.split("/")[1] == HERE[0])
    submit(alike, FINANCE, here, "Đã soát")
    waivers.unwaive(alike, FINANCE, str(shown(alike, "POSSIBLE_DUPLICATE")[THERE]["case_id"]), reason="Chưa chắc")
    with pytest.raises(RefusedError):
        approval.approve(
            alike, APPROVER, here, total_vnd=found(alike, "submitted")[here], pay_date=PAY_DATE, reason="Đồng ý"
        )
