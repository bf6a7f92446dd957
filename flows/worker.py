"""The one worker of `flows.serve`: takes the pool's runs, one at a time.

Started as `python -m flows.worker` with the environment of `flows.local_prefect`.
"""

import asyncio
import contextlib
import os
import signal
from types import FrameType

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed
from prefect.workers.process import ProcessWorker

from flows.lifeline import WORKER_PROCESS
from flows.local_prefect import WORK_POOL
from flows.serve_log import serve_log, speak_on_stderr

_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


def close_runs_left_behind(client: SyncPrefectClient) -> int:
    """Mark as Crashed what a killed worker left under way, and free its concurrency slot; say how many.

    Only for a worker that is its pool's only one, before it starts: then nobody works on such a run. Nothing is lost
    by it, since the database took the run's month whole or not at all; without it the next run would wait for the
    slot's five-minute lease, and the UI would show a run at work for ever.
    """
    under_way = FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))
    runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=under_way),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[WORK_POOL])),
    )
    parents = FlowRunFilterParentFlowRunId(any_=[run.id for run in runs])
    stages = client.read_flow_runs(flow_run_filter=FlowRunFilter(state=under_way, parent_flow_run_id=parents))
    for run in [*stages, *runs]:
        _close(client, run)
    return len(runs)


def _close(client: SyncPrefectClient, run: FlowRun) -> None:
    message = "The worker ended while this run was under way; the month stays as it was before. Run it again."
    client.set_flow_run_state(run.id, Crashed(message=message), force=True)


def main() -> None:
    """Work until told to end: SIGTERM or SIGINT stops taking runs and ends the one at work."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    speak_on_stderr()
    # A process started in the background inherits an ignored SIGINT, and asyncio then never stops.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, interrupt)
    os.environ[WORKER_PROCESS] = str(os.getpid())
    _close_runs()
    worker = ProcessWorker(work_pool_name=WORK_POOL, name=WORK_POOL, limit=1, create_pool_if_not_found=False)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(worker.start(printer=serve_log.info))
    _close_runs()


def _close_runs() -> None:
    with get_client(sync_client=True) as client:
        count = close_runs_left_behind(client)
    if count:
        serve_log.warning("%d run(s) cut off by the end of their worker are marked as crashed", count)


if __name__ == "__main__":
    main()
