"""One run of one month, as the scheduled flow and the operator's flow share it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.artifacts import show, show_calendar
from flows.lifeline import end_with_worker
from flows.patience import patiently, step
from flows.pull import pull
from flows.states import state_of
from flows.surroundings import patience_of_flow, services_of_flow
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.pipeline.calendar import calendar
from ioc_etl.pipeline.extract import PulledMonth
from ioc_etl.pipeline.month import run_month
from ioc_etl.pipeline.privacy import NoPersonalValues
from ioc_etl.pipeline.rerun import unfinished_before
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Services


@step("decide and load {month}")
def decide_and_load(services: Services, month: str, pulled: PulledMonth) -> RunReport:
    """The whole month from what came, in one transaction; a month that is held by another run is waited for."""
    with NoPersonalValues():
        return run_month(services, parse_month(month), pulled=pulled)


def run_in_prefect(month: date, centres: Sequence[str] | None = None, *, is_scheduled: bool = False) -> State[None]:
    """Pull, decide, load, show; the state says how it ended (`flows.states`).

    `centres` only limits what is pulled: the whole month is decided. A scheduled run does not take files that are still
    being written; whoever starts a run by hand knows that they are whole.

    Raises:
        UsageError: there is no such centre, or nobody said where the rosters are.
        SourceError: no centre's source could be read, so there is nothing to decide on.
    """
    end_with_worker()
    with NoPersonalValues():
        services = services_of_flow()
        codes = None if centres is None else [services.centre(code).code for code in centres]
        patience = patience_of_flow()
        for unfinished in unfinished_before(services, month):
            centres_told = ", ".join(unfinished.centres) or "-"
            before = month_code(unfinished.month)
            get_run_logger().warning("%s is unfinished: %s (%s)", before, unfinished.reason, centres_told)
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=patience.at_once)
    settling_seconds = patience.settling_seconds if is_scheduled else 0.0
    flow_of_pull = pull.with_options(task_runner=runner)
    pulled = flow_of_pull(month_code(month), codes, patience, settling_seconds=settling_seconds)
    report = patiently(decide_and_load, patience)(quote(services), month_code(month), quote(pulled), return_state=False)
    get_run_logger().info("Run %s of %s: %s", report.run_id, month_code(month), report.status)
    with NoPersonalValues():
        show(report, services.policy.findings)
        show_calendar(calendar(services))
    return state_of(report, pulled.unreachable)
