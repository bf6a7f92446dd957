"""Money that was paid outside the system before go-live stands in the ledger as opening lines."""

from datetime import date

import polars as pl
import pytest
from factories import (
    Cells,
    committed_line,
    committed_lines,
    facts_of,
    identity_link,
    month_result,
    person,
    raw_roster,
    registers,
    roster_row,
)

from ioc_etl.core.transform import MonthResult

JANUARY = date(2022, 1, 1)
UNKNOWN = dict.fromkeys(
    ("staff_category", "work_mode", "coefficient_tenths", "base_salary_vnd", "bank_account", "bank_name", "sheet")
)


def opening(number: int, amount_vnd: int) -> Cells:
    return committed_line(number, batch_kind="opening", amount_vnd=amount_vnd, run_id=None, source_row=None, **UNKNOWN)


def settled(rows: list[Cells], lines: list[Cells]) -> MonthResult:
    facts = facts_of(JANUARY, registers())
    return month_result(raw_roster(rows), facts, committed=committed_lines(lines))


def drafted(result: MonthResult) -> list[tuple[object, ...]]:
    return result.lines.select("batch_kind", "amount_vnd", "cause").rows()


def test_what_was_paid_outside_is_not_paid_again() -> None:
    assert drafted(settled([roster_row(1)], [opening(1, 2_235_000)])) == []


def test_what_is_left_is_the_first_regular_line() -> None:
    result = settled([roster_row(1)], [opening(1, 745_000)])
    assert drafted(result) == [("regular", 1_490_000, "decided")]


def test_what_was_paid_too_much_outside_takes_nothing_back() -> None:
    result = settled([roster_row(1)], [opening(1, 2_500_000)])
    assert drafted(result) == []
    assert result.balance.select("entitlement_vnd", "opening_vnd").rows() == [(2_235_000, 2_235_000)]


@pytest.mark.parametrize(
    ("paid_vnd", "due_vnd"), [(1_000_000, 1_235_000), (2_234_999, 1), (2_235_000, 0), (3_000_000, 0)]
)
def test_what_another_centre_paid_lowers_what_is_due_and_both_are_told(paid_vnd: int, due_vnd: int) -> None:
    paid = {**opening(1, paid_vnd), "centre_code": "phuoc-long"}
    result = settled([roster_row(1), roster_row(2, centre_code="phuoc-long")], [paid])
    due = dict(result.lines.select("centre_code", "amount_vnd").rows())
    assert due == {"phuoc-long": 2_235_000} | ({"dong-xoai": due_vnd} if due_vnd else {})
    told = result.findings.filter(pl.col("code") == "OPENING_ELSEWHERE")
    assert set(told["centre_code"]) == {"dong-xoai", "phuoc-long"}
    assert set(result.decisions["outcome"]) == {"paid"}


def test_opening_money_counts_first_where_it_was_paid() -> None:
    """A month in two parts: what the second centre paid before lowers its own part before the first one's."""
    parts = [
        roster_row(1, to_date="15/01/2022"),
        roster_row(1, centre_code="phuoc-long", from_date="16/01/2022"),
    ]
    paid = {**opening(1, 1_200_000), "centre_code": "phuoc-long"}
    result = settled(parts, [paid])
    counted = dict(result.balance.select("centre_code", "opening_vnd").rows())
    assert counted == {"phuoc-long": 1_153_548, "dong-xoai": 1_200_000 - 1_153_548}
    assert dict(result.lines.select("centre_code", "amount_vnd").rows()) == {"dong-xoai": 1_081_451 - 46_452}


def test_what_was_paid_outside_to_somebody_absent_is_taken_back_outside() -> None:
    result = settled([roster_row(1)], [opening(2, 2_235_000)])
    assert drafted(result) == [("regular", 2_235_000, "decided")]
    assert result.balance.filter("is_undecided").is_empty()


def test_every_former_id_of_the_months_people_is_told() -> None:
    """Money under one of them may come into the ledger after the run."""
    new, other = person(1).citizen_id, person(9).citizen_id
    known = [
        identity_link("285918281", "285918282"),
        identity_link("285918282", new),
        identity_link("285918289", other),
    ]
    result = month_result(raw_roster([roster_row(1)]), facts_of(JANUARY, registers(identity_links=known)))
    assert result.links == {"285918281": new, "285918282": new}


def test_every_balance_adds_up() -> None:
    balance = settled([roster_row(1), roster_row(2)], [opening(2, 745_000), opening(3, 100)]).balance
    parts = pl.col("committed_vnd") + pl.col("opening_vnd") + pl.col("drafted_vnd") + pl.col("undecided_vnd")
    assert balance.filter(pl.col("entitlement_vnd") != parts).is_empty()
    assert balance.height == 3
