"""CSV: delimiters, encodings, quotes, and the lines records begin on."""

import pytest

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.errors import LegacyEncodingError, UnreadableFileError
from schemas.sheet_cells import SheetCells

HEADER = "STT;Họ và tên;Số CCCD;Ghi chú"


def read(text: str | bytes, encoding: str = "utf-8") -> SheetCells:
    return read_cells(text if isinstance(text, bytes) else text.encode(encoding)).sheets[0]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_the_one_that_makes_a_table(delimiter: str) -> None:
    text = f"{HEADER}\n1;Nguyễn An;070080001234;".replace(";", delimiter)
    assert read(text).rows == [["STT", "Họ và tên", "Số CCCD", "Ghi chú"], ["1", "Nguyễn An", "070080001234", None]]


def test_commas_in_the_text_do_not_make_it_a_table() -> None:
    lines = [HEADER, *[f"{n};Nguyễn An;07008000123{n};a, b, c, d, e, f" for n in range(9)]]
    assert read("\n".join(lines)).rows[1] == ["0", "Nguyễn An", "070080001230", "a, b, c, d, e, f"]


def test_titles_without_delimiters_do_not_matter() -> None:
    text = (
        "UBND TỈNH, CỘNG HÒA, ĐỘC LẬP\nDANH SÁCH, THÁNG 01, NĂM 2022\n\nSTT;Họ tên;CCCD\n1;An;070080001234\n2;Bình;1\n"
    )
    assert read(text).rows[-1] == ["2", "Bình", "1"]


def test_the_line_that_excel_writes_for_itself_is_no_row() -> None:
    sheet = read("sep=,\r\nSTT,Họ tên\r\n1,An\r\n")
    assert (sheet.rows, list(sheet.row_numbers)) == ([["STT", "Họ tên"], ["1", "An"]], [2, 3])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_and_without_a_mark(encoding: str) -> None:
    assert read(f"{HEADER}\n1;Đặng Thị Ngọc;1;\n", encoding).rows[1][1] == "Đặng Thị Ngọc"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(line_end: str) -> None:
    sheet = read(line_end.join(["STT;Họ tên", "1;An", "", "2;Bình"]))
    assert (list(sheet.row_numbers), len(sheet.rows)) == ([1, 2, 4], 3)


def test_a_row_number_is_the_line_where_the_record_begins() -> None:
    sheet = read('STT;"Số\nCCCD";x\n1;"a\nb\nc";y\n\n2;d;z\n')
    assert list(sheet.row_numbers) == [1, 3, 7]
    assert sheet.rows[0][1] == "Số\nCCCD"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ('"=""070080001234"""', "070080001234"),
        ('="070080001234"', "070080001234"),
        ("'070080001234", "070080001234"),
        ("'Đá", "'Đá"),
        ('Nguyễn "Tám" An', 'Nguyễn "Tám" An'),
        ('"Nguyễn ""Tám"" An"', 'Nguyễn "Tám" An'),
        ('"Tám" An', "Tám An"),
    ],
)
def test_quotes_and_what_keeps_zeros_are_not_part_of_the_text(field: str, text: str) -> None:
    assert read(f"STT;x;y\n1;{field};z\n").rows[1] == ["1", text, "z"]


def test_a_quote_that_swallows_people_is_refused() -> None:
    lines = [HEADER, '1;"Nguyễn An;070080001234;', "2;Trần Bình;070080001235;", '3;Lê "Chi;070080001236;']
    with pytest.raises(UnreadableFileError, match="dòng 2"):
        read("\n".join(lines))


def test_a_quote_that_is_never_closed_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="dòng 2"):
        read(f'{HEADER}\n1;"Nguyễn An;070080001234;\n2;Trần Bình;070080001235;\n')


def test_a_note_over_several_lines_is_no_fault() -> None:
    assert read(f'{HEADER}\n1;An;070080001234;"từ 01/01;\nđến 15/01"\n').rows[1][3] == "từ 01/01;\nđến 15/01"


def test_a_field_as_long_as_a_book_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="quá dài"):
        read("STT;x\n1;" + "a" * 200_000)


@pytest.mark.parametrize(
    "data", [b"STT;x\n1;a\0b\n", "STT;x\n1;a\n".encode("utf-16-le"), b"\xff\xfeS\0T", bytes(range(256))]
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        read(data)


def test_a_broken_letter_in_utf_8_is_damage_and_names_its_line() -> None:
    good = f"{HEADER}\n1;Đặng Thị Ngọc;1;\n2;Trần Thị Hường;2;\n".encode()
    with pytest.raises(UnreadableFileError, match="dòng 3") as refused:
        read(good.replace("Trần".encode(), "Tr\xe1".encode("latin-1")))
    assert not isinstance(refused.value, LegacyEncodingError)


def test_rows_shorter_than_the_header_are_filled_up() -> None:
    assert read("STT;Họ tên;CCCD\n1;An\n").rows == [["STT", "Họ tên", "CCCD"], ["1", "An", None]]


TABLE = "STT;Họ và tên;Số CCCD;Số tài khoản;Ngân hàng;Ghi chú\n1;Trần Văn Thử;070080000001;0102030400;Agribank;\n"
SECOND = "2;Lê Thị Mẫu;070181000002;0102030401;Vietcombank"


@pytest.mark.parametrize("last", [SECOND, SECOND[:-4], SECOND[:20], "2", "2;Lê Thị Mẫ", "2;Lê;1;2"])
def test_a_file_that_ends_inside_its_last_record_is_cut(last: str) -> None:
    with pytest.raises(UnreadableFileError, match="cắt cụt giữa dòng 3"):
        read(TABLE + last)


@pytest.mark.parametrize("last", [f"{SECOND};", f"{SECOND};abc", f"{SECOND}\n", f"{SECOND}\r\n", "Tổng cộng: 1 người"])
def test_a_file_that_ends_behind_its_last_record_is_whole(last: str) -> None:
    assert len(read(TABLE + last).rows) == 3


def test_columns_that_all_records_leave_out_are_not_cut_off() -> None:
    without_notes = TABLE.replace("Agribank;\n", "Agribank\n")
    assert read(without_notes + SECOND).rows[-1][4] == "Vietcombank"
    with pytest.raises(UnreadableFileError, match="cắt cụt"):
        read(without_notes + SECOND.rpartition(";")[0])


@pytest.mark.parametrize("last", [f'{SECOND};"abc', f'{SECOND[:-11]}"Vietcom', f'{SECOND};"abc\nd\n', f'{SECOND};"'])
def test_a_quote_that_is_open_at_the_end_is_a_cut_too(last: str) -> None:
    with pytest.raises(UnreadableFileError, match="dòng 3 không được đóng"):
        read(TABLE + last)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\x1a\x1a\x1a"])
def test_the_end_mark_of_dos_is_no_text(end: str, encoding: str) -> None:
    assert read(f"{TABLE}{SECOND};{end}", encoding).rows[-1] == [*SECOND.split(";"), None]


def test_an_end_mark_in_the_middle_is_no_text_file() -> None:
    with pytest.raises(UnreadableFileError, match="không phải là"):
        read(f"{TABLE}\x1a{SECOND};\n")


@pytest.mark.parametrize("note", ['"a;b;c\nd;e"', '"a;b\nc;d;e"', '"1;2;\n""3""; 4"'])
def test_a_note_of_several_lines_may_hold_delimiters(note: str) -> None:
    assert len(read(TABLE + f"{SECOND};{note}\n3;Phạm Hoà Giả;1;2;3;\n").rows) == 4


@pytest.mark.parametrize(
    "torn", ['"a\n3;Phạm Hoà Giả;070082000003;0102030402;Agribank;b"\n', '"a\n3;Phạm Hoà Giả;070082000003;x";y\n']
)
def test_a_note_that_swallows_a_person_is_refused(torn: str) -> None:
    with pytest.raises(UnreadableFileError, match="dòng 3 không được đóng"):
        read(f"{TABLE}{SECOND};{torn}")
