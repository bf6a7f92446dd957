"""Citizen IDs: what the digits of a CCCD or an old CMND say. Source: rulebook section 4, Identity.

The number itself is personal: nothing here puts it into a message.
"""

import polars as pl

from ioc_etl.core.whole_numbers import whole_number
from ioc_etl.policy.model import MonthPolicy
from schemas import limits

_FLOAT_TAIL = r"^'?([0-9]+)\.0{1,2}$"
_DASHES = r"\-\u2010-\u2015\u2212"
_NEGATIVE = rf"^['\s]*[{_DASHES}]\s*[0-9]"
SEPARATORS = rf"[\s.'\u00a0{_DASHES}]"
"""What people put between the digits of IDs and accounts, long dashes of office programs too."""

_CENTURY_BASE = 1900
_YEARS_PER_CENTURY_DIGIT_PAIR = 100


def id_digits(column: pl.Expr) -> pl.Expr:
    """An ID or account without spaces, dots, dashes (`070 085 001 234`) and without the `.0` that a float leaves.

    A negative number stays as it is: it is none of either.
    """
    bare = column.str.replace(_FLOAT_TAIL, "$1").str.replace_all(SEPARATORS, "")
    return pl.when(column.str.contains(_NEGATIVE)).then(column).when(bare != "").then(bare)


def restored(digits: pl.Expr, policy: MonthPolicy) -> pl.Expr:
    """Digits that lost leading zeros in a number cell, padded to the full length; null where nothing was lost."""
    is_short = digits.str.contains(r"^[0-9]+$") & digits.str.len_chars().is_in(list(policy.restorable_digits))
    return pl.when(is_short).then(digits.str.zfill(policy.citizen_id_digits))


def is_whole_id(digits: pl.Expr, policy: MonthPolicy) -> pl.Expr:
    """Twelve digits whose first three are a known birth code, or one abroad."""
    return limits.is_whole_id(
        digits,
        length=policy.citizen_id_digits,
        birth_codes=sorted(policy.birth_codes),
        foreign_from=policy.foreign_birth_code_from,
    )


def is_cmnd(digits: pl.Expr, policy: MonthPolicy) -> pl.Expr:
    """An old nine-digit CMND."""
    return digits.str.contains(rf"^[0-9]{{{policy.cmnd_digits}}}$")


def born_in_year(digits: pl.Expr) -> pl.Expr:
    """The year of birth that digits 4 to 6 of a CCCD say: century and sex, then two digits of the year."""
    century = whole_number(digits.str.slice(3, 1)) // 2
    year = whole_number(digits.str.slice(4, 2))
    return _CENTURY_BASE + _YEARS_PER_CENTURY_DIGIT_PAIR * century + year


def is_female(digits: pl.Expr) -> pl.Expr:
    """Whether digit 4 of a CCCD, century and sex, is a woman's; null without a CCCD."""
    return whole_number(digits.str.slice(3, 1)) % 2 == 1


def year_digits_match(digits: pl.Expr, birth_year: pl.Expr) -> pl.Expr:
    """Whether digits 5 and 6 are those of the birth year; null without a birth year."""
    return whole_number(digits.str.slice(4, 2)) == birth_year % _YEARS_PER_CENTURY_DIGIT_PAIR
