"""Comparing Vietnamese text, as rulebook section 5 and close reading 10 want it."""

import unicodedata

import polars as pl
import pytest

from ioc_etl.core.text import clean, fold, folded, holds_id, masked, name_key, squeeze, word_key, word_keys


def of(expression_of: object, text: str | None) -> object:
    """What a column expression makes of one text."""
    column = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return column.select(expression_of(pl.col("text"))).item()


@pytest.mark.parametrize(
    ("text", "folded_text"),
    [
        ("Họ và tên", "ho va ten"),
        ("HỌ VÀ TÊN", "ho va ten"),
        ("Đơn vị", "don vi"),
        ("\u00d0ơn vị", "don vi"),
        ("đối   tượng", "doi tuong"),
        ("\u00a0Số CCCD\u00a0", "so cccd"),
        ("Họ\nvà\ntên", "ho va ten"),
        ("Hoà", "hoa"),
        ("Hòa", "hoa"),
        ("zero\u200bwidth", "zerowidth"),
        ("", ""),
    ],
)
def test_words_are_folded_without_case_accents_spaces_and_invisible_characters(text: str, folded_text: str) -> None:
    assert fold(text) == folded_text
    assert of(folded, text) == folded_text


@pytest.mark.parametrize("text", ["Nguyễn Thị Thuỷ", "Điểu Văn Trung", "Ðỗ Hữu Ước", "Sở Kế hoạch và Đầu tư"])
def test_the_unicode_form_makes_no_difference_to_a_word(text: str) -> None:
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert {fold(form) for form in forms} == {fold(text)}
    assert {of(folded, form) for form in forms} == {fold(text)}


@pytest.mark.parametrize("broken", ["S\nT\nT", "S T T", "STT", "stt", "S.T.T", "S\r\nT\r\nT"])
def test_a_header_broken_over_lines_is_the_same_header(broken: str) -> None:
    assert squeeze(broken) == "stt"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Kinh tế - xã hội", "kinh te xa hoi"),
        ("Sở TT&TT", "so tt tt"),
        ("Công an (sĩ quan, chiến sĩ)", "cong an si quan chien si"),
        ("  An ninh,  trật tự. ", "an ninh trat tu"),
    ],
)
def test_punctuation_between_words_is_a_space(text: str, key: str) -> None:
    assert word_key(text) == key
    assert of(word_keys, text) == key


@pytest.mark.parametrize("text", [None, "", "   ", "-", "…"])
def test_a_cell_without_a_word_has_no_key(text: str | None) -> None:
    assert of(word_keys, text) is None


@pytest.mark.parametrize(
    "other",
    [
        "NGUYỄN THỊ HÒA",
        "nguyễn thị hòa",
        "Nguyễn  Thị   Hòa",
        " Nguyễn Thị Hòa ",
        "Nguyễn Thị Hoà",
        "NguyễnThịHòa",
        unicodedata.normalize("NFD", "Nguyễn Thị Hòa"),
        unicodedata.normalize("NFD", "NGUYỄN THỊ HOÀ"),
        "Nguyễn\u00a0Thị\u200b Hòa",
    ],
)
def test_one_name_written_in_several_ways_is_one_name(other: str) -> None:
    assert of(name_key, other) == of(name_key, "Nguyễn Thị Hòa")


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("Hoà", "Hòa"),
        ("Thuỷ", "Thủy"),
        ("Khoẻ", "Khỏe"),
        ("Thuý", "Thúy"),
        ("Loã", "Lõa"),
        ("Huỵ", "Hụy"),
        ("Xoè", "Xòe"),
    ],
)
def test_the_place_of_the_tone_mark_makes_no_other_name(new: str, old: str) -> None:
    assert of(name_key, new) == of(name_key, old)


@pytest.mark.parametrize("letter", ["\u0110", "\u0111", "\u00d0", "\u00f0"])
def test_every_d_with_a_stroke_is_one_letter(letter: str) -> None:
    assert of(name_key, f"{letter}ỗ Văn Nam") == of(name_key, "Đỗ Văn Nam")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoa", "Hòa"),
        ("Hóa", "Hòa"),
        ("Dũng", "Đũng"),
        ("An", "Ân"),
        ("An", "Ăn"),
        ("Hung", "Hưng"),
        ("Lê Thị Mai", "Lê Thị Mái"),
        ("Nguyễn Văn An", "Nguyễn Văn An B"),
    ],
)
def test_an_accent_or_a_letter_makes_another_name(one: str, other: str) -> None:
    assert of(name_key, one) != of(name_key, other)


def test_no_text_has_no_name() -> None:
    assert of(name_key, None) is None


@pytest.mark.parametrize(
    ("text", "cell"),
    [(" a ", "a"), ("", None), ("   ", None), ("\ufeff\u200b", None), (None, None), ("e\u0302\u0301", "ế")],
)
def test_a_cell_is_cleaned_of_what_nobody_sees(text: str | None, cell: str | None) -> None:
    assert of(clean, text) == cell


@pytest.mark.parametrize(
    ("number", "shown"),
    [("070123456234", "070******234"), ("285918288", "285******288"), ("12345678", "***"), ("", None), (None, None)],
)
def test_the_middle_of_an_id_is_hidden(number: str | None, shown: str | None) -> None:
    assert of(masked, number) == shown


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("070085000001", True),
        ("CMND 285918288", True),
        ("12345678", False),
        ("070 085 000 001", True),
        ("070.085.000.001", True),
        ("0700-8500-0001", True),
        ("STK 1234 5678 9012", True),
        ("chi 101.320.000 đồng", False),
        ("1.101.320.000", False),
        ("Tổng 1.050.000.000 đ khớp", False),
        ("12.045.000.000.", False),
        ("STK 123.456.7890", True),
        ("101.320.000 và 070.085.000.001", True),
        ("từ 2022-01-15 3 người", False),
        ("QĐ 1234/QĐ-UBND 15.01.2022", False),
    ],
)
def test_a_number_as_long_as_an_id_is_found_however_it_is_grouped_and_an_amount_is_none(text: str, holds: bool) -> None:
    assert holds_id(text) is holds
