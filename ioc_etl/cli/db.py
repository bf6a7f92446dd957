"""`ioc-etl db`: upgrade, check, stop."""

from ioc_etl.adapters import migrate
from ioc_etl.adapters.database import engine_for
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.cli.console import note, say
from ioc_etl.cli.wiring import settings_of
from ioc_etl.errors import UsageError


def upgrade() -> int:
    """Bring the database up to date."""
    migrate.upgrade(engine_for(settings_of()))
    say("The database is at the schema of this program.")
    return 0


def check() -> int:
    """Every check must find nothing."""
    problems = migrate.check(engine_for(settings_of()))
    for problem in problems:
        note(problem)
    say("The database is sound." if not problems else f"{len(problems)} problems.")
    return 1 if problems else 0


def stop(*, remove: bool) -> int:
    """Stop the embedded server; `remove` deletes its database as well."""
    settings = settings_of()
    if settings.database_url:
        raise UsageError("IOC_ETL_DATABASE_URL names a server that is not ours to stop")
    server = EmbeddedServer(settings.home)
    if not remove:
        server.stop()
        say("The embedded PostgreSQL is stopped.")
    elif server.remove():
        say(f"The embedded PostgreSQL is stopped and its database deleted. {settings.home} keeps its other files.")
    else:
        say(f"{settings.home} has no database.")
    return 0
