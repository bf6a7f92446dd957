"""Who a citizen ID stands for: chains of changes, circles, what is withdrawn, what stays in force."""

from collections.abc import Sequence

import polars as pl
import pytest
from factories import committed_line, committed_lines, identity_link, person, registers

from ioc_etl.core.links import kept_links, links_of
from schemas.ledger import USED_LINK

OLD, OTHER_OLD, NEW, OTHER = "285918281", "285918282", person(1).citizen_id, person(2).citizen_id


def register(*pairs: tuple[str, str]) -> pl.DataFrame:
    return registers(identity_links=[identity_link(*pair) for pair in pairs]).identity_link


def used(*pairs: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=USED_LINK, orient="row")


def known(*pairs: tuple[str, str], kept: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    return dict(links_of(register(*pairs), used(*kept)).iter_rows())


@pytest.mark.parametrize("pairs", [[(OLD, OTHER_OLD), (OTHER_OLD, NEW)], [(OTHER_OLD, NEW), (OLD, OTHER_OLD)]])
def test_every_id_of_a_chain_is_its_last_one(pairs: list[tuple[str, str]]) -> None:
    assert known(*pairs) == {OLD: NEW, OTHER_OLD: NEW, NEW: NEW}


def test_ids_linked_in_a_circle_are_one_person_and_so_is_who_is_linked_to_it() -> None:
    lowest = min(OLD, NEW)
    assert known((OLD, NEW), (NEW, OLD)) == {OLD: lowest, NEW: lowest}
    assert set(known(("070070000000", OLD), (OLD, NEW), (NEW, OLD)).values()) == {lowest}


def test_an_id_linked_to_itself_is_its_own_person_and_the_end_of_a_chain() -> None:
    assert known((OLD, OLD)) == {OLD: OLD}
    assert known(("070070000000", OLD), (OLD, OLD)) == {"070070000000": OLD, OLD: OLD}


def test_a_kept_link_stands_in_a_chain_like_one_of_the_register() -> None:
    assert known((OTHER_OLD, NEW), kept=[(OLD, OTHER_OLD)]) == {OLD: NEW, OTHER_OLD: NEW, NEW: NEW}


def kept(
    *pairs: tuple[str, str], lines: Sequence[tuple[str, str]] = (), runs: Sequence[tuple[str, str]] = ()
) -> object:
    committed = committed_lines(committed_line(citizen_id=old, person_id=who) for old, who in lines)
    return kept_links(register(*pairs), committed, used(*runs)).rows()


def test_a_link_that_money_rests_on_is_kept_where_the_register_is_silent() -> None:
    assert kept(lines=[(OLD, NEW)]) == [(OLD, NEW)]
    assert kept(runs=[(OLD, NEW)]) == [(OLD, NEW)]
    assert kept((OTHER_OLD, OTHER), lines=[(OLD, NEW)]) == [(OLD, NEW)]


@pytest.mark.parametrize("says", [NEW, OTHER, OLD])
def test_what_the_register_says_of_an_id_comes_before_what_was(says: str) -> None:
    assert kept((OLD, says), lines=[(OLD, NEW)], runs=[(OLD, NEW)]) == []


def test_the_last_of_several_links_is_kept() -> None:
    assert kept(lines=[(OLD, NEW), (OLD, OTHER)]) == [(OLD, OTHER)]
    assert kept(lines=[(OLD, NEW)], runs=[(OLD, OLD)]) == [(OLD, OLD)]


def test_money_of_an_id_that_was_nobody_elses_keeps_nothing() -> None:
    assert kept(lines=[(NEW, NEW)]) == []
