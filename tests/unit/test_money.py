"""Đồng as close reading 15 wants them read, multiplied and rounded as rules 5 and 12 want it."""

import polars as pl
import pytest

from ioc_etl.core.money import dong, full_month_vnd, parsed_vnd, rounded_down


def read(text: str | None) -> object:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(parsed_vnd(pl.col("text"))).item()


@pytest.mark.parametrize(
    "text",
    [
        "2.500.000",
        "2500000",
        "2.500.000 đ",
        "2.500.000đ",
        "2.500.000 đồng",
        "2.500.000 VNĐ",
        " 2.500.000 ",
        "2 500 000",
    ],
)
def test_money_is_read_the_vietnamese_way(text: str) -> None:
    assert read(text) == 2_500_000


@pytest.mark.parametrize(("text", "amount"), [("0", 0), ("500", 500), ("1.000", 1_000), ("999.999.999", 999_999_999)])
def test_small_and_large_amounts_are_read(text: str, amount: int) -> None:
    assert read(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "hai triệu",
        "2,5 triệu",
        "-2.500.000",
        "- 2.500.000",
        "−2.500.000",
        "(2.500.000)",
        "+2.500.000",
        "2.50.000",
        "2.500.0000",
        "25.00.000",
        "-",
        "đ",
        "2.500.000 USD",
        "1,5",
        "2.500.000,5",
        "",
        None,
    ],
)
def test_words_signs_and_broken_numbers_are_no_money(text: str | None) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("tenths", "base", "amount"),
    [
        (15, 1_490_000, 2_235_000),
        (5, 1_490_000, 745_000),
        (15, 1_800_000, 2_700_000),
        (5, 1_800_000, 900_000),
        (15, 2_340_000, 3_510_000),
        (5, 2_340_000, 1_170_000),
        (15, 2_530_000, 3_795_000),
        (5, 2_530_000, 1_265_000),
        (5, 1_490_001, 745_000),
        (15, 1_490_001, 2_235_001),
    ],
)
def test_a_month_is_the_coefficient_times_the_base_salary(tenths: int, base: int, amount: int) -> None:
    earned = pl.select(full_month_vnd(pl.lit(tenths, dtype=pl.Int32), pl.lit(base, dtype=pl.Int64)))
    assert earned.to_series().dtype == pl.Int64
    assert earned.item() == amount


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 0), (3, 2, 1), (5, 2, 2), (1, 3, 0), (2, 3, 0), (0, 7, 0), (14, 4, 3), (8, 4, 2)],
)
def test_a_part_of_a_dong_is_rounded_down(numerator: int, denominator: int, rounded: int) -> None:
    exact = rounded_down(pl.lit(numerator, dtype=pl.Int64), pl.lit(denominator, dtype=pl.Int64))
    assert pl.select(exact).item() == rounded


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0 đ"), (999, "999 đ"), (1_000, "1.000 đ"), (2_235_000, "2.235.000 đ"), (1_233_720_000, "1.233.720.000 đ")],
)
def test_money_is_told_the_vietnamese_way(amount: int, text: str) -> None:
    assert pl.select(dong(pl.lit(amount, dtype=pl.Int64))).item() == text
