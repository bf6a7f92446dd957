"""The embedded server: started once by many, alone with its owner, gone when told, found again afterwards."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from ioc_etl.adapters.database import embedded_engine, engine_for
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.settings import Settings
from ioc_etl.errors import DatabaseError
from tests.conftest import postgresql_folders

START = "import sys; from pathlib import Path; from ioc_etl.adapters.embedded import EmbeddedServer as S; "
START += "S(Path(sys.argv[1])).ensure_running()"


def asked(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(**server.connection_parameters()) as connection:
        row = connection.execute(question).fetchone()
    return None if row is None else row[0]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "home"
    yield place
    EmbeddedServer(place).remove()


@pytest.fixture(scope="module", params=postgresql_folders())
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path_factory.mktemp("running"), postgresql_folders()[request.param])
    server.ensure_running()
    yield server
    server.remove()


def test_nobody_reaches_it_over_a_network(running: EmbeddedServer) -> None:
    assert asked(running, "SHOW listen_addresses") == ""


def test_only_its_owner_enters_its_folders(running: EmbeddedServer) -> None:
    socket = Path(running.connection_parameters()["host"])
    for folder in (running.folder.path, running.folder.data, socket):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_operating_system_says_who_connects_and_nobody_is_trusted(running: EmbeddedServer) -> None:
    with psycopg.connect(**running.connection_parameters()) as connection:
        rules = connection.execute("SELECT DISTINCT type, auth_method FROM pg_hba_file_rules").fetchall()
    assert rules == [("local", "peer")]


def test_it_is_durable_speaks_utf8_and_keeps_utc(running: EmbeddedServer) -> None:
    for setting, value in {
        "fsync": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "timezone": "UTC",
    }.items():
        assert asked(running, f"SHOW {setting}") == value


def test_starting_it_again_is_nothing(running: EmbeddedServer) -> None:
    before = asked(running, "SELECT pg_postmaster_start_time()")
    running.ensure_running()
    assert asked(running, "SELECT pg_postmaster_start_time()") == before


def test_a_refused_row_leaves_no_value_in_the_log(running: EmbeddedServer) -> None:
    with psycopg.connect(**running.connection_parameters(), autocommit=True) as connection:
        connection.execute("CREATE TABLE person (citizen_id text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('070099123456')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('070099123456')")
    log = running.folder.log.read_text()
    assert "duplicate key" in log
    assert "070099123456" not in log


def test_six_processes_start_one_server(home: Path) -> None:
    starters = [subprocess.Popen([sys.executable, "-c", START, str(home)]) for _ in range(6)]
    assert [starter.wait(120) for starter in starters] == [0] * 6
    # It outlives those who started it.
    assert EmbeddedServer(home).is_running()
    assert server_processes(home) == 1


def server_processes(home: Path) -> int:
    """Postmasters with this data folder: the parents among the processes that work in it."""
    data = home / "postgres" / "data"
    working = {int(entry.name): parent_of(entry) for entry in Path("/proc").glob("[0-9]*") if works_in(entry, data)}
    return sum(parent is not None and parent not in working for parent in working.values())


def parent_of(process: Path) -> int | None:
    """None when it has ended since it was found."""
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").samefile(folder)
    except OSError:
        return False


@pytest.mark.parametrize(
    "name",
    ["a" * 120, "nhà của tôi", 'it\'s "odd" $HOME `x` 100%', "dài " * 30],
    ids=["long", "vietnamese", "quotes", "long and odd"],
)
def test_a_home_may_be_anywhere(tmp_path: Path, name: str) -> None:
    server = EmbeddedServer(tmp_path / name)
    server.ensure_running()
    try:
        assert asked(server, "SELECT 1") == 1
        assert len(server.connection_parameters()["host"]) < 90
        assert server.stop() is True
        assert server.is_running() is False
        assert server.stop() is False
    finally:
        assert server.remove() is True
    assert server.remove() is False


def test_a_copied_home_is_not_the_originals_server(tmp_path: Path) -> None:
    original = EmbeddedServer(tmp_path / ("x" * 120))
    original.ensure_running()
    copied = EmbeddedServer(tmp_path / ("y" * 120))
    try:
        no_sockets = shutil.ignore_patterns(".s.PGSQL*", "postmaster.pid")
        shutil.copytree(original.folder.path, copied.folder.path, ignore=no_sockets)
        assert copied.is_running() is False
        assert original.is_running() is True
    finally:
        original.remove()
        copied.remove()


def test_an_engine_finds_the_server_again_after_a_stop(home: Path) -> None:
    engine = embedded_engine(EmbeddedServer(home))
    EmbeddedServer(home).stop()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_without_a_url_the_embedded_server_is_taken(home: Path) -> None:
    with engine_for(Settings(home=home)).connect() as connection:
        assert connection.scalar(sa.text("SELECT current_database()")) == "ioc_etl"


def test_the_data_of_another_version_are_not_touched(home: Path) -> None:
    server = EmbeddedServer(home)
    server.ensure_running()
    server.stop()
    version = server.folder.data / "PG_VERSION"
    made_by = version.read_text()
    version.write_text("14\n")
    with pytest.raises(DatabaseError, match=r"made by PostgreSQL 14, these are the programs of \d+"):
        server.ensure_running()
    version.write_text(made_by)


def test_a_folder_that_holds_no_database_is_told(home: Path) -> None:
    server = EmbeddedServer(home)
    server.ensure_running()
    server.stop()
    (server.folder.data / "PG_VERSION").rename(home / "PG_VERSION")
    with pytest.raises(DatabaseError, match="holds no database"):
        server.ensure_running()
    (home / "PG_VERSION").rename(server.folder.data / "PG_VERSION")


def test_a_folder_without_programs_is_told(home: Path, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"postgres does not run.*IOC_ETL_DATABASE_URL"):
        EmbeddedServer(home, tmp_path).ensure_running()


def test_root_gives_the_server_to_another_user(home: Path) -> None:
    EmbeddedServer(home).ensure_running()
    owner = (home / "postgres").stat().st_uid
    assert owner == os.geteuid() or (os.geteuid() == 0 and owner != 0)


def test_taken_away_it_leaves_the_homes_other_files_and_begins_anew(home: Path) -> None:
    server = EmbeddedServer(home)
    server.ensure_running()
    (home / "reports").mkdir()
    with psycopg.connect(**server.connection_parameters()) as connection:
        connection.execute("CREATE TABLE kept ()")
    assert server.remove() is True
    assert [path.name for path in home.iterdir()] == ["reports"]
    assert not server.folder.path.exists()
    server.ensure_running()
    assert asked(server, "SELECT to_regclass('kept')") is None


def test_the_command_takes_server_and_data_away(home: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "IOC_ETL_DATABASE_URL"}
    environment["IOC_ETL_HOME"] = str(home)
    EmbeddedServer(home).ensure_running()
    command = [sys.executable, "-c", "from ioc_etl.cli import main; main()", "db", "stop", "--remove"]
    answers = [subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(2)]
    assert "its database deleted" in answers[0].stdout
    assert "has no database" in answers[1].stdout
    assert not EmbeddedServer(home).folder.path.exists()
    assert server_processes(home) == 0
