"""Pulling a month as Prefect shows it: one task a centre, each tried again by itself."""

from dataclasses import dataclass

from prefect import flow, get_run_logger
from prefect.futures import PrefectFuture, wait
from prefect.utilities.annotations import quote

from flows.patience import Patience, patiently, step
from flows.privacy import NoPersonalValues
from flows.surroundings import services_of_flow
from ioc_etl.core.month import parse_month
from ioc_etl.pipeline.extract import (
    PulledCentre,
    PulledMonth,
    PulledRegisters,
    centres_due,
    ignored_files,
    pull_centre,
    pull_registers,
)
from ioc_etl.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came, and the codes of the centres whose source could not be read for all the retries."""

    month: PulledMonth
    unreachable: tuple[str, ...]


@step("look for {month}")
def look(services: Services, month: str) -> tuple[list[str], tuple[str, ...]]:
    """The centres to pull, and the files in the month's folder that belong to none."""
    with NoPersonalValues():
        reference_month = parse_month(month)
        return centres_due(services, reference_month), ignored_files(services, reference_month)


@step("pull registers")
def pull_all_registers(services: Services) -> PulledRegisters:
    """The registers of the input root."""
    with NoPersonalValues():
        return pull_registers(services)


@step("pull {centre_code}")
def pull_one(services: Services, month: str, centre_code: str) -> PulledCentre:
    """One centre's files. A missing file is no error."""
    with NoPersonalValues():
        return pull_centre(services, parse_month(month), centre_code)


@flow(name="pull", flow_run_name="pull {month}", persist_result=False)
def pull(month: str, centres: list[str] | None, patience: Patience) -> Pulled:
    """Everything the month rests on, all centres at once.

    A centre whose source fails for good is named and left out: it stops only itself, and the month is decided on the
    file that was in force before. Without registers nothing can be decided, so their failure fails the flow.
    """
    with NoPersonalValues():
        services = services_of_flow()
    due, ignored = patiently(look, patience)(quote(services), month, return_state=False)
    codes = due if centres is None else centres
    registers = patiently(pull_all_registers, patience).submit(quote(services), return_state=False)
    one = patiently(pull_one, patience)
    futures = {code: one.submit(quote(services), month, code, return_state=False) for code in codes}
    wait(list(futures.values()))
    came = {code: result for code, future in futures.items() if (result := _result(future)) is not None}
    unreachable = tuple(code for code in codes if code not in came)
    if unreachable:
        get_run_logger().warning("Not pulled: %s", ", ".join(unreachable))
    return Pulled(PulledMonth(tuple(came.values()), registers.result(), ignored), unreachable)


def _result(future: PrefectFuture[PulledCentre]) -> PulledCentre | None:
    return future.result() if future.state.is_completed() else None
