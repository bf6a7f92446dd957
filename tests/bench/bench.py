"""`make bench`: how long a month takes, how much memory, and how far that is from the floor. One machine, one run.

Writes the rosters (once), then, as often as asked: a run of the month in a process of its own on an empty database, the
same run again, and the floor of `bench_floor.py`. Both sides use the same embedded server with its own settings; the
fastest of each counts. Figures go to stdout and to `.bench/latest.json`.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import log
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from bench_floor import FORMATS, TABLES, copied_out, copy_in_seconds
from bench_input import BenchInput, bench_input
from bench_memory import Memory, watched
from bench_processor import own_processor_seconds, server_processor_seconds
from bench_road import Road
from bench_table import figures, show
from psycopg import sql

from ioc_etl.adapters.database import embedded_engine
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.migrate import upgrade
from ioc_etl.errors import DatabaseError, IocEtlError, UsageError

HERE = Path(__file__).parent
PLACE = HERE.parents[1] / ".bench"
_TEMPLATE = "bench_migrated"
_BYTES_A_ROW = 8 * 1024
_BYTES_AT_LEAST = 4 * 1024**3
_GROWTH = 10
_FEWEST_FOR_GROWTH = 1_000
"""How much smaller the month is that the growth is measured with, and how many centres make that worth while."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of ours, the same run again, and the floor."""

    road: Road
    memory: Memory
    server_processor_seconds: float
    again: Road
    rows_written_again: int
    rows_in_database: int
    database_bytes: int
    floor_load: dict[str, dict[str, float]]


def bench(place: Path, *, rows: int, centres: int, repeat: int, tell: Tell) -> dict[str, Any]:
    """The figures of a month of that size, measured below `place`.

    Raises:
        IocEtlError: no server, no disk, or a run that did not do its work.
    """
    if not 0 < centres <= rows:
        raise UsageError(f"{rows} rows in {centres} centres cannot be: a centre has at least one")
    place.mkdir(parents=True, exist_ok=True)
    _require_disk(place, rows)
    tell(f"writing {centres} rosters with {rows} rows (once)")
    given = bench_input(place, rows=rows, centres=centres)
    with _server(place / "home") as server:
        months = []
        for number in range(1, repeat + 1):
            tell(f"run {number} of {repeat}")
            months.append(_measured(server, given, place, tell))
        smaller = _smaller(server, given, place, tell)
    tell("reading the files into frames, the floor")
    floor_read = json.loads(_output([str(HERE / "bench_floor.py"), str(given.rosters[0].parent)]))
    return figures(given, months, floor_read, growth=_growth(months, smaller))


# ---- What is measured


def _measured(server: EmbeddedServer, given: BenchInput, place: Path, tell: Tell) -> Measured:
    with _database(server) as name:
        tell("  the month")
        before = server_processor_seconds(server)
        road, memory = _watched_road(server, name, given, place)
        used = server_processor_seconds(server) - before
        counted, size = _count(server, name), _size(server, name)
        tell("  the same month again")
        again, _ = _watched_road(server, name, given, place)
        written = _count(server, name) - counted
        with _connected(server, name) as connection:
            rows = _rows(connection, road)
            floor = {form: _floor_load(server, connection, form, tell) for form in FORMATS}
    return Measured(road, memory, used, again, written, rows, size, floor)


def _floor_load(server: EmbeddedServer, full: psycopg.Connection, form: str, tell: Tell) -> dict[str, float]:
    tell(f"  copying the same rows, the floor ({form})")
    held = copied_out(full, form)
    with _database(server) as name:
        before = server_processor_seconds(server) + own_processor_seconds()
        with _connected(server, name) as empty:
            seconds = copy_in_seconds(empty, held, form)
        return {**seconds, "processor": server_processor_seconds(server) + own_processor_seconds() - before}


def _watched_road(server: EmbeddedServer, database: str, given: BenchInput, place: Path) -> tuple[Road, Memory]:
    _checkpoint(server)
    url = "postgresql://{user}@/{dbname}?host={host}&port={port}".format(**server.connection_parameters(database))
    told = {**{name: str(value) for name, value in asdict(given).items()}, "home": str(place), "database_url": url}
    command = [sys.executable, str(HERE / "bench_road.py"), json.dumps(told)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        memory = watched(process)
        output = process.stdout.read() if process.stdout else ""
    if process.returncode != 0:
        raise DatabaseError("the run did not end well: its error stands above")
    return Road(**json.loads(output)), memory


def _rows(connection: psycopg.Connection, road: Road) -> int:
    found = connection.execute("SELECT count(*) FROM payroll.decision").fetchone()
    in_database = found[0] if found else 0
    if in_database != road.rows_read:
        raise DatabaseError(f"{road.rows_read} rows were read and {in_database} are in the database")
    return in_database


def _smaller(server: EmbeddedServer, given: BenchInput, place: Path, tell: Tell) -> Road | None:
    """A month of a tenth of the centres, where that is still a province."""
    centres = given.centres // _GROWTH
    if given.centres < _FEWEST_FOR_GROWTH:
        return None
    tell(f"a month of {centres} centres, for the growth")
    smaller = bench_input(place, rows=given.rows // _GROWTH, centres=centres)
    with _database(server) as name:
        road, _ = _watched_road(server, name, smaller, place)
    return road


def _growth(months: list[Measured], smaller: Road | None) -> dict[str, float]:
    """By stage the exponent of the growth from the smaller month to the large one: 1 is in step with the centres."""
    if smaller is None:
        return {}
    large = min((month.road.seconds for month in months), key=lambda seconds: seconds["whole"])
    return {stage: log(large[stage] / seconds, _GROWTH) for stage, seconds in smaller.seconds.items() if seconds > 0}


def _output(arguments: list[str]) -> str:
    done = subprocess.run([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise IocEtlError("the floor could not be measured: its error stands above")
    return done.stdout


# ---- The server


@contextmanager
def _server(home: Path) -> Iterator[EmbeddedServer]:
    """A server of the bench's own, as the program sets it up; its databases go with it."""
    server = EmbeddedServer(home)
    server.ensure_running()
    try:
        with _connected(server, "postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_TEMPLATE)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
        upgrade(embedded_engine(server, _TEMPLATE))
        yield server
    finally:
        server.remove()


@contextmanager
def _database(server: EmbeddedServer) -> Iterator[str]:
    """A migrated, empty database, gone afterwards."""
    name = f"bench_{uuid4().hex}"
    with _connected(server, "postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(_TEMPLATE))
        )
        connection.execute("CHECKPOINT")
    yield name
    with _connected(server, "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _connected(server: EmbeddedServer, database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(**server.connection_parameters(database), autocommit=True) as connection:
        yield connection


def _checkpoint(server: EmbeddedServer) -> None:
    with _connected(server, "postgres") as connection:
        connection.execute("CHECKPOINT")


def _count(server: EmbeddedServer, name: str) -> int:
    """All rows of all tables that a run writes."""
    with _connected(server, name) as connection:
        counted = [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in TABLES]  # noqa: S608
    return sum(row[0] for row in counted if row)


def _size(server: EmbeddedServer, name: str) -> int:
    with _connected(server, name) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return found[0] if found else 0


def _require_disk(place: Path, rows: int) -> None:
    needed, free = _BYTES_AT_LEAST + rows * _BYTES_A_ROW, shutil.disk_usage(place).free
    if free < needed:
        gib = 1024**3
        raise UsageError(f"the bench needs {needed / gib:.0f} GiB in {place}, and {free / gib:.0f} GiB are free there")


# ---- The command


def main() -> int:
    """Measure, show, write down."""
    parser = argparse.ArgumentParser(description="Measures a month against the floor.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--centres", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=1, help="the fastest run of each side counts")
    parser.add_argument("--place", type=Path, default=PLACE, help="where rosters, database and figures are kept")
    given = parser.parse_args()
    try:
        found = bench(
            given.place.absolute(),
            rows=given.rows,
            centres=given.centres,
            repeat=given.repeat,
            tell=lambda text: sys.stderr.write(f"{text}\n") and None,
        )
    except IocEtlError as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"bench: {error.strerror or type(error).__name__}: {error.filename or given.place}\n")
        return 1
    latest = given.place / "latest.json"
    latest.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    show(found, latest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
