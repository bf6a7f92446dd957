"""One impact table out of priced posts: periods in which nothing changes, and the year as the sum of its months."""

import itertools
from collections.abc import Iterator, Sequence

import polars as pl

from ioc_etl.policy.model import Centre
from schemas.impact import ImpactGroup, ImpactPeriod, ImpactRow, ImpactScenario, ImpactYear, ScenarioKind
from schemas.vocabulary import CentreKind


def scenario_of(kind: ScenarioKind, centres: Sequence[Centre], posts: pl.DataFrame) -> ImpactScenario:
    """The table of `posts` (`ioc_etl.core.impact_posts`), which are those of `centres`."""
    return ImpactScenario(
        kind=kind,
        province_names=tuple(centre.name for centre in centres if centre.kind is CentreKind.PROVINCE),
        district_names=tuple(centre.name for centre in centres if centre.kind is CentreKind.DISTRICT),
        periods=tuple(_periods(posts)),
        years=tuple(_years(posts)),
    )


def _with_total(posts: pl.DataFrame) -> pl.DataFrame:
    total = posts.with_columns(group=pl.lit(ImpactGroup.TOTAL, dtype=pl.String))
    return pl.concat([posts, total])


def _years(posts: pl.DataFrame) -> Iterator[ImpactYear]:
    sums = _with_total(posts).group_by("group", maintain_order=True).agg(pl.col("printed_vnd", "own_vnd").sum())
    for group, printed_vnd, own_vnd in sums.iter_rows():
        yield ImpactYear(ImpactGroup(group), printed_vnd, own_vnd)


def _periods(posts: pl.DataFrame) -> Iterator[ImpactPeriod]:
    months = [(month[0], _month(part)) for month, part in posts.group_by("month", maintain_order=True)]
    for _, alike in itertools.groupby(months, key=lambda month: month[1]):
        run = list(alike)
        first_month, (base_salary_vnd, direct_vnd, indirect_vnd, rows) = run[0]
        yield ImpactPeriod(
            first_month=first_month,
            last_month=run[-1][0],
            month_count=len(run),
            base_salary_vnd=base_salary_vnd,
            direct_vnd=direct_vnd,
            indirect_vnd=indirect_vnd,
            rows=rows,
        )


def _month(posts: pl.DataFrame) -> tuple[int, int, int, tuple[ImpactRow, ...]]:
    base_salary_vnd, direct_vnd, indirect_vnd = posts.select("base_salary_vnd", "direct_vnd", "indirect_vnd").row(0)
    rows = (
        _with_total(posts)
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("posts").sum(),
            pl.col("printed_vnd").sum(),
            pl.col("posts").filter("is_direct").sum().alias("direct_posts"),
            pl.col("posts").filter(~pl.col("is_direct")).sum().alias("indirect_posts"),
            pl.col("own_vnd").sum(),
        )
    )
    counts = dict(posts.group_by("group").agg(pl.col("centre_count").first()).iter_rows())
    counts[ImpactGroup.TOTAL] = sum(counts.values())
    return (
        base_salary_vnd,
        direct_vnd,
        indirect_vnd,
        tuple(ImpactRow(ImpactGroup(row[0]), counts[row[0]], *row[1:]) for row in rows.iter_rows()),
    )
