"""The bytes of kept files: every content once, by its SHA-256."""

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.store_arrays import is_one_of
from ioc_etl.adapters.tables import CONTENT, SOURCE_FILE

_FILES_AT_A_TIME = 50
_BYTES_AT_A_TIME = 8 * 1024 * 1024
"""Of contents on their way into the database: enough that the number of statements does not matter."""

_KEEP = sa.text(
    """
    INSERT INTO landing.content (sha256, size_bytes, bytes)
    SELECT * FROM unnest(CAST(:shas AS text[]), CAST(:sizes AS bigint[]), CAST(:contents AS bytea[]))
    ON CONFLICT DO NOTHING
    """
)


def keep_contents(connection: sa.Connection, contents: Mapping[str, bytes]) -> None:
    """Keep contents by their SHA-256, unless they are kept already.

    In the order of the hashes: two runs that keep the same contents at once wait for each other and never in a ring.
    """
    for shas in _parts(contents):
        parts = [contents[sha] for sha in shas]
        connection.execute(_KEEP, {"shas": shas, "sizes": [len(part) for part in parts], "contents": parts})


def _parts(contents: Mapping[str, bytes]) -> Iterator[list[str]]:
    """The hashes in order, so many at a time that their contents take a bounded amount of memory."""
    part: list[str] = []
    size = 0
    for sha256 in sorted(contents):
        if part and size + len(contents[sha256]) > _BYTES_AT_A_TIME:
            yield part
            part, size = [], 0
        part.append(sha256)
        size += len(contents[sha256])
    if part:
        yield part


def read_contents(connection: sa.Connection, file_ids: Collection[UUID]) -> Iterator[tuple[UUID, bytes]]:
    """The kept bytes of files, some at a time; unknown ids are left out."""
    wanted = sorted(file_ids)
    for start in range(0, len(wanted), _FILES_AT_A_TIME):
        rows = connection.execute(
            sa.select(SOURCE_FILE.c.source_file_id, CONTENT.c.bytes)
            .join(CONTENT, CONTENT.c.sha256 == SOURCE_FILE.c.sha256)
            .where(is_one_of(SOURCE_FILE.c.source_file_id, wanted[start : start + _FILES_AT_A_TIME]))
        )
        for file_id, content in rows:
            yield file_id, bytes(content)
