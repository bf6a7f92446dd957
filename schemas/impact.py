"""Contract of the impact tables: what the policy costs in a year at full quota (rulebook section 2).

Two methods stand beside each other. *Printed*: every post at the direct coefficient, as the source document prices it.
*Own*: each post at the mode that the policy expects of its agency. Money in whole đồng.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ImpactGroup(StrEnum):
    """A row of a table: the province's centres, the districts' centres, both."""

    PROVINCE = "province"
    DISTRICTS = "districts"
    TOTAL = "total"


class ScenarioKind(StrEnum):
    """Which centres a table counts."""

    OPEN = "open"
    CHOSEN = "chosen"
    ALL_DISTRICTS = "all_districts"


class Measure(StrEnum):
    """What a printed figure counts."""

    POSTS = "posts"
    PER_PERSON = "per_person_vnd"
    MONTH = "month_vnd"
    YEAR = "year_vnd"


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One group of centres in a month: posts and cost by both methods."""

    group: ImpactGroup
    centre_count: int
    posts: int
    printed_month_vnd: int
    direct_posts: int
    indirect_posts: int
    own_month_vnd: int


@dataclass(frozen=True, slots=True)
class ImpactPeriod:
    """Months on end in which nothing changes: what one person gets, and the rows of each of its months."""

    first_month: date
    last_month: date
    month_count: int
    base_salary_vnd: int
    direct_vnd: int
    indirect_vnd: int
    rows: tuple[ImpactRow, ...]


@dataclass(frozen=True, slots=True)
class ImpactYear:
    """One group's cost in the year: the sum over its months, by both methods."""

    group: ImpactGroup
    printed_year_vnd: int
    own_year_vnd: int


@dataclass(frozen=True, slots=True)
class ImpactScenario:
    """One table: which centres it counts (names by group), its periods, its year."""

    kind: ScenarioKind
    province_names: tuple[str, ...]
    district_names: tuple[str, ...]
    periods: tuple[ImpactPeriod, ...]
    years: tuple[ImpactYear, ...]


@dataclass(frozen=True, slots=True)
class PrintedCheck:
    """A figure that the source prints, and what its own method makes of it."""

    scenario: ScenarioKind
    group: ImpactGroup
    measure: Measure
    printed: int
    counted: int


@dataclass(frozen=True, slots=True)
class IndirectPricedAsDirect:
    """The printed method prices an agency's people as direct whom the policy expects to be indirect.

    The agency has the posts in `month_count` months of the year, `difference_vnd` is too much in all of them; the two
    monthly amounts are those of `first_month`.
    """

    agency_name: str
    posts: int
    first_month: date
    printed_month_vnd: int
    own_month_vnd: int
    month_count: int
    difference_vnd: int


@dataclass(frozen=True, slots=True)
class FigureMisprinted:
    """A printed figure that the source's own arithmetic contradicts.

    `centre_count`, `posts_per_centre` and `month_vnd` are what the figure follows from.
    """

    check: PrintedCheck
    centre_count: int
    posts_per_centre: int
    per_person_vnd: int
    month_vnd: int


@dataclass(frozen=True, slots=True)
class CeilingCalledMinimum:
    """The source calls the cost of all centres the least that the provincial budget bears."""

    claimed_vnd: int
    provincial_vnd: int
    own_total_vnd: int


Difference = IndirectPricedAsDirect | FigureMisprinted | CeilingCalledMinimum


@dataclass(frozen=True, slots=True)
class ImpactTables:
    """The whole answer for one year.

    `base_salary_references` are the decrees of the year's base salaries, empty when the base salary was assumed.
    `ended` are the days of the year on which the authority of some of its centres ended, with how many and why.
    `checks` are empty unless the tables are those that the source prints; `source` is where it prints them.
    """

    year: int
    is_base_salary_assumed: bool
    base_salary_references: tuple[str, ...]
    months_in_force: int
    is_draft: bool
    ended: tuple[tuple[date, int, str], ...]
    scenarios: tuple[ImpactScenario, ...]
    checks: tuple[PrintedCheck, ...]
    differences: tuple[Difference, ...]
    source: str
