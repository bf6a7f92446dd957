"""Whatever happens to a month, in whatever order: truths 1 to 5 and 7 of the design hold."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import pytest
from factories import Cells, person, roster_row
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger_in_memory import InMemoryWorld
from ledger_world import BAD, RefusedError, SeenBatch, Sent, World
from settle_in_python import committed_money, due, is_undecided

T = TypeVar("T", str, int, tuple[str, str])
CENTRES = ("tinh", "dong-xoai", "phuoc-long")
PEOPLE = (1, 2, 3, 4, 5)
OLD_IDS = {number: f"28591828{number}" for number in (3, 4)}
"""The old IDs of some people, linked to the new ones or not."""

FAULTS: dict[str, Cells] = {
    "": {},
    "contract": {"staff_category": "Hợp đồng"},
    "bank missing": {"bank_name": None},
    "other account": {"bank_account": "7700000001"},
    "no ID": {"citizen_id": None},
    "neither": {"citizen_id": None, "full_name": None},
    "hidden": {"is_hidden": True},
    "duty": {"duty": "Tạp vụ"},
    "indirect": {"work_mode": "Không trực tiếp"},
    "half": {"to_date": "12/01/2022"},
    "old ID": {},
    "typo": {},
}
FAULT = st.sampled_from(["", "", "", "", *FAULTS, "old ID", "old ID", "old ID"])
PLACES = st.lists(st.tuples(st.sampled_from(CENTRES), FAULT), min_size=len(PEOPLE), max_size=len(PEOPLE))
"""Where everybody stands, and what is wrong with the row."""
THEN = st.sampled_from(["approve", "approve", "run", "nothing"])
REGISTERS = st.one_of(
    st.tuples(st.just("headcount"), st.sampled_from(CENTRES[1:]), st.sampled_from([None, 1, 2, 3, 3])),
    st.tuples(st.sampled_from(["listed", "support"]), st.sampled_from(PEOPLE), st.none()),
)
PARAMETERS: tuple[tuple[str, object], ...] = (
    ("base_salary", 1_490_000),
    ("base_salary", 1_800_000),
    ("part_month", "full_month"),
    ("part_month", "calendar_days"),
    ("coefficient", {"direct": 15, "indirect": 5}),
    ("coefficient", {"direct": 12, "indirect": 5}),
)


def roster(centre_code: str, people: list[tuple[int, str]]) -> tuple[Cells, ...]:
    return tuple(_row(centre_code, place, number, fault) for place, (number, fault) in enumerate(people, start=1))


def people_at(centre_code: str, places: list[tuple[str, str]]) -> list[tuple[int, str]]:
    return [(number, fault) for number, (code, fault) in zip(PEOPLE, places, strict=True) if code == centre_code]


def number_of(row: Cells) -> int:
    return next(number for number in PEOPLE if f"{person(number).birth_date:%d/%m/%Y}" == row["birth_date"])


def _row(centre_code: str, place: int, number: int, fault: str) -> Cells:
    differences = dict(FAULTS[fault])
    if fault == "old ID" and number in OLD_IDS:
        differences = {"citizen_id": OLD_IDS[number]}
    if fault == "typo":
        differences = {"citizen_id": person(number).citizen_id[:-3] + "9" + person(number).citizen_id[-2:]}
    return roster_row(number, centre_code=centre_code, source_row=place + 1, row_no=str(place), **differences)


class LedgerMachine(RuleBasedStateMachine):
    """People change the sources, run, approve; nobody is careful."""

    def new_world(self) -> World:
        return InMemoryWorld()

    @initialize(
        places=PLACES,
        linked=st.sets(st.sampled_from(sorted(OLD_IDS))),
        is_approved=st.sampled_from([True, True, True, False]),
    )
    def a_month_begins(self, places: list[tuple[str, str]], linked: set[int], *, is_approved: bool) -> None:
        self.world = self.new_world()
        self.sent = Sent(
            rosters={code: roster(code, people_at(code, places)) or None for code in CENTRES},
            headcounts={"dong-xoai": 3, "phuoc-long": 3},
            listed=tuple(person(number).citizen_id for number in PEOPLE),
            links=tuple((OLD_IDS[number], person(number).citizen_id) for number in sorted(linked)),
        )
        self.is_stale = False
        self.paid_before: dict[str, Counter[str]] = {}
        self._run()
        if is_approved:
            self.everything_due_is_approved()

    # ---- The sources change

    @rule(centre=st.sampled_from(CENTRES), places=PLACES, then=THEN)
    def a_centre_sends_another_roster(self, centre: str, places: list[tuple[str, str]], then: str) -> None:
        self._send(then, {centre: roster(centre, people_at(centre, places)) or None})

    @rule(centre=st.sampled_from(CENTRES), number=st.sampled_from(PEOPLE), fault=FAULT, then=THEN)
    def a_row_is_added(self, centre: str, number: int, fault: str, then: str) -> None:
        rows = self.sent.rosters[centre] or ()
        if isinstance(rows, tuple):
            last = max((int(str(row["source_row"])) for row in rows), default=1)
            self._send(then, {centre: (*rows, _row(centre, last, number, fault))})

    @rule(centre=st.sampled_from(CENTRES), place=st.integers(0, 3), then=THEN)
    def a_row_is_dropped(self, centre: str, place: int, then: str) -> None:
        rows = self.sent.rosters[centre]
        if isinstance(rows, tuple) and len(rows) > 1:
            place %= len(rows)
            self._send(then, {centre: (*rows[:place], *rows[place + 1 :])})

    @rule(centre=st.sampled_from(CENTRES), place=st.integers(0, 3), fault=FAULT, then=THEN)
    def a_row_changes(self, centre: str, place: int, fault: str, then: str) -> None:
        rows = self.sent.rosters[centre]
        if isinstance(rows, tuple):
            place %= len(rows)
            changed = _row(centre, int(str(rows[place]["source_row"])) - 1, number_of(rows[place]), fault)
            self._send(then, {centre: (*rows[:place], changed, *rows[place + 1 :])})

    @rule(one=st.sampled_from(CENTRES), other=st.sampled_from(CENTRES), number=st.sampled_from(PEOPLE), then=THEN)
    def somebody_moves(self, one: str, other: str, number: int, then: str) -> None:
        """The old centre's roster drops the person, the new one's has a row more."""
        rows, more = self.sent.rosters[one], self.sent.rosters[other]
        if one == other or not isinstance(rows, tuple) or not isinstance(more, tuple):
            return
        left = tuple(row for row in rows if row["citizen_id"] != person(number).citizen_id)
        if left and len(left) < len(rows):
            place = max(int(str(row["source_row"])) for row in more)
            self._send(then, {one: left, other: (*more, _row(other, place, number, ""))})

    @rule(centre=st.sampled_from(CENTRES), how=st.sampled_from([None, BAD]), then=THEN)
    def a_file_goes_missing_or_bad(self, centre: str, how: str | None, then: str) -> None:
        self._send(then, {centre: how})

    @rule(change=REGISTERS, then=THEN)
    def a_register_changes(self, change: tuple[str, object, object], then: str) -> None:
        kind, who, value = change
        number = int(str(who)) if kind != "headcount" else 0
        if kind == "headcount":
            self._change(then, headcounts={**self.sent.headcounts, str(who): value})
        elif kind == "listed":
            self._change(then, listed=toggled(self.sent.listed, person(number).citizen_id))
        else:
            self._change(then, supports=toggled(self.sent.supports, number))

    @rule(number=st.sampled_from(sorted(OLD_IDS)), then=THEN)
    def ids_are_linked_or_not_any_more(self, number: int, then: str) -> None:
        self._change(then, links=toggled(self.sent.links, (OLD_IDS[number], person(number).citizen_id)))

    @rule(parameter=st.sampled_from(PARAMETERS), then=THEN)
    def a_parameter_changes(self, parameter: tuple[str, object], then: str) -> None:
        self._change(then, parameters={**self.sent.parameters, parameter[0]: parameter[1]})

    # ---- The month is run, batches live

    @rule()
    def the_month_is_run(self) -> None:
        self._run()

    @rule(which=st.integers(0, 20))
    def a_batch_takes_its_next_step(self, which: int) -> None:
        living = [batch for batch in self.world.batches() if batch.status in {"draft", "submitted", "approved"}]
        if living:
            with allowed_to_refuse():
                self._next_step(living[which % len(living)])

    @rule(which=st.integers(0, 20))
    def a_step_in_the_wrong_state_is_refused(self, which: int) -> None:
        batches = self.world.batches()
        if batches:
            batch, before = batches[which % len(batches)], self.world.ledger()
            for status, step in {"submitted": self.world.approve, "approved": self.world.export}.items():
                if batch.status != status:
                    with pytest.raises(RefusedError):
                        step(batch.batch_id)
            assert self.world.ledger() == before

    @rule()
    def everything_due_is_approved(self) -> None:
        self._run()
        for batch in in_order(self.world.batches()):
            if batch.status in {"draft", "submitted"}:
                self._approved(batch)
        self._run()
        self.nothing_is_due_but_what_was_refused()

    @rule(which=st.integers(0, 20))
    def an_approved_batch_is_made_void(self, which: int) -> None:
        approved = [batch for batch in self.world.batches() if batch.status == "approved"]
        if approved:
            with allowed_to_refuse():
                batch = approved[which % len(approved)]
                self.world.void(batch.batch_id)
                del self.paid_before[batch.batch_id]

    @rule(which=st.integers(0, 20), line=st.integers(0, 3))
    def the_bank_returns_a_line(self, which: int, line: int) -> None:
        exported = [batch for batch in self.world.batches() if batch.status == "exported"]
        if exported:
            batch = exported[which % len(exported)]
            with allowed_to_refuse():
                self.world.confirm(batch.batch_id, frozenset({batch.lines[line % len(batch.lines)].payment_id}))

    @rule(which=st.integers(0, 20))
    def finance_waives_or_says_which_row_stands(self, which: int) -> None:
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

    @rule(which=st.integers(0, 20))
    @precondition(lambda self: not self.is_stale)
    def approving_one_batch_changes_no_other(self, which: int) -> None:
        """With the same sources, what another batch says stays word by word."""
        self._run()
        waiting = [batch for batch in self.world.batches() if batch.status in {"draft", "submitted"}]
        if waiting and self._approved(waiting[which % len(waiting)]):
            self._run()
            now = {batch.batch_id: batch.lines for batch in self.world.batches()}
            for batch in waiting:
                assert now[batch.batch_id] == batch.lines

    # ---- Truths

    @invariant()
    def everybody_is_owed_what_the_rulebook_says(self) -> None:
        """Truth 1 and 7: entitlement = committed + drafts + undecided; what no roster says takes nothing back."""
        if not self.is_stale and not self.is_moved():
            wanted = {key: (d.kind, d.drafted_vnd) for key, d in due(self.world).items() if d.drafted_vnd}
            assert self.drafted() == wanted

    @invariant()
    def lines_have_the_sign_of_their_batch(self) -> None:
        for batch in self.world.batches():
            assert batch.lines
            assert all((line.amount_vnd < 0) == (batch.kind == "recovery") and line.amount_vnd for line in batch.lines)
            assert len({line.person_id for line in batch.lines}) == len(batch.lines)

    @invariant()
    def causes_name_nobody(self) -> None:
        details = [str(line.cause_detail) for batch in self.world.batches() for line in batch.lines]
        assert not [detail for detail in details if re.search(r"\b\d{9,}\b", detail)]

    @invariant()
    def approved_batches_stay_as_they_are(self) -> None:
        now = {batch.batch_id: batch for batch in self.world.batches()}
        for batch_id, amounts in self.paid_before.items():
            assert Counter({line.person_id: line.amount_vnd for line in now[batch_id].lines}) == amounts

    def nothing_is_due_but_what_was_refused(self) -> None:
        """Truth 5; a batch may only be refused where money that it depends on cannot be settled either."""
        for batch in self.world.batches():
            if batch.status in {"draft", "submitted"}:
                assert self.may_be_refused(batch), batch

    def may_be_refused(self, batch: SeenBatch) -> bool:
        """Its centre, or one where somebody of it has money, offers no good file or leaves money there undecided."""
        people = {line.person_id for line in batch.lines}
        money = {key for key, vnd in committed_money(self.world).items() if vnd}
        concerned = {batch.centre_code, *(centre_code for centre_code, who in money if who in people)}
        rows, lines = self.world.rows(), self.world.ledger()
        return any(
            not isinstance(self.sent.rosters[centre_code], tuple)
            or any(is_undecided(key, rows, lines, self.world) for key in money if key[0] == centre_code)
            for centre_code in concerned
        )

    # ---- What it is made of

    def drafted(self) -> dict[tuple[str, str], tuple[str, int]]:
        open_batches = [batch for batch in self.world.batches() if batch.status in {"draft", "submitted"}]
        lines = [line for batch in open_batches for line in batch.lines]
        found = {(line.centre_code, line.person_id): (line.batch_kind, line.amount_vnd) for line in lines}
        assert len(found) == len(lines), "somebody has two lines at one centre"
        return found

    def is_moved(self) -> bool:
        """Something was approved, made void or returned since the run: what is due waits for the next."""
        return self.ledger_at_run != self.world.ledger()

    def _send(self, then: str, rosters: dict[str, tuple[Cells, ...] | str | None]) -> None:
        self._change(then, rosters={**self.sent.rosters, **rosters})

    def _change(self, then: str, **differences: object) -> None:
        self.sent = replace(self.sent, **differences)  # type: ignore[arg-type]
        self.is_stale = True
        if then == "run":
            self._run()
        elif then == "approve":
            self.everything_due_is_approved()

    def _run(self) -> None:
        self.world.run(self.sent)
        self.is_stale = False
        self.ledger_at_run = self.world.ledger()

    def _next_step(self, batch: SeenBatch) -> None:
        if batch.status == "draft":
            self.world.confirm_recoveries(batch.batch_id)
            self.world.submit(batch.batch_id)
        elif batch.status == "submitted":
            self._approve(batch.batch_id)
        else:
            self.world.export(batch.batch_id)

    def _approve(self, batch_id: str) -> None:
        before = committed_people(self.world)
        self.world.approve(batch_id)
        batch = next(batch for batch in self.world.batches() if batch.batch_id == batch_id)
        self.paid_before[batch_id] = Counter({line.person_id: line.amount_vnd for line in batch.lines})
        self._nobody_above_one_entitlement(batch)
        now = committed_people(self.world).get(batch.centre_code, set())
        posts = self.world.posts().get(batch.centre_code, 0)
        assert batch.kind == "recovery" or len(now) <= max(posts, len(before.get(batch.centre_code, set())))

    def _nobody_above_one_entitlement(self, batch: SeenBatch) -> None:
        """Truth 3, over all centres."""
        committed: Counter[str] = Counter()
        for (_, who), vnd in committed_money(self.world).items():
            committed[who] += vnd
        entitled: Counter[str] = Counter()
        for row in self.world.rows():
            entitled[str(row.person_id)] += row.amount_vnd
        for line in batch.lines:
            assert line.amount_vnd < 0 or committed[line.person_id] <= entitled[line.person_id]
            assert line.amount_vnd < 0 or entitled[line.person_id] > 0

    def _approved(self, batch: SeenBatch) -> bool:
        try:
            if batch.status == "draft":
                self._next_step(batch)
            self._approve(batch.batch_id)
        except RefusedError:
            return False
        return True


def committed_people(world: World) -> dict[str, set[str]]:
    people: dict[str, set[str]] = {}
    for (centre_code, who), vnd in committed_money(world).items():
        if vnd > 0:
            people.setdefault(centre_code, set()).add(who)
    return people


def toggled(held: tuple[T, ...], one: T) -> tuple[T, ...]:
    return tuple(sorted(set(held) ^ {one}))


def in_order(batches: list[SeenBatch]) -> list[SeenBatch]:
    """Recoveries first: what is taken back at one centre may be due at another."""
    return sorted(batches, key=lambda batch: (batch.kind != "recovery", batch.centre_code))


@contextmanager
def allowed_to_refuse() -> Iterator[None]:
    try:
        yield
    except RefusedError:
        return


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(
    max_examples=30,
    stateful_step_count=16,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestLedger.pytestmark = [pytest.mark.timeout(900)]
