"""An operator's run: months that failed, or centres that came late."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from flows.month_run import run_in_prefect
from flows.monthly import Month
from flows.states import worst_of
from flows.surroundings import services_of_flow
from ioc_etl.core.month import month_code
from ioc_etl.core.months import RANGE, parse_months
from ioc_etl.errors import IocEtlError, UsageError
from ioc_etl.pipeline.privacy import NoPersonalValues
from ioc_etl.pipeline.rerun import gaps, refuse_future
from ioc_etl.pipeline.services import Services

Centres = Annotated[list[str], Field(description="Codes of the centres to pull", examples=[["dong-xoai", "tinh"]])]
Months = Annotated[list[Month], Field(description="Reference months", examples=[["2022-01", "2022-02"]])]


def name_of_run() -> str:
    """The run's months, as Prefect's pages list it."""
    given = flow_run.parameters
    asked = _months(*(given.get(name) for name in ("month", "months", "first", "last")))
    return f"{' '.join(month_code(month) for month in asked)} again"


@flow(name="rerun", flow_run_name=name_of_run, persist_result=False)
def rerun(
    *,
    month: Month | None = None,
    months: Months | None = None,
    first: Month | None = None,
    last: Month | None = None,
    centres: Centres | None = None,
    missing: bool = False,
) -> State[None]:
    """Run months again, in order: only what is still due comes out, however often they are run.

    A month that fails stops no other; the state is the worst of them.

    Args:
        month: One reference month, as 2022-01.
        months: Several.
        first: A range's first month, with last.
        last: A range's last month, with first.
        centres: Pull only these centres; the whole month is decided all the same. Leave empty for all of them.
        missing: Pull only what is missing or failed.
    """
    with NoPersonalValues():
        asked = _months(month, months, first, last)
        if centres == []:
            raise UsageError("centres is an empty list: name at least one centre, or leave it out for all of them")
        services = services_of_flow()
        refuse_future(services, asked)
    if len(asked) == 1 and not missing:
        return run_in_prefect(asked[0], centres)
    return worst_of([_one(services, one, centres, missing=missing) for one in asked])


def _months(month: str | None, months: Sequence[str] | None, first: str | None, last: str | None) -> tuple[date, ...]:
    if (first is None) is not (last is None):
        raise UsageError("a range needs both first and last")
    ranges = [f"{first}{RANGE}{last}"] if first else []
    return parse_months([*([month] if month else []), *(months or []), *ranges])


def _one(services: Services, month: date, centres: Sequence[str] | None, *, missing: bool) -> State[None] | str:
    """The month's state, or the line that says why it could not be run."""
    try:
        with NoPersonalValues():
            wanted = gaps(services, month, centres) if missing else centres
        if wanted is not None and not wanted:
            get_run_logger().info("%s: nothing is missing or failed", month_code(month))
            return worst_of([])
        return run_in_prefect(month, wanted)
    except UsageError:
        raise
    except IocEtlError as error:
        get_run_logger().error("%s: %s", month_code(month), error)
        return f"{month_code(month)}: {error}"
