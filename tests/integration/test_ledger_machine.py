"""The stories and the machine of the ledger over the real thing: files, commands, accounts and PostgreSQL.

Beside the truths that hold in memory too: an identical run writes its own row alone (5), every change is in the audit
chain (6), the checks of sql/checks find nothing, outsiders see what is approved and nothing else, and a replay of the
month gives what the run gave. `IOC_ETL_TEST_LIVES` says how many months are lived through by chance; with more than one
every story is told, not those about the guards alone. `make show-ledger` does.
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

LIVES = int(os.environ.get("IOC_ETL_TEST_LIVES", "1"))
STEPS = ("submission", "approval", "void", "export", "confirmation")

pytestmark = pytest.mark.parametrize("server", ["postgresql-18"], indirect=True)


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
                self.everything_is_written_down()
                self.the_month_is_replayed()

    @rule()
    def an_identical_run_writes_its_own_row_alone(self) -> None:
        """Truth 5."""
        self.run_month()
        before = self.world.marks()
        self.run_month()
        assert self.world.statuses[-1] is RunStatus.UNCHANGED
        written = {name: Counter(now) - Counter(before[name]) for name, now in self.world.marks().items()}
        assert {name: rows.total() for name, rows in written.items() if rows} == {
            "payroll.run": 1,
            "payroll.audit_event": 1,
        }

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
            events: Counter[tuple[str, str]] = Counter()
            for event in audit.events(connection, MONTH, limit=100_000):
                events[str(event["action"]), str(event["detail"].get("batch_id"))] += 1
            for table, action in zip(STEPS, ("submit", "approve", "void", "export", "confirm"), strict=True):
                taken = connection.scalars(sa.text(f"SELECT DISTINCT batch_id::text FROM payroll.{table}"))  # noqa: S608
                assert {batch_id for kind, batch_id in events if kind == action} == set(taken)
        assert migrate.check(self.world.engine) == []


@pytest.mark.parametrize("story", STORIES if LIVES > 1 else ABOUT_GUARDS, ids=lambda story: story.__name__)
def test_the_truths_hold_while(story: Story, ground: Ground) -> None:
    machine = DatabaseMachine(ground)
    with machine.exits:
        story(machine)
        machine.everything_is_written_down()


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
