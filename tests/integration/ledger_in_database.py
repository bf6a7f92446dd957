"""A world of the real thing: files in folders, the real commands, a real PostgreSQL, accounts that ask with tokens.

Three people work in it: one prepares, one leads, and one may do both, but never approves what passed through the own
hands. Whose hands those were is counted here too, in plain Python.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from ledger_files import table_bytes, write_parameters, write_sources
from ledger_seen import Seen, look
from ledger_world import RefusedError, SeenBatch, SeenLine, SeenRow, Sent

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
from schemas.vocabulary import RunStatus
from tests.conftest import Database
from tests.integration.ledger_steps import PERMITTED

MONTH = date(2022, 1, 1)
PAY_DATE, PAID_ON = date(2022, 3, 1), date(2022, 3, 1)
BEGINNING = datetime(2022, 3, 1, tzinfo=UTC)
FINANCE, BOTH, LEADER = "ngan", "thu", "lanh-dao"
ROLES = {"quan-tri": ["admin"], FINANCE: ["finance"], BOTH: ["finance", "approver"], LEADER: ["approver"]}
REASON = "Theo hồ sơ"

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


def prepared(database: Database) -> dict[str, str]:
    """Make the accounts; their tokens by name."""
    services = Services(database.settings, database.clock)
    for name, roles in ROLES.items():
        by = None if name == "quan-tri" else "quan-tri"
        add_user(services, by=by, name=name, full_name=name, roles=roles, password="mật khẩu dài")
    return {name: renew_token(services, name=name) for name in ROLES}


def permitted_policy(folder: Path) -> Path:
    """A folder for the world's own values, with a text that allows payment."""
    return Path(shutil.copytree(PERMITTED, folder))


class DatabaseWorld:
    """`ledger_world.World` over an empty database with the accounts of `prepared`, and a folder of one's own."""

    def __init__(self, database: Database, folder: Path, tokens: Mapping[str, str]) -> None:
        self.engine, self.tokens = database.engine, tokens
        self.folder = folder
        seconds = count()
        self.clock = Clock(lambda: BEGINNING + timedelta(seconds=next(seconds)))
        self.settings = replace(
            database.settings, input_root=str(folder / "input"), policy_folder=permitted_policy(folder / "policy")
        )
        self.services = Services(self.settings, self.clock)
        self.sent: Sent | None = None
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
        if self.sent is None or sent.parameters != self.sent.parameters:
            write_parameters(self.folder / "policy", sent)
            self.services = Services(self.settings, self.clock)
        write_sources(self.folder / "input", f"{MONTH:%Y-%m}", sent, self.sent)
        self.sent = sent

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
            self._seen = look(self.engine, MONTH)
        return self._seen

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
            payout.export(self.services, who, batch_id, as_draft=False)

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

    def marks(self) -> dict[str, Counter[str]]:
        """Every row version of every table: who wrote nothing has changed none."""
        with self.engine.connect() as connection:
            return {
                table.fullname: Counter(
                    connection.scalars(sa.text(f"SELECT xmin::text || ctid::text FROM {table.fullname}"))  # noqa: S608
                )
                for table in METADATA.sorted_tables
            }
