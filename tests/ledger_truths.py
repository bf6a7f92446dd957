"""What holds of a month with a ledger, whatever has happened to it: truths 1, 3, 4, 5, 6 and 7 of the design."""

import re
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from factories import person
from hypothesis.stateful import RuleBasedStateMachine, invariant
from ledger_world import COMMITTED, OPEN, RefusedError, SeenBatch, Sent, World
from settle_in_python import committed_money, due, is_undecided

Given = TypeVar("Given")
EVERYBODY = [person(number) for number in range(1, 6)]
PERSONAL = re.compile("|".join(["28591828", *(f"{who.citizen_id[:6]}|{who.bank_account}" for who in EVERYBODY)]))
"""Beginnings of everybody's IDs, old and new, with a wrong digit too; their accounts."""
BASE_SALARY_VND = 1_490_000
COEFFICIENTS = {"direct": 15, "indirect": 5}


class LedgerTruths(RuleBasedStateMachine):
    """A world, what was sent to it last, and what must be true of both after every step.

    `is_stale`: something was sent that no run has seen. `approved`: the lines of every batch when it was approved.
    """

    world: World
    sent: Sent
    is_stale: bool
    salary_vnd: int
    approved: dict[str, Counter[tuple[str, int]]]

    @invariant()
    def everybody_is_owed_what_the_rulebook_says(self) -> None:
        """Truths 1 and 7: entitlement = committed + drafts + undecided; what no roster says takes nothing back."""
        if self.is_settled():
            owed = due(self.world, is_payable=self.is_payable())
            assert self.drafted() == {key: (d.kind, d.drafted_vnd) for key, d in owed.items() if d.drafted_vnd}

    @invariant()
    def nobody_is_paid_for_two_rows(self) -> None:
        """Rule 16, over all centres."""
        paid = Counter(row.person_id for row in self.world.rows() if row.amount_vnd)
        assert None not in paid
        assert set(paid.values()) <= {1}

    @invariant()
    def a_row_that_was_approved_stands(self) -> None:
        """Rule 16: of several rows the one with approved money stands, where there is one, and no other is paid."""
        if not self.is_settled():
            return
        rows = [row for row in self.world.rows() if row.person_id is not None]
        for who, centres in people_with_money(self.world).items():
            own = [row for row in rows if row.person_id == who]
            there = [row for row in own if row.centre_code in centres]
            if len(centres) == len(there) == 1 and {row.centre_code for row in own} != centres:
                assert there[0].is_standing, (own, centres)
                assert not [row for row in own if row.amount_vnd and row != there[0]]

    @invariant()
    def who_has_money_keeps_the_post(self) -> None:
        """Rule 11: who has approved money ranks first, so nobody without any is paid while such a person is past it."""
        if not self.is_settled():
            return
        money = committed_money(self.world)
        pushed = {
            row.centre_code
            for row in self.world.rows()
            if {"OVER_QUOTA"} == {*row.codes} & {"OVER_QUOTA", "OTHER_SUPPORT_HIGHER"}
            and money.get((row.centre_code, str(row.person_id)), 0) > 0
        }
        for row in self.world.rows():
            if row.amount_vnd and row.centre_code in pushed:
                assert money.get((row.centre_code, str(row.person_id)), 0) > 0

    @invariant()
    def amounts_follow_the_parameters(self) -> None:
        """Rule 5: coefficient times base salary, where whoever works pays the whole month."""
        if not self.is_stale and self.sent.parameters.get("part_month", "full_month") == "full_month":
            tenths = dict(self.sent.parameters.get("coefficient", COEFFICIENTS))  # type: ignore[call-overload]
            allowed = {0, *(self.salary_vnd * coefficient // 10 for coefficient in tenths.values())}
            assert {row.amount_vnd for row in self.world.rows()} <= allowed

    @invariant()
    def lines_have_the_sign_of_their_batch(self) -> None:
        for batch in self.world.batches():
            assert batch.lines
            assert all((line.amount_vnd < 0) == (batch.kind == "recovery") and line.amount_vnd for line in batch.lines)
            assert len({line.person_id for line in batch.lines}) == len(batch.lines)

    @invariant()
    def causes_name_nobody(self) -> None:
        details = [str(line.cause_detail) for batch in self.world.batches() for line in batch.lines]
        assert not [detail for detail in details if PERSONAL.search(detail)]

    @invariant()
    def approved_batches_stay_as_they_are(self) -> None:
        """Truth 6: from approved on nothing changes but the status."""
        now = {batch.batch_id: batch for batch in self.world.batches()}
        assert {batch_id for batch_id, batch in now.items() if batch.status in COMMITTED} == self.approved.keys()
        for batch_id, lines in self.approved.items():
            assert lines_of(now[batch_id]) == lines

    # ---- What is looked at between two steps

    def nothing_is_due_but_what_was_refused(self) -> None:
        """Truth 5; a batch may only be refused where money that it depends on cannot be settled either."""
        for batch in self.world.batches():
            assert batch.status not in OPEN or self.may_be_refused(batch), batch

    def may_be_refused(self, batch: SeenBatch) -> bool:
        """Its centre, or one where somebody of it has money, offers no good file, leaves money undecided, has no more.

        For people who have no post any more it is the posts of others that their money takes.
        """
        people = {line.person_id for line in batch.lines}
        money = {key: vnd for key, vnd in committed_money(self.world).items() if vnd}
        concerned = {batch.centre_code, *(centre_code for centre_code, who in money if who in people)}
        rows, lines = self.world.rows(), self.world.ledger()
        return any(
            not isinstance(self.sent.rosters[centre_code], tuple)
            or self.is_beyond_budget(centre_code)
            or any(is_undecided(key, rows, lines, self.world) for key in money if key[0] == centre_code)
            for centre_code in concerned
        )

    def is_beyond_budget(self, centre_code: str) -> bool:
        """Whether all that the centre has committed and drafted is more than its year has."""
        drafts = [batch for batch in self.world.batches() if batch.status in OPEN and batch.centre_code == centre_code]
        asked = sum(line.amount_vnd for batch in drafts for line in batch.lines if line.amount_vnd > 0)
        used = sum(vnd for (code, _), vnd in committed_money(self.world).items() if code == centre_code)
        return asked + used > self.sent.budget_vnd(centre_code)

    def nobody_is_above_one_entitlement(self, batch: SeenBatch) -> None:
        """Truth 3, over all centres."""
        committed: Counter[str] = Counter()
        for (_, who), vnd in committed_money(self.world).items():
            committed[who] += vnd
        entitled: Counter[str] = Counter()
        for row in self.world.rows():
            entitled[str(row.person_id)] += row.amount_vnd
        for line in batch.lines:
            who = self.world.today(line.person_id)
            assert line.amount_vnd < 0 or 0 < entitled[who] >= committed[who], (line, committed[who], entitled[who])

    def approve(self, batch_id: str) -> None:
        """Approve, and hold truths 3 and 4 of what is committed then, and the year's money."""
        before = committed_people(self.world)
        self.world.approve(batch_id)
        batch = next(batch for batch in self.world.batches() if batch.batch_id == batch_id)
        self.approved[batch_id] = lines_of(batch)
        self.nobody_is_above_one_entitlement(batch)
        if batch.kind != "recovery":
            now = committed_people(self.world).get(batch.centre_code, set())
            posts = self.world.posts().get(batch.centre_code, 0)
            assert len(now) <= max(posts, len(before.get(batch.centre_code, set())))
            used = sum(vnd for (code, _), vnd in committed_money(self.world).items() if code == batch.centre_code)
            assert used <= self.sent.budget_vnd(batch.centre_code) or self.is_stale

    # ---- What it is made of

    def drafted(self) -> dict[tuple[str, str], tuple[str, int]]:
        lines = [line for batch in self.world.batches() if batch.status in OPEN for line in batch.lines]
        found = {(line.centre_code, line.person_id): (line.batch_kind, line.amount_vnd) for line in lines}
        assert len(found) == len(lines), "somebody has two lines at one centre"
        return found

    def is_settled(self) -> bool:
        """Nothing was sent, approved, made void or returned since the run: else what is due waits for the next."""
        return not self.is_stale and self.ledger_at_run == self.world.ledger()

    def is_payable(self) -> bool:
        return str(self.sent.parameters.get("first_month", "2022-01-01")) <= "2022-01-01"

    def truths(self) -> None:
        """Every invariant, for who does without hypothesis."""
        for truth in self.invariants:
            truth.function(self)


def is_done(step: Callable[[Given], None], what: Given) -> bool:
    """Take a step that the world may refuse."""
    try:
        step(what)
    except RefusedError:
        return False
    return True


def lines_of(batch: SeenBatch) -> Counter[tuple[str, int]]:
    return Counter((line.person_id, line.amount_vnd) for line in batch.lines)


def people_with_money(world: World) -> dict[str, set[str]]:
    """Person -> centres with committed money."""
    centres: dict[str, set[str]] = {}
    for (centre_code, who), vnd in committed_money(world).items():
        if vnd > 0:
            centres.setdefault(who, set()).add(centre_code)
    return centres


def committed_people(world: World) -> dict[str, set[str]]:
    """Centre -> people with committed money."""
    people: dict[str, set[str]] = {}
    for who, centres in people_with_money(world).items():
        for centre_code in centres:
            people.setdefault(centre_code, set()).add(who)
    return people
