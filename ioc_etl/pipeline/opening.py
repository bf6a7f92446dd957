"""Go-live: money paid before, outside the system, comes into the ledger, all of a file or nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store import month_transaction, read_contents
from ioc_etl.adapters.store_lock import try_month
from ioc_etl.adapters.store_opening import (
    OpeningLine,
    centre_months_past_draft,
    committed_people,
    known_openings,
    links_of_runs,
    registers_pulled_last,
    write_opening_lines,
)
from ioc_etl.core.links import links_of
from ioc_etl.core.month import month_code
from ioc_etl.core.opening import COLUMNS, FAULTS, OpeningTable, opening_table
from ioc_etl.core.opening_bounds import above_one_support, of_committed_months
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.actors import require_role
from ioc_etl.pipeline.extract import PulledRegisters
from ioc_etl.pipeline.kept_files import as_pulled
from ioc_etl.pipeline.opening_problems import ABOVE, COMMITTED, WANTED, OpeningProblem, problem
from ioc_etl.pipeline.read import facts_of
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileToRead, Unreadable
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.resolve import policy_at
from ioc_etl.reports.terms import thousands
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import RegisterName, Role


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What came of a file: its lines and their sum when all are taken; else every problem, and nothing was written.

    `payable_lines` of them lie in months that this system pays (from `first_month` on): it pays that much less there.
    """

    lines: int
    amount_vnd: int
    problems: tuple[OpeningProblem, ...] = ()
    payable_lines: int = 0


def import_opening(services: Services, actor: str, file: Path) -> OpeningReport:
    """Take a CSV or office file with `COLUMNS`.

    Raises:
        UsageError: there is no such file, it cannot be read, a column is missing, it has no lines.
        RefusedError: not by this account.
        MonthLockedError: a run holds one of its months.
    """
    policy = policy_at(services.policy, services.clock.today_in_vietnam().replace(day=1))
    data = _bytes(file, policy.roster_max_bytes)
    # It comes from outside as much as a roster does, and is read where that is; before any month is held.
    with ReadingRooms() as rooms:
        table = _table(services, _cells(data, rooms))
        faults = _faults(table)
        if faults:
            return OpeningReport(0, 0, tuple(faults))
        register = _link_register(services, rooms)
    months = sorted(set(table.rows["reference_month"]))
    with holding_months(services, actor, months) as connection:
        require_role(connection, actor, Role.FINANCE)
        # By the links that were pulled last, for whichever month, and those that the months' runs rest on.
        links = links_of(register, links_of_runs(connection, months))
        clashes = tuple(_clashes(connection, table, months, links))
        if clashes:
            return OpeningReport(0, 0, clashes)
        lines = [_line(services, row) for row in table.rows.iter_rows(named=True)]
        total = sum(line.amount_vnd for line in lines)
        seq, now = audit.next_seq(connection), services.clock.now()
        write_opening_lines(connection, lines, data, actor=actor, at=now, audit_seq=seq)
        names = [month_code(month) for month in months]
        sha256 = hashlib.sha256(data).hexdigest()
        detail: audit.Detail = {"months": names, "lines": len(lines), "amount_vnd": total, "source_sha256": sha256}
        audit.record(connection, audit.AuditEvent(now, actor, audit.OPENING, detail=detail))
    return OpeningReport(len(lines), total, payable_lines=int(table.rows["is_payable"].sum()))


@contextmanager
def holding_months(services: Services, actor: str, months: Sequence[date]) -> Iterator[Connection]:
    """One transaction that holds several months, given in order, without waiting for any.

    Raises: MonthLockedError: a run, or another step, holds one of them.
    """
    with month_transaction(services.engine, months[0], uuid4(), actor=actor, wait=False) as connection:
        for month in months[1:]:
            try_month(connection, month)
        yield connection


def _bytes(file: Path, max_bytes: int) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError:
        raise UsageError(f"there is no file {file} that can be read", f"không đọc được tệp {file}") from None
    if len(data) > max_bytes:
        raise UsageError(
            f"the file is larger than a roster may be ({max_bytes:,} bytes): import it in parts",
            f"tệp lớn hơn mức cho phép ({thousands(max_bytes)} byte): hãy chia ra nhiều tệp",
        )
    return data


def _table(services: Services, cells: WorkbookCells) -> OpeningTable:
    table = opening_table(cells, policy=services.policy, today=services.clock.today_in_vietnam())
    if table.problem is not None:
        columns = ", ".join(COLUMNS)
        raise UsageError(
            f"missing columns {table.problem}; a file of opening lines has {columns}",
            f"thiếu cột {table.problem}; tệp số đã chi trước gồm các cột {columns}",
        )
    if table.rows.is_empty():
        raise UsageError("the file has no lines below its header", "tệp không có dòng nào dưới dòng tiêu đề")
    return table


def _cells(data: bytes, rooms: ReadingRooms) -> WorkbookCells:
    ((_, answer),) = rooms.read([FileToRead(data)])
    if isinstance(answer, WorkbookCells):
        return answer
    en, vi = (answer.reason, answer.reason) if isinstance(answer, Unreadable) else ("it holds no cells", "tệp trống")
    raise UsageError(f"the file cannot be read: {en}", f"không đọc được tệp: {vi}")


def _faults(table: OpeningTable) -> list[OpeningProblem]:
    bad = table.rows.filter(pl.col("fault").is_not_null()).select("row_number", "fault", "highest_vnd")
    return [problem(table, number, FAULTS[fault], WANTED[fault], highest) for number, fault, highest in bad.iter_rows()]


def _clashes(
    connection: Connection, table: OpeningTable, months: list[date], links: pl.DataFrame
) -> Iterator[OpeningProblem]:
    """Lines that the ledger cannot take, each for the first reason that is found; `links`: who is whom."""
    past, known = centre_months_past_draft(connection, months), known_openings(connection, months)
    committed = committed_people(connection, months)
    decided = set(of_committed_months(table.rows, committed, links))
    above = set(above_one_support(table.rows, committed, links))
    for number, month, centre, person, highest in table.rows.select(
        "row_number", "reference_month", "centre_code", "citizen_id", "highest_vnd"
    ).iter_rows():
        place = f"{month_code(month)}/{centre}"
        if (month, centre) in past:
            en = f"{place} has a batch past draft: opening lines come too late"
            vi = f"{place} đã có đợt chi trình duyệt: không nhập số đã chi trước được nữa"
            yield problem(table, number, "centre_code", (en, vi))
        elif (month, centre, person) in known:
            yield problem(table, number, "citizen_id", ("is in the ledger already", "đã có trong sổ chi"))
        elif number in decided:
            yield problem(table, number, "citizen_id", COMMITTED)
        elif number in above:
            yield problem(table, number, "amount_vnd", ABOVE, highest)


def _link_register(services: Services, rooms: ReadingRooms) -> pl.DataFrame:
    """The register of linked IDs as it was pulled last, for whichever month."""
    with services.engine.connect() as connection:
        kept = registers_pulled_last(connection, RegisterName.IDENTITY_LINK)
        contents = dict(read_contents(connection, [file.source_file_id for file in kept]))
    registers = PulledRegisters({RegisterName.IDENTITY_LINK: as_pulled(kept, contents)})
    month = services.clock.today_in_vietnam().replace(day=1)
    return facts_of(services.policy, month, registers, rooms).registers.identity_link


def _line(services: Services, row: dict[str, object]) -> OpeningLine:
    month, amount = row["reference_month"], row["amount_vnd"]
    if not isinstance(month, date) or not isinstance(amount, int):
        raise TypeError("a good line has a month and an amount")
    centre = services.centres_in(month)[str(row["centre_code"])]
    return OpeningLine(
        reference_month=month,
        centre_code=centre.code,
        funding_source=centre.funding_source,
        citizen_id=str(row["citizen_id"]),
        full_name=str(row["full_name"]),
        amount_vnd=amount,
        document=str(row["document"]),
    )
