"""Dates, days and đồng against plain Python."""

import re
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc_etl.core.dates import days_mask, days_of, parsed_date
from ioc_etl.core.money import dong, full_month_vnd, parsed_vnd, rounded_down
from ioc_etl.core.month import days_in

MONTHS = st.dates(date(2022, 1, 1), date(2026, 12, 1)).map(lambda day: day.replace(day=1))
MAYBE_DAYS = st.none() | st.dates(date(2019, 1, 1), date(2029, 12, 31))
DAY = st.integers(0, 33)
SEPARATOR = st.sampled_from(["/", ".", "-"])


def column_of(values: list[str], dtype: type[pl.DataType] = pl.String) -> pl.DataFrame:
    return pl.DataFrame({"value": values}, schema={"value": dtype})


def one_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@st.composite
def written_date(draw: st.DrawFn) -> tuple[str, date | None]:
    """A text that looks like a date, and what it means."""
    day, month, year = draw(DAY), draw(st.integers(0, 14)), draw(st.integers(1950, 2049))
    separator, width = draw(SEPARATOR), draw(st.sampled_from(["", "02"]))
    if draw(st.booleans()):
        return f"{day:{width}}{separator}{month:{width}}{separator}{year}", one_date(year, month, day)
    return f"{year}-{month:02}-{day:02}", one_date(year, month, day)


@settings(max_examples=60, deadline=None)
@given(st.lists(written_date(), min_size=1, max_size=40))
def test_a_written_date_is_the_calendars_or_none(written: list[tuple[str, date | None]]) -> None:
    read = column_of([text for text, _ in written]).select(parsed_date(pl.col("value")))["value"].to_list()
    assert read == [meant for _, meant in written]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="0123456789/.- đầuthángTZ:", max_size=12), min_size=1, max_size=40))
def test_a_date_is_only_read_where_a_year_of_four_digits_or_a_day_number_stands(texts: list[str]) -> None:
    read = column_of(texts).select(parsed_date(pl.col("value")))["value"].to_list()
    for text, meant in zip(texts, read, strict=True):
        squeezed = re.sub(r"\s", "", text)
        assert meant is None or f"{meant.year:04}" in squeezed or re.search(r"\d{5}", squeezed)


@settings(max_examples=150, deadline=None)
@given(MONTHS, MAYBE_DAYS, MAYBE_DAYS)
def test_the_days_of_a_month_are_those_of_the_calendar(month: date, first: date | None, last: date | None) -> None:
    calendar = [month + timedelta(days=day) for day in range(days_in(month))]
    on_duty = [(first is None or first <= day) and (last is None or day <= last) for day in calendar]
    mask = days_mask(pl.lit(first, dtype=pl.Date), pl.lit(last, dtype=pl.Date), month)
    assert pl.select(mask).item() == sum(1 << place for place, is_on in enumerate(on_duty) if is_on)
    assert pl.select(days_of(mask)).item() == sum(on_duty)


@st.composite
def written_money(draw: st.DrawFn) -> tuple[str, int]:
    """An amount as Vietnamese offices write it."""
    amount = draw(st.integers(0, 999_999_999_999))
    digits = draw(st.sampled_from([str(amount), f"{amount:,}".replace(",", ".")]))
    unit = draw(st.sampled_from(["", " đ", "đ", " đồng", " Đồng", " VNĐ"]))
    return f"{digits}{unit}", amount


@settings(max_examples=60, deadline=None)
@given(st.lists(written_money(), min_size=1, max_size=40))
def test_written_money_is_read(written: list[tuple[str, int]]) -> None:
    read = column_of([text for text, _ in written]).select(parsed_vnd(pl.col("value")))
    assert read["value"].dtype == pl.Int64
    assert read["value"].to_list() == [amount for _, amount in written]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(alphabet="0123456789.,- đtriệuhai", max_size=14), min_size=1, max_size=40))
def test_money_is_never_guessed(texts: list[str]) -> None:
    """What is read has the digits that were written, in groups of three or none, without sign or words."""
    read = column_of(texts).select(parsed_vnd(pl.col("value")))["value"].to_list()
    for text, amount in zip(texts, read, strict=True):
        if amount is None:
            continue
        bare = re.sub(r"\s*(đ|đồng)\.?$", "", text.strip())
        whole = re.sub(r"[.,]0+$", "", bare) if "," in bare else bare
        assert not re.search(r"[^\d., ]", bare), text
        assert int(re.sub(r"\D", "", whole)) == amount, text
        groups = re.split(r"[., ]", whole)
        assert len(groups) == 1 or (len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])), text


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 10**5)), min_size=1, max_size=30))
def test_parts_are_rounded_down_as_decimal_does(fractions: list[tuple[int, int]]) -> None:
    frame = pl.DataFrame(fractions, schema={"n": pl.Int64, "d": pl.Int64}, orient="row")
    expected = [int((Decimal(n) / Decimal(d)).to_integral_value(ROUND_DOWN)) for n, d in fractions]
    assert frame.select(rounded_down(pl.col("n"), pl.col("d")).alias("q"))["q"].to_list() == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100), st.integers(1, 10**9))
def test_the_month_is_the_exact_product(tenths: int, base: int) -> None:
    exact = (Decimal(tenths) * base / 10).quantize(Decimal(1), ROUND_DOWN)
    assert pl.select(full_month_vnd(pl.lit(tenths, dtype=pl.Int32), pl.lit(base, dtype=pl.Int64))).item() == int(exact)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**15))
def test_money_is_read_as_it_is_told(amount: int) -> None:
    told = pl.select(dong(pl.lit(amount, dtype=pl.Int64))).item()
    assert pl.select(parsed_vnd(pl.lit(told))).item() == amount
    assert told == f"{amount:,}".replace(",", ".") + " đ"
