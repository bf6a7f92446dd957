"""What is told when a centre's table is laid out differently: every change once, in words that need no language."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc_etl.adapters.store_layouts import layout_as_json, layout_of_json
from ioc_etl.core.layout_changes import LayoutChange, layout_change
from schemas.columns import OFFICIAL_HEADERS
from schemas.layout import Layout, LayoutColumn
from schemas.marker import ROW_HEADER
from schemas.sheet_cells import column_letter
from tests.unit.office_files import book
from tests.unit.rosters import HEADER, Grid, Row, line, people, read

JANUARY: Grid = [("DANH SÁCH",), ("Tháng 01 năm 2022",), HEADER, *people(1, 2)]


def layout_of(grid: Grid, *, sheet: str = "DS T01") -> Layout:
    """The layout of what is read of one sheet."""
    cells = book(grid)
    named = replace(cells, sheets=[replace(each, name=sheet) for each in cells.sheets])
    found = read(named).layout
    assert found is not None
    return found


def change(after: Grid, *, before: Grid = JANUARY, sheet: str = "DS T01") -> LayoutChange | None:
    return layout_change(layout_of(before), layout_of(after, sheet=sheet))


def columns(change_of: Callable[[Sequence[Row]], Sequence[Row]]) -> str | None:
    """What is told of the columns when the table's rows are changed so."""
    told = change([*JANUARY[:2], *change_of(JANUARY[2:])])
    return told.columns if told else None


def renamed(**headers: str) -> Callable[[Sequence[Row]], Sequence[Row]]:
    """The header with other words for some fields."""
    words = {OFFICIAL_HEADERS[field]: text for field, text in headers.items()}
    return lambda rows: [[words.get(text or "", text) for text in rows[0]], *rows[1:]]


def inserted(at: int, header: str | None) -> Callable[[Sequence[Row]], Sequence[Row]]:
    """A further column before the one at `at`."""
    return lambda rows: [
        [*row[:at], header if not place else ("x" if header else None), *row[at:]] for place, row in enumerate(rows)
    ]


def without(*headers: str) -> Callable[[Sequence[Row]], Sequence[Row]]:
    gone = [HEADER.index(header) for header in headers]
    return lambda rows: [[text for place, text in enumerate(row) if place not in gone] for row in rows]


def swapped(first: int, second: int) -> Callable[[Sequence[Row]], Sequence[Row]]:
    order = list(range(len(HEADER)))
    order[first], order[second] = second, first
    return lambda rows: [[row[place] for place in order] for row in rows]


@pytest.mark.parametrize(
    ("change_of", "told"),
    [
        (renamed(full_name="Họ tên"), "B “Họ và tên” → “Họ tên”"),
        (renamed(citizen_id="CMND/CCCD", bank_account="STK"), "D “Số CCCD” → “CMND/CCCD”; K “Số tài khoản” → “STK”"),
        (swapped(2, 3), "C → D “Ngày sinh”; D → C “Số CCCD”"),
        (inserted(0, None), "A–M → B–N"),
        (inserted(0, "Trình độ"), "A–M → B–N; — → A “Trình độ”"),
        (inserted(3, "Trình độ"), "D–M → E–N; — → D “Trình độ”"),
        (inserted(len(HEADER), "Trình độ"), "— → N “Trình độ”"),
        (inserted(len(HEADER), "Lĩnh vực"), "— → N “Lĩnh vực”"),
        (without("Ca trực"), "J–M → I–L; I “Ca trực” → —"),
        (without("Ghi chú"), "M “Ghi chú” → —"),
        (without("Ngân hàng", "Ghi chú"), "L “Ngân hàng” → —; M “Ghi chú” → —"),
        (renamed(citizen_id="Số CCDC"), "D “Số CCCD” → D “Số CCDC”"),
        (
            lambda rows: inserted(0, None)(renamed(citizen_id="Số CCDC")(rows)),
            "A–M → B–N; D “Số CCCD” → E “Số CCDC”",
        ),
        (
            lambda rows: inserted(0, None)(renamed(full_name="Họ tên")(rows)),
            "A–M → B–N; B “Họ và tên” → C “Họ tên”",
        ),
        (lambda rows: inserted(13, "Trình độ")(without("Ghi chú")(rows)), "M “Ghi chú” → M “Trình độ”"),
        (
            renamed(other_support_vnd="Mức hưởng khác (nghìn đồng)"),
            "J “Mức hưởng khác” → “Mức hưởng khác (nghìn đồng)”",
        ),
    ],
)
def test_a_changed_column_is_told_with_what_it_was(
    change_of: Callable[[Sequence[Row]], Sequence[Row]], told: str
) -> None:
    assert columns(change_of) == told


@pytest.mark.parametrize(
    "change_of",
    [
        lambda rows: rows,
        renamed(full_name="HỌ VÀ TÊN", agency="cơ quan cử", staff_category="Ðối tượng"),
        renamed(citizen_id="Số\nCCCD", duty="  Nhiệm   vụ:"),
        renamed(full_name=unicodedata.normalize("NFD", "Họ và tên"), shift="Ca trực (9)"),
        renamed(other_support_vnd="Mức hưởng khác (đồng/tháng)"),
        inserted(len(HEADER), ROW_HEADER),
        lambda rows: [*rows, *people(3, 4)],
    ],
)
def test_what_makes_no_difference_is_not_told(change_of: Callable[[Sequence[Row]], Sequence[Row]]) -> None:
    assert columns(change_of) is None


@pytest.mark.parametrize("name", ["DS T02", "DS T12", "DS tháng 2", "ds t1.2022", "DS Tháng Hai", "DS 02-2022", "DS"])
def test_a_sheets_name_may_say_another_month(name: str) -> None:
    assert change(JANUARY, sheet=name) is None


def test_another_sheet_is_told_with_its_header_row() -> None:
    assert change(JANUARY, sheet="Danh sách") == LayoutChange("“DS T01” 3 → “Danh sách” 3", "")
    assert change(JANUARY, sheet="") is None


def test_header_rows_that_moved_are_told() -> None:
    assert change([("UBND TỈNH",), *JANUARY]) == LayoutChange("3 → 4", "")


TWO_LINES: Grid = [
    ("STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Đối tượng", "Nhiệm vụ", "Hình thức làm việc", "Tài khoản", None),
    (*[None] * 7, "Số tài khoản", "Ngân hàng"),
    ("1", "Nguyễn An", "1980", "070080000001", "Công an", "Phát triển", "Trực tiếp", "999000001", "BIDV"),
]
ONE_LINE: Grid = [(*TWO_LINES[0][:7], "Số tài khoản", "Ngân hàng"), TWO_LINES[2]]


def test_a_header_of_one_line_that_had_two_is_told_by_its_rows() -> None:
    assert change(ONE_LINE, before=TWO_LINES) == LayoutChange("1–2 → 1", "")
    assert change(TWO_LINES, before=ONE_LINE) == LayoutChange("1 → 1–2", "")


def test_an_agency_from_group_rows_instead_of_a_column_is_told_as_that() -> None:
    ungrouped = [[text for place, text in enumerate(row) if place != 4] for row in JANUARY[2:]]
    grouped = [ungrouped[0], line("I. Công an tỉnh"), *ungrouped[1:]]
    assert columns(lambda _: grouped) == "F–M → E–L; E “Cơ quan cử” → “I. …”"
    back = change(JANUARY, before=[*JANUARY[:2], *grouped])
    assert back is not None
    assert back.columns == "E–L → F–M; “I. …” → E “Cơ quan cử”"


def test_another_unit_above_the_table_is_told() -> None:
    unit = line("Đơn vị tính: nghìn đồng", at="bank_account")
    grid = [JANUARY[0], unit, *JANUARY[2:]]
    assert change(grid) == LayoutChange("", "“đồng” → “nghìn đồng”")
    assert change(JANUARY, before=grid) == LayoutChange("", "“nghìn đồng” → “đồng”")


def test_a_file_without_a_table_is_told_what_its_required_columns_were() -> None:
    told = layout_change(layout_of(JANUARY), None)
    assert told is not None
    assert told.place == "“DS T01” 3 → —"
    assert told.columns == (
        "B “Họ và tên” → —; D “Số CCCD” → —; F “Đối tượng” → —; G “Nhiệm vụ” → —; H “Hình thức làm việc” → —; "
        "K “Số tài khoản” → —; L “Ngân hàng” → —"
    )


def test_many_changes_are_cut_short_and_counted() -> None:
    extra = [f"Cột lạ {letter}" for letter in "abcdefghijklmnopq"]
    told = columns(lambda rows: [[*rows[0], *extra], *([*row, *extra] for row in rows[1:])])
    assert told is not None
    assert (told.count(";"), told.endswith("; … +5")) == (12, True)


def test_two_unknown_columns_of_one_name_are_two() -> None:
    before = [[*row, *(["Trình độ"] if not place else ["x"])] for place, row in enumerate(JANUARY[2:])]
    after = [[*row, *(["Trình độ"] * 2 if not place else ["x", "x"])] for place, row in enumerate(JANUARY[2:])]
    told = change(after, before=before)
    assert told == LayoutChange("", "— → O “Trình độ”")


def test_a_layout_holds_no_number_of_a_person_and_nothing_that_a_database_cannot_keep() -> None:
    header = [*HEADER[:-1], "Nguyễn\x00 An\ud800 070080000001"]
    found = layout_of([header, *people(1)], sheet="DS\x07 T01")
    assert (found.columns[-1].header, found.sheet) == ("Nguyễn An ***", "DS T01")


def test_a_layout_of_thousands_of_columns_stays_small_and_keeps_the_known_ones() -> None:
    many = [f"Cột {number}" for number in range(3000)]
    found = layout_of([[*many, *HEADER], *([*["x"] * 3000, *row] for row in people(1))])
    assert len(found.columns) == 100
    assert {column.field for column in found.columns} >= {"full_name", "citizen_id", "bank_account"}


def test_the_layout_of_a_table_is_where_it_stands_and_what_its_columns_are() -> None:
    found = layout_of(TWO_LINES)
    assert (found.header_rows, found.has_groups, found.unit) == ((1, 2), False, None)
    assert found.columns[-2:] == (
        LayoutColumn("H", "Số tài khoản", "bank_account"),
        LayoutColumn("I", "Ngân hàng", "bank_name"),
    )


@pytest.mark.parametrize("grid", [JANUARY, TWO_LINES, [line("ĐVT: “nghìn” đồng\\", at="note"), *JANUARY[2:]]])
def test_a_layout_is_kept_as_it_is(grid: Grid) -> None:
    found = replace(layout_of(grid), has_groups=True, unit="nghìn đồng")
    assert layout_of_json(layout_as_json(found)) == found


FIELDS = st.lists(st.sampled_from(sorted(OFFICIAL_HEADERS)), min_size=2, max_size=18, unique=True)


def made(fields: Sequence[str], first: int = 0) -> Layout:
    """A layout of these fields side by side under their official headers."""
    named = [
        LayoutColumn(column_letter(first + place), OFFICIAL_HEADERS[field], field) for place, field in enumerate(fields)
    ]
    return Layout("T01", (7,), tuple(named))


@given(fields=FIELDS)
def test_a_layout_compared_with_itself_says_nothing(fields: list[str]) -> None:
    assert layout_change(made(fields), made(fields)) is None


@given(fields=FIELDS, write=st.sampled_from([str.upper, str.lower, lambda text: unicodedata.normalize("NFD", text)]))
def test_how_a_header_is_written_makes_no_difference(fields: list[str], write: Callable[[str], str]) -> None:
    layout = made(fields)
    other = [replace(column, header=write(column.header)) for column in layout.columns]
    assert layout_change(layout, replace(layout, columns=tuple(other))) is None


@given(fields=FIELDS, by=st.integers(1, 30))
def test_moving_all_columns_says_one_thing(fields: list[str], by: int) -> None:
    last = len(fields) - 1
    told = layout_change(made(fields), made(fields, by))
    assert told == LayoutChange("", f"A–{column_letter(last)} → {column_letter(by)}–{column_letter(last + by)}")


@given(before=FIELDS, after=FIELDS)
def test_every_column_that_came_or_went_is_told_by_its_header(before: list[str], after: list[str]) -> None:
    told = layout_change(made(before), made(after))
    differ = set(before) ^ set(after)
    assert (told is None) == (before == after)
    if told is not None and told.columns.count(";") < 11:
        assert all(f"“{OFFICIAL_HEADERS[field]}”" in told.columns for field in differ)
