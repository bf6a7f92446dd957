"""Which months a new version of the policy decides otherwise."""

from datetime import date

import pytest

from ioc_etl.adapters.policy_files import PolicyTexts, policy_texts
from ioc_etl.policy.alike import decide_alike
from ioc_etl.policy.model import Policy
from ioc_etl.policy.parse import SourceText
from ioc_etl.policy.resolve import policy_at

PACKAGED = policy_texts()


def changed(name: str, old: str, new: str) -> Policy:
    """The packaged policy with one text of a parameter replaced; the text must be there."""
    text = PACKAGED.parameters[name].text
    assert old in text
    parameters = {**PACKAGED.parameters, name: SourceText(f"{name}.yaml", text.replace(old, new))}
    return PolicyTexts(parameters, PACKAGED.findings, PACKAGED.centres).policy()


RAISED_FROM_MARCH = """    to: 2022-02-28
    status: in_force
    reference: Nghị định 38/2019/NĐ-CP
    value: 1490000
  - from: 2022-03-01
    to: 2023-06-30
    status: in_force
    reference: Nghị định khác
    value: 1500000
"""
AS_IT_IS = """    to: 2023-06-30
    status: in_force
    reference: Nghị định 38/2019/NĐ-CP
    value: 1490000
"""


def test_the_same_files_decide_every_month_alike() -> None:
    assert decide_alike(PACKAGED.policy(), PACKAGED.policy(), date(2022, 1, 1))


@pytest.mark.parametrize(
    ("month", "alike"),
    [(date(2022, 2, 1), True), (date(2022, 3, 1), False), (date(2023, 6, 1), False), (date(2023, 7, 1), True)],
)
def test_a_salary_raised_backwards_touches_the_months_from_its_first_to_the_next_value(
    month: date, alike: bool
) -> None:
    assert decide_alike(PACKAGED.policy(), changed("base_salary", AS_IT_IS, RAISED_FROM_MARCH), month) is alike


def test_another_reference_of_the_same_value_decides_alike() -> None:
    other = changed("base_salary", "Nghị định 38/2019/NĐ-CP", "Nghị định khác")
    assert decide_alike(PACKAGED.policy(), other, date(2022, 1, 1))


def test_a_centre_that_opens_later_decides_the_months_before_otherwise() -> None:
    text = PACKAGED.centres.text
    assert "opened_on: 2021-05-01" in text
    centres = SourceText("centres.yaml", text.replace("opened_on: 2021-05-01", "opened_on: 2022-03-01", 1))
    other = PolicyTexts(PACKAGED.parameters, PACKAGED.findings, centres).policy()
    assert not decide_alike(PACKAGED.policy(), other, date(2022, 2, 1))
    assert decide_alike(PACKAGED.policy(), other, date(2022, 3, 1))


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("Chưa nhận được danh sách của tháng", "Tháng này chưa có danh sách", True),
        ("  rule: cells\n  legal_basis", "  has_no_right: true\n  rule: cells\n  legal_basis", False),
    ],
)
def test_a_finding_that_decides_more_differs_and_one_in_other_words_does_not(old: str, new: str, alike: bool) -> None:
    findings = PACKAGED.findings.text
    assert old in findings
    other = PolicyTexts(
        PACKAGED.parameters, SourceText("findings.yaml", findings.replace(old, new, 1)), PACKAGED.centres
    ).policy()
    assert decide_alike(PACKAGED.policy(), other, date(2022, 1, 1)) is alike


def test_recording_that_the_policy_was_adopted_decides_no_month_otherwise() -> None:
    draft = "    value:\n      status: draft\n"
    passed = (
        "    value:\n      status: in_force\n      resolution_no: 05/2021/NQ-HĐND\n      passed_on: 2021-12-10\n"
        "      effective_on: 2021-12-20\n      article: Điều 3\n      applies_from: 2022-01-01\n"
        "      applies_words: từ năm ngân sách 2022\n"
    )
    adopted = changed("adoption", draft, passed)
    assert policy_at(adopted, date(2022, 1, 1)).adoption != policy_at(PACKAGED.policy(), date(2022, 1, 1)).adoption
    assert decide_alike(PACKAGED.policy(), adopted, date(2022, 1, 1))


def test_a_parameter_that_came_later_stands_in_older_texts_as_it_is_today() -> None:
    older = {name: text for name, text in PACKAGED.parameters.items() if name != "variance_percent"}
    kept = PolicyTexts(older, PACKAGED.findings, PACKAGED.centres)
    assert decide_alike(kept.with_later(PACKAGED).policy(), PACKAGED.policy(), date(2022, 1, 1))
