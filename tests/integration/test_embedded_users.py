"""The embedded server of an ordinary user: as good as root's, closed to strangers, clear about what it may not do."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.embedded_programs import copied_programs
from tests.integration.embedded_users import as_ordinary_user, give_to_ordinary_user

PREPARE = """
server = EmbeddedServer(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None)
def told(what):
    try:
        return what()
    except DatabaseError as error:
        return error
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Empty, for the packaged PostgreSQL; when root plays the user, root's copy, which everybody can reach."""
    if os.geteuid() != 0:
        yield ""
        return
    server = EmbeddedServer(tmp_path_factory.mktemp("programs"))
    server.ensure_running()
    yield str(copied_programs())
    server.remove()


@pytest.fixture
def own_home() -> Iterator[Path]:
    """A folder of the ordinary user, where that user can reach it."""
    place = Path(tempfile.mkdtemp(prefix="ioc-etl-test-"))
    give_to_ordinary_user(place)
    yield place
    EmbeddedServer(place).remove()
    shutil.rmtree(place)


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A folder of our own that everybody may look into."""
    place = Path(tempfile.mkdtemp(prefix="ioc-etl-test-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def test_an_ordinary_user_starts_and_stops_a_server(own_home: Path, programs: str) -> None:
    code = f"""{PREPARE}
server.ensure_running()
with psycopg.connect(**server.connection_parameters()) as connection:
    print(connection.execute("SELECT 41 + 1").fetchone()[0])
print(server.stop())
"""
    answer = as_ordinary_user(code, own_home, programs)
    assert answer.stdout.split() == ["42", "True"], answer.stderr


def test_an_ordinary_users_data_are_in_the_home_and_go_from_there(own_home: Path, programs: str) -> None:
    code = f"""{PREPARE}
server.ensure_running()
folder = Path(sys.argv[1]) / "postgres"
print(server.folder.path == folder, folder.is_symlink(), (folder / "data" / "PG_VERSION").exists())
print(server.remove(), folder.exists(), server.remove())
"""
    answer = as_ordinary_user(code, own_home, programs)
    assert answer.stdout.split() == ["True", "False", "True", "True", "False", "False"], answer.stderr


def test_root_serves_an_ordinary_users_data_where_they_are(own_home: Path, programs: str) -> None:
    code = f"""{PREPARE}
server.ensure_running()
with psycopg.connect(**server.connection_parameters()) as connection:
    connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
server.stop()
"""
    assert as_ordinary_user(code, own_home, programs).returncode == 0
    ours = EmbeddedServer(own_home)
    ours.ensure_running()
    with psycopg.connect(**ours.connection_parameters()) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
    assert ours.folder.path == own_home / "postgres"
    assert {path.stat().st_uid for path in own_home.rglob("*")} == {own_home.stat().st_uid}


def test_a_home_that_cannot_be_written_to_is_told_in_one_line(own_home: Path, programs: str) -> None:
    own_home.chmod(0o500)
    answer = as_ordinary_user(f"{PREPARE}print(told(server.ensure_running))", own_home, programs)
    assert "cannot be kept" in answer.stdout, answer.stderr
    assert "Permission denied" in answer.stdout
    assert "IOC_ETL_HOME" in answer.stdout
    assert answer.stdout.count("\n") == 1


def test_a_home_without_room_is_told_in_one_line_and_mends(own_home: Path, programs: str) -> None:
    code = f"{PREPARE}resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); print(told(server.ensure_running))"
    answer = as_ordinary_user(code, own_home, programs)
    assert "No database could be made" in answer.stdout, answer.stderr
    assert answer.stdout.count("\n") == 1
    again = as_ordinary_user(f"{PREPARE}server.ensure_running(); print(server.is_running())", own_home, programs)
    assert again.stdout.strip() == "True", again.stderr


def test_a_strangers_server_is_neither_used_nor_harmed(open_home: Path, programs: str) -> None:
    theirs = EmbeddedServer(open_home)
    theirs.ensure_running()
    socket = theirs.connection_parameters()["host"]
    code = f"""{PREPARE}
for what in (server.ensure_running, server.stop, server.is_running, server.remove):
    print(told(what))
try:
    psycopg.connect(host=sys.argv[3], user="ioc_etl", dbname="ioc_etl")
except psycopg.OperationalError as error:
    print(error)
"""
    try:
        # Only root can play two users; for anybody else there is no stranger to try.
        if os.geteuid() == 0:
            answer = as_ordinary_user(code, open_home, programs, socket)
            lines = answer.stdout.splitlines()
            assert ["belongs to user id" in line for line in lines[:4]] == [True] * 4, answer.stderr
            assert "failed" in lines[4]
        assert theirs.is_running()
    finally:
        theirs.remove()
