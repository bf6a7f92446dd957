"""Steps of a run as tasks: kept in memory, and tried again when their failure may pass by itself."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from ioc_etl.adapters.patience import Patience
from ioc_etl.errors import TransientError

P = ParamSpec("P")
R = TypeVar("R")


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
