"""Starting and stopping the embedded server: the part that runs as the server's own user.

Two locks, both on the server's folder. `start.lock` is held while one process creates, starts or stops the server.
`server.lock` is inherited by the server and all its children, so that it is free exactly when none of them is alive:
that, and never a process id, tells that what a killed server left behind may be removed.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from filelock import FileLock, Timeout
from psycopg import pq, sql

from ioc_etl.adapters.embedded_binaries import Binaries, binaries_in
from ioc_etl.adapters.embedded_config import write_configuration
from ioc_etl.adapters.embedded_link import DATABASE, ROLE, ServerFolder
from ioc_etl.errors import DatabaseError

STARTER_SECONDS = 180
RECOVERY_SECONDS = 300
LEFT_OVER_SECONDS = 10
_LAST_WITHOUT_BUILTIN_LOCALE = 16
_LARGEST_LOG = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cluster:
    """One server folder and the binaries that serve it."""

    folder: ServerFolder
    binaries: Binaries

    def start(self) -> None:
        """Make the server answer, creating the database when there is none. Safe from several processes at once.

        Raises: DatabaseError saying what stands in the way and how to mend it.
        """
        with self._alone():
            if self.folder.is_ready():
                return
            self._create_if_absent()
            self._refuse_other_version()
            self._bring_up()
            self._create_database_if_absent()

    def stop(self) -> bool:
        """Stop the server; false when there was none."""
        with self._alone():
            if self.folder.ping() is pq.Ping.NO_RESPONSE and living_postmaster(self.folder.data) is None:
                return False
            stopped = self._run("pg_ctl", "stop", "-D", "data", "-m", "fast", "-w", "-t", "120", "-s")
            if stopped.returncode != 0:
                raise DatabaseError(f"The embedded PostgreSQL did not stop within two minutes: see {self.folder.log}")
            self.folder.remove_socket()
            return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.folder.path / "start.lock", timeout=STARTER_SECONDS, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise DatabaseError(
                f"Another process has been starting or stopping the embedded PostgreSQL in {self.folder.path} "
                f"for {STARTER_SECONDS} seconds: see {self.folder.log}"
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _create_if_absent(self) -> None:
        """Into a folder beside, then renamed: an interrupted initdb never looks like a database."""
        if self.folder.data.exists():
            return
        for interrupted in self.folder.path.glob("initdb-*"):
            shutil.rmtree(interrupted, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.folder.path))
        locale = ["--locale=C"]
        if self.binaries.major > _LAST_WITHOUT_BUILTIN_LOCALE:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        safe = ["--data-checksums", "--auth=peer", "--no-instructions"]
        made = self._run("initdb", "-D", unfinished.name, "-U", ROLE, "--encoding=UTF8", *locale, *safe)
        if made.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise DatabaseError(f"No database could be made in {self.folder.path}: {_last_complaint(made.stderr)}")
        unfinished.rename(self.folder.data)

    def _refuse_other_version(self) -> None:
        try:
            made_by = (self.folder.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise DatabaseError(
                f"{self.folder.data} holds no database: restore it from a backup, or move it away to begin anew"
            ) from None
        if made_by != str(self.binaries.major):
            raise DatabaseError(
                f"The database in {self.folder.path} was made by PostgreSQL {made_by}, these are the programs of "
                f"{self.binaries.major}: install the version that made it, or move its contents with pg_dump"
            )

    def _bring_up(self) -> None:
        deadline = time.monotonic() + RECOVERY_SECONDS
        while (state := self.folder.ping()) is not pq.Ping.OK:
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"The embedded PostgreSQL is still recovering after {RECOVERY_SECONDS} seconds: "
                    f"wait and try again; see {self.folder.log}"
                )
            if state is pq.Ping.REJECT:
                time.sleep(0.05)
            else:
                self._launch()

    def _launch(self) -> None:
        server_lock = os.open(self.folder.path / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._wait_for_left_overs(server_lock)
            self._remove_stale_pid_file()
            write_configuration(self.folder.data, self.folder.make_socket())
            log_begins_at = self._begin_log()
            # pg_ctl makes a session of its own for the server: it outlives this process and its terminal.
            started = self._run("pg_ctl", "start", "-D", "data", "-l", "server.log", "-w", "-s", keep_open=server_lock)
        finally:
            os.close(server_lock)
        if started.returncode != 0 and self.folder.ping() is pq.Ping.NO_RESPONSE:
            complaint = _last_complaint(self._log_since(log_begins_at) or started.stderr)
            raise DatabaseError(f"The embedded PostgreSQL did not start: {complaint} (see {self.folder.log})")

    def _wait_for_left_overs(self, server_lock: int) -> None:
        deadline = time.monotonic() + LEFT_OVER_SECONDS
        while True:
            try:
                fcntl.flock(server_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise self._unreachable() from None
                time.sleep(0.05)
            else:
                return

    def _remove_stale_pid_file(self) -> None:
        """PostgreSQL would refuse to start when another process has got the number of the killed server."""
        if living_postmaster(self.folder.data) is not None:
            raise self._unreachable()
        (self.folder.data / "postmaster.pid").unlink(missing_ok=True)

    def _unreachable(self) -> DatabaseError:
        return DatabaseError(
            f"An embedded PostgreSQL runs on {self.folder.data} but does not answer at its socket: "
            "stop it with `ioc-etl db stop` and try again"
        )

    def _create_database_if_absent(self) -> None:
        conninfo = self.folder.conninfo("postgres")
        if conninfo is None:
            raise self._unreachable()
        with psycopg.connect(conninfo, autocommit=True) as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _begin_log(self) -> int:
        log = self.folder.log
        size = log.stat().st_size if log.exists() else 0
        if size < _LARGEST_LOG:
            return size
        log.replace(log.with_suffix(".log.1"))
        return 0

    def _log_since(self, position: int) -> str:
        try:
            with self.folder.log.open("rb") as log:
                log.seek(position)
                return log.read(1_000_000).decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def _run(self, program: str, *arguments: str, keep_open: int | None = None) -> subprocess.CompletedProcess[str]:
        # Paths are given relative to the working folder: pg_ctl and initdb hand them to a shell, unquoted enough for
        # a home with a quote or a dollar sign in it to break them. Nor may the environment's PG* or locale speak.
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return subprocess.run(
            [self.binaries.program(program), *arguments],
            cwd=self.folder.path,
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            pass_fds=() if keep_open is None else (keep_open,),
            start_new_session=True,
            check=False,
        )


def living_postmaster(data: Path) -> int | None:
    """The process id in postmaster.pid if that process really serves this data folder."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    pid = lines[0].strip() if lines else ""
    return int(pid) if pid.isdigit() and _works_in(int(pid), data) else None


def _works_in(pid: int, folder: Path) -> bool:
    """Whether a living process has the folder as its working folder, as every process of a server has."""
    here = Path("/proc") / str(pid) / "cwd"
    if Path("/proc/self/cwd").exists():
        try:
            return here.samefile(folder)
        except OSError:
            return False
    told = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return "postgres" in told.stdout


def _last_complaint(text: str) -> str:
    """The line that says why, without the time and the process id before it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for mark in ("PANIC: ", "FATAL: ", "error: "):
        for line in reversed(lines):
            if mark in line:
                return line.split(mark, 1)[1].strip()
    return lines[-1] if lines else "it gave no reason"


def cluster_at(folder: Path, bin_dir: Path) -> Cluster:
    """The cluster of a server folder, served by the programs of `bin_dir`."""
    return Cluster(ServerFolder(folder), binaries_in(bin_dir))


def perform(action: str, folder: Path, bin_dir: Path) -> bool:
    """`start` or `stop`; what the file system refuses becomes one line that says what and how to mend it."""
    try:
        cluster = cluster_at(folder, bin_dir)
        if action == "stop":
            return cluster.stop()
        cluster.start()
    except OSError as problem:
        raise DatabaseError(cannot_write(folder, problem)) from None
    except psycopg.Error as problem:
        raise DatabaseError(
            f"The embedded PostgreSQL in {folder} does not answer: {_last_complaint(str(problem))}"
        ) from None
    return True


def cannot_write(folder: Path, problem: OSError) -> str:
    """One line for a folder that is read-only, full or someone else's."""
    return (
        f"The embedded database cannot be kept in {folder} ({problem.strerror or problem}): "
        "make room or give the right to write there, set IOC_ETL_HOME to another folder, "
        "or IOC_ETL_DATABASE_URL to a PostgreSQL server"
    )
