"""Who stands on a roster: everybody who might be a person, nobody who is a total, a heading or a signature."""

from dataclasses import replace

import pytest

from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.vocabulary import FindingCode
from tests.unit.office_files import book, sheet_cells
from tests.unit.rosters import BLANK, HEADER, WIDTH, Row, codes, line, names, only, people, person, read

THREE = people(1, 2, 3)


def rows_read(*rows: Row, header: Row = HEADER) -> list[int]:
    """The sheet rows of the people; the header stands in row 1."""
    return list(read([header, *rows]).source_row)


def test_every_person_is_read_with_the_row_they_stand_in() -> None:
    reading = read([BLANK, HEADER, *THREE])
    assert (list(reading.source_row), codes(reading)) == ([3, 4, 5], [])
    assert reading.columns["citizen_id"] == ["070080000001", "070080000002", "070080000003"]
    assert reading.column_letters["citizen_id"] == "D"


def test_columns_that_the_roster_does_not_have_are_not_there() -> None:
    assert "monitored_service" not in read([HEADER, *THREE]).columns


@pytest.mark.parametrize("blank_lines", [1, 5])
def test_an_empty_line_does_not_end_the_table(blank_lines: int) -> None:
    assert rows_read(*people(1, 2), *[BLANK] * blank_lines, *people(3)) == [2, 3, 4 + blank_lines]


def test_a_row_with_nothing_but_its_number_is_empty() -> None:
    assert rows_read(*THREE, only(row_no="4"), only(row_no="5")) == [2, 3, 4]


def test_a_numbered_row_with_a_name_is_a_person() -> None:
    assert rows_read(*THREE, only(row_no="4", full_name="Vũ An")) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "preset",
    [
        {"staff_category": "Công an"},
        {"staff_category": "Công an", "duty": "Phát triển", "work_mode": "Trực tiếp"},
        {"bank_name": "Agribank CN Bình Phước", "shift": "1"},
        {"agency": "Công an thành phố"},
        {"work_mode": "Trực tiếp", "note": "…"},
    ],
)
def test_a_numbered_row_with_preset_words_is_nobody(preset: dict[str, str]) -> None:
    spare = [only(row_no=str(number), **preset) for number in range(4, 9)]
    assert rows_read(*THREE, *spare) == [2, 3, 4]
    assert rows_read(*THREE, *spare, person(9)) == [2, 3, 4, 10]


def test_another_support_that_is_preset_makes_nobody() -> None:
    wide = [(*HEADER, "Chế độ hỗ trợ khác"), *((*row, "Không") for row in people(1, 2, 3))]
    spare = [(*only(row_no=str(number), staff_category="Công an"), "Không") for number in range(4, 9)]
    assert list(read([*wide, *spare]).source_row) == [2, 3, 4]


@pytest.mark.parametrize(
    "nothing", ["…", "......", "-", "____", "?", "0", "00", "0,0", "x", "X", "N/A", "không", "Ko có"]
)
def test_a_numbered_row_of_placeholders_is_nobody(nothing: str) -> None:
    preset = {"staff_category": "Công an", "bank_name": nothing}
    spare = [only(row_no=str(number), full_name=nothing, citizen_id=nothing, **preset) for number in range(4, 9)]
    assert rows_read(*THREE, *spare) == [2, 3, 4]
    assert rows_read(*THREE, *spare, person(9)) == [2, 3, 4, 10]


@pytest.mark.parametrize("label", ["STT", "TT", "Số TT"])
def test_the_list_of_something_else_below_the_people_is_nobody(label: str) -> None:
    other = [
        line(label, full_name="Tên thiết bị", birth_date="Số lượng", citizen_id="Đơn vị tính"),
        line("1", full_name="Máy tính xách tay", birth_date="2", citizen_id="cái"),
        line("2", full_name="Màn hình ghép", birth_date="1", citizen_id="bộ"),
    ]
    assert rows_read(*THREE, BLANK, *other) == [2, 3, 4]
    assert rows_read(*THREE, BLANK, *other, person(5)) == [2, 3, 4, 7, 8, 9]


@pytest.mark.parametrize("number", ["0", None, "4"])
@pytest.mark.parametrize("day", ["0", "30/12/1899", "1899-12-30", "00/01/1900"])
def test_a_row_of_links_to_empty_cells_is_nobody(number: str | None, day: str) -> None:
    linked = dict.fromkeys(("full_name", "agency", "duty", "bank_account", "bank_name", "shift", "note"), "0")
    spare = [only(row_no=number or "", birth_date=day, citizen_id="000000000000", **linked)] * 5
    assert rows_read(*THREE, *spare) == [2, 3, 4]
    assert rows_read(*THREE, *spare, person(9)) == [2, 3, 4, 10]


@pytest.mark.parametrize(("name", "number"), [("Vũ An", "0"), ("0", "070080000009")])
def test_a_placeholder_beside_a_fact_is_a_persons(name: str, number: str) -> None:
    assert rows_read(*THREE, only(row_no="4", full_name=name, citizen_id=number)) == [2, 3, 4, 5]


@pytest.mark.parametrize("field", ["full_name", "citizen_id", "bank_account", "birth_date", "note"])
def test_a_numbered_row_with_a_fact_beside_preset_words_is_a_person(field: str) -> None:
    facts = {"full_name": "Vũ An", "citizen_id": "07008", "bank_account": "9990", "birth_date": "1980", "note": "thay"}
    assert rows_read(*THREE, only(row_no="4", staff_category="Công an", **{field: facts[field]})) == [2, 3, 4, 5]


@pytest.mark.parametrize("columns", [{11}, {5, 6, 7}, {1}, {1, 3, 10}, set(range(1, WIDTH))])
def test_spare_rows_whose_formulas_failed_are_nobody(columns: set[int]) -> None:
    spare = [only(row_no=str(number)) for number in range(2, 22)]
    failed = frozenset((number, column) for number in range(3, 23) for column in columns)
    sheet = replace(sheet_cells([HEADER, person(1), *spare, line("Tổng cộng: 1 người")]), unreadable=failed)
    reading = read(WorkbookCells("xlsx", (sheet,)))
    assert (list(reading.source_row), codes(reading)) == ([2], [])


@pytest.mark.parametrize(
    "text",
    ["(Tổ trưởng)", "Tổ trưởng", "Đội phó", "Trưởng ca 2", "(Nghỉ thai sản từ 15/02/2022)", "* đi học", "[vắng]"],
)
@pytest.mark.parametrize("at", ["full_name", "row_no", "citizen_id"])
def test_a_position_or_a_remark_between_people_is_nobody(text: str, at: str) -> None:
    reading = read([HEADER, person(1), line(text, at=at), person(2), line("Tổng cộng: 2 người")])
    assert (list(reading.source_row), codes(reading), set(reading.group_text)) == ([2, 4], [], {None})


@pytest.mark.parametrize("text", ["Trang 1/3", "Trang 2", "- 2 -", "2", "Page 1 of 3", "1/3", "Mẫu 01 - Trang 1"])
@pytest.mark.parametrize("at", ["full_name", "duty", "note", "citizen_id"])
def test_a_pages_footer_between_people_is_nobody(text: str, at: str) -> None:
    assert rows_read(person(1), line(text, at=at), person(2)) == [2, 4]


@pytest.mark.parametrize("text", ["(Tổ trưởng)", "Tổ phó", "(Nghỉ từ 15/02/2022)"])
def test_a_line_below_a_name_is_no_second_person(text: str) -> None:
    merges = tuple((top, top + 1, column) for top in (2, 4) for column in range(WIDTH) if column != 1)
    below = only(full_name=text)
    sheet = replace(sheet_cells([HEADER, person(1), below, person(2), below]), tall_merges=merges)
    assert list(read(WorkbookCells("xlsx", (sheet,))).source_row) == [2, 4]


@pytest.mark.parametrize(
    "missing",
    [
        {"full_name": None},
        {"citizen_id": None},
        {"row_no": None},
        {"full_name": None, "row_no": None},
        {"citizen_id": None, "row_no": None},
        {"full_name": None, "citizen_id": None},
        {"full_name": None, "citizen_id": None, "row_no": None},
        {"citizen_id": None, "bank_account": None, "birth_date": None, "row_no": None},
        {"citizen_id": "không có"},
        {"citizen_id": "070 080 000 001"},
        {"citizen_id": "12345"},
        {"full_name": "Tổng Văn Cộng"},
        {"full_name": "Cộng"},
        {"full_name": "Tống Thị Lan"},
        {"full_name": "Công Thị Nghĩa"},
        {"full_name": "Đoàn Ban"},
        {"full_name": "An Đình Sở"},
        {"note": "Giám đốc Trung tâm"},
        {"duty": "Kế toán trưởng", "citizen_id": None},
        {"note": "Tổng cộng: 19 người"},
        {"note": "(*) nghỉ từ ngày 15 tháng 01 năm 2022"},
        {"row_no": "I"},
        {"row_no": "I", "citizen_id": None, "bank_account": None, "birth_date": None},
    ],
)
def test_whoever_lacks_something_is_still_a_person(missing: dict[str, str | None]) -> None:
    assert rows_read(person(1), person(2, **missing), person(3)) == [2, 3, 4]
    assert rows_read(person(1), person(2, **missing)) == [2, 3]


@pytest.mark.parametrize(
    "cells",
    [
        {"full_name": "Vũ Ngọc Giang"},
        {"full_name": "Vũ Ngọc Giang", "row_no": "3"},
        {"citizen_id": "070080000009"},
        {"citizen_id": "07008"},
        {"bank_account": "99900000001"},
        {"full_name": "Tống Thị Lan"},
        {"full_name": "Tổng Văn Cộng"},
        {"full_name": "Phong Văn Sở"},
        {"staff_category": "Công an", "duty": "Phát triển"},
    ],
)
def test_a_row_that_may_be_a_person_is_one_where_people_stand(cells: dict[str, str]) -> None:
    assert rows_read(person(1), only(**cells), person(2)) == [2, 3, 4]
    assert rows_read(person(1), person(2), only(**cells)) == [2, 3, 4]


@pytest.mark.parametrize("name", ["Cộng", "Tổng", "Tổng Cộng", "TỔNG SỐ"])
@pytest.mark.parametrize(
    "facts",
    [
        {"citizen_id": "070080000002"},
        {"citizen_id": "70080000002"},
        {"citizen_id": "070080000002", "shift": "1", "agency": "1"},
        {"citizen_id": "280000002", "row_no": "2"},
        {"citizen_id": "280000002", "staff_category": "Công an"},
        {"bank_account": "0990000002"},
        {"bank_account": "99900000002"},
        {"bank_account": "99900002", "row_no": "2"},
        {"bank_account": "99900002", "bank_name": "Agribank"},
        {"staff_category": "Công an", "row_no": "2"},
        {"birth_date": "02/03/1980"},
    ],
)
def test_whoever_is_named_like_a_total_is_a_person_by_what_else_the_row_holds(name: str, facts: dict[str, str]) -> None:
    assert rows_read(person(1), only(full_name=name, **facts), person(3)) == [2, 3, 4]
    assert rows_read(person(1), only(full_name=name, **facts)) == [2, 3]


@pytest.mark.parametrize("label", ["Cộng", "Tổng", "Tổng cộng", "TỔNG SỐ"])
@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"citizen_id": "2 người"},
        {"citizen_id": "102810000"},
        {"bank_account": "42.465.000"},
        {"bank_account": "42465000", "bank_name": "2 người"},
        {"birth_date": "2"},
        {"birth_date": "2022"},
        {"other_support_vnd": "42.465.000", "note": "Bốn mươi hai triệu"},
    ],
)
def test_a_total_with_counts_and_sums_beside_it_is_nobody(label: str, beside: dict[str, str]) -> None:
    for at in ("row_no", "full_name"):
        assert rows_read(person(1), line(label, at=at, **beside), person(3)) == [2, 4]
    assert rows_read(person(1), line(label, at="full_name", row_no="2")) == [2]


def test_a_formula_error_in_the_name_loses_nobody() -> None:
    sheet = replace(
        sheet_cells([HEADER, person(1), person(2, full_name=None)]), unreadable=frozenset({(3, 1), (3, 99)})
    )
    reading = read(WorkbookCells("xlsx", (sheet,)))
    assert (list(reading.source_row), list(reading.unreadable)) == ([2, 3], [None, ["full_name"]])


def test_a_row_of_formula_errors_between_people_is_a_person() -> None:
    failed = frozenset({(3, column) for column in range(1, WIDTH)})
    sheet = replace(sheet_cells([HEADER, person(1), only(row_no="2"), person(3)]), unreadable=failed)
    assert list(read(WorkbookCells("xlsx", (sheet,))).source_row) == [2, 3, 4]


@pytest.mark.parametrize(
    ("heading", "group"),
    [
        (line("I. Công an tỉnh"), "Công an tỉnh"),
        (line("II - Sở Y tế"), "Sở Y tế"),
        (line("A. Sở Y tế"), "Sở Y tế"),
        (line("Công an tỉnh"), "Công an tỉnh"),
        (line("I. Công an tỉnh (12 người)"), "Công an tỉnh"),
        (line("I. Công an tỉnh: 12 đồng chí"), "Công an tỉnh"),
        (line("I", full_name="Công an tỉnh"), "Công an tỉnh"),
        (line("I.", full_name="Công an tỉnh", citizen_id="12"), "Công an tỉnh"),
        (line("B", full_name="Sở Thông tin và Truyền thông", bank_name="3 người"), "Sở Thông tin và Truyền thông"),
        (line("III. Sở Kế hoạch và Đầu tư", at="full_name"), "Sở Kế hoạch và Đầu tư"),
        (line("Công an tỉnh", at="full_name"), "Công an tỉnh"),
        (line("CÔNG AN TỈNH", at="full_name"), "CÔNG AN TỈNH"),
        (line("Viên chức", at="full_name"), "Viên chức"),
        (line("1. Công an tỉnh", at="full_name"), "Công an tỉnh"),
        (line("1", full_name="Phòng Văn hóa và Thông tin"), "Phòng Văn hóa và Thông tin"),
        (line("I", full_name="Công an tỉnh", shift="12", other_support_vnd="26.820.000"), "Công an tỉnh"),
        (line("I. Công an tỉnh", other_support_vnd="26820000"), "Công an tỉnh"),
        (line("II", full_name="Sở Y tế", note="trực 24/24"), "Sở Y tế"),
        (line("Đài Truyền thanh", at="full_name"), "Đài Truyền thanh"),
    ],
)
def test_a_heading_names_the_group_of_those_below_it(heading: Row, group: str) -> None:
    reading = read([HEADER, heading, *people(1, 2), BLANK, line("IV. Nhóm khác"), *people(3)])
    assert (list(reading.source_row), list(reading.group_text)) == ([3, 4, 7], [group, group, "Nhóm khác"])


def test_a_heading_after_people_begins_a_new_group_for_those_below() -> None:
    reading = read([HEADER, *people(1), line("I. Công an tỉnh"), *people(2)])
    assert list(reading.group_text) == [None, "Công an tỉnh"]


@pytest.mark.parametrize(
    "numbering",
    [
        [f"({n})" for n in range(1, WIDTH + 1)],
        [str(n) for n in range(1, WIDTH + 1)],
        ["A", "B", *[str(n) for n in range(1, WIDTH - 1)]],
        ["(1)", "(2)", "(3)=(1)x(2)", "(4)", None, None, None, None, None, None, None, None, "(13) = (4)+(5)"],
    ],
)
def test_the_numbering_of_the_columns_is_nobody(numbering: Row) -> None:
    assert rows_read(numbering, *THREE) == [3, 4, 5]


def test_a_numbering_between_pages_is_nobody_and_neither_is_the_header_again() -> None:
    numbering = [f"({n})" for n in range(1, WIDTH + 1)]
    assert rows_read(*people(1), HEADER, numbering, *people(2)) == [2, 5]


def test_a_header_of_two_lines_may_come_again() -> None:
    above = tuple("Tài khoản" if text == "Số tài khoản" else None if text == "Ngân hàng" else text for text in HEADER)
    below = tuple(text if text in {"Số tài khoản", "Ngân hàng"} else None for text in HEADER)
    assert list(read([above, below, person(1), above, below, person(2)]).source_row) == [3, 6]


def test_a_person_who_is_all_numbers_is_a_person() -> None:
    assert rows_read(person(1), only(row_no="2", citizen_id="070080000002", shift="1")) == [2, 3]


@pytest.mark.parametrize("column", [0, 8, 9, 12])
def test_a_number_or_a_sum_that_was_never_calculated_is_nobody(column: int) -> None:
    failed = frozenset({(3, column), (4, column), (6, column)})
    sheet = replace(sheet_cells([HEADER, person(1), BLANK, BLANK, person(2), BLANK]), unreadable=failed)
    assert list(read(WorkbookCells("xlsx", (sheet,))).source_row) == [2, 5]


SIGNATURES = [
    [line("Bình Phước, ngày 28 tháng 01 năm 2022", at="bank_account")],
    [line("Đồng Xoài, ngày    tháng    năm 2022", at="bank_account")],
    [line("NGƯỜI LẬP BIỂU", at="full_name", duty="KẾ TOÁN TRƯỞNG", bank_name="GIÁM ĐỐC TRUNG TÂM")],
    [line("Người lập danh sách", at="full_name")],
    [line("TM. ỦY BAN NHÂN DÂN", at="bank_account"), line("KT. CHỦ TỊCH", at="bank_account")],
    [line("XÁC NHẬN CỦA ĐƠN VỊ", at="full_name")],
    [line("(Ký, ghi rõ họ tên)", at="full_name", bank_name="(Ký, đóng dấu)")],
    [line("Trưởng phòng", at="full_name")],
]


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("total", [[], [line("Tổng cộng: 3 người")]])
@pytest.mark.parametrize("gap", [0, 1])
def test_whoever_signs_is_not_staff(signature: list[Row], total: list[Row], gap: int) -> None:
    signers = only(full_name="Lâm Thị Cẩm Tú", duty="Đỗ Bá Minh", bank_name="Thái Bá Quyền")
    below = [*total, *[BLANK] * gap, *signature, BLANK, BLANK, signers, only(full_name="Lâm Thị Cẩm Tú")]
    reading = read([HEADER, *THREE, *below])
    assert (list(reading.source_row), codes(reading)) == ([2, 3, 4], [])


def test_a_name_under_the_total_or_after_a_gap_at_the_end_is_a_signature() -> None:
    name = only(full_name="Lâm Thị Cẩm Tú")
    assert rows_read(*THREE, line("Tổng cộng: 3 người"), name) == [2, 3, 4]
    assert rows_read(*THREE, BLANK, BLANK, name) == [2, 3, 4]


def test_a_gap_is_one_too_when_the_file_leaves_empty_rows_out() -> None:
    grid = [HEADER, *THREE, only(full_name="Lâm Thị Cẩm Tú")]
    gap = SheetCells("S", [list(row) for row in grid], [1, 2, 3, 4, 9])
    assert list(read(WorkbookCells("xlsx", (gap,))).source_row) == [2, 3, 4]


def test_a_person_below_a_signature_is_still_a_person() -> None:
    assert rows_read(*people(1, 2), line("Người lập biểu", at="full_name"), BLANK, person(3)) == [2, 3, 6]


@pytest.mark.parametrize(
    "note",
    [
        "Ghi chú: danh sách này thay danh sách trước",
        "Bằng chữ: Bốn mươi hai triệu đồng",
        "(*) Thay ca",
        "Nơi nhận:",
        "Lưu: VT",
    ],
)
def test_notes_under_the_table_are_nobody(note: str) -> None:
    assert rows_read(*THREE, line(note), line("Như trên", at="full_name")) == [2, 3, 4]
    assert rows_read(*THREE, line(note, at="full_name")) == [2, 3, 4]


def test_a_roster_without_row_numbers_is_read_alike() -> None:
    header = [text for text in HEADER if text != "STT"]
    rows = [
        row[1:] for row in (line("Công an tỉnh", at="full_name"), *THREE, line("Tổng cộng: 3 người", at="full_name"))
    ]
    reading = read([header, *rows, BLANK[1:], line("Người lập", at="full_name")[1:], only(full_name="Lê Tú")[1:]])
    assert (list(reading.source_row), codes(reading)) == ([3, 4, 5], [])
    assert list(reading.group_text) == ["Công an tỉnh"] * 3


def test_cells_beside_the_table_are_nobody() -> None:
    assert rows_read(*[(*row, None, "x") for row in THREE], (*BLANK, None, "ngoài bảng")) == [2, 3, 4]


def test_an_agency_merged_over_its_people_stands_with_each_of_them() -> None:
    rows = [
        person(1, agency="Công an tỉnh"),
        person(2, agency=None),
        person(3, agency="Sở Y tế"),
        person(4, agency=None),
    ]
    sheet = replace(sheet_cells([HEADER, *rows]), tall_merges=((2, 3, 4),))
    assert read(WorkbookCells("xlsx", (sheet,))).columns["agency"] == ["Công an tỉnh", "Công an tỉnh", "Sở Y tế", None]


def test_a_person_merged_over_two_rows_with_two_modes_has_two_rows() -> None:
    rows = [person(1), only(work_mode="Không trực tiếp")]
    merges = tuple((2, 3, column) for column in (0, 1, 3))
    sheet = replace(sheet_cells([HEADER, *rows]), tall_merges=merges)
    reading = read(WorkbookCells("xlsx", (sheet,)))
    assert reading.columns["full_name"] == [person(1)[1]] * 2
    assert reading.columns["work_mode"] == ["Trực tiếp", "Không trực tiếp"]


def test_a_person_whose_line_is_two_rows_high_is_one_person() -> None:
    merges = tuple((2, 3, column) for column in range(WIDTH))
    sheet = replace(sheet_cells([HEADER, person(1), BLANK, person(2)]), tall_merges=merges)
    assert list(read(WorkbookCells("xlsx", (sheet,))).source_row) == [2, 4]


def test_merges_that_overlap_or_reach_beyond_the_sheet_cost_nothing() -> None:
    merges = tuple((2, 50_000_000 + n, 4) for n in range(5_000))
    sheet = replace(sheet_cells([HEADER, person(1), person(2, agency=None)]), tall_merges=((90, 99, 4), *merges))
    assert read(WorkbookCells("xlsx", (sheet,))).columns["agency"] == ["Công an thành phố"] * 2


def test_hidden_people_are_read_and_told() -> None:
    reading = read([HEADER, *people(1, 2, 3, 4)], hidden_rows={3, 5})
    assert list(reading.is_hidden) == [False, True, False, True]
    [hidden] = reading.findings
    assert (hidden.code, hidden.found, hidden.place) == (FindingCode.HIDDEN_ROWS, "2", "3, 5")
    assert not reading.is_refused


def test_hidden_rows_without_people_are_not_told() -> None:
    assert codes(read([HEADER, *people(1), BLANK, line("Tổng cộng: 1 người")], hidden_rows={1, 3, 4})) == []


def test_a_table_without_people_is_refused() -> None:
    reading = read([HEADER, line("I. Công an tỉnh"), only(row_no="1"), line("Người lập biểu", at="full_name")])
    assert (codes(reading), reading.is_refused) == ([FindingCode.NO_ROWS], True)


def test_one_person_is_enough() -> None:
    assert codes(read([HEADER, *people(1)])) == []


def test_names_keep_their_cells_text() -> None:
    reading = read(book([HEADER, person(1, full_name="  Nguyễn  Văn An ")]))
    assert names(reading) == ["  Nguyễn  Văn An "]
