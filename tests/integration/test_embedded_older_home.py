"""A database that an older version of root's kept in the home: served where it is, or moved, never lost."""

import os
import pwd
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.embedded_place import SYSTEM, Place
from ioc_etl.errors import DatabaseError
from tests.integration.test_embedded import asked
from tests.integration.test_embedded_root import put_in

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps a database for another user")

OTHER_FILE_SYSTEM = Path("/dev/shm")  # noqa: S108 - each test makes a folder of its own in it


def older_home(folder: Path) -> Path:
    """A home with the system user's folder in it, in a folder that everybody may pass; its server is stopped."""
    place = Path(tempfile.mkdtemp(prefix="ioc-etl-test-", dir=folder))
    place.chmod(0o755)
    home = place / "home"
    server = EmbeddedServer(home)
    put_in(server)
    server.stop()
    (home / "postgres").unlink()
    shutil.copytree(Place(home).server, home / "postgres", copy_function=shutil.copy2)
    service = pwd.getpwnam("ioc-etl")
    for path in (home / "postgres", *(home / "postgres").rglob("*")):
        os.chown(path, service.pw_uid, service.pw_gid)
    shutil.rmtree(Place(home).folder)
    return home


def taken_away(home: Path) -> None:
    home.parent.chmod(0o755)
    EmbeddedServer(home).remove()
    shutil.rmtree(home.parent)


@pytest.fixture
def older() -> Iterator[Path]:
    home = older_home(Path(tempfile.gettempdir()))
    yield home
    taken_away(home)


def test_it_is_served_in_the_home_while_its_user_can_reach_it(older: Path) -> None:
    server = EmbeddedServer(older)
    server.ensure_running()
    assert asked(server, "SELECT seven FROM kept") == 7
    assert server.folder.path == older / "postgres"
    assert server.remove() is True
    assert not (older / "postgres").exists()
    assert not Place(older).folder.exists()


@pytest.mark.parametrize("folder", [Path(tempfile.gettempdir()), OTHER_FILE_SYSTEM], ids=["renamed", "copied"])
def test_it_is_moved_when_its_user_cannot_reach_it(folder: Path) -> None:
    if folder == OTHER_FILE_SYSTEM:
        assert folder.stat().st_dev != SYSTEM.parent.stat().st_dev
    home = older_home(folder)
    try:
        inside = home / "postgres"
        before = {path.relative_to(inside): path.lstat() for path in (inside / "data" / "base").rglob("*")}
        home.parent.chmod(0o700)
        place, server = Place(home), EmbeddedServer(home)
        server.ensure_running()
        assert asked(server, "SELECT seven FROM kept") == 7
        assert inside.readlink() == place.server == server.folder.path
        assert before
        assert [path.name for path in home.iterdir()] == ["postgres"]
        for path, was in before.items():
            now = (place.server / path).lstat()
            assert (now.st_uid, now.st_gid, now.st_mode) == (was.st_uid, was.st_gid, was.st_mode)
        server.stop()
        server.ensure_running()
        assert asked(server, "SELECT seven FROM kept") == 7
    finally:
        taken_away(home)


def test_a_server_in_a_home_that_was_closed_since_is_used_stopped_and_moved(older: Path) -> None:
    server = EmbeddedServer(older)
    server.ensure_running()
    older.parent.chmod(0o700)
    server.ensure_running()
    assert asked(server, "SELECT seven FROM kept") == 7
    assert server.folder.path == older / "postgres"
    assert server.stop() is True
    assert server.stop() is False
    server.ensure_running()
    assert asked(server, "SELECT seven FROM kept") == 7
    assert server.folder.path == Place(older).server


def test_it_is_not_moved_under_a_server_that_still_runs(older: Path) -> None:
    server = EmbeddedServer(older)
    server.ensure_running()
    older.parent.chmod(0o700)
    for file in Path(server.connection_parameters()["host"]).iterdir():
        file.unlink()
    with pytest.raises(DatabaseError, match="ioc-etl db stop"):
        server.ensure_running()
    assert server.folder.path == older / "postgres"
    assert server.stop() is True
    server.ensure_running()
    assert asked(server, "SELECT seven FROM kept") == 7


def test_two_databases_of_one_home_are_both_left_alone(older: Path) -> None:
    place = Place(older)
    shutil.copytree(older / "postgres", place.server)
    shutil.copymode("/", place.folder)
    older.parent.chmod(0o700)
    with pytest.raises(DatabaseError, match="both hold a database of this home"):
        EmbeddedServer(older).ensure_running()
    for data in (older / "postgres" / "data", place.server / "data"):
        assert (data / "PG_VERSION").exists()


def test_what_cannot_be_copied_whole_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    home = older_home(OTHER_FILE_SYSTEM)
    try:
        home.parent.chmod(0o700)
        data = home / "postgres" / "data"
        with socket.socket(socket.AF_UNIX) as unreadable:
            monkeypatch.chdir(data)
            unreadable.bind("unreadable")
            with pytest.raises(DatabaseError, match="cannot be kept"):
                EmbeddedServer(home).ensure_running()
        assert (data / "PG_VERSION").exists()
        assert not list(Place(home).folder.glob("moving-*"))
        (data / "unreadable").unlink()
        server = EmbeddedServer(home)
        server.ensure_running()
        with psycopg.connect(**server.connection_parameters()) as connection:
            assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
    finally:
        taken_away(home)
