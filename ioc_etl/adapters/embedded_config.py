"""How the embedded server is set: no network, nobody but its owner, durable, silent about values."""

import os
import pwd
from pathlib import Path

from ioc_etl.adapters.embedded_link import PORT, ROLE
from ioc_etl.errors import DatabaseError

_SETTINGS = """\
# Written by ioc-etl at every start; changes are lost. Read after postgresql.conf.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 100
# Money: every commit is on the disk before it is answered.
fsync = on
synchronous_commit = on
full_page_writes = on
max_wal_size = '2GB'
max_parallel_workers_per_gather = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# A failing row's values and a failing statement's are personal data: never in the log.
logging_collector = off
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
"""

_INCLUDE = "include 'ioc_etl.conf'"

_WHO_MAY_CONNECT = """\
# Written by ioc-etl: the operating system says who connects, nobody is trusted.
local all         all peer map=ioc_etl
local replication all peer map=ioc_etl
"""


def write_configuration(data: Path, socket: Path) -> None:
    """Write the settings, who may connect and under which name, before each start."""
    _write(data / "ioc_etl.conf", _SETTINGS.format(port=PORT, socket=socket))
    main = data / "postgresql.conf"
    text = main.read_text(encoding="utf-8")
    if _INCLUDE not in text.splitlines():
        _write(main, f"{text}\n{_INCLUDE}\n")
    _write(data / "pg_hba.conf", _WHO_MAY_CONNECT)
    # Root reads every file anyway, so it may connect as well.
    names = sorted({user_name(), "root"})
    _write(data / "pg_ident.conf", "".join(f"ioc_etl {_quoted(name)} {ROLE}\n" for name in names))


def user_name() -> str:
    """The name of the user we run as, which PostgreSQL insists on.

    Raises: DatabaseError for a user id without a name, as some containers have.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise DatabaseError(
            f"User id {os.geteuid()} has no name on this machine, so no embedded PostgreSQL can run: "
            "give it one, or set IOC_ETL_DATABASE_URL to a PostgreSQL server"
        ) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(path)
