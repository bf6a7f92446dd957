"""The columns of rosters and registers as centres and finance write them: official headers, and others seen.

Source: rulebook section 5. What every column of a frame or view means stands in docs/glossary.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RosterColumn:
    """One column of a roster as a centre fills it in.

    `official` is the header of the official form, `aliases` the other headers seen; they are compared without regard
    to case, accents, Unicode form or white space. `required` columns refuse the file when absent (`agency` only in
    centres where agencies matter).
    """

    name: str
    official: str
    aliases: tuple[str, ...] = ()
    required: bool = False


ROSTER_COLUMNS: tuple[RosterColumn, ...] = (
    RosterColumn("row_no", "STT", ("TT", "Số TT")),
    RosterColumn("full_name", "Họ và tên", ("Họ tên", "Họ và tên cán bộ"), required=True),
    RosterColumn("birth_date", "Ngày sinh", ("Ngày tháng năm sinh", "Năm sinh")),
    RosterColumn(
        "citizen_id",
        "Số CCCD",
        (
            "CCCD",
            "Số căn cước",
            "Số định danh cá nhân",
            "CMND/CCCD",
            "Số CCCD/CMND",
            "Số căn cước công dân",
            "Căn cước công dân",
        ),
        required=True,
    ),
    RosterColumn("agency", "Cơ quan cử", ("Cơ quan", "Đơn vị", "Đơn vị công tác", "Đơn vị cử")),
    RosterColumn("staff_category", "Đối tượng", ("Đối tượng hưởng", "Loại cán bộ"), required=True),
    RosterColumn("duty", "Nhiệm vụ", ("Nhiệm vụ tại Trung tâm",), required=True),
    RosterColumn("monitored_service", "Lĩnh vực giám sát", ("Lĩnh vực",)),
    RosterColumn("work_mode", "Hình thức làm việc", ("Hình thức",), required=True),
    RosterColumn("coefficient", "Hệ số"),
    RosterColumn("shift", "Ca trực", ("Ca",)),
    RosterColumn("from_date", "Từ ngày"),
    RosterColumn("to_date", "Đến ngày"),
    RosterColumn("other_support_name", "Chế độ hỗ trợ khác"),
    RosterColumn("other_support_vnd", "Mức hưởng khác"),
    RosterColumn(
        "bank_account", "Số tài khoản", ("STK", "Số tài khoản ngân hàng", "Số TK", "Tài khoản"), required=True
    ),
    RosterColumn("bank_name", "Ngân hàng", ("Mở tại ngân hàng", "Tên ngân hàng", "Tại ngân hàng"), required=True),
    RosterColumn("note", "Ghi chú"),
)
"""In the order of the official form. `coefficient` (Hệ số) may stand in the place of `work_mode`."""

OFFICIAL_HEADERS: dict[str, str] = {column.name: column.official for column in ROSTER_COLUMNS}
"""Field -> header of the official form."""

ROSTER_FIELDS: tuple[str, ...] = tuple(column.name for column in ROSTER_COLUMNS)

REGISTER_COLUMNS: dict[str, tuple[str, ...]] = {
    "approved_list": (
        "centre_code",
        "decision_no",
        "decision_date",
        "valid_from",
        "valid_to",
        "list_order",
        "full_name",
        "citizen_id",
        "agency",
        "list_kind",
    ),
    "establishment": (
        "centre_code",
        "decision_no",
        "decision_date",
        "valid_from",
        "valid_to",
        "headcount",
        "agency",
    ),
    "identity_link": ("old_id", "new_id", "decision_no"),
    "other_support": ("citizen_id", "regime", "decision_no", "amount_vnd", "valid_from", "valid_to"),
    "budget": ("funding_source", "year", "decision_no", "decision_date", "amount_vnd"),
}
"""Columns of each register file, in the order of rulebook section 5."""

OPTIONAL_REGISTER_COLUMNS: frozenset[tuple[str, str]] = frozenset(
    {
        ("approved_list", "list_kind"),
        ("approved_list", "list_order"),
        ("approved_list", "valid_to"),
        ("establishment", "agency"),
        ("establishment", "valid_to"),
        ("identity_link", "decision_no"),
        ("other_support", "decision_no"),
        ("other_support", "valid_to"),
        ("budget", "decision_no"),
        ("budget", "decision_date"),
    }
)
"""Register columns that may be absent."""
