"""The impact tables as rows of cells, ready to be written as text or into a workbook."""

from collections.abc import Iterator
from dataclasses import dataclass

from ioc_etl.reports.impact_phrases import group_label, period_title
from ioc_etl.reports.impact_words import ImpactWords
from schemas.impact import ImpactGroup, ImpactPeriod, ImpactScenario


@dataclass(frozen=True, slots=True)
class TableRow:
    """One printed row; a cell that says nothing is None. `span_*` add up the block's months."""

    label: str
    is_total: bool
    posts: int | None
    per_person_vnd: int | None
    printed_month_vnd: int | None
    printed_span_vnd: int
    direct_posts: int | None
    indirect_posts: int | None
    own_month_vnd: int | None
    own_span_vnd: int

    @property
    def difference_vnd(self) -> int:
        """How much more the printed method makes of the block's months."""
        return self.printed_span_vnd - self.own_span_vnd


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under one heading."""

    title: str
    rows: tuple[TableRow, ...]


def blocks(words: ImpactWords, scenario: ImpactScenario) -> Iterator[Block]:
    """A block for each period; if there are several, the year's own after them."""
    for period in scenario.periods:
        yield Block(period_title(words, period), tuple(_period_rows(words, scenario, period)))
    if len(scenario.periods) > 1:
        yield Block(words.whole_year, tuple(_year_rows(words, scenario)))


def _is_shown(scenario: ImpactScenario, group: ImpactGroup) -> bool:
    """A group without centres has no row, and nothing is totalled over one group."""
    if group is ImpactGroup.PROVINCE:
        return bool(scenario.province_names)
    if group is ImpactGroup.DISTRICTS:
        return bool(scenario.district_names)
    return bool(scenario.province_names and scenario.district_names)


def _period_rows(words: ImpactWords, scenario: ImpactScenario, period: ImpactPeriod) -> Iterator[TableRow]:
    for row in period.rows:
        if _is_shown(scenario, row.group):
            is_total = row.group is ImpactGroup.TOTAL
            yield TableRow(
                label=group_label(words, scenario, row.group),
                is_total=is_total,
                posts=row.posts,
                per_person_vnd=None if is_total else period.direct_vnd,
                printed_month_vnd=row.printed_month_vnd,
                printed_span_vnd=row.printed_month_vnd * period.month_count,
                direct_posts=row.direct_posts,
                indirect_posts=row.indirect_posts,
                own_month_vnd=row.own_month_vnd,
                own_span_vnd=row.own_month_vnd * period.month_count,
            )


def _year_rows(words: ImpactWords, scenario: ImpactScenario) -> Iterator[TableRow]:
    for year in scenario.years:
        if _is_shown(scenario, year.group):
            yield TableRow(
                label=group_label(words, scenario, year.group),
                is_total=year.group is ImpactGroup.TOTAL,
                posts=None,
                per_person_vnd=None,
                printed_month_vnd=None,
                printed_span_vnd=year.printed_year_vnd,
                direct_posts=None,
                indirect_posts=None,
                own_month_vnd=None,
                own_span_vnd=year.own_year_vnd,
            )
