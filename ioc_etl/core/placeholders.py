"""Cells whose text is no value: a dash, dots, `không`, a ditto mark. Source: rulebook, close reading 19.

In dates only a dash is blank; in amounts `0` is 0; in IDs, accounts and names a ditto is missing.
"""

import polars as pl

from ioc_etl.core.text import once_each, word_keys
from ioc_etl.policy.model import MonthPolicy

_WORDS = ("staff_category", "duty", "monitored_service", "work_mode", "other_support_name")
_OF_ONE_PERSON = ("full_name", "citizen_id", "bank_account", "other_support_vnd")
_LIKE_ABOVE = ("agency", "staff_category", "bank_name")
_DATES = ("birth_date", "from_date", "to_date")
_LOST_LETTERS = ("full_name", "bank_name", "other_support_name")
_NOTHING_BUT_MARKS = r"^[^\p{L}\p{N}]+$"
_LOST_LETTER = r"[?\ufffd]"
_ONLY_QUOTES = "^[\"'`,\u2018-\u201f\u2032\u2033\u3003\\s]+$"
_ONLY_A_DASH = r"^[\-\u2010-\u2015\u2212\s]+$"
_HAS_A_DIGIT = "[0-9]"
_WORD_OF_LETTERS = r"^[^\p{N}]*\p{L}[^\p{N}]*$"
_WORDS_OF_A_NAME = 2


def with_values_only(texts: pl.DataFrame, policy: MonthPolicy) -> pl.DataFrame:
    """The raw roster's cleaned texts (`schemas.raw_roster`) with null for every cell that holds no value.

    A ditto in agency, category or bank name takes the text of the cell above, a blank one too.
    """
    above = texts.with_columns(_as_above(texts, name, policy) for name in _LIKE_ABOVE)
    words = dict.fromkeys([*_WORDS, *_LIKE_ABOVE])
    return above.with_columns(
        *(_unless(above[name], _is_no_word(name, policy)) for name in words),
        *(_unless(above[name], _is_nothing_of_a_person(name, policy)) for name in _OF_ONE_PERSON),
        *(_unless(above[name], pl.col(name).str.contains(_ONLY_A_DASH)) for name in _DATES),
    )


def is_whole_name(name: pl.Expr) -> pl.Expr:
    """Whether a name has two words of letters or more."""
    words = name.str.split(" ").list.eval(pl.element().str.contains(_WORD_OF_LETTERS))
    return words.list.sum() >= _WORDS_OF_A_NAME


def _unless(texts: pl.Series, is_nothing: pl.Expr) -> pl.Series:
    return once_each(texts, lambda column: pl.when(~is_nothing).then(column))


def _is_no_word(name: str, policy: MonthPolicy) -> pl.Expr:
    column = pl.col(name)
    is_lost = column.str.contains(_LOST_LETTER) if name in _LOST_LETTERS else pl.lit(value=False)
    return _is_placeholder(column, policy) | is_lost


def _is_nothing_of_a_person(name: str, policy: MonthPolicy) -> pl.Expr:
    column = pl.col(name)
    is_lost = column.str.contains(_LOST_LETTER) if name in _LOST_LETTERS else pl.lit(value=False)
    has_no_digit = ~column.str.contains(_HAS_A_DIGIT)
    return (has_no_digit & (_is_placeholder(column, policy) | _is_ditto(column, policy))) | is_lost


def _is_placeholder(column: pl.Expr, policy: MonthPolicy) -> pl.Expr:
    """A word for nothing, once or again and again (`x x`)."""
    words = sorted(policy.placeholder_words)
    key = word_keys(column)
    once = key.str.split(" ").list.unique(maintain_order=True).list.join(" ")
    return column.str.contains(_NOTHING_BUT_MARKS) | (key.is_in(words) | once.is_in(words)).fill_null(value=False)


def _is_ditto(column: pl.Expr, policy: MonthPolicy) -> pl.Expr:
    words = sorted(policy.ditto_words)
    return column.str.contains(_ONLY_QUOTES) | word_keys(column).is_in(words).fill_null(value=False)


def _as_above(texts: pl.DataFrame, name: str, policy: MonthPolicy) -> pl.Series:
    """The column with every ditto as the next cell above that is none."""
    is_ditto = once_each(texts[name], lambda column: _is_ditto(column, policy)).fill_null(value=False)
    if not is_ditto.any():
        return texts[name]
    blank_as_text = pl.when(~pl.col("is_ditto")).then(pl.col(name).fill_null(""))
    above = texts.with_columns(is_ditto.alias("is_ditto")).select(
        blank_as_text.forward_fill().over("centre_code", order_by="source_row").alias(name)
    )
    return above.select(pl.when(pl.col(name) != "").then(name)).to_series()
