"""The list of findings as rulebook section 4 has it, copied by hand: what each reaches, stops and frees."""

from factories import policy

from schemas.vocabulary import FindingCode, Level, Severity

FILE_BLOCK = """ROSTER_MISSING ROSTER_UNREADABLE ROSTER_TOO_LARGE ROSTER_AMBIGUOUS HEADER_NOT_FOUND COLUMN_MISSING
COLUMN_AMBIGUOUS COLUMN_UNIT WRONG_MONTH WRONG_CENTRE TOTAL_MISMATCH LEGACY_ENCODING NO_ROWS CENTRE_NOT_OPEN
NO_ESTABLISHMENT REGISTER_ROW_INVALID ROSTER_PARTIAL"""
FILE_WARN = """HIDDEN_ROWS SHEET_IGNORED COLUMN_UNKNOWN COLUMN_HIDDEN BANK_ACCOUNT_NUMBER ROSTER_UPLOADING
LAYOUT_CHANGED"""
FILE_INFO = "ROSTER_MENDED"
ROW_MENDED = """NAME_MISSING NAME_DIFFERS ID_MISSING ID_INVALID ID_OLD_CMND_EXPIRED CATEGORY_UNKNOWN WORK_MODE_UNKNOWN
MODE_ABOVE_EXPECTED AGENCY_UNKNOWN DATE_INVALID BANK_ACCOUNT_MISSING BANK_ACCOUNT_INVALID SHARED_BANK_ACCOUNT
CELL_UNREADABLE ROW_HIDDEN DUPLICATE_PERSON POSSIBLE_DUPLICATE OTHER_SUPPORT_UNREADABLE OTHER_SUPPORT_STILL_PAID"""
ROW_NO_RIGHT = "CATEGORY_NOT_ELIGIBLE DUTY_OUT_OF_SCOPE NOT_APPROVED NOT_ON_DUTY AGENCY_NOT_IN_QUOTA OVER_QUOTA"
ROW_WARN = """ID_ZERO_RESTORED ID_OLD_CMND ID_BIRTH_MISMATCH BIRTH_DATE_INVALID AGENCY_DIFFERS SHIFT_INVALID PART_MONTH
ABSENCE_NOTED BANK_ACCOUNT_CHANGED ROW_MERGED MODE_BELOW_EXPECTED OTHER_SUPPORT_HIGHER"""
CENTRE_WARN = "SHIFT_UNDERSTAFFED QUOTA_EXCEEDED APPROVED_LIST_OVER_QUOTA BUDGET_NEARLY_USED VARIANCE_HIGH"
CENTRE_BLOCK = "BUDGET_EXCEEDED BUDGET_MISSING"
RUN_BLOCK = "NO_BASE_SALARY POLICY_NOT_IN_FORCE REGISTER_MISSING REGISTER_INVALID"
RUN_WARN = "PARAMETER_EXPIRING POLICY_DRAFT FILE_IGNORED IDENTITY_LINK_KEPT"
WAIVABLE = """NAME_DIFFERS MODE_ABOVE_EXPECTED SHARED_BANK_ACCOUNT ROW_HIDDEN POSSIBLE_DUPLICATE
OTHER_SUPPORT_STILL_PAID DUTY_OUT_OF_SCOPE"""
FREES_ITS_POST = """CATEGORY_NOT_ELIGIBLE DUTY_OUT_OF_SCOPE NOT_APPROVED NOT_ON_DUTY AGENCY_NOT_IN_QUOTA ROW_HIDDEN"""

REACH = {
    (Level.FILE, Severity.BLOCK): FILE_BLOCK,
    (Level.FILE, Severity.WARN): FILE_WARN,
    (Level.FILE, Severity.INFO): FILE_INFO,
    (Level.ROW, Severity.BLOCK): f"{ROW_MENDED} {ROW_NO_RIGHT}",
    (Level.ROW, Severity.WARN): ROW_WARN,
    (Level.CENTRE, Severity.WARN): CENTRE_WARN,
    (Level.CENTRE, Severity.BLOCK): CENTRE_BLOCK,
    (Level.RUN, Severity.BLOCK): RUN_BLOCK,
    (Level.RUN, Severity.WARN): RUN_WARN,
}


def test_every_finding_reaches_and_stops_what_the_rulebook_says() -> None:
    said = {code: reach for reach, codes in REACH.items() for code in codes.split()}
    assert {str(code): (text.level, text.severity) for code, text in policy().findings.items()} == said
    assert {str(code) for code in FindingCode} == set(said)


def test_finance_may_waive_what_the_rulebook_marks_and_nothing_else() -> None:
    assert {str(code) for code, text in policy().findings.items() if text.is_waivable} == set(WAIVABLE.split())


def test_no_right_is_what_the_rulebook_calls_so() -> None:
    assert {str(code) for code, text in policy().findings.items() if text.has_no_right} == set(ROW_NO_RIGHT.split())


def test_a_post_is_freed_by_what_the_rulebook_says() -> None:
    assert {str(code) for code, text in policy().findings.items() if text.frees_post} == set(FREES_ITS_POST.split())
