"""The words of the command line's output, in both languages."""

from ioc_etl.errors import IocEtlError
from ioc_etl.reports import terms

_VI = {
    "month": "Tháng",
    "total": "Cộng",
    "reports": "Báo cáo ngoại lệ",
    "new_refused": "Bản mới bị từ chối",
    "unreachable": "Không lấy được hồ sơ",
    "taken_back": "Đợt chi đã duyệt trở lại dự thảo vì tháng nay có căn cứ chi khác",
    "nothing_found": "Không phát hiện gì.",
    "register_findings": "{count} phát hiện",
    "register_sound": "không có phát hiện nào",
    "without_registers": "Không có sổ đăng ký (--input): chưa đối chiếu phê duyệt, số người, mức hỗ trợ khác.",
    "ask_id": "Số căn cước (không hiện ra): ",
    "row": "dòng",
    "days": "ngày làm việc trong tháng",
    "agency": "Cơ quan",
    "amount": "Cách tính",
    "rank": "Thứ hạng trong định mức",
    "basis": "Căn cứ",
    "ledger": "Tiền của người này cho tháng {month}, tại mọi Trung tâm:",
    "entitled": "Được hưởng",
    "paid_before": "đã chi trước khi dùng hệ thống",
    "returned": "ngân hàng trả lại, không tính",
    "due": "Còn phải chi",
    "waived": "đã chấp thuận bỏ qua",
    "case_waivable": terms.CASE[False],
    "case_waived": terms.CASE[True],
    "blocks": "lỗi chặn",
    "warnings": "cảnh báo",
    "hand_back_next": "Gửi tệp này cho Trung tâm; sửa xong gửi lại như lần trước với tên {name}.",
    "rows_mended": "dòng đã sửa",
    "rows_new": "người mới",
    "rows_stand": "dòng khác giữ nguyên",
    "rows_left": "người không còn trong danh sách",
    "confirmed": "Đã xác nhận.",
    "confirmed_before": "Đã xác nhận như vậy từ trước, không có gì thay đổi.",
    "run_next": "Chạy lại tháng",
    "never_run": "Chưa có tháng nào được chạy; hãy chạy",
    "month_never_run": "Tháng {month} chưa được chạy; hãy chạy",
    **{f"run_{status}": word for status, word in terms.RUN_STATUS.items()},
    **{f"file_{status}": word for status, word in terms.FILE_STATUS.items()},
    **{f"outcome_{outcome}": word for outcome, word in terms.OUTCOME.items()},
    **{f"severity_{severity}": word for severity, word in terms.SEVERITY.items()},
}
_EN = {
    "month": "Month",
    "total": "Total",
    "reports": "Exception reports",
    "new_refused": "new file refused",
    "unreachable": "Could not be pulled",
    "taken_back": "Approved batches sent back to draft, as the month rests on another legal basis now",
    "run_completed": "completed",
    "run_incomplete": "completed, files are missing or refused",
    "run_unchanged": "nothing has changed since the last run",
    "run_blocked": "blocked, nothing decided",
    "run_failed": "no usable file came",
    "file_accepted": "accepted",
    "file_refused": "refused",
    "file_missing": "missing",
    "outcome_paid": "paid",
    "outcome_superseded": "superseded",
    "outcome_held": "held",
    "outcome_merged": "merged",
    "severity_block": "Blocks",
    "severity_warn": "Warns",
    "severity_info": "Info",
    "nothing_found": "Nothing was found.",
    "register_findings": "{count} findings",
    "register_sound": "nothing found",
    "without_registers": "No registers (--input): approval, establishment and other supports were not checked.",
    "ask_id": "Citizen ID (not shown): ",
    "row": "row",
    "days": "days on duty in the month",
    "agency": "Agency",
    "amount": "Amount",
    "rank": "Rank within the quota",
    "basis": "Basis",
    "ledger": "This person's money for {month}, at every centre:",
    "entitled": "Entitled to",
    "paid_before": "paid before the system",
    "returned": "returned by the bank, does not count",
    "due": "Due",
    "waived": "waived",
    "case_waivable": "Case: {case} — may be waived",
    "case_waived": "Case: {case} — waived",
    "blocks": "that block",
    "warnings": "warnings",
    "hand_back_next": "Send this file to the centre; mended, it comes back the same way, named {name}.",
    "rows_mended": "rows mended",
    "rows_new": "people new",
    "rows_stand": "other rows stand as they were",
    "rows_left": "people are no longer on the roster",
    "confirmed": "Confirmed.",
    "confirmed_before": "This was confirmed before; nothing has changed.",
    "run_next": "Run the month again",
    "never_run": "Nothing was run yet; run it with",
    "month_never_run": "{month} was never run; run it with",
}
_HEADER_VI = ("Trung tâm", "Hồ sơ", "Dòng", "Được chi", "Mức khác cao hơn", "Tạm giữ", "Gộp", "Số tiền")
_HEADER_EN = ("Centre", "File", "Rows", "Paid", "Superseded", "Held", "Merged", "Amount")
_STATUS_VI = ("Tháng", "Trung tâm", "Hồ sơ", "Dòng", "Tạm giữ", "Số tiền", "Đợt chi", "Việc tiếp theo")
_STATUS_EN = ("Month", "Centre", "File", "Rows", "Held", "Amount", "Batch", "Next")
_CALENDAR_VI = ("Tháng", "Trung tâm", "Tình trạng", "Đã", "Việc tiếp theo")
_CALENDAR_EN = ("Month", "Centre", "State", "For", "Next")
_BATCH_VI = ("Đợt", "Trung tâm", "Loại", "Tình trạng", "Số khoản", "Số tiền")
_BATCH_EN = ("Batch", "Centre", "Kind", "State", "Lines", "Amount")


class Words(dict[str, str]):
    """One language's words, with the headers of the tables."""

    header: tuple[str, ...] = ()
    status_header: tuple[str, ...] = ()
    calendar_header: tuple[str, ...] = ()
    batch_header: tuple[str, ...] = ()


def words(lang: str) -> Words:
    """The words of a language."""
    spoken = {
        "vi": (_VI, _HEADER_VI, _STATUS_VI, _CALENDAR_VI, _BATCH_VI),
        "en": (_EN, _HEADER_EN, _STATUS_EN, _CALENDAR_EN, _BATCH_EN),
    }
    said = Words(spoken[lang][0])
    _, said.header, said.status_header, said.calendar_header, said.batch_header = spoken[lang]
    return said


def told_error(error: IocEtlError, lang: str) -> str:
    """What an error says in the language; in English where it has no other text."""
    return error.vi if lang == "vi" else str(error)


def finding_message(message_vi: str, message_en: str, lang: str) -> str:
    """The finding's message in the language."""
    return message_en if lang == "en" else message_vi
