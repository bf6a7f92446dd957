"""Bytes that are no readable office file say what they are, and never more memory or time than a roster needs."""

import random
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from ioc_etl.adapters import office_limits
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.errors import UnreadableFileError
from tests.integration.hostile_containers import circle_of_small_sectors
from tests.unit.office_files import SheetOf, csv_file, ods, raw_xlsx, rewritten, xls, xlsx, zipped

OFFICE = Path(__file__).parents[1] / "golden" / "office"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SMALL = SheetOf([["STT", "Họ và tên"], [1, "Nguyễn An"]])


def refusal(data: bytes) -> str:
    """Why the bytes are refused."""
    with pytest.raises(UnreadableFileError) as refused:
        read_cells(data)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "rỗng"),
        (b" \r\n\0\0", "rỗng"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "hình ảnh"),
        (b"\xff\xd8\xff\xe0....", "hình ảnh"),
        (b"{\\rtf1 ...", "RTF"),
        (b"<html><table><tr><td>STT</td></tr></table></html>", "HTML"),
        (b"\xef\xbb\xbf\n<TABLE>", "HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"7z\xbc\xaf\x27\x1c", "nén"),
        (OLE2 + bytes(504) + "WordDocument".encode("utf-16-le"), "không phải là bảng tính"),
        (OLE2 + bytes(504) + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (OLE2 + bytes(2000), "hỏng"),
        (b"PK\x03\x04" + bytes(100), "hỏng"),
        (zipped({}), "hỏng"),
        (zipped({"photo.txt": "x"}), "không phải là bảng tính"),
        (zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "không phải là bảng tính"),
        (zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}), "xlsb"),
        (zipped({"content.xml": "<x/>", "META-INF/manifest.xml": "<manifest:encryption-data/>"}), "mật khẩu"),
        (zipped({"content.xml": "<x/>"}), "không có trang tính"),
        (zipped({"content.xml": "<x>"}), "hỏng"),
    ],
)
def test_another_kind_of_file_says_what_it_is(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


def test_a_password_in_the_zip_itself_is_a_password() -> None:
    data = bytearray(xlsx(SMALL))
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 1)
    assert "mật khẩu" in refusal(bytes(data))


def test_the_file_itself_may_be_bounded() -> None:
    data = xlsx(SMALL)
    assert read_cells(data, max_bytes=len(data))
    with pytest.raises(UnreadableFileError, match="nhiều nhất"):
        read_cells(data, max_bytes=len(data) - 1)


@pytest.mark.parametrize("path", sorted(OFFICE.glob("saved-by-libreoffice.*")), ids=lambda path: path.suffix)
def test_a_file_cut_short_never_passes_for_a_shorter_one(path: Path) -> None:
    data = path.read_bytes()
    for length in range(8, len(data) - 1, max(1, len(data) // 200)):
        refusal(data[:length])


@pytest.mark.parametrize("path", sorted(OFFICE.glob("saved-by-libreoffice.*")), ids=lambda path: path.suffix)
def test_damaged_bytes_are_refused_or_harmless(path: Path) -> None:
    whole, chance = path.read_bytes(), random.Random(2022)  # noqa: S311 - the same damage every time
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 3, 40])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(UnreadableFileError):
            read_cells(bytes(data))


def sheet(cells: str) -> bytes:
    return raw_xlsx(f"<worksheet {{ns}}><sheetData>{cells}</sheetData></worksheet>")


ROWS, COLUMNS = office_limits.MAX_ROWS, office_limits.MAX_COLUMNS


@pytest.mark.parametrize("formula", ["", "<f>1</f>"])
def test_one_cell_in_the_last_corner_takes_no_memory(formula: str) -> None:
    last = f'<row r="1048576"><c r="XFD1048576">{formula}<v>1</v></c></row>'
    assert "nhiều nhất" in refusal(sheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{last}'))


def test_the_last_row_that_is_read_and_the_first_that_is_not() -> None:
    assert read_cells(sheet(f'<row r="{ROWS}"><c r="A{ROWS}"><v>1</v></c></row>')).sheets[0].row_numbers == [ROWS]
    assert f"dòng {ROWS + 1}" in refusal(sheet(f'<row r="{ROWS + 1}"><c r="A{ROWS + 1}"><v>1</v></c></row>'))


def test_the_last_column_that_is_read_and_the_first_that_is_not() -> None:
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(COLUMNS))
    assert len(read_cells(sheet(f"<row>{cells}</row>")).sheets[0].rows[0]) == COLUMNS
    assert f"{COLUMNS + 1} cột" in refusal(sheet(f"<row>{cells}<c><v>1</v></c></row>"))


def test_a_long_thin_cross_of_cells_takes_no_memory() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 8000))
    wide = '<row r="1"><c r="ALL1"><v>1</v></c></row>'
    assert "quá nhiều ô" in refusal(sheet(wide + rows))


def test_a_hundred_thousand_blank_rows_are_nothing() -> None:
    blank = "".join(f'<row r="{n}" ht="15"><c r="A{n}" s="0"/></row>' for n in range(2, 100_002))
    assert len(read_cells(sheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{blank}')).sheets[0].rows) == 1


def test_a_zip_that_unfolds_without_end_is_refused() -> None:
    assert "quá lớn" in refusal(raw_xlsx(b" " * (office_limits.MAX_INFLATED_BYTES + 1)))


def test_a_zip_that_lies_about_its_sizes_is_refused() -> None:
    data = bytearray(raw_xlsx("<worksheet {ns}><sheetData/></worksheet>" + " " * 5000))
    places = [data.find(b"PK\x01\x02")]
    while places[-1] >= 0:
        places.append(data.find(b"PK\x01\x02", places[-1] + 1))
    for place, _ in pairwise(places):
        size = int.from_bytes(data[place + 24 : place + 28], "little")
        data[place + 24 : place + 28] = max(size // 2, 1).to_bytes(4, "little")
    assert "hỏng" in refusal(bytes(data))


def test_more_sheets_than_any_roster_has_are_refused() -> None:
    sheets = [SheetOf([["x"]], name=f"S{n}") for n in range(office_limits.MAX_SHEETS + 1)]
    assert "trang tính" in refusal(xlsx(*sheets))


@pytest.mark.parametrize("repeated", ["number-columns-repeated", "number-rows-repeated"])
def test_an_ods_that_repeats_cells_without_end_is_refused(repeated: str) -> None:
    on = {"number-columns-repeated": "<table:table-cell ", "number-rows-repeated": "<table:table-row "}[repeated]
    data = ods(SheetOf([["x", "y"]]))

    def multiplied(part: bytes) -> bytes:
        return part.replace(on.rstrip().encode(), f'{on}table:{repeated}="1000000"'.encode())

    assert "nhiều" in refusal(rewritten(data, content=multiplied))


def test_an_ods_that_repeats_nothing_to_the_last_corner_is_read() -> None:
    data = rewritten(
        ods(SheetOf([["x", None], [None, None]])),
        content=lambda part: part.replace(
            b"<table:table-row><table:table-cell/>",
            b'<table:table-row table:number-rows-repeated="1048570">'
            b'<table:table-cell table:number-columns-repeated="16384"/>',
        ),
    )
    assert read_cells(data).sheets[0].rows == [["x"]]


@pytest.mark.parametrize("part", ["sheet1", "workbook", "styles", "content"])
def test_documents_that_declare_entities_are_refused(part: str) -> None:
    data = ods(SMALL) if part == "content" else xlsx(SMALL)

    def declared(content: bytes) -> bytes:
        begin = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
        return content[:begin] + b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + content[begin:]

    assert "DTD" in refusal(rewritten(data, **{part: declared}))


@pytest.mark.parametrize("write", [xlsx, xls, ods, csv_file])
def test_a_good_file_beside_all_these_is_read(write: object) -> None:
    assert read_cells(write(SMALL)).sheets[0].rows[1] == ["1", "Nguyễn An"]


@pytest.mark.parametrize("control", ["\0", "\x01", "\x0b", "\x1f"])
def test_a_control_character_in_xml_is_damage_on_either_road(control: str) -> None:
    """No database takes a NUL; a plain sheet goes past the XML parser, which would have said so."""
    sheet = '<worksheet {ns}><sheetData><row r="1"><c r="A1" {}</c></row></sheetData></worksheet>'
    assert "hỏng" in refusal(raw_xlsx(sheet.replace("{}", f't="inlineStr"><is><t>a{control}</t></is>')))
    assert "hỏng" in refusal(raw_xlsx(sheet.replace("{}", f't="str"><v>a{control}</v>')))
    shared = sheet.replace("{}", 't="s"><v>0</v>')
    assert "hỏng" in refusal(raw_xlsx(shared, strings=f"<sst {{ns}}><si><t>a{control}</t></si></sst>"))


def test_control_characters_of_an_old_workbook_are_left_out() -> None:
    assert read_cells(xls(SheetOf([["a\0b\x01c"]]))).sheets[0].rows == [["abc"]]


def test_control_characters_make_a_text_no_text() -> None:
    assert "CSV" in refusal("STT;Họ tên\n1;a\x01".encode("utf-16"))


@pytest.mark.parametrize("length", [131_073, 300_000])
def test_a_cell_longer_than_any_is_refused_in_every_format(length: int) -> None:
    text = "a" * length
    for data in (rows_with(text), ods(SheetOf([[text]])), csv_file(SheetOf([["STT", "Tên"], ["1", text]]))):
        assert "quá dài" in refusal(data)


def rows_with(text: str) -> bytes:
    return raw_xlsx(
        f'<worksheet {{ns}}><sheetData><row r="1"><c r="A1" t="str"><v>{text}</v></c></row></sheetData></worksheet>'
    )


def test_small_sectors_in_a_circle_are_damage() -> None:
    """Found by fuzzing: xlrd follows them without end."""
    assert "hỏng" in refusal(circle_of_small_sectors(b"\x09\x08\x10\0" * 32, "Workbook"))
