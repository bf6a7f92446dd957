"""The posts of centres, month by month and agency by agency, and what they cost by both methods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from ioc_etl.core.money import full_month_vnd
from ioc_etl.policy.model import Centre, MonthPolicy
from schemas.impact import ImpactGroup
from schemas.vocabulary import CentreKind, WorkMode

IMPACT_POSTS: dict[str, pl.DataType] = {
    "month": pl.Date(),
    "group": pl.String(),
    "centre_count": pl.Int64(),
    "agency": pl.String(),
    "posts": pl.Int64(),
    "is_direct": pl.Boolean(),
    "direct_tenths": pl.Int32(),
    "indirect_tenths": pl.Int32(),
    "base_salary_vnd": pl.Int64(),
}
"""One row per month, group and agency: the posts of all centres of the group. `agency` is the agency's name, null for
posts that belong to none. A group without centres has a row without posts."""

_GROUPS = {CentreKind.PROVINCE: ImpactGroup.PROVINCE, CentreKind.DISTRICT: ImpactGroup.DISTRICTS}


@dataclass(frozen=True, slots=True)
class PricedMonth:
    """One month's policy with the base salary to use."""

    law: MonthPolicy
    base_salary_vnd: int


def posts_of(months: Sequence[PricedMonth], centres: Sequence[Centre], *, only_open: bool) -> pl.DataFrame:
    """IMPACT_POSTS of the centres with `direct_vnd`, `indirect_vnd` (per person), `printed_vnd` and `own_vnd`.

    With `only_open` a centre counts in the months in which it is open, otherwise in every month; never after its
    authority has ended.
    """
    rows = [row for month in months for row in _rows(month, centres, only_open=only_open)]
    base_salary = pl.col("base_salary_vnd")
    return (
        pl.DataFrame(rows, schema=IMPACT_POSTS, orient="row")
        .with_columns(
            full_month_vnd(pl.col("direct_tenths"), base_salary).alias("direct_vnd"),
            full_month_vnd(pl.col("indirect_tenths"), base_salary).alias("indirect_vnd"),
        )
        .with_columns(
            (pl.col("posts") * pl.col("direct_vnd")).alias("printed_vnd"),
            (pl.col("posts") * pl.when("is_direct").then("direct_vnd").otherwise("indirect_vnd")).alias("own_vnd"),
        )
    )


def _rows(month: PricedMonth, centres: Sequence[Centre], *, only_open: bool) -> Iterator[tuple[object, ...]]:
    law = month.law
    tenths = (law.coefficient_tenths[WorkMode.DIRECT], law.coefficient_tenths[WorkMode.INDIRECT])
    for kind, group in _GROUPS.items():
        count = sum(
            centre.kind is kind
            and centre.has_authority_between(law.first_day, law.last_day)
            and (not only_open or centre.is_open_between(law.first_day, law.last_day))
            for centre in centres
        )
        for agency, posts, is_direct in _posts_of_one_centre(law, kind):
            yield law.first_day, group, count, agency, posts * count, is_direct, *tenths, month.base_salary_vnd


def _posts_of_one_centre(law: MonthPolicy, kind: CentreKind) -> Iterator[tuple[str | None, int, bool]]:
    """Agency, posts and whether they are direct; together the centre's quota, direct posts before indirect ones."""
    left = law.centre_quota[kind]
    if kind is CentreKind.PROVINCE:
        for agency in sorted(law.agency_quota, key=lambda code: not _is_direct(law, code)):
            posts = min(law.agency_quota[agency], left)
            left -= posts
            yield law.agency_names[agency], posts, _is_direct(law, agency)
    yield None, left, True


def _is_direct(law: MonthPolicy, agency: str) -> bool:
    return law.expected_mode.get(agency, WorkMode.DIRECT) is WorkMode.DIRECT
