"""The embedded PostgreSQL: a server of our own under IOC_ETL_HOME, for those who have none.

It is started by whoever needs it first, serves any number of processes, outlives them, and is stopped by `stop`.
No TCP; a socket in a folder that only its owner can enter; the operating system tells who connects.
"""

import os
from pathlib import Path

from ioc_etl.adapters import embedded_cluster, embedded_root
from ioc_etl.adapters.embedded_binaries import binaries_in, packaged_folder
from ioc_etl.adapters.embedded_link import DATABASE, ServerFolder
from ioc_etl.errors import DatabaseError


class EmbeddedServer:
    """The server of one home. `bin_dir` null: the packaged PostgreSQL."""

    def __init__(self, home: Path, bin_dir: Path | None = None) -> None:
        self.folder = ServerFolder(home.absolute() / "postgres")
        self._bin_dir = bin_dir

    def ensure_running(self) -> None:
        """Start the server unless it answers already; safe from several processes at once.

        Raises: DatabaseError in one line that says what stands in the way and how to mend it.
        """
        self._refuse_strangers()
        if self._is_ready():
            return
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
        return self.folder.data.exists() and self._perform("stop")

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
            if os.geteuid() == 0:
                embedded_root.hand_over(self.folder.path)
        except OSError as problem:
            raise DatabaseError(embedded_cluster.cannot_write(self.folder.path, problem)) from None

    def _perform(self, action: str) -> bool:
        bin_dir = binaries_in(self._bin_dir or packaged_folder()).folder
        perform = embedded_root.perform_as_owner if os.geteuid() == 0 else embedded_cluster.perform
        return perform(action, self.folder.path, bin_dir)
