"""The embedded PostgreSQL: a server of our own under IOC_ETL_HOME, for those who have none.

It is started by whoever needs it first, serves any number of processes, outlives them, and is stopped by `stop`.
As root its data and programs are in a system folder, where the user that runs it can reach them (`embedded_root`).
No TCP; a socket in a folder that only its owner can enter; the operating system tells who connects.
"""

import os
import shutil
from pathlib import Path

from ioc_etl.adapters import embedded_cluster, embedded_root
from ioc_etl.adapters.embedded_binaries import binaries_in, packaged_folder
from ioc_etl.adapters.embedded_link import DATABASE, ServerFolder
from ioc_etl.adapters.embedded_place import Place
from ioc_etl.errors import DatabaseError


class EmbeddedServer:
    """The server of one home. `bin_dir` null: the packaged PostgreSQL."""

    def __init__(self, home: Path, bin_dir: Path | None = None) -> None:
        self._home = home.absolute()
        self._bin_dir = bin_dir

    @property
    def folder(self) -> ServerFolder:
        """Where its data, socket and log are: in the home, or in root's system folder.

        Raises: DatabaseError when something else is there.
        """
        inside = self._home / "postgres"
        try:
            return ServerFolder(Place(self._home).server_folder() if os.geteuid() == 0 else inside)
        except OSError as problem:
            raise DatabaseError(embedded_cluster.cannot_write(inside, problem)) from None

    def ensure_running(self) -> None:
        """Start the server unless it answers already; safe from several processes at once.

        Raises: DatabaseError in one line that says what stands in the way and how to mend it.
        """
        self._refuse_strangers()
        if self._is_ready() and self._is_shown():
            return
        if os.geteuid() == 0:
            embedded_root.start(self._home, self._bin_dir)
        else:
            self._make_folder()
            self._perform("start")
        if not self._is_ready():
            raise DatabaseError(f"The embedded PostgreSQL in {self.folder.path} does not answer: see {self.folder.log}")

    def is_running(self) -> bool:
        """Whether the server answers now."""
        self._refuse_strangers()
        return self._is_ready()

    def stop(self) -> bool:
        """Stop the server, whoever uses it; false when there was none to stop."""
        self._refuse_strangers()
        if os.geteuid() == 0:
            return embedded_root.stop(self._home, self._bin_dir)
        return self.folder.data.exists() and self._perform("stop")

    def remove(self) -> bool:
        """Stop the server and delete its database with everything in it; false when there was none.

        Root's system folder is left without a trace of this home, and without programs that no other home needs.
        """
        self._refuse_strangers()
        if os.geteuid() == 0:
            return embedded_root.remove(self._home, self._bin_dir)
        self.stop()
        folder = self.folder.path
        try:
            if not folder.exists():
                return False
            shutil.rmtree(folder.resolve())
            if folder.is_symlink():
                folder.unlink()
        except OSError as problem:
            raise DatabaseError(f"{folder} cannot be deleted ({problem.strerror or problem})") from None
        return True

    def connection_parameters(self, database: str = DATABASE) -> dict[str, str]:
        """What psycopg connects with (host, port, user, dbname); the server must have been started.

        Raises: DatabaseError when it has not.
        """
        parameters = self.folder.connection_parameters(database)
        if parameters is None:
            raise DatabaseError(f"The embedded PostgreSQL in {self.folder.path} is not running")
        return parameters

    def _is_ready(self) -> bool:
        try:
            return self.folder.is_ready()
        except OSError:
            return False

    def _is_shown(self) -> bool:
        """Whether the home has its folder, or root's link to it: it may have been deleted under its server."""
        return os.path.lexists(self._home / "postgres")

    def _refuse_strangers(self) -> None:
        """Another user's server is not ours to use or to start; root may use everybody's."""
        try:
            owner = self.folder.owner()
        except OSError as problem:
            raise DatabaseError(embedded_cluster.cannot_write(self.folder.path, problem)) from None
        if owner is not None and os.geteuid() not in (0, owner):
            raise DatabaseError(
                f"The embedded database in {self.folder.path} belongs to user id {owner}: run as that user, "
                "set IOC_ETL_HOME to a folder of your own, or IOC_ETL_DATABASE_URL to a PostgreSQL server"
            )

    def _make_folder(self) -> None:
        try:
            self.folder.path.parent.mkdir(parents=True, exist_ok=True)
            self.folder.path.mkdir(mode=0o700, exist_ok=True)
        except OSError as problem:
            raise DatabaseError(embedded_cluster.cannot_write(self.folder.path, problem)) from None

    def _perform(self, action: str) -> bool:
        bin_dir = binaries_in(self._bin_dir or packaged_folder()).folder
        return embedded_cluster.perform(action, self.folder.path, bin_dir)
