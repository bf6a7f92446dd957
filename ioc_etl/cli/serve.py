"""`ioc-etl serve`: Prefect server, schedules and worker. Only flows know Prefect, so it is a program of its own."""

import os
import sys
from typing import NoReturn

from ioc_etl.cli.wiring import settings_of
from ioc_etl.errors import UsageError


def serve(port: int, input_root: str | None) -> NoReturn:
    """Become `python -m flows.serve`; signals reach it directly."""
    settings = settings_of(input_root)
    if settings.input_root is None:
        raise UsageError("where are the rosters? name the folder with --input or IOC_ETL_INPUT")
    environment = {**os.environ, **settings.as_environment()}
    os.execve(sys.executable, [sys.executable, "-m", "flows.serve", "--port", str(port)], environment)  # noqa: S606
