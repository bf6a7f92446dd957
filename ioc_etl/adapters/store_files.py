"""Keeping what was pulled, byte for byte, before anybody reads it; and which file of a centre is in force."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store_ids import source_file_id
from ioc_etl.adapters.store_records import KeptFile, OfferedFiles
from ioc_etl.adapters.tables import CONTENT, SOURCE_FILE
from schemas.vocabulary import FileStatus

ROSTER, REGISTER = "roster", "register"
_FILES_AT_A_TIME = 50

Pulled = Mapping[str, Sequence[PulledFile]]
"""By centre code (rosters) or register name: what a pull brought: nothing, one file, or several."""


def keep_files(
    engine: sa.Engine, month: date, *, received_at: datetime, rosters: Pulled, registers: Pulled
) -> dict[tuple[str, str], tuple[UUID, ...]]:
    """Keep what a pull brought, in a transaction of its own, and remember it as the latest of each code given.

    Contents are kept once; the same content for the same month and centre (or register) again changes nothing. A code
    with no file says that the pull found none; codes that are not given were not pulled and stay as they were.

    Returns: ids of the kept files by (kind, code), in the order given.
    """
    offered = [*((ROSTER, code, files) for code, files in rosters.items())]
    offered += [(REGISTER, str(name), files) for name, files in registers.items()]
    kept: dict[tuple[str, str], tuple[UUID, ...]] = {}
    with engine.begin() as connection:
        for kind, code, files in offered:
            kept[kind, code] = tuple(
                keep_file(connection, month, kind, code, file, received_at=received_at) for file in files
            )
        _mark_latest(connection, month, kept)
    return kept


def keep_file(
    connection: sa.Connection, month: date, kind: str, code: str, file: PulledFile, *, received_at: datetime
) -> UUID:
    """Keep one file, unless the same content is kept already; its id. Whether it is the latest is said elsewhere."""
    file_id = source_file_id(kind, month, code, file.sha256)
    if not _is_kept(connection, file_id):
        _keep_content(connection, file)
        _keep_file(connection, _row(month, kind, code, file), received_at)
    return file_id


def _is_kept(connection: sa.Connection, file_id: UUID) -> bool:
    known = sa.select(SOURCE_FILE.c.source_file_id).where(SOURCE_FILE.c.source_file_id == file_id)
    return connection.scalar(known) is not None


def _keep_content(connection: sa.Connection, file: PulledFile) -> None:
    content = {"sha256": file.sha256, "size_bytes": len(file.data), "bytes": file.data}
    connection.execute(insert(CONTENT).values(content).on_conflict_do_nothing())


def _keep_file(connection: sa.Connection, row: Mapping[str, object], received_at: datetime) -> None:
    values = {**row, "received_at": received_at, "is_latest": False}
    connection.execute(insert(SOURCE_FILE).values(values).on_conflict_do_nothing())


def _row(month: date, kind: str, code: str, file: PulledFile) -> dict[str, object]:
    return {
        "source_file_id": source_file_id(kind, month, code, file.sha256),
        "kind": kind,
        "reference_month": month,
        "centre_code": code if kind == ROSTER else None,
        "register_name": code if kind == REGISTER else None,
        "file_name": file.name,
        "origin": file.origin,
        "sha256": file.sha256,
        "is_too_large": file.is_too_large,
    }


def _mark_latest(connection: sa.Connection, month: date, kept: Mapping[tuple[str, str], tuple[UUID, ...]]) -> None:
    latest = {file_id for ids in kept.values() for file_id in ids}
    code = sa.func.coalesce(SOURCE_FILE.c.centre_code, SOURCE_FILE.c.register_name)
    known = sa.select(SOURCE_FILE.c.source_file_id, SOURCE_FILE.c.kind, code, SOURCE_FILE.c.is_latest).where(
        SOURCE_FILE.c.reference_month == month
    )
    pulled = [row for row in connection.execute(known) if (row[1], row[2]) in kept]
    for is_latest in (False, True):
        changed = [row[0] for row in pulled if row[3] is not is_latest and (row[0] in latest) is is_latest]
        if changed:
            connection.execute(
                sa.update(SOURCE_FILE).where(SOURCE_FILE.c.source_file_id.in_(changed)).values(is_latest=is_latest)
            )


def read_contents(connection: sa.Connection, file_ids: Collection[UUID]) -> Iterator[tuple[UUID, bytes]]:
    """The kept bytes of files, some at a time; unknown ids are left out."""
    wanted = sorted(file_ids)
    for start in range(0, len(wanted), _FILES_AT_A_TIME):
        part = wanted[start : start + _FILES_AT_A_TIME]
        rows = connection.execute(
            sa.select(SOURCE_FILE.c.source_file_id, CONTENT.c.bytes)
            .join(CONTENT, CONTENT.c.sha256 == SOURCE_FILE.c.sha256)
            .where(SOURCE_FILE.c.source_file_id.in_(part))
        )
        for file_id, content in rows:
            yield file_id, bytes(content)


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
    table = SOURCE_FILE.c
    accepted = {
        file_id for offer in offers.values() if offer.status == FileStatus.ACCEPTED for file_id in offer.source_file_ids
    }
    refused = {file_id for offer in offers.values() for file_id in offer.source_file_ids} - accepted
    for verdict, file_ids in (("accepted", accepted), ("refused", refused - set(files.values()))):
        connection.execute(
            sa.update(SOURCE_FILE)
            .where(table.source_file_id.in_(file_ids), table.verdict.is_distinct_from(verdict), ~table.is_in_force)
            .values(verdict=verdict)
        )
    in_force = list(files.values())
    connection.execute(
        sa.update(SOURCE_FILE)
        .where(
            table.reference_month == month,
            table.is_in_force,
            table.centre_code.in_(list(files)),
            table.source_file_id.not_in(in_force),
        )
        .values(is_in_force=False)
    )
    connection.execute(
        sa.update(SOURCE_FILE)
        .where(table.source_file_id.in_(in_force), ~table.is_in_force)
        .values(is_in_force=True, verdict="accepted")
    )
