"""The parts of the official roster form that every file in it shares: heading, header, signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.terms import CENTRE_NAME, place_of
from ioc_etl.reports.workbook_style import BODY, BOLD, CENTRED, HEADER_FILL, ITALIC, box, text_at
from schemas.columns import OFFICIAL_HEADERS

_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_UNDERLINED = Font(name=BODY.name, size=11, bold=True, underline="single")
_NUMBERING = Font(name=BODY.name, size=9, italic=True)
_HEADER_POINTS = 34


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column of the form: its field, its width in characters, the header it shares with its neighbours."""

    name: str
    width: float
    group: str | None = None


COLUMNS = (
    FormColumn("row_no", 5),
    FormColumn("full_name", 22),
    FormColumn("birth_date", 11),
    FormColumn("citizen_id", 14),
    FormColumn("agency", 18),
    FormColumn("staff_category", 11),
    FormColumn("duty", 20),
    FormColumn("monitored_service", 20),
    FormColumn("work_mode", 11),
    FormColumn("shift", 7),
    FormColumn("from_date", 11, "Thời gian trong tháng"),
    FormColumn("to_date", 11, "Thời gian trong tháng"),
    FormColumn("other_support_name", 16, "Hỗ trợ đặc thù đang hưởng"),
    FormColumn("other_support_vnd", 11, "Hỗ trợ đặc thù đang hưởng"),
    FormColumn("bank_account", 17),
    FormColumn("bank_name", 17),
    FormColumn("note", 12),
)
"""The columns of the official form in their order. Where group rows carry the agency its column is left out."""


def put_national_heading(sheet: Worksheet, *, centre_name: str, columns: int) -> None:
    """Rows 1 to 3: who writes on the left, the nation and its motto on the right."""
    left, right = columns // 3, columns // 2 + 1
    place = place_of(centre_name)
    authority, office = (f"UBND {place}", CENTRE_NAME) if place else ("", centre_name)
    text_at(sheet, 1, 1, authority.upper(), font=BODY, alignment=CENTRED, merge_to=left)
    text_at(sheet, 2, 1, office.upper(), font=_UNDERLINED, alignment=CENTRED, merge_to=left)
    text_at(sheet, 3, 1, "Số:        /DS-IOC", font=BODY, alignment=CENTRED, merge_to=left)
    text_at(sheet, 1, right, _NATION, font=BOLD, alignment=CENTRED, merge_to=columns)
    text_at(sheet, 2, right, _MOTTO, font=_UNDERLINED, alignment=CENTRED, merge_to=columns)


def put_header(sheet: Worksheet, row: int, columns: Sequence[FormColumn]) -> int:
    """The header of two lines and the numbering row (1) (2) (3) …; gives the first row below them."""
    for column, form_column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = form_column.width
        text_at(sheet, row + 2, column, f"({column})", font=_NUMBERING, alignment=CENTRED)
    first = 1
    for group, members in groupby(columns, key=lambda form_column: form_column.group):
        names = [member.name for member in members]
        last = first + len(names) - 1
        if group is not None:
            text_at(sheet, row, first, group, font=BOLD, alignment=CENTRED, merge_to=last)
        for column, name in enumerate(names, start=first):
            text_at(
                sheet, row if group is None else row + 1, column, OFFICIAL_HEADERS[name], font=BOLD, alignment=CENTRED
            )
            if group is None:
                sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column)
        first = last + 1
    box(sheet, row, row + 2, len(columns), fill=HEADER_FILL)
    for line in (row, row + 1):
        sheet.row_dimensions[line].height = _HEADER_POINTS
    return row + 3


def put_signatures(
    sheet: Worksheet,
    row: int,
    *,
    columns: int,
    place_and_day: str,
    signers: tuple[str, str] = ("", ""),
) -> None:
    """Place and day, who made the list and who heads the centre, room for ink, their names (empty: to be written)."""
    right = columns - columns // 3 - 1
    text_at(sheet, row, right, place_and_day, font=ITALIC, alignment=CENTRED, merge_to=columns)
    blocks = (
        (2, 4, "NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"),
        (right, columns, "GIÁM ĐỐC TRUNG TÂM", "(Ký, ghi rõ họ tên, đóng dấu)"),
    )
    for (first, last, office, hint), signer in zip(blocks, signers, strict=True):
        text_at(sheet, row + 1, first, office, font=BOLD, alignment=CENTRED, merge_to=last)
        text_at(sheet, row + 2, first, hint, font=ITALIC, alignment=CENTRED, merge_to=last)
        if signer:
            text_at(sheet, row + 6, first, signer, font=BOLD, alignment=CENTRED, merge_to=last)
