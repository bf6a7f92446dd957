"""What a centre is called and who pays for it, from day to day; when its authority ends and what continues it."""

from datetime import date
from pathlib import Path

import pytest

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.impact import impact
from ioc_etl.errors import PolicyError
from ioc_etl.policy.alike import decide_alike
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import centres_at, policy_at

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
    reference: Quyết định thử
    aliases: [huyện Một]
    later_names:
      - {from: 2022-10-01, name: Trung tâm thị xã Một, aliases: [thị xã Một], reference: Nghị quyết thử}
    successor: tinh
    authority_ended_on: 2025-06-30
    authority_reference: Luật thử
"""
CONTINUED = """\
    continued_by:
      - document_no: 7/QĐ-UBND
        dated: 2025-07-15
        from: 2025-07-01
        to: 2025-12-31
        successor: tinh
        funding_source: tinh
        reference: Quyết định 7/QĐ-UBND
"""
ENDED = date(2025, 6, 30)


def policy_of(folder: Path, text: str) -> Policy:
    path = folder / "centres.yaml"
    path.write_text(text, encoding="utf-8")
    return load_policy(centres_file=path)


def district(folder: Path, month: date, text: str = CENTRES) -> Centre:
    return centres_at(policy_of(folder, text), month)["huyen-mot"]


@pytest.mark.parametrize(
    ("month", "name"),
    [
        (date(2022, 9, 1), "Trung tâm huyện Một"),
        (date(2022, 10, 1), "Trung tâm thị xã Một"),
        (date(2026, 1, 1), "Trung tâm thị xã Một"),
    ],
)
def test_a_centre_has_the_name_of_the_months_last_day(tmp_path: Path, month: date, name: str) -> None:
    assert district(tmp_path, month).name == name


def test_titles_may_use_every_name_so_far_and_none_to_come(tmp_path: Path) -> None:
    assert district(tmp_path, date(2022, 9, 1)).aliases == ("huyện Một",)
    assert set(district(tmp_path, date(2022, 10, 1)).aliases) >= {"huyện Một", "thị xã Một", "Trung tâm huyện Một"}


@pytest.mark.parametrize(
    ("first", "last", "has_authority"),
    [
        (date(2025, 6, 1), date(2025, 6, 30), True),
        (date(2025, 6, 1), date(2025, 7, 1), False),
        (date(2025, 7, 1), date(2025, 7, 31), False),
    ],
)
def test_an_authority_ends_with_its_last_day(tmp_path: Path, first: date, last: date, has_authority: bool) -> None:
    assert district(tmp_path, first).has_authority_between(first, last) is has_authority


@pytest.mark.parametrize(
    ("first", "last", "has_authority"),
    [
        (date(2025, 6, 1), date(2025, 7, 1), True),
        (date(2025, 7, 1), date(2025, 7, 31), True),
        (date(2025, 12, 1), date(2025, 12, 31), True),
        (date(2025, 12, 1), date(2026, 1, 1), False),
        (date(2026, 1, 1), date(2026, 1, 31), False),
    ],
)
def test_a_text_continues_it_for_its_own_days(tmp_path: Path, first: date, last: date, has_authority: bool) -> None:
    centre = district(tmp_path, first, CENTRES + CONTINUED)
    assert centre.has_authority_between(first, last) is has_authority


def test_who_pays_is_who_the_text_says(tmp_path: Path) -> None:
    sources = [
        district(tmp_path, month, CENTRES + CONTINUED).funding_source
        for month in (date(2025, 6, 1), date(2025, 7, 1), date(2025, 12, 1), date(2026, 1, 1))
    ]
    assert sources == ["huyen-mot", "tinh", "tinh", "huyen-mot"]


def test_a_text_decides_its_months_otherwise_and_no_other(tmp_path: Path) -> None:
    before, after = policy_of(tmp_path, CENTRES), policy_of(tmp_path, CENTRES + CONTINUED)
    months = [date(2025, 6, 1), date(2025, 7, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert [decide_alike(before, after, month) for month in months] == [True, False, False, True]


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("    authority_reference: Luật thử\n", "", "authority_ended_on and authority_reference go together"),
        ("from: 2025-07-01", "from: 2025-06-30", "a text continues an authority that has ended"),
        ("to: 2025-12-31", "to: 2025-06-30", "a text continues an authority that has ended"),
        ("        successor: tinh\n", "        successor: huyen-hai\n", "there is no centre 'huyen-hai' in this file"),
        ("    successor: tinh\n", "    successor: huyen-hai\n", "there is no centre 'huyen-hai' in this file"),
        ("aliases: [thị xã Một]", "aliases: [tỉnh Thử]", "'tỉnh Thử' already means tinh"),
        ("      - document_no: 7/QĐ-UBND\n        dated", "      - dated", "document_no: this key is missing"),
    ],
)
def test_a_slip_in_a_centres_later_days_is_refused(tmp_path: Path, good: str, bad: str, said: str) -> None:
    text = CENTRES + CONTINUED
    assert good in text
    with pytest.raises(PolicyError, match=said):
        policy_of(tmp_path, text.replace(good, bad, 1))


def test_a_name_that_does_not_follow_the_one_before_is_refused(tmp_path: Path) -> None:
    again = "      - {from: 2022-10-01, name: Trung tâm phường Một, reference: Thử}\n    successor: tinh\n"
    with pytest.raises(PolicyError, match="names follow one another"):
        policy_of(tmp_path, CENTRES.replace("    successor: tinh\n", again))


# ---- The packaged registry and agencies


@pytest.mark.parametrize(
    ("month", "police", "province"),
    [
        (date(2022, 1, 1), "Công an tỉnh", "tỉnh Bình Phước"),
        (date(2025, 6, 1), "Công an tỉnh", "tỉnh Bình Phước"),
        (date(2025, 7, 1), "Công an tỉnh Đồng Nai", "tỉnh Đồng Nai"),
        (date(2026, 3, 1), "Công an tỉnh Đồng Nai", "tỉnh Đồng Nai"),
        (date(2026, 4, 1), "Công an thành phố Đồng Nai", "thành phố Đồng Nai"),
        (date(2026, 11, 1), "Công an thành phố Đồng Nai", "thành phố Đồng Nai"),
    ],
)
def test_the_province_and_its_police_are_called_as_the_law_calls_them(month: date, police: str, province: str) -> None:
    policy = load_policy()
    assert policy_at(policy, month).agency_names["cong-an"] == police
    assert centres_at(policy, month)["tinh"].name == f"Trung tâm Điều hành thông minh {province}"


def test_chon_thanh_is_a_town_from_october_2022() -> None:
    named = [centres_at(load_policy(), date(2022, month, 1))["chon-thanh"].name for month in (9, 10)]
    assert [name.removeprefix("Trung tâm Điều hành thông minh ") for name in named] == [
        "huyện Chơn Thành",
        "thị xã Chơn Thành",
    ]


def test_the_impact_of_a_body_that_has_ended_goes_up_to_its_end() -> None:
    tables = impact(load_policy(), year=2025)
    assert [(period.first_month.month, period.month_count) for period in tables.scenarios[0].periods] == [
        (1, 6),
        (7, 6),
    ]
    assert [sum(row.posts for row in period.rows) for period in tables.scenarios[0].periods] == [2 * 46, 0]
    assert [(day, count) for day, count, _ in tables.ended] == [(ENDED, 1), (ENDED, 11)]
    assert impact(load_policy(), year=2024).ended == ()
