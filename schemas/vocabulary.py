"""The closed word lists of the project: every code that a frame, a table or a view may hold.

Source: rulebook sections 1, 3, 4 and 6.
"""

from enum import StrEnum


class CentreKind(StrEnum):
    """Whose centre it is: the province's own, or a district's."""

    PROVINCE = "province"
    DISTRICT = "district"


class StaffCategory(StrEnum):
    """Đối tượng (rule 2)."""

    CADRE = "cadre"
    CIVIL_SERVANT = "civil_servant"
    PUBLIC_EMPLOYEE = "public_employee"
    POLICE = "police"
    CONTRACT = "contract"


class Duty(StrEnum):
    """Nhiệm vụ (rule 3)."""

    DEVELOPMENT = "development"
    DATA_UPDATE = "data_update"
    SERVICE_OPERATION = "service_operation"
    SECURITY_MONITORING = "security_monitoring"


class MonitoredService(StrEnum):
    """Lĩnh vực giám sát: the ten monitoring functions of the provincial centre (rule 4)."""

    SOCIO_ECONOMIC = "socio_economic"
    GOVERNMENT_SERVICES = "government_services"
    TRAFFIC_AND_ORDER = "traffic_and_order"
    CITIZEN_INTERACTION = "citizen_interaction"
    HEALTH = "health"
    EDUCATION = "education"
    LAND_AND_PLANNING = "land_and_planning"
    NETWORK_SECURITY = "network_security"
    PRESS_AND_SOCIAL_MEDIA = "press_and_social_media"
    TOURISM = "tourism"


class WorkMode(StrEnum):
    """Hình thức làm việc: at the centre, or for it without working there (rule 5)."""

    DIRECT = "direct"
    INDIRECT = "indirect"


WORK_MODE_VI: dict[str, str] = {WorkMode.DIRECT: "Trực tiếp", WorkMode.INDIRECT: "Không trực tiếp"}
"""The words of the official form."""


class PartMonthMethod(StrEnum):
    """What a part of a month earns (rule 12)."""

    FULL_MONTH = "full_month"
    HALF_UNDER_15_DAYS = "half_under_15_days"
    CALENDAR_DAYS = "calendar_days"


class ListKind(StrEnum):
    """What an approved list does to the ones before it (rule 8)."""

    ADDITION = "addition"
    FULL = "full"


class Outcome(StrEnum):
    """The one end of every roster row of an accepted file (rulebook section 3)."""

    PAID = "paid"
    SUPERSEDED = "superseded"
    HELD = "held"
    MERGED = "merged"


class FileStatus(StrEnum):
    """What a centre's month rests on: the file in force, a refused one, or nothing."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    MISSING = "missing"


class OtherRows(StrEnum):
    """What becomes of the people who are not in a returned roster (rulebook section 6, partial rosters)."""

    STAND = "stand"
    LEFT = "left"


class Level(StrEnum):
    """What a finding is about."""

    FILE = "file"
    ROW = "row"
    CENTRE = "centre"
    RUN = "run"


class Severity(StrEnum):
    """What a finding stops."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class RunStatus(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    FAILED = "failed"


class BatchKind(StrEnum):
    """Thường kỳ, truy lĩnh, truy thu; money paid before go-live stands in the ledger as opening lines, in no batch."""

    REGULAR = "regular"
    ARREARS = "arrears"
    RECOVERY = "recovery"
    OPENING = "opening"


class LineCause(StrEnum):
    """Why a line is due: what has changed since the centre's month was approved (rulebook section 6).

    `late`: who was on no roster that was approved and is on the one in force, however that came. `linked`: which IDs
    are one person is told otherwise than when money was committed. `voided`: nothing has changed but that a batch with
    the person's money was made void. `year_ended`: nothing of the month was paid before its budget year ended, so it is
    arrears of the year that pays it. `difference`: what is owed differs from what is committed, and nothing above says
    why.
    """

    DECIDED = "decided"
    LATE = "late"
    MENDED = "mended"
    WAIVED = "waived"
    RETURNED = "returned"
    MOVED = "moved"
    BASE_SALARY = "base_salary"
    WORK_MODE = "work_mode"
    PART_MONTH = "part_month"
    PARAMETER = "parameter"
    NO_RIGHT = "no_right"
    SUPERSEDED = "superseded"
    ABSENT = "absent"
    LINKED = "linked"
    VOIDED = "voided"
    YEAR_ENDED = "year_ended"
    DIFFERENCE = "difference"


class Role(StrEnum):
    """What an account of the system may do."""

    CENTRE = "centre"
    OPERATOR = "operator"
    FINANCE = "finance"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"


class BatchStatus(StrEnum):
    """The life of a batch, forwards only."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    EXPORTED = "exported"
    PAID = "paid"
    VOID = "void"


class CaseStatus(StrEnum):
    """The life of an exception over the runs that find it."""

    OPEN = "open"
    MENDED = "mended"
    REOPENED = "reopened"
    WAIVED = "waived"


class AdoptionStatus(StrEnum):
    """Whether a parameter or the whole policy is law yet (rule 18)."""

    DRAFT = "draft"
    IN_FORCE = "in_force"


class RegisterName(StrEnum):
    """The registers beside the rosters (rulebook section 5)."""

    APPROVED_LIST = "approved_list"
    ESTABLISHMENT = "establishment"
    OTHER_SUPPORT = "other_support"
    BUDGET = "budget"
    IDENTITY_LINK = "identity_link"


class RuleKey(StrEnum):
    """What a finding belongs to: a rule of a row's road, or what is judged of runs, files and centres."""

    RUN = "run"
    REGISTER = "register"
    FILE = "file"
    CELLS = "cells"
    IDENTITY = "identity"
    CATEGORY = "category"
    DUTY = "duty"
    APPROVAL = "approval"
    AGENCY = "agency"
    WORK_MODE = "work_mode"
    ON_DUTY = "on_duty"
    BANK_ACCOUNT = "bank_account"
    ABSENCE = "absence"
    ONE_PERSON = "one_person"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    OTHER_SUPPORT = "other_support"
    OPENING = "opening"
    SHIFTS = "shifts"
    QUOTA = "quota"
    PART_MONTH = "part_month"
    BUDGET = "budget"
    VARIANCE = "variance"
    AUTHORITY = "authority"
    OTHER_REGIMES = "other_regimes"


class FindingCode(StrEnum):
    """Every finding of rulebook section 4; level, severity and texts stand in policy/findings.yaml."""

    ROSTER_MISSING = "ROSTER_MISSING"
    ROSTER_UNREADABLE = "ROSTER_UNREADABLE"
    ROSTER_TOO_LARGE = "ROSTER_TOO_LARGE"
    ROSTER_AMBIGUOUS = "ROSTER_AMBIGUOUS"
    HEADER_NOT_FOUND = "HEADER_NOT_FOUND"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_AMBIGUOUS = "COLUMN_AMBIGUOUS"
    COLUMN_UNIT = "COLUMN_UNIT"
    WRONG_MONTH = "WRONG_MONTH"
    WRONG_CENTRE = "WRONG_CENTRE"
    TOTAL_MISMATCH = "TOTAL_MISMATCH"
    LEGACY_ENCODING = "LEGACY_ENCODING"
    NO_ROWS = "NO_ROWS"
    CENTRE_NOT_OPEN = "CENTRE_NOT_OPEN"
    NO_ESTABLISHMENT = "NO_ESTABLISHMENT"
    ROSTER_PARTIAL = "ROSTER_PARTIAL"
    REGISTER_ROW_INVALID = "REGISTER_ROW_INVALID"
    HIDDEN_ROWS = "HIDDEN_ROWS"
    SHEET_IGNORED = "SHEET_IGNORED"
    COLUMN_UNKNOWN = "COLUMN_UNKNOWN"
    COLUMN_HIDDEN = "COLUMN_HIDDEN"
    BANK_ACCOUNT_NUMBER = "BANK_ACCOUNT_NUMBER"
    ROSTER_UPLOADING = "ROSTER_UPLOADING"
    ROSTER_OLDER = "ROSTER_OLDER"
    ROSTER_MENDED = "ROSTER_MENDED"
    LAYOUT_CHANGED = "LAYOUT_CHANGED"
    NAME_MISSING = "NAME_MISSING"
    NAME_DIFFERS = "NAME_DIFFERS"
    ID_MISSING = "ID_MISSING"
    ID_INVALID = "ID_INVALID"
    ID_OLD_CMND_EXPIRED = "ID_OLD_CMND_EXPIRED"
    CATEGORY_UNKNOWN = "CATEGORY_UNKNOWN"
    WORK_MODE_UNKNOWN = "WORK_MODE_UNKNOWN"
    MODE_ABOVE_EXPECTED = "MODE_ABOVE_EXPECTED"
    AGENCY_UNKNOWN = "AGENCY_UNKNOWN"
    DATE_INVALID = "DATE_INVALID"
    BANK_ACCOUNT_MISSING = "BANK_ACCOUNT_MISSING"
    BANK_ACCOUNT_INVALID = "BANK_ACCOUNT_INVALID"
    SHARED_BANK_ACCOUNT = "SHARED_BANK_ACCOUNT"
    CELL_UNREADABLE = "CELL_UNREADABLE"
    ROW_HIDDEN = "ROW_HIDDEN"
    DUPLICATE_PERSON = "DUPLICATE_PERSON"
    POSSIBLE_DUPLICATE = "POSSIBLE_DUPLICATE"
    OTHER_SUPPORT_UNREADABLE = "OTHER_SUPPORT_UNREADABLE"
    OTHER_SUPPORT_STILL_PAID = "OTHER_SUPPORT_STILL_PAID"
    CATEGORY_NOT_ELIGIBLE = "CATEGORY_NOT_ELIGIBLE"
    DUTY_OUT_OF_SCOPE = "DUTY_OUT_OF_SCOPE"
    NOT_APPROVED = "NOT_APPROVED"
    NOT_ON_DUTY = "NOT_ON_DUTY"
    AGENCY_NOT_IN_QUOTA = "AGENCY_NOT_IN_QUOTA"
    OVER_QUOTA = "OVER_QUOTA"
    POST_ON_SOME_DAYS = "POST_ON_SOME_DAYS"
    PERSON_SPLIT = "PERSON_SPLIT"
    SELECTION_LAPSED = "SELECTION_LAPSED"
    OPENING_ELSEWHERE = "OPENING_ELSEWHERE"
    OTHER_SUPPORT_PART = "OTHER_SUPPORT_PART"
    ID_ZERO_RESTORED = "ID_ZERO_RESTORED"
    ID_OLD_CMND = "ID_OLD_CMND"
    ID_BIRTH_MISMATCH = "ID_BIRTH_MISMATCH"
    BIRTH_DATE_INVALID = "BIRTH_DATE_INVALID"
    AGENCY_DIFFERS = "AGENCY_DIFFERS"
    SHIFT_INVALID = "SHIFT_INVALID"
    PART_MONTH = "PART_MONTH"
    ABSENCE_NOTED = "ABSENCE_NOTED"
    BANK_ACCOUNT_CHANGED = "BANK_ACCOUNT_CHANGED"
    ROW_MERGED = "ROW_MERGED"
    MODE_BELOW_EXPECTED = "MODE_BELOW_EXPECTED"
    OTHER_SUPPORT_HIGHER = "OTHER_SUPPORT_HIGHER"
    SHIFT_UNDERSTAFFED = "SHIFT_UNDERSTAFFED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    APPROVED_LIST_OVER_QUOTA = "APPROVED_LIST_OVER_QUOTA"
    BUDGET_NEARLY_USED = "BUDGET_NEARLY_USED"
    VARIANCE_HIGH = "VARIANCE_HIGH"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    AUTHORITY_ENDED = "AUTHORITY_ENDED"
    REGIME_UNREGISTERED = "REGIME_UNREGISTERED"
    BUDGET_MISSING = "BUDGET_MISSING"
    NO_BASE_SALARY = "NO_BASE_SALARY"
    POLICY_NOT_IN_FORCE = "POLICY_NOT_IN_FORCE"
    REGISTER_MISSING = "REGISTER_MISSING"
    REGISTER_INVALID = "REGISTER_INVALID"
    PARAMETER_EXPIRING = "PARAMETER_EXPIRING"
    POLICY_DRAFT = "POLICY_DRAFT"
    FILE_IGNORED = "FILE_IGNORED"
    IDENTITY_LINK_KEPT = "IDENTITY_LINK_KEPT"
