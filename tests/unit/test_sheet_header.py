"""The table is found by its header, wherever it stands and however it is written; nothing similar is taken."""

import unicodedata
from itertools import chain

import pytest

from ioc_etl.core.sheet_header import field_of, find_header
from schemas.columns import ROSTER_COLUMNS
from schemas.vocabulary import FindingCode
from tests.unit.office_files import sheet_cells
from tests.unit.rosters import BLANK, HEADER, TINH, WIDTH, Grid, Row, codes, line, people, person, read

REQUIRED = {"full_name", "citizen_id", "staff_category", "duty", "work_mode", "bank_account", "bank_name"}


def without(header: str, grid: Grid) -> Grid:
    """The grid without one column."""
    place = list(grid[0]).index(header)
    return [[*row[:place], *row[place + 1 :]] for row in grid]


@pytest.mark.parametrize("column", ROSTER_COLUMNS, ids=lambda column: column.name)
def test_every_official_header_and_every_other_one_seen_is_known(column: object) -> None:
    for header in (column.official, *column.aliases):
        for written in (
            header,
            header.upper(),
            header.lower(),
            unicodedata.normalize("NFD", header),
            header.replace("Đ", "Ð"),
            f"  {header.replace(' ', chr(10))} ",
            "\n".join(header),
            f"{header} (1)",
            f"{header}:",
            f"{header} (*)",
        ):
            assert field_of(written) == column.name


@pytest.mark.parametrize(
    "header",
    ["Họ", "Tên", "Số", "Mã số", "Số CCCD cũ", "Ngày cấp CCCD", "Ngân hàng (nghìn đồng)", "Đơn vị tính", "", "1"],
)
def test_a_header_that_is_merely_similar_is_not_known(header: str) -> None:
    assert field_of(header) is None


def test_unicode_form_and_tone_place_do_not_matter() -> None:
    header = [unicodedata.normalize("NFD", text).replace("Đ", "Ð") for text in HEADER]
    assert set(read([header, *people(1)]).columns) == set(read([HEADER, *people(1)]).columns)


@pytest.mark.parametrize(("above", "left"), [(0, 0), (1, 0), (12, 0), (0, 3), (7, 26)])
def test_the_table_may_stand_anywhere(above: int, left: int) -> None:
    rows = [(*[None] * left, *row) for row in (HEADER, *people(1, 2), line("Tổng cộng: 2 người"))]
    reading = read([*[BLANK] * above, *rows])
    assert (list(reading.source_row), codes(reading)) == ([above + 2, above + 3], [])
    assert reading.column_letters["row_no"] == {0: "A", 3: "D", 26: "AA"}[left]


GROUPED: Row = (
    "STT",
    "Họ và tên",
    "Số CCCD",
    "Đối tượng",
    "Nhiệm vụ",
    "Hình thức làm việc",
    "Thời gian trong tháng",
    None,
)
GROUPED += ("Tài khoản", None)
BELOW: Row = (None, None, None, None, None, None, "Từ ngày", "Đến ngày", "Số tài khoản", "Ngân hàng")
ROW: Row = ("1", "Nguyễn An", "070080000001", "Công an", "Phát triển", "Trực tiếp", None, None, "999000001", "BIDV")


@pytest.mark.parametrize("numbering", [[], [[f"({n})" for n in range(1, 11)]]])
def test_a_header_of_two_lines_is_one_header(numbering: Grid) -> None:
    reading = read([GROUPED, BELOW, *numbering, ROW])
    assert list(reading.source_row) == [3 + len(numbering)]
    assert reading.column_letters["from_date"] == "G"
    assert reading.column_letters["bank_name"] == "J"
    assert codes(reading) == []


def test_a_header_whose_fields_stand_in_the_second_line_is_one_header() -> None:
    above = ("STT", "Họ và tên", "Thông tin cá nhân", None, "Công việc", None, None, "Chi trả", None)
    below = (None, None, "Ngày sinh", "Số CCCD", "Đối tượng", "Nhiệm vụ", "Hình thức", "STK", "Ngân hàng")
    row = ("1", "Nguyễn An", "1980", "070080000001", "Công an", "Phát triển", "Trực tiếp", "999000001", "BIDV")
    reading = read([line("Đơn vị"), above, below, row])
    assert (list(reading.source_row), codes(reading)) == ([4], [])
    assert [reading.column_letters[name] for name in ("row_no", "full_name", "citizen_id")] == ["A", "B", "D"]


def test_a_header_of_three_lines_and_words_broken_over_cells_is_one_header() -> None:
    first = ("STT", "Họ và", "Số", "Đối tượng", "Nhiệm vụ", "Hình thức", "Chi trả", None)
    second = (None, "tên", "CCCD", None, None, None, "Số tài", "Ngân hàng")
    third = (None, None, None, None, None, None, "khoản", None)
    row = ("1", "Nguyễn An", "070080000001", "Công an", "Phát triển", "Trực tiếp", "999000001", "BIDV")
    reading = read([first, second, third, row])
    assert (list(reading.source_row), set(reading.columns) - {"row_no"}) == ([4], REQUIRED)


def test_a_sub_heading_that_nobody_knows_is_no_person() -> None:
    header = ("STT", "Họ và tên", "Ngày sinh", None, *HEADER[3:])
    below = (None, None, "Nam", "Nữ", *[None] * (WIDTH - 3))
    rows = [(*row[:3], None, *row[3:]) for row in people(1, 2)]
    assert list(read([header, below, *rows]).source_row) == [3, 4]


def test_a_label_above_the_table_is_not_its_header() -> None:
    reading = read([("Đơn vị", "Thành phố Đồng Xoài"), HEADER, *people(1)])
    assert (codes(reading), reading.column_letters["agency"]) == ([], "E")


def test_columns_may_stand_in_any_order() -> None:
    reading = read([row[::-1] for row in (HEADER, *people(1, 2), line("Tổng cộng: 2 người"))])
    assert (codes(reading), reading.columns["citizen_id"]) == ([], ["070080000001", "070080000002"])


@pytest.mark.parametrize("header", [column.official for column in ROSTER_COLUMNS if column.name in REQUIRED])
def test_a_required_column_that_is_missing_refuses_the_file(header: str) -> None:
    field = field_of(header)
    reading = read(without(header, [HEADER, *people(1, 2, 3)]))
    [missing] = reading.findings
    assert (missing.code, missing.column_name, missing.expected) == (FindingCode.COLUMN_MISSING, field, header)
    assert (reading.is_refused, len(reading.source_row)) == (True, 3)


@pytest.mark.parametrize("header", ["STT", "Ngày sinh", "Ca trực", "Mức hưởng khác", "Ghi chú", "Cơ quan cử"])
def test_a_column_that_is_not_required_may_be_missing(header: str) -> None:
    assert codes(read(without(header, [HEADER, *people(1, 2)]))) == []


def test_every_missing_column_is_told() -> None:
    grid = without("Số tài khoản", without("Nhiệm vụ", [HEADER, *people(1)]))
    assert [finding.column_name for finding in read(grid).findings] == ["duty", "bank_account"]


def test_a_coefficient_stands_for_the_mode() -> None:
    header = [text.replace("Hình thức làm việc", "Hệ số") for text in HEADER]
    reading = read([header, person(1, work_mode="1,5")])
    assert (codes(reading), reading.columns["coefficient"]) == ([], ["1,5"])


def test_an_agency_is_required_where_agencies_matter_and_group_rows_do_not_name_it() -> None:
    ungrouped = without("Cơ quan cử", [HEADER, *people(1, 2)])
    grouped = without("Cơ quan cử", [HEADER, line("I. Công an tỉnh"), *people(1, 2)])
    assert codes(read(ungrouped, of=TINH, agencies_matter=True)) == [FindingCode.COLUMN_MISSING]
    assert codes(read(grouped, of=TINH, agencies_matter=True)) == []
    assert codes(read(ungrouped, agencies_matter=False)) == []


def test_two_columns_that_mean_the_same_refuse_the_file() -> None:
    grid = [(*row, extra) for row, extra in zip([HEADER, *people(1)], ["Đơn vị", "Sở Y tế"], strict=True)]
    [ambiguous] = read(grid).findings
    assert (ambiguous.code, ambiguous.column_name, ambiguous.found, ambiguous.expected, ambiguous.place) == (
        FindingCode.COLUMN_AMBIGUOUS,
        "agency",
        "Cơ quan cử; Đơn vị",
        "Cơ quan cử",
        "E, N",
    )


def test_columns_nobody_knows_are_told_once_and_do_not_refuse() -> None:
    extra = [("Trình độ", None, "Số điện\nthoại"), ("Đại học", "lạ", "0909"), ("Cao đẳng", None, None)]
    reading = read([(*row, *more) for row, more in zip([HEADER, *people(1, 2)], extra, strict=True)])
    [unknown] = reading.findings
    assert (unknown.code, unknown.found, unknown.place) == (
        FindingCode.COLUMN_UNKNOWN,
        "Trình độ; Số điện thoại",
        "N, P",
    )
    assert not reading.is_refused


@pytest.mark.parametrize(
    "grid",
    [
        [],
        [BLANK],
        people(1, 2, 3),
        [("Họ tên", "Ghi chú"), ("Nguyễn An", "x")],
        [("Đối tượng", "Nhiệm vụ", "Hình thức", "Ca trực"), ("Công an", "Phát triển", "Trực tiếp", "1")],
        [("DANH SÁCH",), ("Tháng 01 năm 2022",)],
    ],
)
def test_a_sheet_without_a_header_is_refused(grid: Grid) -> None:
    reading = read(grid)
    [missing] = reading.findings
    assert (missing.code, reading.is_refused) == (FindingCode.HEADER_NOT_FOUND, True)
    assert (missing.expected or "").startswith("Họ và tên, Số CCCD, Đối tượng")


def test_three_fields_with_a_name_among_them_are_a_header() -> None:
    reading = read([("Họ tên", "CCCD", "Ghi chú"), ("Nguyễn An", "070080000001", None)])
    assert set(codes(reading)) == {FindingCode.COLUMN_MISSING}
    assert find_header(sheet_cells([("Họ tên", "Ghi chú", "x")])) is None


def test_a_refused_file_reports_all_its_findings() -> None:
    header = [*[text for text in HEADER if text != "Nhiệm vụ"], "Đơn vị", "Trình độ"]
    rows = [[*row[:6], *row[7:], "x", "y"] for row in people(1, 2)]
    titles = [("Tháng 12 năm 2021",), ("UBND THỊ XÃ BÌNH LONG",)]
    found = codes(read([*titles, header, *rows, line("Tổng cộng: 3 người")], hidden_rows={4}))
    assert found == [
        FindingCode.COLUMN_MISSING,
        FindingCode.COLUMN_AMBIGUOUS,
        FindingCode.COLUMN_UNKNOWN,
        FindingCode.WRONG_MONTH,
        FindingCode.WRONG_CENTRE,
        FindingCode.TOTAL_MISMATCH,
        FindingCode.HIDDEN_ROWS,
    ]


def test_no_two_fields_share_a_header() -> None:
    headers = list(chain.from_iterable((column.official, *column.aliases) for column in ROSTER_COLUMNS))
    assert len({field_of(header) for header in headers}) == len(ROSTER_COLUMNS)
