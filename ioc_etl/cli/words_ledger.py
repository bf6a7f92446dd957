"""The words of accounts, batches, opening lines and the audit chain, in both languages."""

from collections.abc import Mapping
from uuid import UUID

from ioc_etl.cli.words import words
from ioc_etl.reports import terms
from schemas.vocabulary import BatchKind

_ID_SHOWN = 13

_VI: dict[str, str] = {
    "ask_password": "Mật khẩu của {name} (không hiện ra): ",
    "ask_new_password": "Mật khẩu mới của {name}, từ 10 ký tự (không hiện ra): ",
    "ask_again": "Nhập lại mật khẩu mới: ",
    "no_batches": "Chưa có đợt chi nào.",
    "submitted": "Đã trình duyệt {batch}: {lines} khoản, {amount}.",
    "warned": "Lưu ý: {warning}",
    "approved": "Đã duyệt {batch}: {lines} khoản, {amount}; ngày chi {date}.",
    "voided": "Đã hủy {batch}; khoản chi trong đó lại còn phải chi: hãy chạy lại tháng.",
    "waived": "Đã chấp thuận bỏ qua {code} tại {centre}, đến hết tháng {until}; hãy chạy lại tháng.",
    "waived_for_good": "Đã ghi câu trả lời cho {code} tại {centre}, cho mọi tháng về sau; hãy chạy lại tháng.",
    "unwaived": "Đã rút chấp thuận bỏ qua {code} tại {centre}; hãy chạy lại tháng.",
    "stands": "Dòng {row} của {centre} được giữ; hãy chạy lại tháng.",
    "recovery_confirmed": "Đã xác nhận {count} khoản truy thu.",
    "recoveries_waiting": "Chưa xác nhận khoản nào của {batch}: hãy xem từng khoản, rồi ghi mã các khoản cần xác nhận.",
    "exported": "Đã xuất {batch}: {file} (sha256 {sha}).",
    "exported_draft": "Bản sao BẢN NHÁP của {batch}: {file} (sha256 {sha}); đợt chi vẫn chưa xuất.",
    "approved_recovery": "Đã duyệt {batch}: {lines} khoản, {amount}; ngày thu {date}.",
    "confirmed": "Đã ghi nhận kết quả chi {batch}; bị trả lại: {count}.",
    "confirmed_recovery": "Đã ghi nhận kết quả thu {batch}; bị trả lại: {count}.",
    "offset": "Khoản truy thu được bù trừ, không thu phần tiền đã về: {count}.",
    "opening_taken": "Đã nhập {lines} dòng đã chi trước, {amount}; hãy chạy lại các tháng đó.",
    "opening_payable": "Trong đó {lines} dòng thuộc tháng mà chương trình chi (từ {first}): "
    "số còn phải chi của tháng ấy giảm đúng số đã nhập.",
    "opening_refused": "Không nhập dòng nào: có {count} lỗi.",
    "opening_cancelled": "Đã hủy {lines} dòng đã chi trước, {amount}; hãy chạy lại: {months}.",
    "opening_counts": "có hiệu lực",
    "opening_ended": "đã hủy",
    "no_openings": "Chưa có dòng đã chi trước nào.",
    "row": "dòng",
    "user_added": "Đã thêm tài khoản {name}.",
    "user_changed": "Đã đổi vai trò của tài khoản {name}.",
    "user_disabled": "Đã khóa tài khoản {name}.",
    "user_enabled": "Đã mở lại tài khoản {name}.",
    "password_changed": "Đã đổi mật khẩu của {name}; mã truy cập cũ (nếu có) hết hiệu lực, tạo lại bằng: user token.",
    "token": "Mã truy cập của {name}, chỉ hiện một lần; đặt vào biến IOC_ETL_TOKEN:",
    "active": "đang dùng",
    "disabled": "đã khóa",
    "no_users": "Chưa có tài khoản nào. Tài khoản đầu tiên: ioc-etl user add TÊN --full-name … --role admin",
    "chain_holds": "Chuỗi nhật ký nguyên vẹn: {count} sự kiện. Mắt xích cuối, nên ghi ra giấy: {head}",
    "chain_empty": "Nhật ký chưa có sự kiện nào.",
    "chain_other": "Chuỗi nhật ký không có mắt xích {link}: đã bị cắt hoặc viết lại; mắt xích cuối hiện nay là {head}.",
    "steps_without_event": "Sổ chi không khớp nhật ký: {problems}",
    "chain_broken": "Chuỗi nhật ký đứt ở sự kiện {seq}.",
    "no_events": "Chưa có sự kiện nào.",
    **{f"kind_{kind}": word for kind, word in terms.BATCH_KIND.items()},
}
_EN: dict[str, str] = {
    "ask_password": "Password of {name} (not shown): ",
    "ask_new_password": "New password of {name}, 10 characters or more (not shown): ",
    "ask_again": "The new password again: ",
    "no_batches": "There is no batch yet.",
    "submitted": "Submitted {batch}: {lines} lines, {amount}.",
    "warned": "Note: {warning}",
    "approved": "Approved {batch}: {lines} lines, {amount}; to be paid on {date}.",
    "voided": "{batch} is void; what it paid is due again: run the month again.",
    "waived": "{code} at {centre} is waived up to {until}; run the month again.",
    "waived_for_good": "{code} at {centre} is answered for every month from now on; run the month again.",
    "unwaived": "{code} at {centre} is waived no more; run the month again.",
    "stands": "Row {row} of {centre} stands; run the month again.",
    "recovery_confirmed": "{count} recoveries confirmed.",
    "recoveries_waiting": "Nothing of {batch} is confirmed: look at each line, then name the ids of those to confirm.",
    "exported": "Exported {batch}: {file} (sha256 {sha}).",
    "exported_draft": "A copy of {batch} marked as a draft: {file} (sha256 {sha}); nothing has left.",
    "approved_recovery": "Approved {batch}: {lines} lines, {amount}; to be collected on {date}.",
    "confirmed": "Confirmed {batch}; returned: {count}.",
    "confirmed_recovery": "Confirmed {batch}; returned: {count}.",
    "offset": "Recoveries offset, what came back is not collected any more: {count}.",
    "opening_taken": "{lines} opening lines taken, {amount}; run those months again.",
    "opening_payable": "{lines} of them lie in months that this program pays (from {first}): "
    "what is still due there is less by just what was taken.",
    "opening_refused": "No line was taken: {count} faults.",
    "opening_cancelled": "{lines} opening lines cancelled, {amount}; run again: {months}.",
    "opening_counts": "counts",
    "opening_ended": "cancelled",
    "no_openings": "There is no opening line yet.",
    "row": "row",
    "user_added": "Added account {name}.",
    "user_changed": "Changed the roles of account {name}.",
    "user_disabled": "Disabled account {name}.",
    "user_enabled": "Enabled account {name}.",
    "password_changed": "Changed the password of {name}; a token made before is void, make another with: user token.",
    "token": "The token of {name}, shown once; put it into IOC_ETL_TOKEN:",
    "active": "active",
    "disabled": "disabled",
    "no_users": "There is no account yet. The first one: ioc-etl user add NAME --full-name … --role admin",
    "chain_holds": "The audit chain holds: {count} events. Its last link, to be kept on paper: {head}",
    "chain_empty": "The audit chain has no events yet.",
    "chain_other": "The audit chain does not hold link {link}: it was cut off or made anew; its last is {head}",
    "steps_without_event": "Steps of the ledger do not rest on their events: {problems}",
    "chain_broken": "The audit chain is broken at event {seq}.",
    "no_events": "There is no event yet.",
    **{f"kind_{kind}": str(kind) for kind in BatchKind},
}
BATCHES_HEADER: Mapping[str, tuple[str, ...]] = {
    "vi": ("Mã", "Đợt chi", "Loại", "Tình trạng", "Khoản", "Số tiền"),
    "en": ("Id", "Batch", "Kind", "State", "Lines", "Amount"),
}
RECOVERIES_HEADER: Mapping[str, tuple[str, ...]] = {
    "vi": ("Mã khoản", "Trung tâm", "Người", "Số tiền", "Lý do"),
    "en": ("Id", "Centre", "Person", "Amount", "Cause"),
}
RETURNED_HEADER: Mapping[str, tuple[str, ...]] = {
    "vi": ("Mã khoản bị trả lại", "Người", "Số tiền"),
    "en": ("Returned payment", "Person", "Amount"),
}
OFFSET_HEADER: Mapping[str, tuple[str, ...]] = {
    "vi": ("Mã khoản truy thu", "Bù trừ", "Còn phải thu"),
    "en": ("Recovery", "Offset", "Still to collect"),
}
OPENINGS_HEADER: Mapping[str, tuple[str, ...]] = {
    "vi": ("Mã khoản", "Tháng", "Trung tâm", "Người", "Số tiền", "Chứng từ", "Tình trạng"),
    "en": ("Id", "Month", "Centre", "Person", "Amount", "Document", "State"),
}
USERS_HEADER: Mapping[str, tuple[str, ...]] = {
    "vi": ("Tài khoản", "Họ và tên", "Vai trò", "Tình trạng", "Người tạo"),
    "en": ("Account", "Name", "Roles", "State", "Made by"),
}
EVENTS_HEADER: Mapping[str, tuple[str, ...]] = {
    "vi": ("Số", "Lúc (UTC)", "Ai", "Việc", "Tháng", "Chi tiết"),
    "en": ("No", "At (UTC)", "Who", "What", "Month", "Detail"),
}


def ledger_words(lang: str) -> Mapping[str, str]:
    """The words of a language, those of the months among them."""
    return {**words(lang), **(_EN if lang == "en" else _VI)}


def short_id(payment_id: UUID) -> str:
    """As much of a payment's id as people read and the commands take."""
    return str(payment_id)[:_ID_SHOWN]


def told_person(citizen_id: str, source_row: int | None, lang: str) -> str:
    """Somebody by the row of the roster, where there is one, and the ID with its middle hidden."""
    person = terms.masked(citizen_id)
    return person if source_row is None else f"{ledger_words(lang)['row']} {source_row}, {person}"
