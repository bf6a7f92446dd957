"""Returned rosters in a run: what was confirmed is read as the whole roster, what was not is said to be a part.

Source: rulebook section 6, partial rosters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store import MonthState, read_contents
from ioc_etl.adapters.store_mended import Confirmation, confirmations, rosters_by_hash
from ioc_etl.adapters.store_records import KeptFile
from ioc_etl.adapters.store_sights import HAND_IN_PLACE, first_seen
from ioc_etl.core.intake import Offer
from ioc_etl.core.mended import judged
from ioc_etl.core.sheet import RosterReading
from ioc_etl.pipeline.extract import PulledMonth
from ioc_etl.pipeline.kept_files import as_pulled
from ioc_etl.pipeline.read import RosterReader
from schemas.vocabulary import FileStatus

_SHOWN_OF_A_HASH = 12

Kept = Mapping[tuple[str, str], tuple[UUID, ...]]
Confirmed = Mapping[tuple[str, str], Confirmation]
"""By centre and hash of the file that was sent."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a run works with: what was pulled, the ids it is kept under, the month's state, what was confirmed.

    A replay does not know rosters that were first seen after `known_pull_no`, or, of a run without that number, that
    came after `known_until`; null: all that are kept are known. `register_pull_no` is the number of the pull that
    brought the registers.
    """

    pulled: PulledMonth
    kept: Kept
    state: MonthState
    confirmed: Confirmed = field(default_factory=dict)
    known_until: datetime | None = None
    register_pull_no: int | None = None
    known_pull_no: int | None = None


def with_whole_rosters(
    connection: Connection, month: date, *, pulled: PulledMonth, kept: Kept, state: MonthState
) -> Given:
    """What was pulled, with every confirmed part of a roster replaced by the whole one that came of it."""
    confirmed = confirmations(connection, month)
    wholes = {key: each.whole_sha256 for key, each in confirmed.items() if each.whole_sha256 != key[1]}
    if not wholes:
        return Given(pulled, kept, state, confirmed)
    files = rosters_by_hash(connection, month, {(code, sha) for (code, _), sha in wholes.items()})
    whole_of = {key: files[key[0], sha] for key, sha in wholes.items()}
    sent = {(centre.centre_code, file.sha256) for centre in pulled.centres for file in centre.files}
    contents = dict(read_contents(connection, [file.source_file_id for key, file in whole_of.items() if key in sent]))
    centres = tuple(
        replace(
            centre,
            files=tuple(_pulled(file, whole_of.get((centre.centre_code, file.sha256)), contents) for file in files),
        )
        for centre in pulled.centres
        for files in [centre.files]
    )
    ids = {
        ("roster", centre.centre_code): tuple(
            whole_of[centre.centre_code, file.sha256].source_file_id
            if (centre.centre_code, file.sha256) in whole_of
            else file_id
            for file, file_id in zip(centre.files, kept["roster", centre.centre_code], strict=True)
        )
        for centre in pulled.centres
    }
    latest = {
        code: tuple(whole_of.get((code, file.sha256), file) for file in files) for code, files in state.latest.items()
    }
    return Given(replace(pulled, centres=centres), {**kept, **ids}, replace(state, latest=latest), confirmed)


def latest_whole(connection: Connection, month: date, files: Iterable[KeptFile]) -> tuple[KeptFile, ...]:
    """Kept rosters of one month, with every confirmed part replaced by the whole roster that came of it."""
    confirmed, sent = confirmations(connection, month), tuple(files)
    wanted = {(file.code, said.whole_sha256) for file in sent if (said := confirmed.get((file.code, file.sha256)))}
    wholes = rosters_by_hash(connection, month, wanted)
    return tuple(
        wholes[file.code, said.whole_sha256] if (said := confirmed.get((file.code, file.sha256))) else file
        for file in sent
    )


def is_followed(connection: Connection, month: date, base: KeptFile, in_force: KeptFile | None) -> bool:
    """Whether a later roster of the centre has followed this one: put in force, or answered for.

    Contents are ordered by the number at which they came first: one that was in force itself and is no more has been
    followed, even by a content that had come before it.
    """
    said = [each for (code, _), each in confirmations(connection, month).items() if code == base.code]
    answered = {(base.code, each.whole_sha256) for each in said if each.whole_sha256 != base.sha256}
    wholes = [file.source_file_id for file in rosters_by_hash(connection, month, answered).values()]
    later = [*first_seen(connection, wholes, HAND_IN_PLACE).values()]
    if in_force is not None and in_force.sha256 != base.sha256:
        if base.verdict == FileStatus.ACCEPTED:
            return True
        later += first_seen(connection, [in_force.source_file_id]).values()
    (came_at,) = first_seen(connection, [base.source_file_id]).values()
    return any(number > came_at for number in later)


def name_of(file_name: str, sha256: str) -> str:
    """How a finding names a roster beside another one: its file's name and the beginning of its hash."""
    return f"{file_name} (mã {sha256[:_SHOWN_OF_A_HASH]})"


def _pulled(file: PulledFile, whole: KeptFile | None, contents: Mapping[UUID, bytes]) -> PulledFile:
    return file if whole is None else as_pulled((whole,), contents)[0]


class MendedRosters:
    """Holds the returned rosters of a run against the ones they mend."""

    def __init__(self, connection: Connection, month: date, given: Given, reader: RosterReader) -> None:
        self._connection, self._month = connection, month
        self._given, self._reader = given, reader

    def offers(self, offers: Iterable[Offer], shas: Mapping[str, str]) -> tuple[Offer, ...]:
        """The offers with what is said of returned rosters; `shas` are the hashes of the files by centre."""
        given = tuple(offers)
        read = {offer.centre_code: offer.reading for offer in given if offer.reading is not None}
        told = self.readings(read, shas)
        return tuple(replace(offer, reading=told.get(offer.centre_code, offer.reading)) for offer in given)

    def readings(self, readings: Mapping[str, RosterReading], shas: Mapping[str, str]) -> dict[str, RosterReading]:
        """The same of readings by centre. A marker of no roster that this centre sent this month says nothing."""
        asked = {
            (code, reading.marker.sha256)
            for code, reading in readings.items()
            if reading.marker is not None and reading.marker.sha256 != shas.get(code)
        }
        if not asked:
            return dict(readings)
        bases = {code: file for (code, _), file in self._bases(asked).items()}
        contents = dict(read_contents(self._connection, [file.source_file_id for file in bases.values()]))
        read = self._reader.readings({code: as_pulled((file,), contents)[0] for code, file in bases.items()})
        return {
            code: judged(
                reading,
                read[code],
                centre_code=code,
                base_name=name_of(bases[code].file_name, bases[code].sha256),
                is_confirmed=(code, shas.get(code, "")) in self._given.confirmed,
            )
            if code in read
            else reading
            for code, reading in readings.items()
        }

    def _bases(self, asked: set[tuple[str, str]]) -> dict[tuple[str, str], KeptFile]:
        files = rosters_by_hash(self._connection, self._month, asked)
        number, until = self._given.known_pull_no, self._given.known_until
        if number is not None:
            seen = first_seen(self._connection, [file.source_file_id for file in files.values()])
            files = {key: file for key, file in files.items() if seen[file.source_file_id] <= number}
        elif until is not None:
            files = {key: file for key, file in files.items() if file.received_at <= until}
        return {key: file for key, file in files.items() if not file.is_too_large}
