"""Which of several sheets is read, and which are told of."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ioc_etl.core.sheet import RosterReading
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import FindingCode
from tests.unit.office_files import sheet_cells
from tests.unit.rosters import HEADER, Grid, codes, line, people, read

JANUARY = [line("Tháng 01 năm 2022"), HEADER, *people(1)]
DECEMBER = [line("Tháng 12 năm 2021"), HEADER, *people(2)]
UNTITLED = [HEADER, *people(3)]
LOOKUP = [("Đối tượng", "Nhiệm vụ", "Hình thức làm việc", "Ca trực"), ("Công an", "Phát triển", "Trực tiếp", "1")]
ACCOUNTS = [("STT", "Họ và tên", "Số tài khoản", "Ngân hàng"), ("1", "Nguyễn An", "999", "BIDV")]


def book_of(*sheets: tuple[str, Grid, bool]) -> RosterReading:
    """What is read of sheets, given as name, cells and whether they are visible."""
    cells = [replace(sheet_cells(grid, name), is_visible=is_visible) for name, grid, is_visible in sheets]
    return read(WorkbookCells("xlsx", tuple(cells)))


def ignored(reading: RosterReading) -> Sequence[tuple[str | None, str | None]]:
    """Names of the sheets that were not read, and of the one that was."""
    return [(each.found, each.expected) for each in reading.findings if each.code is FindingCode.SHEET_IGNORED]


def test_the_visible_sheet_with_a_rosters_header_is_read() -> None:
    reading = book_of(("Bìa", [("DANH SÁCH",)], True), ("Danh mục", LOOKUP, True), ("T01", JANUARY, True))
    assert (reading.sheet, codes(reading)) == ("T01", [])


def test_a_hidden_roster_is_ignored_and_told_even_when_it_stands_first() -> None:
    reading = book_of(("T12", UNTITLED, False), ("T01", JANUARY, True))
    assert (reading.sheet, ignored(reading), reading.is_refused) == ("T01", [("T12", "T01")], False)


@pytest.mark.parametrize("lookup", [LOOKUP, ACCOUNTS, [("Mã", "Tên")], []])
@pytest.mark.parametrize("is_visible", [True, False])
def test_lookup_sheets_are_nobodys_business(lookup: Grid, is_visible: bool) -> None:
    for sheets in (
        [("DM", lookup, is_visible), ("T01", JANUARY, True)],
        [("T01", JANUARY, True), ("DM", lookup, is_visible)],
    ):
        reading = book_of(*sheets)
        assert (reading.sheet, codes(reading)) == ("T01", [])


def test_of_two_visible_rosters_the_one_whose_title_says_the_month_is_read() -> None:
    reading = book_of(("T12", DECEMBER, True), ("T01", JANUARY, True), ("Nháp", UNTITLED, True))
    assert (reading.sheet, ignored(reading)) == ("T01", [("T12, Nháp", "T01")])


def test_of_two_visible_rosters_without_the_month_the_first_is_read() -> None:
    reading = book_of(("A", UNTITLED, True), ("B", UNTITLED, True))
    assert (reading.sheet, ignored(reading)) == ("A", [("B", "A")])


def test_the_sheets_name_says_no_month() -> None:
    reading = book_of(("T12", UNTITLED, True), ("T01", UNTITLED, True))
    assert (reading.sheet, FindingCode.WRONG_MONTH in codes(reading)) == ("T12", False)


def test_a_roster_that_only_hides_is_not_read() -> None:
    reading = book_of(("Bìa", [("DANH SÁCH",)], True), ("T01", JANUARY, False))
    assert codes(reading) == [FindingCode.HEADER_NOT_FOUND, FindingCode.SHEET_IGNORED]
    assert (reading.sheet, ignored(reading), reading.is_refused) == ("Bìa", [("T01", "Bìa")], True)


def test_a_table_that_lacks_much_is_read_where_there_is_no_better_one() -> None:
    reading = book_of(("TK", ACCOUNTS, True))
    assert (reading.sheet, set(codes(reading))) == ("TK", {FindingCode.COLUMN_MISSING})


def test_a_book_without_sheets_has_no_header() -> None:
    assert codes(read(WorkbookCells("csv", ()))) == [FindingCode.HEADER_NOT_FOUND]
