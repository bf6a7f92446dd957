"""The Vietnamese words that people read on sheets, lists and pages: one place for every code of `schemas.vocabulary`.

The words of the roster's own columns (Đối tượng, Nhiệm vụ, Lĩnh vực giám sát, Hình thức làm việc) are the official
ones: a roster that holds them is read without a finding.
"""

from collections.abc import Mapping
from datetime import date

from schemas.vocabulary import (
    AdoptionStatus,
    BatchKind,
    BatchStatus,
    CaseStatus,
    Duty,
    FileStatus,
    Level,
    LineCause,
    MonitoredService,
    Outcome,
    Role,
    RunStatus,
    Severity,
    StaffCategory,
    WorkMode,
)

STAFF_CATEGORY: Mapping[StaffCategory, str] = {
    StaffCategory.CADRE: "Cán bộ",
    StaffCategory.CIVIL_SERVANT: "Công chức",
    StaffCategory.PUBLIC_EMPLOYEE: "Viên chức",
    StaffCategory.POLICE: "Công an",
    StaffCategory.CONTRACT: "Hợp đồng",
}

DUTY: Mapping[Duty, str] = {
    Duty.DEVELOPMENT: "Phát triển",
    Duty.DATA_UPDATE: "Cập nhật dữ liệu",
    Duty.SERVICE_OPERATION: "Vận hành dịch vụ",
    Duty.SECURITY_MONITORING: "Giám sát, điều hành an toàn, an ninh mạng",
}

MONITORED_SERVICE: Mapping[MonitoredService, str] = {
    MonitoredService.SOCIO_ECONOMIC: "Kinh tế - xã hội",
    MonitoredService.GOVERNMENT_SERVICES: "Chính quyền, dịch vụ công",
    MonitoredService.TRAFFIC_AND_ORDER: "An toàn giao thông; an ninh, trật tự",
    MonitoredService.CITIZEN_INTERACTION: "Tương tác, giao tiếp phục vụ công dân",
    MonitoredService.HEALTH: "Y tế",
    MonitoredService.EDUCATION: "Giáo dục",
    MonitoredService.LAND_AND_PLANNING: "Đất đai, quy hoạch xây dựng",
    MonitoredService.NETWORK_SECURITY: "An ninh mạng, an toàn thông tin",
    MonitoredService.PRESS_AND_SOCIAL_MEDIA: "Báo chí, mạng xã hội",
    MonitoredService.TOURISM: "Du lịch thông minh",
}

WORK_MODE: Mapping[WorkMode, str] = {
    WorkMode.DIRECT: "Trực tiếp",
    WorkMode.INDIRECT: "Không trực tiếp",
}

OUTCOME: Mapping[Outcome, str] = {
    Outcome.PAID: "Được hỗ trợ",
    Outcome.SUPERSEDED: "Hưởng chế độ khác cao hơn",
    Outcome.HELD: "Tạm giữ, chưa chi",
    Outcome.MERGED: "Gộp vào dòng khác",
}

SEVERITY: Mapping[Severity, str] = {
    Severity.BLOCK: "Chặn",
    Severity.WARN: "Cảnh báo",
    Severity.INFO: "Thông tin",
}

LEVEL: Mapping[Level, str] = {
    Level.FILE: "Tệp danh sách",
    Level.ROW: "Dòng",
    Level.CENTRE: "Trung tâm",
    Level.RUN: "Toàn tỉnh",
}

FILE_STATUS: Mapping[FileStatus, str] = {
    FileStatus.ACCEPTED: "Đã tiếp nhận",
    FileStatus.REFUSED: "Bị từ chối",
    FileStatus.MISSING: "Chưa gửi",
}

ADOPTION: Mapping[AdoptionStatus, str] = {
    AdoptionStatus.DRAFT: "Dự thảo, chưa ban hành",
    AdoptionStatus.IN_FORCE: "Đã có hiệu lực",
}

RUN_STATUS: Mapping[RunStatus, str] = {
    RunStatus.COMPLETED: "Hoàn thành",
    RunStatus.INCOMPLETE: "Hoàn thành, còn hồ sơ thiếu hoặc bị từ chối",
    RunStatus.UNCHANGED: "Không có gì thay đổi",
    RunStatus.BLOCKED: "Bị chặn",
    RunStatus.FAILED: "Không thực hiện được",
}

BATCH_KIND: Mapping[BatchKind, str] = {
    BatchKind.REGULAR: "Chi thường kỳ",
    BatchKind.ARREARS: "Truy lĩnh",
    BatchKind.RECOVERY: "Truy thu",
}

LINE_CAUSE: Mapping[LineCause, str] = {
    LineCause.DECIDED: "Theo danh sách của tháng",
    LineCause.LATE: "Bổ sung vào danh sách",
    LineCause.MENDED: "Đã sửa lỗi",
    LineCause.WAIVED: "Đã chấp thuận bỏ qua",
    LineCause.RETURNED: "Ngân hàng trả lại",
    LineCause.MOVED: "Chuyển Trung tâm",
    LineCause.BASE_SALARY: "Đổi mức lương cơ sở",
    LineCause.WORK_MODE: "Đổi hình thức làm việc",
    LineCause.PART_MONTH: "Đổi số ngày làm việc",
    LineCause.PARAMETER: "Đổi tham số",
    LineCause.NO_RIGHT: "Không thuộc diện hưởng",
    LineCause.SUPERSEDED: "Hưởng chế độ khác cao hơn",
    LineCause.ABSENT: "Không còn trong danh sách",
    LineCause.YEAR_ENDED: "Hết thời hạn chi của năm ngân sách",
    LineCause.LINKED: "Thay đổi việc nối số căn cước",
    LineCause.VOIDED: "Đợt trước đã hủy",
    LineCause.DIFFERENCE: "Chênh lệch so với sổ chi",
}

BATCH_STATUS: Mapping[BatchStatus, str] = {
    BatchStatus.DRAFT: "Dự thảo",
    BatchStatus.SUBMITTED: "Đã trình duyệt",
    BatchStatus.APPROVED: "Đã duyệt",
    BatchStatus.EXPORTED: "Đã xuất",
    BatchStatus.PAID: "Đã chi",
    BatchStatus.VOID: "Đã hủy",
}

_COLLECTED = {"vi": "Đã thu", "en": "collected"}

CASE_STATUS: Mapping[CaseStatus, str] = {
    CaseStatus.OPEN: "Chưa xử lý",
    CaseStatus.MENDED: "Đã sửa",
    CaseStatus.REOPENED: "Phát sinh lại",
    CaseStatus.WAIVED: "Đã chấp thuận bỏ qua",
}

CASE: Mapping[bool, str] = {
    False: "Vụ việc: {case} — được phép bỏ qua",
    True: "Vụ việc: {case} — đã chấp thuận bỏ qua",
}
"""By what id finance sets a finding aside; true where it has done so."""

ROLE: Mapping[Role, str] = {
    Role.CENTRE: "Trung tâm",
    Role.OPERATOR: "vận hành",
    Role.FINANCE: "tài chính",
    Role.APPROVER: "người duyệt",
    Role.AUDITOR: "kiểm tra",
    Role.ADMIN: "quản trị",
}

ACTION: Mapping[str, str] = {
    "run": "chạy tháng",
    "submit": "trình duyệt",
    "approve": "duyệt",
    "past_pay_date": "duyệt ngày chi đã qua, có văn bản",
    "void": "hủy đợt chi",
    "export": "xuất danh sách chi",
    "confirm": "ghi nhận kết quả chi",
    "look": "xem",
    "opening": "nhập số đã chi trước",
    "cancel_opening": "hủy số đã chi trước",
    "confirm_recovery": "xác nhận truy thu",
    "waive": "chấp thuận bỏ qua",
    "unwaive": "rút chấp thuận bỏ qua",
    "stand": "chọn dòng được giữ",
    "login_failed": "đăng nhập sai",
    "user": "tài khoản",
    "hand_in": "xác nhận danh sách một phần",
    "parameter_change": "đổi tham số",
}
"""Every step that stands in the audit chain, by its code."""

DRAFT_MARK = "BẢN NHÁP"
"""What every paper carries until the resolution is adopted (rule 18)."""

OFFSET = "Đã bù trừ, không thu"
"""Beside a recovery of money that the bank returned."""


CENTRE_NAME = "Trung tâm Điều hành thông minh"
_KINDS_OF_PLACE = ("tỉnh", "thành phố", "thị xã", "huyện")


def place_of(centre_name: str) -> str | None:
    """`tỉnh Bình Phước` of `Trung tâm Điều hành thông minh tỉnh Bình Phước`; None for a centre named otherwise."""
    place = centre_name.removeprefix(CENTRE_NAME).strip()
    return place if place and place != centre_name.strip() else None


def place_without_kind(place: str) -> str:
    """`Đồng Xoài` of `thành phố Đồng Xoài`, as a day's line at the end of a paper names it."""
    kind = next((kind for kind in _KINDS_OF_PLACE if place.startswith(f"{kind} ")), "")
    return place.removeprefix(kind).strip()


def month_title(month: date) -> str:
    """`Tháng 02 năm 2022`, as titles of rosters and lists say it."""
    return f"Tháng {month.month:02d} năm {month.year}"


def in_a_sentence(word: str) -> str:
    """`chuyển Trung tâm` of `Chuyển Trung tâm`: a word of a list where it does not begin a line."""
    return word[:1].lower() + word[1:]


def told_role(role: str) -> str:
    """A role with the code that commands take: `tài chính (finance)`."""
    return f"{ROLE[Role(role)]} ({role})"


def told_status(kind: str, status: str, lang: str = "vi") -> str:
    """How a batch stands: `Đã chi`; of a recovery, which takes money back, `Đã thu`."""
    if kind == BatchKind.RECOVERY and status == BatchStatus.PAID:
        return _COLLECTED[lang]
    return status if lang == "en" else BATCH_STATUS[BatchStatus(status)]


def thousands(number: int) -> str:
    """`2.235.000`: dots between thousands."""
    return f"{number:,}".replace(",", ".")


def vnd(amount_vnd: int) -> str:
    """`2.235.000 đ`: whole đồng with dots between thousands."""
    return f"{thousands(amount_vnd)} đ"


def masked(citizen_id: str) -> str:
    """`070******234`; what is too short for that is hidden whole."""
    shown = 3
    if len(citizen_id) < 3 * shown:
        return "***"
    return f"{citizen_id[:shown]}******{citizen_id[-shown:]}"
