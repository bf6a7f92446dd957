"""Every rule says what it reads and adds, and says the truth: shown over the months of the case files."""

from collections.abc import Iterator
from functools import cache

import polars as pl
import pytest
from factories import policy
from rule_cases import cases_of
from test_rules import PACKS, decided, result_of_pack

from ioc_etl.core import decide
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.road import JUDGING, ROAD
from ioc_etl.core.rules import Rule, Ruling
from schemas.columns import OFFICIAL_HEADERS
from schemas.vocabulary import Level, RuleKey

KEY = ["centre_code", "source_row"]
_OF_RUNS_FILES_AND_CENTRES = {
    RuleKey.RUN,
    RuleKey.REGISTER,
    RuleKey.FILE,
    RuleKey.BUDGET,
    RuleKey.VARIANCE,
    RuleKey.AUTHORITY,
    RuleKey.OTHER_REGIMES,
}
Step = tuple[pl.DataFrame, MonthFacts, Ruling]


@cache
def steps() -> dict[RuleKey, list[Step]]:
    """What each rule was given and what came of it, in every pack of the case files."""
    seen: dict[RuleKey, list[Step]] = {rule.key: [] for rule in JUDGING}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(decide, "JUDGING", tuple(_watched(rule, seen[rule.key]) for rule in JUDGING))
        result_of_pack.cache_clear()
        for number in range(len(PACKS)):
            result_of_pack(number)
        # Few months hold opening lines: of the quick loop's cases perhaps none.
        decided(cases_of("opening")[0])
        result_of_pack.cache_clear()
    return seen


def _watched(rule: Rule, seen: list[Step]) -> Rule:
    def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
        ruling = rule.apply(rows, facts)
        seen.append((rows, facts, ruling))
        return ruling

    return Rule(rule.key, rule.title_vi, rule.title_en, rule.clause, rule.cells, rule.reads, rule.adds, apply)


def test_every_rule_is_on_the_road_once_and_judges_columns_of_a_roster() -> None:
    keys = [rule.key for rule in ROAD]
    assert len(set(keys)) == len(keys)
    assert {*keys, *_OF_RUNS_FILES_AND_CENTRES} == set(RuleKey)
    assert {cell for rule in ROAD for cell in rule.cells} <= set(OFFICIAL_HEADERS)


def test_what_one_rule_adds_no_other_adds() -> None:
    added = [column for rule in ROAD[2:] for column in rule.adds]
    assert len(set(added)) == len(added)


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.key)
def test_a_rule_adds_what_it_says_and_drops_no_row_and_no_column(rule: Rule) -> None:
    assert steps()[rule.key]
    for rows, _, (judged, _) in steps()[rule.key]:
        assert set(judged.columns) - set(rows.columns) == set(rule.adds)
        assert judged.select(rows.columns).equals(rows)


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.key)
def test_a_rule_judges_by_what_it_says_it_reads_and_by_nothing_else(rule: Rule) -> None:
    for rows, facts, (judged, found) in steps()[rule.key]:
        alone, found_alone = rule.apply(rows.select(*KEY, *rule.reads), facts)
        assert alone.select(rule.adds).equals(judged.select(rule.adds))
        assert found_alone.equals(found)


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.key)
def test_a_rule_reads_all_that_it_says(rule: Rule) -> None:
    assert set(_unread(rule)) == set()


def _unread(rule: Rule) -> Iterator[str]:
    for column in rule.reads:
        for rows, facts, _ in steps()[rule.key]:
            try:
                rule.apply(rows.drop(column), facts)
            except (pl.exceptions.PolarsError, TypeError):
                break
        else:
            yield column


def test_every_finding_about_a_row_belongs_to_a_rule_of_the_road() -> None:
    of_rows = {text.rule for text in policy().findings.values() if text.level is Level.ROW}
    assert of_rows <= {rule.key for rule in ROAD}
