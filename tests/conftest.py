"""Real databases for the tests: one server of each PostgreSQL at hand per test session, one fresh database per test."""

import gc
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

os.environ["POLARS_MAX_THREADS"] = "1"  # a worker computes on one core, as the other has its own; read at the import

import polars as pl
import psycopg
import pytest
import sqlalchemy as sa
from filelock import FileLock
from psycopg import sql

from ioc_etl.adapters.clock import DEMO_DAY, Clock, clock_of
from ioc_etl.adapters.database import embedded_engine, engine_from_url
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.migrate import upgrade
from ioc_etl.adapters.settings import Settings
from tests.serverless import needs_no_server, started

TEMPLATE = "migrated"
MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's folder in memory, where each server gets one of its own
NEEDED_MEMORY = 2 * 2**30
TODAY = date(2022, 3, 10)
"""The day of the tests' installations: their months are those of that winter."""


def postgresql_folders() -> dict[str, Path | None]:
    """The packaged PostgreSQL, and the machine's own 15 when it is there."""
    own = Path("/usr/lib/postgresql/15/bin")
    found: dict[str, Path | None] = {"postgresql-18": None}
    return {**found, "postgresql-15": own} if (own / "initdb").exists() else found


def pytest_configure() -> None:
    """Programs that tests start compute on every core, as people's do."""
    assert pl.thread_pool_size() == 1, "polars was imported before"
    del os.environ["POLARS_MAX_THREADS"]


def pytest_collection_finish() -> None:
    """What was imported and collected stays: it is not looked through again for garbage during the tests."""
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The packaged PostgreSQL for every test; whoever writes SQL of its own, the tables and their guards, on each."""
    if "server" in metafunc.fixturenames:
        packaged, *others = postgresql_folders()
        is_on_each = metafunc.definition.get_closest_marker("every_postgresql") is not None
        metafunc.parametrize(
            "server", [packaged, *others] if is_on_each else [packaged], indirect=True, scope="session"
        )


@dataclass(frozen=True, slots=True)
class Database:
    """An empty, migrated database of its own: by settings, by environment variables, or as an engine."""

    settings: Settings
    engine: sa.Engine

    @property
    def clock(self) -> Clock:
        """That of a program started with its home."""
        return clock_of(self.settings.home)

    @property
    def environment(self) -> dict[str, str]:
        """What a program started by a test needs to find it."""
        return {"IOC_ETL_HOME": str(self.settings.home), "IOC_ETL_DATABASE_URL": str(self.settings.database_url)}


@pytest.fixture(autouse=True)
def _quick_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test of the quick loop fails where it needs a server: it belongs to the other folders."""
    if not needs_no_server(request.path):
        yield
        return
    assert "server" not in request.fixturenames, "a test with a database belongs to tests/integration"
    with started() as servers:
        yield
    assert servers == [], "a test with a server belongs to tests/integration"


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One server for all workers of the session; whoever leaves last takes it away."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    running = EmbeddedServer(shared / request.param, postgresql_folders()[request.param])
    users = shared / f"{request.param}.users"
    memory = _folder_in_memory(shared / request.param)
    with FileLock(f"{users}.lock"):
        _prepare(running, memory)
        users.write_text(str(_count(users) + 1))
    yield running
    with FileLock(f"{users}.lock"):
        users.write_text(str(_count(users) - 1))
        if _count(users) == 0:
            running.remove()
            shutil.rmtree(memory, ignore_errors=True)


@pytest.fixture
def database(server: EmbeddedServer, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with every table and view, gone after the test."""
    with fresh_database(server, TEMPLATE, tmp_path) as fresh:
        yield fresh


@contextmanager
def fresh_database(server: EmbeddedServer, template: str, folder: Path) -> Iterator[Database]:
    """A copy of a database that nobody is connected to, gone afterwards; its home is in `folder`."""
    name = f"test_{uuid4().hex}"
    administer(
        server,
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template)
        ),
    )
    parameters = server.connection_parameters(name)
    url = "postgresql://{user}@/{dbname}?host={host}&port={port}".format(**parameters)
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    (home / DEMO_DAY).write_text(TODAY.isoformat(), "utf-8")
    yield Database(Settings(home=home, database_url=url), engine_from_url(url))
    administer(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def administer(server: EmbeddedServer, statement: sql.Composed) -> None:
    """A statement about databases, from outside them."""
    with psycopg.connect(**server.connection_parameters("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def _prepare(server: EmbeddedServer, memory: Path) -> None:
    """The server with a migrated database, in that folder where there is room; copies lie where the first one does."""
    server.ensure_running()
    parameters = server.connection_parameters()
    with psycopg.connect(**parameters, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            # What the tests write need not survive a power cut.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            if _has_room(memory):
                _make_folder(memory, server)
                connection.execute(sql.SQL("CREATE TABLESPACE memory LOCATION {}").format(sql.Literal(str(memory))))
                connection.execute(sql.SQL("ALTER DATABASE {} SET TABLESPACE memory").format(sql.Identifier(TEMPLATE)))
    upgrade(embedded_engine(server, TEMPLATE))


def _folder_in_memory(home: Path) -> Path:
    """Where a server keeps the databases of the tests: a thousand are made and dropped, of four hundred files each."""
    return MEMORY / f"ioc-etl-tests-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def _has_room(folder: Path) -> bool:
    return os.access(folder.parent, os.W_OK) and shutil.disk_usage(folder.parent).free >= NEEDED_MEMORY


def _make_folder(folder: Path, server: EmbeddedServer) -> None:
    """Empty, and the server's own; what tests that were killed have left there goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    data = server.folder.data.stat()
    os.chown(folder, data.st_uid, data.st_gid)


def _count(users: Path) -> int:
    return int(users.read_text()) if users.exists() else 0
