"""What stands behind the empty roster: the lists of its drop-downs, and its checks."""

from collections.abc import Mapping, Sequence
from typing import Literal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.reports.template_instructions import HINTS
from ioc_etl.reports.terms import DUTY, MONITORED_SERVICE, STAFF_CATEGORY, WORK_MODE
from ioc_etl.reports.workbook_style import (
    BOLD,
    body_cell,
    text_at,
)
from schemas.columns import OFFICIAL_HEADERS
from schemas.vocabulary import StaffCategory

LISTS_SHEET = "Danh mục"

_Kind = Literal["date", "list", "textLength", "whole"]
_Operator = Literal["between", "equal", "greaterThan", "greaterThanOrEqual"]
_OLDEST_BIRTH = "DATE(1930,1,1)"
_OLDEST_DUTY = "DATE(2000,1,1)"


def add_lists(
    workbook: Workbook, *, agencies: Sequence[str], categories: Sequence[StaffCategory], shifts: Sequence[int]
) -> dict[str, str]:
    """Add the hidden sheet with a column for each list; gives the range of each field (`'Danh mục'!$A$2:$A$5`)."""
    sheet = workbook.create_sheet(LISTS_SHEET)
    sheet.sheet_state = "hidden"
    lists: dict[str, Sequence[str | int]] = {
        "agency": agencies,
        "staff_category": [STAFF_CATEGORY[category] for category in categories],
        "duty": list(DUTY.values()),
        "monitored_service": list(MONITORED_SERVICE.values()),
        "work_mode": list(WORK_MODE.values()),
        "shift": shifts,
    }
    ranges = {}
    for column, (name, choices) in enumerate(((name, choices) for name, choices in lists.items() if choices), start=1):
        letter = get_column_letter(column)
        text_at(sheet, 1, column, f"Danh mục {OFFICIAL_HEADERS[name].lower()}", font=BOLD)
        for row, choice in enumerate(choices, start=2):
            if isinstance(choice, int):
                body_cell(sheet, row, column).value = choice
            else:
                text_at(sheet, row, column, choice)
        sheet.column_dimensions[letter].width = 42
        ranges[name] = f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(choices) + 1}"
    return ranges


def add_validations(
    sheet: Worksheet,
    *,
    rows: tuple[int, int],
    names: Sequence[str],
    lists: Mapping[str, str],
    citizen_id_digits: int,
    bank_account_digits: tuple[int, int],
) -> None:
    """Drop-downs for the fields that have a list; dates, amounts and lengths are checked as they are typed."""
    fewest, most = bank_account_digits
    checks: dict[str, DataValidation] = {
        "birth_date": _check("date", "greaterThan", _OLDEST_BIRTH, error="Ngày sinh ghi dd/mm/yyyy.", is_strict=False),
        "from_date": _check("date", "greaterThan", _OLDEST_DUTY, error="Ngày ghi dd/mm/yyyy."),
        "to_date": _check("date", "greaterThan", _OLDEST_DUTY, error="Ngày ghi dd/mm/yyyy."),
        "other_support_vnd": _check("whole", "greaterThanOrEqual", "0", error="Số tiền là số nguyên, tính bằng đồng."),
        "citizen_id": _check(
            "textLength",
            "equal",
            str(citizen_id_digits),
            error=f"Số CCCD có {citizen_id_digits} chữ số.",
            is_strict=False,
        ),
        "bank_account": _check(
            "textLength",
            "between",
            str(fewest),
            str(most),
            error=f"Số tài khoản có từ {fewest} đến {most} chữ số.",
            is_strict=False,
        ),
    }
    checks |= {
        name: _check("list", None, where, error="Chọn một mục trong danh sách.") for name, where in lists.items()
    }
    for name, check in checks.items():
        letter = get_column_letter(names.index(name) + 1)
        check.promptTitle, check.prompt = OFFICIAL_HEADERS[name], HINTS[name]
        check.showInputMessage = check.showErrorMessage = True
        check.add(f"{letter}{rows[0]}:{letter}{rows[1]}")
        sheet.add_data_validation(check)


def _check(
    kind: _Kind,
    operator: _Operator | None,
    formula1: str,
    formula2: str | None = None,
    *,
    error: str,
    is_strict: bool = True,
) -> DataValidation:
    """A check that refuses what it does not like, or only asks back when it is not strict."""
    return DataValidation(
        type=kind,
        operator=operator,
        formula1=formula1,
        formula2=formula2,
        allow_blank=True,
        errorStyle="stop" if is_strict else "warning",
        errorTitle="Chưa đúng",
        error=error,
    )
