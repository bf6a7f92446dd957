"""Trying again what may pass by itself, outside Prefect, which has retries of its own."""

from collections.abc import Callable
from threading import Event
from typing import TypeVar

from ioc_etl.adapters.patience import Patience
from ioc_etl.errors import TransientError
from ioc_etl.pipeline.services import Progress

T = TypeVar("T")


def patiently(work: Callable[[], T], patience: Patience, progress: Progress, stop: Event) -> T:
    """What `work` gives, at once or after some tries; `retry` is told before each pause, `stop` ends the waiting.

    Raises:
        TransientError: the last try failed too.
    """
    for number, pause in enumerate(patience.pauses(), start=1):
        try:
            return work()
        except TransientError:
            if stop.is_set():
                raise
            progress("retry", number, patience.retries)
            stop.wait(pause)
    try:
        return work()
    except TransientError as error:
        raise TransientError(f"{error}; tried {patience.retries + 1} times") from error
