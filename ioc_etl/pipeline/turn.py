"""One's turn at a month: waiting for whoever holds it, and what has been pulled since."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store import KeptFile, MonthHolder, MonthState, month_holder, read_contents
from ioc_etl.adapters.store_files import REGISTER, ROSTER, single_rosters
from ioc_etl.adapters.store_lock import told_holder
from ioc_etl.adapters.store_pulls import ignored_since, last_pulls
from ioc_etl.adapters.store_sights import last_seen, older_rosters
from ioc_etl.errors import MonthLockedError
from ioc_etl.pipeline.extract import PulledMonth, PulledRegisters
from ioc_etl.pipeline.kept_files import as_pulled
from ioc_etl.pipeline.mended import name_of
from ioc_etl.pipeline.services import Services
from schemas.uploading import noted_older
from schemas.vocabulary import RegisterName

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


@dataclass(frozen=True, slots=True)
class LastPulled:
    """What a run decides from: the pull that brought its registers, and the last number at which it saw a roster."""

    pulled: PulledMonth
    kept: KeptIds
    register_pull_no: int
    known_pull_no: int


def as_last_pulled(connection: Connection, pulled: PulledMonth, kept: KeptIds, state: MonthState) -> LastPulled:
    """What was pulled and kept, without what is not the latest.

    A run that waited, for its turn or for a slow source, must not put an older file in force than the one that came
    before it, nor decide on older registers. Its centres are left out; of a register, and of the files that belong to
    nobody, it takes what came later. Nor does a file say anything that was first seen before the one in force.
    """
    month, pull_no = state.reference_month, pulled.pull_no or 0
    later = ignored_since(connection, month, pull_no)
    newest = without_older(connection, month, pulled, kept) if later is None else replace(pulled, ignored=later)
    centres = tuple(centre for centre in newest.centres if _is_last(ROSTER, centre.centre_code, kept, state.latest))
    codes = {centre.centre_code for centre in centres}
    older = [name for name in pulled.registers.files if not _is_last(REGISTER, name, kept, state.latest_registers)]
    newer = {name: state.latest_registers.get(name, ()) for name in older}
    contents = dict(read_contents(connection, [file.source_file_id for files in newer.values() for file in files]))
    registers: dict[RegisterName, tuple[PulledFile, ...]] = {
        **pulled.registers.files,
        **{name: as_pulled(files, contents) for name, files in newer.items()},
    }
    ids = {(kind, code): ids for (kind, code), ids in kept.items() if kind != ROSTER or code in codes}
    ids |= {(REGISTER, str(name)): tuple(file.source_file_id for file in files) for name, files in newer.items()}
    spoken = [number for (kind, _), number in last_pulls(connection, month).items() if kind == REGISTER]
    given = replace(newest, centres=centres, registers=PulledRegisters(registers))
    return LastPulled(given, ids, max([pull_no, *spoken]), last_seen(connection, month))


def without_older(connection: Connection, month: date, pulled: PulledMonth, kept: KeptIds) -> PulledMonth:
    """What was pulled without the files that were first seen before the one in force: they are noted instead."""
    places = single_rosters(kept, {centre.centre_code: centre.files for centre in pulled.centres})
    older = older_rosters(connection, month, places)
    if not older:
        return pulled
    notes = [
        noted_older(code, name_of(file.file_name, file.sha256), name_of(file.in_force_name, file.in_force_sha256))
        for code, file in sorted(older.items())
    ]
    centres = tuple(centre for centre in pulled.centres if centre.centre_code not in older)
    return replace(pulled, centres=centres, ignored=(*pulled.ignored, *notes))


def _is_last(kind: str, code: str, kept: KeptIds, latest: Mapping[str, tuple[KeptFile, ...]]) -> bool:
    return set(kept[kind, code]) == {file.source_file_id for file in latest.get(code, ())}
