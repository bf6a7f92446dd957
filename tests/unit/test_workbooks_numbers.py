"""Numbers as their cells show them, and which may have lost digits; hidden columns, rows of no height."""

from collections.abc import Callable
from io import BytesIO

import pytest
import xlwt
from odf.number import Number, NumberStyle
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableColumnProperties, TableRowProperties
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P
from openpyxl import Workbook

from ioc_etl.adapters.number_formats import FixedWidth, fixed_width
from ioc_etl.adapters.workbooks import read_cells
from schemas.sheet_cells import SheetCells
from tests.unit.office_files import raw_xlsx

Written = int | float | str
TEXT = "abc"


def xlsx_of(value: Written, code: str, *, is_plain: bool = True) -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page["A1"], page["B1"] = TEXT, value
    page["B1"].number_format = code
    if not is_plain:
        page["A2"] = "=1/0"
        page["A2"].data_type = "e"
        page["A2"].value = "#DIV/0!"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def parsed_xlsx_of(value: Written, code: str) -> bytes:
    """With an error on the sheet, which the plain road leaves to the parser."""
    return xlsx_of(value, code, is_plain=False)


def xls_of(value: Written, code: str) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("DS")
    page.write(0, 0, TEXT)
    page.write(0, 1, value, xlwt.easyxf(num_format_str=code))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def ods_of(value: Written, code: str) -> bytes:
    book = OpenDocumentSpreadsheet()
    data_style = NumberStyle(name="N1")
    data_style.addElement(Number(minintegerdigits=str(code.count("0")), decimalplaces="0"))
    book.automaticstyles.addElement(data_style)
    style = Style(name="ce1", family="table-cell", datastylename="N1" if code.strip("0") == "" else None)
    book.automaticstyles.addElement(style)
    row = TableRow()
    row.addElement(TableCell(valuetype="string", stringvalue=TEXT))
    kind = {"valuetype": "string", "stringvalue": value} if isinstance(value, str) else {"valuetype": "float"}
    number = {} if isinstance(value, str) else {"value": repr(value)}
    row.addElement(TableCell(stylename=style, **kind, **number))
    page = Table(name="DS")
    page.addElement(row)
    book.spreadsheet.addElement(page)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


ROADS = pytest.mark.parametrize("write", [xlsx_of, parsed_xlsx_of, xls_of, ods_of])


def first(data: bytes) -> SheetCells:
    return read_cells(data).sheets[0]


@ROADS
@pytest.mark.parametrize(
    ("value", "code", "text", "may_be_short"),
    [
        (102030400, "0000000000", "0102030400", False),
        (70080000001, "000000000000", "070080000001", False),
        (5500000001, "0000000000", "5500000001", False),
        (102030400, "General", "102030400", True),
        (102030400, "0", "102030400", True),
        (12345, "General", "12345", True),
        (12, "General", "12", True),
        (12, "0000", "0012", False),
        (1234, "0000", "1234", False),
        (7, "00", "07", False),
        (102030400, "0000", "102030400", True),
        (12345, "0000", "12345", True),
        ("102030400", "General", "102030400", False),
        ("0102030400", "@", "0102030400", False),
        (-102030400, "0000000000", "-102030400", False),
        (1.5, "General", "1,5", False),
    ],
)
def test_a_number_comes_as_its_cell_shows_it(
    write: Callable[[Written, str], bytes], value: Written, code: str, text: str, *, may_be_short: bool
) -> None:
    sheet = first(write(value, code))
    assert sheet.rows[0][1] == text
    assert sheet.numbers == (frozenset({(1, 1)}) if may_be_short else frozenset())


@ROADS
@pytest.mark.parametrize("code", ["General", "0000000000000000000"])
def test_digits_behind_the_fifteenth_are_gone_whatever_the_format(
    write: Callable[[Written, str], bytes], code: str
) -> None:
    assert first(write(1234567890123456789, code)).numbers == frozenset({(1, 1)})


@pytest.mark.parametrize(
    ("code", "width"),
    [
        ("0000000000", FixedWidth("", 10)),
        ("000 000 000 000", FixedWidth("", 12)),
        ("0000\\-0000\\-0000", FixedWidth("", 12)),
        ('0000000000;-0000000000;"-"', FixedWidth("", 10)),
        ('"0"000000000', FixedWidth("0", 9)),
        ('"0"#########', FixedWidth("0", 0)),
        ("General", None),
        ("0", None),
        ("0.00", None),
        ("000000.00", None),
        ("#,##0", None),
        ("@", None),
        ("dd/mm/yyyy", None),
        ("00000", FixedWidth("", 5)),
        ("00", FixedWidth("", 2)),
        ('"0"0000', FixedWidth("0", 1)),
    ],
)
def test_which_formats_have_a_fixed_width(code: str, width: FixedWidth | None) -> None:
    assert fixed_width(code) == width


def test_a_number_that_an_ods_shows_with_its_zero_has_not_lost_it() -> None:
    data = ods_of(102030400, "General")
    book = OpenDocumentSpreadsheet()
    page, row = Table(name="DS"), TableRow()
    cell = TableCell(valuetype="float", value="102030400")

    cell.addElement(P(text="0102030400"))
    row.addElement(cell)
    page.addElement(row)
    book.spreadsheet.addElement(page)
    out = BytesIO()
    book.save(out)
    assert (first(out.getvalue()).rows[0][0], first(out.getvalue()).numbers) == ("0102030400", frozenset())
    assert first(data).numbers == frozenset({(1, 1)})


SHEET = (
    '<worksheet {{ns}}>{cols}<sheetData><row r="1"{row}>'
    '<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("row", "is_hidden"),
    [
        (' customHeight="1"', True),
        (' ht="0" customHeight="1"', True),
        (' ht="0.0"', True),
        (' hidden="1"', True),
        (' ht="15" customHeight="1"', False),
        (' customHeight="0"', False),
        ("", False),
    ],
)
def test_a_row_of_no_height_is_hidden(row: str, *, is_hidden: bool) -> None:
    hidden = first(raw_xlsx(SHEET.format(cols="", row=row))).hidden_rows
    assert hidden == (frozenset({1}) if is_hidden else frozenset())


@pytest.mark.parametrize("row", ["", ' hidden="1"'])
@pytest.mark.parametrize(
    ("cols", "hidden"),
    [
        ('<cols><col min="2" max="2" width="9" hidden="1"/></cols>', {1}),
        ('<cols><col min="1" max="16384" hidden="true"/></cols>', {0, 1}),
        ('<cols><col min="2" max="3" width="0" customWidth="1"/></cols>', {1}),
        ('<cols><col min="1" max="2" width="9" customWidth="1"/></cols>', set()),
    ],
)
def test_hidden_columns_are_told_by_both_roads_of_xlsx(cols: str, hidden: set[int], row: str) -> None:
    assert first(raw_xlsx(SHEET.format(cols=cols, row=row))).hidden_columns == hidden


def test_hidden_columns_of_an_xls_are_told() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("DS")
    for column in range(3):
        page.write(0, column, "x")
    page.col(1).hidden = True
    out = BytesIO()
    book.save(out)
    assert first(out.getvalue()).hidden_columns == {1}


def test_hidden_columns_and_flat_rows_of_an_ods_are_told() -> None:
    book = OpenDocumentSpreadsheet()
    flat = Style(name="ro1", family="table-row")
    flat.addElement(TableRowProperties(rowheight="0cm"))
    narrow = Style(name="co1", family="table-column")
    narrow.addElement(TableColumnProperties(columnwidth="0.0in"))
    page = Table(name="DS")
    for style in (flat, narrow):
        book.automaticstyles.addElement(style)
    page.addElement(TableColumn(numbercolumnsrepeated="1"))
    page.addElement(TableColumn(visibility="collapse"))
    page.addElement(TableColumn(stylename=narrow))
    for style in (None, flat):
        row = TableRow(stylename=style) if style else TableRow()
        for _ in range(3):
            row.addElement(TableCell(valuetype="string", stringvalue="x"))
        page.addElement(row)
    book.spreadsheet.addElement(page)
    out = BytesIO()
    book.save(out)
    assert (first(out.getvalue()).hidden_columns, first(out.getvalue()).hidden_rows) == ({1, 2}, {2})


@pytest.mark.parametrize("write", [xlsx_of, parsed_xlsx_of, xls_of])
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('"Tháng "mm/yyyy', "Tháng 01/2022"),
        ('"Tháng "m" năm "yyyy', "Tháng 01/2022"),
        ('"Kỳ chi: "mm\\-yyyy', "Tháng 01/2022"),
        ("mm/yyyy", "2022-01-01"),
        ('dd" tháng "mm" năm "yyyy', "2022-01-01"),
        ('"Ngày "dd" tháng "mm" năm "yyyy', "2022-01-01"),
    ],
)
def test_a_date_that_shows_its_month_in_words_comes_as_that_month(
    write: Callable[[Written, str], bytes], code: str, text: str
) -> None:
    assert first(write(44562, code)).rows[0][1] == text


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Tháng 01/2022", "Tháng 01/2022"),
        ("Danh sách tháng 1 năm 2022", "Tháng 01/2022"),
        ("01/2022", "2022-01-01"),
        ("Ngày 01 tháng 01 năm 2022", "2022-01-01"),
    ],
)
def test_a_date_of_an_ods_that_shows_its_month_in_words_comes_as_that_month(shown: str, text: str) -> None:
    book = OpenDocumentSpreadsheet()
    page, row = Table(name="DS"), TableRow()
    cell = TableCell(valuetype="date", datevalue="2022-01-01")
    cell.addElement(P(text=shown))
    row.addElement(cell)
    page.addElement(row)
    book.spreadsheet.addElement(page)
    out = BytesIO()
    book.save(out)
    assert first(out.getvalue()).rows[0][0] == text
