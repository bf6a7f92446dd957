"""How a client finds the embedded server: its socket folder, and whether it answers there."""

import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

ROLE = "ioc_etl"
DATABASE = "ioc_etl"
PORT = "5432"

# The address of a Unix socket is limited to 104 bytes (macOS) or 108 (Linux), its own name taken from them.
_LONGEST_SOCKET_FOLDER = 104 - len("/.s.PGSQL.5432.lock") - 1
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
_RECORD = "socket_folder"
_SOCKET_PREFIX = "socket-"
_RANDOM_LETTERS = 8


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """The folder of one embedded server (`<home>/postgres`): data, socket, locks and log. Only its owner may enter."""

    path: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the server has to say; no statement's values are ever logged."""
        return self.path / "server.log"

    def owner(self) -> int | None:
        """The user id it belongs to, null while there is no such folder."""
        try:
            return self.path.stat().st_uid
        except FileNotFoundError:
            return None

    def socket(self) -> Path | None:
        """The socket folder of the last start, if it is still there and private to the owner."""
        try:
            recorded = Path((self.path / _RECORD).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return recorded if self._is_private(recorded) else None

    def make_socket(self) -> Path:
        """A new, short folder that only this user can enter, recorded for the clients; no server of ours is alive."""
        self.remove_socket()
        for left_behind in self.path.glob(f"{_SOCKET_PREFIX}*"):
            # By a killed server: its lock file could name a process that is not PostgreSQL's any more.
            shutil.rmtree(left_behind, ignore_errors=True)
        # Never the same name twice: a server whose data was deleted under it takes its own socket away when it ends.
        longest = str(self.path / f"{_SOCKET_PREFIX}{'x' * _RANDOM_LETTERS}")
        if _PLAIN_PATH.fullmatch(longest) and len(longest) <= _LONGEST_SOCKET_FOLDER:
            chosen = Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=self.path))
        else:
            chosen = Path(tempfile.mkdtemp(prefix="ioc-etl-", dir=_short_temporary_folder()))
        unfinished = self.path / f"{_RECORD}.new"
        unfinished.write_text(str(chosen), encoding="utf-8")
        unfinished.replace(self.path / _RECORD)
        return chosen

    def remove_socket(self) -> None:
        """Forget the last socket folder. A server that still answers there is another's (we are a copy)."""
        socket = self.socket()
        if socket is not None and self.ping() is pq.Ping.NO_RESPONSE:
            shutil.rmtree(socket, ignore_errors=True)
        (self.path / _RECORD).unlink(missing_ok=True)

    def _is_private(self, socket: Path) -> bool:
        try:
            found = socket.lstat()
        except OSError:
            return False
        return stat.S_ISDIR(found.st_mode) and found.st_uid == self.owner() and stat.S_IMODE(found.st_mode) == 0o700

    def connection_parameters(self, database: str) -> dict[str, str] | None:
        """What to connect with; null while the server has no socket."""
        socket = self.socket()
        if socket is None:
            return None
        return {"host": str(socket), "port": PORT, "user": ROLE, "dbname": database}

    def conninfo(self, database: str) -> str | None:
        """The same as one text, for a short look: nothing of the environment changes it."""
        parameters = self.connection_parameters(database)
        return None if parameters is None else make_conninfo(**parameters, connect_timeout="5", options="-c jit=off")

    def ping(self) -> pq.Ping:
        """Whether a server answers at the socket, without logging in."""
        conninfo = self.conninfo("postgres")
        return pq.Ping.NO_RESPONSE if conninfo is None else pq.Ping(pq.PGconn.ping(conninfo.encode()))

    def is_ready(self) -> bool:
        """Whether this folder's own server answers and has our database."""
        conninfo = self.conninfo(DATABASE)
        if conninfo is None:
            return False
        try:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                served = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return served is not None and self._is_ours(Path(str(served[0])))

    def _is_ours(self, data: Path) -> bool:
        """A copied folder brings the record of the original's socket along: only our own server counts."""
        try:
            return data.samefile(self.data)
        except OSError:
            return False


def _short_temporary_folder() -> Path:
    usual = Path(tempfile.gettempdir())
    is_short = len(str(usual)) + len("/ioc-etl-12345678") <= _LONGEST_SOCKET_FOLDER
    return usual if is_short and _PLAIN_PATH.fullmatch(str(usual)) else Path("/tmp")  # noqa: S108 - mkdtemp is private
