"""What people do with a month and its ledger, step by step; the truths are held where a step could break them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from factories import Cells, person
from ledger_people import CENTRES, DISTRICTS, number_of
from ledger_truths import LedgerTruths
from ledger_world import OPEN, RefusedError, SeenBatch, World
from settle_in_python import committed_money

Given = TypeVar("Given")


class LedgerActions(LedgerTruths):
    """`then`, after something was sent: "run" the month, "approve" everything that is due, or "nothing"."""

    new_world: Callable[[], World]
    """An empty one; a subclass gives it."""

    # ---- Something is sent

    def send(self, then: str, rosters: dict[str, tuple[Cells, ...] | str | None]) -> None:
        self.change(then, rosters={**self.sent.rosters, **rosters})

    def change(self, then: str, **differences: object) -> None:
        self.sent = replace(self.sent, **differences)  # type: ignore[arg-type]
        self.is_stale = True
        self.go_on(then)

    def go_on(self, then: str) -> None:
        if then == "run":
            self.run_month()
        elif then == "approve":
            self.everything_due_is_approved()

    def run_month(self) -> None:
        self.world.run(self.sent)
        self.has_run(self.sent)

    def others_at(self, centre: str, number: int) -> tuple[Cells, ...]:
        """The rows that a centre sends, without somebody's."""
        rows = self.sent.rosters[centre]
        return tuple(row for row in rows if number_of(row) != number) if isinstance(rows, tuple) else ()

    def nothing_bars(self, centre: str, number: int) -> tuple[Cells, ...]:
        """Lists, posts and money let somebody be paid there, beside one other at most, whose row this is."""
        self.change(
            "nothing",
            headcounts={**self.sent.headcounts, **({centre: 3} if centre in DISTRICTS else {})},
            listed=tuple(sorted({*self.sent.listed, person(number).citizen_id})),
            supports=tuple(who for who in self.sent.supports if who != number),
            budgets={},
            parameters={name: value for name, value in self.sent.parameters.items() if name != "first_month"},
        )
        return self.others_at(centre, number)[:1]

    def without(self, number: int) -> dict[str, tuple[Cells, ...] | str | None]:
        """Every roster that can be read, without somebody's rows."""
        whole = [code for code in CENTRES if isinstance(self.sent.rosters[code], tuple)]
        return {code: self.others_at(code, number) or None for code in whole}

    # ---- Batches live

    def next_step(self, batch: SeenBatch) -> None:
        if batch.status == "draft":
            if batch.kind == "recovery":
                self.world.confirm_recoveries(batch.batch_id)
            self.world.submit(batch.batch_id)
        elif batch.status == "submitted":
            self.approve(batch.batch_id)
        else:
            self.world.export(batch.batch_id)

    def is_approved(self, batch: SeenBatch) -> bool:
        """Bring a draft or a submitted batch to its approval; again, when what it rests on has changed meanwhile."""
        if batch.status == "draft" and not is_done(self.next_step, batch):
            return False
        if is_done(self.approve, batch.batch_id):
            return True
        return (
            batch.status == "submitted"
            and is_done(self.world.submit, batch.batch_id)
            and is_done(self.approve, batch.batch_id)
        )

    def approves_a_recovery(self) -> bool:
        """First in the wrong order, as somebody would who does not look; then recoveries first."""
        approved = [
            batch.kind
            for order in (reversed, list)
            for batch in order(in_order(self.world.batches()))  # type: ignore[operator]
            if batch.status in OPEN and self.is_approved(batch)
        ]
        return "recovery" in approved

    def everything_due_is_approved(self) -> None:
        """Once more where money was taken back: a row that waited for it, since its ID was mended, is due only then."""
        self.run_month()
        if self.approves_a_recovery():
            self.run_month()
            self.approves_a_recovery()
        self.run_month()
        self.nothing_is_due_but_what_was_refused()

    # ---- The ledger changes

    def approve(self, batch_id: str) -> None:
        before, asked = committed_money(self.world), self.batch(batch_id)
        self.world.approve(batch_id)
        self.is_approved_as_asked(asked)
        self.nothing_grew_too_far(before)
        self.no_year_gives_more_than_it_has(before)

    def make_void(self, batch_id: str) -> None:
        before = committed_money(self.world)
        self.world.void(batch_id)
        self.is_void(batch_id)
        self.nothing_grew_too_far(before)
        self.no_year_gives_more_than_it_has(before)

    def confirm(self, batch_id: str, returned: frozenset[str]) -> None:
        """The bank's answer to a batch that was exported or paid."""
        before = committed_money(self.world)
        self.world.confirm(batch_id, returned)
        self.nothing_grew_too_far(before)

    def was_paid_before(self, centre: str, number: int, vnd: int) -> None:
        before = committed_money(self.world)
        self.world.was_paid_before(centre, person(number).citizen_id, person(number).full_name, vnd)
        self.openings_stay_within_one_support(before)


def is_done(step: Callable[[Given], None], what: Given) -> bool:
    """Take a step that the world may refuse."""
    try:
        step(what)
    except RefusedError:
        return False
    return True


def in_order(batches: list[SeenBatch]) -> list[SeenBatch]:
    """Recoveries first: what is taken back at one centre may be due at another."""
    return sorted(batches, key=lambda batch: (batch.kind != "recovery", batch.centre_code))


@contextmanager
def allowed_to_refuse() -> Iterator[None]:
    try:
        yield
    except RefusedError:
        return
