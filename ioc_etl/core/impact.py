"""What the policy costs in a year at full quota: the printed method and the policy's own (rulebook section 2).

Printed: every post at the direct coefficient. Own: each post at the mode expected of its agency (rule 14). A year is
the sum of its months, each with its own base salary, quotas and open centres.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from ioc_etl.core.impact_differences import differences_of, printed_checks, printed_for
from ioc_etl.core.impact_posts import PricedMonth, posts_of
from ioc_etl.core.impact_scenario import scenario_of
from ioc_etl.errors import UsageError
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import policy_at
from ioc_etl.policy.shapes import BASE_SALARY
from schemas.impact import ImpactTables, ScenarioKind
from schemas.vocabulary import AdoptionStatus

_MONTHS = range(1, 13)
_TOO_MUCH_VND = 1_000_000_000


def impact(
    policy: Policy, *, year: int, base_salary_vnd: int | None = None, centres: Collection[str] | None = None
) -> ImpactTables:
    """The tables of one year: centres open in it (or those named, the whole year), and every centre of the registry.

    `base_salary_vnd` is assumed for the whole year where given.

    Raises:
        UsageError: no such year or centre, or a month has no base salary and none is assumed.
        PolicyError: another parameter has no value for a month of the year.
    """
    months = _months(policy, year, base_salary_vnd)
    everywhere = tuple(policy.centres.values())
    chosen = _opened(everywhere, months) if centres is None else _named(policy, centres)
    kind = ScenarioKind.OPEN if centres is None else ScenarioKind.CHOSEN
    posts = posts_of(months, chosen, only_open=centres is None)
    first = scenario_of(kind, chosen, posts)
    all_districts = scenario_of(ScenarioKind.ALL_DISTRICTS, everywhere, posts_of(months, everywhere, only_open=False))
    found = printed_for(policy, year)
    printed, source = found if found is not None else (None, "")
    checks = () if printed is None else printed_checks(printed, first, all_districts, {c.code for c in chosen})
    return ImpactTables(
        year=year,
        is_base_salary_assumed=base_salary_vnd is not None,
        base_salary_references=() if base_salary_vnd is not None else _references(policy, months),
        months_in_force=sum(month.law.is_in_force for month in months),
        is_draft=any(month.law.adoption.status is AdoptionStatus.DRAFT for month in months),
        ended=_ended(everywhere, months),
        scenarios=(first, all_districts),
        checks=checks,
        differences=differences_of(posts, (first, all_districts), checks, printed),
        source=source,
    )


def _months(policy: Policy, year: int, assumed_vnd: int | None) -> tuple[PricedMonth, ...]:
    if not date.min.year <= year <= date.max.year:
        raise UsageError(f"{year} is no year; give one such as 2022")
    if assumed_vnd is not None and not 0 < assumed_vnd < _TOO_MUCH_VND:
        raise UsageError(f"{assumed_vnd} is no base salary; give whole đồng, above 0 and below a thousand million")
    return tuple(_priced(policy, date(year, number, 1), assumed_vnd) for number in _MONTHS)


def _priced(policy: Policy, month: date, assumed_vnd: int | None) -> PricedMonth:
    law = policy_at(policy, month)
    base_salary_vnd = law.base_salary_vnd if assumed_vnd is None else assumed_vnd
    if base_salary_vnd is None:
        raise UsageError(f"there is no base salary for {month:%Y-%m}; give one to assume, or another year")
    return PricedMonth(law, base_salary_vnd)


def _opened(centres: Sequence[Centre], months: Sequence[PricedMonth]) -> tuple[Centre, ...]:
    first_day, last_day = months[0].law.first_day, months[-1].law.last_day
    return tuple(centre for centre in centres if centre.is_open_between(first_day, last_day))


def _ended(centres: Sequence[Centre], months: Sequence[PricedMonth]) -> tuple[tuple[date, int, str], ...]:
    """The ends of authority that take something off the year, in order."""
    last_day = months[-1].law.last_day
    ends = Counter(
        (centre.authority_ended_on, centre.authority_reference)
        for centre in centres
        if centre.authority_ended_on is not None
        and not all(centre.has_authority_between(month.law.first_day, month.law.last_day) for month in months)
    )
    return tuple(sorted((day, count, why) for (day, why), count in ends.items() if day <= last_day))


def _named(policy: Policy, codes: Collection[str]) -> tuple[Centre, ...]:
    unknown = sorted(set(codes) - policy.centres.keys())
    if unknown:
        known = ", ".join(sorted(policy.centres))
        raise UsageError(f"there is no centre {unknown[0]!r}; there are: {known}")
    return tuple(centre for code, centre in policy.centres.items() if code in codes)


def _references(policy: Policy, months: Sequence[PricedMonth]) -> tuple[str, ...]:
    """The decrees that the year's base salaries rest on, in order."""
    parameter = policy.parameters[BASE_SALARY.name]
    dated = (parameter.at(month.law.first_day) for month in months)
    return tuple(dict.fromkeys(value.reference for value in dated if value is not None))
