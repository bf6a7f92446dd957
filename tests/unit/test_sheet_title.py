"""WRONG_MONTH and WRONG_CENTRE: only what the title clearly says."""

from datetime import date

import pytest

from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.sheet_title import CentreNames
from ioc_etl.policy.model import Centre
from schemas.vocabulary import FindingCode
from tests.unit.rosters import BINH_LONG, DONG_XOAI, HEADER, JANUARY, TINH, WIDTH, codes, line, people, read

FEBRUARY = date(2022, 2, 1)


def titled(*lines: str, of: Centre = DONG_XOAI, month: date = FEBRUARY) -> RosterReading:
    """A good roster under these lines."""
    return read([*[line(text) for text in lines], HEADER, *people(1, 2)], of=of, month=month)


STATEMENTS = [
    "Tháng {:02d} năm {}",
    "THÁNG {} NĂM {}",
    "Danh sách tháng {}/{}",
    "Danh sách người làm việc, tháng {:02d} - {}",
    "T{:02d}/{}",
    "DS T{}.{}",
    "tháng {}\nnăm {}",
    "Tha\u0301ng {} na\u0306m {}",
    "thang {} nam {}",
    "DANH SÁCH\nTháng {:02d} năm {}\n(Kèm theo Công văn số 22/IOC-HC ngày 20 tháng 12 năm 2021)",
    "Danh sách tháng {:02d} năm {} kèm theo Công văn ngày 20 tháng 12 năm 2021",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_months_own_title_is_no_fault_and_another_months_is(statement: str) -> None:
    assert codes(titled(statement.format(2, 2022))) == []
    [wrong] = titled(statement.format(1, 2022)).findings
    assert (wrong.code, wrong.found, wrong.expected) == (FindingCode.WRONG_MONTH, "01/2022", "02/2022")


def test_another_year_is_another_month() -> None:
    assert codes(titled("Tháng 02 năm 2021")) == [FindingCode.WRONG_MONTH]


def test_a_title_broken_over_two_cells_is_one_title() -> None:
    assert codes(titled("THÁNG 01", "NĂM 2022")) == [FindingCode.WRONG_MONTH]
    assert codes(titled("THÁNG 02", "NĂM 2022")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Bình Phước, ngày 28 tháng 01 năm 2022",
        "Đồng Xoài, ngày     tháng 01 năm 2022",
        "Đồng Xoài, ngày … tháng 01 năm 2022",
        "(Kèm theo Công văn số 22/IOC-HC ngày 20 tháng 12 năm 2021 gửi Ủy ban nhân dân tỉnh Bình Phước)",
        "(Kèm theo Tờ trình số 05/TTr-IOC tháng 12 năm 2021)",
        "Căn cứ Nghị quyết tháng 12 năm 2021",
        "Số: 12/T01/2022-DS",
        "Từ tháng 01 đến tháng 03 năm 2022",
        "Tháng 01, 02 năm 2022",
        "Quý I năm 2022",
        "Năm 2021",
        "Tháng 13 năm 2021",
        "Lập ngày 05/01/2022",
    ],
)
def test_what_speaks_of_something_else_is_no_month(text: str) -> None:
    assert codes(titled(text)) == []


def test_the_month_among_others_is_enough() -> None:
    assert codes(titled("Tháng 02 năm 2022", "(điều chỉnh danh sách Tháng 01 năm 2022)")) == []


def test_what_stands_below_the_table_is_no_title() -> None:
    rows = [HEADER, *people(1), line("Đồng Xoài, ngày 28 tháng 01 năm 2022"), line("Tháng 01 năm 2022")]
    assert codes(read(rows, month=FEBRUARY)) == []


@pytest.mark.parametrize(
    "text",
    [
        "DANH SÁCH NGƯỜI LÀM VIỆC TẠI TRUNG TÂM ĐIỀU HÀNH THÔNG MINH THỊ XÃ BÌNH LONG",
        "UBND THỊ XÃ BÌNH LONG",
        "Trung tâm IOC Bình Long",
        "UBND thi\u0323 xa\u0303 Bi\u0300nh Long",
    ],
)
def test_another_centres_title_refuses_the_file(text: str) -> None:
    [wrong] = titled("UBND TỈNH BÌNH PHƯỚC", text).findings
    assert (wrong.code, wrong.found, wrong.expected) == (FindingCode.WRONG_CENTRE, BINH_LONG.name, DONG_XOAI.name)
    assert codes(titled(text, of=TINH)) == [FindingCode.WRONG_CENTRE]
    assert codes(titled(text, of=BINH_LONG)) == []


def test_names_made_once_say_the_same_as_the_centres() -> None:
    rows = [line("UBND THỊ XÃ BÌNH LONG"), HEADER, *people(1)]
    centres = {"dong-xoai": DONG_XOAI, "tinh": TINH, "binh-long": BINH_LONG}
    assert codes(read(rows, centres=CentreNames(centres.values()))) == codes(read(rows, centres=centres.values()))


def test_the_provinces_title_refuses_a_districts_file() -> None:
    text = "Danh sách làm việc tại Trung tâm Điều hành thông minh tỉnh Bình Phước"
    assert codes(titled(text)) == [FindingCode.WRONG_CENTRE]
    assert codes(titled(text, of=TINH)) == []
    assert codes(titled("UBND THÀNH PHỐ ĐỒNG XOÀI", text)) == []


@pytest.mark.parametrize("of", [DONG_XOAI, BINH_LONG, TINH])
@pytest.mark.parametrize(
    "text",
    [
        "UBND TỈNH BÌNH PHƯỚC",
        "ỦY BAN NHÂN DÂN TỈNH BÌNH PHƯỚC",
        "SỞ THÔNG TIN VÀ TRUYỀN THÔNG TỈNH BÌNH PHƯỚC",
        "TRUNG TÂM ĐIỀU HÀNH THÔNG MINH",
        "Đồng Xoài, ngày 28 tháng 02 năm 2022",
        "Bình Long",
        "Địa chỉ: 737 Quốc lộ 14, thành phố Đồng Xoài, tỉnh Bình Phước",
        "(Kèm theo Công văn của UBND thị xã Bình Long)",
        "Kính gửi: Trung tâm Điều hành thông minh tỉnh Bình Phước",
    ],
)
def test_what_is_no_clear_statement_refuses_nobody(of: Centre, text: str) -> None:
    assert codes(titled(text, of=of)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Trung tâm Điều hành thông minh thành phố Đồng Xoài, tỉnh Bình Phước",
        "IOC Đồng Xoài (phối hợp IOC thị xã Bình Long)",
        "TP.Đồng Xoài",
    ],
)
def test_a_title_that_names_its_own_centre_is_right_whoever_else_it_names(text: str) -> None:
    assert codes(titled(text)) == []


IN_WORDS = [
    ("Tháng Giêng năm 2022", 1),
    ("THÁNG MỘT NĂM 2022", 1),
    ("Tháng tư năm 2022", 4),
    ("Tháng bốn/2022", 4),
    ("Tháng năm năm 2022", 5),
    ("Tháng mười năm 2022", 10),
    ("Tháng mười một năm 2022", 11),
    ("Tháng mười hai năm 2022", 12),
    ("Tháng Chạp năm 2022", 12),
    ("Tháng I năm 2022", 1),
    ("Tháng IX/2022", 9),
    ("Tháng XII - 2022", 12),
    ("Tháng: 01/2022", 1),
    ("Tháng : 3 năm 2022", 3),
    ("Kỳ chi: 01/2022", 1),
    ("Kỳ lương 04/2022", 4),
    ("Kỳ: 05/2022", 5),
    ("Kỳ thanh toán: tháng 6 năm 2022", 6),
]


@pytest.mark.parametrize(("text", "month"), IN_WORDS)
def test_a_month_may_be_said_in_words_and_roman_numbers(text: str, month: int) -> None:
    assert codes(titled(text, month=date(2022, month, 1))) == []
    [wrong] = titled(text, month=FEBRUARY).findings
    assert (wrong.code, wrong.found) == (FindingCode.WRONG_MONTH, f"{month:02d}/2022")


def test_a_month_in_words_may_be_broken_off_its_year() -> None:
    assert codes(titled("THÁNG GIÊNG", "NĂM 2022")) == [FindingCode.WRONG_MONTH]


OVER_CELLS = [
    ("Tháng:", "{:02d}/{}"),
    ("Tháng", "{}", "năm", "{}"),
    ("THÁNG", "{}", "NĂM", "{}"),
    ("Tháng:", "{}", "Năm:", "{}"),
    ("Tháng {}", "năm", "{}"),
    ("Tháng {} năm", "{}"),
    ("Tháng {}/", "{}"),
    ("Tháng", "{}/{}"),
    ("Tháng", "{}", "/", "{}"),
    ("Danh sách chi hỗ trợ tháng:", "{:02d} - {}"),
    ("Kỳ chi:", "{:02d}/{}"),
    ("Kỳ:", "{:02d}/{}"),
    ("Kỳ chi", "tháng {} năm {}"),
    ("Danh sách chi hỗ trợ kỳ {:02d}/{}",),
    ("DANH SÁCH HƯỞNG HỖ TRỢ KỲ: {}/{}",),
]


@pytest.mark.parametrize("cells", OVER_CELLS)
def test_a_month_may_stand_over_several_cells_beside_or_below_each_other(cells: tuple[str, ...]) -> None:
    for month, found in ((2, []), (1, [FindingCode.WRONG_MONTH])):
        numbers = iter([f"{month}", "2022"])
        texts = [
            text.format(month, 2022) if text.count("{") == 2 else text.format(next(numbers)) if "{" in text else text
            for text in cells
        ]
        beside = (*texts, *[None] * (WIDTH - len(texts)))
        assert codes(read([beside, HEADER, *people(1, 2)], month=FEBRUARY)) == found
        assert codes(titled(*texts)) == found


@pytest.mark.parametrize("cells", [("Tháng:", "2022-01-01"), ("Kỳ chi", "2022-01-15"), ("Năm 2022", "Tháng 01")])
def test_a_date_behind_the_word_is_that_days_month_and_the_year_may_come_first(cells: tuple[str, ...]) -> None:
    assert codes(titled(*cells)) == [FindingCode.WRONG_MONTH]
    assert codes(titled(*cells, month=JANUARY)) == []


@pytest.mark.parametrize(
    "cells",
    [
        ("Đồng Xoài, ngày 28", "tháng 01 năm 2022"),
        ("Đồng Xoài, ngày", "28", "tháng", "01", "năm", "2022"),
        ("Ngày", "28", "tháng", "01", "năm", "2022"),
        ("Học kỳ 01/2022", "Nhiệm kỳ 01/2021"),
        ("Lương một tháng", "2022-01-01 đến nay"),
        ("Số người trong tháng", "12"),
        ("Năm 2021", "Danh sách"),
    ],
)
def test_cells_beside_each_other_that_speak_of_something_else_are_no_month(cells: tuple[str, ...]) -> None:
    beside = (*cells, *[None] * (WIDTH - len(cells)))
    assert codes(read([beside, HEADER, *people(1, 2)], month=FEBRUARY)) == []


@pytest.mark.parametrize(
    "text",
    ["Nhiệm kỳ I 2021-2026", "Tháng I đến tháng III năm 2022", "Tháng một, hai năm 2022", "Tháng năm 2022", "Quý IV"],
)
def test_what_is_no_single_month_in_words_is_none(text: str) -> None:
    assert codes(titled(text)) == []
