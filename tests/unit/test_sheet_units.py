"""Money is read as đồng: whatever the file says in another unit stops it, and what says đồng in any words does not."""

import pytest

from ioc_etl.core.sheet_header import field_of
from ioc_etl.core.sheet_units import money_header, unit_in_line
from schemas.vocabulary import FindingCode
from tests.unit.rosters import BLANK, HEADER, Grid, Row, codes, line, people, person, read

MONEY = "Mức hưởng khác"
MONEY_COLUMN = HEADER.index(MONEY)
SUPPORTED = person(1, other_support_vnd="2.500")
UNIT = FindingCode.COLUMN_UNIT


def headed(header: str) -> Row:
    """The header with another text over the money column."""
    return [header if text == MONEY else text for text in HEADER]


def above(text: str, *, at: int = len(HEADER) - 4) -> Row:
    """A line with one text, where offices put the unit: towards the right."""
    return [text if place == at else None for place in range(len(HEADER))]


DONG_HEADERS = (
    MONEY,
    "Mức hưởng khác (đồng)",
    "Mức hưởng khác (đ)",
    "Mức hưởng khác (VNĐ)",
    "Mức hưởng khác (đồng/tháng)",
    "Mức hưởng khác (đồng/người/tháng)",
    "Mức hưởng khác: đồng",
    "Mức hưởng khác (ĐVT: đồng)",
    "Mức hưởng khác\n(đồng Việt Nam)",
    "MỨC HƯỞNG KHÁC - ĐỒNG",
    "Mức hưởng khác (10)",
)
OTHER_HEADERS = {
    "Mức hưởng khác (nghìn đồng)": "nghìn đồng",
    "Mức hưởng khác (ngàn đồng)": "nghìn đồng",
    "Mức hưởng khác (1.000đ)": "nghìn đồng",
    "Mức hưởng khác (1000 đ)": "nghìn đồng",
    "Mức hưởng khác (1.000 đồng/tháng)": "nghìn đồng",
    "Mức hưởng khác (x1000)": "nghìn đồng",
    "Mức hưởng khác (nghìn đồng) (10)": "nghìn đồng",
    "MỨC HƯỞNG KHÁC\n(Nghìn đ)": "nghìn đồng",
    "Mức hưởng khác, ngđ": "nghìn đồng",
    "Mức hưởng khác (ĐVT: triệu đồng)": "triệu đồng",
    "Mức hưởng khác tr.đ": "triệu đồng",
    "Mức hưởng khác (1.000.000 đ)": "triệu đồng",
    "Mức hưởng khác (tỷ đồng)": "tỷ đồng",
    "Mức hưởng khác (100 đồng)": "100 đồng",
    "Mức hưởng khác (đồng/năm)": "đồng/năm",
    "Mức hưởng khác (nghìn đồng/quý)": "nghìn đồng/quý",
    "Mức hưởng khác (USD)": "USD",
    "Mức hưởng khác (%)": "%",
}


@pytest.mark.parametrize("header", DONG_HEADERS)
def test_a_money_column_in_dong_is_known_and_says_nothing(header: str) -> None:
    reading = read([headed(header), SUPPORTED])
    assert (field_of(header), codes(reading)) == ("other_support_vnd", [])
    assert reading.columns["other_support_vnd"] == ["2.500"]


@pytest.mark.parametrize(("header", "unit"), OTHER_HEADERS.items())
def test_a_money_column_in_another_unit_is_known_and_stops_the_file(header: str, unit: str) -> None:
    reading = read([headed(header), SUPPORTED])
    [found] = reading.findings
    named = money_header(header)
    assert named is not None
    assert (named[1].name, field_of(header), reading.is_refused) == (unit, "other_support_vnd", True)
    assert (found.code, found.column_name, found.found, found.expected, found.place) == (
        UNIT,
        "other_support_vnd",
        " ".join(header.split()),
        MONEY,
        "J1",
    )


@pytest.mark.parametrize(
    "header",
    ["Ngân hàng (nghìn đồng)", "Lương (nghìn đồng)", "Mức hưởng (nghìn đồng)", "Mức hưởng khác tháng", "Mức đồng"],
)
def test_the_unit_of_a_column_that_is_no_money_of_ours_is_nobodys_business(header: str) -> None:
    assert (field_of(header), money_header(header)) == (None, None)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Đơn vị tính: đồng", "đồng"),
        ("ĐƠN VỊ TÍNH: ĐỒNG VIỆT NAM", "đồng"),
        ("Đơn vị: đồng", "đồng"),
        ("Đơn vị tính: 1 đồng", "đồng"),
        ("Đơn vị tính: nghìn đồng", "nghìn đồng"),
        ("ĐVT: 1.000 đồng", "nghìn đồng"),
        ("(ĐVT: 1000đ)", "nghìn đồng"),
        ("Đơn vị: triệu đồng", "triệu đồng"),
        ("Đơn vị tính: trđ", "triệu đồng"),
        ("Nghìn đồng", "nghìn đồng"),
        ("Đơn vị tính: người; nghìn đồng", "nghìn đồng"),
        ("Tháng 01 năm 2022 - ĐVT: 1.000 đồng/người/tháng", "nghìn đồng"),
        ("DANH SÁCH\nĐơn vị tính: 10.000 đồng", "10.000 đồng"),
        ("Đơn vị tính: người", None),
        ("Đơn vị: Công an tỉnh", None),
        ("Đơn vị: Đồng Xoài", None),
        ("ĐVT: Đồng Xoài", None),
        ("Đơn vị: Phường Tân Đồng", None),
        ("TP Đồng Xoài", None),
        ("Kinh phí 500 triệu đồng", None),
        ("Ngân", None),
        ("Tỷ", None),
        ("1.000", None),
        ("đ", None),
    ],
)
def test_a_line_states_a_unit_only_in_clear_words(text: str, unit: str | None) -> None:
    found = unit_in_line(text)
    assert (found.name if found else None) == unit


def test_a_unit_line_above_the_table_stops_a_file_with_amounts_and_no_other() -> None:
    nearly = person(1, other_support_vnd="0")
    unit = above("Đơn vị tính: nghìn đồng")
    assert codes(read([unit, HEADER, *people(1, 2)])) == []
    assert codes(read([unit, HEADER, nearly])) == []
    [found] = read([BLANK, unit, HEADER, SUPPORTED, *people(2)]).findings
    assert (found.code, found.found, found.place) == (UNIT, "Đơn vị tính: nghìn đồng", "J2")


def test_a_unit_line_in_dong_is_no_fault() -> None:
    assert codes(read([above("Đơn vị tính: đồng"), HEADER, SUPPORTED])) == []


@pytest.mark.parametrize(("lines_between", "expected"), [(0, [UNIT]), (4, [UNIT]), (5, [])])
def test_a_unit_line_far_above_speaks_of_another_table(lines_between: int, expected: list[FindingCode]) -> None:
    between = [above("Danh sách", at=2)] * lines_between
    assert codes(read([above("ĐVT: triệu đồng"), *between, BLANK, BLANK, HEADER, SUPPORTED])) == expected


def test_the_nearest_unit_line_is_the_tables_own() -> None:
    thousand, single = above("ĐVT: nghìn đồng"), above("ĐVT: đồng")
    assert codes(read([thousand, single, HEADER, SUPPORTED])) == []
    assert codes(read([single, thousand, HEADER, SUPPORTED])) == [UNIT]


def test_a_header_in_dong_speaks_louder_than_the_line_above() -> None:
    unit = above("Đơn vị tính: nghìn đồng")
    assert codes(read([unit, headed("Mức hưởng khác (đồng)"), SUPPORTED])) == []
    assert codes(read([unit, headed("Mức hưởng khác"), SUPPORTED])) == [UNIT]


def test_a_roster_without_a_money_column_may_have_any_unit_line() -> None:
    grid: Grid = [[cell for place, cell in enumerate(row) if place != MONEY_COLUMN] for row in (HEADER, *people(1))]
    assert codes(read([above("Đơn vị tính: nghìn đồng"), *grid])) == []


def test_a_unit_below_the_header_and_above_the_people_counts() -> None:
    assert codes(read([HEADER, above("(nghìn đồng)", at=MONEY_COLUMN), SUPPORTED])) == [UNIT]
    assert codes(read([HEADER, above("(đồng)", at=MONEY_COLUMN), SUPPORTED])) == []
    assert codes(read([HEADER, [f"({place})" for place in range(1, len(HEADER) + 1)], SUPPORTED])) == []


TWO_LINES: Row = ("STT", "Họ và tên", "Số CCCD", "Đối tượng", "Nhiệm vụ", "Hình thức", "{}", None, "Tài khoản", None)
BELOW: Row = (*[None] * 6, "Chế độ hỗ trợ khác", "Mức hưởng khác", "Số tài khoản", "Ngân hàng")
PAID: Row = ("1", "Nguyễn An", "070080000001", "Công an", "Phát triển", "Trực tiếp", "A", "2.500", "999000001", "BIDV")


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Chế độ khác", []),
        ("Chế độ khác (đồng)", []),
        ("Chế độ khác (nghìn đồng)", [UNIT]),
        ("Chế độ khác, ĐVT: triệu đồng", [UNIT]),
    ],
)
def test_a_heading_over_several_columns_tells_the_unit_of_the_money_below_it(
    heading: str, expected: list[FindingCode]
) -> None:
    above_it = [heading if text == "{}" else text for text in TWO_LINES]
    assert codes(read([above_it, BELOW, PAID])) == expected


def test_the_unit_of_a_column_beside_the_money_is_not_the_moneys() -> None:
    first = (*TWO_LINES[:5], "Lương (nghìn đồng)", None, "Hình thức", "Tài khoản", None)
    below = (*[None] * 6, "Mức hưởng khác", None, "Số tài khoản", "Ngân hàng")
    row = (*PAID[:5], "9.000", "2.500.000", "Trực tiếp", *PAID[8:])
    assert codes(read([first, below, row])) == [FindingCode.COLUMN_UNKNOWN]


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        ("Mức hưởng khác", "(nghìn đồng)", [UNIT]),
        ("Mức hưởng khác (nghìn", "đồng)", [UNIT]),
        ("Mức hưởng", "khác (nghìn đồng)", [UNIT]),
        ("Mức hưởng khác", "(đồng)", []),
        ("Mức hưởng", "khác", []),
    ],
)
def test_a_money_header_over_two_lines_tells_its_unit(upper: str, lower: str, expected: list[FindingCode]) -> None:
    first = (*TWO_LINES[:6], "Ca", upper, "Tài khoản", None)
    below = (*[None] * 7, lower, "Số tài khoản", "Ngân hàng")
    reading = read([first, below, (*PAID[:6], "1", *PAID[7:])])
    assert (codes(reading), reading.columns["other_support_vnd"]) == (expected, ["2.500"])


def test_a_unit_is_told_beside_every_other_finding_of_the_file() -> None:
    grid = [("Tháng 12 năm 2021",), headed("Mức hưởng khác (nghìn đồng)"), SUPPORTED, line("Tổng cộng: 2 người")]
    assert codes(read(grid)) == [UNIT, FindingCode.WRONG_MONTH, FindingCode.TOTAL_MISMATCH]
