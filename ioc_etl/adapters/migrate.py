"""Bringing a database to this program's tables and views, and telling what is wrong with one."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import ioc_etl
from ioc_etl.adapters.database_errors import told_errors
from ioc_etl.errors import DatabaseError

_VIEW_NAME = re.compile(r"^CREATE OR REPLACE VIEW (\S+)", re.MULTILINE)
_UPGRADE_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtext('ioc-etl'), hashtext('upgrade'))")


@dataclass(frozen=True, slots=True)
class View:
    """One view as its file has it. `mark` stands in the view's comment and tells whether the database has this text."""

    name: str
    text: str

    @property
    def mark(self) -> str:
        """The hash of the file's text."""
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()


def sql_root() -> Path:
    """The folder with migrations, views and checks: the checkout's when we run from one, else the packaged copy.

    An editable install may leave an old packaged copy behind, so the checkout wins.
    """
    package = Path(ioc_etl.__file__).parent
    checkout = package.parent
    if (checkout / "pyproject.toml").exists() and (checkout / "sql" / "migrations").exists():
        return checkout / "sql"
    return package / "_sql"


def upgrade(engine: sa.Engine) -> bool:
    """Bring the database to this program's tables and views; false when it was there already.

    One transaction under a lock: two upgrades at once are one, an interrupted one is none.

    Raises: DatabaseError when the database is newer than this program.
    """
    with engine.connect() as connection:
        if _is_current(connection):
            return False
    with engine.begin() as connection:
        connection.execute(_UPGRADE_LOCK)
        if _is_current(connection):
            return False
        connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS payroll"))
        _drop_views(connection)
        with told_errors():
            command.upgrade(_alembic(connection), "head")
        _create_views(connection)
        _run_file(connection, sql_root() / "lookup.sql")
        _run_file(connection, sql_root() / "roles.sql")
    return True


def check(engine: sa.Engine) -> list[str]:
    """What is wrong with the database, one line each; empty when all is well.

    Revision, views, and every query of sql/checks, which must return no row.
    """
    with engine.connect() as connection:
        revision = _revision(connection)
        if revision != _newest_revision():
            return [_revision_problem(revision)]
        problems = [
            f"view {view.name} is not this program's: run `ioc-etl db upgrade`" for view in _strange(connection)
        ]
        return problems or list(_failed_checks(connection))


def failed_checks(engine: sa.Engine, *numbers: str) -> list[str]:
    """What these checks find, by the numbers that their files begin with."""
    with engine.connect() as connection:
        return list(_failed_checks(connection, numbers))


def _is_current(connection: sa.Connection) -> bool:
    revision = _revision(connection)
    if revision is not None and revision > _newest_revision():
        raise DatabaseError(_revision_problem(revision))
    return revision == _newest_revision() and not _strange(connection)


def _revision_problem(revision: str | None) -> str:
    newest = _newest_revision()
    if revision is None or revision < newest:
        return f"the database is at revision {revision or 'none'}, not {newest}: run `ioc-etl db upgrade`"
    return f"The database is at revision {revision}, newer than this program's {newest}: install the newer ioc-etl"


def _newest_revision() -> str:
    """Revisions are numbered as their files are."""
    return max(file.name[:4] for file in (sql_root() / "migrations" / "versions").glob("[0-9]*.py"))


def _revision(connection: sa.Connection) -> str | None:
    if connection.scalar(sa.text("SELECT to_regclass('payroll.alembic_version')")) is None:
        return None
    found = connection.scalar(sa.text("SELECT version_num FROM payroll.alembic_version"))
    return None if found is None else str(found)


def _views() -> list[View]:
    texts = [file.read_text(encoding="utf-8") for file in sorted((sql_root() / "views").glob("*.sql"))]
    return [View(name, text) for text in texts for name in _VIEW_NAME.findall(text)]


def _strange(connection: sa.Connection) -> list[View]:
    """Views that are not there, or were made from another text."""
    comment = sa.text("SELECT obj_description(to_regclass(:name), 'pg_class')")
    return [view for view in _views() if connection.scalar(comment, {"name": view.name}) != view.mark]


def _drop_views(connection: sa.Connection) -> None:
    """A migration may change what views rest on, and no view can lose a column."""
    for view in reversed(_views()):
        _run(connection, f"DROP VIEW IF EXISTS {view.name} CASCADE")


def _create_views(connection: sa.Connection) -> None:
    for view in _views():
        _run(connection, view.text)
        _run(connection, f"COMMENT ON VIEW {view.name} IS '{view.mark}'")


def _failed_checks(connection: sa.Connection, numbers: tuple[str, ...] = ("",)) -> Iterator[str]:
    files = (file for file in (sql_root() / "checks").glob("*.sql") if file.name.startswith(numbers))
    for file in sorted(files):
        rows = connection.exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%")).fetchall()
        if rows:
            yield f"check {file.stem}: {len(rows)} rows, the first is {tuple(str(value) for value in rows[0])}"


def _run_file(connection: sa.Connection, file: Path) -> None:
    _run(connection, file.read_text(encoding="utf-8"))


def _run(connection: sa.Connection, text: str) -> None:
    connection.exec_driver_sql(text.replace("%", "%%"))


def _alembic(connection: sa.Connection) -> Config:
    config = Config()
    # The configuration is an ini file's, where a percent sign of the path would begin a blank.
    config.set_main_option("script_location", str(sql_root() / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
