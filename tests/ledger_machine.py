"""People change the sources, run the month, approve, return, waive; nobody is careful (truths: `ledger_truths`).

Most rules change one thing. Some are short stories, since no chance would bring their steps together in that order.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import TypeVar

import pytest
from factories import person
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from ledger_actions import LedgerActions, allowed_to_refuse, is_done
from ledger_people import (
    CENTRES,
    DISTRICTS,
    FAULTS,
    OLD_IDS,
    PEOPLE,
    next_place,
    number_of,
    people_at,
    roster,
    row_of,
)
from ledger_truths import BASE_SALARY_VND
from ledger_world import BAD, COMMITTED, OPEN, PLENTY_VND, RefusedError, Sent

T = TypeVar("T", str, int, tuple[str, str])
TURNS_UP = ("bank missing", "hidden", "no ID", "neither", "typo", "contract", "duty")
FAULT = st.sampled_from(["", "", "", "", *FAULTS, "old ID", "old ID", "old ID"])
PLACES = st.lists(st.tuples(st.sampled_from(CENTRES), FAULT), min_size=len(PEOPLE), max_size=len(PEOPLE))
"""Where everybody stands, and what is wrong with the row."""
CENTRE, DISTRICT, NUMBER = st.sampled_from(CENTRES), st.sampled_from(DISTRICTS), st.sampled_from(PEOPLE)
THEN = st.sampled_from(["approve", "approve", "run", "nothing"])
REGISTERS = st.one_of(
    st.tuples(st.just("headcount"), DISTRICT, st.sampled_from([None, 1, 2, 3, 3])),
    st.tuples(st.sampled_from(["listed", "support"]), NUMBER, st.none()),
)
PARAMETERS: tuple[tuple[str, object], ...] = (
    ("part_month", "full_month"),
    ("part_month", "calendar_days"),
    ("coefficient", {"direct": 15, "indirect": 5}),
    ("coefficient", {"direct": 12, "indirect": 5}),
    ("first_month", "2022-02-01"),
    ("first_month", "2022-01-01"),
)
SALARIES, SINCE = (BASE_SALARY_VND, 1_600_000, 1_800_000), (date(2020, 7, 1), date(2022, 1, 1), date(2022, 2, 1))
JANUARY = date(2022, 1, 1)
PAID_BEFORE = st.tuples(CENTRE, NUMBER, st.sampled_from([1_000_000, 1_235_000, 2_235_000]))
"""A whole support, or parts of it that are one together."""


def toggled(held: tuple[T, ...], one: T) -> tuple[T, ...]:
    return tuple(sorted(set(held) ^ {one}))


class LedgerMachine(LedgerActions):
    """One month of three centres and five people in a world that a subclass gives."""

    @initialize(
        places=PLACES,
        linked=st.sets(st.sampled_from(sorted(OLD_IDS))),
        paid_before=st.one_of(st.just([]), st.lists(PAID_BEFORE, min_size=1, max_size=2)),
        is_approved=st.sampled_from([True, True, True, False]),
    )
    def a_month_begins(
        self,
        places: list[tuple[str, str]],
        linked: Collection[int] = (),
        paid_before: Collection[tuple[str, int, int]] = (),
        *,
        is_approved: bool = True,
    ) -> None:
        self.begin(self.new_world())
        self.sent = Sent(
            rosters={code: roster(code, people_at(code, places)) or None for code in CENTRES},
            headcounts={"dong-xoai": 3, "phuoc-long": 3},
            listed=tuple(person(number).citizen_id for number in PEOPLE),
            links=tuple((OLD_IDS[number], person(number).citizen_id) for number in sorted(linked)),
        )
        for paid in paid_before:
            with allowed_to_refuse():
                self.was_paid_before(*paid)
        self.run_month()
        if is_approved:
            self.everything_due_is_approved()

    # ---- The sources change

    @rule(centre=CENTRE, places=PLACES, then=THEN)
    def a_centre_sends_another_roster(self, centre: str, places: list[tuple[str, str]], then: str) -> None:
        self.send(then, {centre: roster(centre, people_at(centre, places)) or None})

    @rule(centre=CENTRE, number=NUMBER, fault=FAULT, then=THEN)
    def a_row_is_added(self, centre: str, number: int, fault: str, then: str) -> None:
        rows = self.sent.rosters[centre] or ()
        if isinstance(rows, tuple):
            self.send(then, {centre: (*rows, row_of(centre, next_place(rows), number, fault))})

    @rule(centre=CENTRE, place=st.integers(0, 3), then=THEN)
    def a_row_is_dropped(self, centre: str, place: int, then: str) -> None:
        rows = self.sent.rosters[centre]
        if isinstance(rows, tuple) and len(rows) > 1:
            place %= len(rows)
            self.send(then, {centre: (*rows[:place], *rows[place + 1 :])})

    @rule(centre=CENTRE, place=st.integers(0, 3), fault=FAULT, then=THEN)
    def a_row_changes(self, centre: str, place: int, fault: str, then: str) -> None:
        rows = self.sent.rosters[centre]
        if isinstance(rows, tuple):
            place %= len(rows)
            changed = row_of(centre, int(str(rows[place]["source_row"])) - 1, number_of(rows[place]), fault)
            self.send(then, {centre: (*rows[:place], changed, *rows[place + 1 :])})

    @rule(one=CENTRE, other=CENTRE, number=NUMBER, then=THEN)
    def somebody_moves(self, one: str, other: str, number: int, then: str) -> None:
        """The old centre's roster drops the person, the new one's has a row more."""
        rows, more = self.sent.rosters[one], self.sent.rosters[other]
        if one == other or not isinstance(rows, tuple) or not isinstance(more, tuple):
            return
        left = tuple(row for row in rows if row["citizen_id"] != person(number).citizen_id)
        if left and len(left) < len(rows):
            self.send(then, {one: left, other: (*more, row_of(other, next_place(more), number))})

    @rule(centre=CENTRE, how=st.sampled_from([None, BAD]), then=THEN)
    def a_file_goes_missing_or_bad(self, centre: str, how: str | None, then: str) -> None:
        self.send(then, {centre: how})

    @rule(change=REGISTERS, then=THEN)
    def a_register_changes(self, change: tuple[str, object, object], then: str) -> None:
        kind, who, value = change
        number = int(str(who)) if kind != "headcount" else 0
        if kind == "headcount":
            self.change(then, headcounts={**self.sent.headcounts, str(who): value})
        elif kind == "listed":
            self.change(then, listed=toggled(self.sent.listed, person(number).citizen_id))
        else:
            self.change(then, supports=toggled(self.sent.supports, number))

    @rule(number=st.sampled_from(sorted(OLD_IDS)), then=THEN)
    def ids_are_linked_or_not_any_more(self, number: int, then: str) -> None:
        self.change(then, links=toggled(self.sent.links, (OLD_IDS[number], person(number).citizen_id)))

    @rule(parameter=st.sampled_from(PARAMETERS), then=THEN)
    def a_parameter_changes(self, parameter: tuple[str, object], then: str) -> None:
        self.change(then, parameters={**self.sent.parameters, parameter[0]: parameter[1]})

    @rule(vnd=st.sampled_from(SALARIES), since=st.sampled_from(SINCE), then=THEN)
    def a_decree_changes_the_base_salary(self, vnd: int, since: date, then: str) -> None:
        """As a new dated value, backwards or not; it changes the month only where it is in force in it."""
        before = {"from": "2019-07-01", "to": (since - timedelta(days=1)).isoformat(), "value": BASE_SALARY_VND}
        decrees = [before, {"from": since.isoformat(), "value": vnd}]
        self.change(then, parameters={**self.sent.parameters, "base_salary": decrees})

    @rule(centre=CENTRE, vnd=st.sampled_from([0, 4_000_000, PLENTY_VND]), then=THEN)
    def a_budget_changes(self, centre: str, vnd: int, then: str) -> None:
        self.change(then, budgets={**self.sent.budgets, centre: vnd})

    # ---- Short stories

    @rule(centre=DISTRICT, number=st.sampled_from(sorted(OLD_IDS)), is_linked=st.booleans(), then=THEN)
    def an_old_id_is_mended(self, centre: str, number: int, then: str, *, is_linked: bool) -> None:
        """Paid under the old ID, then known by the new one."""
        rows = self.nothing_bars(centre, number)
        place = next_place(rows)
        self.send("approve", {**self.without(number), centre: (*rows, row_of(centre, place, number, "old ID"))})
        if is_linked:
            link = (OLD_IDS[number], person(number).citizen_id)
            self.change("nothing", links=tuple(sorted({*self.sent.links, link})))
        self.send(then, {centre: (*rows, row_of(centre, place, number))})

    @rule(one=CENTRE, other=CENTRE, number=NUMBER, fault=FAULT, then=THEN)
    def somebody_stands_twice(self, one: str, other: str, number: int, fault: str, then: str) -> None:
        """Paid at one centre, then on another's roster too; then something may be wrong with the first row."""
        if one != other:
            rows, more = self.nothing_bars(one, number), self.others_at(other, number)
            self.send("approve", {**self.without(number), one: (*rows, row_of(one, next_place(rows), number))})
            self.send(then, {other: (*more, row_of(other, next_place(more), number))})
            self.send(then, {one: (*rows, row_of(one, next_place(rows), number, fault))})

    @rule(centre=CENTRE, number=NUMBER, fault=st.sampled_from(TURNS_UP), then=THEN)
    def a_fault_turns_up_after_approval(self, centre: str, number: int, fault: str, then: str) -> None:
        rows = self.nothing_bars(centre, number)
        place = next_place(rows)
        self.send("approve", {**self.without(number), centre: (*rows, row_of(centre, place, number))})
        self.send(then, {centre: (*rows, row_of(centre, place, number, fault))})

    @rule(centre=DISTRICT, first=NUMBER, second=NUMBER, is_still_there=st.booleans(), then=THEN)
    def somebody_takes_the_last_post(
        self, centre: str, first: int, second: int, then: str, *, is_still_there: bool
    ) -> None:
        """One post and its holder paid; then another stands before the holder, or in the holder's place."""
        if first != second:
            self.nothing_bars(centre, first)
            self.change("nothing", headcounts={**self.sent.headcounts, centre: 1})
            self.send("approve", {**self.without(first), centre: roster(centre, [(first, "")])})
            self.send(then, {centre: roster(centre, [(second, ""), (first, "")][: 1 + is_still_there])})

    @rule(which=st.integers(0, 20), lines=st.sets(st.integers(0, 3), max_size=2), then=THEN)
    def the_bank_answers(self, which: int, lines: set[int], then: str) -> None:
        """Everything arrived, or some lines come back; also lines of a batch that was paid."""
        batches = [batch for batch in self.world.batches() if batch.status in COMMITTED]
        if batches:
            batch = batches[which % len(batches)]
            returned = frozenset(batch.lines[line % len(batch.lines)].payment_id for line in lines)
            with allowed_to_refuse():
                if batch.status == "approved":
                    self.world.export(batch.batch_id)
                self.confirm(batch.batch_id, returned)
            self.go_on(then)

    # ---- The month is run, batches live

    everything_due_is_approved = rule()(LedgerActions.everything_due_is_approved)

    @rule()
    def the_month_is_run(self) -> None:
        self.run_month()

    @rule(paid=PAID_BEFORE, then=THEN)
    def money_paid_before_comes_in(self, paid: tuple[str, int, int], then: str) -> None:
        with allowed_to_refuse():
            self.was_paid_before(*paid)
            self.go_on(then)

    @rule(which=st.integers(0, 20))
    def a_batch_takes_its_next_step(self, which: int) -> None:
        living = [batch for batch in self.world.batches() if batch.status in {*OPEN, "approved"}]
        if living:
            is_done(self.next_step, living[which % len(living)])

    @rule(which=st.integers(0, 20))
    def a_step_in_the_wrong_state_is_refused(self, which: int) -> None:
        batches = self.world.batches()
        if batches:
            batch, before = batches[which % len(batches)], self.world.ledger()
            for status, step in {"submitted": self.world.approve, "approved": self.world.export}.items():
                # What has left the system may be had again, byte for byte.
                if batch.status != status and (status == "submitted" or batch.status in {*OPEN, "void"}):
                    with pytest.raises(RefusedError):
                        step(batch.batch_id)
            assert self.world.ledger() == before

    @rule(which=st.integers(0, 20))
    def an_approved_batch_is_made_void(self, which: int) -> None:
        approved = [batch for batch in self.world.batches() if batch.status == "approved"]
        if approved:
            is_done(self.make_void, approved[which % len(approved)].batch_id)

    @rule(which=st.integers(0, 20), then=THEN)
    def finance_waives_or_says_which_row_stands(self, which: int, then: str) -> None:
        rows = [row for row in self.world.rows() if row.outcome == "held"]
        if rows:
            row = rows[which % len(rows)]
            for code in row.codes:
                with allowed_to_refuse():
                    if code == "DUPLICATE_PERSON":
                        self.world.stand(row.centre_code, row.source_row)
                    else:
                        self.world.waive(row.centre_code, row.source_row, code)
            self.is_stale = True
            self.go_on(then)

    @rule(which=st.integers(0, 20))
    @precondition(lambda self: not self.is_stale)
    def approving_one_batch_changes_no_other(self, which: int) -> None:
        """With the same sources, what another batch says stays word by word; a recovery may free a row that waited."""
        self.run_month()
        waiting = [batch for batch in self.world.batches() if batch.status in OPEN]
        chosen = waiting[which % len(waiting)] if waiting else None
        if chosen and self.is_approved(chosen):
            self.run_month()
            now = {batch.batch_id: batch.lines for batch in self.world.batches()}
            for batch in waiting:
                kept = [line for line in now[batch.batch_id] if line in batch.lines or chosen.kind != "recovery"]
                assert kept == list(batch.lines)
