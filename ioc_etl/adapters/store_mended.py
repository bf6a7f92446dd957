"""Returned workbooks that lack people of the roster they mend, and what somebody said of those people; append-only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters import audit
from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store_files import ROSTER, keep_file, kept_files
from ioc_etl.adapters.store_ids import source_file_id
from ioc_etl.adapters.store_pulls import next_pull_no
from ioc_etl.adapters.store_records import KeptFile
from ioc_etl.adapters.store_sights import HAND_IN_PLACE, remember_sights
from ioc_etl.adapters.tables import MENDED_ROSTER, SOURCE_FILE
from schemas.vocabulary import OtherRows

HAND_IN = "hand_in"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody said of one returned workbook: its own hash, that of the roster it mends, the whole one's."""

    reference_month: date
    centre_code: str
    sent_sha256: str
    base_sha256: str
    others: OtherRows
    whole_sha256: str
    reason: str
    actor: str
    at: datetime


def confirmations(connection: sa.Connection, month: date) -> dict[tuple[str, str], Confirmation]:
    """Every confirmation of a month by centre and hash of what was sent."""
    names = Confirmation.__slots__
    rows = connection.execute(
        sa.select(*(MENDED_ROSTER.c[name] for name in names)).where(MENDED_ROSTER.c.reference_month == month)
    )
    said = (Confirmation(**{**row._asdict(), "others": OtherRows(row.others)}) for row in rows)
    return {(each.centre_code, each.sent_sha256): each for each in said}


def rosters_of(connection: sa.Connection, month: date, centre_code: str) -> dict[str, KeptFile]:
    """Every roster of a centre that was kept for a month, by hash."""
    own = (SOURCE_FILE.c.kind == ROSTER) & (SOURCE_FILE.c.centre_code == centre_code)
    return {file.sha256: file for file in kept_files(connection, month, own)}


def rosters_by_hash(
    connection: sa.Connection, month: date, asked: set[tuple[str, str]]
) -> dict[tuple[str, str], KeptFile]:
    """The kept rosters of (centre, hash), where there are such."""
    ids = [source_file_id(ROSTER, month, code, sha256) for code, sha256 in sorted(asked)]
    files = kept_files(connection, month, SOURCE_FILE.c.source_file_id.in_(ids))
    return {(file.code, file.sha256): file for file in files}


def write_confirmation(connection: sa.Connection, said: Confirmation, whole: PulledFile | None) -> UUID:
    """Keep the whole roster (null: the one sent is it) and what was said; the audit event is the last statement."""
    if whole is not None:
        keep_file(connection, said.reference_month, ROSTER, said.centre_code, whole, received_at=said.at)
    whole_id = source_file_id(ROSTER, said.reference_month, said.centre_code, said.whole_sha256)
    remember_sights(connection, {whole_id: HAND_IN_PLACE}, next_pull_no(connection))
    connection.execute(sa.insert(MENDED_ROSTER).values({name: getattr(said, name) for name in Confirmation.__slots__}))
    audit.record(
        connection,
        audit.AuditEvent(
            at=said.at,
            actor=said.actor,
            action=HAND_IN,
            reference_month=said.reference_month,
            detail={
                "centre_code": said.centre_code,
                "others": str(said.others),
                "sent_sha256": said.sent_sha256,
                "base_sha256": said.base_sha256,
                "whole_sha256": said.whole_sha256,
            },
        ),
    )
    return whole_id
