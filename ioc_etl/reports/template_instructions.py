"""The sheet of the empty roster that tells how to fill it in."""

from collections.abc import Mapping

from openpyxl import Workbook

from ioc_etl.reports.workbook_style import (
    BODY,
    BOLD,
    CENTRED,
    HEADER_FILL,
    LEFT,
    TITLE,
    box,
    fit_height,
    print_on_a4_landscape,
    set_widths,
    text_at,
)
from schemas.columns import ROSTER_COLUMNS

SHEET = "Hướng dẫn"

_STEPS = (
    "Ghi tháng và năm ở tiêu đề nếu còn để trống. Mỗi người một dòng; dòng không dùng thì để trống, không cần xóa.",
    "Các cột có mũi tên: chọn trong danh sách, không gõ cách viết khác.",
    "Số CCCD và số tài khoản gõ đủ cả số 0 ở đầu; hai cột này đã định dạng kiểu văn bản, xin giữ nguyên.",
    "Ngày tháng ghi dd/mm/yyyy, ví dụ 05/02/2022. Từ ngày, Đến ngày chỉ ghi khi không làm đủ tháng.",
    "Không ẩn dòng, không đổi tên cột. Người đã chuyển công tác thì xóa khỏi danh sách, không ẩn.",
    "Ghi tổng số người ở dòng Tổng cộng đúng bằng số dòng đã điền.",
    "Người làm theo hợp đồng không thuộc đối tượng được hỗ trợ.",
)
HINTS: Mapping[str, str] = {
    "row_no": "Số thứ tự trong danh sách.",
    "full_name": "Họ, tên đệm và tên có đủ dấu, đúng như trong quyết định phê duyệt danh sách.",
    "birth_date": "Ngày tháng năm sinh; nếu chỉ biết năm thì ghi năm.",
    "citizen_id": "Số căn cước công dân, ghi đủ chữ số.",
    "agency": "Cơ quan cử người đến làm việc tại Trung tâm.",
    "staff_category": "Chọn đối tượng trong danh sách.",
    "duty": "Chọn nhiệm vụ được giao tại Trung tâm.",
    "monitored_service": "Chức năng giám sát được phân công, nếu có.",
    "work_mode": "Trực tiếp: làm việc tại Trung tâm. Không trực tiếp: làm nhiệm vụ của Trung tâm nhưng ở nơi khác.",
    "shift": "Ca trực của người làm việc trực tiếp; người không trực tiếp thì để trống.",
    "from_date": "Ngày bắt đầu trong tháng; để trống nếu làm từ đầu tháng.",
    "to_date": "Ngày cuối cùng trong tháng; để trống nếu làm đến hết tháng.",
    "other_support_name": "Tên chế độ hỗ trợ đặc thù khác đang hưởng; phụ cấp lương thông thường không ghi ở đây.",
    "other_support_vnd": "Mức hưởng một tháng của chế độ đó, tính bằng đồng.",
    "bank_account": "Số tài khoản nhận tiền của chính người này.",
    "bank_name": "Ngân hàng và chi nhánh mở tài khoản.",
    "note": "Nghỉ thai sản, nghỉ không lương, thay người ... ghi tại đây.",
}
"""What each column wants, by field; shown as its tool tip too."""


def add_instructions(workbook: Workbook, *, file_name: str, needs_agency: bool) -> None:
    """Add the sheet that tells how to fill in the form, and what each column wants."""
    sheet = workbook.create_sheet(SHEET)
    set_widths(sheet, {"A": 28, "B": 14, "C": 90})
    text_at(sheet, 1, 1, "HƯỚNG DẪN LẬP DANH SÁCH", font=TITLE, alignment=CENTRED, merge_to=3)
    send = f"Lưu thành tệp {file_name}, mỗi tháng một tệp, và gửi đến nơi nhận danh sách như đã được thông báo."
    row = 3
    for number, step in enumerate((*_STEPS, send), start=1):
        text_at(sheet, row, 1, f"{number}. {step}", merge_to=3)
        sheet.row_dimensions[row].height = 20
        row += 1
    row += 1
    first_row = row
    for column, header in enumerate(("Tên cột", "Bắt buộc", "Cách ghi"), start=1):
        text_at(sheet, row, column, header, font=BOLD, alignment=CENTRED)
    box(sheet, row, row, 3, fill=HEADER_FILL)
    for column_of_roster in ROSTER_COLUMNS:
        if column_of_roster.name not in HINTS:
            continue
        row += 1
        is_required = column_of_roster.required or (needs_agency and column_of_roster.name == "agency")
        text_at(sheet, row, 1, column_of_roster.official, font=BOLD)
        text_at(sheet, row, 2, "Có" if is_required else None, font=BODY, alignment=CENTRED)
        text_at(sheet, row, 3, HINTS[column_of_roster.name], alignment=LEFT)
        fit_height(sheet, row, {"C": HINTS[column_of_roster.name]})
    box(sheet, first_row + 1, row, 3)
    print_on_a4_landscape(sheet, title_rows=None, footer=SHEET)
