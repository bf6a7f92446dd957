"""Comparing Vietnamese text: one folding for words and headers, another for names.

Each folding exists for one text and for a polars column; a property test holds the pairs together.
"""

import re
from collections.abc import Callable

import polars as pl

from schemas.text import INVISIBLE, fold, plain, squeeze, word_key

__all__ = [
    "clean",
    "cleaned",
    "fold",
    "folded",
    "holds_id",
    "masked",
    "masked_in_findings",
    "name_key",
    "once_each",
    "squeeze",
    "without_ids",
    "word_key",
    "word_keys",
    "written_name",
]

_INVISIBLE_PATTERN = f"[{INVISIBLE}]"
_ID_IN_TEXT = re.compile(r"[0-9](?:[ .-]?[0-9]){8,}")
_MAY_HOLD_AN_ID = r"[0-9](?:[ .-]?[0-9]){8,}"
_DAY = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}([.-])[0-9]{1,2}\1[0-9]{4})(?: [0-9]{1,2})?")
_DIGITS_OF_NO_AMOUNT = 10
_ID_IN_GROUPS = re.compile(r"(?<![0-9])[0-9]{3,4}([ .-])[0-9]{3,4}(?:\1[0-9]{3,4})+(?![0-9])")
_ID_IN_ONE = re.compile(r"[0-9]{9,}")
_AMOUNT = re.compile(r"(?<![0-9.])[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?![0-9]|\.[0-9])")
_NO_DIGIT = re.compile("[^0-9]")
_MARKS = r"\p{M}"
_FOOTNOTE_MARKS = r"\p{No}"
_OTHER_SCRIPTS = r"[\p{Cyrillic}\p{Greek}]"
_LOOKALIKES = dict(
    zip(
        "АВЕКМНОРСТУХІЅЈҺԚԜаеорсухіѕјһԛԝԁкΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονικρυχ",
        "ABEKMHOPCTYXISJHQWaeopcyxisjhqwdkABEZHIKMNOPTYXaovikpux",
        strict=True,
    )
)
"""Letters of other scripts and the Latin ones they look like (close reading 10)."""
_SPACES = r"[\s\x1c-\x1f]+"
_MANY = 1_000
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE_PATTERN = f"([{_TONES}])([aeiouy\u0302\u0306\u031b]+)"


def once_each(texts: pl.Series, worked_out: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """What `worked_out` makes of a column of texts (of null: null), done once for every different one.

    A million rosters' rows hold the same few words, names and days; where nearly all texts differ, as IDs do, or are
    few, looking for the different ones would only cost time.
    """
    column = pl.col(texts.name)
    if texts.len() < _MANY or 2 * texts.to_frame().select(column.approx_n_unique()).item() > texts.len():
        return texts.to_frame().select(worked_out(column).alias(texts.name)).to_series()
    different = texts.unique().drop_nulls()
    values = different.to_frame().select(worked_out(column)).to_series()
    return texts.replace_strict(different, values, default=None, return_dtype=values.dtype)


def folded(column: pl.Expr) -> pl.Expr:
    """`fold` for a column of texts."""
    return (
        column.str.replace_all(_INVISIBLE_PATTERN, "")
        .str.normalize("NFKD")
        .str.replace_all(_MARKS, "")
        .str.to_lowercase()
        .str.replace_all("[đð]", "d")
        .str.replace_all(_SPACES, " ")
        .str.strip_chars()
    )


def name_key(column: pl.Expr) -> pl.Expr:
    """How names are compared: with accents, but without regard to case, spaces, Unicode form, Đ/Ð and tone place.

    The tone mark of each syllable is moved behind its vowels, so that `hoà` and `hòa` are one; a letter of another
    script is what it looks like; a footnote's mark is no part of a name (close readings 10 and 18).
    """
    bare = column.str.replace_all(_INVISIBLE_PATTERN, "").str.replace_all(_FOOTNOTE_MARKS, "").str.normalize("NFKD")
    return (
        pl.when(bare.str.contains(_OTHER_SCRIPTS))
        .then(bare.str.replace_many(_LOOKALIKES))
        .otherwise(bare)
        .str.to_lowercase()
        .str.replace_all("ð", "đ")
        .str.replace_all(_TONE_PATTERN, "$2$1")
        .str.replace_all(_SPACES, "")
    )


def cleaned(texts: pl.Series) -> pl.Series:
    """`clean` for a whole column, where mere ASCII, as of IDs and accounts, has nothing but its ends to be cleaned."""
    is_ascii = (texts.str.len_bytes() == texts.str.len_chars()).all()
    return once_each(texts, _without_ends if is_ascii else clean)


def _without_ends(column: pl.Expr) -> pl.Expr:
    bare = column.str.strip_chars()
    return pl.when(bare != "").then(bare)


def clean(column: pl.Expr) -> pl.Expr:
    """A cell's text in NFC without invisible characters and white space at its ends; empty is null."""
    bare = column.str.normalize("NFC").str.replace_all(_INVISIBLE_PATTERN, "").str.strip_chars()
    return pl.when(bare != "").then(bare)


def written_name(column: pl.Expr) -> pl.Expr:
    """A name as it is told and paid: without the marks of footnotes (`Lê Văn An²`); empty is null."""
    bare = column.str.replace_all(_FOOTNOTE_MARKS, "").str.strip_chars()
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


def masked_in_findings(texts: pl.Series, *, is_about_row: pl.Series) -> pl.Series:
    """What findings tell of cells, with every number that could be a citizen ID or an account masked as in `masked`.

    A day stays as it is, and an amount with its dots (101.320.000): about a row one below a thousand million, for an ID
    may be written so too.
    """
    is_long = texts.str.contains(_MAY_HOLD_AN_ID).fill_null(value=False)
    if not is_long.any():
        return texts
    looked_at = zip(texts.to_list(), is_long.to_list(), is_about_row.to_list(), strict=True)
    told = [_masked_in(text, is_row=row) if text and long else text for text, long, row in looked_at]
    return pl.Series(texts.name, told, dtype=pl.String)


def _masked_in(text: str, *, is_row: bool) -> str:
    def told(found: re.Match[str]) -> str:
        number, digits = found[0], _NO_DIGIT.sub("", found[0])
        may_be_amount = not is_row or len(digits) < _DIGITS_OF_NO_AMOUNT
        if _DAY.fullmatch(number) or (may_be_amount and _AMOUNT.fullmatch(number)):
            return number
        return f"{digits[:3]}******{digits[-3:]}"

    return _ID_IN_TEXT.sub(told, text)


def holds_id(text: str) -> bool:
    """Whether a text holds a number as long as a citizen ID's or an account's, in one or in groups of 3 or 4 digits.

    An amount with its dots (101.320.000) is none; nor is a date.
    """
    rest = _AMOUNT.sub("đ", plain(text))
    return _ID_IN_ONE.search(rest) is not None or _ID_IN_GROUPS.search(rest) is not None


def without_ids(text: str) -> str:
    """The text with every number that could be a citizen ID or an account masked as in `masked`."""
    return _ID_IN_TEXT.sub(lambda found: f"{found[0][:3]}******{found[0][-3:]}", plain(text))


def word_keys(column: pl.Expr) -> pl.Expr:
    """`word_key` for a column of texts; empty is null."""
    bare = folded(column).str.replace_all(r"[^0-9a-z]+", " ").str.strip_chars()
    return pl.when(bare != "").then(bare)
