"""What the database complains about, in our words and without anybody's values.

PostgreSQL shows the failing row in the DETAIL of its messages: names, IDs, accounts. None of that may reach a log.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from ioc_etl.errors import DatabaseError, IocEtlError, TransientError, ValueRefusedError

# Connection lost or refused for now, too many clients, shutting down or starting, deadlock, lock not to be had in time.
_PASSING = ("08", "40", "53", "57P", "55P03")
_PASSING_TEXTS = ("starting up", "shutting down", "recovery mode", "too many", "remaining connection slots")
_GAVE_WAY = "40"
_VALUES_IN_MESSAGE = ("22", "23")
_OF_A_VALUE = (*_VALUES_IN_MESSAGE, "54")
"""What stands in a row breaks a type, a constraint or a limit of the program's, such as the size of a key."""


def tell_every_error(engine: sa.Engine) -> None:
    """Make every error of this engine's statements and connections one of ours."""

    @event.listens_for(engine, "handle_error")
    def tell(context: ExceptionContext) -> None:
        original = context.original_exception
        if isinstance(original, psycopg.Error):
            told = told_error(original)
            # SQLAlchemy chains the original below ours: a traceback must not show the row either.
            original.args = (str(told),)
            raise told


@contextmanager
def told_errors() -> Iterator[None]:
    """The same for statements that do not pass through SQLAlchemy, such as COPY."""
    try:
        yield
    except psycopg.Error as problem:
        raise told_error(problem) from None


def told_error(problem: psycopg.Error) -> IocEtlError:
    """Ours for theirs: TransientError where trying again may help, else DatabaseError."""
    state = problem.sqlstate or ""
    if not state:
        return _told_connection(problem)
    message = _told_message(problem, state)
    if state.startswith(_PASSING):
        return TransientError(message)
    return ValueRefusedError(message) if state.startswith(_OF_A_VALUE) else DatabaseError(message)


def _told_connection(problem: psycopg.Error) -> IocEtlError:
    """Without a state the server was not reached, refused to let us in, or went away."""
    lines = str(problem).strip().splitlines()
    reason = lines[0] if lines else type(problem).__name__
    was_refused = "FATAL:" in reason and not any(text in reason for text in _PASSING_TEXTS)
    if was_refused or not isinstance(problem, psycopg.OperationalError):
        return DatabaseError(f"The database refuses: {reason.rpartition('FATAL:')[2].strip()}")
    return TransientError(f"The database cannot be reached: {reason}")


def _told_message(problem: psycopg.Error, state: str) -> str:
    diagnosis = problem.diag
    if state.startswith(_GAVE_WAY):
        return f"The database gave way to another step at the same time: nothing was done, try again ({state})"
    if not state.startswith(_VALUES_IN_MESSAGE):
        return f"The database refuses: {diagnosis.message_primary} ({state})"
    place = ".".join(part for part in (diagnosis.schema_name, diagnosis.table_name) if part)
    rule = diagnosis.constraint_name or diagnosis.column_name or "its values"
    return f"The database refuses a row{f' of {place}' if place else ''}: {type(problem).__name__} by {rule} ({state})"
