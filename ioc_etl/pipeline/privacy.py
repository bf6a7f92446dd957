"""Keeping personal values out of what outlives a run: terminals, logs of schedulers, Prefect's server and pages."""

import traceback
from contextlib import AbstractContextManager
from pathlib import PurePath
from types import TracebackType

from ioc_etl.errors import IocEtlError, ProgramFaultError

_SHOWN_FRAMES = 3


class NoPersonalValues(AbstractContextManager[None]):
    """A border that an exception crosses only with words of ours.

    Our own errors pass (their messages hold keys and counts), without the foreign error that caused them: a database
    or a parser quotes the row it choked on. Any other exception leaves as a ProgramFaultError.
    """

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hold back what the exception quotes."""
        if isinstance(error, IocEtlError):
            raise error from None
        if isinstance(error, Exception):
            raise ProgramFaultError(f"{type(error).__name__} at {_places(trace)}") from None


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-_SHOWN_FRAMES:]
    return " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
