"""Where a flow gets what it works with, and which month it is about.

The one place that turns what Prefect holds for us into arguments: when a source needs a user or a key, its Prefect
Secret is resolved in `services_of_flow` and passed down, since no other room knows Prefect.
"""

import json
import os
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from prefect.blocks.system import Secret
from prefect.runtime import flow_run

from ioc_etl.adapters.clock import VIETNAM, clock_of
from ioc_etl.adapters.credentials import SECRET_OF_INPUT, Secrets
from ioc_etl.adapters.patience import Patience
from ioc_etl.adapters.settings import Settings
from ioc_etl.core.month import month_before, parse_month
from ioc_etl.pipeline.services import Services

SECRET_BLOCK = "ioc-etl-"  # noqa: S105 - the beginning of the blocks' names


def services_of_flow() -> Services:
    """The installation that this process's environment names, with the secrets that Prefect keeps for its sources."""
    settings = Settings.from_environment(os.environ)
    services = Services(settings, clock_of(settings.home))
    kept = _kept_by_prefect(name for name in _secrets_wanted(services) if services.settings.secrets.get(name) is None)
    return Services(services.settings, services.clock, kept)


def patience_of_flow() -> Patience:
    """How patient this installation is."""
    return Patience.from_environment(os.environ)


def _secrets_wanted(services: Services) -> list[str]:
    """Names of the secrets that sources may need: a folder needs none."""
    of_centres = {centre.source_secret for centre in services.policy.centres.values() if centre.source_secret}
    of_input = {SECRET_OF_INPUT} if "://" in (services.settings.input_root or "") else set()
    return sorted(of_centres | of_input)


def _kept_by_prefect(names: Iterable[str]) -> Secrets:
    found = {name: text for name in names if (text := _text_of_block(f"{SECRET_BLOCK}{name}")) is not None}
    return Secrets.of(found)


def _text_of_block(name: str) -> str | None:
    """What a Secret block holds; one that does not exist is no error, since not every source needs one."""
    try:
        block: Secret[Any] = Secret.load(name)  # type: ignore[assignment]
    except ValueError:
        return None
    value = block.get()
    return value if isinstance(value, str) else json.dumps(value)


def month_of_run(month: str | None) -> date:
    """The month asked for; else the one before the run's scheduled start, so that a late run keeps its own month."""
    return parse_month(month) if month else month_due_at(flow_run.scheduled_start_time)


def month_due_at(scheduled: datetime) -> date:
    """The month before the one that `scheduled` falls in where the centres are."""
    return month_before(scheduled.astimezone(VIETNAM).date().replace(day=1))
