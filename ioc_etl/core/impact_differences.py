"""Where the impact tables and the source document disagree, and why (rulebook section 2)."""

from collections.abc import Iterator
from typing import cast

import polars as pl

from ioc_etl.policy import shapes
from ioc_etl.policy.model import Policy
from schemas.impact import (
    CeilingCalledMinimum,
    Difference,
    FigureMisprinted,
    ImpactGroup,
    ImpactScenario,
    IndirectPricedAsDirect,
    Measure,
    PrintedCheck,
)


def printed_for(policy: Policy, year: int) -> tuple[shapes.PrintedImpactValue, str] | None:
    """The impact table that the source prints for the year and where it prints it, or None."""
    for dated in policy.parameters[shapes.PRINTED_IMPACT.name].values:
        value = cast("shapes.PrintedImpactValue", dated.value)
        if value.year == year:
            return value, dated.reference
    return None


def printed_checks(
    printed: shapes.PrintedImpactValue, first: ImpactScenario, all_districts: ImpactScenario, codes: set[str]
) -> tuple[PrintedCheck, ...]:
    """Every printed figure beside the printed method's result; none where centres or amounts are not the source's."""
    checks: list[PrintedCheck] = []
    if codes == set(printed.centres) and _is_comparable(first, printed):
        checks += _checks(first, ImpactGroup.PROVINCE, printed.province)
        checks += _checks(first, ImpactGroup.DISTRICTS, printed.districts)
        checks += _checks(first, ImpactGroup.TOTAL, printed.total)
    if len(all_districts.district_names) == printed.district_count and _is_comparable(all_districts, printed):
        checks += _checks(all_districts, ImpactGroup.DISTRICTS, printed.all_districts)
    return tuple(checks)


def _is_comparable(scenario: ImpactScenario, printed: shapes.PrintedImpactValue) -> bool:
    return len(scenario.periods) == 1 and scenario.periods[0].direct_vnd == printed.province.per_person_vnd


def _checks(scenario: ImpactScenario, group: ImpactGroup, figures: shapes.PrintedFigures) -> Iterator[PrintedCheck]:
    period = scenario.periods[0]
    row = next(row for row in period.rows if row.group is group)
    year = next(year for year in scenario.years if year.group is group)
    for measure, printed, counted in (
        (Measure.POSTS, figures.posts, row.posts),
        (Measure.PER_PERSON, figures.per_person_vnd, period.direct_vnd),
        (Measure.MONTH, figures.month_vnd, row.printed_month_vnd),
        (Measure.YEAR, figures.year_vnd, year.printed_year_vnd),
    ):
        if printed is not None:
            yield PrintedCheck(scenario.kind, group, measure, printed, counted)


def differences_of(
    posts: pl.DataFrame,
    scenarios: tuple[ImpactScenario, ImpactScenario],
    checks: tuple[PrintedCheck, ...],
    printed: shapes.PrintedImpactValue | None,
) -> tuple[Difference, ...]:
    """What is wrong with the printed method or figures, in the order of rulebook section 2.

    `posts` (`ioc_etl.core.impact_posts`) are those of the first scenario.
    """
    found: list[Difference] = [*_misprinted(scenarios, checks), *_priced_as_direct(posts)]
    first = scenarios[0]
    if printed is not None and any(check.scenario is first.kind for check in checks):
        years = {year.group: year for year in first.years}
        found.append(
            CeilingCalledMinimum(
                claimed_vnd=printed.provincial_budget_at_least_vnd,
                provincial_vnd=years[ImpactGroup.PROVINCE].printed_year_vnd,
                own_total_vnd=years[ImpactGroup.TOTAL].own_year_vnd,
            )
        )
    return tuple(found)


def _misprinted(
    scenarios: tuple[ImpactScenario, ImpactScenario], checks: tuple[PrintedCheck, ...]
) -> Iterator[FigureMisprinted]:
    """A headcount that does not go with the amount printed beside it."""
    agreed = {(check.scenario, check.group, check.measure) for check in checks if check.printed == check.counted}
    for check in checks:
        if check.measure is not Measure.POSTS or check.printed == check.counted:
            continue
        if (check.scenario, check.group, Measure.MONTH) in agreed:
            period = next(scenario for scenario in scenarios if scenario.kind is check.scenario).periods[0]
            row = next(row for row in period.rows if row.group is check.group)
            yield FigureMisprinted(
                check, row.centre_count, row.posts // row.centre_count, period.direct_vnd, row.printed_month_vnd
            )


def _priced_as_direct(posts: pl.DataFrame) -> Iterator[IndirectPricedAsDirect]:
    indirect = posts.filter(~pl.col("is_direct") & (pl.col("posts") > 0))
    by_agency = indirect.group_by("agency", maintain_order=True).agg(
        pl.col("posts", "month", "printed_vnd", "own_vnd").first(),
        pl.len().cast(pl.Int64).alias("month_count"),
        (pl.col("printed_vnd") - pl.col("own_vnd")).sum().alias("difference_vnd"),
    )
    for row in by_agency.filter(pl.col("difference_vnd") != 0).iter_rows():
        yield IndirectPricedAsDirect(*row)
