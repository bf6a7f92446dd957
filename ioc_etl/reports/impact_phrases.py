"""What the impact tables say in one language: numbers, labels, differences and notes put into words."""

from collections.abc import Iterator, Sequence

from ioc_etl.errors import UsageError
from ioc_etl.reports.impact_words import ENGLISH, VIETNAMESE, ImpactWords
from ioc_etl.reports.terms import place_of
from schemas.impact import (
    CeilingCalledMinimum,
    Difference,
    FigureMisprinted,
    ImpactGroup,
    ImpactPeriod,
    ImpactScenario,
    ImpactTables,
    IndirectPricedAsDirect,
    ScenarioKind,
)

_LANGUAGES = {"vi": VIETNAMESE, "en": ENGLISH}
_MOST_NAMES = 4
_MONTHS_OF_A_YEAR = 12


def words_of(lang: str) -> ImpactWords:
    """The words of a language.

    Raises:
        UsageError: it is neither vi nor en.
    """
    if lang not in _LANGUAGES:
        raise UsageError(f"there is no language {lang!r}; there are vi and en")
    return _LANGUAGES[lang]


def number(words: ImpactWords, amount: int) -> str:
    """1.233.720.000 in Vietnamese, 1,233,720,000 in English."""
    return f"{amount:,}".replace(",", words.separator)


def scenario_title(words: ImpactWords, scenario: ImpactScenario) -> str:
    """What a table counts."""
    match scenario.kind:
        case ScenarioKind.OPEN:
            return words.open_centres
        case ScenarioKind.CHOSEN:
            return words.chosen_centres
        case ScenarioKind.ALL_DISTRICTS:
            return words.all_districts.format(count=len(scenario.district_names))


def group_label(words: ImpactWords, scenario: ImpactScenario, group: ImpactGroup, *, with_names: bool = True) -> str:
    """A row's label: which centres it adds up, by name where they are few."""
    match group:
        case ImpactGroup.PROVINCE if len(scenario.province_names) == 1:
            return words.province
        case ImpactGroup.PROVINCE:
            return _label(words.provinces, scenario.province_names, with_names=with_names)
        case ImpactGroup.DISTRICTS:
            return _label(words.districts, scenario.district_names, with_names=with_names)
        case ImpactGroup.TOTAL:
            return words.total


def _label(kind: str, names: Sequence[str], *, with_names: bool) -> str:
    if not with_names or len(names) > _MOST_NAMES:
        return f"{len(names)} {kind}"
    return f"{kind[:1].upper()}{kind[1:]}: {', '.join(place_of(name) or name for name in names)}"


def period_title(words: ImpactWords, period: ImpactPeriod) -> str:
    """Which months a block counts and what one person gets in them."""
    months = f"{period.first_month:%m/%Y}"
    if period.month_count > 1:
        months = f"{period.first_month:%m}–{period.last_month:%m/%Y}"
    return words.period.format(
        months=words.months.format(months=months, count=period.month_count),
        base_salary=number(words, period.base_salary_vnd),
        direct=number(words, period.direct_vnd),
        indirect=number(words, period.indirect_vnd),
    )


def base_salary_line(words: ImpactWords, tables: ImpactTables) -> str:
    """Where the base salary comes from."""
    if tables.is_base_salary_assumed:
        return words.base_salary_assumed
    return words.base_salary.format(references="; ".join(tables.base_salary_references))


def notes(words: ImpactWords, tables: ImpactTables) -> Iterator[str]:
    """What a reader must know before using the figures."""
    yield words.note_ceiling
    yield words.note_budgets
    if any(len(scenario.periods) > 1 for scenario in tables.scenarios):
        yield words.note_sum
    if tables.months_in_force < _MONTHS_OF_A_YEAR:
        yield words.note_not_in_force.format(months=tables.months_in_force)
    for day, count, why in tables.ended:
        yield words.note_ended.format(day=f"{day:%d/%m/%Y}", count=count, why=why)
    if tables.is_draft:
        yield words.note_draft
    if tables.source:
        yield words.note_source.format(source=tables.source)


def difference_text(difference: Difference, lang: str) -> str:
    """What the source got wrong, in a sentence or two. Raises UsageError for an unknown language."""
    words = words_of(lang)
    match difference:
        case FigureMisprinted(check=check):
            return words.misprinted.format(
                printed=number(words, check.printed),
                counted=number(words, check.counted),
                centres=difference.centre_count,
                each=difference.posts_per_centre,
                month=number(words, difference.month_vnd),
                per_person=number(words, difference.per_person_vnd),
            )
        case IndirectPricedAsDirect():
            return words.priced_as_direct.format(
                agency=difference.agency_name,
                posts=difference.posts,
                first_month=f"{difference.first_month:%m/%Y}",
                printed=number(words, difference.printed_month_vnd),
                own=number(words, difference.own_month_vnd),
                months=difference.month_count,
                difference=number(words, difference.difference_vnd),
            )
        case CeilingCalledMinimum():
            return words.ceiling.format(
                claimed=number(words, difference.claimed_vnd),
                provincial=number(words, difference.provincial_vnd),
                own=number(words, difference.own_total_vnd),
            )
