"""The sender's own workbook on its way back: what is marked in it, what stays as it was, what stays behind."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.mended import mend_of, reads_alike
from ioc_etl.reports.hand_back_marks import COMMENT_HEADING
from ioc_etl.reports.hand_back_people import put_people
from schemas.marker import COVER_HEADING, COVER_TITLE, ROW_HEADER
from schemas.returned import CoverNote, PersonCells, RosterTable
from tests.unit.office_files import WRITERS, Failed, SheetOf, Uncalculated, rewritten, xlsx
from tests.unit.returned_workbooks import (
    MARKER,
    NOTE,
    bytes_of,
    finding,
    handed_back,
    opened,
    roster_of,
    sheet_of,
)
from tests.unit.rosters import HEADER, codes, line, people, person, read

GOLDEN = Path(__file__).parents[1] / "golden"
FEBRUARY = GOLDEN / "input" / "rosters" / "2022-02"
RED, AMBER = "FFF8CBAE", "FFFFF2CD"
GOOD = (HEADER, *people(1, 2, 3))


def office_workbook() -> Workbook:
    """A roster as an office keeps it: title, formats, a comment, a drop-down, print setup, another sheet."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Danh sách"
    for row in GOOD:
        sheet.append(row)
    sheet["B3"].font = Font(name="Arial", size=13, italic=True)
    sheet["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["J2"].number_format = "#,##0.00"
    sheet["D3"].alignment = Alignment(horizontal="right")
    sheet["D3"].comment = Comment("Đã gọi điện hỏi", "Văn phòng")
    sheet.column_dimensions["B"].width = 31
    sheet.row_dimensions[3].height = 40
    sheet.merge_cells("A7:M7")
    sheet["A7"] = "Bình Phước, ngày 28 tháng 01 năm 2022"
    rule = DataValidation(type="list", formula1='"Trực tiếp,Không trực tiếp"')
    rule.add("H2:H4")
    sheet.add_data_validation(rule)
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.oddFooter.center.text = "Trang &P"
    sheet.freeze_panes = "C2"
    book.create_sheet("Ghi nhớ")["A1"] = "riêng của Trung tâm"
    return book


def good() -> bytes:
    return xlsx(SheetOf(GOOD))


# ---- Marks


def test_a_bad_cell_is_coloured_and_says_what_on_which_clause_and_how_to_mend_it() -> None:
    cell = sheet_of(handed_back(good(), finding()))["D3"]
    assert cell.fill.fgColor.rgb == RED
    assert cell.comment is not None
    assert cell.comment.text.splitlines() == [
        COMMENT_HEADING,
        "",
        "Chặn: Số căn cước không hợp lệ: 070******003.",
        "Căn cứ: Sổ tay quy tắc mục 4",
        "Cách sửa: Nhập lại đủ 12 chữ số.",
    ]


def test_a_warning_is_amber_and_what_blocks_is_red_where_both_stand() -> None:
    warn = finding(severity="warn", message_vi="Nên xem lại.")
    content = handed_back(good(), warn, finding(), finding(severity="warn", cell="B2", source_row=2))
    sheet = sheet_of(content)
    assert (sheet["D3"].fill.fgColor.rgb, sheet["B2"].fill.fgColor.rgb) == (RED, AMBER)
    assert sheet["D3"].comment.text.count(COMMENT_HEADING) == 1
    assert sheet["D3"].comment.text.index("Chặn:") < sheet["D3"].comment.text.index("Cảnh báo: Nên xem lại.")


def test_a_comment_that_was_there_comes_first() -> None:
    comment = sheet_of(handed_back(bytes_of(office_workbook()), finding()))["D3"].comment
    assert comment.text.startswith(f"Đã gọi điện hỏi\n\n{COMMENT_HEADING}\n")
    assert comment.author == "Văn phòng"


def test_a_finding_about_a_row_alone_marks_its_number() -> None:
    sheet = sheet_of(handed_back(good(), finding(cell=None, column_name=None)))
    assert sheet["A3"].fill.fgColor.rgb == RED


def test_a_row_without_numbers_is_marked_at_the_name() -> None:
    content = xlsx(SheetOf([row[1:] for row in GOOD]))
    assert sheet_of(handed_back(content, finding(cell=None, column_name=None)))["A3"].comment is not None


def test_a_finding_about_a_merged_cell_marks_what_is_seen_of_it() -> None:
    grid = [*GOOD[:2], person(2, agency=None), GOOD[3]]
    content = xlsx(SheetOf(grid, merges=("E2:E3",)))
    sheet = sheet_of(handed_back(content, finding(cell="E3", column_name="agency")))
    assert sheet["E2"].comment is not None


@pytest.mark.parametrize(
    ("code", "place", "marked"),
    [
        ("TOTAL_MISMATCH", "A5", ["A5"]),
        ("COLUMN_UNKNOWN", "M", ["M1"]),
        ("COLUMN_AMBIGUOUS", "E, M", ["E1", "M1"]),
        ("HIDDEN_ROWS", "3, 4", []),
        ("NO_ROWS", "DS", []),
    ],
)
def test_a_finding_about_the_file_marks_the_cells_it_names(code: str, place: str, marked: list[str]) -> None:
    grid = [*GOOD, line("Tổng cộng: 8 người")]
    about = finding(code=code, level="file", source_row=None, cell=None, column_name=None, place=place)
    sheet = sheet_of(handed_back(xlsx(SheetOf(grid)), about))
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == marked


# ---- What stays


def test_formats_widths_merges_drop_downs_print_setup_and_other_sheets_stay() -> None:
    before, after = office_workbook(), opened(handed_back(bytes_of(office_workbook()), finding()))
    old, new = before["Danh sách"], after["Danh sách"]
    assert after.sheetnames == [COVER_TITLE, "Danh sách", "Ghi nhớ"]
    assert new["B3"].font.name == "Arial"
    assert new["B3"].font.italic
    assert new["B3"].fill.fgColor.rgb == "FF00FF00"
    assert new["D3"].alignment.horizontal == "right"
    assert new["J2"].number_format == "#,##0.00"
    assert (new.column_dimensions["B"].width, new.row_dimensions[3].height) == (31, 40)
    assert [str(area) for area in new.merged_cells.ranges] == ["A7:M7"]
    assert [str(rule.sqref) for rule in new.data_validations.dataValidation] == ["H2:H4"]
    assert (new.print_title_rows, new.page_setup.orientation) == (old.print_title_rows, "landscape")
    assert (new.oddFooter.center.text, new.freeze_panes) == ("Trang &P", "C2")
    assert after["Ghi nhớ"]["A1"].value == "riêng của Trung tâm"


def test_the_row_numbers_stand_right_of_everything_and_out_of_the_print() -> None:
    sheet = sheet_of(handed_back(bytes_of(office_workbook())))
    assert [sheet.cell(row, 14).value for row in range(1, 6)] == [ROW_HEADER, 2, 3, 4, None]
    assert sheet.print_area == "'Danh sách'!$A$1:$M$1048576"


def test_a_print_area_of_the_senders_own_stays() -> None:
    book = office_workbook()
    book["Danh sách"].print_area = "A1:F9"
    assert sheet_of(handed_back(bytes_of(book))).print_area == "'Danh sách'!$A$1:$F$9"


def test_only_our_sheet_is_selected() -> None:
    book = opened(handed_back(bytes_of(office_workbook())))
    assert [sheet.sheet_view.tabSelected for sheet in book.worksheets] == [True, False, False]
    assert book.active is book.worksheets[0]


def test_the_marker_is_a_property_of_the_document() -> None:
    content = handed_back(good())
    assert read_cells(content).marker == MARKER.as_text()
    assert opened(content).custom_doc_props["ioc-etl-mends"].value == MARKER.as_text()


def test_the_same_input_gives_the_same_bytes() -> None:
    content = bytes_of(office_workbook())
    assert handed_back(content, finding()) == handed_back(content, finding())


# ---- What stays behind


def test_formulas_become_their_values_and_failed_ones_stay_failed() -> None:
    sheet = (
        '<worksheet {ns}><sheetData><row r="1">'
        + "".join(
            f'<c r="{letter}1" t="inlineStr"><is><t>{header}</t></is></c>'
            for letter, header in zip("ABCDEFGHIJKLM", HEADER, strict=True)
        )
        + '</row><row r="2"><c r="A2"><f>0+1</f><v>1</v></c><c r="B2" t="str"><f>"An"&amp;"h"</f><v>Anh</v></c>'
        '<c r="D2" t="str"><f>A2</f><v>070080000001</v></c><c r="E2"><f>1/0</f></c>'
        '<c r="F2" t="e"><f>#REF!</f><v>#REF!</v></c><c r="K2"><v>123456789</v></c></row></sheetData></worksheet>'
    )
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    content = rewritten(good(), sheet1=lambda _: sheet.replace("{ns}", namespace).encode())
    made = handed_back(content)
    assert reads_alike(roster_of(content), roster_of(made))
    assert roster_of(made).unreadable == [["agency", "staff_category"]]
    assert not has_formulas(made)


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x.invalid","x")', "+84", "-3", "@SUM(A1)", "=cmd|'/c x'!A1"]
)
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    content = xlsx(SheetOf([HEADER, person(1, full_name=text, note=text)]))
    cell = sheet_of(handed_back(content))["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert not has_formulas(handed_back(content))


def test_nothing_that_reaches_out_of_the_file_goes_back() -> None:
    book = office_workbook()
    sheet = book["Danh sách"]
    sheet["M2"] = "thư"
    sheet["M2"].hyperlink = "https://nowhere.invalid/x"
    sheet["M3"] = "dòng trên"
    sheet["M3"].hyperlink = Hyperlink(ref="M3", location="'Danh sách'!A2")
    out = DataValidation(type="list", formula1="[1]Nguồn!$A$1:$A$9")
    out.add("G2:G4")
    sheet.add_data_validation(out)
    sheet.conditional_formatting.add("A2:A9", FormulaRule(formula=["[1]Nguồn!A1=1"]))
    sheet.conditional_formatting.add("B2:B9", FormulaRule(formula=["LEN(B2)=0"]))
    book.defined_names["ngoai"] = DefinedName("ngoai", attr_text="[1]Nguồn!$A$1")
    book.defined_names["trong"] = DefinedName("trong", attr_text="'Danh sách'!$A$1")
    made = handed_back(bytes_of(book))
    after = sheet_of(made)
    assert after["M2"].hyperlink is None
    assert after["M3"].hyperlink.location == "'Danh sách'!A2"
    assert [str(rule.sqref) for rule in after.data_validations.dataValidation] == ["H2:H4"]
    assert [str(area.sqref) for area in after.conditional_formatting] == ["B2:B9"]
    assert list(opened(made).defined_names) == ["trong"]
    whole = b"".join(parts(made).values())
    assert b"[1]" not in whole
    assert b"nowhere.invalid" not in whole


def test_macros_stay_behind() -> None:
    content = rewritten(good())
    with ZipFile(BytesIO(content)) as archive:
        own = {name: archive.read(name) for name in archive.namelist()}
    own["[Content_Types].xml"] = own["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, part in {**own, "xl/vbaProject.bin": b"macro"}.items():
            archive.writestr(name, part)
    made = parts(handed_back(out.getvalue()))
    assert "xl/vbaProject.bin" not in made
    assert b"macroEnabled" not in made["[Content_Types].xml"]


# ---- The sheet in front


def cover_texts(content: bytes) -> list[list[object]]:
    rows = opened(content).worksheets[0].iter_rows(values_only=True)
    return [[cell for cell in row if cell is not None] for row in rows]


def test_the_sheet_in_front_lists_every_finding_with_a_link_to_its_cell() -> None:
    about_file = finding(
        level="file", source_row=None, cell=None, column_name="duty", full_name=None, code="COLUMN_MISSING"
    )
    content = handed_back(good(), finding(severity="warn", cell="B2", source_row=2), finding(), about_file)
    cover = opened(content).worksheets[0]
    assert cover["A1"].value == COVER_HEADING
    rows = [row for row in cover_texts(content) if row and row[0] in {"1", "2", "3"}]
    assert [row[1] for row in rows] == ["Chặn", "Chặn", "Cảnh báo"]
    assert rows[0][2:4] == ["Tệp danh sách, cột Nhiệm vụ", "Số căn cước không hợp lệ: 070******003."]
    assert rows[1][2:5] == ["D3", "Dòng 3 (STT 2), cột Số CCCD", "Trần Thị Bình"]
    links = [cell.hyperlink.location for row in cover.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Danh sách'!D3", "'Danh sách'!B2"]


def test_the_note_says_what_came_of_an_accepted_roster_and_how_it_comes_back() -> None:
    text = " ".join(str(cell) for row in cover_texts(handed_back(good(), finding())) for cell in row)
    assert "3 dòng, gồm 2 được hỗ trợ, 1 tạm giữ, chưa chi. Các dòng tạm giữ: 3." in text
    assert f"Không sửa, không xóa cột “{ROW_HEADER}”" in text
    assert "gửi như lần trước với tên dong-xoai.xlsx." in text
    assert "Chỉ gửi những dòng đã sửa cũng được, nhưng phải chờ tài chính xác nhận" in text


def test_the_note_of_a_refused_csv_says_so_and_under_which_name_it_comes_back() -> None:
    note = CoverNote(NOTE.centre_name, NOTE.month, "dong-xoai.csv", "dong-xoai.xlsx", is_refused=True)
    text = " ".join(str(cell) for row in cover_texts(handed_back(good(), note=note)) for cell in row)
    assert "Danh sách dong-xoai.csv bị từ chối" in text
    assert "thay cho dong-xoai.csv (xóa tệp cũ ở nơi gửi)" in text
    assert "trong lúc chờ, Trung tâm chưa được chi" in text


def test_our_sheet_takes_another_name_beside_one_of_the_senders() -> None:
    content = xlsx(SheetOf(GOOD), SheetOf([("việc phải làm",)], name="cần sửa"))
    assert opened(handed_back(content)).sheetnames == [f"{COVER_TITLE} (2)", "Danh sách", "cần sửa"]


def test_a_file_without_a_table_goes_back_with_our_sheet_alone_to_tell() -> None:
    content = xlsx(SheetOf([("Xin chào",)]))
    about = finding(code="HEADER_NOT_FOUND", level="file", source_row=None, cell=None, column_name=None)
    made = handed_back(content, about)
    assert opened(made).sheetnames == [COVER_TITLE, "Danh sách"]
    assert read_cells(made).marker == MARKER.as_text()
    assert codes(roster_of(made)) == codes(roster_of(content))


# ---- Other kinds of file


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_of_file_comes_back_as_xlsx_and_reads_the_same(kind: str) -> None:
    grid = [HEADER, person(1, citizen_id="070080000001", bank_account="0012345678"), *people(2, 3)]
    values = [[date(1980, 3, 2) if text == "02/03/1980" else text for text in row] for row in grid]
    content = WRITERS[kind](SheetOf(values))
    made = handed_back(content, finding())
    assert reads_alike(roster_of(content), roster_of(made))
    sheet = opened(made).worksheets[1]
    assert sheet["D3"].comment is not None
    assert (sheet["D2"].value, sheet["K2"].value) == ("070080000001", "0012345678")
    assert sheet["C2"].is_date is (kind != "csv")


@pytest.mark.parametrize("kind", ["xls", "ods", "csv"])
def test_hidden_rows_failed_formulas_and_merges_come_along(kind: str) -> None:
    grid = [HEADER, person(1), [*person(2)[:5], Failed(), *person(2)[6:]], person(3, agency=None)]
    sheet = SheetOf(grid, hidden_rows=frozenset({2} if kind != "csv" else ()), merges=("E3:E4",))
    content = WRITERS[kind](sheet)
    made = handed_back(content)
    assert reads_alike(roster_of(content), roster_of(made))
    assert roster_of(made).unreadable[1] == ["staff_category"]


def test_line_9_of_a_csv_is_row_9() -> None:
    text = "\r\n".join(
        ["DANH SÁCH", "", "", ";".join(HEADER), "", *(";".join(cell or "" for cell in person(n)) for n in (1, 2))]
    )
    made = handed_back(text.encode())
    assert roster_of(made).source_row == [6, 7]
    assert sheet_of(made)["N4"].value == ROW_HEADER


@pytest.mark.parametrize("name", ["dong-xoai.xlsx", "tinh.xlsx", "phuoc-long.csv"])
@pytest.mark.parametrize("is_plain", [False, True], ids=["own", "plain"])
def test_the_sample_rosters_come_back_reading_the_same(name: str, *, is_plain: bool) -> None:
    content = (FEBRUARY / name).read_bytes()
    assert reads_alike(roster_of(content), roster_of(handed_back(content, is_plain=is_plain)))


def test_a_number_that_openpyxl_takes_for_an_impossible_date_stays_what_it_was() -> None:
    book = office_workbook()
    book["Danh sách"]["K3"] = 70098137055
    book["Danh sách"]["K3"].number_format = "dd/mm/yyyy"
    content = bytes_of(book)
    made = handed_back(content)
    assert roster_of(content).columns["bank_account"][1] == "70098137055"
    assert reads_alike(roster_of(content), roster_of(made))


# ---- Again


def test_a_workbook_handed_back_again_carries_only_the_new_marks() -> None:
    first = handed_back(bytes_of(office_workbook()), finding(), finding(cell="B2", source_row=2))
    second = handed_back(first, finding(cell="C4", source_row=4))
    sheet = sheet_of(second)
    assert opened(second).sheetnames == [COVER_TITLE, "Danh sách", "Ghi nhớ"]
    assert sheet["D3"].comment.text == "Đã gọi điện hỏi"
    assert (sheet["B2"].comment, sheet["B2"].fill.fill_type, sheet["D3"].fill.fill_type) == (None, None, None)
    assert sheet["B3"].fill.fgColor.rgb == "FF00FF00"
    assert sheet["C4"].comment is not None
    assert [cell.value for row in sheet.iter_rows() for cell in row if cell.value == ROW_HEADER] == [ROW_HEADER]
    assert roster_of(second).mended_rows == [2, 3, 4]


@pytest.mark.parametrize("name", ["mended-by-libreoffice.xlsx", "mended-by-libreoffice.ods"])
def test_a_workbook_mended_in_libreoffice_is_known_again(name: str) -> None:
    content, february = (GOLDEN / "office" / name).read_bytes(), date(2022, 2, 1)
    sent = read(read_cells(content), month=february)
    base = read(read_cells((FEBRUARY / "dong-xoai.xlsx").read_bytes()), month=february)
    assert sent.marker is not None
    assert (sent.marker.month, sent.marker.centre_code) == ("2022-02", "dong-xoai")
    mend = mend_of(sent, base)
    assert (mend.missing, mend.changed, mend.new) == ((), (4, 7, 8, 10), 0)
    assert codes(sent) == codes(base)


def test_the_comments_and_colours_came_through_libreoffice() -> None:
    sheet = opened((GOLDEN / "office" / "mended-by-libreoffice.xlsx").read_bytes())["T02"]
    assert COMMENT_HEADING in sheet["D4"].comment.text
    assert sheet["D4"].fill.fgColor.rgb == RED


def test_our_sheet_the_comments_and_the_order_of_rows_may_go() -> None:
    book = opened(handed_back(bytes_of(office_workbook()), finding()))
    del book[COVER_TITLE]
    sheet = book["Danh sách"]
    sheet["D3"].comment = None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)]
    for number, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    sent = roster_of(bytes_of(book))
    assert sent.mended_rows == [4, 3, 2]
    assert mend_of(sent, roster_of(bytes_of(office_workbook()))).changed == ()


# ---- People put in


def test_mended_cells_are_put_in_and_keep_their_look() -> None:
    put = PersonCells({"bank_account": "0099", "shift": "3", "birth_date": "1980-03-05", "note": None}, row=3)
    made = handed_back(bytes_of(office_workbook()), note=None, people=[put])
    sheet = sheet_of(made)
    assert opened(made).sheetnames == ["Danh sách", "Ghi nhớ"]
    assert (sheet["K3"].value, sheet["I3"].value, sheet["C3"].is_date, sheet["M3"].value) == ("0099", 3, True, None)
    assert sheet["B3"].font.name == "Arial"
    assert sheet["D3"].comment.text == "Đã gọi điện hỏi"


def test_a_new_person_gets_a_row_and_everything_below_moves_down() -> None:
    book = office_workbook()
    book["Danh sách"].row_dimensions[7].height = 33
    fields = ["row_no", "full_name", "citizen_id", "bank_account"]
    new = PersonCells(dict(zip(fields, ["4", "Đỗ Minh Khánh", "070080000006", "9990000006"], strict=True)), after=4)
    sheet = sheet_of(handed_back(bytes_of(book), note=None, people=[new]))
    assert [sheet[address].value for address in ("B5", "D5", "N5", "N4")] == ["Đỗ Minh Khánh", "070080000006", None, 4]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A8:M8"]
    assert sheet["A8"].value.startswith("Bình Phước")
    assert sheet.row_dimensions[8].height == 33
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["H2:H5"]


def test_a_cell_is_put_into_a_merged_one_without_changing_the_others() -> None:
    grid = [*GOOD[:2], person(2, agency=None), person(3, agency=None)]
    content = xlsx(SheetOf(grid, merges=("E2:E4",)))
    made = handed_back(content, note=None, people=[PersonCells({"agency": "Văn phòng"}, row=3)])
    assert roster_of(made).columns["agency"] == ["Công an thành phố", "Văn phòng", "Công an thành phố"]


@pytest.mark.parametrize(
    ("said", "becomes"),
    [("Tổng cộng: 3 người", "Tổng cộng: 4 người"), ("Tổng cộng 03 người (13)", "Tổng cộng 4 người (13)")],
)
def test_a_printed_total_is_carried_along(said: str, becomes: str) -> None:
    content = xlsx(SheetOf([*GOOD, line(said)]))
    new = PersonCells({"full_name": "Đỗ Minh Khánh", "citizen_id": "070080000006"}, after=4)
    sheet = sheet_of(handed_back(content, note=None, people=[new], total=("A6", "3", "4")))
    assert sheet["A6"].value == becomes


def test_a_failed_formula_put_in_is_a_failed_one() -> None:
    put = PersonCells({"full_name": None}, row=3, failed=frozenset({"full_name"}))
    assert roster_of(handed_back(good(), note=None, people=[put])).unreadable[1] == ["full_name"]


def test_an_uncalculated_formula_is_told_as_a_failed_one() -> None:
    content = xlsx(SheetOf([HEADER, [*person(1)[:1], Uncalculated(), *person(1)[2:]]]))
    assert roster_of(handed_back(content)).unreadable == [["full_name"]]


def has_formulas(content: bytes) -> bool:
    """Whether any cell of any sheet holds a formula."""
    return any(re.search(rb"<f[ />]", part) for name, part in parts(content).items() if "worksheets" in name)


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_mended_cells_are_put_into_the_columns_of_the_table_that_the_row_stands_in() -> None:
    sheet = Workbook().worksheets[0]
    for row in range(1, 9):
        sheet.cell(row, 1).value = row
    table = RosterTable(
        sheet=0,
        header_row=1,
        letters={"full_name": "B", "note": "F"},
        people=(2, 3, 6, 7),
        width=6,
        letters_below=((5, {"full_name": "C"}),),
    )
    people = [
        PersonCells({"full_name": "Trần Văn Thử"}, row=3),
        PersonCells({"full_name": "Lê Thị Mẫu"}, row=6),
        PersonCells({"full_name": "Phạm Giả", "note": "mới"}, after=2),
        PersonCells({"full_name": "Ngô Giả", "note": "mới"}, after=7),
    ]
    put_people(sheet, table, people)
    told = [(row[1].value, row[2].value, row[5].value) for row in sheet.iter_rows(min_row=1, max_row=9, max_col=6)]
    assert told == [
        (None, None, None),
        (None, None, None),
        ("Phạm Giả", None, "mới"),
        ("Trần Văn Thử", None, None),
        (None, None, None),
        (None, None, None),
        (None, "Lê Thị Mẫu", None),
        (None, None, None),
        (None, "Ngô Giả", None),
    ]
