"""Comparing Vietnamese text: one folding for words and headers, another for names.

Each folding exists for one text and for a polars column; a property test holds the pairs together.
"""

import polars as pl

from schemas.text import INVISIBLE, fold, squeeze, word_key

__all__ = ["clean", "fold", "folded", "masked", "name_key", "squeeze", "word_key", "word_keys"]

_INVISIBLE_PATTERN = f"[{INVISIBLE}]"
_MARKS = r"\p{M}"
_SPACES = r"[\s\x1c-\x1f]+"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE_PATTERN = f"([{_TONES}])([aeiouy\u0302\u0306\u031b]+)"


def folded(column: pl.Expr) -> pl.Expr:
    """`fold` for a column of texts."""
    return (
        column.str.replace_all(_INVISIBLE_PATTERN, "")
        .str.normalize("NFD")
        .str.replace_all(_MARKS, "")
        .str.to_lowercase()
        .str.replace_all("[đð]", "d")
        .str.replace_all(_SPACES, " ")
        .str.strip_chars()
    )


def name_key(column: pl.Expr) -> pl.Expr:
    """How names are compared: with accents, but without regard to case, spaces, Unicode form, Đ/Ð and tone place.

    The tone mark of each syllable is moved behind its vowels, so that `hoà` and `hòa` are one (close reading 10).
    """
    return (
        column.str.replace_all(_INVISIBLE_PATTERN, "")
        .str.normalize("NFD")
        .str.to_lowercase()
        .str.replace_all("ð", "đ")
        .str.replace_all(_TONE_PATTERN, "$2$1")
        .str.replace_all(_SPACES, "")
    )


def clean(column: pl.Expr) -> pl.Expr:
    """A cell's text in NFC without invisible characters and white space at its ends; empty is null."""
    bare = column.str.normalize("NFC").str.replace_all(_INVISIBLE_PATTERN, "").str.strip_chars()
    return pl.when(bare != "").then(bare)


def masked(column: pl.Expr) -> pl.Expr:
    """A citizen ID or account with its middle hidden: `070******234`; short ones are hidden whole."""
    length = column.str.len_chars()
    return (
        pl.when(length >= 9)
        .then(pl.concat_str(column.str.head(3), pl.lit("******"), column.str.tail(3)))
        .when(length > 0)
        .then(pl.lit("***"))
    )


def word_keys(column: pl.Expr) -> pl.Expr:
    """`word_key` for a column of texts; empty is null."""
    bare = folded(column).str.replace_all(r"[^0-9a-z]+", " ").str.strip_chars()
    return pl.when(bare != "").then(bare)
