"""The stories and the machine of the ledger over the real thing: files, commands, accounts and PostgreSQL.

Beside the truths that hold in memory too: an identical run writes its own row alone (5), every change is in the audit
chain (6), the checks of sql/checks find nothing, outsiders see what is approved and nothing else, and a replay of the
month gives what the run gave. `IOC_ETL_TEST_LIVES` says how many months are lived through; the first of them is always
the same, in which next to nothing happens. With more than two every story is told, not those about the guards alone.
`make show-ledger` does.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from ledger_in_database import MONTH, DatabaseWorld, prepared
from ledger_machine import LedgerMachine
from ledger_stories import ABOUT_GUARDS, STORIES, Story
from ledger_world import COMMITTED
from two_months import fresh_database

from ioc_etl.adapters import audit, migrate
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.pipeline.replay import replay
from schemas.vocabulary import RunStatus
from tests.conftest import TEMPLATE

LIVES = int(os.environ.get("IOC_ETL_TEST_LIVES", "2"))
STEPS = {"submit": "submission", "approve": "approval", "void": "void", "export": "export"}
"""Action of the audit chain -> table with one row for each time."""
ANSWERS = sa.text(
    """
    SELECT batch_id::text FROM (
        SELECT batch_id, audit_seq FROM payroll.confirmation
        UNION SELECT l.batch_id, r.audit_seq FROM payroll.line_result r JOIN payroll.payment_line l USING (payment_id)
        WHERE r.result <> 'offset'
    ) answer
    """
)
"""The batch of each of the bank's answers: what comes back later has no confirmation of its own."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where worlds begin: a database with accounts that nobody is connected to, and their tokens."""

    server: EmbeddedServer
    name: str
    folder: Path
    tokens: dict[str, str]

    @contextmanager
    def world(self) -> Iterator[DatabaseWorld]:
        folder = self.folder / uuid4().hex
        with fresh_database(self.server, self.name, folder) as database:
            yield DatabaseWorld(database, folder, self.tokens)


@pytest.fixture(scope="module")
def ground(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("worlds")
    with fresh_database(server, TEMPLATE, folder) as database:
        tokens = prepared(database)
        with database.engine.connect() as connection:
            name = str(connection.exec_driver_sql("SELECT current_database()").scalar_one())
        yield Ground(server, name, folder, tokens)


class DatabaseMachine(LedgerMachine):
    """The same people, with the real commands."""

    world: DatabaseWorld

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground, self.exits = ground, ExitStack()

    def new_world(self) -> DatabaseWorld:
        return self.exits.enter_context(self.ground.world())

    def teardown(self) -> None:
        with self.exits:
            if hasattr(self, "world") and self.world.run_by:
                self.is_lived()

    def is_lived(self) -> None:
        """What is looked at when a month's life ends, by chance or as a story."""
        self.everything_is_written_down()
        self.the_month_is_replayed()

    @rule()
    def an_identical_run_writes_its_own_row_alone(self) -> None:
        """Truth 5."""
        self.run_month()
        before = self.world.marks()
        self.run_month()
        assert self.world.statuses[-1] is RunStatus.UNCHANGED
        now = self.world.marks()
        gone = {name: rows - now[name] for name, rows in before.items() if rows - now[name]}
        written = {name: (rows - before[name]).total() for name, rows in now.items() if rows - before[name]}
        assert (gone, written) == ({}, {"payroll.run": 1, "payroll.audit_event": 1})

    @rule()
    def the_month_is_replayed(self) -> None:
        replayed = replay(self.world.services, MONTH)
        assert replayed.difference is None

    @invariant()
    def outsiders_see_what_is_approved_and_nothing_else(self) -> None:
        seen = self.world.seen()
        approved = {line.payment_id for batch in seen.batches if batch.status in COMMITTED for line in batch.lines}
        assert seen.outside == approved

    def everything_is_written_down(self) -> None:
        """Truth 6, and what the database says of itself."""
        with self.world.engine.connect() as connection:
            assert audit.first_broken_link(connection) is None
            events = [
                (str(event["action"]), str(event["detail"].get("batch_id")))
                for event in audit.events(connection, MONTH, limit=100_000)
            ]
            for action, table in STEPS.items():
                taken = connection.scalars(sa.text(f"SELECT batch_id::text FROM payroll.{table}"))  # noqa: S608
                assert Counter(batch_id for kind, batch_id in events if kind == action) == Counter(taken)
            answers = Counter(connection.scalars(ANSWERS))
            assert Counter(batch_id for kind, batch_id in events if kind == "confirm") == answers
        assert migrate.check(self.world.engine) == []


@pytest.mark.parametrize("story", STORIES if LIVES > 2 else ABOUT_GUARDS, ids=lambda story: story.__name__)
def test_the_truths_hold_while(story: Story, ground: Ground) -> None:
    machine = DatabaseMachine(ground)
    with machine.exits:
        story(machine)
        machine.is_lived()


@pytest.mark.timeout(7200)
def test_whatever_happens_the_truths_hold(ground: Ground) -> None:
    run_state_machine_as_test(
        lambda: DatabaseMachine(ground),
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=8,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
