"""One form of text before anything is judged: rulebook, close reading 18."""

import sys
import unicodedata
from datetime import date

import pytest
from factories import policy

from ioc_etl.core.digits import is_digits, whole
from ioc_etl.core.opening import COLUMNS, opening_table
from ioc_etl.core.plain_cells import plain_book
from ioc_etl.core.register_table import register_table
from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.text import is_plain, plain
from schemas.vocabulary import RegisterName
from tests.unit.rosters import HEADER, line, people, read

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
BOLD = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")


def test_every_digit_of_this_unicode_is_read_by_its_value() -> None:
    digits = [character for character in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(character) == "Nd"]
    assert len(digits) > 600
    assert [plain(digit) for digit in digits] == [str(unicodedata.digit(digit)) for digit in digits]


@pytest.mark.parametrize("character", ["²", "①", "½", "Ⅳ", "五", "⑩", "㊀"])
def test_what_is_no_digit_stays_as_it_is(character: str) -> None:
    assert plain(f"1{character}") == f"1{character}"
    assert whole(plain(character)) is None
    assert not is_digits(character)


@pytest.mark.parametrize("invisible", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u061c", "\ufe0f", "\U000e0020"])
def test_an_invisible_character_is_dropped(invisible: str) -> None:
    assert plain(f"07{invisible}0") == "070"
    assert not is_plain(invisible)


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("007", 7), ("9" * 15, 10**15 - 1), ("9" * 16, None), ("", None)]
)
def test_a_whole_number_has_a_bound(text: str, number: int | None) -> None:
    assert whole(text) == number


def test_a_book_that_is_plain_is_handed_on_as_it_is() -> None:
    book = WorkbookCells("csv", (SheetCells("", [["Lê Văn An", None, "070185001234"]], [1]),))
    assert plain_book(book) is book


@pytest.mark.parametrize("script", [FULL_WIDTH, ARABIC, BOLD], ids=["full width", "Arabic", "mathematical"])
def test_a_roster_in_other_digits_reads_like_its_twin(script: dict[int, int]) -> None:
    grid = [line("DANH SÁCH THÁNG 01 NĂM 2022"), HEADER, *people(1, 2, 3), line("Tổng cộng: 3 người")]
    translated = [[text and text.translate(script) for text in row] for row in grid]
    assert read(translated) == read(grid)
    assert not read(translated).findings
    assert read([[text and text.replace("3 người", "٤ người") for text in row] for row in grid]).is_refused


def test_a_register_and_opening_lines_are_read_in_the_same_form() -> None:
    header = ["centre_code", "decision_no", "decision_date", "valid_from", "valid_to", "headcount"]
    row = ["dong-xoai", "01", "２０２１-12-01", "2022-01-01", None, "９"]
    book = WorkbookCells("csv", (SheetCells("", [header, row], [1, 2]),))
    register = register_table(RegisterName.ESTABLISHMENT, book).rows
    assert register.select("decision_date", "headcount").row(0) == ("2021-12-01", "9")
    line = ["2022-01", "dong-xoai", "０70185001234", "Lê Văn An", "٢.235.000", "12/UNC"]
    opening = opening_table(
        WorkbookCells("csv", (SheetCells("", [COLUMNS, line], [1, 2]),)), policy=policy(), today=date(2022, 3, 1)
    ).rows
    assert opening.select("citizen_id", "amount_vnd", "fault").row(0) == ("070185001234", 2_235_000, None)
