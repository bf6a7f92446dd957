"""Dates as close reading 12 wants them read, and the days of a month as bits."""

from datetime import date

import polars as pl
import pytest

from ioc_etl.core.dates import days_mask, days_of, parsed_birth_year, parsed_date, whole_month_mask

JANUARY = date(2022, 1, 1)


def read(text: str | None) -> object:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(parsed_date(pl.col("text"))).item()


@pytest.mark.parametrize(
    "text",
    ["05/02/2022", "5/2/2022", "05.02.2022", "5.2.2022", "05-02-2022", "5-2-2022", "2022-02-05", " 05/02/2022 "],
)
def test_a_date_is_read_day_first_or_iso(text: str) -> None:
    assert read(text) == date(2022, 2, 5)


def test_excels_number_of_a_day_is_a_date() -> None:
    assert read("44597") == date(2022, 2, 5)


def test_excels_date_as_text_is_a_date() -> None:
    assert read("2022-02-05 00:00:00") == date(2022, 2, 5)


@pytest.mark.parametrize(
    "text",
    [
        "05/02/22",
        "5.2.22",
        "31/02/2022",
        "29/02/2022",
        "00/01/2022",
        "01/13/2022",
        "32/01/2022",
        "2022/13/01",
        "2022-02-30",
        "tháng 2/2022",
        "02/2022",
        "2022",
        "đầu tháng",
        "05/02/2022 đến nay",
        "",
        None,
    ],
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert read(text) is None


def test_the_29th_of_february_is_a_date_in_leap_years_only() -> None:
    assert (read("29/02/2024"), read("29/02/2023"), read("29/02/2000"), read("29/02/1900")) == (
        date(2024, 2, 29),
        None,
        date(2000, 2, 29),
        None,
    )


@pytest.mark.parametrize(
    ("text", "year"), [("1969", 1969), (" 2001 ", 2001), ("69", None), ("1869", None), ("abc", None)]
)
def test_a_year_alone_is_a_birth_year(text: str, year: int | None) -> None:
    assert pl.select(parsed_birth_year(pl.lit(text))).item() == year


def mask(first: date | None, last: date | None, month: date = JANUARY) -> int:
    return pl.select(days_mask(pl.lit(first, dtype=pl.Date), pl.lit(last, dtype=pl.Date), month)).item()


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, set(range(1, 32))),
        (date(2021, 5, 1), date(2023, 5, 1), set(range(1, 32))),
        (date(2022, 1, 31), None, {31}),
        (date(2022, 2, 1), None, set()),
        (None, date(2022, 1, 1), {1}),
        (None, date(2021, 12, 31), set()),
        (date(2022, 1, 10), date(2022, 1, 10), {10}),
        (date(2022, 1, 10), date(2022, 1, 12), {10, 11, 12}),
        (date(2022, 1, 12), date(2022, 1, 10), set()),
        (date(2022, 2, 12), date(2022, 2, 10), set()),
        (date(2021, 1, 1), date(2021, 1, 31), set()),
    ],
)
def test_the_days_of_the_month_between_two_dates(first: date | None, last: date | None, days: set[int]) -> None:
    assert mask(first, last) == sum(1 << (day - 1) for day in days)


@pytest.mark.parametrize(
    ("month", "days"), [(JANUARY, 31), (date(2022, 2, 1), 28), (date(2024, 2, 1), 29), (date(2022, 4, 1), 30)]
)
def test_a_month_has_its_days(month: date, days: int) -> None:
    assert mask(None, None, month) == whole_month_mask(month)
    assert pl.select(days_of(pl.lit(whole_month_mask(month), dtype=pl.Int64))).item() == days
