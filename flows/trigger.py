"""Running months through the deployment of the scheduled flow, and waiting for them: `flows.serve --run`.

    python -m flows.trigger 2022-01 2022-02

Exit codes as in the command line: 0 completed, 3 a month is incomplete, 1 a month failed.
"""

import sys
import time
from collections.abc import Sequence

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Crashed

from flows.serve_log import serve_log, speak_on_stderr
from flows.states import INCOMPLETE

DEPLOYMENT = "monthly-support/monthly-support"

_LOOK_EVERY_SECONDS = 0.5


def run_through(client: SyncPrefectClient, month: str) -> FlowRun:
    """Ask for a run of the month, and wait until a worker has ended it."""
    deployment = client.read_deployment_by_name(DEPLOYMENT)
    run = client.create_flow_run_from_deployment(deployment.id, parameters={"month": month})
    while not (run.state and run.state.is_final()):
        time.sleep(_LOOK_EVERY_SECONDS)
        run = client.read_flow_run(run.id)
    return run


def exit_code_of(states: Sequence[State[object]]) -> int:
    """The worst of them."""
    if not all(state.is_completed() for state in states):
        return 1
    return 3 if any(state.name == INCOMPLETE for state in states) else 0


def main(months: Sequence[str]) -> int:
    """Run the months one after the other and say how each ended."""
    speak_on_stderr()
    states: list[State[object]] = []
    with get_client(sync_client=True) as client:
        for month in months:
            state = run_through(client, month).state or Crashed()
            serve_log.info("%s: %s. %s", month, state.name, state.message or "")
            states.append(state)
    return exit_code_of(states)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
