"""The scheduled run: on each of a month's first ten days, the month before."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from flows.month_run import run_in_prefect
from flows.surroundings import month_of_run
from ioc_etl.core.month import month_code
from ioc_etl.pipeline.privacy import NoPersonalValues

MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"

Month = Annotated[str, Field(pattern=MONTH_PATTERN, description="Reference month, as 2022-01", examples=["2022-01"])]


def name_of_run() -> str:
    """The run's month, as Prefect's pages list it."""
    return month_code(month_of_run(flow_run.parameters.get("month")))


@flow(name="monthly-support", flow_run_name=name_of_run, persist_result=False)
def monthly_support(month: Month | None = None) -> State[None]:
    """Pull every centre's roster, decide the whole month, load it; costs nothing when nothing has changed.

    Without `month` it is the month before the run's scheduled start in Vietnam. Ends Failed only when nothing usable
    came; Incomplete (a completed state) when a centre has no roster in force or a new one was refused; Unchanged when
    everything is as it was.

    Args:
        month: Reference month, as 2022-01; leave empty for the month before.
    """
    with NoPersonalValues():
        reference_month = month_of_run(month)
    return run_in_prefect(reference_month, is_scheduled=month is None)
