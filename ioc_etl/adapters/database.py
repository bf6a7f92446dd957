"""The database as an engine: the server of IOC_ETL_DATABASE_URL, or the embedded one."""

from collections.abc import Callable, Mapping

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.pool import NullPool

from ioc_etl.adapters.database_errors import tell_every_error
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.embedded_link import DATABASE
from ioc_etl.adapters.settings import DATABASE_URL, Settings
from ioc_etl.errors import DatabaseError, UsageError

_ALWAYS = {"application_name": "ioc-etl", "client_encoding": "utf8", "connect_timeout": "10"}
_OPTIONS = "-c timezone=UTC"


def engine_for(settings: Settings) -> sa.Engine:
    """The engine of an installation; starts the embedded server when no URL is given.

    Connections are not pooled, tell times in UTC and run at READ COMMITTED. Every error of the database comes as
    `DatabaseError` or `TransientError`, without the values of the statement.

    Raises: UsageError for a URL that is none, DatabaseError when the embedded server cannot be had.
    """
    if settings.database_url is not None:
        return engine_from_url(settings.database_url)
    return embedded_engine(EmbeddedServer(settings.home))


def engine_from_url(url: str) -> sa.Engine:
    """An engine for a `postgresql://` URL or `key=value` string as libpq understands it; nothing is connected yet."""
    conninfo = make_conninfo(**connection_parameters(url))
    return _engine(lambda: psycopg.connect(conninfo))


def embedded_engine(server: EmbeddedServer, database: str = DATABASE) -> sa.Engine:
    """An engine for a database of an embedded server; the server is started now, and again whenever it is gone."""

    def connect() -> psycopg.Connection:
        try:
            return psycopg.connect(_conninfo(server, database))
        except (psycopg.OperationalError, DatabaseError):
            server.ensure_running()
            return psycopg.connect(_conninfo(server, database))

    server.ensure_running()
    return _engine(connect)


def connection_parameters(url: str) -> dict[str, str]:
    """What psycopg connects with.

    SQLAlchemy's spellings (`postgresql+psycopg://`) are taken as well; hosts may be socket folders (`?host=/run/…`).

    Raises: UsageError when it is no address of a PostgreSQL database; never shows it, since it may hold a password.
    """
    scheme, separator, rest = url.partition("://")
    plain = f"{scheme.partition('+')[0]}{separator}{rest}"
    try:
        found = conninfo_to_dict(plain)
    except psycopg.ProgrammingError:
        raise UsageError(
            f"{DATABASE_URL} is not the address of a PostgreSQL database: write it as "
            "postgresql://user:password@host:5432/database, or leave it out for the embedded one"
        ) from None
    return _with_ours({name: str(value) for name, value in found.items() if value is not None})


def _conninfo(server: EmbeddedServer, database: str) -> str:
    return make_conninfo(**_with_ours(server.connection_parameters(database)))


def _with_ours(parameters: Mapping[str, str]) -> dict[str, str]:
    options = f"{parameters.get('options', '')} {_OPTIONS}".strip()
    return {**_ALWAYS, **parameters, "options": options}


def _engine(connect: Callable[[], psycopg.Connection]) -> sa.Engine:
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=NullPool,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        use_native_hstore=False,
    )
    tell_every_error(engine)
    return engine
