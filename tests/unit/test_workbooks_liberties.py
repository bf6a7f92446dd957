"""Liberties that programs take with the containers of office files, and that Excel and LibreOffice pass over."""

import struct
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.errors import UnreadableFileError
from tests.integration.hostile_containers import compound_file
from tests.unit.office_files import SheetOf, xls, xlsx, zipped

GRID = [["STT", "Họ và tên", "Số CCCD"], [1, "Trần Văn Thử", "070080000001"], [2, "Lê Thị Mẫu", "070181000002"]]
ROWS = [["STT", "Họ và tên", "Số CCCD"], ["1", "Trần Văn Thử", "070080000001"], ["2", "Lê Thị Mẫu", "070181000002"]]
NAME = 0x18
SHARED_STRINGS = 0xFC
FORMAT_OF_A_CELL = 0xE0


def rows(data: bytes) -> list[list[str | None]]:
    return [list(row) for row in read_cells(data).sheets[0].rows]


def stream() -> bytes:
    """The workbook's stream of an xls, as xlwt writes it: in one piece."""
    data = xls(SheetOf(GRID))
    return data[512:]


def with_record(change: Callable[[bytearray, int], None], kind: int) -> bytes:
    """An xls with every record of a kind changed in place."""
    out = bytearray(stream())
    place = 0
    while place + 4 <= len(out):
        found, length = struct.unpack_from("<HH", out, place)
        if found == kind:
            change(out, place + 4)
        if found == 0x0A:
            break
        place += 4 + length
    return compound_file({"Workbook": bytes(out)})


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK", "workbook", "WorkBook", "BOOK"])
def test_the_stream_of_an_xls_is_known_in_any_case(name: str) -> None:
    assert rows(compound_file({name: stream()})) == ROWS


@pytest.mark.parametrize("more", [1, 7, 1_000_000])
def test_more_shared_strings_may_be_announced_than_there_are(more: int) -> None:
    def announce(out: bytearray, place: int) -> None:
        (count,) = struct.unpack_from("<i", out, place + 4)
        struct.pack_into("<i", out, place + 4, count + more)

    assert rows(with_record(announce, SHARED_STRINGS)) == ROWS


def test_a_string_that_is_not_there_is_damage() -> None:
    def announce_one_less(out: bytearray, place: int) -> None:
        struct.pack_into("<i", out, place + 4, 2)

    with pytest.raises(UnreadableFileError):
        read_cells(with_record(announce_one_less, SHARED_STRINGS))


@pytest.mark.parametrize("font", [200, 4000, 65535])
def test_a_cell_may_name_a_font_that_is_not_there(font: int) -> None:
    assert rows(with_record(lambda out, place: struct.pack_into("<H", out, place, font), FORMAT_OF_A_CELL)) == ROWS


@pytest.mark.parametrize("token", [0x2D, 0x2C, 0x4D, 0x01, 0x3F])
def test_a_defined_name_may_hold_anything(token: int) -> None:
    formula = struct.pack("<B4H", token, 0, 3, 0xC000, 0xC003)
    fields = struct.pack("<HBBHHHBBBB", 0, 0, 4, len(formula), 0, 0, 0, 0, 0, 0)
    name = fields + b"\0" + b"Vung" + formula
    record = struct.pack("<HH", NAME, len(name)) + name
    whole = bytearray(stream())
    first_sheet = struct.unpack_from("<I", whole, (at := whole.index(struct.pack("<H", 0x85))) + 4)[0]
    struct.pack_into("<I", whole, at + 4, first_sheet + len(record))
    end = whole.index(struct.pack("<HH", 0x0A, 0))
    assert rows(compound_file({"Workbook": bytes(whole[:end] + record + whole[end:])})) == ROWS


def test_the_sectors_of_small_streams_may_be_the_workbooks() -> None:
    """PHPExcel says that the small streams begin where the workbook does."""
    out = bytearray(compound_file({"Workbook": stream()}))
    directory = 512 * 2
    (start,) = struct.unpack_from("<L", out, directory + 128 + 116)
    struct.pack_into("<LL", out, directory + 116, start, 64)
    assert rows(bytes(out)) == ROWS


@pytest.mark.parametrize("inside", [compound_file({"Workbook": b"x" * 4096}), b"PK\x03\x04" + b"x" * 4096, b""])
def test_a_container_in_a_container_is_damage(inside: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        read_cells(compound_file({"Workbook": inside}))


def renamed(change: Callable[[str], str], data: bytes | None = None) -> bytes:
    with ZipFile(BytesIO(data or xlsx(SheetOf(GRID)))) as archive:
        return zipped({change(name): archive.read(name) for name in archive.namelist()})


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        lambda name: name.replace("/", "\\"),
        lambda name: f"/{name}",
        lambda name: name.replace("sheet1", "Sheet1").replace("/", "\\"),
        lambda name: name.replace("[Content_Types]", "[content_types]"),
    ],
)
def test_the_names_of_parts_compare_as_in_excel(change: Callable[[str], str]) -> None:
    assert rows(renamed(change)) == ROWS


def test_targets_may_be_written_with_backslashes() -> None:
    with ZipFile(BytesIO(xlsx(SheetOf(GRID)))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"/xl/", b"\\xl\\").replace(b"worksheets/", b"worksheets\\")
    assert rows(zipped(parts)) == ROWS


def test_the_workbook_may_stand_at_the_root() -> None:
    with ZipFile(BytesIO(xlsx(SheetOf(GRID)))) as archive:
        parts = {name.removeprefix("xl/"): archive.read(name) for name in archive.namelist()}
    relations = parts.pop("_rels/.rels").replace(b"xl/workbook", b"workbook")
    of_workbook = parts["_rels/workbook.xml.rels"].replace(b"/xl/", b"/")
    assert rows(zipped(parts | {"_rels/.rels": relations, "_rels/workbook.xml.rels": of_workbook})) == ROWS


def test_two_parts_of_one_name_are_damage() -> None:
    with ZipFile(BytesIO(xlsx(SheetOf(GRID)))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(UnreadableFileError):
        read_cells(zipped(parts | {"xl/worksheets/SHEET1.xml": sheet}))
