"""Files that mean harm, or do harm without meaning it; made when they are needed, since some unfold to gigabytes."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import openpyxl
from openpyxl.utils import get_column_letter

from tests.integration.hostile_containers import (
    circle_of_small_sectors,
    compound_file,
    doubling_directory,
    lying_zip,
    zip_with,
    zipped_stream,
)
from tests.integration.provinces import BINH_LONG, INPUT
from tests.unit.office_files import SheetOf, csv_file, raw_xlsx, rewritten, xls, zipped

PAID = "paid"
UNREADABLE, TOO_LARGE = "ROSTER_UNREADABLE", "ROSTER_TOO_LARGE"
MIB = 1024 * 1024
EXTERNAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)


@dataclass(frozen=True)
class Hostile:
    """One such file and what must come of it: `PAID`, or a finding and a part of the reason it gives."""

    name: str
    make: Callable[[], bytes]
    comes: str
    because: str = ""
    ending: str = ".xlsx"


def roster() -> bytes:
    """What Bình Long sends when all is well."""
    return (INPUT / BINH_LONG).read_bytes()


def as_csv(*rows: str) -> bytes:
    header = "STT;Họ và tên;Số CCCD;Đối tượng;Nhiệm vụ;Hình thức làm việc;Số tài khoản;Ngân hàng"
    return "\n".join((header, *rows)).encode()


PERSON = "1;Nguyễn An;070085000001;Cán bộ;Giám sát;Trực tiếp;1023000001;Vietcombank"


# ---- Zips


def flat_bomb() -> bytes:
    """600 MB of spaces in a sheet."""
    return zip_with(roster(), {"xl/worksheets/sheet1.xml": zipped_stream(b" " * MIB for _ in range(600))})


def lying_bomb() -> bytes:
    """The same, but the zip says it is small."""
    return lying_zip(flat_bomb(), "xl/worksheets/sheet1.xml", says=4096)


def nested_bomb() -> bytes:
    """Zips in zips in zips."""
    inner = zipped({f"{n}.txt": bytes(10 * MIB) for n in range(4)})
    for _ in range(3):
        inner = zipped({f"{n}.zip": inner for n in range(16)})
    return inner


def nested_bomb_inside() -> bytes:
    """A roster with such a zip as one of its parts, where nobody looks."""
    return zip_with(roster(), {"xl/embeddings/oleObject1.bin": nested_bomb()})


def many_sheets_bomb() -> bytes:
    """150 sheets which are all the same 20 MB part."""
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 151))
    blank = b"<worksheet><sheetData>" + b" " * (20 * MIB) + b"</sheetData></worksheet>"
    book = f'<workbook xmlns:r="{EXTERNAL}"><sheets>{sheets}</sheets></workbook>'
    return zip_with(raw_xlsx(blank), {"xl/workbook.xml": book.encode()})


def wrong_checksum() -> bytes:
    data = bytearray(roster())
    with ZipFile(BytesIO(bytes(data))) as archive:
        crc = struct.pack("<L", archive.getinfo("xl/worksheets/sheet1.xml").CRC)
    for place in (data.find(crc), data.rfind(crc)):
        data[place] ^= 0xFF
    return bytes(data)


def twice_a_part() -> bytes:
    out = BytesIO(roster())
    with ZipFile(out, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/./sheet1.xml", b"<worksheet/>")
        info = archive.getinfo("xl/worksheets/./sheet1.xml")
        info.filename = "xl/worksheets/sheet1.xml"
    return out.getvalue().replace(b"xl/worksheets/./sheet1.xml", b"xl/worksheets/sheet1.xml\x00\x00")


def evil_names() -> bytes:
    names = ("/etc/cron.d/x", "../../../../tmp/x", "..\\..\\windows\\x", "C:\\x", "xl/../../x", "con", "a" * 60_000)
    return zip_with(roster(), dict.fromkeys(names, b"x"))


def sheet_missing() -> bytes:
    return zip_with(roster(), {}, without=("xl/worksheets/sheet1.xml",))


def sheet_outside() -> bytes:
    """The sheet is said to lie outside the file."""
    return _relation("../../../etc/passwd")


def sheet_on_the_web() -> bytes:
    return _relation("http://198.51.100.7/sheet1.xml", mode=' TargetMode="External"')


def _relation(target: str, *, mode: str = "") -> bytes:
    relation = f'<Relationship Id="rId1" Type="{EXTERNAL}/worksheet" Target="{target}"{mode}/>'
    return zip_with(
        raw_xlsx("<worksheet {ns}><sheetData/></worksheet>"),
        {"xl/_rels/workbook.xml.rels": f"<Relationships>{relation}</Relationships>".encode()},
    )


# ---- Sheets


def rows_of(sheet: str) -> bytes:
    return raw_xlsx(f"<worksheet {{ns}}><sheetData>{sheet}</sheetData></worksheet>")


def last_corner() -> bytes:
    return rows_of('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>')


def blank_rows() -> bytes:
    """A formatted sheet: 100,000 rows of 17 cells without a value below the people."""

    def with_blanks(part: bytes) -> bytes:
        text = part.decode()
        last = max(int(number) for number in _between(text, '<row r="', '"'))
        letters = "ABCDEFGHIJKLMNOPQ"
        blanks = (
            f'<row r="{n}" spans="1:17">' + "".join(f'<c r="{letter}{n}" s="1"/>' for letter in letters) + "</row>"
            for n in range(last + 1, last + 100_001)
        )
        return text.replace("</sheetData>", "".join(blanks) + "</sheetData>").encode()

    return rewritten(roster(), sheet1=with_blanks)


def _between(text: str, opening: str, closing: str) -> Iterator[str]:
    for piece in text.split(opening)[1:]:
        yield piece.partition(closing)[0]


def million_rows() -> bytes:
    return rows_of("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 1_000_001)))


def columns(count: int) -> bytes:
    cells = "".join(f'<c r="{get_column_letter(n)}1"><v>1</v></c>' for n in range(1, count + 1))
    return rows_of(f'<row r="1">{cells}</row>')


def external_links() -> bytes:
    """Cells that take their values from another workbook, and a link to the web."""

    def linked(part: bytes) -> bytes:
        first = part.index(b"<v>")
        return part[:first] + b"<f>[1]Sheet1!$A$1</f>" + part[first:]

    link = f'<externalLink xmlns:r="{EXTERNAL}"><externalBook r:id="rId1"/></externalLink>'
    relation = f'<Relationship Id="rId1" Type="{EXTERNAL}/externalLinkPath" Target="file:///\\\\198.51.100.7\\x.xlsx"'
    return zip_with(
        rewritten(roster(), sheet1=linked),
        {
            "xl/externalLinks/externalLink1.xml": link.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": (
                f'<Relationships>{relation} TargetMode="External"/></Relationships>'.encode()
            ),
            "xl/worksheets/_rels/sheet1.xml.rels": (
                f'<Relationships><Relationship Id="rId9" Type="{EXTERNAL}/hyperlink" Target="http://198.51.100.7/"'
                ' TargetMode="External"/></Relationships>'.encode()
            ),
        },
    )


def macros() -> bytes:
    def with_macros(part: bytes) -> bytes:
        plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        return part.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")

    return zip_with(
        rewritten(roster(), **{"[Content_Types]": with_macros}),
        {"xl/vbaProject.bin": compound_file({"VBA": b"Sub Auto_Open()"})},
    )


def huge_cell() -> bytes:
    """One cell of 100 million letters."""
    start = b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
    pieces = [start, *[b"a" * MIB] * 100, b"</t></is></c></row></sheetData></worksheet>"]
    return zip_with(rows_of(""), {"xl/worksheets/sheet1.xml": zipped_stream(iter(pieces))})


def half_texts() -> bytes:
    """Names with a NUL, which no XML has and no database takes."""
    return rewritten(roster(), sheet1=_with_nul, sharedStrings=_with_nul)


def _with_nul(part: bytes) -> bytes:
    return re.sub(rb"(<t[^>]*>[^<])", rb"\1\0", part)


def shared_string_bomb() -> bytes:
    """One text of 100,000 letters as the name of 99,000 people."""
    headers = ["Họ và tên", "Số CCCD", "Đối tượng", "Nhiệm vụ"]
    strings = "".join(f"<si><t>{text}</t></si>" for text in (*headers, "Nguyễn " * 15_000, "Cán bộ"))
    header = "".join(f'<c r="{letter}1" t="s"><v>{n}</v></c>' for n, letter in enumerate("ABCD"))
    people = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>4</v></c><c r="B{n}"><v>{70_085_000_000 + n}</v></c>'
        f'<c r="C{n}" t="s"><v>5</v></c></row>'
        for n in range(2, 99_000)
    )
    return raw_xlsx(
        f'<worksheet {{ns}}><sheetData><row r="1">{header}</row>{people}</sheetData></worksheet>',
        strings=f"<sst {{ns}}>{strings}</sst>",
    )


def many_strings() -> bytes:
    """Eleven million shared strings that no cell names."""
    strings = iter([b"<sst>", *[b"<si><t>a</t></si>" * 61_680] * 180, b"</sst>"])
    return zip_with(
        raw_xlsx("<worksheet {ns}><sheetData/></worksheet>", strings="<sst {ns}></sst>"),
        {"xl/sharedStrings.xml": zipped_stream(strings)},
    )


# ---- XML


LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "ha">{}]>'.format(
    "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'
SHEET_OF_ENTITY = (
    '{}<worksheet {{ns}}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData>'
    "</worksheet>"
)


def deep_sheet() -> bytes:
    """Ten million elements, one in the other."""
    pieces = iter([b"<worksheet><sheetData>", *[b"<row>" * 100_000] * 100])
    return zip_with(rows_of(""), {"xl/worksheets/sheet1.xml": zipped_stream(pieces)})


def deep_workbook() -> bytes:
    """The same where a tree is made of it."""
    return zip_with(rows_of(""), {"xl/workbook.xml": zipped_stream(iter([b"<a>" * 100_000] * 400))})


def tags_without_end() -> bytes:
    """Sixteen million beginnings of a row, none of which ends."""
    pieces = iter([b"<worksheet><sheetData>", *[b"<row " * 100_000] * 160, b"</sheetData></worksheet>"])
    return zip_with(rows_of(""), {"xl/worksheets/sheet1.xml": zipped_stream(pieces)})


def many_attributes() -> bytes:
    row = " ".join(f'a{n}="1"' for n in range(300_000))
    return rows_of(f"<row {row}/>")


# ---- ods and xls


def ods(table: str) -> bytes:
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": CONTENT.format(table)})


def repeated_rows() -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    return ods(f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')


def repeated_cells() -> bytes:
    """200 MB of rows that each repeat a thousand cells."""
    cell = (
        '<table:table-cell table:number-columns-repeated="1000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell>"
    )
    start, end = CONTENT.split("{}")
    row = f"<table:table-row>{cell}</table:table-row>".encode()
    pieces = iter([start.encode(), *[row * (MIB // len(row))] * 200, end.encode()])
    return zip_with(ods(""), {"content.xml": zipped_stream(pieces)})


def broken_chain() -> bytes:
    """An xls whose chain of sectors runs in a circle."""
    data = bytearray(xls(SheetOf([["STT", "Họ và tên"], [1, "Nguyễn An"]])))
    (fat,) = struct.unpack_from("<L", data, 76)
    place = 512 * (fat + 1)
    for entry in range(4):
        struct.pack_into("<L", data, place + 4 * entry, (entry + 1) % 3)
    return bytes(data)


def small_circle() -> bytes:
    """An xls whose small sectors name each other: found by fuzzing, followed without end by xlrd."""
    return circle_of_small_sectors(b"\x09\x08\x10\0" * 32, "Workbook")


def encrypted() -> bytes:
    """As Excel writes a workbook with a password."""
    return compound_file({"EncryptionInfo": bytes(200), "EncryptedPackage": zlib.compress(roster())})


# ---- Text


def million_lines() -> bytes:
    return as_csv(*[f"{n}" for n in range(1_000_001)])


def many_people() -> bytes:
    """As many people as 20 MB hold, with an ID each."""
    return as_csv(*[f";;{70_085_000_000 + n:012d}" for n in range(999_000)])


def blank_lines() -> bytes:
    """Bình Long's people as a spreadsheet program exports them to CSV, with 100,000 formatted rows below."""
    return roster_csv() + (";" * 16 + "\r\n").encode() * 100_000


def roster_csv() -> bytes:
    """Bình Long's people as CSV."""
    sheet = openpyxl.load_workbook(BytesIO(roster())).worksheets[0]
    return csv_file(SheetOf([list(row) for row in sheet.iter_rows(values_only=True)]))


def stored(data: bytes) -> bytes:
    """A roster whose parts are not compressed."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as archive, ZipFile(out, "w", ZIP_STORED) as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name))
    return out.getvalue()


CSV = ".csv"
HOSTILE_FILES = (
    Hostile("0 bytes", lambda: b"", UNREADABLE, "rỗng"),
    Hostile("zip bomb, flat", flat_bomb, UNREADABLE, "quá lớn"),
    Hostile("zip bomb that lies about its size", lying_bomb, UNREADABLE, "hỏng"),
    Hostile("zip bomb, nested", nested_bomb, UNREADABLE, "không phải là bảng tính"),
    Hostile("zip bomb as a part nobody reads", nested_bomb_inside, PAID),
    Hostile("150 sheets of one 20 MB part", many_sheets_bomb, UNREADABLE, "quá lớn"),
    Hostile("wrong checksum", wrong_checksum, UNREADABLE, "hỏng"),
    Hostile("a part twice", twice_a_part, UNREADABLE, "hỏng"),
    Hostile("names that lead out of the zip", evil_names, PAID),
    Hostile("a sheet's part is missing", sheet_missing, UNREADABLE, "hỏng"),
    Hostile("a sheet outside the file", sheet_outside, UNREADABLE, "hỏng"),
    Hostile("a sheet on the web", sheet_on_the_web, UNREADABLE, "không có trang tính"),
    Hostile("one cell at XFD1048576", last_corner, UNREADABLE, "16384 cột"),
    Hostile("100,000 blank rows", blank_rows, PAID),
    Hostile("a million rows, xlsx", million_rows, UNREADABLE, "100000 dòng"),
    Hostile("5,000 columns, xlsx", lambda: columns(5000), UNREADABLE, "cột"),
    Hostile("external links", external_links, PAID),
    Hostile("macros", macros, PAID),
    Hostile("a cell of 100 MB", huge_cell, UNREADABLE, "quá dài"),
    Hostile("NUL in every text", half_texts, UNREADABLE, "hỏng"),
    Hostile("shared string bomb", shared_string_bomb, UNREADABLE, "quá nhiều chữ"),
    Hostile("eleven million shared strings", many_strings, UNREADABLE, "quá nhiều ô"),
    Hostile("billion laughs in a sheet", lambda: raw_xlsx(SHEET_OF_ENTITY.format(LAUGHS)), UNREADABLE, "ENTITY"),
    Hostile(
        "billion laughs in the strings",
        lambda: raw_xlsx("<worksheet {ns}/>", strings=f"{LAUGHS}<sst {{ns}}><si><t>&a9;</t></si></sst>"),
        UNREADABLE,
        "ENTITY",
    ),
    Hostile(
        "billion laughs in the styles",
        lambda: raw_xlsx("<worksheet {ns}/>", styles=f"{LAUGHS}<styleSheet/>"),
        UNREADABLE,
        "ENTITY",
    ),
    Hostile("external entity", lambda: raw_xlsx(SHEET_OF_ENTITY.format(OUTSIDE)), UNREADABLE, "ENTITY"),
    Hostile("elements ten million deep", deep_sheet, UNREADABLE, "đọc tệp"),
    Hostile("a workbook forty million deep", deep_workbook, UNREADABLE, "nhiều nhất"),
    Hostile("sixteen million tags without end", tags_without_end, UNREADABLE, "hỏng"),
    Hostile("300,000 attributes", many_attributes, "HEADER_NOT_FOUND"),
    Hostile("encrypted", encrypted, UNREADABLE, "mật khẩu"),
    Hostile(
        "a picture renamed", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40, UNREADABLE, "hình ảnh"
    ),
    Hostile("ods, a row repeated a million times", repeated_rows, UNREADABLE, "nhiều", ".ods"),
    Hostile("ods, 200 MB of repeated cells", repeated_cells, UNREADABLE, "nhiều", ".ods"),
    Hostile("xls whose sectors run in a circle", broken_chain, UNREADABLE, "hỏng", ".xls"),
    Hostile("xls whose small sectors run in a circle", small_circle, UNREADABLE, "hỏng", ".xls"),
    Hostile("xls whose directory takes for ever", lambda: doubling_directory(60), UNREADABLE, "quá lâu", ".xls"),
    Hostile("CSV, NUL bytes", lambda: as_csv(PERSON, "2;\0Trần\0;070085000002"), UNREADABLE, "không phải", CSV),
    Hostile("CSV, invalid UTF-8", lambda: as_csv(PERSON) + b"\n2;Tr\xe1\xba;070085000002", UNREADABLE, "dòng 3", CSV),
    Hostile(
        "CSV, unbalanced quotes",
        lambda: as_csv(PERSON, '2;"Trần;070085000002', PERSON, PERSON),
        UNREADABLE,
        "ngoặc kép",
        CSV,
    ),
    Hostile("CSV, a quote before 19 MB", lambda: as_csv('1;"' + "a" * 19 * MIB), UNREADABLE, "quá dài", CSV),
    Hostile("CSV, a line of 100 MB", lambda: as_csv("a" * 100 * MIB), TOO_LARGE, "", CSV),
    Hostile("CSV, a line of 19 MB", lambda: as_csv("a" * 19 * MIB), UNREADABLE, "quá dài", CSV),
    Hostile("CSV, a line of 19 million empty fields", lambda: as_csv(";" * 19 * MIB), "NO_ROWS", "", CSV),
    Hostile("CSV, 5,000 columns", lambda: as_csv(";1" * 5000), UNREADABLE, "cột", CSV),
    Hostile("CSV, a million lines", million_lines, UNREADABLE, "dòng", CSV),
    Hostile("CSV, 100,000 blank lines", blank_lines, PAID, "", CSV),
    Hostile("CSV, 999,000 people", many_people, UNREADABLE, "100000", CSV),
    Hostile(
        "CSV, 19 MB of nothing but line ends and a letter", lambda: b"\n" * 19 * MIB + b"a", UNREADABLE, "dòng", CSV
    ),
    Hostile("parts that are not compressed", lambda: stored(roster()), PAID),
)
