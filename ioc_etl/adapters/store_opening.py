"""Money paid outside the system before go-live, as lines of the ledger."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ioc_etl.adapters.store_files import REGISTER, kept_files
from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.store_ids import opening_id
from ioc_etl.adapters.store_pulls import month_pulled_last
from ioc_etl.adapters.store_records import KeptFile
from ioc_etl.adapters.tables import BATCH, CONTENT, OPENING_END, OPENING_LINE, SOURCE_FILE
from schemas.ledger import USED_LINK
from schemas.vocabulary import BatchStatus

COMMITTED_PERSON: dict[str, pl.DataType] = {
    "reference_month": pl.Date(),
    "citizen_id": pl.String(),
    "amount_vnd": pl.Int64(),
    "is_opening": pl.Boolean(),
}
"""One row per line that is committed now, over all centres, and was not returned."""

_COMMITTED = sa.text(
    "SELECT reference_month, citizen_id, amount_vnd, batch_kind = 'opening' FROM payroll.ledger_line "
    "WHERE reference_month = ANY(:months) AND NOT is_returned"
)
_LINKS = sa.text(
    "SELECT k.former_id, k.person_id FROM payroll.month m JOIN payroll.run_link k ON k.run_id = m.current_run_id "
    "WHERE m.reference_month = ANY(:months) ORDER BY m.reference_month, k.former_id"
)
_AGAIN = sa.text(
    """
    SELECT DISTINCT ON (o.reference_month, o.centre_code, o.person_id)
        o.reference_month, o.centre_code, o.person_id, e.payment_id
    FROM payroll.opening_line o JOIN payroll.opening_end e USING (payment_id)
    WHERE o.reference_month = ANY(:months)
    ORDER BY o.reference_month, o.centre_code, o.person_id, o.audit_seq DESC
    """
)

Key = tuple[date, str, str]
"""Month, centre and person."""


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


def known_openings(connection: sa.Connection, months: Iterable[date]) -> set[Key]:
    """The opening lines that count already."""
    line = OPENING_LINE.c
    query = sa.select(line.reference_month, line.centre_code, line.person_id).where(_counts())
    rows = connection.execute(query.where(line.reference_month.in_(list(months))))
    return {(month, centre_code, person_id) for month, centre_code, person_id in rows}


def committed_people(connection: sa.Connection, months: Collection[date]) -> pl.DataFrame:
    """`COMMITTED_PERSON` of months."""
    return read_frame(connection, _COMMITTED, COMMITTED_PERSON, months=list(months))


def links_of_runs(connection: sa.Connection, months: Collection[date]) -> pl.DataFrame:
    """`schemas.ledger.USED_LINK`: the links that the current runs of months rest on."""
    return read_frame(connection, _LINKS, USED_LINK, months=list(months))


def registers_pulled_last(connection: sa.Connection, name: str) -> tuple[KeptFile, ...]:
    """A register's files as the pull brought them that began last, for whichever month."""
    month = month_pulled_last(connection)
    if month is None:
        return ()
    files = kept_files(connection, month, SOURCE_FILE.c.is_latest)
    return tuple(file for file in files if file.kind == REGISTER and file.code == name)


def _counts() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(OPENING_END.c.payment_id == OPENING_LINE.c.payment_id)


def _replaced(connection: sa.Connection, months: Collection[date]) -> Mapping[Key, UUID]:
    """The cancelled line whose place a new one of the same month, centre and person takes."""
    rows = connection.execute(_AGAIN, {"months": list(months)})
    return {(month, centre_code, person_id): payment_id for month, centre_code, person_id, payment_id in rows}


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
    replaced = _replaced(connection, {line.reference_month for line in lines})
    keyed = [(line, replaced.get((line.reference_month, line.centre_code, line.citizen_id))) for line in lines]
    rows = [
        {
            "payment_id": opening_id(line.reference_month, line.centre_code, line.citizen_id, replaces),
            "replaces": replaces,
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
        for line, replaces in keyed
    ]
    connection.execute(sa.insert(OPENING_LINE), rows)
