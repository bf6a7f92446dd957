"""Truths that hold in every month, whatever the centres send (design, section 7).

`IOC_ETL_TEST_EXAMPLES` says in how many months; `make show-oracle` takes a thousand.
"""

import os
from collections import Counter
from datetime import date, timedelta

import polars as pl
import pytest
from factories import PROVINCE, roster_row
from generated_months import (
    AGENCY_POSTS,
    DISTRICT_POSTS,
    PROVINCE_POSTS,
    GeneratedMonth,
    everything_waived,
    months,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rulebook_in_python import judged

from ioc_etl.core.month import days_in
from ioc_etl.core.transform import MonthResult
from schemas.vocabulary import Outcome, Severity

SLOW = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    # A month takes a fifth of a second to decide: looking for the smallest one that fails would take minutes.
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
}
KEY = ["centre_code", "source_row"]
EXAMPLES = int(os.environ.get("IOC_ETL_TEST_EXAMPLES", "40"))


@pytest.mark.timeout(600 + EXAMPLES)
@settings(max_examples=EXAMPLES, **SLOW)
@given(months())
def test_every_month_keeps_its_books_and_every_row_comes_to_what_the_rulebook_says(given_month: GeneratedMonth) -> None:
    result = given_month.result()
    rows_read_are_rows_ended(given_month, result)
    lines_are_what_the_rows_earn(result)
    nobody_is_paid_twice(result)
    no_quota_is_exceeded(given_month, result)
    money_is_whole_and_the_coefficients(given_month, result)
    superseded_means_another_support_at_least_as_high(result)
    held_means_a_finding_that_blocks(result)
    rows, centres = judged(given_month)
    assert ends_of(result) == {key: (end.outcome, end.amount_vnd, sorted(end.codes)) for key, end in rows.items()}
    assert codes_of_centres(result) == {code: sorted(codes) for code, codes in centres.items()}


@settings(max_examples=15, **SLOW)
@given(months())
def test_waivers_set_aside_what_may_be_waived_and_nothing_else(given_month: GeneratedMonth) -> None:
    result = given_month.result(everything_waived(given_month.result()))
    rows, _ = judged(given_month, is_all_waived=True)
    assert ends_of(result) == {key: (end.outcome, end.amount_vnd, sorted(end.codes)) for key, end in rows.items()}
    held_means_a_finding_that_blocks(result)
    nobody_is_paid_twice(result)
    no_quota_is_exceeded(given_month, result)


@settings(max_examples=15, **SLOW)
@given(months(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_centres_changes_nothing(given_month: GeneratedMonth, order: object) -> None:
    """Rows keep their row number and their STT: only the order in which they came is another."""
    shuffled = list(given_month.rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = given_month.result(), given_month.with_rows(shuffled).result()
    assert one.decisions.equals(other.decisions)
    assert one.lines.sort(KEY).equals(other.lines.sort(KEY))
    told = [*KEY, "code", "column_name", "message_vi"]
    assert one.findings.sort(told, nulls_last=True).equals(other.findings.sort(told, nulls_last=True))


@settings(max_examples=15, **SLOW)
@given(months(max_rows=10), st.integers(0, 9), st.sampled_from(["same", "other_mode", "other_centre"]))
def test_a_row_that_comes_once_more_never_earns_more(given_month: GeneratedMonth, which: int, how: str) -> None:
    row = given_month.rows[which % len(given_month.rows)]
    stands = Counter(str(each["bank_account"])[-3:] for each in given_month.rows)  # old and new ID of one person alike
    if stands[str(row["bank_account"])[-3:]] > 1:
        row = roster_row(20, centre_code=str(row["centre_code"]), source_row=60)
        given_month = given_month.with_rows([*given_month.rows, row])
    again = {**row, "source_row": 70}
    if how == "other_mode":
        again["work_mode"] = "Không trực tiếp" if row["work_mode"] == "Trực tiếp" else "Trực tiếp"
    elif how == "other_centre":
        again["centre_code"] = "binh-long" if row["centre_code"] != "binh-long" else PROVINCE
    before, after = given_month.result(), given_month.with_rows([*given_month.rows, again]).result()
    assert after.decisions["amount_vnd"].sum() <= before.decisions["amount_vnd"].sum()


def rows_read_are_rows_ended(given_month: GeneratedMonth, result: MonthResult) -> None:
    """rows read = paid + superseded + held + merged, every row once."""
    read = sorted((str(row["centre_code"]), int(str(row["source_row"]))) for row in given_month.rows)
    assert sorted(result.decisions.select(KEY).rows()) == read
    assert set(result.decisions["outcome"]) <= {str(outcome) for outcome in Outcome}
    counts = ["paid_rows", "superseded_rows", "held_rows", "merged_rows"]
    assert (
        result.centres["rows_read"].to_list() == result.centres.select(pl.sum_horizontal(counts)).to_series().to_list()
    )


def lines_are_what_the_rows_earn(result: MonthResult) -> None:
    paid = result.decisions.filter(pl.col("outcome") == Outcome.PAID)
    columns = ["centre_code", "source_row", "person_id", "amount_vnd"]
    of_people = paid.group_by("centre_code", "person_id").agg(pl.col("amount_vnd").sum())
    whole = ["centre_code", "person_id", "amount_vnd"]
    assert sorted(result.lines.select(whole).rows()) == sorted(of_people.select(whole).rows())
    assert set(result.lines.select(columns[:2]).rows()) <= set(paid.select(columns[:2]).rows())
    assert (
        result.lines["amount_vnd"].sum() == result.decisions["amount_vnd"].sum() == result.centres["amount_vnd"].sum()
    )


def nobody_is_paid_twice(result: MonthResult) -> None:
    """No day of a person is paid twice, and parts never add up to more than the highest whole."""
    paid = result.decisions.filter(pl.col("amount_vnd") > 0)
    assert paid["person_id"].null_count() == 0
    for _, rows in paid.group_by("person_id"):
        days = [row for mask in rows["post_days"] for row in range(31) if mask >> row & 1]
        assert days
        assert len(days) == len(set(days))
        assert rows["amount_vnd"].sum() <= rows["full_amount_vnd"].max()


def no_quota_is_exceeded(given_month: GeneratedMonth, result: MonthResult) -> None:
    """On no day more people with a post of ours than posts; where months are given, no more people than posts."""
    paid = result.decisions.filter(pl.col("amount_vnd") > 0)
    successors = {"so-khcn": "so-tttt", "so-tai-chinh": "so-khdt"} if given_month.month >= date(2025, 3, 1) else {}
    for day in range(days_in(given_month.month)):
        on_day = paid.filter(pl.col("post_days") // 2**day % 2 == 1)
        for centre_code, people in on_day.group_by("centre_code").agg(pl.col("person_id").n_unique()).rows():
            assert people <= posts_on(given_month, centre_code, day)
        in_province = on_day.filter(pl.col("centre_code") == PROVINCE)
        for agency, people in in_province.group_by("agency").agg(pl.col("person_id").n_unique()).rows():
            assert people <= AGENCY_POSTS[successors.get(agency, agency)]


def posts_on(given_month: GeneratedMonth, centre_code: str, place: int) -> int:
    if centre_code == PROVINCE:
        return PROVINCE_POSTS
    day = given_month.month + timedelta(days=place)
    rows = sorted(given_month.headcounts, key=lambda row: row["decision_date"])
    own = [row for row in rows if row["centre_code"] == centre_code]
    valid = [r for r in own if r["valid_from"] <= day and (r["valid_to"] is None or day <= r["valid_to"])]
    if given_month.method != "calendar_days":
        valid = own
        return min(DISTRICT_POSTS, max(int(str(row["headcount"])) for row in valid))
    return min(DISTRICT_POSTS, int(str(valid[-1]["headcount"]))) if valid else 0


def money_is_whole_and_the_coefficients(given_month: GeneratedMonth, result: MonthResult) -> None:
    assert result.decisions["amount_vnd"].dtype == pl.Int64
    paid = result.decisions.filter(pl.col("outcome") == Outcome.PAID)
    assert (paid["amount_vnd"] > 0).all()
    assert (result.decisions.filter(pl.col("outcome") != Outcome.PAID)["amount_vnd"] == 0).all()
    full = paid["coefficient_tenths"].cast(pl.Int64) * paid["base_salary_vnd"]
    assert (paid["amount_vnd"] * 10 <= full).all()
    if given_month.method == "full_month":
        assert (paid["amount_vnd"] * 10 == full).all()


def superseded_means_another_support_at_least_as_high(result: MonthResult) -> None:
    superseded = result.decisions.filter(pl.col("outcome") == Outcome.SUPERSEDED)
    assert (superseded["other_support_vnd"] >= superseded["full_amount_vnd"]).all()
    paid = result.decisions.filter(pl.col("outcome") == Outcome.PAID)
    higher = paid.filter(pl.col("other_support_vnd") >= pl.col("full_amount_vnd"))
    assert all("OTHER_SUPPORT_PART" in codes for codes in higher["codes"])


def held_means_a_finding_that_blocks(result: MonthResult) -> None:
    """Every blocking finding that nobody waived keeps its row from being paid, and nothing else does."""
    blocking = (
        result.findings.filter((pl.col("severity") == Severity.BLOCK) & ~pl.col("is_waived")).select(KEY).unique()
    )
    blocked = result.decisions.join(blocking, on=KEY, how="semi")
    assert set(blocked["outcome"]) <= {Outcome.HELD.value, Outcome.MERGED.value}
    free = result.decisions.join(blocking, on=KEY, how="anti")
    assert Outcome.HELD.value not in set(free["outcome"])


def ends_of(result: MonthResult) -> dict[tuple[str, int], tuple[str, int, list[str]]]:
    return {
        (row["centre_code"], row["source_row"]): (row["outcome"], row["amount_vnd"], row["codes"])
        for row in result.decisions.iter_rows(named=True)
    }


def codes_of_centres(result: MonthResult) -> dict[str, list[str]]:
    about = result.findings.filter(pl.col("level") == "centre")
    codes: dict[str, set[str]] = {}
    for centre_code, code in about.select("centre_code", "code").iter_rows():
        codes.setdefault(centre_code, set()).add(code)
    return {centre_code: sorted(found) for centre_code, found in codes.items()}
