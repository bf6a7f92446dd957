"""Telling a Prefect server what we run: the work pool, and the deployments and schedules of prefect.yaml.

Started once by `flows.serve` as `python -m flows.deployments`; `prefect deploy --all` in a checkout does the same.
"""

import subprocess
import sys
import time
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from flows.local_prefect import WORK_POOL
from flows.serve_log import serve_log, speak_on_stderr
from ioc_etl.adapters.clock import VIETNAM

_SCHEDULER_PATIENCE_SECONDS = 60


def prefect_file() -> Path:
    """The project's prefect.yaml: of the checkout when there is one, else the copy in the wheel."""
    here = Path(__file__).resolve().parent
    checkout = here.parent
    return (checkout if (checkout / "pyproject.toml").exists() else here) / "prefect.yaml"


def make_work_pool(client: SyncPrefectClient) -> None:
    """Make the pool whose worker starts each run as a process of its own, unless it exists."""
    try:
        client.read_work_pool(WORK_POOL)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type=ProcessWorker.type, base_job_template=template))


def deploy_all(file: Path) -> subprocess.CompletedProcess[str]:
    """Apply every deployment of `file` through Prefect's own command, without questions."""
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def next_run(client: SyncPrefectClient, patience_seconds: float = _SCHEDULER_PATIENCE_SECONDS) -> FlowRun | None:
    """The next run that the server's scheduler has planned, waited for; None when it plans none."""
    deadline = time.monotonic() + patience_seconds
    while True:
        planned = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
            ),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[WORK_POOL])),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=1,
        )
        if planned or time.monotonic() > deadline:
            return planned[0] if planned else None
        time.sleep(0.5)


def main() -> int:
    """Register everything and say when the next run is due. Exit code 1: the server runs, but schedules nothing."""
    speak_on_stderr()
    with get_client(sync_client=True) as client:
        make_work_pool(client)
        deployed = deploy_all(prefect_file())
        if deployed.returncode:
            serve_log.error(
                "The deployments of %s were refused:\n%s%s", prefect_file(), deployed.stdout, deployed.stderr
            )
            return 1
        run = next_run(client)
    if run is None or run.expected_start_time is None:
        serve_log.error("Prefect's scheduler planned no run: months will not be computed by themselves")
        return 1
    due = run.expected_start_time.astimezone(VIETNAM)
    serve_log.info("Next scheduled run: %s (%s)", f"{due:%Y-%m-%d %H:%M}", VIETNAM.key)
    return 0


if __name__ == "__main__":
    sys.exit(main())
