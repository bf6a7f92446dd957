"""Where a flow gets what it works with, and which month it is about.

The one place that turns what Prefect holds for us into arguments: when a source needs a user or a key, its Prefect
Secret (`prefect.blocks.system.Secret`) is resolved in `services_of_flow` and passed down, since no other room knows
Prefect.
"""

import os
from datetime import date, datetime

from prefect.runtime import flow_run

from flows.patience import Patience
from ioc_etl.adapters.clock import VIETNAM
from ioc_etl.adapters.settings import Settings
from ioc_etl.core.month import month_before, parse_month
from ioc_etl.pipeline.services import Services


def services_of_flow() -> Services:
    """The installation that this process's environment names."""
    return Services(Settings.from_environment(os.environ))


def patience_of_flow() -> Patience:
    """How patient this installation is."""
    return Patience.from_environment(os.environ)


def month_of_run(month: str | None) -> date:
    """The month asked for; else the one before the run's scheduled start, so that a late run keeps its own month."""
    return parse_month(month) if month else month_due_at(flow_run.scheduled_start_time)


def month_due_at(scheduled: datetime) -> date:
    """The month before the one that `scheduled` falls in where the centres are."""
    return month_before(scheduled.astimezone(VIETNAM).date().replace(day=1))
