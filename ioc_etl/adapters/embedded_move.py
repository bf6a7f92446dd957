"""A database of root's from an older version, which kept it in the home where the server's user cannot reach it.

It is moved to root's system folder while no process serves it: renamed, or copied and then taken away where the home is
on another file system. The link in the home is made last, so that after a crash at any point one of the two places
holds the whole database and the other is not used.
"""

import errno
import fcntl
import os
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ioc_etl.adapters.embedded_cluster import LEFT_OVER_SECONDS, living_postmaster
from ioc_etl.adapters.embedded_place import Place
from ioc_etl.errors import DatabaseError

STOP_SECONDS = 120
_UNFINISHED = "moving-"
_TAKEN_AWAY = "postgres-moved"
_SHORT_LIVED = ("socket-", "initdb-")


def halt(folder: Path) -> bool:
    """Stop the server of a folder that its user cannot reach any more; false when there was none."""
    pid = living_postmaster(folder / "data")
    if pid is None or Path("/proc", str(pid)).stat().st_uid != folder.stat().st_uid:
        return False
    os.kill(pid, signal.SIGINT)
    with alone_with(folder, STOP_SECONDS):
        return True


@contextmanager
def alone_with(folder: Path, seconds: float = LEFT_OVER_SECONDS) -> Iterator[None]:
    """Hold the locks that starters (`start.lock`) and a server's processes (`server.lock`) hold while they live.

    Raises: DatabaseError when they are not free after `seconds`.
    """
    held: list[int] = []
    deadline = time.monotonic() + seconds
    try:
        for name in ("start.lock", "server.lock"):
            held += _hold(folder / name, deadline)
        yield
    finally:
        for lock in held:
            os.close(lock)


def move(place: Place) -> None:
    """Move the server's folder from the home to root's folder; the system folder is locked.

    Raises: DatabaseError when a process serves it, or there is another database at its new place.
    """
    if (place.server / "data").exists():
        raise DatabaseError(
            f"{place.link} and {place.server} both hold a database of this home, and the first cannot be reached by "
            "the user that runs PostgreSQL: move away the one that is not wanted and try again"
        )
    with alone_with(place.link):
        if place.server.exists():
            place.server.rmdir()
        try:
            place.link.rename(place.server)
        except OSError as problem:
            if problem.errno != errno.EXDEV:
                raise
            _move_to_other_file_system(place)


def _move_to_other_file_system(place: Place) -> None:
    for left_behind in place.folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left_behind)
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=place.folder))
    try:
        _copy(place.link, unfinished)
        os.sync()
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    unfinished.rename(place.server)
    taken_away = place.link.with_name(_TAKEN_AWAY)
    place.link.rename(taken_away)
    shutil.rmtree(taken_away)


def _copy(source: Path, target: Path) -> None:
    """Every file with its owner, mode and time. The folder is another user's: no link in it is followed."""
    for relative, folders, names, opened in os.fwalk(source, follow_symlinks=False):
        folders[:] = [name for name in folders if not name.startswith(_SHORT_LIVED)]
        here = target / Path(relative).relative_to(source)
        for name in names:
            _copy_file(name, opened, here / name)
        for name in folders:
            (here / name).mkdir()
        _keep(os.fstat(opened), here)


def _copy_file(name: str, folder: int, target: Path) -> None:
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        target.symlink_to(os.readlink(name, dir_fd=folder))
        os.chown(target, found.st_uid, found.st_gid, follow_symlinks=False)
        return
    opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with os.fdopen(opened, "rb") as reading, target.open("xb") as writing:
        shutil.copyfileobj(reading, writing, 1 << 20)
    _keep(found, target)


def _keep(found: os.stat_result, target: Path) -> None:
    os.chown(target, found.st_uid, found.st_gid)
    target.chmod(stat.S_IMODE(found.st_mode))
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def _hold(path: Path, deadline: float) -> list[int]:
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return []
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(opened)
                raise DatabaseError(
                    f"An embedded PostgreSQL still uses {path.parent}: stop it with `ioc-etl db stop` and try again"
                ) from None
            time.sleep(0.05)
        else:
            return [opened]
