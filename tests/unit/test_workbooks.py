"""Cells come as the same text from every format, each where it stood."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ioc_etl.adapters.cell_text import iso_day, serial_text
from ioc_etl.adapters.workbooks import read_cells
from schemas.sheet_cells import SheetCells
from tests.unit.office_files import WRITERS, Failed, SheetOf, Uncalculated, column_of, csv_file, ods, xls, xlsx

GOLDEN = Path(__file__).parents[1] / "golden" / "input"
FORMATS = pytest.mark.parametrize("file_format", WRITERS)
BOOKS = pytest.mark.parametrize("file_format", ["xlsx", "xls", "ods"])


def read(data: bytes) -> SheetCells:
    """The first sheet."""
    return read_cells(data).sheets[0]


def cell(sheet: SheetCells, address: str) -> str | None:
    """The text at an address such as `D14`."""
    letters, number = address.rstrip("0123456789"), int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return sheet.rows[list(sheet.row_numbers).index(number)][column_of(letters)]


@FORMATS
def test_a_file_is_what_its_bytes_are(file_format: str) -> None:
    assert read_cells(WRITERS[file_format](SheetOf([["STT", "Họ tên"], [1, "An"]]))).file_format == file_format


@FORMATS
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (70085001234, "70085001234"),
        (8001234567, "8001234567"),
        (70085001234.0, "70085001234"),
        (1.5, "1,5"),
        (0.5, "0,5"),
        (2500000, "2500000"),
        (-5, "-5"),
        (0, "0"),
        (date(2022, 1, 31), "2022-01-31"),
        (date(1969, 2, 5), "1969-02-05"),
        (True, "TRUE"),
        ("070085001234", "070085001234"),
        ("1.5", "1.5"),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("Nguye\u0302\u0303n", "Nguye\u0302\u0303n"),
        ("Số\nCCCD", "Số\nCCCD"),
        ("a & b < c > d \"e\" 'f'", "a & b < c > d \"e\" 'f'"),
        ("K'Rê", "K'Rê"),
        ("=chữ", "=chữ"),
    ],
)
def test_a_cell_comes_as_its_text(file_format: str, value: object, text: str) -> None:
    if file_format == "csv" and isinstance(value, float):
        value = text
    sheet = read(WRITERS[file_format](SheetOf([["STT", "x", "y"], [1, value, "z"]])))
    assert cell(sheet, "B2") == text


@FORMATS
def test_cells_keep_their_addresses(file_format: str) -> None:
    grid = [[None] * 4, [None] * 4, [None, None, "first", None], [None] * 4, [None, "below", None, "right"]]
    sheet = read(WRITERS[file_format](SheetOf(grid)))
    assert [cell(sheet, address) for address in ("C3", "B5", "D5")] == ["first", "below", "right"]
    assert not sheet.unreadable
    assert all(len(row) == len(sheet.rows[0]) for row in sheet.rows)


@FORMATS
def test_a_column_that_is_nearly_empty_is_not_lost(file_format: str) -> None:
    grid = [["STT", None, "Ghi chú"], *[[number, None, None] for number in range(1, 1500)], [1500, "at last", None]]
    sheet = read(WRITERS[file_format](SheetOf(grid)))
    assert cell(sheet, "B1501") == "at last"


@FORMATS
def test_a_failed_formula_has_no_text_and_its_place_is_known(file_format: str) -> None:
    sheet = read(WRITERS[file_format](SheetOf([["STT", "Họ tên"], [1, Failed()], [2, "An"]])))
    assert sheet.unreadable == {(2, 1)}
    assert cell(sheet, "B2") is None


@pytest.mark.parametrize("write", [xlsx, ods, csv_file, xls])
def test_the_text_of_an_error_is_an_error_too(write: object) -> None:
    sheet = read(write(SheetOf([["STT", "#N/A"], [1, "# người"]])))
    assert sheet.unreadable == {(1, 1)}
    assert cell(sheet, "B2") == "# người"


@pytest.mark.parametrize("file_format", ["xlsx", "ods"])
def test_a_formula_without_a_stored_value_cannot_be_read(file_format: str) -> None:
    sheet = read(WRITERS[file_format](SheetOf([["STT", "Họ tên"], [1, Uncalculated()]])))
    assert sheet.unreadable == {(2, 1)}


@BOOKS
def test_hidden_rows_and_sheets_are_read_and_known(file_format: str) -> None:
    data = WRITERS[file_format](
        SheetOf([["x"]], name="T12", is_visible=False),
        SheetOf([["STT"], [1], [2], [3]], name="T01", hidden_rows=frozenset({3})),
    )
    old, new = read_cells(data).sheets
    assert (old.name, old.is_visible, new.name, new.is_visible) == ("T12", False, "T01", True)
    assert (old.hidden_rows, new.hidden_rows) == (frozenset(), frozenset({3}))
    assert cell(new, "A3") == "2"


@BOOKS
def test_a_cell_merged_over_rows_is_known(file_format: str) -> None:
    grid = [["Cơ quan", "Họ tên"], ["Công an", "An"], [None, "Bình"], ["tựa đề", None]]
    sheet = read(WRITERS[file_format](SheetOf(grid, merges=("A2:A3", "A4:B4"))))
    assert list(sheet.tall_merges) == [(2, 3, 0)]


def test_dates_of_a_macintosh_count_from_1904() -> None:
    sheet = read(xlsx(SheetOf([["Ngày", date(2022, 1, 31)]]), counts_from_1904=True))
    assert cell(sheet, "B1") == "2022-01-31"


def test_the_sample_workbooks_are_read_as_openpyxl_reads_them() -> None:
    """Two readers that know nothing of each other."""
    for path in sorted(GOLDEN.glob("rosters/*/*.xlsx")):
        ours = read_cells(path.read_bytes())
        theirs = load_workbook(path, data_only=True)
        for sheet in ours.sheets:
            page = theirs[sheet.name]
            texts = {
                (each.row, each.column - 1): each.value
                for row in page.iter_rows()
                for each in row
                if each.value is not None and each.data_type != "e"
            }
            found = {
                (number, column): text
                for number, row in zip(sheet.row_numbers, sheet.rows, strict=True)
                for column, text in enumerate(row)
                if text is not None
            }
            assert found == {place: _as_text(value) for place, value in texts.items()}


def _as_text(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def test_a_workbook_that_libreoffice_saved_again_says_the_same() -> None:
    """`saved-by-libreoffice.*` are one workbook, converted once; kept because LibreOffice is not everywhere."""
    files = sorted((GOLDEN.parent / "office").glob("saved-by-libreoffice.*"))
    books = [read_cells(path.read_bytes()) for path in files]
    assert [book.file_format for book in books] == ["ods", "xls", "xlsx"]
    first = books[0]
    for other in books[1:]:
        assert other.sheets == first.sheets


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        ("44592.99999999", "2022-02-01"),
        ("44619.999995", "2022-02-28"),
        ("44592", "2022-01-31"),
        ("44592.5", "2022-01-31"),
        ("44592.9999", "2022-01-31"),
        ("44592.00000001", "2022-01-31"),
    ],
)
def test_a_time_within_a_second_of_midnight_is_that_midnights_day(stored: str, day: str) -> None:
    assert serial_text(stored) == day


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        ("2022-01-31T23:59:59.999", "2022-02-01"),
        ("2021-12-31T23:59:59.5Z", "2022-01-01"),
        ("2022-01-31T23:59:59", "2022-01-31"),
        ("2022-01-31T23:59:58.999", "2022-01-31"),
        ("2022-01-31", "2022-01-31"),
        ("9999-12-31T23:59:59.999", "9999-12-31"),
    ],
)
def test_so_is_a_time_that_is_written_out(stored: str, day: str) -> None:
    assert iso_day(stored) == day
