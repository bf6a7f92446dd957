"""The month's limits as pandera holds them: what a decided row must keep, whatever the rules have made of it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from factories import DISTRICT, PROVINCE, approval_of, facts_of, month_result, raw_roster, registers, roster_row

from ioc_etl.core.limits import hold_decisions
from ioc_etl.errors import CentreError

JANUARY = date(2022, 1, 1)
ALL_DAYS = 2**31 - 1


def good_month() -> tuple[pl.DataFrame, object]:
    """Nine people of a district and twelve of the police, all paid, and the facts they were decided with."""
    district = [roster_row(number) for number in range(1, 10)]
    police = [roster_row(number, centre_code=PROVINCE, agency="Công an tỉnh") for number in range(20, 32)]
    facts = facts_of(JANUARY, registers(approved_list=[approval_of(row) for row in police]))
    result = month_result(raw_roster([*district, *police]), facts)
    assert set(result.decisions["outcome"]) == {"paid"}
    return result.decisions, facts


def changed(decisions: pl.DataFrame, which: int, differences: Mapping[str, object]) -> pl.DataFrame:
    """The decisions with one row changed."""
    rows = decisions.to_dicts()
    rows[which] |= differences
    return pl.DataFrame(rows, schema=decisions.schema)


def one_more(decisions: pl.DataFrame, differences: Mapping[str, object]) -> pl.DataFrame:
    """The decisions with one row more, like the first but for what is said."""
    first = decisions.row(0, named=True)
    return pl.DataFrame([*decisions.to_dicts(), {**first, **differences}], schema=decisions.schema)


def test_a_month_that_keeps_its_limits_is_let_through() -> None:
    hold_decisions(*good_month())


@pytest.mark.parametrize(
    ("differences", "check"),
    [
        ({"staff_category": "contract"}, "paid_rows_may_be_paid"),
        ({"open_codes": ["NAME_MISSING"]}, "paid_rows_may_be_paid"),
        ({"has_no_right": True}, "paid_rows_may_be_paid"),
        ({"person_id": None}, "paid_rows_may_be_paid"),
        ({"post_days": 0, "amount_vnd": 0}, "paid_rows_may_be_paid"),
        ({"coefficient_tenths": 20, "amount_vnd": 2_980_000}, "paid_rows_may_be_paid"),
        ({"amount_vnd": 2_235_001}, "amount_is_that_of_the_days"),
        ({"amount_vnd": 2_234_999}, "amount_is_that_of_the_days"),
        ({"post_days": 2**30 - 1}, "amount_is_that_of_the_days"),
        ({"outcome": "held"}, "amount_is_that_of_the_days"),
    ],
)
def test_a_row_past_a_limit_refuses_its_centre(differences: Mapping[str, object], check: str) -> None:
    decisions, facts = good_month()
    assert decisions.row(0, named=True)["centre_code"] == DISTRICT
    with pytest.raises(CentreError, match=check) as error:
        hold_decisions(changed(decisions, 0, differences), facts)
    assert error.value.centre_codes == (DISTRICT,)


def test_thirty_days_of_thirty_one_are_paid_as_such() -> None:
    decisions, facts = good_month()
    hold_decisions(changed(decisions, 0, {"post_days": 2**30 - 1, "amount_vnd": 2_162_903}), facts)


def test_a_contract_worker_paid_a_fortune_is_refused_and_no_value_is_told() -> None:
    decisions, facts = good_month()
    forged = changed(decisions, 0, {"staff_category": "contract", "amount_vnd": 999_999_999})
    with pytest.raises(CentreError) as error:
        hold_decisions(forged, facts)
    assert "999" not in str(error.value)
    assert str(forged["person_id"][0]) not in str(error.value)


@pytest.mark.parametrize(("days", "is_over"), [(ALL_DAYS, True), (1, True), (1 << 30, True)])
def test_the_tenth_person_of_a_district_is_past_a_post_on_any_day(days: int, is_over: bool) -> None:
    decisions, facts = good_month()
    amount = 2_235_000 * days.bit_count() // 31
    tenth = {"source_row": 90, "person_id": "070085999999", "post_days": days, "amount_vnd": amount}
    with pytest.raises(CentreError, match="nobody_is_past_a_post") as error:
        hold_decisions(one_more(decisions, tenth), facts)
    assert error.value.centre_codes == (DISTRICT,)
    assert is_over


def test_the_tenth_takes_the_days_that_the_ninth_has_left() -> None:
    decisions, facts = good_month()
    first_half, rest = 2**15 - 1, ALL_DAYS - (2**15 - 1)
    ninth = changed(decisions, 0, {"post_days": first_half, "amount_vnd": 2_235_000 * 15 // 31})
    tenth = {"source_row": 90, "person_id": "070085999999", "post_days": rest, "amount_vnd": 2_235_000 * 16 // 31}
    hold_decisions(one_more(ninth, tenth), facts)


def test_the_thirteenth_police_officer_is_past_the_posts_of_the_police() -> None:
    decisions, facts = good_month()
    officer = decisions.filter(pl.col("centre_code") == PROVINCE).row(0, named=True)
    rows = [*decisions.to_dicts(), {**officer, "source_row": 90, "person_id": "070085999999"}]
    with pytest.raises(CentreError, match="nobody_is_past_a_post") as error:
        hold_decisions(pl.DataFrame(rows, schema=decisions.schema), facts)
    assert error.value.centre_codes == (PROVINCE,)


@pytest.mark.parametrize(("days", "is_twice"), [(ALL_DAYS, True), (1, True)])
def test_a_day_of_a_person_paid_at_a_second_centre_refuses_both(days: int, is_twice: bool) -> None:
    decisions, facts = good_month()
    again = {"centre_code": "phuoc-long", "post_days": days, "amount_vnd": 2_235_000 * days.bit_count() // 31}
    with pytest.raises(CentreError, match="no_day_of_a_person_is_paid_twice") as error:
        hold_decisions(one_more(decisions, again), facts)
    assert error.value.centre_codes == (DISTRICT, "phuoc-long")
    assert is_twice


SCRIPT = """
import sys
sys.path[:0] = {paths!r}
from test_limits import good_month, changed
from ioc_etl.core.limits import hold_decisions
from ioc_etl.errors import CentreError
decisions, facts = good_month()
try:
    hold_decisions(changed(decisions, 0, {{"staff_category": "contract", "amount_vnd": 999_999_999}}), facts)
except CentreError:
    print("refused")
"""


@pytest.mark.parametrize(
    "switched_off",
    [{"PANDERA_VALIDATION_ENABLED": "False"}, {"PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"}],
    ids=lambda switched: next(iter(switched)),
)
def test_the_environment_cannot_switch_the_limits_off(switched_off: Mapping[str, str]) -> None:
    tests = Path(__file__).parents[1]
    script = SCRIPT.format(paths=[str(tests / "unit"), str(tests), str(tests.parent)])
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **switched_off}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "refused"), done.stderr
