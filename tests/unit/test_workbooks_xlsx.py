"""xlsx as programs write it: both roads through a sheet (`xlsx_plain`, `xlsx_sheet`) lead to the same cells."""

from datetime import date

import pytest

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.adapters.xlsx_plain import NotPlainError, plain_sheet
from ioc_etl.adapters.xlsx_sheet import any_sheet
from ioc_etl.adapters.xlsx_values import CellValues
from ioc_etl.errors import UnreadableFileError
from schemas.sheet_cells import SheetCells
from tests.unit.office_files import raw_xlsx, serial

STRINGS = (
    "<sst {ns}><si><t>Họ và tên</t></si>"
    "<si><r><t>Nguyễn </t></r><r><rPr><b/></rPr><t xml:space='preserve'>An</t></r></si>"
    "<si><t>漢字</t><rPh sb='0' eb='2'><t>かんじ</t></rPh></si>"
    "<si><t>a &amp; b&#10;c_x000D_d _x005F_x0041_</t></si><si><t/></si><si><t>#REF!</t></si></sst>"
)
STYLES = (
    '<styleSheet {ns}><numFmts count="5"><numFmt numFmtId="170" formatCode="[$-42A]d mmmm yyyy;@"/>'
    '<numFmt numFmtId="171" formatCode="&quot;Ca &quot;0"/>'
    '<numFmt numFmtId="172" formatCode="#,##0\\ &quot;đồng&quot;"/>'
    '<numFmt numFmtId="173" formatCode="[Red]0;[Blue]-0"/><numFmt numFmtId="174" formatCode="[h]:mm"/></numFmts>'
    '<fonts><font><name val="Arial"/></font></fonts><cellXfs>'
    '<xf numFmtId="0" fontId="0"/><xf numFmtId="14" fontId="0"/><xf numFmtId="170"/><xf numFmtId="171"/>'
    '<xf numFmtId="172"/><xf numFmtId="173"/><xf numFmtId="174"/><xf numFmtId="22"/></cellXfs></styleSheet>'
)


def sheet_of(cells: str, *, strings: str | None = None, styles: str | None = None, tail: str = "") -> SheetCells:
    """The first sheet of a file whose sheetData is `cells`."""
    content = f"<worksheet {{ns}}><sheetData>{cells}</sheetData>{tail}</worksheet>"
    return read_cells(raw_xlsx(content, strings=strings, styles=styles)).sheets[0]


def only_text(cell: str, **parts: str) -> str | None:
    """The text of a sheet's only cell."""
    sheet = sheet_of(f'<row r="1">{cell}</row>', **parts)
    return sheet.rows[0][0] if sheet.rows else None


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (0, "Họ và tên"),
        (1, "Nguyễn An"),
        (2, "漢字"),
        (3, "a & b\nc\rd _x0041_"),
        (4, None),
    ],
)
def test_a_shared_string_is_its_text(index: int, text: str | None) -> None:
    assert only_text(f'<c r="A1" t="s"><v>{index}</v></c>', strings=STRINGS) == text


def test_a_shared_string_that_is_an_error_cannot_be_read() -> None:
    sheet = sheet_of('<row r="1"><c r="A1" t="s"><v>5</v></c></row>', strings=STRINGS)
    assert sheet.unreadable == {(1, 0)}


def test_a_string_that_is_not_there_is_damage() -> None:
    with pytest.raises(UnreadableFileError, match="hỏng"):
        only_text('<c r="A1" t="s"><v>99</v></c>', strings=STRINGS)


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("70085001234", "70085001234"),
        ("7.0085001234E10", "70085001234"),
        ("70085001234.0", "70085001234"),
        ("0.30000000000000004", "0,3"),
        ("1.5", "1,5"),
        ("1E-7", "0,0000001"),
        ("-0", "0"),
        ("123456789012345678", "123456789012345678"),
        ("không", "không"),
        ("1_000", "1_000"),
    ],
)
def test_a_number_is_its_digits(stored: str, text: str) -> None:
    assert only_text(f'<c r="A1"><v>{stored}</v></c>') == text


@pytest.mark.parametrize(
    ("style", "stored", "text"),
    [
        ("1", "44592", "2022-01-31"),
        ("1", "25239", "1969-02-05"),
        ("1", "1", "1900-01-01"),
        ("1", "59", "1900-02-28"),
        ("1", "61", "1900-03-01"),
        ("1", "0", "0"),
        ("1", "-3", "-3"),
        ("1", "2958466", "2958466"),
        ("2", "44592", "2022-01-31"),
        ("7", "44592.354", "2022-01-31"),
        ("6", "0.354166667", "08:30:00"),
        ("3", "2", "2"),
        ("4", "500000", "500000"),
        ("5", "12", "12"),
        ("0", "44592", "44592"),
    ],
)
def test_a_number_is_a_date_only_when_its_format_is(style: str, stored: str, text: str) -> None:
    assert only_text(f'<c r="A1" s="{style}"><v>{stored}</v></c>', styles=STYLES) == text


@pytest.mark.parametrize("day", [date(1950, 3, 1), date(1999, 12, 31), date(2022, 2, 28)])
def test_a_date_comes_back_as_the_day_it_was(day: date) -> None:
    assert only_text(f'<c r="A1" s="1"><v>{serial(day):g}</v></c>', styles=STYLES) == day.isoformat()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1" t="str"><f>B1</f><v>An</v></c>', "An"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', "2"),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', None),
        ('<c r="A1" t="d"><v>2022-01-31T00:00:00</v></c>', "2022-01-31"),
        ('<c r="A1" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="A1" t="inlineStr"><is><t>Số&#10;CCCD</t></is></c>', "Số\nCCCD"),
        ('<c r="A1" t="inlineStr"><is><r><t>Ng</t></r><r><t>ọc</t></r></is></c>', "Ngọc"),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[a < b]]></t></is></c>', "a < b"),
        ('<c r="A1" t="inlineStr"><is><t><!-- lạ -->An</t></is></c>', "An"),
        ('<c s="0" r="A1" t="str"><v>An</v></c>', "An"),
        ("<c r='A1' t='str'><v>An</v></c>", "An"),
        ('<c t="str"><v>An</v></c>', "An"),
        ('<c r="a1" t="str"><v>An</v></c>', "An"),
    ],
)
def test_every_way_to_write_a_cell_is_understood(cell: str, text: str | None) -> None:
    assert only_text(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2"><f>1+1</f></c>',
        '<c r="B2"><f>1+1</f><v></v></c>',
        '<c r="B2"><f>1+1</f><v/></c>',
        '<c r="B2" t="e"><v>#N/A</v></c>',
        '<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>',
        '<c r="B2" t="str"><f>A1</f><v>#REF!</v></c>',
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(cell: str) -> None:
    sheet = sheet_of(f'<row r="2"><c r="A2"><v>1</v></c>{cell}</row>')
    assert (sheet.rows, sheet.unreadable) == ([["1", None]], {(2, 1)})


def test_rows_and_cells_without_addresses_follow_each_other() -> None:
    sheet = sheet_of('<row r="5"><c><v>1</v></c><c><v>2</v></c></row><row><c r="C6"><v>3</v></c><c><v>4</v></c></row>')
    assert list(sheet.row_numbers) == [5, 6]
    assert sheet.rows == [["1", "2", None, None], [None, None, "3", "4"]]


def test_names_with_a_prefix_are_the_same_names() -> None:
    content = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="2" hidden="1"><x:c r="B2"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    sheet = read_cells(raw_xlsx(content)).sheets[0]
    assert (sheet.rows, sheet.row_numbers, sheet.hidden_rows) == ([[None, "1"]], [2], frozenset({2}))


def test_utf_16_is_read_too() -> None:
    content = (
        '<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        'main"><sheetData><row r="1"><c r="A1" t="str"><v>Ngọc</v></c></row></sheetData></worksheet>'
    )
    assert read_cells(raw_xlsx(content.encode("utf-16"))).sheets[0].rows == [["Ngọc"]]


@pytest.mark.parametrize(
    ("attributes", "is_hidden"),
    [
        ('hidden="1"', True),
        ('hidden="true"', True),
        ("hidden='1'", True),
        ('ht="0" customHeight="1"', True),
        ('hidden="0"', False),
        ('hidden="false"', False),
        ('ht="0.75"', False),
        ("", False),
    ],
)
def test_a_row_is_hidden_when_it_says_so_or_has_no_height(attributes: str, is_hidden: bool) -> None:
    sheet = sheet_of(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2" {attributes}><c r="A2"><v>2</v></c></row>')
    assert sheet.hidden_rows == ({2} if is_hidden else frozenset())


def test_a_hidden_row_without_people_is_not_told() -> None:
    sheet = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"/>')
    assert sheet.hidden_rows == frozenset()


def test_blank_formatted_cells_take_no_room() -> None:
    sheet = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert (sheet.rows, list(sheet.row_numbers)) == ([["1"]], [1])


PLAIN = (
    '<row r="1" spans="1:3" ht="15.75"><c r="A1" t="inlineStr"><is><t>STT</t></is></c><c r="B1" s="1" />'
    '<c r="C1" s="2"/></row><row r="3"><c r="A3" s="0"><v>1</v></c><c r="B3" t="str"><v>a &amp; b</v></c>'
    '<c r="C3" s="1"><v>44592</v></c></row>'
    '<row r="4" hidden="false"><c r="AA4" t="b"><v>1</v></c></row><row r="5"/>'
)
MERGES = '<mergeCells count="2"><mergeCell ref="A1:A3"/><mergeCell ref="A4:B4"/></mergeCells>'


def both_roads(cells: str, tail: str = "") -> tuple[SheetCells, SheetCells]:
    content = f"<worksheet><sheetData>{cells}</sheetData>{tail}</worksheet>".encode()
    values = CellValues(date_styles=frozenset({"1"}))
    return (
        plain_sheet(content, values, name="S", is_visible=True),
        any_sheet(content, values, name="S", is_visible=True),
    )


def test_both_roads_read_the_same() -> None:
    plain, other = both_roads(PLAIN, MERGES)
    assert plain == other
    assert plain.rows[1][:3] == ["1", "a & b", "2022-01-31"]
    assert plain.rows[2][26] == "TRUE"
    assert plain.tall_merges == ((1, 3, 0),)


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><f>1+1</f></c></row>',
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>',
        '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>An</t></r></is></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><!-- <row r="2"><c r="A2"><v>2</v></c></row> -->',
        '<row r="1"><c r="A1"><v>1</v></c><x:c r="B1"><x:v>2</x:v></x:c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" cm="1"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData><row r="2"><c r="A2"><v>2</v></c></row>',
    ],
)
def test_what_is_not_plain_takes_the_other_road(cells: str) -> None:
    content = f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()
    with pytest.raises(NotPlainError):
        plain_sheet(content, CellValues(), name="S", is_visible=True)


def test_a_comment_cannot_hide_a_table_from_us() -> None:
    table = '<sheetData><row r="1"><c r="A1" t="str"><v>{}</v></c></row></sheetData>'
    real = table.format("thật").replace("<sheetData>", "<sheetData >")
    content = f"<worksheet {{ns}}><!-- {table.format('mồi')} -->{real}</worksheet>"
    assert read_cells(raw_xlsx(content)).sheets[0].rows == [["thật"]]


def test_two_cells_at_one_address_are_damage() -> None:
    with pytest.raises(UnreadableFileError, match="A1 có hai lần"):
        sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>')
