"""From the environment and the options to the services of a command."""

import os
from dataclasses import replace

from ioc_etl.adapters.clock import clock_of
from ioc_etl.adapters.settings import Settings
from ioc_etl.pipeline.services import Services


def settings_of(input_root: str | None = None) -> Settings:
    """The environment's settings; `--input` stands above IOC_ETL_INPUT."""
    settings = Settings.from_environment(os.environ)
    return replace(settings, input_root=input_root) if input_root else settings


def services_of(input_root: str | None = None) -> Services:
    """The services of one command."""
    settings = settings_of(input_root)
    return Services(settings, clock_of(settings.home))
