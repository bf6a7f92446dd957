"""A world whose runs are the pure core and whose ledger is plain Python: batches in dictionaries, rules in ifs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import NAMESPACE_OID, uuid5

import polars as pl
from factories import Cells, committed_lines, committed_money, waiver, waivers
from ledger_batches import Batch, amount_of, opening_line, payment_id, seen_lines, seen_opening, standing_vnd
from ledger_month import facts_of_month, most_vnd, offer_of, policy_of, seen_rows, written
from ledger_world import COMMITTED, OPEN, RefusedError, SeenBatch, SeenLine, SeenRow, Sent
from settle_in_python import days_held, people_on_days

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.transform import MonthInput, MonthResult, transform
from schemas.ledger import EARLIER_DECISION, OFFSET, STANDING, USED_LINK, VOIDED
from schemas.payment_line import PAYMENT_LINE

NOTHING_GOES = ("draft", "void")
DECIDED: dict[str, tuple[MonthInput, MonthResult]] = {}
"""Months that were decided already, by what they were decided from."""


@dataclass(frozen=True, slots=True)
class Run:
    """The month's current run; `openings` is how many opening lines it knew."""

    sent: Sent
    facts: MonthFacts
    result: MonthResult
    version: str
    sources: Mapping[str, str]
    rows: list[SeenRow]
    links: Mapping[str, str]
    openings: int


class InMemoryWorld:
    """`ledger_world.World` for one month."""

    def __init__(self, month: date = date(2022, 1, 1)) -> None:
        self.month = month
        self.current: Run | None = None
        self.in_force: dict[str, tuple[str, RosterReading]] = {}
        self.all_batches: dict[str, Batch] = {}
        self.openings: list[Cells] = []
        self.waived: list[Cells] = []
        self.standings: dict[str, Cells] = {}
        self.confirmed: dict[str, Cells] = {}
        self.approvals = 0

    # ---- Runs

    def run(self, sent: Sent) -> None:
        given, result = self._decided(sent)
        for offer in given.offers:
            if offer.centre_code in result.accepted and offer.reading is not None:
                self.in_force[offer.centre_code] = (str(offer.sha256), offer.reading)
        sources = {code: self.in_force[code][0] for code in result.accepted | result.in_force}
        facts, version = given.facts, given.policy_version
        self.current = Run(
            sent, facts, result, version, sources, seen_rows(result), dict(result.links), len(self.openings)
        )
        self._replace_drafts(result)

    def _decided(self, sent: Sent) -> tuple[MonthInput, MonthResult]:
        """A pure function of the same things gives the same: it is not asked twice."""
        in_force = [(code, digest) for code, (digest, _) in sorted(self.in_force.items())]
        ledger = [self._committed(), self._earlier(), self.waived, list(self.standings.values())]
        ledger += [self._used_links(), self._voided()]
        key = sha256(repr((self.month, sent, in_force, ledger)).encode()).hexdigest()
        if key not in DECIDED:
            given = self.given(sent)
            DECIDED[key] = given, transform(given)
        return DECIDED[key]

    def given(self, sent: Sent) -> MonthInput:
        policy = policy_of(written(sent))
        facts = facts_of_month(self.month, sent, policy)
        return MonthInput(
            facts=facts,
            centres=policy.centres,
            offers=tuple(offer_of(code, rows) for code, rows in sorted(sent.rosters.items())),
            earlier={code: reading for code, (_, reading) in self.in_force.items()},
            waivers=waivers(self.waived),
            committed=committed_lines(self._committed()),
            committed_year=committed_money(),
            used_links=pl.DataFrame(self._used_links(), schema=USED_LINK, orient="row"),
            voided=pl.DataFrame(self._voided(), schema=VOIDED, orient="row"),
            standing=pl.DataFrame(list(self.standings.values()), schema=STANDING, orient="row"),
            earlier_decisions=pl.DataFrame(self._earlier(), schema=EARLIER_DECISION, orient="row"),
            in_force_sha256={code: digest for code, (digest, _) in self.in_force.items()},
            policy_version=sha256(written(sent).encode()).hexdigest(),
        )

    def _replace_drafts(self, result: MonthResult) -> None:
        due: dict[tuple[str, str], list[Cells]] = {}
        for line in result.lines.iter_rows(named=True):
            due.setdefault((line["centre_code"], line["batch_kind"]), []).append(line)
        standing = {(b.centre_code, b.kind): b for b in self.all_batches.values() if b.status in OPEN}
        for slot, batch in standing.items():
            if slot not in due:
                del self.all_batches[batch.batch_id]
        for slot, lines in due.items():
            if slot not in standing:
                self._new_batch(*slot, lines)
            elif standing[slot].lines != lines:
                standing[slot].lines, standing[slot].status = lines, "draft"
        there = {payment_id(b.batch_id, line): line for b in self.all_batches.values() for line in b.lines}
        self.confirmed = {key: line for key, line in self.confirmed.items() if there.get(key) == line}

    def _new_batch(self, centre_code: str, kind: str, lines: list[Cells]) -> None:
        numbers = [b.number for b in self.all_batches.values() if (b.centre_code, b.kind) == (centre_code, kind)]
        number = max(numbers, default=0) + 1
        batch_id = str(uuid5(NAMESPACE_OID, f"{centre_code} {kind} {number}"))
        self.all_batches[batch_id] = Batch(batch_id, centre_code, kind, number, "draft", lines)

    def _in_order(self) -> list[Batch]:
        committed = [batch for batch in self.all_batches.values() if batch.status in COMMITTED]
        return sorted(committed, key=lambda batch: batch.approved_as)

    def _committed(self) -> list[Cells]:
        of_batches: list[Cells] = []
        offset: list[Cells] = []
        for batch in self._in_order():
            for line in batch.lines:
                payment = payment_id(batch.batch_id, line)
                committed: Cells = {
                    **{name: line[name] for name in PAYMENT_LINE},
                    "payment_id": payment,
                    "source_sha256": line.get("source_sha256"),
                    "run_id": batch.batch_id,
                    "is_returned": payment in batch.returned,
                    "return_reason": None,
                }
                of_batches.append(committed)
                if batch.offset[payment]:
                    offset.append({**committed, "batch_kind": OFFSET, "amount_vnd": batch.offset[payment]})
        return [*self.openings, *of_batches, *offset]

    def _used_links(self) -> list[Cells]:
        """Who the runs of the approvals knew an ID as, of people with money; the latest one counts."""
        money = {line["citizen_id"] for line in self._committed() if not line["is_returned"]}
        known = {former: who for batch in self._in_order() for former, who in sorted(batch.links.items())}
        used = {former: who for former, who in known.items() if former in money or who in money}
        return [{"citizen_id": former, "person_id": who} for former, who in used.items()]

    def _voided(self) -> list[Cells]:
        return [
            {"centre_code": b.centre_code, "citizen_id": line["citizen_id"], "batch": f"{b.kind}/{b.number}"}
            for b in self.all_batches.values()
            if b.status == "void"
            for line in b.lines
        ]

    def _earlier(self) -> list[Cells]:
        """By the run on which the person's latest line there was approved, else the centre's latest paying batch."""
        of_centre: dict[str, Batch] = {}
        of_person: dict[tuple[str, str], Batch] = {}
        for batch in self._in_order():
            if batch.kind != "recovery":
                of_centre[batch.centre_code] = batch
            of_person |= {(batch.centre_code, str(line["person_id"])): batch for line in batch.lines}
        by_centre = [
            row
            for batch in of_centre.values()
            for row in batch.basis
            if row["centre_code"] == batch.centre_code and (batch.centre_code, row["person_id"]) not in of_person
        ]
        own = [
            row
            for (centre_code, person_id), batch in of_person.items()
            for row in batch.basis
            if (row["centre_code"], row["person_id"]) == (centre_code, person_id)
        ]
        first: dict[tuple[object, object], Cells] = {}
        for row in by_centre + own:
            first.setdefault((row["centre_code"], row["person_id"]), row)
        return [{name: row[name] for name in EARLIER_DECISION} for row in first.values()]

    # ---- What is seen

    def rows(self) -> list[SeenRow]:
        return self._run().rows

    def posts(self) -> Mapping[str, int]:
        return dict(self._run().facts.centres.drop_nulls("posts").select("centre_code", "posts").iter_rows())

    def today(self, person_id: str) -> str:
        return self.current.links.get(person_id, person_id) if self.current else person_id

    def batches(self) -> list[SeenBatch]:
        return [
            SeenBatch(b.batch_id, b.centre_code, b.kind, b.number, b.status, seen_lines(b))
            for b in sorted(self.all_batches.values(), key=lambda b: (b.centre_code, b.kind, b.number))
        ]

    def ledger(self) -> list[SeenLine]:
        of_batches = [line for batch in self._in_order() for line in seen_lines(batch)]
        return [*(seen_opening(line) for line in self.openings), *of_batches]

    # ---- What people do

    def was_paid_before(self, centre_code: str, citizen_id: str, full_name: str, amount_vnd: int) -> None:
        most = most_vnd(self.month, self.current.sent if self.current else None)
        so_far = self._committed_by_person()[self.today(citizen_id)]
        _refuse_if(max(so_far, 0) + amount_vnd > most, "more than one support over all centres")
        of_batches = [line for line in self._committed() if line["batch_kind"] != "opening" and not line["is_returned"]]
        paid = {self.today(str(line["citizen_id"])) for line in of_batches}
        _refuse_if(self.today(citizen_id) in paid, "the person's month is committed already")
        past = [b for b in self.all_batches.values() if b.centre_code == centre_code and b.status not in NOTHING_GOES]
        _refuse_if(bool(past), "past draft, opening lines come too late")
        line = opening_line(self.month, centre_code, citizen_id, full_name, amount_vnd)
        _refuse_if(line["payment_id"] in {one["payment_id"] for one in self.openings}, "it is in the ledger already")
        self.openings.append(line)

    def submit(self, batch_id: str) -> None:
        batch = self._batch(batch_id, "draft")
        unconfirmed = [line for line in batch.lines if payment_id(batch_id, line) not in self.confirmed]
        _refuse_if(batch.kind == "recovery" and bool(unconfirmed), "a recovery is not confirmed")
        _refuse_if(self._offer_is_bad(batch.centre_code), "the file offered last is missing or refused")
        batch.status = "submitted"

    def approve(self, batch_id: str) -> None:
        batch = self._batch(batch_id, "submitted")
        run = self._run()
        _refuse_if(len(self.openings) > run.openings, "opening lines came after the run")
        self._refuse_in_ledger(batch, 1)
        self._refuse_beyond_budget(batch, 1)
        self.approvals += 1
        batch.status, batch.approved_as, batch.links = "approved", self.approvals, run.links
        sources = run.sources.get(batch.centre_code)
        batch.lines = [{**line, "source_sha256": sources} for line in batch.lines]
        batch.basis = [
            {
                **row,
                "source_sha256": run.sources.get(row["centre_code"]),
                "policy_version": run.version,
                "paid_days": self._paid_days(run, row),
            }
            for row in run.result.decisions.sort("amount_vnd", descending=True).iter_rows(named=True)
            if row["person_id"] is not None and row["outcome"] != "merged"
        ]

    def _paid_days(self, run: Run, row: Cells) -> int | None:
        """The days that all paid rows of the row's person at the centre are paid for."""
        key = row["centre_code"], row["person_id"]
        days = [seen.post_days for seen in run.rows if (seen.centre_code, seen.person_id) == key and seen.amount_vnd]
        return sum(each.bit_count() for each in days) if days else None

    def void(self, batch_id: str) -> None:
        batch = self._batch(batch_id, "approved")
        self._refuse_in_ledger(batch, -1)
        self._refuse_beyond_budget(batch, -1)
        batch.status = "void"

    def export(self, batch_id: str) -> None:
        self._batch(batch_id, "approved").status = "exported"

    def confirm(self, batch_id: str, returned: frozenset[str]) -> None:
        is_paid = bool(returned) and self.all_batches[batch_id].status == "paid"
        batch = self._batch(batch_id, "paid" if is_paid else "exported")
        payable = {payment_id(batch_id, line) for line in batch.lines if amount_of(line) > 0} - batch.returned
        _refuse_if(not returned <= payable, "that is no payment, or came back already")
        batch.status, batch.returned = "paid", batch.returned | returned
        self._offset(batch, returned)

    def _offset(self, batch: Batch, returned: frozenset[str]) -> None:
        """Nobody gives back what came back: of the recoveries that are not collected yet the latest are let go.

        As far as more is taken back than was paid there.
        """
        lines = [line for line in batch.lines if payment_id(batch.batch_id, line) in returned]
        for who in {self.today(str(line["citizen_id"])) for line in lines}:
            excess_vnd = max(-self._committed_by_person(batch.centre_code)[who], 0)
            for recovery, taken in reversed(self._open_recoveries(batch.centre_code, who)):
                part_vnd = min(excess_vnd, -standing_vnd(recovery, taken))
                recovery.offset[payment_id(recovery.batch_id, taken)] += part_vnd
                excess_vnd -= part_vnd

    def _open_recoveries(self, centre_code: str, who: str) -> list[tuple[Batch, Cells]]:
        return [
            (batch, line)
            for batch in self._in_order()
            if (batch.centre_code, batch.kind) == (centre_code, "recovery") and batch.status != "paid"
            for line in batch.lines
            if self.today(str(line["citizen_id"])) == who
        ]

    def confirm_recoveries(self, batch_id: str) -> None:
        batch = self._batch(batch_id, "draft")
        self.confirmed |= {payment_id(batch_id, line): line for line in batch.lines}

    def waive(self, centre_code: str, source_row: int, code: str) -> None:
        told = self._run().result.findings.filter(
            (pl.col("centre_code") == centre_code) & (pl.col("source_row") == source_row) & (pl.col("code") == code)
        )
        _refuse_if(told.is_empty() or not told["is_waivable"].all(), "nothing to waive")
        self.waived.append(waiver(code, told["person_key"][0], centre_code=centre_code))

    def stand(self, centre_code: str, source_row: int) -> None:
        found = [row for row in self.rows() if (row.centre_code, row.source_row) == (centre_code, source_row)]
        _refuse_if(not found or "DUPLICATE_PERSON" not in found[0].codes, "nothing to decide")
        self.standings[str(found[0].person_id)] = {
            "standing_id": str(len(self.standings)),
            "centre_code": centre_code,
            "person_id": found[0].person_id,
            "source_row": source_row,
            "source_sha256": self._run().sources[centre_code],
            **self._selected_cells(centre_code, source_row),
        }

    def _selected_cells(self, centre_code: str, source_row: int) -> Cells:
        """Mode and days of a row, by which its selection follows the person into another file."""
        decided = self._run().result.decisions.filter(
            (pl.col("centre_code") == centre_code) & (pl.col("source_row") == source_row)
        )
        return dict(decided.select("work_mode", "roster_days").row(0, named=True))

    # ---- What the rules of approval look at

    def _run(self) -> Run:
        if self.current is None:
            raise RefusedError("no run yet")
        return self.current

    def _batch(self, batch_id: str, status: str) -> Batch:
        batch = self.all_batches.get(batch_id)
        if batch is None or batch.status != status:
            raise RefusedError("the batch is in another state")
        return batch

    def _offer_is_bad(self, centre_code: str) -> bool:
        return not isinstance(self._run().sent.rosters.get(centre_code), tuple)

    def _entitled(self) -> Counter[str]:
        entitled: Counter[str] = Counter()
        for row in self.rows():
            if row.person_id is not None:
                entitled[row.person_id] += row.amount_vnd
        return entitled

    def _committed_by_person(self, centre_code: str | None = None) -> Counter[str]:
        sums: Counter[str] = Counter()
        for line in self._committed():
            if centre_code in {None, line["centre_code"]} and not line["is_returned"]:
                sums[self.today(str(line["citizen_id"]))] += amount_of(line)
        return sums

    def _refuse_in_ledger(self, batch: Batch, sign: int) -> None:
        """What a batch would do to the ledger: sign 1 adds its lines, -1 takes them away."""
        change: Counter[str] = Counter()
        for line in batch.lines:
            change[self.today(str(line["citizen_id"]))] += sign * standing_vnd(batch, line)
        everywhere, here, entitled = (
            self._committed_by_person(),
            self._committed_by_person(batch.centre_code),
            self._entitled(),
        )
        _refuse_if(
            any(
                vnd > 0 and (everywhere[who] + vnd > entitled[who] or (sign > 0 and entitled[who] == 0))
                for who, vnd in change.items()
            ),
            "above one entitlement: approve the recovery first",
        )
        _refuse_if(any(vnd < 0 and here[who] + vnd < 0 for who, vnd in change.items()), "more back than was paid")
        self._refuse_beyond_posts(batch, sign)

    def _refuse_beyond_posts(self, batch: Batch, sign: int) -> None:
        """On no day more people than posts, if somebody holds a day that he did not hold before."""
        own = seen_lines(batch)
        payments = {line.payment_id for line in own}
        before = self.ledger()
        after = [*before, *own] if sign > 0 else [line for line in before if line.payment_id not in payments]
        then, now = (days_held(batch.centre_code, lines, self.rows(), self) for lines in (before, after))
        new_days = 0
        for who, days in now.items():
            new_days |= days & ~then.get(who, 0)
        posts = self.posts().get(batch.centre_code, 0)
        crowded = [place for place, people in enumerate(people_on_days(now)) if people > posts]
        _refuse_if(any(new_days >> place & 1 for place in crowded), "above the quota")

    def _refuse_beyond_budget(self, batch: Batch, sign: int) -> None:
        """What takes money back is not asked."""
        taken = sign * sum(standing_vnd(batch, line) for line in batch.lines)
        used = sum(self._committed_by_person(batch.centre_code).values())
        allocated = self._run().sent.budget_vnd(batch.centre_code)
        _refuse_if(taken > 0 and used + taken > allocated, "the year does not have the money")


def _refuse_if(problem: bool, why: str) -> None:
    if problem:
        raise RefusedError(why)
