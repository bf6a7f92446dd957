"""Steps of a run as tasks: kept in memory, and tried again when their failure may pass by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from ioc_etl.errors import TransientError, UsageError

RETRIES = "IOC_ETL_PULL_RETRIES"
RETRY_SECONDS = "IOC_ETL_PULL_RETRY_SECONDS"
AT_ONCE = "IOC_ETL_PULL_AT_ONCE"

_DOUBLINGS_AT_MOST = 6

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Patience:
    """How a step is tried again: `retries` times, each pause twice the one before; `at_once` centres are pulled."""

    retries: int = 4
    first_pause_seconds: float = 15.0
    at_once: int = 8

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Patience":
        """Read the three variables; an unset or empty one leaves the default.

        Raises:
            UsageError: one of them is no number, or a negative one.
        """
        default = cls()
        return cls(
            retries=int(_number(environ, RETRIES, default.retries)),
            first_pause_seconds=_number(environ, RETRY_SECONDS, default.first_pause_seconds),
            at_once=max(1, int(_number(environ, AT_ONCE, default.at_once))),
        )

    def pauses(self) -> list[float]:
        """Seconds before each retry."""
        return [self.first_pause_seconds * 2 ** min(retry, _DOUBLINGS_AT_MOST) for retry in range(self.retries)]


def is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a failure may pass by itself: the only kind that is tried again."""
    return isinstance(state.data, TransientError)


def step(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """A step of a run as a task; `name` shows in the UI and may hold the step's arguments: `pull {centre_code}`.

    Its result stays in memory: rosters are full of personal data, and Prefect's disk is not where they are guarded.
    """
    return task(task_run_name=name, retry_condition_fn=is_transient, cache_policy=NO_CACHE, persist_result=False)


def patiently(asked: Task[P, R], patience: Patience) -> Task[P, R]:
    """The task with its retries, which are only known when it runs."""
    return asked.with_options(retries=patience.retries, retry_delay_seconds=patience.pauses())


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UsageError(f"{name} is {text!r}; it must be a number that is not negative")
    return number
