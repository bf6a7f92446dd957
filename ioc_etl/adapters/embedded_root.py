"""Running the embedded server when we are root: PostgreSQL refuses to, so another user does.

That is the system user `ioc-etl`, made when it is not there, with data and programs where it can reach them
(`embedded_place`, `embedded_programs`). A server's folder that is in the home itself is its owner's: an ordinary
user's, or the system user's by an older version of this program. It is served there as long as its owner can reach it;
the system user's is moved otherwise. Whatever starts or stops a server happens in a child process of its owner.
"""

import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ioc_etl.adapters import embedded_child, embedded_move
from ioc_etl.adapters.embedded_binaries import binaries_in
from ioc_etl.adapters.embedded_place import SYSTEM, Place, locked
from ioc_etl.adapters.embedded_programs import copied_programs, name_of_copy, remove_unused
from ioc_etl.errors import DatabaseError

SERVICE_USER = "ioc-etl"


class _OutOfReachError(DatabaseError):
    """The server's user cannot reach its folder or the programs."""


def start(home: Path, bin_dir: Path | None) -> None:
    """Make the server of a home answer. `bin_dir` null: the packaged PostgreSQL.

    Raises: DatabaseError saying what stands in the way and how to mend it.
    """
    place = Place(home)
    programs = _prepare(place, bin_dir)
    try:
        _perform("start", place.server_folder(), programs)
    except _OutOfReachError:
        if not _is_of_older_version(place):
            raise
        _move_out(place)
        _perform("start", place.server_folder(), programs)


def stop(home: Path, bin_dir: Path | None) -> bool:
    """Stop the server of a home; false when there was none."""
    place = Place(home)
    folder = place.server_folder()
    if not (folder / "data").exists():
        return False
    with _system_folder():
        programs = _programs(bin_dir)
    try:
        return _perform("stop", folder, programs)
    except _OutOfReachError:
        if not _is_of_older_version(place):
            raise
        return embedded_move.halt(folder)


def remove(home: Path, bin_dir: Path | None) -> bool:
    """Stop the server and delete its database, and the copied programs unless another home's server needs them.

    False when there was no database.
    """
    place = Place(home)
    folder = place.server_folder()
    is_there = folder.exists()
    stop(home, bin_dir)
    with _system_folder():
        with embedded_move.alone_with(folder):
            if folder == place.link:
                shutil.rmtree(folder)
            place.remove()
        remove_unused()
    return is_there


def _prepare(place: Place, bin_dir: Path | None) -> Path:
    """Everything that root does before the server's user begins; returns the folder of the programs."""
    with _system_folder():
        place.home.mkdir(parents=True, exist_ok=True)
        place.make()
        if place.server_folder() == place.server:
            user = _service_user()
            place.make_server_folder(user.pw_uid, user.pw_gid)
            place.make_link()
        programs = _programs(bin_dir)
        copy = name_of_copy(programs)
        if copy is not None:
            place.record_programs(copy)
        return programs


def _programs(bin_dir: Path | None) -> Path:
    return binaries_in(bin_dir or copied_programs()).folder


def _move_out(place: Place) -> None:
    with _system_folder():
        if not place.link.is_symlink():
            embedded_move.move(place)
            place.make_link()


def _is_of_older_version(place: Place) -> bool:
    """Whether the system user's folder is in the home, where older versions kept it."""
    try:
        return place.server_folder() == place.link and place.link.lstat().st_uid == pwd.getpwnam(SERVICE_USER).pw_uid
    except KeyError:
        return False


@contextmanager
def _system_folder() -> Iterator[None]:
    try:
        with locked():
            yield
    except OSError as problem:
        raise DatabaseError(
            f"The embedded PostgreSQL of root cannot be kept in {SYSTEM} ({problem.strerror or problem}, "
            f"{problem.filename}): make room or give the right to write there, run as an ordinary user, "
            "or set IOC_ETL_DATABASE_URL to a PostgreSQL server"
        ) from None


def _perform(action: str, folder: Path, bin_dir: Path) -> bool:
    """`embedded_cluster.perform`, in a process of the folder's owner.

    Raises: DatabaseError with that process's own message, or naming the path its user cannot reach.
    """
    owner = folder.stat()
    ids = [str(owner.st_uid), str(owner.st_gid)]
    answer = subprocess.run(
        [sys.executable, "-P", "-m", embedded_child.__name__, *ids, action, str(folder), str(bin_dir)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if answer.returncode == embedded_child.OUT_OF_REACH:
        raise _OutOfReachError(
            f"The user that runs the embedded PostgreSQL (id {owner.st_uid}) cannot reach {answer.stdout}: "
            "let it pass the folders above, or set IOC_ETL_HOME to another folder"
        )
    if answer.returncode not in (0, embedded_child.NOTHING_TO_STOP):
        raise DatabaseError(answer.stdout or f"The embedded PostgreSQL cannot be run: {answer.stderr[-300:].strip()}")
    return answer.returncode == 0


def _service_user() -> pwd.struct_passwd:
    for _ in range(20):
        try:
            return pwd.getpwnam(SERVICE_USER)
        except KeyError:
            _add_service_user()
    raise DatabaseError(
        f"PostgreSQL does not run as root and the user {SERVICE_USER} cannot be made: run as an ordinary user, "
        f"make one with `useradd --system {SERVICE_USER}`, or set IOC_ETL_DATABASE_URL to a PostgreSQL server"
    )


def _add_service_user() -> None:
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    program = shutil.which("useradd", path=places)
    if program is None:
        return
    nobody_logs_in = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    added = subprocess.run(
        [program, "--system", "--user-group", *nobody_logs_in, SERVICE_USER],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if added.returncode != 0:
        # Another process may hold the lock of the user database, or have just added the same user.
        time.sleep(0.25)
