"""An office of the old school: from B2 on, other headers shuffled, Ð, Hệ số, the total above, `Hoà`, `Thuỷ`."""

import re
import unicodedata
from datetime import date

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.demo.cells import text_or_error, write_value
from ioc_etl.demo.roster import Roster, RosterRow, Value
from ioc_etl.reports.terms import WORK_MODE
from ioc_etl.reports.workbook_style import (
    BODY,
    BOLD,
    BOX,
    CENTRED,
    HEADER_FILL,
    TITLE,
    new_workbook,
    print_on_a4_landscape,
    text_at,
    workbook_bytes,
)
from schemas.vocabulary import WorkMode

_COLUMNS = {
    "row_no": "TT",
    "citizen_id": "CMND/CCCD",
    "note": "Ghi chú",
    "work_mode": "Hệ số",
    "duty": "Nhiệm vụ tại Trung tâm",
    "agency": "Ðơn vị công tác",
    "bank_name": "Mở tại ngân hàng",
    "full_name": "Họ tên",
    "monitored_service": "Lĩnh vực",
    "staff_category": "Ðối tượng hưởng",
    "shift": "Ca",
    "other_support_vnd": "Mức hưởng khác",
    "bank_account": "STK",
    "other_support_name": "Chế độ hỗ trợ khác",
    "from_date": "Từ ngày",
    "birth_date": "Năm sinh",
    "to_date": "Ðến ngày",
    "degree": "Trình độ",
}
_WIDTHS = (6, 14, 12, 7, 38, 26, 26, 24, 34, 15, 5, 16, 16, 20, 11, 9, 11, 10)
_COEFFICIENTS = {WORK_MODE[WorkMode.DIRECT]: "1,5", WORK_MODE[WorkMode.INDIRECT]: "0,5"}
_DEGREES = ("Đại học", "Thạc sĩ", "Cao đẳng")
_FIRST_COLUMN, _HEADER_ROW = 2, 6
_ONE_LINE = Alignment(horizontal="left", vertical="center")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_NEW_TONE_PLACE = re.compile(rf"(?<=[oO])([{_TONES}])([aeAE])(?!\w)|(?<=[uU])([{_TONES}])([yY])(?!\w)")


def old_style(roster: Roster) -> bytes:
    """The roster as xlsx; below the people stands whoever made the list, who is no staff."""
    workbook = new_workbook("Danh sach")
    sheet = workbook.create_sheet(f"Thang {roster.month.month}")
    last_column = _FIRST_COLUMN + len(_COLUMNS) - 1
    for position, width in enumerate((2, *_WIDTHS), start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    _heading(sheet, roster, last_column)
    for offset, header in enumerate(_COLUMNS.values()):
        text_at(sheet, _HEADER_ROW, _FIRST_COLUMN + offset, header, font=BOLD, alignment=CENTRED)
    total = f"Tổng cộng: {sum(not row.is_hidden for row in roster.rows)} người"
    text_at(sheet, _HEADER_ROW + 1, _FIRST_COLUMN, total, font=BOLD, alignment=_ONE_LINE)
    for number, row in enumerate(roster.rows, start=_HEADER_ROW + 2):
        for offset, name in enumerate(_COLUMNS):
            write_value(sheet, number, _FIRST_COLUMN + offset, _value(row, name, number))
            sheet.cell(row=number, column=_FIRST_COLUMN + offset).font = BODY
        sheet.row_dimensions[number].hidden = row.is_hidden
    last_row = _HEADER_ROW + 1 + len(roster.rows)
    for cells in sheet.iter_rows(min_row=_HEADER_ROW, max_row=last_row, min_col=_FIRST_COLUMN, max_col=last_column):
        for cell in cells:
            cell.border = BOX
            if cell.row == _HEADER_ROW:
                cell.fill = HEADER_FILL
    text_at(sheet, last_row + 2, _FIRST_COLUMN + 7, "Người lập danh sách", font=BOLD, alignment=CENTRED)
    text_at(sheet, last_row + 6, _FIRST_COLUMN + 7, "Lưu Ngọc Trâm", font=BOLD, alignment=CENTRED)
    print_on_a4_landscape(sheet, title_rows=None, footer="")
    return workbook_bytes(workbook)


def _heading(sheet: Worksheet, roster: Roster, last_column: int) -> None:
    title = f"DANH SÁCH NGƯỜI LÀM VIỆC TẠI TRUNG TÂM ĐIỀU HÀNH THÔNG MINH {roster.place}".upper()
    month = f"THÁNG {roster.month:%m} NĂM {roster.month:%Y}"
    text_at(sheet, 2, 2, _old_letters(f"UBND {roster.place}".upper()), font=BOLD, alignment=_ONE_LINE, merge_to=6)
    text_at(sheet, 3, 2, _old_letters(title), font=TITLE, alignment=CENTRED, merge_to=last_column)
    text_at(sheet, 4, 2, month, font=BOLD, alignment=CENTRED, merge_to=last_column)


def _value(row: RosterRow, name: str, number: int) -> Value:
    """Numbers stay numbers, a birth date is its year, the mode its coefficient, all else is text in the old letters."""
    if name == "degree":
        return _DEGREES[number % len(_DEGREES)]
    value: Value = getattr(row, name)
    if name == "birth_date" and isinstance(value, date):
        return value.year
    if name == "work_mode" and isinstance(value, str):
        return _COEFFICIENTS.get(value, value)
    if isinstance(value, int):
        return value
    text = text_or_error(value)
    return _old_letters(text) if isinstance(text, str) else text


def _old_letters(text: str) -> str:
    """`Đ` as the Icelandic `Ð`, tone marks on the last vowel: `Hoà`, `Thuỷ`."""
    moved = _NEW_TONE_PLACE.sub(
        lambda found: (found[2] or found[4]) + (found[1] or found[3]), unicodedata.normalize("NFD", text)
    )
    return unicodedata.normalize("NFC", moved).replace("Đ", "Ð")
