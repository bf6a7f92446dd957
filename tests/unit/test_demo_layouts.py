"""Each handwriting holds the roster it was given, and the habits it stands for."""

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.demo.layouts import DEMO_LAYOUTS, LAYOUTS
from ioc_etl.demo.months import demo_months
from ioc_etl.demo.province import province
from ioc_etl.demo.roster import FormulaError, Roster, roster_row

JANUARY = province()
TINH, DONG_XOAI, PHUOC_LONG, BINH_LONG = JANUARY.rosters


def written(layout: str, roster: Roster) -> Workbook:
    return load_workbook(BytesIO(LAYOUTS[layout].write(roster)))


def texts(sheet: Worksheet) -> Iterator[str]:
    for row in sheet.iter_rows(values_only=True):
        yield from (str(value) for value in row if value is not None)


def with_first_row(roster: Roster, **differences: object) -> Roster:
    first, *others = roster.rows
    return replace(roster, rows=(replace(first, **differences), *others))  # type: ignore[arg-type]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_roster_is_the_same_file(layout: str) -> None:
    assert LAYOUTS[layout].write(TINH) == LAYOUTS[layout].write(TINH)


@pytest.mark.parametrize("layout", ["official", "numbers", "oldstyle"])
def test_a_name_like_a_formula_is_text_in_every_workbook(layout: str) -> None:
    for sheet in written(layout, with_first_row(DONG_XOAI, full_name="=HYPERLINK(1)")).worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_a_name_like_a_formula_is_text_in_the_csv_file() -> None:
    content = LAYOUTS["csv"].write(with_first_row(PHUOC_LONG, full_name="=1+1")).decode("utf-8-sig")
    assert ";'=1+1;" in content


@pytest.mark.parametrize("layout", ["official", "numbers", "oldstyle"])
def test_a_hidden_row_is_hidden_in_every_workbook(layout: str) -> None:
    sheet = written(layout, with_first_row(DONG_XOAI, is_hidden=True)).worksheets[0]
    assert sum(dimension.hidden for dimension in sheet.row_dimensions.values()) == 1


def test_a_failed_formula_is_an_error_cell() -> None:
    sheet = written("numbers", with_first_row(DONG_XOAI, full_name=FormulaError())).worksheets[0]
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("e", "#REF!")


def test_the_official_form_names_agencies_in_group_rows_alone() -> None:
    sheet = written("official", TINH).worksheets[0]
    assert sheet["A14"].value == "I. Công an tỉnh"
    assert sheet["B15"].value == TINH.rows[0].full_name
    assert sheet["D15"].value == TINH.rows[0].citizen_id
    assert [sheet.cell(13, column).value for column in (1, 2, 3)] == ["(1)", "(2)", "(3)"]
    assert sheet["J11"].value == "Thời gian trong tháng"
    assert (sheet["J12"].value, sheet["K12"].value) == ("Từ ngày", "Đến ngày")
    found = list(texts(sheet))
    assert "Cơ quan cử" not in found
    assert "Tổng cộng: 19 người" in found
    assert "Tháng 01 năm 2022" in found


def test_plain_numbers_begin_at_a1_and_lose_the_zeros_of_the_ids() -> None:
    sheet = written("numbers", DONG_XOAI).worksheets[0]
    assert (sheet["A1"].value, sheet["D1"].value) == ("STT", "Số CCCD")
    assert sheet["D2"].value == int(str(DONG_XOAI.rows[0].citizen_id))
    assert isinstance(sheet["C2"].value, datetime)
    assert isinstance(sheet["O2"].value, str)


def test_plain_numbers_hide_the_sheet_of_the_month_before() -> None:
    book = written("numbers", replace(DONG_XOAI, last_rows=(roster_row(99),)))
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [("T12", "hidden"), ("T01", "visible")]


def test_the_csv_file_has_a_bom_and_decomposed_letters() -> None:
    content = LAYOUTS["csv"].write(PHUOC_LONG)
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert text == unicodedata.normalize("NFD", text)
    header, first, *_ = csv.reader(StringIO(unicodedata.normalize("NFC", text)), delimiter=";")
    row = dict(zip(header, first, strict=True))
    assert row["Số CCCD"] == PHUOC_LONG.rows[0].citizen_id
    assert row["Ngày sinh"] == f"{PHUOC_LONG.rows[0].birth_date:%d/%m/%Y}"


def test_short_names_of_departments_stand_in_the_csv_file() -> None:
    text = unicodedata.normalize("NFC", LAYOUTS["csv"].write(TINH).decode("utf-8-sig"))
    assert ";CA tỉnh;" in text
    assert ";Sở TT&TT;" in text


def test_the_old_style_begins_at_b2_with_icelandic_letters_and_coefficients() -> None:
    roster = with_first_row(BINH_LONG, full_name="Đỗ Thị Thúy Hòa", birth_date=date(1985, 3, 2))
    sheet = written("oldstyle", roster).worksheets[0]
    assert sheet.dimensions.startswith("B2")
    assert (sheet["B7"].value, sheet["C8"].value) == ("Tổng cộng: 9 người", roster.rows[0].citizen_id)
    assert (sheet["E6"].value, sheet["E8"].value) == ("Hệ số", "1,5")
    assert (sheet["I8"].value, sheet["Q8"].value) == ("Ðỗ Thị Thuý Hoà", 1985)
    assert not any("Đ" in text for text in texts(sheet) if text != "Đại học")


def test_every_office_of_the_demo_writes_in_its_own_way() -> None:
    assert {roster.centre.code for roster in demo_months().january.rosters} == set(DEMO_LAYOUTS)
    assert set(DEMO_LAYOUTS.values()) == set(LAYOUTS)
