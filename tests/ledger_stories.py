"""What has to go right in every world, told step by step with a `LedgerMachine`; its truths are held at every stop.

Chance finds what nobody thought of. These are what somebody has thought of, and what is lost when a guard is.
"""

from collections.abc import Callable, Sequence

import pytest
from factories import person
from ledger_machine import JANUARY, LedgerMachine
from ledger_people import PEOPLE, roster, row_of
from ledger_world import BAD, PLENTY_VND, RefusedError, SeenBatch
from settle_in_python import committed_money

FULL_VND = 2_235_000
ONE, OTHER = "dong-xoai", "phuoc-long"
Story = Callable[[LedgerMachine], None]


def begin(
    machine: LedgerMachine, *people: tuple[str, str], paid_before: Sequence[tuple[str, int, int]] = (), **more: object
) -> None:
    """A month begins with these people; whoever is not named stands nowhere."""
    places = [*people, *[("", "")] * (len(PEOPLE) - len(people))]
    machine.a_month_begins(places=places, paid_before=paid_before, **more)  # type: ignore[arg-type]
    machine.truths()


def due(machine: LedgerMachine) -> dict[tuple[str, int], int]:
    """What is drafted, by centre and number of the person."""
    machine.truths()
    numbers = {person(number).citizen_id: number for number in PEOPLE}
    return {(centre, numbers[who]): vnd for (centre, who), (_, vnd) in machine.drafted().items()}


def settled(machine: LedgerMachine) -> None:
    """Everything that is due is approved, and nothing is due then."""
    machine.everything_due_is_approved()
    assert due(machine) == {}


def found(machine: LedgerMachine, centre: str, kind: str, status: str) -> SeenBatch:
    """The one batch there in that state."""
    there = [batch for batch in machine.world.batches() if (batch.centre_code, batch.kind) == (centre, kind)]
    (batch,) = [batch for batch in there if batch.status == status]
    return batch


def approval_is_refused(machine: LedgerMachine, centre: str, kind: str) -> None:
    """A draft is submitted, and not approved."""
    machine.next_step(found(machine, centre, kind, "draft"))
    submitted = found(machine, centre, kind, "submitted")
    with pytest.raises(RefusedError):
        machine.approve(submitted.batch_id)


def row_at(machine: LedgerMachine, centre: str, number: int) -> int:
    """Somebody's first row at a centre, as the run numbers it."""
    rows = [row for row in machine.world.rows() if row.centre_code == centre]
    return min(row.source_row for row in rows if row.person_id == person(number).citizen_id)


def payments(batch: SeenBatch, number: int) -> frozenset[str]:
    """The payment ids of somebody's lines."""
    return frozenset(line.payment_id for line in batch.lines if line.person_id == person(number).citizen_id)


def somebody_moves_and_the_arrears_are_asked_for_first(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    machine.somebody_moves(ONE, OTHER, 1, "run")
    assert due(machine) == {(ONE, 1): -FULL_VND, (OTHER, 1): FULL_VND}
    approval_is_refused(machine, OTHER, "arrears")
    unconfirmed = found(machine, ONE, "recovery", "draft")
    with pytest.raises(RefusedError):
        machine.world.submit(unconfirmed.batch_id)
    settled(machine)
    for kind in ("recovery", "regular"):
        batch = found(machine, ONE, kind, "approved")
        with pytest.raises(RefusedError):
            machine.make_void(batch.batch_id)


def an_old_id_that_was_paid_is_mended(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, "old ID"))
    machine.ids_are_linked_or_not_any_more(3, "run")
    assert due(machine) == {}
    machine.a_row_changes(OTHER, 0, "", "run")
    assert due(machine) == {}
    machine.somebody_moves(OTHER, ONE, 3, "run")
    settled(machine)


def two_ids_that_were_both_paid_are_one_person(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, "old ID"))
    machine.send("run", {ONE: (*machine.others_at(ONE, 3), row_of(ONE, 9, 3))})
    for held in range(2):
        machine.finance_waives_or_says_which_row_stands(held, "nothing")
    settled(machine)
    assert sum(vnd > 0 for vnd in committed_money(machine.world).values()) == 4
    machine.ids_are_linked_or_not_any_more(3, "run")
    machine.truths()
    machine.world.stand(ONE, row_at(machine, ONE, 3))
    machine.a_decree_changes_the_base_salary(1_800_000, JANUARY, "run")
    assert (ONE, 3) not in due(machine)
    machine.everything_due_is_approved()
    machine.truths()


def money_paid_before_at_another_centre_is_not_paid_again(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""), paid_before=[(OTHER, 1, FULL_VND)], is_approved=False)
    assert due(machine) == {(ONE, 2): FULL_VND, (OTHER, 3): FULL_VND}
    for centre, number, vnd in ((ONE, 1, 1), (ONE, 2, FULL_VND + 1)):
        with pytest.raises(RefusedError):
            machine.was_paid_before(centre, number, vnd)
    machine.money_paid_before_comes_in((ONE, 2, 1_000_000), "nothing")
    approval_is_refused(machine, ONE, "regular")
    machine.run_month()
    assert due(machine)[ONE, 2] == FULL_VND - 1_000_000
    settled(machine)
    with pytest.raises(RefusedError):
        machine.was_paid_before(ONE, 1, FULL_VND)


def a_line_comes_back_from_the_bank(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    regular = found(machine, ONE, "regular", "approved")
    machine.world.export(regular.batch_id)
    for number in (1, 2):
        machine.confirm(regular.batch_id, payments(regular, number))
        machine.run_month()
        assert due(machine) == {(ONE, number): FULL_VND}
        settled(machine)


def a_line_comes_back_that_was_taken_back_before(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    regular = found(machine, ONE, "regular", "approved")
    machine.world.export(regular.batch_id)
    machine.send("approve", {ONE: roster(ONE, [(2, "")])})
    assert due(machine) == {}
    machine.confirm(regular.batch_id, payments(regular, 1))
    machine.run_month()
    assert due(machine) == {}
    machine.send("run", {ONE: roster(ONE, [(2, ""), (1, "")])})
    assert due(machine) == {(ONE, 1): FULL_VND}
    settled(machine)


def a_part_comes_back_of_what_was_taken_back(machine: LedgerMachine) -> None:
    """The recovery is larger than what came back: let go as a whole, who moved would have both centres' money."""
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    machine.a_decree_changes_the_base_salary(1_800_000, JANUARY, "approve")
    for kind in ("regular", "arrears"):
        batch = found(machine, ONE, kind, "approved")
        machine.world.export(batch.batch_id)
        machine.confirm(batch.batch_id, frozenset())
    machine.somebody_moves(ONE, OTHER, 1, "approve")
    assert due(machine) == {}
    arrears = found(machine, ONE, "arrears", "paid")
    machine.confirm(arrears.batch_id, payments(arrears, 1))
    machine.run_month()
    settled(machine)
    assert committed_money(machine.world)[ONE, person(1).citizen_id] == 0
    (back,) = (line for line in found(machine, ONE, "recovery", "approved").lines if line.offset_vnd)
    assert (back.amount_vnd, back.offset_vnd) == (-2_700_000, 465_000)


def a_fault_that_can_be_mended_takes_nothing_back(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    for fault in ("bank missing", "no ID", "neither", "hidden"):
        machine.send("run", {ONE: roster(ONE, [(1, fault), (2, "")])})
        assert due(machine) == {}, fault
    machine.send("run", {ONE: roster(ONE, [(1, "contract"), (2, "duty")])})
    assert due(machine) == {(ONE, 1): -FULL_VND, (ONE, 2): -FULL_VND}
    settled(machine)


def a_file_that_goes_missing_or_bad_takes_nothing_back(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    whole = machine.sent.rosters[ONE]
    for how in (None, BAD):
        machine.send("run", {ONE: how})
        assert due(machine) == {}, how
    machine.a_register_changes(("headcount", ONE, None), "run")
    assert due(machine) == {}
    machine.send("nothing", {ONE: whole})
    machine.a_register_changes(("headcount", ONE, 3), "run")
    assert due(machine) == {}
    machine.send("run", {ONE: roster(ONE, [(2, "")])})
    assert due(machine) == {(ONE, 1): -FULL_VND}
    settled(machine)


def the_last_post_is_taken_before_it_is_free(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (OTHER, ""), (OTHER, ""))
    machine.a_register_changes(("headcount", ONE, 1), "nothing")
    machine.send("run", {ONE: roster(ONE, [(2, ""), (1, "")]), OTHER: roster(OTHER, [(3, "")])})
    assert due(machine) == {(OTHER, 2): -FULL_VND}, "who is paid keeps the post"
    settled(machine)
    machine.send("run", {ONE: roster(ONE, [(2, "")])})
    assert due(machine) == {(ONE, 1): -FULL_VND, (ONE, 2): FULL_VND}
    approval_is_refused(machine, ONE, "arrears")
    settled(machine)


def the_base_salary_goes_up_backwards_and_down_again(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, "indirect"), (OTHER, "old ID"))
    machine.a_decree_changes_the_base_salary(1_800_000, JANUARY, "run")
    machine.truths()
    assert sorted(vnd for _, vnd in machine.drafted().values()) == [155_000, 465_000, 465_000]
    settled(machine)
    machine.a_decree_changes_the_base_salary(1_490_000, JANUARY, "approve")
    assert due(machine) == {}


def who_is_paid_stands_at_a_second_centre(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    machine.a_row_is_added(OTHER, 1, "", "run")
    assert due(machine) == {}
    machine.a_row_changes(ONE, 0, "bank missing", "run")
    assert due(machine) == {}
    machine.a_row_is_dropped(ONE, 0, "run")
    assert due(machine) == {(ONE, 1): -FULL_VND, (OTHER, 1): FULL_VND}
    settled(machine)


def the_years_money_is_used_up(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""), is_approved=False)
    machine.a_budget_changes(ONE, 4_000_000, "run")
    approval_is_refused(machine, ONE, "regular")
    machine.send("approve", {ONE: roster(ONE, [(1, "")])})
    assert due(machine) == {}
    machine.a_row_is_added(ONE, 2, "", "approve")
    assert due(machine) == {(ONE, 2): FULL_VND}
    machine.a_budget_changes(ONE, PLENTY_VND, "approve")
    assert due(machine) == {}


def what_a_run_changes_is_submitted_again_and_what_is_void_is_due_again(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""), is_approved=False)
    machine.next_step(found(machine, ONE, "regular", "draft"))
    machine.a_row_changes(ONE, 0, "other account", "run")
    back_again = found(machine, ONE, "regular", "draft")
    with pytest.raises(RefusedError):
        machine.approve(back_again.batch_id)
    machine.send("run", {ONE: BAD})
    with pytest.raises(RefusedError):
        machine.next_step(back_again)
    machine.send("run", {ONE: roster(ONE, [(1, "")])})
    assert due(machine)[ONE, 1] == FULL_VND
    settled(machine)
    machine.make_void(found(machine, ONE, "regular", "approved").batch_id)
    machine.run_month()
    assert machine.drafted() == {(ONE, person(1).citizen_id): ("regular", FULL_VND)}
    settled(machine)


def what_finance_says_of_two_rows_follows_the_person(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""))
    asked = roster(ONE, [(1, "contract"), (1, ""), (2, "")])
    machine.send("run", {ONE: asked})
    assert due(machine) == {}
    machine.world.stand(ONE, row_at(machine, ONE, 1))
    machine.go_on("run")
    assert due(machine) == {(ONE, 1): -FULL_VND}, "the row that stands has no right"
    machine.send("run", {ONE: roster(ONE, [(1, "contract"), (1, ""), (2, "other account")])})
    assert due(machine) == {(ONE, 1): -FULL_VND}, "another row's word undoes no selection"
    machine.send("run", {ONE: roster(ONE, [(1, "half"), (1, "indirect"), (2, "")])})
    assert due(machine) == {}, "the selected row is there no more: finance is asked again"
    machine.send("nothing", {ONE: asked})
    settled(machine)
    machine.send("run", {ONE: roster(ONE, [(1, ""), (2, "")])})
    assert due(machine) == {(ONE, 1): FULL_VND}


def a_month_before_go_live_is_computed_and_never_paid(machine: LedgerMachine) -> None:
    begin(machine, (ONE, ""), (ONE, ""), (OTHER, ""), is_approved=False)
    machine.a_parameter_changes(("first_month", "2022-02-01"), "approve")
    assert machine.world.batches() == []
    assert sum(row.amount_vnd for row in machine.world.rows()) == 3 * FULL_VND
    machine.a_parameter_changes(("first_month", "2022-01-01"), "run")
    assert sum(due(machine).values()) == 3 * FULL_VND
    settled(machine)


ABOUT_GUARDS: tuple[Story, ...] = (
    somebody_moves_and_the_arrears_are_asked_for_first,
    money_paid_before_at_another_centre_is_not_paid_again,
    a_line_comes_back_from_the_bank,
    a_part_comes_back_of_what_was_taken_back,
    the_last_post_is_taken_before_it_is_free,
    two_ids_that_were_both_paid_are_one_person,
    what_a_run_changes_is_submitted_again_and_what_is_void_is_due_again,
)
"""What a ledger refuses and remembers; the others are about what a run finds due."""

STORIES: tuple[Story, ...] = (
    *ABOUT_GUARDS,
    an_old_id_that_was_paid_is_mended,
    the_years_money_is_used_up,
    what_finance_says_of_two_rows_follows_the_person,
    a_month_before_go_live_is_computed_and_never_paid,
    a_line_comes_back_that_was_taken_back_before,
    a_fault_that_can_be_mended_takes_nothing_back,
    a_file_that_goes_missing_or_bad_takes_nothing_back,
    the_base_salary_goes_up_backwards_and_down_again,
    who_is_paid_stands_at_a_second_centre,
)
