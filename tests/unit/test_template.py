"""The empty roster: the official form, with drop-downs in words that a roster may hold."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.text import fold
from ioc_etl.policy.resolve import policy_at
from ioc_etl.reports.official_form import COLUMNS
from ioc_etl.reports.template import SPARE_ROWS, TemplateChoices, template_choices, template_workbook
from ioc_etl.reports.terms import DUTY, MONITORED_SERVICE, STAFF_CATEGORY, WORK_MODE
from schemas.columns import ROSTER_COLUMNS
from schemas.text import word_key
from schemas.vocabulary import StaffCategory

POLICY = load_policy()
MARCH = date(2022, 3, 1)
FIRST_ROW = 13
NAMES = [column.name for column in COLUMNS]


def template(code: str, month: date | None = MARCH) -> Workbook:
    choices = template_choices(POLICY.centres[code], policy_at(POLICY, month or MARCH))
    return load_workbook(BytesIO(template_workbook(POLICY.centres[code], month, choices)))


def drop_downs(book: Workbook) -> dict[str, list[object]]:
    """Column name -> what its drop-down offers, looked up on the sheet behind it."""
    sheet = book.worksheets[0]
    offered = {}
    for check in sheet.data_validations.dataValidation:
        if check.type == "list":
            name = NAMES[next(iter(check.sqref.ranges)).min_col - 1]
            lists, area = check.formula1.replace("'", "").replace("$", "").split("!")
            offered[name] = [cell.value for (cell,) in book[lists][area]]
    return offered


def rows_for_people(sheet: Worksheet) -> list[int]:
    return [row for row in range(FIRST_ROW, sheet.max_row + 1) if isinstance(sheet.cell(row, 1).value, int)]


def test_the_form_has_every_official_column_in_its_order() -> None:
    assert [column.name for column in ROSTER_COLUMNS if column.name != "coefficient"] == NAMES


def test_drop_downs_of_the_province_offer_the_agencies_that_have_posts() -> None:
    assert drop_downs(template("tinh"))["agency"] == [
        "Công an tỉnh",
        "Sở Y tế",
        "Sở Thông tin và Truyền thông",
        "Sở Kế hoạch và Đầu tư",
    ]


def test_drop_downs_of_the_province_follow_the_merger_of_departments() -> None:
    offered = drop_downs(template("tinh", date(2025, 3, 1)))["agency"]
    assert set(offered) == {"Công an tỉnh", "Sở Y tế", "Sở Khoa học và Công nghệ", "Sở Tài chính"}


def test_a_district_writes_its_own_agencies() -> None:
    assert set(drop_downs(template("dong-xoai"))) == {
        "staff_category",
        "duty",
        "monitored_service",
        "work_mode",
        "shift",
    }


def test_contract_workers_cannot_be_chosen() -> None:
    assert drop_downs(template("tinh"))["staff_category"] == ["Cán bộ", "Công chức", "Viên chức", "Công an"]


def test_every_word_offered_means_its_code_to_the_policy() -> None:
    month = policy_at(POLICY, MARCH)
    assert {code: month.category_words[word_key(word)] for code, word in STAFF_CATEGORY.items()} == {
        code: code for code in STAFF_CATEGORY
    }
    assert all(month.duty_words[word_key(word)] is code for code, word in DUTY.items())
    assert all(month.mode_words[word_key(word)] is code for code, word in WORK_MODE.items())
    assert all(month.monitored_service_words[word_key(word)] is code for code, word in MONITORED_SERVICE.items())


@pytest.mark.parametrize(("code", "posts"), [("tinh", 19), ("dong-xoai", 9)])
def test_there_are_rows_for_every_post_and_a_few_more(code: str, posts: int) -> None:
    sheet = template(code).worksheets[0]
    rows = rows_for_people(sheet)
    assert len(rows) == posts + SPARE_ROWS
    assert [sheet.cell(row, 1).value for row in rows] == list(range(1, posts + SPARE_ROWS + 1))


def test_an_untouched_form_holds_nothing_but_stt_in_its_rows() -> None:
    sheet = template("tinh").worksheets[0]
    for row in rows_for_people(sheet):
        assert all(sheet.cell(row, column).value is None for column in range(2, len(NAMES) + 1))


def test_ids_and_accounts_are_text_dates_are_dates_and_money_is_a_number() -> None:
    sheet = template("tinh").worksheets[0]
    formats = {name: sheet.cell(FIRST_ROW, column).number_format for column, name in enumerate(NAMES, start=1)}
    assert (formats["citizen_id"], formats["bank_account"], formats["full_name"]) == ("@", "@", "@")
    assert (formats["birth_date"], formats["from_date"], formats["to_date"]) == ("dd/mm/yyyy",) * 3
    assert formats["other_support_vnd"] == "#,##0"
    assert formats["shift"] == "General"


def test_checks_cover_every_row_for_people_and_no_other() -> None:
    sheet = template("tinh").worksheets[0]
    rows = rows_for_people(sheet)
    for check in sheet.data_validations.dataValidation:
        (area,) = check.sqref.ranges
        assert (area.min_row, area.max_row) == (rows[0], rows[-1])


def test_dates_amounts_and_lengths_are_checked() -> None:
    sheet = template("tinh").worksheets[0]
    kinds = {
        NAMES[next(iter(check.sqref.ranges)).min_col - 1]: (check.type, check.errorStyle)
        for check in sheet.data_validations.dataValidation
        if check.type != "list"
    }
    assert kinds == {
        "birth_date": ("date", "warning"),
        "from_date": ("date", "stop"),
        "to_date": ("date", "stop"),
        "other_support_vnd": ("whole", "stop"),
        "citizen_id": ("textLength", "warning"),
        "bank_account": ("textLength", "warning"),
    }


def test_nothing_is_a_formula() -> None:
    for sheet in template("tinh").worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_lists_are_hidden_and_instructions_are_not() -> None:
    book = template("tinh")
    states = {sheet.title: sheet.sheet_state for sheet in book.worksheets}
    assert states == {"Danh sách": "visible", "Hướng dẫn": "visible", "Danh mục": "hidden"}
    assert book.active is book["Danh sách"]


def test_no_other_sheet_looks_like_a_roster() -> None:
    headers = {fold(column.official) for column in ROSTER_COLUMNS}
    for sheet in template("tinh").worksheets[1:]:
        for row in sheet.iter_rows(values_only=True):
            assert sum(fold(str(value)) in headers for value in row if value is not None) <= 1


def test_the_title_names_the_month_or_leaves_room_for_it() -> None:
    assert template("tinh").worksheets[0]["A7"].value == "Tháng 03 năm 2022"
    assert not any(letter.isdigit() for letter in template("tinh", None).worksheets[0]["A7"].value)


def test_the_form_prints_on_a4_landscape_with_its_header_on_each_page() -> None:
    sheet = template("tinh").worksheets[0]
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$10:$12"
    assert sheet.freeze_panes == f"C{FIRST_ROW}"
    assert sheet.oddFooter.right.text == "Trang &P/&N"


def test_the_same_form_is_the_same_file() -> None:
    choices = TemplateChoices(
        (), tuple(StaffCategory), (1, 2), posts=2, citizen_id_digits=12, bank_account_digits=(6, 19)
    )
    centre = POLICY.centres["dong-xoai"]
    assert template_workbook(centre, MARCH, choices) == template_workbook(centre, MARCH, choices)


def test_a_centre_with_another_kind_of_name_gets_a_heading_too() -> None:
    centre = replace(POLICY.centres["dong-xoai"], name="IOC Đồng Xoài & vùng phụ cận")
    choices = template_choices(centre, policy_at(POLICY, MARCH))
    sheet = load_workbook(BytesIO(template_workbook(centre, MARCH, choices))).worksheets[0]
    assert sheet["A2"].value == "IOC ĐỒNG XOÀI & VÙNG PHỤ CẬN"
    assert get_column_letter(len(NAMES)) == "Q"


@pytest.mark.parametrize(
    ("code", "place"),
    [("tinh", "Bình Phước"), ("dong-xoai", "Đồng Xoài"), ("phuoc-long", "Phước Long"), ("loc-ninh", "Lộc Ninh")],
)
def test_the_line_of_the_day_names_the_place_without_its_kind(code: str, place: str) -> None:
    said = {cell.value for row in template(code).worksheets[0].iter_rows() for cell in row if cell.value}
    assert f"{place}, ngày ..... tháng ..... năm ........." in said
