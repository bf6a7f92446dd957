"""Whole numbers in columns of cells; `ioc_etl.core.digits` has those of one text.

Texts come in the plain form (`ioc_etl.core.plain_cells`). A number is ASCII digits of a stated length: a cell of any
other length is none, and nothing here fails on it (rulebook, close reading 18).
"""

import polars as pl

from ioc_etl.core.text import folded

_ONLY_DIGITS = r"^[0-9]+$"
_NO_DIGIT = r"\p{No}"


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
