"""What root keeps for its embedded databases: one system folder, by home, that nobody else may write to.

    /var/lib/ioc-etl/              root 0755; locked while something below it is made or removed
    ├── programs/<name>/           root 0755: PostgreSQL's programs (`embedded_programs`)
    └── <hash of the home>/        root 0755
        ├── home, programs         root 0600: the home it belongs to, the programs that it was last started with
        └── postgres/              ioc-etl 0700: the server's folder; the home holds a link to it

The user that runs the server need not reach the home, which may be below /root. Modes are set, never left to the umask.
A link or another owner at one of these places is refused: whoever put it there could read or change the database.
"""

import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ioc_etl.errors import DatabaseError

SYSTEM = Path("/var/lib/ioc-etl")
LOCK_SECONDS = 600
_HASH_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Root's folder for one home."""

    home: Path

    @property
    def folder(self) -> Path:
        """Named by the home's own path, whatever links lead to it."""
        name = hashlib.sha256(os.fsencode(self.home.resolve())).hexdigest()[:_HASH_LETTERS]
        return SYSTEM / name

    @property
    def server(self) -> Path:
        """The server's folder."""
        return self.folder / "postgres"

    @property
    def link(self) -> Path:
        """Where the home shows it; older versions kept the folder itself there."""
        return self.home / "postgres"

    def server_folder(self) -> Path:
        """Where this home's server is, or will be: in the home itself if a user's folder is there.

        Raises: DatabaseError for a link to somewhere else, or something that is no folder.
        """
        try:
            found = self.link.lstat()
        except FileNotFoundError:
            return self._safe_server()
        if stat.S_ISLNK(found.st_mode):
            self._refuse_other_link()
        elif not stat.S_ISDIR(found.st_mode):
            raise DatabaseError(f"{self.link} is no folder: move it away and try again")
        elif found.st_uid != 0:
            return self.link
        return self._safe_server()

    def make(self) -> None:
        """Make what is missing; the system folder is locked."""
        make_folder(self.folder)
        self._record("home", os.fsencode(self.home.resolve()))

    def make_server_folder(self, uid: int, gid: int) -> None:
        """The folder of a new server, owned by the user that will run it.

        Raises: DatabaseError when another user's folder or a link is there.
        """
        with suppress(FileExistsError):
            self.server.mkdir(mode=0o700)
        try:
            opened = os.open(self.server, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except NotADirectoryError:
            raise _refused(self.server, "is a link or no folder") from None
        try:
            owner = os.fstat(opened).st_uid
            if owner not in (0, uid):
                raise DatabaseError(
                    f"{self.server} belongs to user id {owner}, not to the user that runs PostgreSQL (id {uid}): "
                    f"if the database is yours, `chown -R {uid}:{gid} {self.server}`, else move it away; then try again"
                )
            os.fchown(opened, uid, gid)
            os.fchmod(opened, 0o700)
        finally:
            os.close(opened)

    def make_link(self) -> None:
        """Show the server's folder in the home."""
        if self.link.is_symlink():
            return
        try:
            with suppress(FileNotFoundError):
                self.link.rmdir()
        except OSError:
            raise DatabaseError(
                f"{self.link} is root's and holds files, and PostgreSQL does not run as root: "
                "move it away, or give it to the user that is to run the server, and try again"
            ) from None
        self.link.symlink_to(self.server)

    def remove(self) -> None:
        """Take root's folder and the home's link away."""
        if self.link.is_symlink():
            self.link.unlink()
        if self.folder.exists():
            refuse_if_unsafe(self.folder)
            shutil.rmtree(self.folder)

    def record_programs(self, name: str) -> None:
        """Remember which copied programs the server is started with."""
        self._record("programs", os.fsencode(name))

    def _record(self, name: str, content: bytes) -> None:
        unfinished = self.folder / f"{name}.new"
        unfinished.unlink(missing_ok=True)
        with open(unfinished, "xb", opener=_private) as file:
            file.write(content)
        unfinished.replace(self.folder / name)

    def _safe_server(self) -> Path:
        for folder in (SYSTEM, self.folder):
            with suppress(FileNotFoundError):
                refuse_if_unsafe(folder)
        if self.server.is_symlink():
            raise _refused(self.server, "is a link")
        return self.server

    def _refuse_other_link(self) -> None:
        target = self.link.readlink()
        if target != self.server:
            raise DatabaseError(
                f"{self.link} is a link to {target}, not to this home's own database in {self.server}: a moved home "
                f"takes its database along with `mv {target.parent} {self.folder}` and then `rm {self.link}`; "
                f"a copied home begins anew after `rm {self.link}`"
            )


def programs_in_use(system: Path = SYSTEM) -> set[str]:
    """Names of the copied programs that some home was last started with; the system folder is locked."""
    records = system.glob(f"{'[0-9a-f]' * _HASH_LETTERS}/programs")
    return {os.fsdecode(record.read_bytes()) for record in records}


@contextmanager
def locked() -> Iterator[None]:
    """Hold the system folder, made when it is missing; an empty one is gone afterwards.

    Raises: DatabaseError when another process holds it for minutes, or it is not root's alone.
    """
    opened = _lock()
    try:
        yield
        with suppress(OSError):
            SYSTEM.rmdir()
    finally:
        os.close(opened)


def _lock() -> int:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        make_folder(SYSTEM)
        opened = os.open(SYSTEM, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        if _flock(opened) and _is_still(opened, SYSTEM):
            return opened
        os.close(opened)
        if time.monotonic() > deadline:
            raise DatabaseError(
                f"Another process has been making or removing a database below {SYSTEM} for {LOCK_SECONDS} seconds: "
                "wait until it ends and try again"
            )
        time.sleep(0.02)


def _flock(opened: int) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(opened: int, path: Path) -> bool:
    """Whoever held it before may have taken it away."""
    try:
        return os.path.samestat(os.fstat(opened), path.lstat())
    except FileNotFoundError:
        return False


def make_folder(path: Path) -> None:
    """A folder of root's that others may pass and not write to.

    Raises: DatabaseError when a link, another's folder or one that others may write to is there.
    """
    try:
        path.mkdir()
    except FileExistsError:
        refuse_if_unsafe(path)
    else:
        os.chown(path, 0, 0)
        path.chmod(0o755)


def refuse_if_unsafe(path: Path, found: os.stat_result | None = None) -> None:
    """A folder or file that is a link, or somebody else's, or that others may write to.

    Raises: DatabaseError that says what is wrong and how to mend it.
    """
    found = found or path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise _refused(path, "is a link")
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        raise _refused(path, "is neither a folder nor a file")
    if found.st_uid != 0:
        raise _refused(path, f"belongs to user id {found.st_uid}, not to root")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _refused(path, "may be written to by others than root")
    if stat.S_ISDIR(found.st_mode) and not found.st_mode & stat.S_IXOTH:
        raise DatabaseError(
            f"{path} is closed to the user that runs the embedded PostgreSQL: `chmod o+x {path}` and try again"
        )


def _refused(path: Path, problem: str) -> DatabaseError:
    return DatabaseError(
        f"{path} {problem}, and root keeps the embedded PostgreSQL there: find out who made it, move it away and try "
        "again, run as an ordinary user, or set IOC_ETL_DATABASE_URL to a PostgreSQL server"
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
