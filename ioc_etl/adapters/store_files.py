"""Keeping what was pulled, byte for byte, before anybody reads it; and which file of a centre is in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store_arrays import is_none_of, is_one_of
from ioc_etl.adapters.store_contents import keep_contents
from ioc_etl.adapters.store_ids import source_file_id
from ioc_etl.adapters.store_pulls import Code, last_pulls, remember_pull
from ioc_etl.adapters.store_records import KeptFile, OfferedFiles
from ioc_etl.adapters.store_sights import older_rosters, place_of, remember_sights
from ioc_etl.adapters.tables import SOURCE_FILE
from schemas.vocabulary import FileStatus

ROSTER, REGISTER = "roster", "register"
_FILES = sa.text(
    """
    INSERT INTO landing.source_file
        (source_file_id, kind, reference_month, centre_code, register_name, file_name, origin, sha256, received_at,
         is_too_large, is_latest)
    SELECT id, kind, :month, CASE WHEN kind = 'roster' THEN code END, CASE WHEN kind = 'register' THEN code END,
           file_name, origin, sha256, :received_at, is_too_large, false
    FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:codes AS text[]), CAST(:names AS text[]),
                CAST(:origins AS text[]), CAST(:shas AS text[]), CAST(:too_large AS boolean[]))
        AS file (id, kind, code, file_name, origin, sha256, is_too_large)
    ON CONFLICT DO NOTHING
    """
)

_HOLD = sa.text("SELECT pg_advisory_xact_lock(hashtext('ioc-etl files'), :month)")

Pulled = Mapping[str, Sequence[PulledFile]]
"""By centre code (rosters) or register name: what a pull brought: nothing, one file, or several."""


def keep_files(
    engine: sa.Engine,
    month: date,
    *,
    pull_no: int,
    began_at: datetime,
    clock: Clock,
    rosters: Pulled,
    registers: Pulled,
) -> dict[Code, tuple[UUID, ...]]:
    """Keep what a pull brought, in a transaction of its own, and remember it as the latest of each code given.

    Contents are kept once; the same content for the same month and centre (or register) again changes nothing. A code
    with no file says that the pull found none; codes that are not given were not pulled and stay as they were. So do
    those that a pull has brought which began after this one, `pull_no`: what it brought is newer; and those whose one
    file was first seen there before the one in force (`store_sights`): it says nothing new.

    Returns: ids of the kept files by (kind, code), in the order given.
    """
    offered = [(ROSTER, code, files) for code, files in rosters.items()]
    offered += [(REGISTER, str(name), files) for name, files in registers.items()]
    ids = {
        (kind, code): tuple(source_file_id(kind, month, code, file.sha256) for file in files)
        for kind, code, files in offered
    }
    all_files = [
        _OfferedFile(file_id, kind, code, file)
        for kind, code, files in offered
        for file_id, file in zip(ids[kind, code], files, strict=True)
    ]
    with engine.begin() as connection:
        _hold_files(connection, month)
        _keep(connection, month, all_files, clock.now())
        remember_sights(connection, {each.file_id: each.place for each in all_files if each.kind == ROSTER}, pull_no)
        last, older = last_pulls(connection, month), older_rosters(connection, month, single_rosters(ids, rosters))
        own = {
            (kind, code): file_ids
            for (kind, code), file_ids in ids.items()
            if last.get((kind, code), pull_no) <= pull_no and not (kind == ROSTER and code in older)
        }
        changed = _mark_latest(connection, month, own)
        # What is as it was stays untouched: an identical run writes its own row alone.
        remember_pull(connection, month, {key for key in own if key in changed or key not in last}, pull_no, began_at)
    return ids


def single_rosters(ids: Mapping[Code, tuple[UUID, ...]], rosters: Pulled) -> dict[UUID, str]:
    """The ids of centres' only files, with the places that they came from."""
    return {ids[ROSTER, code][0]: place_of(files[0].origin) for code, files in rosters.items() if len(files) == 1}


def _hold_files(connection: sa.Connection, month: date) -> None:
    """One at a time marks a month's files, be it a pull or a run: in two orders at once they could wait in a circle.

    Always after the month's own lock, never before it; goes with the transaction.
    """
    connection.execute(_HOLD, {"month": month.year * 100 + month.month})


def keep_file(
    connection: sa.Connection, month: date, kind: str, code: str, file: PulledFile, *, received_at: datetime
) -> UUID:
    """Keep one file, unless the same content is kept already; its id. Whether it is the latest is said elsewhere."""
    offered = _OfferedFile(source_file_id(kind, month, code, file.sha256), kind, code, file)
    _keep(connection, month, [offered], received_at)
    return offered.file_id


@dataclass(frozen=True, slots=True)
class _OfferedFile:
    file_id: UUID
    kind: str
    code: str
    file: PulledFile

    @property
    def place(self) -> str:
        return place_of(self.file.origin)


def _keep(connection: sa.Connection, month: date, offered: Sequence[_OfferedFile], received_at: datetime) -> None:
    """In the order of their keys: two runs that keep the same files at once wait for each other and never in a ring."""
    known = sa.select(SOURCE_FILE.c.source_file_id).where(
        is_one_of(SOURCE_FILE.c.source_file_id, [each.file_id for each in offered])
    )
    kept = set(connection.scalars(known))
    new = {each.file_id: each for each in offered if each.file_id not in kept}
    if new:
        keep_contents(connection, {each.file.sha256: each.file.data for each in new.values()})
        files = sorted(new.values(), key=lambda each: each.file_id)
        connection.execute(_FILES, _columns(files) | {"month": month, "received_at": received_at})


def _columns(files: Sequence[_OfferedFile]) -> dict[str, object]:
    return {
        "ids": [each.file_id for each in files],
        "kinds": [each.kind for each in files],
        "codes": [each.code for each in files],
        "names": [each.file.name for each in files],
        "origins": [each.file.origin for each in files],
        "shas": [each.file.sha256 for each in files],
        "too_large": [each.file.is_too_large for each in files],
    }


def _mark_latest(connection: sa.Connection, month: date, kept: Mapping[Code, tuple[UUID, ...]]) -> set[Code]:
    """Returns: the codes whose marks have changed."""
    latest = {file_id for ids in kept.values() for file_id in ids}
    code = sa.func.coalesce(SOURCE_FILE.c.centre_code, SOURCE_FILE.c.register_name)
    known = sa.select(SOURCE_FILE.c.source_file_id, SOURCE_FILE.c.kind, code, SOURCE_FILE.c.is_latest).where(
        SOURCE_FILE.c.reference_month == month
    )
    rows = connection.execute(known).tuples().all()
    changed = [row for row in rows if row[1:3] in kept and (row[0] in latest) is not row[3]]
    for is_latest in (False, True):
        ids = [row[0] for row in changed if row[3] is not is_latest]
        if ids:
            connection.execute(
                sa.update(SOURCE_FILE).where(is_one_of(SOURCE_FILE.c.source_file_id, ids)).values(is_latest=is_latest)
            )
    return {(kind, name) for _, kind, name, _ in changed}


def kept_files(connection: sa.Connection, month: date, *conditions: sa.ColumnElement[bool]) -> list[KeptFile]:
    """The month's kept files, by kind, code and time."""
    table = SOURCE_FILE.c
    columns = [
        table.source_file_id,
        table.kind,
        sa.func.coalesce(table.centre_code, table.register_name).label("code"),
        *(table[name] for name in KeptFile.__slots__[3:]),
    ]
    rows = connection.execute(
        sa.select(*columns)
        .where(table.reference_month == month, *conditions)
        .order_by(table.kind, sa.literal_column("code"), table.received_at, table.sha256)
    )
    return [KeptFile(*row) for row in rows]


def put_in_force(
    connection: sa.Connection, month: date, files: Mapping[str, UUID], offers: Mapping[str, OfferedFiles]
) -> None:
    """Write down what became of the offered files, and let each centre's accepted file be the one in force.

    Centres that are not in `files` keep theirs. Rows that say so already are not touched.
    """
    _hold_files(connection, month)
    table = SOURCE_FILE.c
    accepted = {
        file_id for offer in offers.values() if offer.status == FileStatus.ACCEPTED for file_id in offer.source_file_ids
    }
    refused = {file_id for offer in offers.values() for file_id in offer.source_file_ids} - accepted
    for verdict, file_ids in (("accepted", accepted), ("refused", refused - set(files.values()))):
        connection.execute(
            sa.update(SOURCE_FILE)
            .where(
                is_one_of(table.source_file_id, file_ids), table.verdict.is_distinct_from(verdict), ~table.is_in_force
            )
            .values(verdict=verdict)
        )
    in_force = list(files.values())
    connection.execute(
        sa.update(SOURCE_FILE)
        .where(
            table.reference_month == month,
            table.is_in_force,
            is_one_of(table.centre_code, files),
            is_none_of(table.source_file_id, in_force),
        )
        .values(is_in_force=False)
    )
    connection.execute(
        sa.update(SOURCE_FILE)
        .where(is_one_of(table.source_file_id, in_force), ~table.is_in_force)
        .values(is_in_force=True, verdict="accepted")
    )
