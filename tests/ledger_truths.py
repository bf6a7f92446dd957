"""What holds of a month with a ledger, whatever has happened to it: truths 1 and 3 to 7 of the design."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from factories import Cells, person
from hypothesis.stateful import RuleBasedStateMachine, invariant
from ledger_people import OLD_IDS, OTHER_ACCOUNT, PEOPLE
from ledger_world import COMMITTED, OPEN, SeenBatch, SeenLine, Sent, World
from settle_in_python import Key, committed_money, days_held, due, is_undecided, people_on_days

EVERYBODY = [person(number) for number in PEOPLE]
PERSONAL = re.compile(
    "|".join(
        [
            OTHER_ACCOUNT,
            *(old_id[:-1] for old_id in OLD_IDS.values()),
            *(f"{who.citizen_id[:6]}|{who.bank_account}|{who.full_name}" for who in EVERYBODY),
        ]
    ),
    re.IGNORECASE,
)
"""Beginnings of everybody's IDs, old and new, with a wrong digit too; their accounts and names."""
BASE_SALARY_VND = 1_490_000
COEFFICIENTS = {"direct": 15, "indirect": 5}
POLICE_POSTS, DISTRICT_POSTS = 12, 9
"""Rule 10: everybody on the province's roster here is of the police; a district's headcount counts up to 9."""
OUTCOMES = {"paid", "superseded", "held", "merged"}
LATER = {"approved": COMMITTED, "exported": {"exported", "paid"}, "paid": {"paid"}, "void": {"void"}}
"""Where a batch may be found that was approved, exported, paid or void when it was looked at last."""


class LedgerTruths(RuleBasedStateMachine):
    """A world, what was sent to it last, and what must be true of both after every step.

    `is_stale`: something was sent that no run has seen. `seen_by_run`: what the last run saw. `in_force`: the rows of
    each centre's last accepted roster. `approved`: every batch that was ever approved, as it was looked at last.
    """

    world: World
    sent: Sent
    seen_by_run: Sent
    is_stale: bool
    ledger_at_run: list[SeenLine]
    in_force: dict[str, tuple[Cells, ...]]
    approved: dict[str, SeenBatch]

    def begin(self, world: World) -> None:
        self.world, self.seen_by_run, self.in_force, self.approved = world, Sent({}, {}), {}, {}

    def has_run(self, sent: Sent) -> None:
        self.seen_by_run, self.is_stale, self.ledger_at_run = sent, False, self.world.ledger()
        accepted = {code: rows for code, rows in sent.rosters.items() if isinstance(rows, tuple) and self.posts(code)}
        self.in_force.update(accepted)

    @invariant()
    def every_row_of_the_files_in_force_has_one_end(self) -> None:
        """Truths 1 and 7: every row that was sent is decided, and stays so when a later file is missing or bad."""
        sent = [(code, row["full_name"]) for code, rows in self.in_force.items() if self.posts(code) for row in rows]
        rows = self.world.rows()
        assert Counter((row.centre_code, row.full_name) for row in rows) == Counter(sent)
        assert {row.outcome for row in rows} <= OUTCOMES
        assert all((row.outcome == "paid") == (row.amount_vnd > 0) for row in rows)

    @invariant()
    def the_posts_are_those_that_were_sent(self) -> None:
        posts = self.world.posts()
        assert all(posts.get(code, 0) == self.posts(code) for code in self.seen_by_run.headcounts)

    @invariant()
    def everybody_is_owed_what_the_rulebook_says(self) -> None:
        """Truths 1 and 7: entitlement = committed + drafts + undecided; what no roster says takes nothing back."""
        if self.is_settled():
            owed = due(self.world, is_payable=self.is_payable())
            assert self.drafted() == {key: (d.kind, d.drafted_vnd) for key, d in owed.items() if d.drafted_vnd}

    @invariant()
    def nobody_is_paid_for_two_rows(self) -> None:
        """Rule 16, over all centres: no day of a person is paid twice."""
        paid: dict[str | None, int] = {}
        for row in self.world.rows():
            if row.amount_vnd:
                assert row.post_days, row
                assert not paid.get(row.person_id, 0) & row.post_days, row
                paid[row.person_id] = paid.get(row.person_id, 0) | row.post_days
        assert None not in paid

    @invariant()
    def a_row_that_was_approved_stands(self) -> None:
        """Rule 16: of several rows the one with approved money stands, where there is one, and no other is paid."""
        if not self.is_settled():
            return
        rows = [row for row in self.world.rows() if row.person_id is not None and "DUPLICATE_PERSON" in row.codes]
        for who, centres in people_with_money(self.world).items():
            own = [row for row in rows if row.person_id == who]
            there = [row for row in own if row.centre_code in centres]
            if len(centres) == len(there) == 1 and {row.centre_code for row in own} != centres:
                assert there[0].is_standing, (own, centres)
                assert not [row for row in own if row.amount_vnd and row != there[0]]

    @invariant()
    def who_has_money_keeps_the_post(self) -> None:
        """Rule 11: days that approved money pays stay with their holder, so nobody without any has one of them."""
        if not self.is_settled():
            return
        rows, lines = self.world.rows(), self.world.ledger()
        for centre_code in {row.centre_code for row in rows}:
            here = [row for row in rows if row.centre_code == centre_code]
            held = days_held(centre_code, lines, here, self.world)
            pushed = {
                str(row.person_id)
                for row in here
                if {"OVER_QUOTA"} == {*row.codes} & {"OVER_QUOTA", "OTHER_SUPPORT_HIGHER"}
            }
            for row in here:
                if row.amount_vnd and str(row.person_id) not in held:
                    assert not [who for who in pushed if self.is_whole(centre_code, who) and held.get(who)], row

    @invariant()
    def amounts_follow_the_parameters(self) -> None:
        """Rule 5: coefficient times base salary, where whoever works pays the whole month."""
        parameters = self.seen_by_run.parameters
        if parameters.get("part_month") == "full_month":
            assert {row.amount_vnd for row in self.world.rows()} <= {0, *supports_vnd(parameters)}

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
        """Truth 6: from approved on nothing changes but the status, forwards; what came back stays so."""
        now = {batch.batch_id: batch for batch in self.world.batches() if batch.status not in OPEN}
        assert now.keys() == self.approved.keys()
        for batch_id, then in self.approved.items():
            assert content_of(now[batch_id]) == content_of(then)
            assert now[batch_id].status in LATER[then.status]
            assert returned_of(then) <= returned_of(now[batch_id])
            assert all(vnd <= offset_of(now[batch_id])[payment] for payment, vnd in offset_of(then).items())
        self.approved = now

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
        return asked + at_centre(centre_code, committed_money(self.world)) > self.sent.budget_vnd(centre_code)

    def nothing_grew_too_far(self, before: Mapping[Key, int]) -> None:
        """Truths 3 and 4, of everybody whose committed money at a centre is more than before, and more than nothing.

        It is within one entitlement over all centres, and who had none there before has a post that was sent to the
        last run. The 19 and 9 of the law itself are not reached with five people.
        """
        now, entitled = committed_money(self.world), Counter[str]()
        for row in self.world.rows():
            entitled[str(row.person_id)] += row.amount_vnd
        for centre_code, who in grown(before, now):
            assert everywhere(who, now) <= entitled[who], (centre_code, who, now)
            if before.get((centre_code, who), 0) <= 0:
                held = days_held(centre_code, self.world.ledger(), self.world.rows(), self.world)
                people = people_on_days(held)
                days = [place for place in range(31) if held.get(who, 0) >> place & 1]
                assert all(people[place] <= self.posts(centre_code) for place in days), (centre_code, held)

    def openings_stay_within_one_support(self, before: Mapping[Key, int]) -> None:
        """Truth 3 of money that was paid before any run decided; nobody had a post then, so there is no truth 4."""
        now, most = committed_money(self.world), max(supports_vnd(self.seen_by_run.parameters))
        assert all(everywhere(who, now) <= most for _, who in grown(before, now))

    def no_year_gives_more_than_it_has(self, before: Mapping[Key, int]) -> None:
        """Rule 15, by the budget that the last run read; what takes money back is not asked."""
        now = committed_money(self.world)
        for centre_code in {code for code, _ in now}:
            used = at_centre(centre_code, now)
            assert used <= max(at_centre(centre_code, before), self.seen_by_run.budget_vnd(centre_code))

    def is_approved_as_asked(self, asked: SeenBatch) -> None:
        """The lines are those that were submitted; of who has no right nobody is paid anything."""
        now = self.batch(asked.batch_id)
        assert (now.status, content_of(now)) == ("approved", content_of(asked))
        self.approved[now.batch_id] = now
        payable = {row.person_id for row in self.world.rows() if row.amount_vnd}
        assert all(line.amount_vnd < 0 or self.world.today(line.person_id) in payable for line in now.lines)

    def is_void(self, batch_id: str) -> None:
        now = self.batch(batch_id)
        assert (now.status, self.approved[batch_id].status) == ("void", "approved")
        assert content_of(now) == content_of(self.approved[batch_id])
        self.approved[batch_id] = now

    # ---- What it is made of

    def drafted(self) -> dict[tuple[str, str], tuple[str, int]]:
        lines = [line for batch in self.world.batches() if batch.status in OPEN for line in batch.lines]
        found = {(line.centre_code, line.person_id): (line.batch_kind, line.amount_vnd) for line in lines}
        assert len(found) == len(lines), "somebody has two lines at one centre"
        return found

    def batch(self, batch_id: str) -> SeenBatch:
        return next(batch for batch in self.world.batches() if batch.batch_id == batch_id)

    def posts(self, centre_code: str) -> int:
        """What the last run was sent: nothing is decided for a district without a decision."""
        headcounts = self.seen_by_run.headcounts
        return min(headcounts[centre_code] or 0, DISTRICT_POSTS) if centre_code in headcounts else POLICE_POSTS

    def is_whole(self, centre_code: str, who: str) -> bool:
        """Whether all of the person's rows there say no dates: then every day that money pays is one of theirs."""
        numbers = {
            row.source_row for row in self.world.rows() if (row.centre_code, row.person_id) == (centre_code, who)
        }
        cells = [row for row in self.in_force.get(centre_code, ()) if row["source_row"] in numbers]
        return all(row["from_date"] is None and row["to_date"] is None for row in cells)

    def is_settled(self) -> bool:
        """Nothing was sent, approved, made void or returned since the run: else what is due waits for the next."""
        return not self.is_stale and self.ledger_at_run == self.world.ledger()

    def is_payable(self) -> bool:
        return str(self.sent.parameters.get("first_month", "2022-01-01")) <= "2022-01-01"

    def truths(self) -> None:
        """Every invariant, for who does without hypothesis."""
        for truth in self.invariants:
            truth.function(self)


def supports_vnd(parameters: Mapping[str, object]) -> set[int]:
    """Rule 5: what a person may get for the whole of January."""
    decrees = parameters.get("base_salary", [{"from": "2019-07-01", "value": BASE_SALARY_VND}])
    in_force = [decree for decree in decrees if decree["from"] <= "2022-01-01"]  # type: ignore[attr-defined]
    tenths = dict(parameters.get("coefficient", COEFFICIENTS))  # type: ignore[call-overload]
    return {in_force[-1]["value"] * coefficient // 10 for coefficient in tenths.values()}


def content_of(batch: SeenBatch) -> tuple[str, str, int, frozenset[SeenLine]]:
    """All of it but its status and what came back."""
    lines = frozenset(replace(line, is_returned=False, offset_vnd=0) for line in batch.lines)
    assert len(lines) == len(batch.lines)
    return batch.centre_code, batch.kind, batch.number, lines


def returned_of(batch: SeenBatch) -> set[str]:
    return {line.payment_id for line in batch.lines if line.is_returned}


def offset_of(batch: SeenBatch) -> dict[str, int]:
    return {line.payment_id: line.offset_vnd for line in batch.lines}


def grown(before: Mapping[Key, int], now: Mapping[Key, int]) -> list[Key]:
    """Who has more at which centre; what only rises towards nothing brings nobody money."""
    return [key for key, vnd in now.items() if vnd > max(before.get(key, 0), 0)]


def everywhere(who: str, money: Mapping[Key, int]) -> int:
    return sum(vnd for (_, person_id), vnd in money.items() if person_id == who)


def at_centre(centre_code: str, money: Mapping[Key, int]) -> int:
    return sum(vnd for (code, _), vnd in money.items() if code == centre_code)


def people_with_money(world: World) -> dict[str, set[str]]:
    """Person -> centres with committed money."""
    centres: dict[str, set[str]] = {}
    for (centre_code, who), vnd in committed_money(world).items():
        if vnd > 0:
            centres.setdefault(who, set()).add(centre_code)
    return centres
