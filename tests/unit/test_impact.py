"""Rulebook section 2: every printed figure reproduced, the policy's own beside it, the differences named."""

from datetime import date
from pathlib import Path

import pytest

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.impact import impact
from ioc_etl.errors import UsageError
from ioc_etl.policy.model import Policy
from schemas.impact import (
    CeilingCalledMinimum,
    FigureMisprinted,
    ImpactGroup,
    ImpactRow,
    ImpactScenario,
    IndirectPricedAsDirect,
    Measure,
    ScenarioKind,
)

PROVINCE, DISTRICTS, TOTAL = ImpactGroup.PROVINCE, ImpactGroup.DISTRICTS, ImpactGroup.TOTAL


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def row_of(scenario: ImpactScenario, group: ImpactGroup, period: int = 0) -> ImpactRow:
    return next(row for row in scenario.periods[period].rows if row.group is group)


def year_of(scenario: ImpactScenario, group: ImpactGroup) -> tuple[int, int]:
    year = next(year for year in scenario.years if year.group is group)
    return year.printed_year_vnd, year.own_year_vnd


def laid_over(folder: Path, name: str, value: str) -> Policy:
    head = "unit: u\nclause: c\ndescription: d\nvalues:\n"
    entry = f"- from: 2022-01-01\n  status: draft\n  reference: r\n  value:{value}\n"
    (folder / f"{name}.yaml").write_text(head + entry, encoding="utf-8")
    return load_policy(folder)


@pytest.mark.parametrize(
    ("group", "posts", "month_vnd", "year_vnd"),
    [
        (PROVINCE, 19, 42_465_000, 509_580_000),
        (DISTRICTS, 27, 60_345_000, 724_140_000),
        (TOTAL, 46, 102_810_000, 1_233_720_000),
    ],
)
def test_the_printed_table_of_2022_is_reproduced(
    policy: Policy, group: ImpactGroup, posts: int, month_vnd: int, year_vnd: int
) -> None:
    opened = impact(policy, year=2022).scenarios[0]
    row = row_of(opened, group)
    assert opened.periods[0].direct_vnd == 2_235_000
    assert (row.posts, row.printed_month_vnd) == (posts, month_vnd)
    assert year_of(opened, group)[0] == year_vnd


@pytest.mark.parametrize(
    ("group", "modes", "month_vnd", "year_vnd"),
    [
        (PROVINCE, (18, 1), 40_975_000, 491_700_000),
        (DISTRICTS, (27, 0), 60_345_000, 724_140_000),
        (TOTAL, (45, 1), 101_320_000, 1_215_840_000),
    ],
)
def test_the_policys_own_table_of_2022_stands_beside_it(
    policy: Policy, group: ImpactGroup, modes: tuple[int, int], month_vnd: int, year_vnd: int
) -> None:
    opened = impact(policy, year=2022).scenarios[0]
    row = row_of(opened, group)
    assert ((row.direct_posts, row.indirect_posts), row.own_month_vnd) == (modes, month_vnd)
    assert year_of(opened, group)[1] == year_vnd


def test_eleven_districts_have_ninety_nine_posts(policy: Policy) -> None:
    everywhere = impact(policy, year=2022).scenarios[1]
    row = row_of(everywhere, DISTRICTS)
    assert (row.centre_count, row.posts, row.printed_month_vnd) == (11, 99, 221_265_000)
    assert year_of(everywhere, DISTRICTS) == (2_655_180_000, 2_655_180_000)
    assert row_of(everywhere, TOTAL).printed_month_vnd == 263_730_000


def test_every_printed_figure_is_checked_and_only_the_66_is_wrong(policy: Policy) -> None:
    checks = impact(policy, year=2022).checks
    assert len(checks) == 13
    wrong = [check for check in checks if check.printed != check.counted]
    assert [(w.scenario, w.group, w.measure, w.printed, w.counted) for w in wrong] == [
        (ScenarioKind.ALL_DISTRICTS, DISTRICTS, Measure.POSTS, 66, 99)
    ]


def test_the_differences_from_the_source_are_named(policy: Policy) -> None:
    misprint, mispriced, ceiling = impact(policy, year=2022).differences
    assert isinstance(misprint, FigureMisprinted)
    assert (misprint.check.printed, misprint.check.counted) == (66, 99)
    assert (misprint.centre_count, misprint.posts_per_centre, misprint.month_vnd) == (11, 9, 221_265_000)
    assert mispriced == IndirectPricedAsDirect(
        "Sở Kế hoạch và Đầu tư", 1, date(2022, 1, 1), 2_235_000, 745_000, 12, 17_880_000
    )
    assert ceiling == CeilingCalledMinimum(1_233_720_000, 509_580_000, 1_215_840_000)


@pytest.mark.parametrize(
    ("base_salary_vnd", "months_vnd"),
    [
        (1_490_000, (42_465_000, 40_975_000, 60_345_000, 221_265_000)),
        (1_800_000, (51_300_000, 49_500_000, 72_900_000, 267_300_000)),
        (2_340_000, (66_690_000, 64_350_000, 94_770_000, 347_490_000)),
        (2_530_000, (72_105_000, 69_575_000, 102_465_000, 375_705_000)),
    ],
)
def test_the_tables_at_every_base_salary(policy: Policy, base_salary_vnd: int, months_vnd: tuple[int, ...]) -> None:
    tables = impact(policy, year=2022, base_salary_vnd=base_salary_vnd)
    opened, everywhere = tables.scenarios
    assert tables.is_base_salary_assumed
    assert tables.base_salary_references == ()
    assert months_vnd == (
        row_of(opened, PROVINCE).printed_month_vnd,
        row_of(opened, PROVINCE).own_month_vnd,
        row_of(opened, DISTRICTS).own_month_vnd,
        row_of(everywhere, DISTRICTS).own_month_vnd,
    )


def test_a_year_in_which_the_base_salary_changes_is_the_sum_of_its_months(policy: Policy) -> None:
    tables = impact(policy, year=2023)
    opened = tables.scenarios[0]
    assert [(p.first_month, p.last_month, p.month_count, p.base_salary_vnd) for p in opened.periods] == [
        (date(2023, 1, 1), date(2023, 6, 1), 6, 1_490_000),
        (date(2023, 7, 1), date(2023, 12, 1), 6, 1_800_000),
    ]
    assert year_of(opened, PROVINCE) == (6 * 42_465_000 + 6 * 51_300_000, 6 * 40_975_000 + 6 * 49_500_000)
    assert tables.base_salary_references == ("Nghị định 38/2019/NĐ-CP", "Nghị định 24/2023/NĐ-CP")


def test_another_years_tables_are_not_held_against_the_printed_ones(policy: Policy) -> None:
    tables = impact(policy, year=2024)
    assert tables.checks == ()
    assert [type(difference) for difference in tables.differences] == [IndirectPricedAsDirect]


def test_an_assumed_base_salary_is_not_held_against_the_printed_figures(policy: Policy) -> None:
    assert impact(policy, year=2022, base_salary_vnd=1_800_000).checks == ()
    assert len(impact(policy, year=2022, base_salary_vnd=1_490_000).checks) == 13


def test_named_centres_count_the_whole_year_open_or_not(policy: Policy) -> None:
    tables = impact(policy, year=2022, centres=["bu-dang", "tinh"])
    chosen = tables.scenarios[0]
    assert chosen.kind is ScenarioKind.CHOSEN
    assert row_of(chosen, DISTRICTS).posts == 9
    assert row_of(chosen, TOTAL).own_month_vnd == 40_975_000 + 9 * 2_235_000
    assert {check.scenario for check in tables.checks} == {ScenarioKind.ALL_DISTRICTS}


def test_the_four_open_centres_by_name_are_the_printed_table_too(policy: Policy) -> None:
    named = impact(policy, year=2022, centres=["tinh", "dong-xoai", "phuoc-long", "binh-long"])
    assert len(named.checks) == 13


def test_a_centre_that_opens_in_july_counts_from_july(tmp_path: Path) -> None:
    text = "centres:\n"
    for code, kind, opened in (("tinh", "province", "2020-09-09"), ("mot", "district", "2022-07-15")):
        text += f"  {code}:\n    name: {code}\n    kind: {kind}\n    opened_on: {opened}\n    reference: r\n"
    (tmp_path / "centres.yaml").write_text(text, encoding="utf-8")
    opened = impact(load_policy(centres_file=tmp_path / "centres.yaml"), year=2022).scenarios[0]
    assert [(p.month_count, next(r.posts for r in p.rows if r.group is DISTRICTS)) for p in opened.periods] == [
        (6, 0),
        (6, 9),
    ]
    assert year_of(opened, DISTRICTS) == (6 * 9 * 2_235_000, 6 * 9 * 2_235_000)


def test_from_the_merger_to_the_provinces_end_the_finance_department_is_priced_too_high(policy: Policy) -> None:
    found = impact(policy, year=2025, base_salary_vnd=1_800_000).differences
    mispriced = [difference for difference in found if isinstance(difference, IndirectPricedAsDirect)]
    assert [(each.agency_name, each.month_count, each.difference_vnd) for each in mispriced] == [
        ("Sở Kế hoạch và Đầu tư", 2, 3_600_000),
        ("Sở Tài chính", 4, 7_200_000),
    ]


def test_another_coefficient_changes_the_tables(tmp_path: Path) -> None:
    tables = impact(laid_over(tmp_path, "coefficient", "\n    direct: 20\n    indirect: 5"), year=2022)
    assert row_of(tables.scenarios[0], PROVINCE).own_month_vnd == 18 * 2_980_000 + 745_000
    assert tables.checks == ()


def test_posts_of_agencies_never_pass_the_centres_quota(tmp_path: Path) -> None:
    smaller = laid_over(tmp_path, "centre_quota", "\n    province: 18\n    district: 9")
    row = row_of(impact(smaller, year=2022).scenarios[0], PROVINCE)
    assert (row.posts, row.direct_posts, row.indirect_posts) == (18, 18, 0)


def test_posts_that_belong_to_no_agency_are_direct(tmp_path: Path) -> None:
    larger = laid_over(tmp_path, "centre_quota", "\n    province: 21\n    district: 9")
    row = row_of(impact(larger, year=2022).scenarios[0], PROVINCE)
    assert (row.posts, row.direct_posts, row.indirect_posts) == (21, 20, 1)


def test_a_year_before_the_policy_is_computed_and_said_to_be_before_it(policy: Policy) -> None:
    tables = impact(policy, year=2021)
    assert tables.months_in_force == 0
    assert row_of(tables.scenarios[0], PROVINCE, period=-1).posts == 19


def test_a_year_without_a_base_salary_needs_one_to_assume(policy: Policy) -> None:
    with pytest.raises(UsageError, match="there is no base salary for 2019-01; give one to assume, or another year"):
        impact(policy, year=2019)
    assumed = impact(policy, year=2019, base_salary_vnd=1_000_000).scenarios[1]
    assert row_of(assumed, PROVINCE).own_month_vnd == 18 * 1_500_000 + 500_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"year": 0}, "0 is no year"),
        ({"year": 2022, "base_salary_vnd": 0}, "0 is no base salary"),
        ({"year": 2022, "centres": ["dong-nai"]}, "there is no centre 'dong-nai'; there are: binh-long, "),
    ],
)
def test_what_cannot_be_asked_is_said(policy: Policy, asked: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        impact(policy, **asked)  # type: ignore[arg-type]
