"""When a roster's bytes were first seen, by place: an old file on a server never undoes a newer one.

Source: rulebook section 6, what counts as the latest.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from uuid import UUID

import sqlalchemy as sa

HAND_IN_PLACE = "hand-in"
"""Where a roster comes from that somebody answered for."""

_REMEMBER = sa.text(
    """
    INSERT INTO landing.first_sight (source_file_id, place, pull_no)
    SELECT id, place, :pull_no FROM unnest(CAST(:ids AS uuid[]), CAST(:places AS text[])) AS seen (id, place)
    ON CONFLICT DO NOTHING
    """
)
_OLDER = sa.text(
    """
    SELECT f.centre_code, f.file_name, f.sha256, y.file_name, y.sha256
    FROM unnest(CAST(:ids AS uuid[]), CAST(:places AS text[])) AS offered (id, place)
    JOIN landing.source_file f ON f.source_file_id = offered.id AND f.reference_month = :month
    JOIN landing.first_sight s ON s.source_file_id = f.source_file_id AND s.place = offered.place
    JOIN landing.source_file y
        ON y.reference_month = f.reference_month AND y.centre_code = f.centre_code AND y.is_in_force
    WHERE y.sha256 <> f.sha256
      AND s.pull_no < (SELECT max(t.pull_no) FROM landing.first_sight t WHERE t.source_file_id = y.source_file_id)
    """
)
_WHOLES = sa.text(
    "SELECT centre_code, sent_sha256, whole_sha256 FROM landing.mended_roster WHERE reference_month = :month"
)
_LAST = sa.text(
    "SELECT COALESCE(max(s.pull_no), 0) FROM landing.first_sight s JOIN landing.source_file f USING (source_file_id) "
    "WHERE f.reference_month = :month"
)
_FIRST = sa.text(
    "SELECT source_file_id, min(pull_no) FROM landing.first_sight WHERE source_file_id = ANY(CAST(:ids AS uuid[])) "
    "AND (CAST(:place AS text) IS NULL OR place = :place) GROUP BY source_file_id"
)


@dataclass(frozen=True, slots=True)
class OlderRoster:
    """A file that its place still holds although a newer one is in force; both by name and SHA-256."""

    file_name: str
    sha256: str
    in_force_name: str
    in_force_sha256: str


def place_of(origin: str) -> str:
    """The folder that a file came from."""
    return str(PurePosixPath(origin).parent) if "://" not in origin else origin.rpartition("/")[0]


def remember_sights(connection: sa.Connection, places: Mapping[UUID, str], pull_no: int) -> None:
    """These files were seen at these places by the pull of that number, unless they were seen there before."""
    if places:
        ids = sorted(places)
        values = {"ids": ids, "places": [places[file_id] for file_id in ids], "pull_no": pull_no}
        connection.execute(_REMEMBER, values)


def older_rosters(connection: sa.Connection, month: date, places: Mapping[UUID, str]) -> dict[str, OlderRoster]:
    """Those of the offered rosters, by id and place, that were first seen there before the one in force; by centre.

    A part of a roster that was answered for is the whole one that came of it.
    """
    ids = sorted(places)
    values = {"month": month, "ids": ids, "places": [places[file_id] for file_id in ids]}
    found = {code: OlderRoster(*names) for code, *names in connection.execute(_OLDER, values)}
    if not found:
        return {}
    answers = connection.execute(_WHOLES, {"month": month})
    wholes = {(code, sent): whole for code, sent, whole in answers}
    return {code: file for code, file in found.items() if wholes.get((code, file.sha256)) != file.in_force_sha256}


def last_seen(connection: sa.Connection, month: date) -> int:
    """The highest number at which a roster of the month was seen first somewhere; 0 before there is any."""
    return int(connection.execute(_LAST, {"month": month}).scalar_one())


def first_seen(connection: sa.Connection, file_ids: Collection[UUID], place: str | None = None) -> dict[UUID, int]:
    """The number at which each file's bytes came first, from that place or wherever from."""
    return dict(connection.execute(_FIRST, {"ids": sorted(file_ids), "place": place}).tuples().all())
