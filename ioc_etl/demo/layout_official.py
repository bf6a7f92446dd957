"""The full official form: national heading, two-line merged header, numbering row, group rows, total, signatures."""

from datetime import date, timedelta
from itertools import groupby

from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.demo.cells import text_or_error, write_value
from ioc_etl.demo.roster import Roster, RosterRow, Value
from ioc_etl.reports.official_form import COLUMNS, put_header, put_national_heading, put_signatures
from ioc_etl.reports.terms import month_title
from ioc_etl.reports.workbook_style import (
    BODY,
    BOLD,
    CENTRED,
    GROUP_FILL,
    ITALIC,
    LEFT,
    MONEY_FORMAT,
    RIGHT,
    TITLE,
    box,
    new_workbook,
    print_on_a4_landscape,
    text_at,
    workbook_bytes,
)

_COLUMNS = tuple(column for column in COLUMNS if column.name != "agency")
_CENTRED = frozenset(
    {"row_no", "birth_date", "citizen_id", "staff_category", "work_mode", "shift", "from_date", "to_date"}
)
_LAST = len(_COLUMNS)
_HEADER_ROW = 11
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_SMALL = Font(name=BODY.name, size=10)
_ROW_POINTS, _GROUP_POINTS = 30, 20
_SIGNERS = ("Quách Thị Mỹ Duyên", "Tống Hoàng Khải")


def official_form(roster: Roster) -> bytes:
    """The roster as xlsx: rows of one agency stand below its group row, which alone names the agency."""
    workbook = new_workbook(f"Danh sách {month_title(roster.month)}")
    sheet = workbook.create_sheet(f"DS T{roster.month:%m}")
    put_national_heading(sheet, centre_name=roster.centre.name, columns=_LAST)
    _title(sheet, roster)
    first_row = put_header(sheet, _HEADER_ROW, _COLUMNS)
    next_row = _write_groups(sheet, first_row, roster.rows)
    on_paper = sum(not row.is_hidden for row in roster.rows)
    text_at(sheet, next_row, 1, f"Tổng cộng: {on_paper} người", font=BOLD, merge_to=4)
    sheet.row_dimensions[next_row].height = _GROUP_POINTS
    box(sheet, first_row, next_row, _LAST)
    place_and_day = f"{roster.place.split(' ', 1)[-1]}, {_day_in_words(_signed_on(roster.month))}"
    put_signatures(sheet, next_row + 2, columns=_LAST, place_and_day=place_and_day, signers=_SIGNERS)
    sheet.freeze_panes = f"C{first_row}"
    print_on_a4_landscape(sheet, title_rows=f"{_HEADER_ROW}:{first_row - 1}", footer=roster.centre.name)
    return workbook_bytes(workbook)


def _title(sheet: Worksheet, roster: Roster) -> None:
    letter_day = roster.month - timedelta(days=12)
    letter = (
        f"(Kèm theo Công văn số {letter_day.month + 10}/IOC-HC {_day_in_words(letter_day)} "
        f"gửi Ủy ban nhân dân {roster.place})"
    )
    whom = f"Cán bộ, công chức, viên chức làm việc tại {roster.centre.name}"
    lines = (("DANH SÁCH", TITLE), (whom, BOLD), (month_title(roster.month), BOLD), (letter, ITALIC))
    for row, (text, font) in enumerate(lines, start=5):
        text_at(sheet, row, 1, text, font=font, alignment=CENTRED, merge_to=_LAST)
    text_at(sheet, _HEADER_ROW - 1, _LAST - 3, "Đơn vị tính: đồng", font=ITALIC, alignment=RIGHT, merge_to=_LAST)


def _write_groups(sheet: Worksheet, first_row: int, rows: tuple[RosterRow, ...]) -> int:
    """Write each agency's group row and its people; gives the next free row."""
    number = first_row
    for position, (agency, members) in enumerate(groupby(rows, key=lambda row: row.agency)):
        text_at(sheet, number, 1, f"{_ROMAN[position]}. {agency}", font=BOLD, merge_to=_LAST)
        box(sheet, number, number, _LAST, fill=GROUP_FILL)
        sheet.row_dimensions[number].height = _GROUP_POINTS
        for member in members:
            number += 1
            _write_row(sheet, number, member)
        number += 1
    return number


def _write_row(sheet: Worksheet, number: int, member: RosterRow) -> None:
    for column, form_column in enumerate(_COLUMNS, start=1):
        value: Value = getattr(member, form_column.name)
        typed = value if isinstance(value, int) else text_or_error(value)
        write_value(sheet, number, column, typed, number_format=MONEY_FORMAT if column == _LAST - 3 else None)
        cell = sheet.cell(row=number, column=column)
        cell.font = _SMALL
        cell.alignment = CENTRED if form_column.name in _CENTRED else LEFT
    sheet.row_dimensions[number].height = _ROW_POINTS
    sheet.row_dimensions[number].hidden = member.is_hidden


def _signed_on(month: date) -> date:
    return month.replace(day=28)


def _day_in_words(day: date) -> str:
    return f"ngày {day:%d} tháng {day:%m} năm {day:%Y}"
