"""What is wrong with a line of a file of opening lines, told at its cell in both languages; never a personal value."""

from dataclasses import dataclass

from ioc_etl.core.opening import OpeningTable
from ioc_etl.reports.terms import thousands

WANTED = {
    "reference_month": ("no month such as 2022-01", "không phải tháng dạng 2022-01"),
    "month_not_begun": ("the month has not begun", "tháng chưa bắt đầu"),
    "month_before_policy": ("the policy was not in force in that month", "chính sách chưa có hiệu lực trong tháng đó"),
    "month_without_salary": (
        "no base salary is known for that month",
        "chưa có mức lương cơ sở của tháng đó",
    ),
    "centre_code": ("no such centre", "không có Trung tâm này"),
    "centre_not_open": (
        "the centre was not open in that month",
        "Trung tâm không hoạt động trong tháng đó",
    ),
    "citizen_id": (
        "no ID of 12 digits (or 9), or the same person twice in that month and centre",
        "không phải số căn cước 12 chữ số (hoặc 9), hoặc một người hai lần trong cùng tháng, Trung tâm",
    ),
    "full_name": ("no name", "thiếu họ tên"),
    "amount_vnd": ("no amount in whole đồng above 0", "không phải số tiền nguyên đồng lớn hơn 0"),
    "amount_above_one_support": (
        "more than one person gets in that month, which is at most {highest} đ",
        "nhiều hơn mức một người được hưởng trong tháng đó, cao nhất là {highest} đ",
    ),
    "document": ("which paper proves the payment?", "thiếu chứng từ chi"),
}
"""By what is wrong (`ioc_etl.core.opening.FAULTS`)."""

COMMITTED = (
    "the person's month is approved already, perhaps at another centre: opening lines come too late",
    "tháng của người này đã được duyệt chi, có thể ở Trung tâm khác: không nhập số đã chi trước được nữa",
)
ABOVE = (
    "with the ledger of that month, over all centres, the person would have more than one support, {highest} đ at most",
    "cộng với sổ chi của tháng đó tại mọi Trung tâm, người này vượt một mức hỗ trợ, cao nhất là {highest} đ",
)


@dataclass(frozen=True, slots=True)
class OpeningProblem:
    """What is wrong at one cell, in both languages."""

    row_number: int
    cell: str
    en: str
    vi: str


def problem(
    table: OpeningTable, number: int, column: str, texts: tuple[str, str], highest_vnd: int | None = None
) -> OpeningProblem:
    """The problem of a row at the cell of a column; `highest_vnd` is the most that the text may name."""
    highest = "" if highest_vnd is None else thousands(highest_vnd)
    en, vi = (f"{column}: {text.format(highest=highest)}" for text in texts)
    return OpeningProblem(number, f"{table.places[column]}{number}", en, vi)
