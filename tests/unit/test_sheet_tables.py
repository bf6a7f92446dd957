"""Headers over several columns, and headers that come again with other columns. Rulebook, close reading 20."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO

import polars as pl
import pytest
import xlwt
from openpyxl import Workbook

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.sheet_frames import sheet_columns
from schemas.columns import ROSTER_COLUMNS
from schemas.sheet_cells import WorkbookCells, column_letter
from schemas.vocabulary import FindingCode
from tests.unit.office_files import sheet_cells
from tests.unit.rosters import BLANK, HEADER, Grid, Row, codes, line, names, people, person, read

NAME, BIRTH, ID, ACCOUNT, BANK = (
    HEADER.index(text) for text in ("Họ và tên", "Ngày sinh", "Số CCCD", "Số tài khoản", "Ngân hàng")
)
THREE = people(1, 2, 3)


def widened(column: int, parts: Sequence[Sequence[str | None]], *, header: Sequence[str | None]) -> list[Row]:
    """Three people whose column is several: `parts` per person, `header` over them."""
    rows = [[*HEADER[:column], *header, *HEADER[column + 1 :]]]
    rows += [[*row[:column], *part, *row[column + 1 :]] for row, part in zip(THREE, parts, strict=True)]
    return [tuple(row) for row in rows]


def merged(grid: Grid, column: int, last: int) -> RosterReading:
    """The grid with its header merged over columns."""
    sheet = replace(sheet_cells(grid), wide_merges=((1, column, last),))
    return read(WorkbookCells("xlsx", (sheet,)))


NAMES = [("Trần Văn", "Thử"), ("Lê Thị", "Mẫu"), ("Phạm", "Hoà Giả")]
JOINED = ["Trần Văn Thử", "Lê Thị Mẫu", "Phạm Hoà Giả"]


def test_a_name_in_two_columns_is_one_name() -> None:
    grid = widened(NAME, NAMES, header=("Họ và tên", None))
    for reading in (read(grid), merged(grid, NAME, NAME + 1)):
        assert (names(reading), codes(reading), list(reading.source_row)) == (JOINED, [], [2, 3, 4])
        assert reading.columns["citizen_id"] == [row[ID] for row in THREE]


def test_a_name_in_three_columns_is_one_name() -> None:
    parts = [("Trần", "Văn", "Thử"), ("Lê", None, "Mẫu"), ("Phạm", "Hoà", "Giả")]
    reading = merged(widened(NAME, parts, header=("Họ và tên", None, None)), NAME, NAME + 2)
    assert (names(reading), codes(reading)) == (["Trần Văn Thử", "Lê Mẫu", "Phạm Hoà Giả"], [])


@pytest.mark.parametrize(
    "labels", [("Họ đệm", "Tên"), ("Họ và tên đệm", "Tên"), ("Họ", "Tên"), ("Họ lót", "TÊN"), ("HỌ VÀ ĐỆM", "Tên")]
)
def test_the_header_itself_may_divide_the_name(labels: tuple[str, str]) -> None:
    grid = widened(NAME, NAMES, header=("Họ và tên", None))
    below = [None] * len(grid[0])
    below[NAME : NAME + 2] = labels
    for rows in ([grid[0], tuple(below), *grid[1:]], widened(NAME, NAMES, header=labels)):
        reading = read(rows)
        assert (names(reading), codes(reading)) == (JOINED, [])


def test_a_remark_beside_a_name_is_no_part_of_it() -> None:
    parts = [("Trần Văn Thử", None), ("Lê Thị Mẫu", "mới"), ("Phạm Hoà Giả", None)]
    assert names(read(widened(NAME, parts, header=("Họ và tên", None)))) == JOINED


@pytest.mark.parametrize("beside", ["12", "lớp 3"])
def test_what_is_no_name_under_the_names_header_is_not_joined(beside: str) -> None:
    parts = [("Trần Văn", beside), ("Lê Thị", beside), ("Phạm Hoà", beside)]
    reading = merged(widened(NAME, parts, header=("Họ và tên", None)), NAME, NAME + 1)
    [uncertain] = reading.findings
    assert (uncertain.code, uncertain.column_name, uncertain.place) == (
        FindingCode.COLUMN_AMBIGUOUS,
        "full_name",
        "B, C",
    )


WHOLE = ["Trần Văn Thử", "Lê Thị Mẫu", "Phạm Hoà Giả"]


@pytest.mark.parametrize(
    "beside",
    [
        ("Nam", "Nữ", "Nam"),
        ("Kinh", "Stiêng", "Kinh"),
        ("Tổ Một", "Tổ Hai", "Tổ Một"),
        ("Chuyên viên", "Tổ trưởng", "Chuyên viên"),
        ("mới", "mới", "mới"),
        ("Anh", "Hằng", "Tú"),
    ],
)
@pytest.mark.parametrize("is_merged", [True, False])
def test_words_beside_whole_names_are_uncertain(beside: Sequence[str], is_merged: bool) -> None:
    grid = widened(NAME, list(zip(WHOLE, beside, strict=True)), header=("Họ và tên", None))
    reading = merged(grid, NAME, NAME + 1) if is_merged else read(grid)
    assert codes(reading) == [FindingCode.COLUMN_AMBIGUOUS]


@pytest.mark.parametrize("beside", [("Thiếu tá", "Đại uý", "Thượng sĩ"), ("Thạc sĩ", "Cử nhân CNTT", "ThS.")])
def test_what_never_is_a_name_is_none_of_it_without_a_merge_and_uncertain_with_one(beside: Sequence[str]) -> None:
    grid = widened(NAME, list(zip(WHOLE, beside, strict=True)), header=("Họ và tên", None))
    assert (names(read(grid)), codes(read(grid))) == (WHOLE, [])
    assert codes(merged(grid, NAME, NAME + 1)) == [FindingCode.COLUMN_AMBIGUOUS]


@pytest.mark.parametrize(
    "parts",
    [
        [("Trần Văn", "Thiếu tá"), ("Lê Thị", "Đại uý"), ("Phạm Hoà", "Trung sĩ")],
        [("Trần Văn", "Thử"), ("Lê Thị Mẫu", "Nữ"), ("Phạm Hoà Giả", "Nam")],
        [("Trần Văn Thử", None), ("Lê Thị Mẫu", "mới"), ("Phạm Hoà Giả", None)],
    ],
)
def test_words_that_are_no_names_beside_some_are_uncertain(parts: Sequence[tuple[str, str | None]]) -> None:
    reading = merged(widened(NAME, parts, header=("Họ và tên", None)), NAME, NAME + 1)
    assert codes(reading) == [FindingCode.COLUMN_AMBIGUOUS]


def test_a_sex_behind_a_name_in_two_columns_is_uncertain() -> None:
    parts = [("Trần Văn", "Thử", "Nam"), ("Lê Thị", "Mẫu", "Nữ"), ("Phạm", "Hoà Giả", "Nam")]
    reading = merged(widened(NAME, parts, header=("Họ và tên", None, None)), NAME, NAME + 2)
    assert codes(reading) == [FindingCode.COLUMN_AMBIGUOUS]


@pytest.mark.parametrize(
    "parts",
    [
        [("Trần Văn", "Nam"), ("Lê Thị", "Hoa"), ("Phạm Quốc", "Thái")],
        [("Nguyễn Minh", "Anh"), ("Lê Hồng", "Gấm"), ("Phạm Hoà", "Giả")],
        [("Nguyễn Thị Minh", "Hằng"), ("Lê Thị", "Mẫu"), ("Phạm Hoà", "Giả")],
        [("Trần", "Văn Nam"), ("Lê", "Thị Nữ"), ("Phạm", "Hoà")],
    ],
)
def test_given_names_beside_names_that_need_one_are_joined(parts: Sequence[tuple[str, str]]) -> None:
    for reading in (
        merged(widened(NAME, parts, header=("Họ và tên", None)), NAME, NAME + 1),
        read(widened(NAME, parts, header=("Họ và tên", None))),
    ):
        assert (names(reading), codes(reading)) == ([" ".join(part) for part in parts], [])


@pytest.mark.parametrize("labels", [("Nam", "Nữ"), ("Nữ", "Nam"), ("NAM", "NỮ")])
def test_years_of_birth_of_men_and_women_are_one_column(labels: tuple[str, str]) -> None:
    parts = [("1980", None), (None, "1981"), ("1982", None)]
    grid = widened(BIRTH, parts, header=("Năm sinh", None))
    below = [None] * len(grid[0])
    below[BIRTH : BIRTH + 2] = labels
    reading = read([grid[0], tuple(below), *grid[1:]])
    assert (reading.columns["birth_date"], codes(reading)) == (["1980", "1981", "1982"], [])
    assert list(reading.source_row) == [3, 4, 5]


def test_two_dates_of_one_person_are_uncertain() -> None:
    parts = [("01/02/1980", "1980"), (None, "1981"), ("1982", None)]
    reading = merged(widened(BIRTH, parts, header=("Ngày sinh", None)), BIRTH, BIRTH + 1)
    assert codes(reading) == [FindingCode.COLUMN_AMBIGUOUS]


def test_parts_of_an_account_are_joined_in_order() -> None:
    parts = [("970401", "0012"), ("970402", "0022"), ("970403", "0032")]
    reading = merged(widened(ACCOUNT, parts, header=("Số tài khoản", None)), ACCOUNT, ACCOUNT + 1)
    assert (reading.columns["bank_account"], codes(reading)) == (["9704010012", "9704020022", "9704030032"], [])


@pytest.mark.parametrize(
    ("second", "is_merged"),
    [(("0012", "22", "0032"), True), (("VCB", "VCB", "VCB"), True), (("0912345678", "0912345679", "1"), False)],
)
def test_parts_of_an_account_of_which_nobody_can_say_refuse_the_file(second: Sequence[str], is_merged: bool) -> None:
    parts = [(f"97040{number}", text) for number, text in enumerate(second)]
    grid = widened(ACCOUNT, parts, header=("Số tài khoản", None))
    reading = merged(grid, ACCOUNT, ACCOUNT + 1) if is_merged else read(grid)
    assert codes(reading) == [FindingCode.COLUMN_AMBIGUOUS]


def test_an_account_without_its_further_part_refuses_the_file_but_for_a_whole_one() -> None:
    for third, expected in (("970403", [FindingCode.COLUMN_AMBIGUOUS]), ("9704030032", [])):
        parts = [("970401", "0012"), ("970402", "0022"), (third, None)]
        reading = merged(widened(ACCOUNT, parts, header=("Số tài khoản", None)), ACCOUNT, ACCOUNT + 1)
        assert codes(reading) == expected


def xlsx_with_a_part(grid: Grid, value: int, code: str) -> bytes:
    """The grid as a workbook whose people all have this number, so formatted, as the second part of the account."""
    book = Workbook()
    page = book.worksheets[0]
    for row in grid:
        page.append(row)
    for row in range(2, len(grid) + 1):
        cell = page.cell(row, ACCOUNT + 2, value)
        cell.number_format = code
    page.merge_cells(start_row=1, end_row=1, start_column=ACCOUNT + 1, end_column=ACCOUNT + 2)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def xls_with_a_part(grid: Grid, value: int, code: str) -> bytes:
    """The same as an old workbook."""
    book = xlwt.Workbook()
    page = book.add_sheet("DS")
    for index, row in enumerate(grid):
        for column, text in enumerate(row):
            if column not in {ACCOUNT, ACCOUNT + 1} or (index and column == ACCOUNT):
                page.write(index, column, text)
    for index in range(1, len(grid)):
        page.write(index, ACCOUNT + 1, value, xlwt.easyxf(num_format_str=code))
    page.write_merge(0, 0, ACCOUNT, ACCOUNT + 1, "Số tài khoản")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", [xlsx_with_a_part, xls_with_a_part])
@pytest.mark.parametrize(
    ("value", "code", "account", "is_told"),
    [
        (12, "0000", "9704010012", False),
        (1, "00", "97040101", False),
        (0, "0000", "9704010000", False),
        (1234, "0000", "9704011234", False),
        (1234, "General", "9704011234", True),
        (12345, "0000", "97040112345", True),
    ],
)
def test_a_part_in_a_number_cell_is_joined_as_it_is_shown(
    write: Callable[[Grid, int, str], bytes], value: int, code: str, account: str, *, is_told: bool
) -> None:
    grid = widened(ACCOUNT, [("970401", None)] * 3, header=("Số tài khoản", None))
    reading = read(read_cells(write(grid, value, code)))
    assert (reading.columns["bank_account"], codes(reading)) == ([account] * 3, [])
    assert list(reading.number_cells) == [["bank_account"] if is_told else None] * 3


def test_a_part_that_is_a_number_is_told_and_alone_is_uncertain() -> None:
    header = ("Số tài khoản", None)
    parts = [("970401", "1212"), ("970402", "1222"), ("970403", "1232")]
    for count, found in ((3, []), (1, [FindingCode.COLUMN_AMBIGUOUS])):
        sheet = sheet_cells(widened(ACCOUNT, parts, header=header)[: count + 1])
        numbers = frozenset((row, ACCOUNT + 1) for row in (2, 3, 4))
        sheet = replace(sheet, wide_merges=((1, ACCOUNT, ACCOUNT + 1),), numbers=numbers)
        reading = read(WorkbookCells("xlsx", (sheet,)))
        assert codes(reading) == found
        if not found:
            assert list(reading.number_cells) == [["bank_account"]] * 3


def test_a_column_that_nobody_fills_says_nothing() -> None:
    parts = [(row[ACCOUNT], None) for row in THREE]
    assert codes(merged(widened(ACCOUNT, parts, header=("Số tài khoản", None)), ACCOUNT, ACCOUNT + 1)) == []


def test_a_formula_that_failed_in_a_part_is_the_fields() -> None:
    grid = widened(NAME, NAMES, header=("Họ và tên", None))
    sheet = replace(sheet_cells(grid), unreadable=frozenset({(3, NAME + 1)}))
    assert list(read(WorkbookCells("xlsx", (sheet,))).unreadable) == [None, ["full_name"], None]


# ---- A header that comes again


def again(*rows: Row) -> RosterReading:
    return read([HEADER, *people(1, 2), BLANK, *rows])


def test_the_same_header_again_changes_nothing() -> None:
    reading = again(HEADER, person(3))
    assert (list(reading.source_row), codes(reading)) == ([2, 3, 6], [])


def test_a_column_before_the_account_does_not_become_the_account() -> None:
    header = (*HEADER[:ACCOUNT], "Điện thoại", *HEADER[ACCOUNT:])
    third = person(3)
    reading = again(header, (*third[:ACCOUNT], "0912345678", *third[ACCOUNT:]))
    assert reading.columns["bank_account"] == [person(number)[ACCOUNT] for number in (1, 2, 3)]
    assert reading.columns["bank_name"] == [person(number)[BANK] for number in (1, 2, 3)]
    assert (list(reading.source_row), codes(reading)) == ([2, 3, 6], [])


def test_a_table_one_column_to_the_right_is_read_where_it_stands() -> None:
    reading = again((None, *HEADER), (None, *person(3)), (None, *person(4)), line("Tổng cộng: 4 người"))
    assert [reading.columns[name][2:] for name in ("full_name", "citizen_id", "bank_account")] == [
        [person(3)[column], person(4)[column]] for column in (NAME, ID, ACCOUNT)
    ]
    assert codes(reading) == []


def test_a_row_of_another_table_has_the_letters_of_its_own_columns() -> None:
    reading = again((None, *HEADER), (None, *person(3)))
    first, second = (reading.letters_at(row) for row in (3, 6))
    assert [first[name] for name in ("full_name", "citizen_id")] == [column_letter(NAME), column_letter(ID)]
    assert [second[name] for name in ("full_name", "citizen_id")] == [column_letter(NAME + 1), column_letter(ID + 1)]
    letters = sheet_columns({"dong-xoai": reading}).filter(pl.col("column_name") == "citizen_id")
    assert letters.rows() == [
        ("dong-xoai", "citizen_id", 0, 5, column_letter(ID)),
        ("dong-xoai", "citizen_id", 5, 2**31 - 1, column_letter(ID + 1)),
    ]


def test_a_field_has_a_letter_only_in_the_tables_that_have_it() -> None:
    reading = again((*HEADER[:-1], "Từ ngày"), (*person(3)[:-1], "05/01/2022"))
    assert ("from_date" in reading.letters_at(2), "note" in reading.letters_at(2)) == (False, True)
    assert ("from_date" in reading.letters_at(6), "note" in reading.letters_at(6)) == (True, False)


def test_columns_in_another_order_and_a_third_table() -> None:
    order = [*range(len(HEADER))][::-1]
    turned = [tuple(row[column] for column in order) for row in (HEADER, person(3))]
    reading = again(*turned, BLANK, HEADER, person(4))
    assert names(reading) == [person(number)[NAME] for number in (1, 2, 3, 4)]
    assert reading.columns["shift"] == ["1"] * 4
    assert list(reading.source_row) == [2, 3, 6, 9]


def test_a_field_that_only_the_second_table_has_is_read() -> None:
    header = (*HEADER[:-1], "Từ ngày")
    reading = again(header, (*person(3)[:-1], "05/01/2022"))
    assert reading.columns["from_date"] == [None, None, "05/01/2022"]
    assert reading.columns["note"] == [None, None, None]


def test_a_field_twice_in_the_second_table_refuses_the_file() -> None:
    header = (*HEADER[:-1], "Số tài khoản")
    reading = again(header, (*person(3)[:-1], "970403"))
    assert codes(reading) == [FindingCode.COLUMN_AMBIGUOUS]


def test_what_cannot_be_read_in_the_second_table_is_told_of_its_field() -> None:
    sheet = replace(
        sheet_cells([HEADER, person(1), (None, *HEADER), (None, *person(2))]),
        unreadable=frozenset({(4, BANK + 1)}),
        numbers=frozenset({(4, ACCOUNT + 1)}),
    )
    reading = read(WorkbookCells("xlsx", (sheet,)))
    assert list(reading.unreadable) == [None, ["bank_name"]]
    assert list(reading.number_cells) == [None, ["bank_account"]]


# ---- Hidden columns, words of headers


@pytest.mark.parametrize(("columns", "place"), [({ACCOUNT}, "K"), ({ID, BANK}, "D, L")])
def test_a_hidden_column_that_is_read_is_told(columns: set[int], place: str) -> None:
    sheet = replace(sheet_cells([HEADER, *THREE]), hidden_columns=frozenset(columns))
    reading = read(WorkbookCells("xlsx", (sheet,)))
    [hidden] = reading.findings
    assert (hidden.code, hidden.place, reading.is_refused) == (FindingCode.COLUMN_HIDDEN, place, False)
    assert hidden.found == "; ".join(HEADER[column] for column in sorted(columns))


def test_a_hidden_column_that_nobody_reads_says_nothing() -> None:
    grid = [(*row, "x") for row in THREE]
    sheet = replace(sheet_cells([HEADER, *grid]), hidden_columns=frozenset({len(HEADER)}))
    assert codes(read(WorkbookCells("xlsx", (sheet,)))) == []


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Số CCCD/CMND", "citizen_id"),
        ("Số căn cước công dân", "citizen_id"),
        ("Căn cước công dân", "citizen_id"),
        ("Số tài khoản ngân hàng", "bank_account"),
        ("Số TK", "bank_account"),
        ("Tài khoản", "bank_account"),
        ("Tại ngân hàng", "bank_name"),
        ("Họ và tên cán bộ", "full_name"),
    ],
)
def test_words_that_real_headers_use_are_known(header: str, field: str) -> None:
    official = next(column.official for column in ROSTER_COLUMNS if column.name == field)
    grid = [header if text == official else text for text in HEADER]
    reading = read([grid, *THREE])
    assert (codes(reading), len(reading.source_row)) == ([], 3)
