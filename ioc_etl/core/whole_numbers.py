"""Whole numbers that people write in cells: the only place of the core that makes a number of a text.

Texts come in the plain form (`ioc_etl.core.plain_cells`). A number is ASCII digits of a stated length: a cell of any
other length is none, and nothing here fails on it (rulebook, close reading 18).
"""

import re

import polars as pl

from ioc_etl.core.text import folded

_DIGITS = re.compile(r"[0-9]{1,15}")
_ONLY_DIGITS = r"^[0-9]+$"
_NO_DIGIT = r"\p{No}"


def whole(text: str) -> int | None:
    """The number that a text of 1 to 15 digits is; None for any other."""
    return int(text) if _DIGITS.fullmatch(text) else None


def is_digits(text: str) -> bool:
    """Whether a text is digits only, however many."""
    return text.isascii() and text.isdecimal()


def whole_number(column: pl.Expr, *, most_digits: int = 9) -> pl.Expr:
    """The column's texts of up to `most_digits` digits (9 at most) as Int32; null for any other."""
    is_whole = column.str.contains(rf"^[0-9]{{1,{most_digits}}}$")
    return pl.when(is_whole).then(column).cast(pl.Int32, strict=False)


def whole_vnd(column: pl.Expr) -> pl.Expr:
    """The column's texts of digits as whole đồng, Int64; null for any other and for what no amount can hold."""
    return pl.when(column.str.contains(_ONLY_DIGITS)).then(column).cast(pl.Int64, strict=False)


def number_words(column: pl.Expr) -> pl.Expr:
    """The folded text of cells that hold a number with or without a word (`Ca 1`, `1,5 lần`).

    Null where a superscript, a circled digit or a fraction stands: folded they would look like digits.
    """
    return pl.when(~column.str.contains(_NO_DIGIT)).then(folded(column))
