"""The packaged policy: cited, complete, told in two languages; folders and registries laid over it."""

import re
import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.errors import PolicyError
from ioc_etl.policy.model import RULES, FindingText, Policy
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import CentreKind, FindingCode, Level, PartMonthMethod, Severity

NO_RIGHT = {
    FindingCode.CATEGORY_NOT_ELIGIBLE,
    FindingCode.DUTY_OUT_OF_SCOPE,
    FindingCode.NOT_APPROVED,
    FindingCode.NOT_ON_DUTY,
    FindingCode.AGENCY_NOT_IN_QUOTA,
}
WAIVABLE = {
    FindingCode.NAME_DIFFERS,
    FindingCode.MODE_ABOVE_EXPECTED,
    FindingCode.SHARED_BANK_ACCOUNT,
    FindingCode.ROW_HIDDEN,
    FindingCode.POSSIBLE_DUPLICATE,
    FindingCode.OTHER_SUPPORT_STILL_PAID,
    FindingCode.DUTY_OUT_OF_SCOPE,
}
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
PART_MONTH = """\
unit: phương pháp
clause: Quy tắc 12
description: Cách tính phần tháng.
values:
- from: 2022-01-01
  status: draft
  reference: Thử
  value: calendar_days
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def all_texts(text: FindingText) -> list[str]:
    return [text.message_vi, text.message_en, text.how_to_fix_vi, text.how_to_fix_en, text.legal_basis]


def test_every_value_of_every_parameter_has_its_reference_unit_and_clause(policy: Policy) -> None:
    for parameter in policy.parameters.values():
        assert parameter.unit
        assert parameter.clause
        assert VIETNAMESE.search(parameter.description_vi), parameter.name
        assert all(dated.reference for dated in parameter.values), parameter.name


def test_every_base_salary_rests_on_its_own_decree(policy: Policy) -> None:
    references = [dated.reference for dated in policy.parameters["base_salary"].values]
    assert references == [
        "Nghị định 38/2019/NĐ-CP",
        "Nghị định 24/2023/NĐ-CP",
        "Nghị định 73/2024/NĐ-CP",
        "Nghị định 161/2026/NĐ-CP",
    ]


def test_every_finding_of_the_rulebook_has_its_texts(policy: Policy) -> None:
    assert set(policy.findings) == set(FindingCode)


@pytest.mark.parametrize("code", list(FindingCode))
def test_a_findings_texts_are_whole_in_both_languages(policy: Policy, code: FindingCode) -> None:
    text = policy.findings[code]
    assert text.rule in RULES
    assert all(all_texts(text))
    assert all(unicodedata.is_normalized("NFC", part) for part in all_texts(text))
    assert VIETNAMESE.search(text.message_vi)
    assert VIETNAMESE.search(text.how_to_fix_vi)
    assert text.message_en != text.message_vi
    assert text.how_to_fix_vi.endswith(".")
    assert text.how_to_fix_en.endswith(".")
    assert len(text.message_vi) <= 120
    filled = text.message_vi.format(found="—", expected="—", place="—")
    assert "{" not in filled


def test_the_two_lists_without_a_right_are_those_of_the_rulebook(policy: Policy) -> None:
    assert {code for code, text in policy.findings.items() if text.has_no_right} == NO_RIGHT | {FindingCode.OVER_QUOTA}
    assert {code for code, text in policy.findings.items() if text.frees_post} == NO_RIGHT | {FindingCode.ROW_HIDDEN}


def test_finance_may_waive_what_the_rulebook_marks(policy: Policy) -> None:
    assert {code for code, text in policy.findings.items() if text.is_waivable} == WAIVABLE


def test_levels_and_severities_count_as_in_the_rulebook(policy: Policy) -> None:
    counted: dict[tuple[Level, Severity], int] = {}
    for text in policy.findings.values():
        counted[text.level, text.severity] = counted.get((text.level, text.severity), 0) + 1
    assert counted == {
        (Level.FILE, Severity.BLOCK): 17,
        (Level.FILE, Severity.WARN): 8,
        (Level.FILE, Severity.INFO): 1,
        (Level.ROW, Severity.BLOCK): 25,
        (Level.ROW, Severity.WARN): 17,
        (Level.CENTRE, Severity.WARN): 5,
        (Level.CENTRE, Severity.BLOCK): 2,
        (Level.RUN, Severity.BLOCK): 4,
        (Level.RUN, Severity.WARN): 4,  # the rulebook's three, and IDENTITY_LINK_KEPT
    }


def test_four_centres_are_open_in_january_2022_and_eight_are_planned(policy: Policy) -> None:
    opened = {c.code for c in policy.centres.values() if c.is_open_between(date(2022, 1, 1), date(2022, 1, 31))}
    assert opened == {"tinh", "dong-xoai", "phuoc-long", "binh-long"}
    assert {c.code for c in policy.centres.values()} - opened == {
        "bu-gia-map",
        "loc-ninh",
        "bu-dop",
        "hon-quan",
        "dong-phu",
        "bu-dang",
        "chon-thanh",
        "phu-rieng",
    }
    assert [c.code for c in policy.centres.values() if c.kind is CentreKind.PROVINCE] == ["tinh"]
    assert all(c.funding_source == c.code for c in policy.centres.values())


def test_the_province_opened_on_9_september_2020(policy: Policy) -> None:
    province = policy.centres["tinh"]
    assert not province.is_open_between(date(2020, 8, 1), date(2020, 9, 8))
    assert province.is_open_between(date(2020, 9, 1), date(2020, 9, 9))


def test_a_folder_of_parameters_changes_the_result_and_nothing_else(tmp_path: Path, policy: Policy) -> None:
    (tmp_path / "part_month.yaml").write_text(PART_MONTH, encoding="utf-8")
    (tmp_path / "README.md").write_text("nobody's business", encoding="utf-8")
    other = load_policy(tmp_path)
    assert policy_at(other, date(2022, 1, 1)).part_month is PartMonthMethod.CALENDAR_DAYS
    assert other.version != policy.version
    assert other.parameters.keys() == policy.parameters.keys()
    assert other.parameters["base_salary"] == policy.parameters["base_salary"]


def test_the_version_is_that_of_the_texts_not_of_the_place(tmp_path: Path) -> None:
    versions = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part_month.yaml").write_text(PART_MONTH, encoding="utf-8")
        versions.append(load_policy(tmp_path / name).version)
    assert versions[0] == versions[1]
    assert re.fullmatch("[0-9a-f]{64}", versions[0])


CENTRES = """\
centres:
  tinh:
    name: Trung tâm tỉnh
    kind: province
    opened_on: 2020-09-09
    reference: Quyết định thử
    aliases: [tỉnh Thử]
  huyen-mot:
    name: Trung tâm huyện Một
    kind: district
    opened_on: 2021-01-01
    closed_on: 2022-06-30
    reference: Quyết định thử
    aliases: [huyện Một]
"""


def centres_file(folder: Path, text: str) -> Path:
    path = folder / "centres.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_another_registry_of_centres_replaces_the_packaged_one(tmp_path: Path) -> None:
    centres = load_policy(centres_file=centres_file(tmp_path, CENTRES)).centres
    assert list(centres) == ["tinh", "huyen-mot"]
    assert centres["huyen-mot"].is_open_between(date(2022, 6, 1), date(2022, 6, 30))
    assert not centres["huyen-mot"].is_open_between(date(2022, 7, 1), date(2022, 7, 31))


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("  huyen-mot:", "  tinh:", "line 8: 'tinh' is given twice"),
        ("  huyen-mot:", "  Huyện Một:", "line 8: centres.Huyện Một: String should match pattern"),
        (
            "kind: district",
            "kind: commune",
            "line 10: centres.huyen-mot.kind: Input should be 'province' or",
        ),
        (
            "aliases: [huyện Một]",
            "aliases: [Tỉnh thử]",
            "line 14: centres.huyen-mot.aliases.0: 'Tỉnh thử' already",
        ),
        (
            "closed_on: 2022-06-30",
            "closed_on: 2020-06-30",
            "line 12: centres.huyen-mot.closed_on: a centre closes",
        ),
        (
            "    opened_on: 2021-01-01\n",
            "",
            "line 11: centres.huyen-mot.closed_on: a centre closes",
        ),
        ("    name: Trung tâm huyện Một\n", "", "line 8: centres.huyen-mot.name: this key is missing"),
        ("opened_on: 2021-01-01", "opened: 2021-01-01", "line 11: centres.huyen-mot.opened: this key is unknown"),
    ],
)
def test_a_slip_in_the_registry_is_refused_with_its_line(tmp_path: Path, good: str, bad: str, said: str) -> None:
    path = centres_file(tmp_path, CENTRES.replace(good, bad, 1))
    with pytest.raises(PolicyError) as caught:
        load_policy(centres_file=path)
    assert str(caught.value).startswith(f"{path}, {said}")


def test_a_registry_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"centres.yaml: the file cannot be read"):
        load_policy(centres_file=tmp_path / "centres.yaml")


def test_ten_thousand_centres_load_in_reasonable_time(tmp_path: Path) -> None:
    rows = "".join(
        f"  huyen-{number}:\n    name: Trung tâm huyện {number}\n    kind: district\n    opened_on: 2021-01-01\n"
        f"    reference: Quyết định {number}\n    aliases: [huyện {number}, H. {number}]\n"
        for number in range(10_000)
    )
    started = time.perf_counter()
    policy = load_policy(centres_file=centres_file(tmp_path, f"centres:\n{rows}"))
    assert len(policy.centres) == 10_000
    assert time.perf_counter() - started < 20
