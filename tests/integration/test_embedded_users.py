"""The embedded server of an ordinary user: as good as root's, closed to strangers, clear about what it may not do."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc_etl.adapters.embedded import EmbeddedServer
from tests.integration.embedded_users import as_ordinary_user, give_to_ordinary_user

PREPARE = """
import sys, psycopg, resource
from pathlib import Path
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.errors import DatabaseError
server = EmbeddedServer(Path(sys.argv[1]))
def told(what):
    try:
        return what()
    except DatabaseError as error:
        return error
"""


@pytest.fixture
def own_home() -> Iterator[Path]:
    """A folder of the ordinary user, where that user can reach it."""
    place = Path(tempfile.mkdtemp(prefix="ioc-etl-test-"))
    give_to_ordinary_user(place)
    yield place
    EmbeddedServer(place).stop()
    shutil.rmtree(place)


def test_an_ordinary_user_starts_and_stops_a_server(own_home: Path) -> None:
    code = f"""{PREPARE}
server.ensure_running()
with psycopg.connect(**server.connection_parameters()) as connection:
    print(connection.execute("SELECT 41 + 1").fetchone()[0])
print(server.stop())
"""
    answer = as_ordinary_user(code, own_home)
    assert answer.stdout.split() == ["42", "True"], answer.stderr


def test_a_home_that_cannot_be_written_to_is_told_in_one_line(own_home: Path) -> None:
    own_home.chmod(0o500)
    answer = as_ordinary_user(f"{PREPARE}print(told(server.ensure_running))", own_home)
    assert "cannot be kept" in answer.stdout, answer.stderr
    assert "Permission denied" in answer.stdout
    assert "IOC_ETL_HOME" in answer.stdout
    assert answer.stdout.count("\n") == 1


def test_a_home_without_room_is_told_in_one_line_and_mends(own_home: Path) -> None:
    code = f"{PREPARE}resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); print(told(server.ensure_running))"
    answer = as_ordinary_user(code, own_home)
    assert "No database could be made" in answer.stdout, answer.stderr
    assert answer.stdout.count("\n") == 1
    again = as_ordinary_user(f"{PREPARE}server.ensure_running(); print(server.is_running())", own_home)
    assert again.stdout.strip() == "True", again.stderr


def test_a_strangers_server_is_neither_used_nor_harmed(tmp_path: Path) -> None:
    theirs = EmbeddedServer(tmp_path)
    theirs.ensure_running()
    socket = theirs.connection_parameters()["host"]
    code = f"""{PREPARE}
print(told(server.ensure_running)); print(told(server.stop)); print(told(server.is_running))
try:
    psycopg.connect(host=sys.argv[2], user="ioc_etl", dbname="ioc_etl")
except psycopg.OperationalError as error:
    print(error)
"""
    try:
        # Only root can play two users; for anybody else there is no stranger to try.
        if os.geteuid() == 0:
            answer = as_ordinary_user(code, tmp_path, socket)
            lines = answer.stdout.splitlines()
            assert ["belongs to user id" in line for line in lines[:3]] == [True] * 3, answer.stderr
            assert "failed" in lines[3]
        assert theirs.is_running()
    finally:
        theirs.stop()
