"""The words of who did what: roles, the system itself, the steps of the audit chain and what they tell."""

from collections.abc import Mapping

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_mended import HAND_IN
from ioc_etl.adapters.store_policy import PARAMETER_CHANGE
from ioc_etl.pipeline.actors import SYSTEM
from schemas.vocabulary import Role

_ROLES_VI: Mapping[str, str] = {
    Role.CENTRE: "Trung tâm",
    Role.OPERATOR: "vận hành",
    Role.FINANCE: "tài chính",
    Role.APPROVER: "người duyệt",
    Role.AUDITOR: "kiểm tra",
    Role.ADMIN: "quản trị",
}
ACTIONS_VI: Mapping[str, str] = {
    audit.RUN: "chạy tháng",
    audit.SUBMIT: "trình duyệt",
    audit.APPROVE: "duyệt",
    audit.VOID: "hủy đợt chi",
    audit.EXPORT: "xuất danh sách chi",
    audit.CONFIRM: "ghi nhận kết quả chi",
    audit.LOOK: "xem",
    audit.OPENING: "nhập số đã chi trước",
    audit.CANCEL_OPENING: "hủy số đã chi trước",
    audit.CONFIRM_RECOVERY: "xác nhận truy thu",
    audit.WAIVE: "chấp thuận bỏ qua",
    audit.UNWAIVE: "rút chấp thuận bỏ qua",
    audit.STAND: "chọn dòng được giữ",
    audit.LOGIN_FAILED: "đăng nhập sai",
    audit.USER: "tài khoản",
    HAND_IN: "xác nhận danh sách một phần",
    PARAMETER_CHANGE: "đổi tham số",
}
"""Every step that the program writes into the chain."""
_DETAILS_VI: Mapping[str, str] = {
    "account": "tài khoản",
    "amount_vnd": "số tiền",
    "batch": "đợt chi",
    "by": "bằng",
    "centre_code": "Trung tâm",
    "code": "mã phát hiện",
    "code_version": "phiên bản",
    "files": "tệp",
    "is_draft": "bản nháp",
    "lines": "số khoản",
    "months": "tháng",
    "others": "những người còn lại",
    "paid_on": "ngày chi",
    "pay_date": "ngày chi",
    "payments": "các khoản",
    "policy_version": "phiên bản tham số",
    "policy_version_before": "phiên bản tham số trước",
    "returned": "bị trả lại",
    "offset": "bù trừ",
    "roles": "vai trò",
    "rows": "dòng",
    "source_row": "dòng",
    "status": "tình trạng",
    "until": "đến hết",
    "what": "việc",
}


def told_role(role: str, lang: str) -> str:
    """A role in words, with the code that `--role` takes: `tài chính (finance)`."""
    return f"{_ROLES_VI[role]} ({role})" if lang == "vi" and role in _ROLES_VI else role


def told_actor(name: str, lang: str) -> str:
    """An account's name; the system itself is no account."""
    return "hệ thống" if lang == "vi" and name == SYSTEM else name


def told_action(action: str, lang: str) -> str:
    """A step of the chain in words."""
    return ACTIONS_VI.get(action, action) if lang == "vi" else action


def told_detail(detail: Mapping[str, object], lang: str) -> str:
    """What a step tells, on one line: `đợt chi: 2022-01/tinh/regular/1; số khoản: 12`. Values stay as they are."""
    names = _DETAILS_VI if lang == "vi" else {}
    return "; ".join(f"{names.get(name, name)}: {_value(value)}" for name, value in detail.items())


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "—"
    return "—" if value is None else str(value)
