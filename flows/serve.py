"""Everything that Prefect needs, on one machine: server, work pool, deployments, schedules and a worker.

    python -m flows.serve --port 4200
    python -m flows.serve --run 2022-01 --run 2022-02

Runs until SIGTERM or SIGINT; with --run until those months have been run through the deployment of the scheduled
flow. What Prefect keeps lies under IOC_ETL_HOME/prefect; only this machine can reach it.
Exit codes: 0 ended as asked, 1 failed, 2 wrong usage, 3 a month of --run is incomplete.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from flows.local_prefect import ui_url
from flows.processes import LOOK_EVERY_SECONDS, Machine, running_machine
from flows.serve_log import serve_log, speak_on_stderr
from ioc_etl.adapters.settings import Settings
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import IocEtlError, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, serve, and map errors to exit codes."""
    speak_on_stderr()
    asked = _parser().parse_args(arguments)
    try:
        months = [month_code(parse_month(text)) for text in asked.run]
        home = Settings.from_environment(os.environ).home / "prefect"
        with running_machine(home, asked.port, _stop_on_signals()) as machine:
            return _run(machine, months) if months else _stay(machine)
    except IocEtlError as error:
        serve_log.error("%s", error)
        return 2 if isinstance(error, UsageError) else 1


def _stay(machine: Machine) -> int:
    serve_log.info("Prefect answers at %s; Ctrl-C ends everything", ui_url(machine.port))
    while not machine.stop.wait(LOOK_EVERY_SECONDS):
        machine.keep_alive()
    return 0


def _run(machine: Machine, months: Sequence[str]) -> int:
    trigger = machine.child("runs", "-m", "flows.trigger", *months)
    machine.finish(trigger)
    return trigger.exit_code if trigger.exit_code is not None and trigger.exit_code >= 0 else 1


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def set_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, set_stop)
    signal.signal(signal.SIGINT, set_stop)
    return stop


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows.serve", description="Prefect on this machine.")
    parser.add_argument("--port", type=int, default=4200, help="port of Prefect's page (default: 4200)")
    parser.add_argument("--run", action="append", default=[], metavar="MONTH", help="run this month, then end")
    return parser


if __name__ == "__main__":
    sys.exit(main())
