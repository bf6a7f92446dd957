"""A world whose runs are the pure core and whose ledger is plain Python: batches in dictionaries, rules in ifs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from uuid import NAMESPACE_OID, uuid5

import polars as pl
from factories import (
    Cells,
    approval,
    committed_lines,
    committed_money,
    establishment,
    facts_of,
    identity_link,
    other_support,
    policy_with,
    raw_roster,
    readings_of,
    registers,
    waiver,
    waivers,
)
from ledger_world import BAD, RefusedError, SeenBatch, SeenLine, SeenRow, Sent

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.intake import Offer
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.transform import MonthInput, MonthResult, transform
from ioc_etl.policy.model import Policy
from schemas.ledger import EARLIER_DECISION, STANDING
from schemas.payment_line import PAYMENT_LINE
from schemas.raised_finding import RaisedFinding
from schemas.vocabulary import FindingCode

OPEN = ("draft", "submitted")
COMMITTED = ("approved", "exported", "paid")


@dataclass
class Batch:
    """One batch; `basis` are the run's rows at its approval."""

    batch_id: str
    centre_code: str
    kind: str
    number: int
    status: str
    lines: list[Cells]
    approved_as: int = 0
    basis: list[Cells] = field(default_factory=list)
    returned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """The month's current run."""

    sent: Sent
    facts: MonthFacts
    result: MonthResult
    version: str
    sources: Mapping[str, str]


class InMemoryWorld:
    """`ledger_world.World` for one month."""

    def __init__(self, month: date = date(2022, 1, 1)) -> None:
        self.month = month
        self.current: Run | None = None
        self.in_force: dict[str, tuple[str, RosterReading]] = {}
        self.all_batches: dict[str, Batch] = {}
        self.waived: list[Cells] = []
        self.standings: dict[str, Cells] = {}
        self.confirmed: dict[str, Cells] = {}
        self.approvals = 0

    # ---- Runs

    def run(self, sent: Sent) -> None:
        given = self.given(sent)
        result = transform(given)
        for offer in given.offers:
            if offer.centre_code in result.accepted and offer.reading is not None:
                self.in_force[offer.centre_code] = (str(offer.sha256), offer.reading)
        sources = {code: self.in_force[code][0] for code in result.accepted | result.in_force}
        self.current = Run(sent, given.facts, result, given.policy_version, sources)
        self._replace_drafts(result)

    def given(self, sent: Sent) -> MonthInput:
        policy = _policy(json.dumps(dict(sent.parameters), sort_keys=True))
        facts = _facts(self.month, sent, policy)
        return MonthInput(
            facts=facts,
            centres=policy.centres,
            offers=tuple(_offer(code, rows) for code, rows in sorted(sent.rosters.items())),
            earlier={code: reading for code, (_, reading) in self.in_force.items()},
            waivers=waivers(self.waived),
            committed=committed_lines(self._committed()),
            committed_year=committed_money(),
            standing=pl.DataFrame(list(self.standings.values()), schema=STANDING, orient="row"),
            earlier_decisions=pl.DataFrame(self._earlier(), schema=EARLIER_DECISION, orient="row"),
            in_force_sha256={code: digest for code, (digest, _) in self.in_force.items()},
            policy_version=sha256(json.dumps(dict(sent.parameters), sort_keys=True).encode()).hexdigest(),
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
        return [
            {
                **{name: line[name] for name in PAYMENT_LINE},
                "payment_id": payment_id(batch.batch_id, line),
                "source_sha256": line.get("source_sha256"),
                "run_id": batch.batch_id,
                "is_returned": payment_id(batch.batch_id, line) in batch.returned,
                "return_reason": None,
            }
            for batch in self._in_order()
            for line in batch.lines
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
        return [{name: row[name] for name in EARLIER_DECISION} for row in by_centre + own]

    # ---- What is seen

    def rows(self) -> list[SeenRow]:
        run = self._run()
        told = run.result.findings.filter((pl.col("code") == "DUPLICATE_PERSON") & (pl.col("severity") == "warn"))
        standing = set(told.select("centre_code", "source_row").rows())
        names = [name for name in SeenRow.__slots__ if name not in {"codes", "is_standing"}]
        return [
            SeenRow(
                **{name: row[name] for name in names},
                codes=tuple(row["codes"]),
                is_standing=(row["centre_code"], row["source_row"]) in standing,
            )
            for row in run.result.decisions.iter_rows(named=True)
        ]

    def posts(self) -> Mapping[str, int]:
        return dict(self._run().facts.centres.drop_nulls("posts").select("centre_code", "posts").iter_rows())

    def today(self, person_id: str) -> str:
        return dict(self._run().facts.links.iter_rows()).get(person_id, person_id)

    def batches(self) -> list[SeenBatch]:
        return [
            SeenBatch(b.batch_id, b.centre_code, b.kind, b.number, b.status, _lines(b))
            for b in sorted(self.all_batches.values(), key=lambda b: (b.centre_code, b.kind, b.number))
        ]

    def ledger(self) -> list[SeenLine]:
        return [line for batch in self._in_order() for line in _lines(batch)]

    # ---- What people do

    def submit(self, batch_id: str) -> None:
        batch = self._batch(batch_id, "draft")
        unconfirmed = [line for line in batch.lines if payment_id(batch_id, line) not in self.confirmed]
        _refuse_if(batch.kind == "recovery" and bool(unconfirmed), "a recovery is not confirmed")
        _refuse_if(self._offer_is_bad(batch.centre_code), "the file offered last is missing or refused")
        batch.status = "submitted"

    def approve(self, batch_id: str) -> None:
        batch = self._batch(batch_id, "submitted")
        run = self._run()
        _refuse_if(self._paid_above_entitlement(batch, run), "above one entitlement: approve the recovery first")
        _refuse_if(self._posts_exceeded(batch), "above the quota")
        self.approvals += 1
        batch.status, batch.approved_as = "approved", self.approvals
        sources = run.sources.get(batch.centre_code)
        batch.lines = [{**line, "source_sha256": sources} for line in batch.lines]
        batch.basis = [
            {**row, "source_sha256": run.sources.get(row["centre_code"]), "policy_version": run.version}
            for row in run.result.decisions.sort("amount_vnd", descending=True).iter_rows(named=True)
            if row["person_id"] is not None and row["outcome"] != "merged"
        ]

    def void(self, batch_id: str) -> None:
        batch = self._batch(batch_id, "approved")
        # Giving up a recovery would bring back what was paid too much.
        left = self._committed_by_person(without=batch_id)
        entitled = self._entitled()
        people = {self.today(str(line["person_id"])) for line in batch.lines}
        _refuse_if(
            batch.kind == "recovery" and any(left.get(who, 0) > entitled.get(who, 0) for who in people),
            "somebody would have more than one entitlement",
        )
        batch.status = "void"

    def export(self, batch_id: str) -> None:
        self._batch(batch_id, "approved").status = "exported"

    def confirm(self, batch_id: str, returned: frozenset[str]) -> None:
        batch = self._batch(batch_id, "exported")
        _refuse_if(batch.kind == "recovery" and bool(returned), "no bank returns a recovery")
        batch.status, batch.returned = "paid", returned

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
        }

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

    def _entitled(self) -> dict[str, int]:
        entitled: dict[str, int] = {}
        for row in self.rows():
            if row.person_id is not None:
                entitled[row.person_id] = entitled.get(row.person_id, 0) + row.amount_vnd
        return entitled

    def _committed_by_person(self, *, without: str = "", centre_code: str | None = None) -> dict[str, int]:
        sums: dict[str, int] = {}
        for batch in self._in_order():
            if batch.batch_id == without or centre_code not in {None, batch.centre_code}:
                continue
            for line in _lines(batch):
                if not line.is_returned:
                    who = self.today(line.person_id)
                    sums[who] = sums.get(who, 0) + line.amount_vnd
        return sums

    def _paid_above_entitlement(self, batch: Batch, run: Run) -> bool:
        committed, entitled = self._committed_by_person(), self._entitled()
        after = {str(line["person_id"]): _vnd(line) for line in batch.lines if _vnd(line) > 0}
        return run.result.is_blocked or any(
            entitled.get(who, 0) == 0 or committed.get(who, 0) + more > entitled[who] for who, more in after.items()
        )

    def _posts_exceeded(self, batch: Batch) -> bool:
        if batch.kind == "recovery":
            return False
        committed = self._committed_by_person(centre_code=batch.centre_code)
        for line in batch.lines:
            who = str(line["person_id"])
            committed[who] = committed.get(who, 0) + _vnd(line)
        return sum(amount > 0 for amount in committed.values()) > self.posts().get(batch.centre_code, 0)


def payment_id(batch_id: str, line: Cells) -> str:
    """Of a batch and a person, as the database does it."""
    return str(uuid5(NAMESPACE_OID, f"{batch_id} {line['person_id']}"))


def _vnd(line: Cells) -> int:
    return int(str(line["amount_vnd"]))


def _refuse_if(problem: bool, why: str) -> None:
    if problem:
        raise RefusedError(why)


def _lines(batch: Batch) -> tuple[SeenLine, ...]:
    names = [name for name in SeenLine.__slots__ if name not in {"payment_id", "is_returned"}]
    return tuple(
        SeenLine(
            **{name: line[name] for name in names},  # type: ignore[arg-type]
            payment_id=payment_id(batch.batch_id, line),
            is_returned=payment_id(batch.batch_id, line) in batch.returned,
        )
        for line in batch.lines
    )


@cache
def _policy(parameters: str) -> Policy:
    given = json.loads(parameters)
    days = {name: date.fromisoformat(value) for name, value in given.items() if name == "first_month"}
    return policy_with({**given, **days})


def _facts(month: date, sent: Sent, policy: Policy) -> MonthFacts:
    made = registers(
        approved_list=[approval(1, citizen_id=who, full_name=name) for who, name in _names(sent)],
        establishments=[
            establishment(centre_code=code, headcount=posts) for code, posts in sent.headcounts.items() if posts
        ],
        other_supports=[other_support(number) for number in sent.supports],
        identity_links=[identity_link(old, new) for old, new in sent.links],
        year=month.year,
    )
    return facts_of(month, made, at=policy)


def _names(sent: Sent) -> list[tuple[str, str]]:
    """The provincial list names everybody as the rosters do."""
    rows = [row for rows in sent.rosters.values() if isinstance(rows, tuple) for row in rows]
    names = {str(row["citizen_id"]): str(row["full_name"]) for row in rows if row["full_name"] is not None}
    return [(who, names[who]) for who in sent.listed if who in names]


def _offer(centre_code: str, rows: tuple[Cells, ...] | str | None) -> Offer:
    if rows is None:
        return Offer(centre_code, ())
    name = (f"{centre_code}.xlsx",)
    if rows == BAD or not isinstance(rows, tuple):
        return Offer(centre_code, name, problem=RaisedFinding(FindingCode.ROSTER_UNREADABLE, centre_code))
    raw = raw_roster(replace_centre(rows, centre_code))
    digest = sha256(repr(sorted(map(repr, raw.rows()))).encode()).hexdigest()
    return Offer(centre_code, name, readings_of(raw)[centre_code], sha256=digest)


def replace_centre(rows: tuple[Cells, ...], centre_code: str) -> list[Cells]:
    """The rows as rows of this centre."""
    return [{**row, "centre_code": centre_code} for row in rows]
