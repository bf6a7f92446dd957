"""The empty roster a centre fills in: the official form with drop-downs, so that most faults cannot be typed.

Three sheets: the form, instructions (`Hướng dẫn`), and hidden the lists behind the drop-downs (`Danh mục`). Nothing in
it is a formula. Left untouched it is a roster without rows; filled in it is read without a finding.
Source: rulebook section 5.
"""

from dataclasses import dataclass
from datetime import date

from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.policy.model import Centre, MonthPolicy
from ioc_etl.reports.official_form import COLUMNS, put_header, put_national_heading, put_signatures
from ioc_etl.reports.template_instructions import add_instructions
from ioc_etl.reports.template_lists import add_lists, add_validations
from ioc_etl.reports.terms import month_title, place_of, place_without_kind
from ioc_etl.reports.workbook_style import (
    BODY,
    BOLD,
    CENTRED,
    DATE_FORMAT,
    ITALIC,
    LEFT,
    MONEY_FORMAT,
    RIGHT,
    TEXT_FORMAT,
    TITLE,
    body_cell,
    box,
    new_workbook,
    print_on_a4_landscape,
    text_at,
    workbook_bytes,
)
from schemas.vocabulary import CentreKind, StaffCategory

SHEET = "Danh sách"
SPARE_ROWS = 5

_LAST = len(COLUMNS)
_HEADER_ROW = 10
_ROW_POINTS = 30
_COLUMNS_OF_TOTAL = 4
_FORMATS = {
    "birth_date": DATE_FORMAT,
    "from_date": DATE_FORMAT,
    "to_date": DATE_FORMAT,
    "other_support_vnd": MONEY_FORMAT,
}
_NUMBER = frozenset({"row_no", "shift"})
_WIDE_TEXT = frozenset({"full_name", "agency", "duty", "monitored_service", "other_support_name", "bank_name", "note"})


@dataclass(frozen=True, slots=True)
class TemplateChoices:
    """What the form offers as of one month: names for its drop-downs, and how long its numbers are.

    `agencies` are full names, empty where agencies do not matter; `posts` is the centre's quota.
    """

    agencies: tuple[str, ...]
    categories: tuple[StaffCategory, ...]
    shifts: tuple[int, ...]
    posts: int
    citizen_id_digits: int
    bank_account_digits: tuple[int, int]


def template_choices(centre: Centre, policy: MonthPolicy) -> TemplateChoices:
    """The choices of one centre under the policy of a month: the agencies that have posts, who is eligible."""
    has_agencies = centre.kind is CentreKind.PROVINCE
    return TemplateChoices(
        agencies=tuple(policy.agency_names[code] for code in policy.agency_quota) if has_agencies else (),
        categories=tuple(category for category in StaffCategory if category in policy.eligible_categories),
        shifts=policy.shifts,
        posts=policy.centre_quota[centre.kind],
        citizen_id_digits=policy.citizen_id_digits,
        bank_account_digits=(policy.bank_account_min_digits, policy.bank_account_max_digits),
    )


def template_workbook(centre: Centre, month: date | None, choices: TemplateChoices) -> bytes:
    """An empty roster of the centre as xlsx bytes; without a month its title leaves room to write it."""
    workbook = new_workbook(f"Mẫu danh sách {centre.name}")
    sheet = workbook.create_sheet(SHEET)
    put_national_heading(sheet, centre_name=centre.name, columns=_LAST)
    _put_title(sheet, centre, month)
    first_row = put_header(sheet, _HEADER_ROW, COLUMNS)
    last_row = first_row + choices.posts + SPARE_ROWS - 1
    _put_empty_rows(sheet, first_row, last_row)
    _put_end(sheet, last_row + 1, centre)
    box(sheet, first_row, last_row + 1, _LAST)
    sheet.freeze_panes = f"C{first_row}"
    print_on_a4_landscape(sheet, title_rows=f"{_HEADER_ROW}:{first_row - 1}", footer=centre.name)
    add_instructions(workbook, file_name=f"{centre.code}.xlsx", needs_agency=bool(choices.agencies))
    names = [column.name for column in COLUMNS]
    lists = add_lists(workbook, agencies=choices.agencies, categories=choices.categories, shifts=choices.shifts)
    add_validations(
        sheet,
        rows=(first_row, last_row),
        names=names,
        lists=lists,
        citizen_id_digits=choices.citizen_id_digits,
        bank_account_digits=choices.bank_account_digits,
    )
    return workbook_bytes(workbook)


def _put_title(sheet: Worksheet, centre: Centre, month: date | None) -> None:
    whom = f"Cán bộ, công chức, viên chức làm việc tại {centre.name}"
    when = month_title(month) if month else "Tháng ....... năm ............"
    for row, (text, font) in enumerate((("DANH SÁCH", TITLE), (whom, BOLD), (when, BOLD)), start=5):
        text_at(sheet, row, 1, text, font=font, alignment=CENTRED, merge_to=_LAST)
    text_at(sheet, _HEADER_ROW - 1, _LAST - 3, "Đơn vị tính: đồng", font=ITALIC, alignment=RIGHT, merge_to=_LAST)


def _put_empty_rows(sheet: Worksheet, first_row: int, last_row: int) -> None:
    """Rows with nothing but STT; IDs, accounts and words are text, so that no leading zero is lost."""
    for row in range(first_row, last_row + 1):
        for column, form_column in enumerate(COLUMNS, start=1):
            cell = body_cell(sheet, row, column)
            cell.font = BODY
            cell.alignment = LEFT if form_column.name in _WIDE_TEXT else CENTRED
            if form_column.name not in _NUMBER:
                cell.number_format = _FORMATS.get(form_column.name, TEXT_FORMAT)
        body_cell(sheet, row, 1).value = row - first_row + 1
        sheet.row_dimensions[row].height = _ROW_POINTS


def _put_end(sheet: Worksheet, row: int, centre: Centre) -> None:
    place = place_of(centre.name) or centre.name
    text_at(sheet, row, 1, "Tổng cộng: ......... người", font=BOLD, merge_to=_COLUMNS_OF_TOTAL)
    sheet.row_dimensions[row].height = _ROW_POINTS
    day = f"{place_without_kind(place)}, ngày ..... tháng ..... năm ........."
    put_signatures(sheet, row + 2, columns=_LAST, place_and_day=day)
