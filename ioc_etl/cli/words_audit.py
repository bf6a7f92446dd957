"""The words of who did what: roles, the system itself, the steps of the audit chain and what they tell."""

from collections.abc import Mapping
from datetime import date

from ioc_etl.core.month import month_code
from ioc_etl.pipeline.actors import SYSTEM
from ioc_etl.reports import terms
from schemas.vocabulary import OtherRows, Role

DETAILS_VI: Mapping[str, str] = {
    "what": "việc",
    "account": "tài khoản",
    "roles": "vai trò",
    "by": "bằng",
    "status": "tình trạng",
    "code": "mã phát hiện",
    "batch": "đợt chi",
    "months": "tháng",
    "centre_code": "Trung tâm",
    "source_row": "dòng",
    "rows": "dòng",
    "others": "những người còn lại",
    "until": "đến hết",
    "is_for_good": "cho mọi tháng về sau",
    "pay_date": "ngày chi, thu",
    "paper": "số văn bản",
    "paid_on": "ngày đã chi, thu",
    "lines": "số khoản",
    "amount_vnd": "số tiền",
    "payments": "các khoản",
    "returned": "bị trả lại",
    "offset": "bù trừ",
    "is_draft": "bản nháp",
    "rows_read": "dòng đọc được",
    "paid_rows": "được chi",
    "superseded_rows": "mức khác cao hơn",
    "held_rows": "tạm giữ",
    "merged_rows": "gộp",
    "findings": "phát hiện",
    "batches_new": "đợt chi mới",
    "batches_changed": "đợt chi thay đổi",
    "batches_unchanged": "đợt chi giữ nguyên",
    "batches_removed": "đợt chi bỏ",
    "lines_written": "khoản ghi vào",
    "lines_removed": "khoản bỏ ra",
    "files": "tệp",
    "code_version": "phiên bản chương trình",
}
"""What the steps tell, in the order in which it is read."""
WHAT_VI: Mapping[str, str] = {
    "add": "thêm",
    "role": "đổi vai trò",
    "disable": "khóa",
    "enable": "mở lại",
    "password": "đổi mật khẩu",
    "token": "tạo mã truy cập",
    "explain": "lý do được chi hoặc không",
    "hand-back": "trả danh sách về để sửa",
}
_VALUES_VI: Mapping[str, Mapping[str, str]] = {
    "what": WHAT_VI,
    "roles": {str(role): terms.told_role(role) for role in Role},
    "by": {"password": "mật khẩu", "token": "mã truy cập"},
    "status": {str(status): terms.in_a_sentence(word) for status, word in terms.RUN_STATUS.items()},
    "others": {str(OtherRows.STAND): "giữ nguyên", str(OtherRows.LEFT): "không còn trong danh sách"},
    "is_draft": {str(True): "có", str(False): "không"},
    "is_for_good": {str(True): "có"},
}
_DAYS = ("pay_date", "paid_on")
_MONTHS = ("until",)
_HASHES = ("sha256", "_id", "fingerprint")
_ORDER = {name: place for place, name in enumerate(DETAILS_VI)}


def told_role(role: str, lang: str) -> str:
    """A role in words, with the code that `--role` takes: `tài chính (finance)`."""
    return terms.told_role(role) if lang == "vi" else role


def told_actor(name: str, lang: str) -> str:
    """An account's name; the system itself is no account."""
    return "hệ thống" if lang == "vi" and name == SYSTEM else name


def told_action(action: str, lang: str) -> str:
    """A step of the chain in words."""
    return terms.ACTION.get(action, action) if lang == "vi" else action


def is_told(name: str) -> bool:
    """Whether people are shown a part of a detail: ids, hashes and the policy's, which is one, are in --json."""
    return not name.endswith(_HASHES) and not name.startswith("policy_version")


def told_detail(detail: Mapping[str, object], lang: str) -> str:
    """What a step tells, on one line: `đợt chi: 2022-01/tinh/regular/1; số khoản: 12; số tiền: 26.820.000 đ`."""
    names = sorted(filter(is_told, detail), key=lambda name: _ORDER.get(name, len(_ORDER)))
    words = DETAILS_VI if lang == "vi" else {}
    return "; ".join(f"{words.get(name, name)}: {_value(name, detail[name], lang)}" for name in names)


def _value(name: str, value: object, lang: str) -> str:
    if isinstance(value, list):
        return ", ".join(_value(name, each, lang) for each in value) or "—"
    if value is None:
        return "—"
    if name.endswith("_vnd"):
        return terms.vnd(int(str(value)))
    return _in_vietnamese(name, str(value)) if lang == "vi" else str(value)


def _in_vietnamese(name: str, value: str) -> str:
    if name in _DAYS:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if name in _MONTHS:
        return month_code(date.fromisoformat(value))
    return _VALUES_VI.get(name, {}).get(value, value)
