"""The embedded server after a crash: killed, half made, or with another process under its old number."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.errors import DatabaseError
from tests.integration.test_embedded import START, asked


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    made = EmbeddedServer(tmp_path / "home")
    made.ensure_running()
    yield made
    made.remove()


def pid_of(own_server: EmbeddedServer) -> int:
    return int((own_server.folder.data / "postmaster.pid").read_text().splitlines()[0])


def kill(own_server: EmbeddedServer) -> None:
    os.kill(pid_of(own_server), signal.SIGKILL)


def test_a_killed_server_comes_back_with_what_was_committed(own_server: EmbeddedServer) -> None:
    with psycopg.connect(**own_server.connection_parameters()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    for _ in range(2):
        kill(own_server)
        own_server.ensure_running()
        assert asked(own_server, "SELECT seven FROM kept") == 7


def test_a_server_killed_under_a_busy_client_comes_back(own_server: EmbeddedServer) -> None:
    busy = psycopg.connect(**own_server.connection_parameters())
    busy.execute("CREATE TEMPORARY TABLE t AS SELECT generate_series(1, 1000)")
    kill(own_server)
    own_server.ensure_running()
    assert asked(own_server, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError):
        busy.execute("SELECT 1")
    busy.close()


def test_a_stranger_with_the_killed_servers_number_is_left_alone(own_server: EmbeddedServer) -> None:
    kill(own_server)
    # As the server's own user: PostgreSQL itself would take such a process for a living server.
    owner = own_server.folder.owner()
    stranger = subprocess.Popen(["sleep", "600"], user=owner if os.geteuid() == 0 else None)
    try:
        record = own_server.folder.data / "postmaster.pid"
        lines = record.read_text().splitlines()
        record.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert own_server.is_running() is False
        assert own_server.stop() is False
        own_server.ensure_running()
        assert asked(own_server, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("left", ["", "\n", "rubbish\n"])
def test_a_half_written_pid_file_does_not_matter(own_server: EmbeddedServer, left: str) -> None:
    own_server.stop()
    (own_server.folder.data / "postmaster.pid").write_text(left)
    own_server.ensure_running()
    assert asked(own_server, "SELECT 1") == 1


def test_a_server_without_its_socket_is_told_and_can_be_stopped(own_server: EmbeddedServer) -> None:
    for file in Path(own_server.connection_parameters()["host"]).iterdir():
        file.unlink()
    with pytest.raises(DatabaseError, match="ioc-etl db stop"):
        own_server.ensure_running()
    assert own_server.stop() is True
    own_server.ensure_running()
    assert asked(own_server, "SELECT 1") == 1


def test_an_interrupted_initdb_is_begun_anew(tmp_path: Path) -> None:
    home = tmp_path / "home"
    starter = subprocess.Popen([sys.executable, "-c", START, str(home)], start_new_session=True)
    deadline = time.monotonic() + 60
    while not list((home / "postgres").glob("initdb-*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    assert not (home / "postgres" / "data").exists()
    own_server = EmbeddedServer(home)
    try:
        own_server.ensure_running()
        assert asked(own_server, "SELECT 1") == 1
    finally:
        own_server.remove()


def test_a_server_whose_folder_was_deleted_does_not_disturb_its_successor(own_server: EmbeddedServer) -> None:
    orphan = pid_of(own_server)
    shutil.rmtree(own_server.folder.path)
    own_server.ensure_running()
    assert pid_of(own_server) != orphan
    # It would end by itself within a minute; an end takes away the socket that it made.
    os.kill(orphan, signal.SIGQUIT)
    deadline = time.monotonic() + 60
    while Path("/proc", str(orphan), "exe").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert asked(own_server, "SELECT 1") == 1
