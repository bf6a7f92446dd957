"""The policy at one month: the pairs either side of every date at which it changes."""

from datetime import date
from pathlib import Path

import pytest

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.text import word_key
from ioc_etl.errors import PolicyError
from ioc_etl.policy.model import MonthPolicy, Policy
from ioc_etl.policy.resolve import adjustment_end, policy_at
from schemas.vocabulary import CentreKind, Duty, MonitoredService, PartMonthMethod, StaffCategory, WorkMode


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="module")
def january(policy: Policy) -> MonthPolicy:
    return policy_at(policy, date(2022, 1, 1))


def overlaid(folder: Path, name: str, values: str) -> Policy:
    text = f"unit: u\nclause: c\ndescription: d\nvalues:\n{values}"
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_policy(folder)


def value_from(begins: str, value: object, ends: str | None = None) -> str:
    to = f"  to: {ends}\n" if ends else ""
    return f"- from: {begins}\n{to}  status: draft\n  reference: r\n  value: {value}\n"


@pytest.mark.parametrize(
    ("month", "base_salary_vnd"),
    [
        (date(2018, 7, 1), None),
        (date(2019, 6, 1), None),
        (date(2019, 7, 1), 1490000),
        (date(2022, 1, 1), 1490000),
        (date(2023, 6, 1), 1490000),
        (date(2023, 7, 1), 1800000),
        (date(2024, 6, 1), 1800000),
        (date(2024, 7, 1), 2340000),
        (date(2026, 6, 1), 2340000),
        (date(2026, 7, 1), 2530000),
        (date(2031, 1, 1), 2530000),
    ],
)
def test_the_base_salary_is_that_of_the_month(policy: Policy, month: date, base_salary_vnd: int | None) -> None:
    assert policy_at(policy, month).base_salary_vnd == base_salary_vnd


def test_a_month_before_the_policy_is_not_in_force_but_has_everything_else(policy: Policy) -> None:
    month = policy_at(policy, date(2021, 12, 1))
    assert not month.is_in_force
    assert not month.is_payable
    assert month.centre_quota == {CentreKind.PROVINCE: 19, CentreKind.DISTRICT: 9}


@pytest.mark.parametrize("month", [date(2022, 1, 1), date(2022, 12, 1)])
def test_a_budget_year_ends_with_january_of_the_next(policy: Policy, month: date) -> None:
    assert adjustment_end(policy, month) == policy_at(policy, month).adjustment_ends_on == date(2023, 1, 31)


def test_the_policys_first_month_is_in_force_and_payable(january: MonthPolicy) -> None:
    assert january.is_in_force
    assert january.is_payable
    assert (january.first_day, january.last_day) == (date(2022, 1, 1), date(2022, 1, 31))


def test_a_leap_february_ends_on_the_29th(policy: Policy) -> None:
    assert policy_at(policy, date(2024, 2, 1)).last_day == date(2024, 2, 29)


def test_the_rulebooks_numbers_of_january_2022(january: MonthPolicy) -> None:
    assert january.coefficient_tenths == {WorkMode.DIRECT: 15, WorkMode.INDIRECT: 5}
    assert january.part_month is PartMonthMethod.CALENDAR_DAYS
    assert january.half_month_days == 15
    assert january.agency_quota == {"cong-an": 12, "so-y-te": 3, "so-tttt": 3, "so-khdt": 1}
    assert january.shift_staffing == {"cong-an": 4, "so-y-te": 1, "so-tttt": 1}
    assert january.shifts == (1, 2, 3)
    assert len(january.birth_codes) == 63
    assert "070" in january.birth_codes
    assert january.foreign_birth_code_from == 100
    assert (january.citizen_id_digits, january.restorable_digits, january.cmnd_digits) == (12, (11, 10), 9)
    assert january.cmnd_valid_until == date(2024, 12, 31)
    assert (january.bank_account_min_digits, january.bank_account_max_digits) == (6, 19)
    assert january.roster_max_bytes == 20 * 1024 * 1024
    assert (january.budget_nearly_used_percent, january.variance_percent) == (90, 10)
    assert january.eligible_categories == set(StaffCategory) - {StaffCategory.CONTRACT}


def test_the_planning_departments_person_is_expected_to_work_indirectly(january: MonthPolicy) -> None:
    assert january.expected_mode == {
        "cong-an": WorkMode.DIRECT,
        "so-y-te": WorkMode.DIRECT,
        "so-tttt": WorkMode.DIRECT,
        "so-khdt": WorkMode.INDIRECT,
    }


def test_until_february_2025_every_agency_holds_its_own_posts(policy: Policy) -> None:
    month = policy_at(policy, date(2025, 2, 1))
    assert all(code == heir for code, heir in month.agency_successor.items())
    assert "so-khcn" not in month.agency_quota


def test_from_march_2025_the_posts_go_along_with_the_merged_departments(policy: Policy) -> None:
    month = policy_at(policy, date(2025, 3, 1))
    assert month.agency_successor["so-tttt"] == "so-khcn"
    assert month.agency_successor["so-khdt"] == "so-tai-chinh"
    assert month.agency_successor["cong-an"] == "cong-an"
    assert month.agency_quota == {"cong-an": 12, "so-y-te": 3, "so-khcn": 3, "so-tai-chinh": 1}
    assert month.shift_staffing == {"cong-an": 4, "so-y-te": 1, "so-khcn": 1}
    assert month.expected_mode["so-tai-chinh"] is WorkMode.INDIRECT
    assert month.agency_words["so tt tt"] == "so-tttt"


def test_an_agency_inherits_by_way_of_another(tmp_path: Path) -> None:
    chain = "\n    so-tttt: so-khcn\n    so-khcn: so-tai-chinh\n"
    month = policy_at(overlaid(tmp_path, "agency_succession", value_from("2022-01-01", chain)), date(2022, 1, 1))
    assert month.agency_successor["so-tttt"] == "so-tai-chinh"
    assert month.agency_quota["so-tai-chinh"] == 3


def test_posts_of_two_departments_merged_into_one_add_up(tmp_path: Path) -> None:
    both = "\n    so-tttt: so-khcn\n    so-y-te: so-khcn\n"
    month = policy_at(overlaid(tmp_path, "agency_succession", value_from("2022-01-01", both)), date(2022, 1, 1))
    assert month.agency_quota == {"cong-an": 12, "so-khcn": 6, "so-khdt": 1}


def test_two_merged_departments_of_different_modes_need_a_word(tmp_path: Path) -> None:
    both = "\n    so-tttt: so-khcn\n    so-khdt: so-khcn\n"
    policy = overlaid(tmp_path, "agency_succession", value_from("2022-01-01", both))
    with pytest.raises(PolicyError, match=r"expected_mode.yaml: in 2022-01 so-khcn takes over agencies of different"):
        policy_at(policy, date(2022, 1, 1))


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("Công an tỉnh", "cong-an"),
        ("CA tỉnh", "cong-an"),
        ("SỞ Y TẾ", "so-y-te"),
        ("Sở TT&TT", "so-tttt"),
        ("Sở TTTT", "so-tttt"),
        ("Sở Thông tin và Truyền thông", "so-tttt"),
        ("so-tttt", "so-tttt"),
        ("Sở KH&ĐT", "so-khdt"),
        ("Sở KHÐT", "so-khdt"),
        ("Sở Kế hoạch và Đầu tư", "so-khdt"),
        ("Sở Khoa học và Công nghệ", "so-khcn"),
        ("Sở Tài chính", "so-tai-chinh"),
        ("Văn phòng UBND tỉnh", "vp-ubnd"),
        ("vp-ubnd", "vp-ubnd"),
        ("Sở Nội vụ", "so-noi-vu"),
        ("Sở Giáo dục và Đào tạo", "so-giao-duc"),
        ("Phòng Văn hóa và Thông tin", None),
        ("Công an thị xã Phước Long", None),
    ],
)
def test_agencies_are_known_by_the_names_people_write(january: MonthPolicy, text: str, agency: str | None) -> None:
    assert january.agency_words.get(word_key(text)) == agency


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Cán bộ", StaffCategory.CADRE),
        ("công chức", StaffCategory.CIVIL_SERVANT),
        ("VIÊN CHỨC", StaffCategory.PUBLIC_EMPLOYEE),
        ("Công an", StaffCategory.POLICE),
        ("Công an (sĩ quan, chiến sĩ)", StaffCategory.POLICE),
        ("Sĩ quan", StaffCategory.POLICE),
        ("Hợp đồng", StaffCategory.CONTRACT),
        ("Lao động hợp đồng", StaffCategory.CONTRACT),
        ("Cộng tác viên", None),
        ("Cán bộ, công chức", None),
    ],
)
def test_categories_are_known_by_the_words_people_write(
    january: MonthPolicy, text: str, category: StaffCategory | None
) -> None:
    assert january.category_words.get(word_key(text)) == category


def duty_of(month: MonthPolicy, text: str) -> Duty | None:
    """A duty as the rules look it up: the word, or one prefix and the word."""
    key = word_key(text)
    candidates = [
        key,
        *(key.removeprefix(f"{prefix} ") for prefix in month.duty_prefixes if key.startswith(f"{prefix} ")),
    ]
    return next((month.duty_words[candidate] for candidate in candidates if candidate in month.duty_words), None)


@pytest.mark.parametrize(
    ("text", "duty"),
    [
        ("Phát triển", Duty.DEVELOPMENT),
        ("Cập nhật dữ liệu", Duty.DATA_UPDATE),
        ("Vận hành dịch vụ", Duty.SERVICE_OPERATION),
        ("Vận hành dịch vụ đô thị thông minh", Duty.SERVICE_OPERATION),
        ("Giám sát, điều hành an toàn, an ninh mạng", Duty.SECURITY_MONITORING),
        ("GIÁM SÁT AN TOÀN THÔNG TIN", Duty.SECURITY_MONITORING),
        ("Giám sát an ninh mạng, an toàn thông tin", Duty.SECURITY_MONITORING),
        ("Giám sát y tế", Duty.SERVICE_OPERATION),
        ("Giám sát, điều hành lĩnh vực Y tế", Duty.SERVICE_OPERATION),
        ("Giám sát kinh tế - xã hội", Duty.SERVICE_OPERATION),
        ("Giám sát, điều hành chỉ tiêu báo cáo, thống kê kinh tế - xã hội", Duty.SERVICE_OPERATION),
        ("Giám sát hiệu quả hoạt động của chính quyền, dịch vụ công", Duty.SERVICE_OPERATION),
        ("Giám sát dịch vụ công", Duty.SERVICE_OPERATION),
        ("Giám sát, điều hành an toàn giao thông; điều hành an ninh, trật tự", Duty.SERVICE_OPERATION),
        ("Giám sát an toàn giao thông", Duty.SERVICE_OPERATION),
        ("Giám sát an ninh, trật tự", Duty.SERVICE_OPERATION),
        ("Tương tác, giao tiếp phục vụ công dân", Duty.SERVICE_OPERATION),
        ("Giám sát giáo dục", Duty.SERVICE_OPERATION),
        ("Giám sát quản lý, sử dụng đất đai, qui hoạch xây dựng", Duty.SERVICE_OPERATION),
        ("Giám sát đất đai, quy hoạch xây dựng", Duty.SERVICE_OPERATION),
        ("Giám sát thông tin báo chí, mạng xã hội", Duty.SERVICE_OPERATION),
        ("Theo dõi báo chí, mạng xã hội", Duty.SERVICE_OPERATION),
        ("Giám sát du lịch thông minh", Duty.SERVICE_OPERATION),
        ("Giám sát du lịch", Duty.SERVICE_OPERATION),
        ("Trực giám sát y tế", Duty.SERVICE_OPERATION),
        ("Tạp vụ", None),
        ("Lái xe", None),
        ("Bảo vệ", None),
        ("Văn thư", None),
        ("Kế toán", None),
        ("Thủ quỹ", None),
        ("Phục vụ", None),
        ("Hành chính", None),
        ("Giám sát", None),
        ("Giám sát thi công", None),
        ("Quản lý", None),
    ],
)
def test_duties_in_and_out_of_scope(january: MonthPolicy, text: str, duty: Duty | None) -> None:
    assert duty_of(january, text) == duty


@pytest.mark.parametrize("service", list(MonitoredService))
def test_every_monitoring_function_is_known_by_its_official_name_and_by_its_code(
    policy: Policy, january: MonthPolicy, service: MonitoredService
) -> None:
    described = policy.parameters["monitored_services"].values[0].value
    assert isinstance(described, dict)
    assert january.monitored_service_words[word_key(described[service].name)] is service
    assert january.monitored_service_words[word_key(service)] is service


def is_ordinary(month: MonthPolicy, text: str) -> bool:
    """Whether a regime is an ordinary allowance, as the rules match it."""
    key = word_key(text)
    shorter = [key.removeprefix(f"{word} ") for word in month.allowance_prefixes if key.startswith(f"{word} ")]
    return any(
        candidate in month.ordinary_allowance_exact
        or any(candidate == word or candidate.startswith(f"{word} ") for word in month.ordinary_allowance_words)
        for candidate in (key, *shorter)
    )


@pytest.mark.parametrize(
    ("text", "ordinary"),
    [
        ("Phụ cấp công vụ", True),
        ("công vụ", True),
        ("Phụ cấp thâm niên nghề", True),
        ("Phụ cấp chức vụ", True),
        ("PC trách nhiệm", True),
        ("Tiền làm đêm", True),
        ("Phụ cấp làm thêm giờ", True),
        ("Phụ cấp trực", True),
        ("Trực", True),
        ("Phụ cấp trực đêm", True),
        ("Phụ cấp trực 24/24", True),
        ("Trực tiếp làm công nghệ thông tin", False),
        ("Phụ cấp trực tiếp vận hành hệ thống", False),
        ("Hỗ trợ công nghệ thông tin", False),
        ("Hỗ trợ trách nhiệm chuyển đổi số", False),
        ("Hỗ trợ theo Nghị định 179/2025/NĐ-CP", False),
        ("Phụ cấp thu hút", False),
        ("Phụ cấp đặc thù", False),
    ],
)
def test_ordinary_allowances_are_told_from_special_supports(january: MonthPolicy, text: str, *, ordinary: bool) -> None:
    assert is_ordinary(january, text) is ordinary


def test_a_parameter_that_ends_within_sixty_days_of_the_months_end_is_expiring(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "part_month", value_from("2022-01-01", "full_month", "2022-04-30"))
    assert policy_at(policy, date(2022, 2, 1)).expiring == ()
    assert policy_at(policy, date(2022, 3, 1)).expiring == (("part_month", date(2022, 4, 30)),)
    assert policy_at(policy, date(2022, 4, 1)).expiring == (("part_month", date(2022, 4, 30)),)


def test_a_value_that_ends_with_a_successor_is_not_expiring(policy: Policy) -> None:
    assert policy_at(policy, date(2023, 6, 1)).expiring == ()


def test_a_parameter_that_has_ended_fails_closed(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "part_month", value_from("2022-01-01", "full_month", "2022-04-30"))
    with pytest.raises(PolicyError, match=r"part_month.yaml: .* no value for 2022-05 \(it ended on 2022-04-30\)"):
        policy_at(policy, date(2022, 5, 1))


def test_a_parameter_that_begins_after_the_policy_fails_closed_in_between(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "part_month", value_from("2022-03-01", "full_month"))
    with pytest.raises(PolicyError, match=r"part_month.yaml: .* no value for 2022-02 \(it begins on 2022-03-01\)"):
        policy_at(policy, date(2022, 2, 1))
    assert not policy_at(policy, date(2021, 12, 1)).is_in_force


def test_a_base_salary_that_has_ended_is_missing_and_no_error(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "base_salary", value_from("2022-01-01", 1490000, "2022-06-30"))
    assert policy_at(policy, date(2022, 6, 1)).base_salary_vnd == 1490000
    assert policy_at(policy, date(2022, 7, 1)).base_salary_vnd is None


def test_a_policy_that_has_ended_is_not_in_force(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "policy_in_force", value_from("2022-01-01", "true", "2025-06-30"))
    assert policy_at(policy, date(2025, 6, 1)).is_in_force
    assert not policy_at(policy, date(2025, 7, 1)).is_in_force


def test_months_before_the_first_one_paid_here_are_computed_not_paid(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "first_month", value_from("2022-01-01", "2022-03-01"))
    assert not policy_at(policy, date(2022, 2, 1)).is_payable
    assert policy_at(policy, date(2022, 3, 1)).is_payable


def adopted_from(applies_from: str) -> str:
    """Passed on 10 July 2022, in force from 20 July."""
    return (
        "\n    status: in_force\n    resolution_no: 9/2022/NQ-HĐND\n    passed_on: 2022-07-10\n"
        f"    effective_on: 2022-07-20\n    article: Điều 3\n    applies_from: {applies_from}\n"
        "    applies_words: áp dụng từ năm ngân sách 2022\n"
    )


@pytest.mark.parametrize(
    ("applies_from", "in_force"),
    [("2022-01-01", [False, True, True, True, True]), ("2022-08-01", [False, False, False, False, True])],
)
def test_an_adopted_text_applies_from_the_month_it_says_whenever_it_is_recorded(
    tmp_path: Path, applies_from: str, in_force: list[bool]
) -> None:
    """Rule 17: passed in July, it reaches back to January, or begins in August; never the day it is recorded."""
    months = [date(2021, 12, 1), date(2022, 1, 1), date(2022, 6, 1), date(2022, 7, 1), date(2022, 8, 1)]
    for begins in ("2022-01-01", "2022-08-01"):
        draft = value_from("2022-01-01", "\n    status: draft", "2022-07-31") if begins == "2022-08-01" else ""
        policy = overlaid(tmp_path, "adoption", draft + value_from(begins, adopted_from(applies_from)))
        assert [policy_at(policy, month).is_in_force for month in months] == in_force


def test_a_lines_basis_is_the_resolution_and_the_decree_of_its_month(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "adoption", value_from("2022-01-01", adopted_from("2022-01-01")))
    assert policy_at(policy, date(2022, 2, 1)).basis_for("tinh") == (
        "Nghị quyết 9/2022/NQ-HĐND ngày 10/07/2022, Điều 3; Nghị định 38/2019/NĐ-CP"
    )
    assert policy_at(policy, date(2023, 7, 1)).basis_for("tinh").endswith("; Nghị định 24/2023/NĐ-CP")


def test_a_draft_allows_no_payment_and_an_adopted_text_does(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, "adoption", value_from("2022-01-01", adopted_from("2022-01-01")))
    months = (date(2022, 1, 1), date(2030, 1, 1))
    assert [policy_at(policy, month).may_pay("tinh") for month in months] == [True, True]
    assert [policy_at(load_policy(), month).may_pay("tinh") for month in months] == [False, False]


@pytest.mark.parametrize(
    "value",
    [
        "\n    status: draft\n    resolution_no: 9/2022/NQ-HĐND",
        "\n    status: in_force\n    resolution_no: 9/2022/NQ-HĐND",
        adopted_from("2022-01-15"),
    ],
)
def test_an_adoption_is_whole_and_applies_from_a_first_of_a_month(tmp_path: Path, value: str) -> None:
    with pytest.raises(PolicyError, match=r"adoption\.yaml"):
        overlaid(tmp_path, "adoption", value_from("2022-01-01", value))
