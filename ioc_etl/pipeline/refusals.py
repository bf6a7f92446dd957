"""Why a step of the ledger cannot be taken, in both languages: the texts of the codes that the database gives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ioc_etl.adapters.store_approval import Batch, Refusal
from ioc_etl.errors import RefusedError, WrongStateError
from ioc_etl.reports.terms import ACTION, FILE_STATUS, in_a_sentence, thousands, told_role, told_status
from schemas.vocabulary import FileStatus, Role

_TEXTS: dict[str, tuple[str, str]] = {
    "unknown_actor": ("there is no account of that name", "không có tài khoản này"),
    "disabled_actor": ("the account is disabled", "tài khoản đã bị khóa"),
    "not_the_role": ("the account has none of the roles {detail}", "tài khoản không có vai trò {detail}"),
    "own_work": (
        "nobody approves their own work, and this account did: {detail}",
        "không ai tự duyệt việc mình làm; tài khoản này đã làm: {detail}",
    ),
    "content_changed": (
        "its lines are not those that were submitted; look at it and submit it again",
        "nội dung không còn như khi trình; hãy xem lại rồi trình lại",
    ),
    "not_as_found": (
        "its lines are not what the month's run found due; run the month again",
        "các dòng không đúng với kết quả lần chạy của tháng; hãy chạy lại tháng",
    ),
    "basis_changed": (
        "decisions, waivers or the rows that stand have changed since it was submitted; submit it again",
        "kết quả xét, chấp thuận bỏ qua hoặc dòng được giữ đã đổi sau khi trình; hãy trình lại",
    ),
    "other_basis": (
        "its month rests on another legal basis by now; run the month again, then submit and approve what is due",
        "tháng ấy nay có căn cứ chi khác; hãy chạy lại tháng, rồi trình và duyệt khoản phải chi",
    ),
    "submitted_already": ("it is submitted, and nothing has changed since", "đã trình rồi và không có gì thay đổi"),
    "wrong_total": ("the total given is not the batch's", "tổng số tiền ghi vào không đúng với đợt chi"),
    "paid_before_month": (
        "the pay date {detail} lies before the month begins",
        "ngày chi {detail} trước ngày đầu của tháng",
    ),
    "paid_before_today": (
        "the pay date {detail} is past: give the number of the paper that says so with --paper, or another pay date",
        "ngày chi {detail} đã qua: ghi số văn bản cho ngày chi ấy bằng --paper, hoặc chọn ngày chi khác",
    ),
    "year_ended": (
        (
            "money of the month's budget year is paid until {detail}; pay by then, or run the month again after that "
            "day: what is unpaid is due as arrears of the pay date's year"
        ),
        (
            "tiền của năm ngân sách ấy chỉ chi đến hết ngày {detail} (hết thời gian chỉnh lý quyết toán); hãy chọn "
            "ngày chi trong hạn, hoặc sau ngày đó chạy lại tháng: khoản chưa chi thành truy lĩnh của năm chi"
        ),
    ),
    "above_entitlement": (
        "{number} people would have more than one entitlement for the month; {detail}",
        "{number} người sẽ nhận quá một mức hỗ trợ của tháng; {detail}",
    ),
    "opening_not_settled": (
        "{number} opening lines of the month came in or were cancelled after its last run; run the month again first",
        "{number} khoản đã chi trước được nhập hoặc bị hủy sau lần chạy cuối của tháng; hãy chạy lại tháng trước",
    ),
    "opening_ended": ("it is cancelled already", "đã hủy trước đó rồi"),
    "below_zero": (
        "{number} people would be asked for more than they were paid there",
        "{number} người sẽ bị thu hồi nhiều hơn số đã chi tại đó",
    ),
    "above_quota": (
        "{number} people would have money, more than the posts there are ({detail})",
        "{number} người được chi, vượt định mức ({detail})",
    ),
    "budget_missing": ("no budget is known for {detail}", "chưa có dự toán của {detail}"),
    "budget_exceeded": (
        "the budget of {detail} would be exceeded by {number} đ",
        "vượt dự toán của {detail} là {number} đ",
    ),
    "authority_ended": (
        (
            "the authority of {detail} has ended: record the text that says who pays (continued_by in centres.yaml) "
            "and run the month again"
        ),
        (
            "thẩm quyền của {detail} đã hết: hãy ghi văn bản nói ai chi trả tiếp (continued_by trong centres.yaml), "
            "rồi chạy lại tháng"
        ),
    ),
    "run_says_exceeded": (
        "the month's run says that the budget of {detail} is exceeded; mend the register and run the month again",
        "lần chạy của tháng báo vượt dự toán của {detail}; hãy cập nhật sổ dự toán rồi chạy lại tháng",
    ),
    "file_not_settled": (
        "the centre's last file is {detail} while an older one is in force; settle that first",
        "tệp mới nhất của Trung tâm {detail}, đang dùng tệp cũ; hãy giải quyết trước",
    ),
    "recovery_not_confirmed": (
        "{number} recoveries are not confirmed; see: ioc-etl confirm-recovery --help",
        "còn {number} khoản truy thu chưa được xác nhận; xem: ioc-etl confirm-recovery --help",
    ),
}
_GONE = "none"
_ISO_DAY = re.compile("^([0-9]{4})-([0-9]{2})-([0-9]{2})$")
_WORK_VI = {
    "run": ACTION["run"],
    "submission": ACTION["submit"],
    "waiver": ACTION["waive"],
    "unwaive": ACTION["unwaive"],
    "standing": ACTION["stand"],
    "confirmation": ACTION["confirm_recovery"],
    "upload": ACTION["hand_in"],
    "opening": "nhập hoặc hủy số đã chi trước",
    "return": "ghi nhận khoản bị trả lại",
}
"""What somebody did for a batch (`payroll.own_work`)."""
_DETAILS_VI: dict[str, str] = {
    **_WORK_VI,
    **{role: told_role(role) for role in Role},
    **{status: in_a_sentence(FILE_STATUS[status]) for status in FileStatus},
}
_WAYS_OUT = {
    ("void", "submitted"): (
        (
            ", only an approved batch that is not exported is made void; this one is simply not approved, "
            "and is a draft again when the month is run and its content has changed"
        ),
        (
            ", chỉ hủy đợt đã duyệt mà chưa xuất; đợt đã trình thì chỉ cần không duyệt, "
            "và tự trở lại dự thảo khi chạy lại tháng mà nội dung thay đổi"
        ),
    ),
}
"""What is to be done instead, by the step and the state in which it cannot be taken."""
_STEPS = {"submit": "trình", "approve": "duyệt", "void": "hủy", "export": "xuất", "confirm": "ghi nhận kết quả"}


def refuse(batch: Batch, step: str, refusals: Sequence[Refusal]) -> None:
    """Raise when there is any reason, with all of them in one line.

    Raises:
        WrongStateError: the batch is past that step, or not there yet.
        RefusedError: anything else.
    """
    if not refusals:
        return
    state = next((reason.detail or _GONE for reason in refusals if reason.code == "wrong_status"), None)
    if state is not None:
        en, vi = _state(batch.kind, state)
        way_en, way_vi = _WAYS_OUT.get((step, state), ("", ""))
        raise WrongStateError(
            f"batch {batch.name} is {en}: it cannot {step} now{way_en}; "
            f"see: ioc-etl batches {batch.reference_month:%Y-%m}",
            f"đợt chi {batch.name} {vi}: không {_STEPS[step]} được{way_vi}; "
            f"xem: ioc-etl batches {batch.reference_month:%Y-%m}",
        )
    en = "; ".join(_told(reason)[0] for reason in refusals)
    vi = "; ".join(_told(reason)[1] for reason in refusals)
    raise RefusedError(f"batch {batch.name} cannot be {_PAST[step]}: {en}", f"không {_STEPS[step]} {batch.name}: {vi}")


def _state(kind: str, status: str) -> tuple[str, str]:
    if status == _GONE:
        return _GONE, "không còn"
    return told_status(kind, status, "en"), in_a_sentence(told_status(kind, status))


_PAST = {
    "submit": "submitted",
    "approve": "approved",
    "void": "made void",
    "export": "exported",
    "confirm": "confirmed",
}


def with_agency_names(refusals: Sequence[Refusal], names: Mapping[str, str]) -> list[Refusal]:
    """The refusals with an agency by its name; the database knows its code ("cong-an: 12")."""
    return [_with_agency_name(one, names) if one.code == "above_quota" and one.detail else one for one in refusals]


def _with_agency_name(refusal: Refusal, names: Mapping[str, str]) -> Refusal:
    agency, is_of_one, posts = (refusal.detail or "").rpartition(": ")
    return replace(refusal, detail=f"{names.get(agency, agency)}{is_of_one}{posts}")


def told(refusals: Sequence[Refusal]) -> tuple[tuple[str, str], ...]:
    """The reasons in English and Vietnamese."""
    return tuple(_told(reason) for reason in refusals)


def _told(reason: Refusal) -> tuple[str, str]:
    en, vi = _TEXTS[reason.code]
    number = "" if reason.number is None else thousands(reason.number)
    detail = reason.detail or ""
    if reason.code == "above_entitlement":
        return (
            en.format(number=number, detail=_first_en(detail)),
            vi.format(number=number, detail=_first_vi(detail)),
        )
    words = [_DETAILS_VI.get(word) or _ISO_DAY.sub(r"\3/\2/\1", word) for word in detail.split(", ")]
    return en.format(number=number, detail=detail), vi.format(number=number, detail=", ".join(words))


def _first_en(recoveries: str) -> str:
    return f"approve this recovery first: {recoveries}" if recoveries else "run the month again"


def _first_vi(recoveries: str) -> str:
    return f"hãy duyệt đợt truy thu trước: {recoveries}" if recoveries else "hãy chạy lại tháng"
