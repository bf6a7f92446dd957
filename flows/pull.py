"""Pulling a month as Prefect shows it: one task a centre, each tried again by itself."""

from prefect import flow, get_run_logger
from prefect.futures import PrefectFuture, wait
from prefect.utilities.annotations import quote

from flows.patience import patiently, step
from flows.surroundings import services_of_flow
from ioc_etl.adapters.patience import Patience
from ioc_etl.core.month import parse_month
from ioc_etl.errors import IocEtlError
from ioc_etl.pipeline import extract
from ioc_etl.pipeline.extract import MonthFolder, PulledCentre, PulledMonth, PulledRegisters
from ioc_etl.pipeline.privacy import NoPersonalValues
from ioc_etl.pipeline.services import Services


@step("number the pull of {month}")
def number_pull(services: Services, month: str) -> int:  # noqa: ARG001 - the month is shown
    """The number of the pull that begins: what counts as the latest goes by it."""
    with NoPersonalValues():
        return extract.begin_pull(services)


@step("look for {month}")
def look(services: Services, month: str) -> MonthFolder:
    """What the month's folder of the input root holds."""
    with NoPersonalValues():
        return extract.look(services, parse_month(month))


@step("pull registers")
def pull_registers(services: Services) -> PulledRegisters:
    """The registers of the input root."""
    with NoPersonalValues():
        return extract.pull_registers(services)


@step("pull {centre_code}")
def pull_centre(
    services: Services, month: str, centre_code: str, folder: MonthFolder, settling_seconds: float
) -> PulledCentre:
    """One centre's files. A missing file is no error; one that is still being written is not taken."""
    with NoPersonalValues():
        return extract.pull_settled_centre(services, parse_month(month), centre_code, folder, settling_seconds)


@flow(name="pull", flow_run_name="pull {month}", persist_result=False)
def pull(month: str, centres: list[str] | None, patience: Patience, *, settling_seconds: float = 0.0) -> PulledMonth:
    """Everything the month rests on, all centres at once.

    `settling_seconds` lie between the two looks at a distant centre's file; 0 looks once.

    A centre whose source fails for good is named and left out: it stops only itself, and the month is decided on the
    file that was in force before. Without registers nothing can be decided, so their failure fails the flow.

    Raises:
        SourceError: no centre's source could be read, so there is nothing to decide on.
    """
    with NoPersonalValues():
        services = services_of_flow()
    began_at = services.clock.now()
    pull_no = patiently(number_pull, patience)(quote(services), month, return_state=False)
    with services.root:
        folder = patiently(look, patience)(quote(services), month, return_state=False)
        codes = extract.centres_due(services, parse_month(month), folder) if centres is None else centres
        registers = patiently(pull_registers, patience).submit(quote(services), return_state=False)
        one = patiently(pull_centre, patience)
        futures = {
            code: one.submit(quote(services), month, code, quote(folder), settling_seconds, return_state=False)
            for code in codes
        }
        wait(list(futures.values()))
        results = {code: _result(future) for code, future in futures.items()}
        came = [result for result in results.values() if isinstance(result, PulledCentre)]
        reasons = {code: result for code, result in results.items() if isinstance(result, str)}
        if reasons:
            get_run_logger().warning("Not pulled: %s", ", ".join(reasons))
        ignored = extract.ignored_files(services, folder)
        return extract.pulled_month(came, registers.result(), ignored, reasons, began_at=began_at, pull_no=pull_no)


def _result(future: PrefectFuture[PulledCentre]) -> PulledCentre | str:
    """What came, or why it did not, in words of ours."""
    result: object = future.result(raise_on_failure=False)
    if isinstance(result, PulledCentre):
        return result
    return str(result) if isinstance(result, IocEtlError) else type(result).__name__
