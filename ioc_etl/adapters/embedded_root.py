"""Running the embedded server when we are root: PostgreSQL refuses to, so another user does.

That user is the owner of the server's folder; a new folder is given to the system user `ioc-etl`, which is made when
it is not there. Everything that touches the folder's contents happens in a child process of that user.
"""

import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from ioc_etl.adapters import embedded_as_user, embedded_cluster
from ioc_etl.adapters.embedded_as_user import UNREACHABLE
from ioc_etl.errors import DatabaseError

SERVICE_USER = "ioc-etl"
_NOTHING_TO_STOP = 3


def hand_over(folder: Path) -> None:
    """Give a new, still root's folder to the service user."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(opened).st_uid == 0:
            user = _service_user()
            os.fchown(opened, user.pw_uid, user.pw_gid)
            os.fchmod(opened, 0o700)
    finally:
        os.close(opened)


def perform_as_owner(action: str, folder: Path, bin_dir: Path) -> bool:
    """`embedded_cluster.perform`, in a process of the folder's owner.

    Raises: DatabaseError with that process's own message, or naming the path its user cannot reach.
    """
    owner = folder.stat()
    needed = [folder, bin_dir, bin_dir / "postgres", bin_dir / "initdb", *_what_python_needs()]
    answer = subprocess.run(
        [
            *[sys.executable, "-I", embedded_as_user.__file__, str(owner.st_uid), str(owner.st_gid)],
            *[str(path) for path in needed],
            *["--", sys.executable, "-P", "-m", embedded_cluster.__name__, action, str(folder), str(bin_dir)],
        ],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if answer.returncode == UNREACHABLE:
        raise DatabaseError(
            f"The user that runs the embedded PostgreSQL (id {owner.st_uid}) cannot reach {answer.stderr}: "
            "set IOC_ETL_HOME to a folder such as /var/lib/ioc-etl, or run as an ordinary user"
        )
    if answer.returncode not in (0, _NOTHING_TO_STOP):
        raise DatabaseError(answer.stdout or f"The embedded PostgreSQL cannot be run: {answer.stderr[-300:].strip()}")
    return answer.returncode == 0


def _what_python_needs() -> list[Path]:
    """A virtual environment and the interpreter it links to may stand below /root."""
    return [
        Path(sys.executable),
        Path(os.__file__).parent,
        Path(embedded_cluster.__file__).parent,
        Path(psycopg.__file__).parent,
    ]


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
