"""A world of the real thing: files in folders, the real commands, a real PostgreSQL, accounts that ask with tokens.

Three people work in it: one prepares, one leads, and one may do both, but never approves what passed through the own
hands. Whose hands those were is counted here too, in plain Python.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from factories import Cells, approval, budget, centre_codes, establishment, identity_link, other_support, person
from ledger_world import BAD, PLENTY_VND, RefusedError, SeenBatch, SeenLine, SeenRow, Sent

from ioc_etl import errors
from ioc_etl.adapters import audit
from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.tables import METADATA
from ioc_etl.pipeline import approval as approvals
from ioc_etl.pipeline import payout, waivers
from ioc_etl.pipeline.actors import SYSTEM, Credentials, add_user, authenticate, renew_token
from ioc_etl.pipeline.batches import submit
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.opening import COLUMNS, import_opening
from ioc_etl.pipeline.services import Services
from schemas.columns import OFFICIAL_HEADERS, REGISTER_COLUMNS, ROSTER_COLUMNS
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.unit.office_files import SheetOf, csv_file, xlsx

MONTH = date(2022, 1, 1)
PAY_DATE, PAID_ON = date(2022, 2, 10), date(2022, 2, 20)
BEGINNING = datetime(2022, 3, 1, tzinfo=UTC)
FINANCE, BOTH, LEADER = "ngan", "thu", "lanh-dao"
ROLES = {"quan-tri": ["admin"], FINANCE: ["finance"], BOTH: ["finance", "approver"], LEADER: ["approver"]}
FIELDS = [column.name for column in ROSTER_COLUMNS if column.name != "coefficient"]
REASON = "Theo hồ sơ"

_ROWS = sa.text(
    """
    SELECT d.centre_code, d.source_row, d.person_id, d.full_name, d.outcome, d.has_no_right, d.amount_vnd, d.codes,
           EXISTS (SELECT FROM payroll.finding f WHERE f.run_id = d.run_id AND f.centre_code = d.centre_code
                   AND f.source_row = d.source_row AND f.code = 'DUPLICATE_PERSON' AND f.severity = 'warn')
    FROM payroll.month m JOIN payroll.decision d ON d.run_id = m.current_run_id
    WHERE m.reference_month = :month ORDER BY d.centre_code, d.source_row
    """
)
_POSTS = sa.text(
    "SELECT c.centre_code, c.quota FROM payroll.month m JOIN payroll.run_centre c ON c.run_id = m.current_run_id "
    "WHERE m.reference_month = :month AND c.quota IS NOT NULL"
)
_LINKS = sa.text(
    "SELECT k.former_id, k.person_id FROM payroll.month m JOIN payroll.run_link k ON k.run_id = m.current_run_id "
    "WHERE m.reference_month = :month"
)
_BATCHES = sa.text(
    "SELECT batch_id::text, centre_code, kind, number, status FROM payroll.batch WHERE reference_month = :month "
    "ORDER BY centre_code, kind, number"
)
_LINES = sa.text(
    """
    SELECT l.batch_id::text, l.centre_code, l.batch_kind, l.person_id, l.full_name, l.amount_vnd, l.cause,
           l.cause_detail, l.payment_id::text,
           EXISTS (SELECT FROM payroll.line_result r WHERE r.payment_id = l.payment_id AND r.result <> 'paid')
    FROM payroll.payment_line l WHERE l.reference_month = :month ORDER BY l.payment_id
    """
)
_APPROVALS = sa.text("SELECT batch_id::text, audit_seq FROM payroll.approval ORDER BY audit_seq")
_OPENINGS = sa.text(
    "SELECT centre_code, 'opening', person_id, full_name, amount_vnd, 'decided', NULL, payment_id::text, false "
    "FROM payroll.opening_line WHERE reference_month = :month ORDER BY audit_seq, payment_id"
)
_RUNS_OF_BATCH = sa.text(
    "SELECT run_id FROM payroll.batch WHERE batch_id = CAST(:batch AS uuid) "
    "UNION SELECT run_id FROM payroll.payment_line WHERE batch_id = CAST(:batch AS uuid)"
)
_CASE = sa.text(
    "SELECT case_id::text FROM payroll.exception_detail WHERE is_current AND reference_month = :month "
    "AND centre_code = :centre AND row_number = :row AND code = :code"
)
_UNCONFIRMED = sa.text(
    """
    SELECT l.payment_id::text FROM payroll.payment_line l WHERE l.batch_id = CAST(:batch AS uuid) AND NOT EXISTS (
        SELECT FROM payroll.recovery_confirmation c
        WHERE (c.payment_id, c.run_id, c.amount_vnd) = (l.payment_id, l.run_id, l.amount_vnd))
    """
)
_OUTSIDE = sa.text("SELECT payment_id::text FROM state_payroll.payment_record WHERE reference_month = :month")


@dataclass(frozen=True, slots=True)
class Seen:
    """The database as it stands between two actions. A recovery that was offset came back as a payment does."""

    rows: list[SeenRow]
    posts: Mapping[str, int]
    links: Mapping[str, str]
    batches: list[SeenBatch]
    ledger: list[SeenLine]
    events: int
    outside: frozenset[str]


def prepared(database: Database) -> dict[str, str]:
    """Make the accounts; their tokens by name."""
    services = Services(database.settings)
    for name, roles in ROLES.items():
        by = None if name == "quan-tri" else "quan-tri"
        add_user(services, by=by, name=name, full_name=name, roles=roles, password="mật khẩu dài")
    return {name: renew_token(services, name=name) for name in ROLES}


class DatabaseWorld:
    """`ledger_world.World` over an empty database with the accounts of `prepared`, and a folder of one's own."""

    def __init__(self, database: Database, folder: Path, tokens: Mapping[str, str]) -> None:
        self.engine, self.tokens = database.engine, tokens
        self.folder = folder
        seconds = count()
        self.clock = Clock(lambda: BEGINNING + timedelta(seconds=next(seconds)))
        self.settings = replace(
            database.settings, input_root=str(folder / "input"), policy_folder=_made(folder / "policy")
        )
        self.services = Services(self.settings, self.clock)
        self.parameters: Mapping[str, object] = {}
        self.rosters: dict[str, tuple[Cells, ...] | str | None] = {}
        self.turns = count()
        self.hands: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.run_by: dict[object, str] = {}
        self.statuses: list[RunStatus] = []
        self._seen: Seen | None = None

    # ---- Runs

    def run(self, sent: Sent) -> None:
        self._send(sent)
        who = BOTH if len(self.statuses) % 5 == 1 else SYSTEM
        before, current = self._events(), self.current_run()
        self.statuses.append(run(self.services, MONTH, actor=who).status)
        self._seen = None
        assert self.statuses[-1] in {RunStatus.COMPLETED, RunStatus.INCOMPLETE, RunStatus.UNCHANGED}
        assert self._events() > before
        if self.current_run() != current:
            self.run_by[self.current_run()] = who

    def _send(self, sent: Sent) -> None:
        if sent.parameters != self.parameters:
            for name, value in sent.parameters.items():
                (self.folder / "policy" / f"{name}.yaml").write_text(parameter_text(name, value), "utf-8")
            self.parameters = dict(sent.parameters)
            self.services = Services(self.settings, self.clock)
        rosters = _made(self.folder / "input" / "rosters" / f"{MONTH:%Y-%m}")
        # A file that nobody sends again stays as it is, byte for byte.
        for code, rows in sent.rosters.items():
            if rows != self.rosters.get(code):
                (rosters / f"{code}.csv").unlink(missing_ok=True)
                if rows is not None:
                    (rosters / f"{code}.csv").write_bytes(roster_bytes(rows))
        self.rosters = dict(sent.rosters)
        folder = _made(self.folder / "input" / "registers")
        for name, register in registers(sent).items():
            (folder / f"{name}.csv").write_bytes(table_bytes(REGISTER_COLUMNS[name], register))

    def current_run(self) -> object:
        with self.engine.connect() as connection:
            query = "SELECT current_run_id FROM payroll.month WHERE reference_month = :month"
            return connection.scalar(sa.text(query), {"month": MONTH})

    # ---- What is seen

    def rows(self) -> list[SeenRow]:
        return self.seen().rows

    def posts(self) -> Mapping[str, int]:
        return self.seen().posts

    def today(self, person_id: str) -> str:
        return self.seen().links.get(person_id, person_id)

    def batches(self) -> list[SeenBatch]:
        return self.seen().batches

    def ledger(self) -> list[SeenLine]:
        return self.seen().ledger

    def seen(self) -> Seen:
        if self._seen is None:
            self._seen = self._look()
        return self._seen

    def _look(self) -> Seen:
        with self.engine.connect() as connection:
            ask: Callable[[sa.TextClause], list[sa.Row[tuple[object, ...]]]] = lambda query: list(  # noqa: E731
                connection.execute(query, {"month": MONTH})
            )
            lines: dict[str, list[SeenLine]] = defaultdict(list)
            for batch_id, *line in ask(_LINES):
                lines[str(batch_id)].append(SeenLine(*line))
            batches = [SeenBatch(*row, lines=tuple(lines[row[0]])) for row in ask(_BATCHES)]
            committed = {b.batch_id for b in batches if b.status in {"approved", "exported", "paid"}}
            in_order = [str(batch_id) for batch_id, _ in connection.execute(_APPROVALS) if batch_id in committed]
            return Seen(
                rows=[SeenRow(*row[:7], codes=tuple(row[7]), is_standing=row[8]) for row in ask(_ROWS)],
                posts=dict(row for row in ask(_POSTS)),
                links=dict(row for row in ask(_LINKS)),
                batches=batches,
                ledger=[
                    *(SeenLine(*row) for row in ask(_OPENINGS)),
                    *(line for batch_id in in_order for line in lines[batch_id]),
                ],
                events=audit.count(connection),
                outside=frozenset(str(row[0]) for row in ask(_OUTSIDE)),
            )

    def _events(self) -> int:
        with self.engine.connect() as connection:
            return audit.count(connection)

    # ---- What people do

    def was_paid_before(self, centre_code: str, citizen_id: str, full_name: str, amount_vnd: int) -> None:
        who, file = self._known(BOTH), self.folder / "opening.csv"
        line = ("2022-01", centre_code, citizen_id, full_name, str(amount_vnd), "UNC 15")
        file.write_bytes(table_bytes(COLUMNS, [dict(zip(COLUMNS, line, strict=True))]))
        with self._acting():
            report = import_opening(self.services, who, file)
            if report.problems:
                raise errors.UsageError("; ".join(problem.en for problem in report.problems))
        self.hands["centre", centre_code].add(who)
        self.hands["person", citizen_id].add(who)

    def submit(self, batch_id: str) -> None:
        who = self._only_hand(batch_id, self._finance())
        with self._acting():
            submit(self.services, who, batch_id, REASON)
        self.hands["batch", batch_id].add(who)

    def approve(self, batch_id: str) -> None:
        """By the leader, or whoever may do both; but never by who had a hand in it."""
        batch = self._batch(batch_id)
        is_own_work = BOTH in self.hands_in(batch)
        # What was done under another ID of the person is not asked for here: links come and go.
        if BOTH in self.hands_in(batch, known_as=str) and batch.status == "submitted":
            with pytest.raises(RefusedError, match="this account did"), self._acting():
                self._approve(BOTH, batch)
        with self._acting():
            self._approve(LEADER if is_own_work or next(self.turns) % 2 else BOTH, batch)

    def _approve(self, who: str, batch: SeenBatch) -> None:
        total = sum(line.amount_vnd for line in batch.lines)
        name = self._known(who)
        approvals.approve(self.services, name, batch.batch_id, total_vnd=total, pay_date=PAY_DATE, reason=REASON)

    def void(self, batch_id: str) -> None:
        who = self._finance()
        with self._acting():
            approvals.void(self.services, who, batch_id, reason=REASON)

    def export(self, batch_id: str) -> None:
        who = self._finance()
        with self._acting():
            payout.export(self.services, who, batch_id, as_draft=True)

    def confirm(self, batch_id: str, returned: frozenset[str]) -> None:
        who, batch = self._known(BOTH if returned else FINANCE), self._batch(batch_id)
        back = dict.fromkeys(sorted(returned), "Sai số tài khoản")
        with self._acting():
            payout.confirm(self.services, who, batch_id, paid_on=PAID_ON, returned=back)
        for line in batch.lines:
            if line.payment_id in returned:
                self.hands[f"returned at {line.centre_code}", line.person_id].add(who)

    def confirm_recoveries(self, batch_id: str) -> None:
        with self.engine.connect() as connection:
            waiting = list(connection.scalars(_UNCONFIRMED, {"batch": batch_id}))
        if waiting:
            who = self._only_hand(batch_id, BOTH)
            with self._acting():
                waivers.confirm_recovery(self.services, who, *waiting, reason=REASON)
            for payment_id in waiting:
                self.hands["payment", payment_id].add(who)

    def waive(self, centre_code: str, source_row: int, code: str) -> None:
        who = self._known(BOTH)
        asked = {"month": MONTH, "centre": centre_code, "row": source_row, "code": code}
        with self.engine.connect() as connection:
            case_id = connection.scalar(_CASE, asked)
        with self._acting():
            waivers.waive(self.services, who, str(case_id), reason=REASON)
        self.hands["centre", centre_code].add(who)

    def stand(self, centre_code: str, source_row: int) -> None:
        who = self._finance()
        with self._acting():
            waivers.stand(self.services, who, MONTH, centre_code, source_row, reason=REASON)
        row = next(row for row in self.rows() if (row.centre_code, row.source_row) == (centre_code, source_row))
        self.hands["centre", centre_code].add(who)
        self.hands["person", str(row.person_id)].add(who)

    def hands_in(self, batch: SeenBatch, known_as: Callable[[str], str] | None = None) -> set[str]:
        """Everybody who may not approve it; `known_as` says who an ID is, as today's links do unless it is given."""
        who_is = known_as or self.today
        people = {who_is(line.person_id) for line in batch.lines}
        payments = {line.payment_id for line in batch.lines}
        with self.engine.connect() as connection:
            runs = list(connection.scalars(_RUNS_OF_BATCH, {"batch": batch.batch_id}))
        is_concerned: dict[str, Callable[[str], bool]] = {
            "batch": lambda batch_id: batch_id == batch.batch_id,
            "centre": lambda centre_code: centre_code == batch.centre_code,
            "payment": lambda payment_id: payment_id in payments,
            "person": lambda person_id: who_is(person_id) in people,
            f"returned at {batch.centre_code}": lambda person_id: who_is(person_id) in people,
        }
        found = (who for (kind, key), who in self.hands.items() if kind in is_concerned and is_concerned[kind](key))
        return {name for who in found for name in who} | {self.run_by[run_id] for run_id in runs}

    def _batch(self, batch_id: str) -> SeenBatch:
        return next(batch for batch in self.batches() if batch.batch_id == batch_id)

    def _only_hand(self, batch_id: str, who: str) -> str:
        """Who prepares, where the other has a hand in it already: each reason not to approve stands alone once."""
        return self._known(FINANCE if BOTH in self.hands_in(self._batch(batch_id)) else who)

    def _finance(self) -> str:
        return self._known((FINANCE, BOTH)[next(self.turns) % 2])

    def _known(self, name: str) -> str:
        return authenticate(self.services, Credentials(None, token=self.tokens[name]))

    @contextmanager
    def _acting(self) -> Iterator[None]:
        """One event for what was done; for what was refused none, and nothing else either."""
        before = self.seen()
        self._seen = None
        try:
            yield
        except (errors.RefusedError, errors.UsageError) as refusal:
            told = RefusedError(str(refusal))
        else:
            assert self.seen().events == before.events + 1
            return
        assert self.seen() == before, told
        raise told

    # ---- What a second run writes

    def marks(self) -> dict[str, list[str]]:
        """Every row version of every table: who wrote nothing has changed none."""
        with self.engine.connect() as connection:
            return {
                table.fullname: list(
                    connection.scalars(sa.text(f"SELECT xmin::text || ctid::text FROM {table.fullname}"))  # noqa: S608
                )
                for table in METADATA.sorted_tables
            }


def roster_bytes(rows: tuple[Cells, ...] | str) -> bytes:
    """A CSV as a spreadsheet writes it; an xlsx where a row is hidden; a CSV of another encoding where it is bad."""
    if rows == BAD or isinstance(rows, str):
        return b"PK\x03\x04 torn off"
    header = [OFFICIAL_HEADERS[name] for name in FIELDS]
    grid = [header, *([None if row[name] is None else str(row[name]) for name in FIELDS] for row in rows)]
    hidden = frozenset(number for number, row in enumerate(rows, start=2) if row["is_hidden"])
    if hidden:
        return xlsx(SheetOf(grid, hidden_rows=hidden))
    return csv_file(SheetOf(grid))


def registers(sent: Sent) -> dict[str, list[Cells]]:
    rows = [row for rows in sent.rosters.values() if isinstance(rows, tuple) for row in rows]
    names = {str(row["citizen_id"]): str(row["full_name"]) for row in rows if row["full_name"] is not None}
    known = {person(number).citizen_id: person(number).full_name for number in range(1, 6)} | names
    return {
        # One person more, who stands on no roster: a list of nobody would stop the run.
        "approved_list": [approval(9), *(approval(1, citizen_id=who, full_name=known[who]) for who in sent.listed)],
        "establishment": [
            establishment(centre_code=code, headcount=posts) for code, posts in sent.headcounts.items() if posts
        ],
        "other_support": [other_support(number) for number in sent.supports],
        "budget": [
            budget(funding_source=code, amount_vnd=sent.budgets.get(code, PLENTY_VND)) for code in centre_codes()
        ],
        "identity_link": [identity_link(old, new) for old, new in sent.links],
    }


def table_bytes(columns: tuple[str, ...], rows: list[Cells]) -> bytes:
    return csv_file(SheetOf([list(columns), *([_text(row.get(name)) for name in columns] for row in rows)]))


def parameter_text(name: str, value: object) -> str:
    """The packaged parameter's file with another value, or with others over time."""
    packaged = files("ioc_etl.policy").joinpath(f"parameters/{name}.yaml").read_text("utf-8")
    over_time = value if isinstance(value, list) else [{"from": "2022-01-01", "value": value}]
    values = []
    for period in over_time:
        days = "".join(f"    to: {period['to']}\n" if "to" in period else "")
        said = period["value"] if isinstance(period["value"], str) else json.dumps(period["value"])
        values.append(
            f"  - from: {period['from']}\n{days}    status: draft\n    reference: Quyết định giả định\n"
            f"    value: {said}\n"
        )
    return packaged.partition("values:\n")[0] + "values:\n" + "".join(values)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
