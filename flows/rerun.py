"""An operator's run: a month that failed, or centres that came late."""

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.month_run import run_in_prefect
from flows.monthly import Month
from flows.privacy import NoPersonalValues
from ioc_etl.core.month import parse_month
from ioc_etl.errors import UsageError

Centres = Annotated[list[str], Field(description="Codes of the centres to pull", examples=[["dong-xoai", "tinh"]])]


@flow(name="rerun", flow_run_name="{month} again", persist_result=False)
def rerun(month: Month, centres: Centres | None = None) -> State[None]:
    """Run a month again: only what is still due comes out, however often it is run.

    Args:
        month: Reference month, as 2022-01.
        centres: Pull only these centres; the whole month is decided all the same. Leave empty for all of them.
    """
    with NoPersonalValues():
        if centres == []:
            raise UsageError("centres is an empty list: name at least one centre, or leave it out for all of them")
        reference_month = parse_month(month)
    return run_in_prefect(reference_month, centres)
