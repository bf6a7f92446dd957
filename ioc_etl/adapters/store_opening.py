"""Money paid outside the system before go-live, as lines of the ledger."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ioc_etl.adapters.store_ids import opening_id
from ioc_etl.adapters.tables import BATCH, CONTENT, OPENING_LINE
from schemas.vocabulary import BatchStatus


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One person's money of one month and centre, with the paper that proves it."""

    reference_month: date
    centre_code: str
    funding_source: str
    citizen_id: str = field(repr=False)
    full_name: str = field(repr=False)
    amount_vnd: int
    document: str = field(repr=False)


def centre_months_past_draft(connection: sa.Connection, months: Iterable[date]) -> set[tuple[date, str]]:
    """Month and centre of the batches that are submitted or beyond: there opening lines come too late."""
    batch = BATCH.c
    is_past = batch.status.not_in((BatchStatus.DRAFT, BatchStatus.VOID))
    query = sa.select(batch.reference_month, batch.centre_code).where(batch.reference_month.in_(list(months)), is_past)
    return {(month, centre_code) for month, centre_code in connection.execute(query)}


def known_openings(connection: sa.Connection, months: Iterable[date]) -> set[tuple[date, str, str]]:
    """Month, centre and person of the opening lines that are there already."""
    line = OPENING_LINE.c
    query = sa.select(line.reference_month, line.centre_code, line.person_id)
    rows = connection.execute(query.where(line.reference_month.in_(list(months))))
    return {(month, centre_code, person_id) for month, centre_code, person_id in rows}


def write_opening_lines(
    connection: sa.Connection,
    lines: Sequence[OpeningLine],
    data: bytes,
    *,
    actor: str,
    at: datetime,
    audit_seq: int,
) -> None:
    """Keep the file, and its lines as committed money."""
    sha256 = hashlib.sha256(data).hexdigest()
    content = insert(CONTENT).values(sha256=sha256, size_bytes=len(data), bytes=data)
    connection.execute(content.on_conflict_do_nothing())
    rows = [
        {
            "payment_id": opening_id(line.reference_month, line.centre_code, line.citizen_id),
            "reference_month": line.reference_month,
            "centre_code": line.centre_code,
            "funding_source": line.funding_source,
            "person_id": line.citizen_id,
            "citizen_id": line.citizen_id,
            "full_name": line.full_name,
            "amount_vnd": line.amount_vnd,
            "document": line.document,
            "source_sha256": sha256,
            "actor": actor,
            "at": at,
            "audit_seq": audit_seq,
        }
        for line in lines
    ]
    connection.execute(sa.insert(OPENING_LINE), rows)
