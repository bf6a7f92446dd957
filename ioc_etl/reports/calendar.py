"""How a centre's month is written in a calendar: the letters that finance knows, and what stands beside them."""

from collections.abc import Mapping

LETTERS: Mapping[str, str] = {
    "missing": "T",
    "refused": "L",
    "draft": "N",
    "submitted": "G",
    "approved": "D",
    "exported": "X",
    "paid": "C",
    "empty": "–",
    "unrun": "·",
}
"""Thiếu, lỗi, nháp, gửi duyệt, duyệt, xuất, chi; nothing due, never run."""

ADJUSTED = "Đ"
"""Điều chỉnh: there are arrears or recoveries beside."""


LEGEND_VI = (
    "T chưa gửi, L bị từ chối, N nháp, G đã trình, D đã duyệt, X đã xuất, C đã chi, Đ có điều chỉnh, "
    "– không phát sinh, · chưa chạy; số: dòng tạm giữ; !: bản mới bị từ chối"
)

STEP_VI: Mapping[str, str] = {
    "run": "chạy tháng",
    "send": "Trung tâm gửi danh sách, rồi chạy lại tháng",
    "mend": "Trung tâm sửa tệp bị từ chối theo báo cáo ngoại lệ và gửi lại",
    "hand_in": (
        "tệp mới chỉ có một phần danh sách: xác nhận những người còn lại "
        "(ioc-etl hand-in THÁNG TRUNG-TÂM --others stand|left), hoặc Trung tâm gửi lại cả danh sách"
    ),
    "rerun": "chạy lại tháng: đã có thay đổi sau lần chạy trước, hoặc lần chạy gần nhất không xong",
    "review": "xem các dòng tạm giữ trong báo cáo ngoại lệ",
    "confirm_recovery": "tài chính xác nhận từng khoản truy thu",
    "submit": "trình duyệt đợt chi",
    "approve": "duyệt đợt chi",
    "export": "xuất danh sách chi",
    "confirm": "ghi nhận kết quả chi",
}
"""What is to be done next, by `next_steps` of payroll.month_calendar."""


def letter_of(state: str, *, is_adjusted: bool, held_rows: int, is_offer_refused: bool) -> str:
    """`N 2 !`: a draft, two held rows, a new file that was refused while an older one is in force."""
    is_older_in_force = is_offer_refused and state != "refused"
    marks = (ADJUSTED if is_adjusted else "", str(held_rows or ""), "!" if is_older_in_force else "")
    return " ".join((LETTERS[state], *(mark for mark in marks if mark)))
