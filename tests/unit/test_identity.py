"""What the digits of an ID say. Rulebook section 4, Identity."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from factories import policy

from ioc_etl.core.identity import born_in_year, id_digits, is_cmnd, is_whole_id, restored, year_digits_match
from ioc_etl.policy.resolve import policy_at

JANUARY = policy_at(policy(), date(2022, 1, 1))
BIRTH_CODES = """
001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044 045
046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093
094 095 096
"""


def of(expression: Callable[[pl.Expr], pl.Expr], text: str | None) -> object:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(expression(pl.col("text"))).item()


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("070085001234", "070085001234"),
        ("070 085 001 234", "070085001234"),
        ("070.085.001.234", "070085001234"),
        ("070-085-001-234", "070085001234"),
        ("070\u00a0085\u00a0001\u00a0234", "070085001234"),
        ("70085001234.0", "70085001234"),
        ("'070085001234", "070085001234"),
        ("- - -", None),
        (None, None),
    ],
)
def test_spaces_dots_and_dashes_inside_an_id_are_dropped(cell: str | None, digits: str | None) -> None:
    assert of(id_digits, cell) == digits


def test_the_63_birth_codes_and_those_from_100_are_known_and_no_others() -> None:
    known = [f"{code:03d}" for code in range(1000) if of(lambda c: is_whole_id(c, JANUARY), f"{code:03d}085001234")]
    assert known == [*BIRTH_CODES.split(), *(str(code) for code in range(100, 1000))]
    assert len(BIRTH_CODES.split()) == 63


@pytest.mark.parametrize("text", ["07008500123", "0700850012345", "07008500123A", "", None])
def test_an_id_has_twelve_digits(text: str | None) -> None:
    assert not of(lambda column: is_whole_id(column, JANUARY), text)


@pytest.mark.parametrize(
    ("text", "is_one"), [("285918288", True), ("28591828", False), ("2859182880", False), ("28591828A", False)]
)
def test_a_cmnd_has_nine_digits(text: str, is_one: bool) -> None:
    assert of(lambda column: is_cmnd(column, JANUARY), text) is is_one


@pytest.mark.parametrize(
    ("text", "padded"),
    [
        ("70085001234", "070085001234"),
        ("1085001234", "001085001234"),
        ("285918288", None),
        ("070085001234", None),
        ("7008500123A", None),
        (None, None),
    ],
)
def test_eleven_or_ten_digits_lost_their_zeros(text: str | None, padded: str | None) -> None:
    assert of(lambda column: restored(column, JANUARY), text) == padded


@pytest.mark.parametrize(
    ("century", "year"),
    [("0", 1985), ("1", 1985), ("2", 2085), ("3", 2085), ("4", 2185), ("5", 2185), ("8", 2385), ("9", 2385)],
)
def test_the_fourth_digit_is_the_century_and_the_sex(century: str, year: int) -> None:
    assert of(born_in_year, f"070{century}85001234") == year


@pytest.mark.parametrize(("year", "matches"), [(1985, True), (2085, True), (1986, False)])
def test_the_year_digits_are_two(year: int, matches: bool) -> None:
    assert pl.select(year_digits_match(pl.lit("070085001234"), pl.lit(year))).item() is matches
