"""What is due when it changes after an approval which IDs are one person (rule 16, truths 3 and 7)."""

from dataclasses import replace

import pytest
from factories import Cells, person, roster_row
from ledger_in_memory import InMemoryWorld
from ledger_world import Sent
from test_settle import DONG_XOAI, PHUOC_LONG, approve_all, approved, january, rows

OLD, OTHER = "285918281", person(9).citizen_id
NEW = person(1).citizen_id
FULL_VND = 2_235_000


def under(citizen_id: str, number: int = 1, **differences: object) -> Cells:
    return roster_row(number, centre_code=DONG_XOAI, citizen_id=citizen_id, **differences)


def sent(*here: Cells, links: tuple[tuple[str, str], ...] = (), elsewhere: tuple[Cells, ...] = ()) -> Sent:
    month = january(dong_xoai=(*here, *rows(DONG_XOAI, 2)), phuoc_long=elsewhere or rows(PHUOC_LONG, 5))
    return replace(month, links=links)


def due(world: InMemoryWorld) -> list[tuple[str, str, str, int, str]]:
    return [
        (batch.centre_code, batch.kind, line.person_id, line.amount_vnd, line.cause)
        for batch in world.batches()
        if batch.status == "draft"
        for line in batch.lines
    ]


def told(world: InMemoryWorld) -> set[str]:
    assert world.current is not None
    return set(world.current.result.findings["code"])


def test_a_link_that_goes_away_after_approval_pays_nobody_twice_and_is_told() -> None:
    world = approved(sent(under(OLD), links=((OLD, NEW),)))
    world.run(sent(under(OLD)))
    assert due(world) == []
    assert "IDENTITY_LINK_KEPT" in told(world)
    world.run(sent(under(OLD), links=((OLD, NEW),)))
    assert due(world) == []
    assert "IDENTITY_LINK_KEPT" not in told(world)


def test_no_finding_of_a_kept_link_names_the_person() -> None:
    world = approved(sent(under(OLD), links=((OLD, NEW),)))
    world.run(sent(under(OLD)))
    assert world.current is not None
    about = world.current.result.findings.filter(code="IDENTITY_LINK_KEPT").row(0, named=True)
    assert not [each for each in about.values() if OLD in str(each) or NEW in str(each)]


def test_a_link_that_is_corrected_takes_the_money_along() -> None:
    world = approved(sent(under(OLD), links=((OLD, NEW),)))
    world.run(sent(under(OLD), links=((OLD, OTHER),)))
    assert due(world) == []
    assert "IDENTITY_LINK_KEPT" not in told(world)


def test_money_paid_under_an_old_id_stays_the_new_ones_after_anything_was_approved_so() -> None:
    world = approved(sent(under(OLD)))
    world.run(sent(under(NEW), roster_row(3, centre_code=DONG_XOAI), links=((OLD, NEW),)))
    approve_all(world)
    world.run(sent(under(NEW), roster_row(3, centre_code=DONG_XOAI)))
    assert due(world) == []
    assert "IDENTITY_LINK_KEPT" in told(world)


def test_money_paid_under_an_old_id_is_not_paid_again_when_the_link_goes_before_any_approval() -> None:
    world = approved(sent(under(OLD)))
    world.run(sent(under(NEW), links=((OLD, NEW),)))
    assert due(world) == []
    world.run(sent(under(NEW)))
    assert due(world) == []
    assert {"POSSIBLE_DUPLICATE", "SHARED_BANK_ACCOUNT"} <= told(world)


def test_an_id_withdrawn_from_its_link_keeps_its_money_and_the_other_is_paid_for_that() -> None:
    world = approved(sent(under(OLD), links=((OLD, OTHER),)))
    both = (under(OLD), roster_row(9, centre_code=DONG_XOAI))
    world.run(sent(*both, links=((OLD, OLD),)))
    assert due(world) == [(DONG_XOAI, "arrears", OTHER, FULL_VND, "linked")]
    approve_all(world)
    world.run(sent(*both))
    assert due(world) == [], "an approved withdrawal stays as it is when its row goes"


def test_who_is_withdrawn_and_stands_nowhere_is_taken_back_for_the_link() -> None:
    world = approved(sent(under(OLD), links=((OLD, OTHER),)))
    world.run(sent(roster_row(9, centre_code=DONG_XOAI), links=((OLD, OLD),)))
    assert due(world) == [
        (DONG_XOAI, "arrears", OTHER, FULL_VND, "linked"),
        (DONG_XOAI, "recovery", OLD, -FULL_VND, "linked"),
    ]


def two_who_were_paid(centre_code: str) -> tuple[Sent, Sent]:
    """Two people who were paid, and the month in which they are one and only one of the rows is left."""
    there = roster_row(9, centre_code=centre_code)
    if centre_code == DONG_XOAI:
        return sent(under(OLD), there), sent(there, links=((OLD, OTHER),))
    return sent(under(OLD), elsewhere=(there,)), sent(elsewhere=(there,), links=((OLD, OTHER),))


@pytest.mark.parametrize("centre_code", [DONG_XOAI, PHUOC_LONG])
def test_two_who_were_paid_and_are_one_give_one_back_for_the_link(centre_code: str) -> None:
    before, linked = two_who_were_paid(centre_code)
    world = approved(before)
    world.run(linked)
    assert due(world) == [(DONG_XOAI, "recovery", OTHER, -FULL_VND, "linked")]
    approve_all(world)
    world.run(replace(linked, links=()))
    assert due(world) == []


def test_what_was_taken_back_of_two_who_are_not_one_after_all_is_told_apart() -> None:
    before, linked = two_who_were_paid(PHUOC_LONG)
    world = approved(before)
    world.run(linked)
    approve_all(world)
    world.run(replace(linked, links=((OLD, OLD),)))
    assert due(world) == []


def test_who_moves_under_a_new_id_has_moved() -> None:
    world = approved(sent(under(OLD)))
    world.run(sent(elsewhere=(roster_row(1, centre_code=PHUOC_LONG),), links=((OLD, NEW),)))
    causes = {(centre, kind): cause for centre, kind, who, _, cause in due(world) if who == NEW}
    assert causes == {(DONG_XOAI, "recovery"): "moved", (PHUOC_LONG, "arrears"): "moved"}


def test_causes_of_links_name_centres_and_no_id() -> None:
    before, linked = two_who_were_paid(PHUOC_LONG)
    world = approved(before)
    world.run(linked)
    details = [line.cause_detail for batch in world.batches() if batch.status == "draft" for line in batch.lines]
    assert details == ["dong-xoai, phuoc-long"]


# ---- Nothing about the person has changed


def test_what_is_due_after_a_batch_was_made_void_says_so_and_blames_no_parameter() -> None:
    low, high = sent(under(NEW)), replace(sent(under(NEW)), parameters={"base_salary": 1_800_000})
    world = approved(low)
    world.run(high)
    approve_all(world)
    world.run(low)
    approve_all(world)
    arrears = next(b for b in world.batches() if (b.centre_code, b.kind) == (DONG_XOAI, "arrears"))
    world.void(arrears.batch_id)
    world.run(low)
    lines = [line for batch in world.batches() if batch.status == "draft" for line in batch.lines]
    assert {(line.cause, line.cause_detail) for line in lines} == {("voided", "arrears/1")}
