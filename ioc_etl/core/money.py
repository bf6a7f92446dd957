"""Đồng: read the Vietnamese way, multiplied in this module only, always whole.

Source: rulebook rules 5 and 12, close reading 15.
"""

import polars as pl

from ioc_etl.core.whole_numbers import whole_vnd

_UNIT = r"(?i)\s*(đồng|đ|vnđ|vnd|₫)\.?(\s*/\s*tháng)?$"
_GROUPED_BY_DOTS = r"^[0-9]{1,3}(\.[0-9]{3})+(,0+)?$"
_GROUPED_BY_SPACES = r"^[0-9]{1,3}( [0-9]{3})+$"
_GROUPED_BY_COMMAS = r"^[0-9]{1,3}(,[0-9]{3}){2,}(\.0+)?$"
_PLAIN = r"^[0-9]{1,15}(,0+)?$"
_PLAIN_FLOAT = r"^[0-9]{4,15}\.0{1,2}$"
TENTHS = 10


def parsed_vnd(column: pl.Expr) -> pl.Expr:
    """A text as whole đồng: `2.500.000`, `2500000`, `2.500.000 đ`; null when it is words, signed or not whole.

    Commas group thousands only where they can mean nothing else (`2,500,000`).
    """
    text = column.str.normalize("NFC").str.replace_all("\u00a0", " ").str.strip_chars().str.replace(_UNIT, "")
    whole = (
        pl.when(text.str.contains(_GROUPED_BY_COMMAS))
        .then(text.str.replace(r"\.0+$", "").str.replace_all(",", "", literal=True))
        .when(text.str.contains(_PLAIN_FLOAT))
        .then(text.str.replace(r"\.0+$", ""))
        .when(text.str.contains(_GROUPED_BY_DOTS) | text.str.contains(_GROUPED_BY_SPACES) | text.str.contains(_PLAIN))
        .then(text.str.replace(r",0+$", "").str.replace_all(r"[. ]", ""))
    )
    return whole_vnd(whole)


def full_month_vnd(coefficient_tenths: pl.Expr, base_salary_vnd: pl.Expr) -> pl.Expr:
    """Coefficient times base salary, rounded down to the đồng (rule 5)."""
    return rounded_down(coefficient_tenths.cast(pl.Int64) * base_salary_vnd, pl.lit(TENTHS, dtype=pl.Int64))


def rounded_down(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Numerator / denominator for whole, non-negative numbers, down to the đồng (rule 12)."""
    return numerator // denominator


def dong(amount_vnd: pl.Expr) -> pl.Expr:
    """1.234.567 đ: the way people read it."""
    grouped = amount_vnd.cast(pl.String).str.reverse().str.replace_all(r"([0-9]{3})", "$1.").str.reverse()
    return pl.concat_str(grouped.str.strip_chars_start("."), pl.lit(" đ"))
