"""Go-live: money paid before, outside the system, comes into the ledger, all of a file or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store import month_transaction
from ioc_etl.adapters.store_lock import try_month
from ioc_etl.adapters.store_opening import (
    OpeningLine,
    centre_months_past_draft,
    known_openings,
    write_opening_lines,
)
from ioc_etl.core.month import month_code
from ioc_etl.core.opening import COLUMNS, OpeningTable, opening_table
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.actors import require_role
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileToRead, Unreadable
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import MonthPolicy
from ioc_etl.policy.resolve import policy_at
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import Role

_WANTED = {
    "reference_month": ("no month such as 2022-01", "không phải tháng dạng 2022-01"),
    "centre_code": ("no such centre", "không có Trung tâm này"),
    "citizen_id": (
        "no ID of 12 digits (or 9), or the same person twice in that month and centre",
        "không phải số căn cước 12 chữ số (hoặc 9), hoặc một người hai lần trong cùng tháng, Trung tâm",
    ),
    "full_name": ("no name", "thiếu họ tên"),
    "amount_vnd": ("no amount in whole đồng above 0", "không phải số tiền nguyên đồng lớn hơn 0"),
    "document": ("which paper proves the payment?", "thiếu chứng từ chi"),
}


@dataclass(frozen=True, slots=True)
class OpeningProblem:
    """What is wrong at one cell, in both languages."""

    row_number: int
    cell: str
    en: str
    vi: str


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What came of a file: its lines and their sum when all are taken; else every problem, and nothing was written."""

    lines: int
    amount_vnd: int
    problems: tuple[OpeningProblem, ...] = ()


def import_opening(services: Services, actor: str, file: Path) -> OpeningReport:
    """Take a CSV or office file with `COLUMNS`.

    Raises:
        UsageError: there is no such file, it cannot be read, a column is missing, it has no lines.
        RefusedError: not by this account.
        MonthLockedError: a run holds one of its months.
    """
    policy = policy_at(services.policy, services.clock.today_in_vietnam().replace(day=1))
    data = _bytes(file, policy.roster_max_bytes)
    table = _table(services, policy, data)
    faults = _faults(table)
    if faults:
        return OpeningReport(0, 0, tuple(faults))
    months = sorted(set(table.rows["reference_month"]))
    with month_transaction(services.engine, months[0], uuid4(), actor=actor, wait=False) as connection:
        for month in months[1:]:
            try_month(connection, month)
        require_role(connection, actor, Role.FINANCE)
        clashes = tuple(_clashes(connection, table, months))
        if clashes:
            return OpeningReport(0, 0, clashes)
        lines = [_line(services, row) for row in table.rows.iter_rows(named=True)]
        total = sum(line.amount_vnd for line in lines)
        seq, now = audit.next_seq(connection), services.clock.now()
        write_opening_lines(connection, lines, data, actor=actor, at=now, audit_seq=seq)
        names = [month_code(month) for month in months]
        detail: audit.Detail = {"months": names, "lines": len(lines), "amount_vnd": total}
        audit.record(connection, audit.AuditEvent(now, actor, audit.OPENING, detail=detail))
    return OpeningReport(len(lines), total)


def _bytes(file: Path, max_bytes: int) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError:
        raise UsageError(f"there is no file {file} that can be read") from None
    if len(data) > max_bytes:
        raise UsageError(f"the file is larger than a roster may be ({max_bytes:,} bytes): import it in parts")
    return data


def _table(services: Services, policy: MonthPolicy, data: bytes) -> OpeningTable:
    table = opening_table(_cells(data), centres=services.policy.centres, policy=policy)
    if table.problem is not None:
        raise UsageError(f"missing columns {table.problem}; a file of opening lines has {', '.join(COLUMNS)}")
    if table.rows.is_empty():
        raise UsageError("the file has no lines below its header")
    return table


def _cells(data: bytes) -> WorkbookCells:
    """It comes from outside as much as a roster does, and is read where that is."""
    with ReadingRooms() as rooms:
        ((_, answer),) = rooms.read([FileToRead(data)])
    if isinstance(answer, WorkbookCells):
        return answer
    reason = answer.reason if isinstance(answer, Unreadable) else "it holds no cells"
    raise UsageError(f"the file cannot be read: {reason}")


def _faults(table: OpeningTable) -> list[OpeningProblem]:
    bad = table.rows.filter(pl.col("fault").is_not_null()).select("row_number", "fault")
    return [_problem(table, number, column, *_WANTED[column]) for number, column in bad.iter_rows()]


def _clashes(connection: Connection, table: OpeningTable, months: list[date]) -> Iterator[OpeningProblem]:
    """Lines that the ledger cannot take any more."""
    past, known = centre_months_past_draft(connection, months), known_openings(connection, months)
    for number, month, centre, person in table.rows.select(
        "row_number", "reference_month", "centre_code", "citizen_id"
    ).iter_rows():
        if (month, centre) in past:
            yield _problem(
                table,
                number,
                "centre_code",
                f"{month_code(month)}/{centre} has a batch past draft: opening lines come too late",
                f"{month_code(month)}/{centre} đã có đợt chi trình duyệt: không nhập số đã chi trước được nữa",
            )
        if (month, centre, person) in known:
            yield _problem(table, number, "citizen_id", "is in the ledger already", "đã có trong sổ chi")


def _problem(table: OpeningTable, number: int, column: str, en: str, vi: str) -> OpeningProblem:
    return OpeningProblem(number, f"{table.places[column]}{number}", f"{column}: {en}", f"{column}: {vi}")


def _line(services: Services, row: dict[str, object]) -> OpeningLine:
    centre = services.policy.centres[str(row["centre_code"])]
    month, amount = row["reference_month"], row["amount_vnd"]
    if not isinstance(month, date) or not isinstance(amount, int):
        raise TypeError("a good line has a month and an amount")
    return OpeningLine(
        reference_month=month,
        centre_code=centre.code,
        funding_source=centre.funding_source,
        citizen_id=str(row["citizen_id"]),
        full_name=str(row["full_name"]),
        amount_vnd=amount,
        document=str(row["document"]),
    )
