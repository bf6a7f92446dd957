"""Folding holds for any text: the pairs for a text and for a column agree, and nothing but the name makes a name."""

import unicodedata

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ioc_etl.core.text import clean, cleaned, fold, folded, name_key, once_each, word_key, word_keys
from schemas.text import plain

_ASSIGNED = st.characters(exclude_categories=("Cs", "Cn"))  # of later letters Python and polars may know different ones
ANY_TEXT = st.lists(st.text(_ASSIGNED, max_size=30), min_size=1, max_size=30)
_VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
VIETNAMESE_TEXT = st.lists(
    st.text(alphabet=_VIETNAMESE + _VIETNAMESE.upper() + "ÐðĐ -.,;()&/0123456789\n\t\u00a0\u200b", max_size=30),
    min_size=1,
    max_size=30,
)
FAMILIES = ["Nguyễn", "Điểu", "Đỗ", "Trần", "Lê", "Huỳnh", "Vũ", "Đặng", "Ngô", "Tạ"]
MIDDLES = ["Văn", "Thị", "Đức", "Thuý", "Hoàng", "Quốc", "Xuân"]
OLD_STYLE = {"Hoà": "Hòa", "Thuỷ": "Thủy", "Thuý": "Thúy", "Khoẻ": "Khỏe", "Xoè": "Xòe", "Loan": "Loan", "An": "An"}
SPACES = st.sampled_from([" ", "  ", "\u00a0", " \u00a0 ", "\n", "\t", " \u200b"])
CASES = st.sampled_from([str, str.upper, str.lower, str.title])
FORMS = st.sampled_from(["NFC", "NFD"])


def texts(column: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"text": column}, schema={"text": pl.String})


def plain_texts(column: list[str]) -> pl.DataFrame:
    """As every column comes: digits of other scripts are ASCII's before anything is judged (close reading 18)."""
    return texts([plain(text) for text in column])


def keys(column: list[str]) -> list[str]:
    return texts(column).select(name_key(pl.col("text")))["text"].to_list()


@settings(max_examples=80, deadline=None)
@given(st.one_of(ANY_TEXT, VIETNAMESE_TEXT, st.lists(st.text(alphabet="0 9\t\n.-a", max_size=4), min_size=1)))
def test_what_is_worked_out_once_for_every_different_text_is_what_each_gives(column: list[str]) -> None:
    for repeated in (column, [None, *column, *column, *column, None]):
        series = pl.Series("text", repeated, dtype=pl.String)
        assert once_each(series, word_keys).equals(series.to_frame().select(word_keys(pl.col("text")))["text"])
        assert cleaned(series).equals(series.to_frame().select(clean(pl.col("text")))["text"])


@settings(max_examples=80, deadline=None)
@given(st.one_of(ANY_TEXT, VIETNAMESE_TEXT))
@example(["𑥐1", "２٠𝟎"])
def test_a_column_is_folded_as_its_texts_are(column: list[str]) -> None:
    assert plain_texts(column).select(folded(pl.col("text")))["text"].to_list() == [fold(text) for text in column]


@settings(max_examples=80, deadline=None)
@given(st.one_of(ANY_TEXT, VIETNAMESE_TEXT))
@example(["𑥐1", "２٠𝟎"])
def test_a_column_has_the_word_keys_of_its_texts(column: list[str]) -> None:
    expected = [word_key(text) or None for text in column]
    assert plain_texts(column).select(word_keys(pl.col("text")))["text"].to_list() == expected


@settings(max_examples=60, deadline=None)
@given(VIETNAMESE_TEXT)
def test_folding_twice_is_folding_once(column: list[str]) -> None:
    once = [fold(text) for text in column]
    assert [fold(text) for text in once] == once
    assert [word_key(word_key(text)) for text in column] == [word_key(text) for text in column]


@settings(max_examples=60, deadline=None)
@given(VIETNAMESE_TEXT)
def test_cleaning_changes_no_key(column: list[str]) -> None:
    cleaned = texts(column).with_columns(clean(pl.col("text")).alias("clean"))
    kept = cleaned.drop_nulls("clean")
    assert kept.select(word_keys(pl.col("clean")))["clean"].to_list() == [
        word_key(text) or None for text in kept["text"]
    ]
    assert keys(kept["clean"].to_list()) == keys(kept["text"].to_list())


@st.composite
def name_in_two_hands(draw: st.DrawFn) -> tuple[str, str]:
    """One name as two offices write it."""
    given_name = draw(st.sampled_from(sorted(OLD_STYLE)))
    parts = [draw(st.sampled_from(FAMILIES)), draw(st.sampled_from(MIDDLES)), given_name]
    plain = " ".join(parts)
    other = draw(SPACES).join([*parts[:2], draw(st.sampled_from([given_name, OLD_STYLE[given_name]]))])
    cased = draw(CASES)(other)
    strokes = {"Đ": draw(st.sampled_from("ĐÐ")), "đ": draw(st.sampled_from("đð"))}
    stroked = "".join(strokes.get(letter, letter) for letter in cased)
    return plain, unicodedata.normalize(draw(FORMS), draw(st.sampled_from(["", " "])) + stroked)


@settings(max_examples=150, deadline=None)
@given(name_in_two_hands())
def test_a_name_is_the_same_in_whatever_hand(names: tuple[str, str]) -> None:
    first, second = keys(list(names))
    assert first == second


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Hoa", "Hòa", "Hóa", "Hỏa", "Hõa", "Họa", "Hoan", "Hoàn", "Hoăn", "Đoan", "Doan"]), unique=True
    )
)
def test_other_accents_and_letters_are_other_names(names: list[str]) -> None:
    assert len(set(keys(names))) == len(names)
