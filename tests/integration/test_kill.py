"""A run of two months is killed, or the database under it, at points spread over its whole length.

After each a plain run gives the database the content of an undisturbed one, compared row by row over all tables of
landing and payroll; and whoever reads state_payroll meanwhile sees a month as it was, or as it will be.
`IOC_ETL_TEST_KILLS` and `IOC_ETL_TEST_CRASHES` say at how many points; `make show-kill` takes a hundred and ten.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from contents import Rows, contents, differences
from psycopg import sql
from two_months import FEBRUARY, JANUARY, LivedIn, live_two_months, services_of

from ioc_etl.adapters import audit, migrate
from ioc_etl.adapters.database import engine_for
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.embedded_link import DATABASE
from ioc_etl.adapters.settings import Settings
from ioc_etl.adapters.store_plan import snapshot
from ioc_etl.errors import DatabaseError, TransientError
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.services import Services
from tests.conftest import Database, administer

KILLS = int(os.environ.get("IOC_ETL_TEST_KILLS", "5"))
CRASHES = int(os.environ.get("IOC_ETL_TEST_CRASHES", "1"))
PROJECT = Path(__file__).parents[2]
MONTHS = (JANUARY, FEBRUARY)
CHILD = """
import sys
from ioc_etl.cli import main
import ioc_etl.cli.run
sys.argv = ["ioc-etl", "run", sys.argv[1], "--json"]
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
main()
"""
ENDED = (0, 3)
VIEWS = ("payment_record", "exception_report", "row_outcome", "centre_month")


@dataclass(frozen=True, slots=True)
class Child:
    """The command as a process that has imported everything and waits for the word."""

    process: subprocess.Popen[str]

    def go(self) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return time.monotonic()

    def end(self) -> tuple[int, str]:
        """Exit code and what it said on stderr."""
        _, err = self.process.communicate(timeout=300)
        return self.process.returncode, err


def child(environment: Mapping[str, str], input_root: Path, months: str = "2022-01..2022-02") -> Child:
    surroundings = {**os.environ, **environment, "PYTHONPATH": str(PROJECT), "IOC_ETL_INPUT": str(input_root)}
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, months],
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return Child(process)


@dataclass
class Reader:
    """Somebody outside, who reads the views over and over; `seen` are the months as they looked."""

    engine: sa.Engine
    seen: set[tuple[object, str]] = field(default_factory=set)
    looks: int = 0

    def look(self) -> None:
        """Every view of both months at one moment, as one text a month."""
        with snapshot(self.engine) as connection:
            for month in MONTHS:
                self.seen.add((month, month_shown(connection, month)))
        self.looks += 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read in the background; a database that is down is tried again."""
        ended = threading.Event()

        def read() -> None:
            while not ended.is_set():
                try:
                    self.look()
                except (TransientError, DatabaseError):
                    ended.wait(0.05)
                ended.wait(0.003)

        thread = threading.Thread(target=read)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def month_shown(connection: sa.Connection, month: object) -> str:
    """A month as the views show it, without the ids of runs: one hash."""
    hashed = [
        connection.scalar(
            sa.text(
                "SELECT md5(COALESCE(string_agg(row, '|' ORDER BY row), '')) FROM (SELECT (to_jsonb(v) "  # noqa: S608
                "- '{run_id,first_run_id,last_run_id}'::text[])::text AS row "
                f"FROM state_payroll.{view} v WHERE reference_month = :month) t"
            ),
            {"month": month},
        )
        for view in VIEWS
    ]
    return "/".join(str(one) for one in hashed)


def shown(engine: sa.Engine) -> set[tuple[object, str]]:
    reader = Reader(engine)
    reader.look()
    return reader.seen


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run that nobody disturbs leaves, what readers see before and after, and how long it takes."""

    content: Rows
    seen: set[tuple[object, str]]
    seconds: float


def stage_of(database: Database) -> str:
    """How far a killed run had come."""
    query = "SELECT count(*) FROM payroll.run WHERE status <> 'unchanged'"
    with database.engine.connect() as connection:
        runs = int(connection.scalar(sa.text(query)) or 0)
        late = connection.scalar(
            sa.text(
                "SELECT count(*) FROM landing.source_file WHERE centre_code = 'binh-long' AND reference_month = :month"
            ),
            {"month": FEBRUARY if runs == 3 else JANUARY},
        )
    if runs == 4:
        return "both months loaded"
    month = "February" if runs == 3 else "January"
    return f"{month}: files kept, not loaded" if late else f"{month}: nothing kept"


def run_again(services: Services) -> None:
    for month in MONTHS:
        run(services, month)


def assert_sound(database: Database, undisturbed: Undisturbed, reader: Reader) -> None:
    beyond = differences(undisturbed.content, contents(database.engine))
    assert not beyond, "\n".join(f"{name}: {one[:2]} | {other[:2]}" for name, (one, other) in beyond.items())
    assert reader.seen <= undisturbed.seen
    assert reader.looks > 0
    assert migrate.check(database.engine) == []
    with database.engine.connect() as connection:
        assert audit.first_broken_link(connection) is None


def tell(capsys: pytest.CaptureFixture[str], what: str, counted: Counter[str], looks: int) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{what}; {looks} looks at state_payroll\n")
        for stage, times in sorted(counted.items()):
            sys.stdout.write(f"  {times:4} {stage}\n")


# ---- The program is killed


def undisturbed_copy(lived: LivedIn, folder: Path) -> Undisturbed:
    with lived.copy(folder, same_input=True) as (database, services):
        before = shown(database.engine)
        started = child(database.environment, Path(str(services.settings.input_root)))
        began = started.go()
        code, err = started.end()
        seconds = time.monotonic() - began
        assert code in ENDED, err
        run_again(services)
        return Undisturbed(contents(database.engine), before | shown(database.engine), seconds)


@pytest.mark.timeout(300 + 60 * KILLS)
def test_a_run_killed_at_any_point_leaves_nothing_that_a_plain_run_does_not_mend(
    lived: LivedIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    undisturbed = undisturbed_copy(lived, folder_of(tmp_path, "undisturbed"))
    stages: Counter[str] = Counter()
    looks = 0
    for point in range(KILLS):
        with lived.copy(folder_of(tmp_path, f"{point}"), same_input=True) as (database, services):
            started = child(database.environment, Path(str(services.settings.input_root)))
            reader = Reader(database.engine)
            with reader.reading():
                began = started.go()
                time.sleep(max(0.0, began + undisturbed.seconds * (point + 0.5) / KILLS - time.monotonic()))
                started.process.send_signal(signal.SIGKILL)
                code, err = started.end()
                assert code in {-signal.SIGKILL, *ENDED}, err
                stages["ended before it was killed" if code in ENDED else stage_of(database)] += 1
                run_again(services)
            reader.look()
            assert_sound(database, undisturbed, reader)
            looks += reader.looks
    tell(capsys, f"{KILLS} kills over {undisturbed.seconds:.1f} s of a run", stages, looks)
    assert sum(times for stage, times in stages.items() if "killed" not in stage) >= KILLS // 2


def folder_of(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


# ---- The database is killed: one month, since a failed January stops no February, which is then decided twice


@dataclass(frozen=True, slots=True)
class OwnServer:
    """An embedded server of the test's own, with the two months and a copy of them that each point begins with."""

    server: EmbeddedServer
    database: Database
    input_root: Path

    def begin_again(self) -> None:
        """Both months as they were lived with."""
        names = (sql.Identifier(DATABASE), sql.Identifier("kept"))
        administer(self.server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))
        # A copy by log would keep the sequences' pages newer than the last checkpoint: PostgreSQL takes them for logged
        # and forgets their numbers in a crash, which no database that was not copied just now does.
        administer(self.server, sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))

    def kill(self, signal_number: signal.Signals) -> None:
        """SIGKILL, or SIGQUIT: PostgreSQL's immediate stop."""
        os.kill(int((self.server.folder.data / "postmaster.pid").read_text().splitlines()[0]), signal_number)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[OwnServer]:
    """Started for one test and taken away after it."""
    settings = Settings(home=folder_of(tmp_path, "own"))
    server = EmbeddedServer(settings.home)
    database = Database(settings, engine_for(settings))
    try:
        migrate.upgrade(database.engine)
        live_two_months(database, tmp_path / "input")
        copy = sql.SQL("CREATE DATABASE kept TEMPLATE {}").format(sql.Identifier(DATABASE))
        administer(server, copy)
        yield OwnServer(server, database, tmp_path / "input")
    finally:
        server.remove()


@pytest.mark.timeout(300 + 60 * CRASHES)
def test_a_database_killed_under_a_run_comes_back_and_a_plain_run_mends_the_month(
    own_server: OwnServer, capsys: pytest.CaptureFixture[str]
) -> None:
    database = own_server.database
    environment = {"IOC_ETL_HOME": str(database.settings.home), "IOC_ETL_DATABASE_URL": ""}
    undisturbed = undisturbed_own(own_server, environment)
    stages: Counter[str] = Counter()
    looks = 0
    for point in range(CRASHES):
        own_server.begin_again()
        started = child(environment, own_server.input_root, "2022-01")
        reader = Reader(database.engine)
        with reader.reading():
            began = started.go()
            time.sleep(max(0.0, began + undisturbed.seconds * (point + 0.5) / CRASHES - time.monotonic()))
            own_server.kill(signal.SIGQUIT if point % 2 else signal.SIGKILL)
            code, err = started.end()
            assert code in {1, *ENDED}, err
            assert "Traceback" not in err
            own_server.server.ensure_running()
            how = "stopped at once" if point % 2 else "killed"
            stages[f"PostgreSQL {how}, the run {'went on' if code in ENDED else 'failed'}: {stage_of(database)}"] += 1
            run_again(services_of(database, own_server.input_root))
        reader.look()
        assert_sound(database, undisturbed, reader)
        looks += reader.looks
    tell(capsys, f"{CRASHES} crashes of PostgreSQL over {undisturbed.seconds:.1f} s of a run", stages, looks)


def undisturbed_own(own_server: OwnServer, environment: Mapping[str, str]) -> Undisturbed:
    engine = own_server.database.engine
    before = shown(engine)
    started = child(environment, own_server.input_root, "2022-01")
    began = started.go()
    code, err = started.end()
    seconds = time.monotonic() - began
    assert code in ENDED, err
    run_again(services_of(replace(own_server.database), own_server.input_root))
    return Undisturbed(contents(engine), before | shown(engine), seconds)
