"""One's turn at a month: waiting for whoever holds it, and what has been pulled since."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from ioc_etl.adapters.store import MonthHolder, MonthState, month_holder
from ioc_etl.adapters.store_files import ROSTER
from ioc_etl.adapters.store_lock import told_holder
from ioc_etl.errors import MonthLockedError
from ioc_etl.pipeline.extract import PulledMonth
from ioc_etl.pipeline.services import Services

KeptIds = Mapping[tuple[str, str], tuple[UUID, ...]]
"""Ids of kept files by kind (`roster`, `register`) and code."""


def _tell_nobody(_holder: MonthHolder) -> None:
    """Nobody is watching."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do while another run holds the month: wait, telling once for whom, or not."""

    waits: bool = True
    tell: Callable[[MonthHolder], None] = _tell_nobody

    def look(self, services: Services, month: date) -> None:
        """Before anything is pulled or kept.

        Raises:
            MonthLockedError: somebody holds the month, and this turn does not wait.
        """
        if not self.waits and (holder := month_holder(services.engine, month)) is not None:
            raise MonthLockedError(told_holder(month, holder))


WAIT = Turn()


def as_last_pulled(pulled: PulledMonth, kept: KeptIds, state: MonthState) -> tuple[PulledMonth, KeptIds]:
    """What was pulled and kept, without the centres that another run has pulled again meanwhile, to another result.

    A run that waited for its turn must not put an older file in force than the one that came before it.
    """
    latest = {code: {file.source_file_id for file in files} for code, files in state.latest.items()}
    still = tuple(
        centre
        for centre in pulled.centres
        if set(kept[ROSTER, centre.centre_code]) == latest.get(centre.centre_code, set())
    )
    codes = {centre.centre_code for centre in still}
    return replace(pulled, centres=still), {
        (kind, code): ids for (kind, code), ids in kept.items() if kind != ROSTER or code in codes
    }
