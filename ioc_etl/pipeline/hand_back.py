"""Handing a roster back: the centre's own latest file of a month, with what the month's run found marked in it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store import KeptFile, MonthFiles, decisions, read_contents, read_month_files
from ioc_etl.adapters.store_mended import rosters_by_hash
from ioc_etl.adapters.store_told import told_of_file
from ioc_etl.core.month import month_code
from ioc_etl.core.returned_cells import table_of
from ioc_etl.errors import UnreadableFileError, UsageError
from ioc_etl.pipeline.actors import SYSTEM
from ioc_etl.pipeline.as_run import facts_as_run
from ioc_etl.pipeline.hand_back_rooms import HandBackRooms
from ioc_etl.pipeline.mended import is_followed, latest_whole
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import Centre, Policy
from schemas.marker import Marker
from schemas.returned import CoverNote, Return
from schemas.vocabulary import FindingCode, Outcome, Severity

_NOT_ABOUT_THE_FILE = frozenset({FindingCode.ROSTER_MISSING})


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A workbook that goes back: its bytes, the file it was made of, how many findings stop something or only warn."""

    content: bytes
    sent_as: str
    send_as: str
    base_sha256: str
    is_refused: bool
    blocks: int
    warnings: int


@dataclass(frozen=True, slots=True)
class _Sent:
    """The file that is handed back."""

    file: KeptFile
    content: bytes
    is_refused: bool
    in_force: str | None


def hand_back(services: Services, month: date, centre_code: str, *, actor: str = SYSTEM) -> HandedBack:
    """The centre's latest file of the month as a workbook to be mended; that somebody took it is written down.

    Where that is a part which mends a roster that a later one has followed: the one in force.

    Raises:
        UsageError: there is no such centre, it sent nothing that was run, or only a part that nobody confirmed.
        UnreadableFileError: the file cannot be read, so nothing can be marked in it; says what to tell the centre.
    """
    centre = services.centre(centre_code, month)
    with ReadingRooms() as rooms:
        return _handed_back(services, month, centre, rooms, actor)


def _handed_back(services: Services, month: date, centre: Centre, rooms: ReadingRooms, actor: str) -> HandedBack:
    with services.engine.connect() as connection:
        state = read_month_files(connection, month)
        sent = _sent(connection, state, centre, month)
        told = told_of_file(connection, month, centre.code, is_refused=sent.is_refused)
        facts = facts_as_run(services, connection, month, state, rooms)
        workshop = HandBackRooms(rooms, facts)
        if any(finding.code == FindingCode.ROSTER_PARTIAL for finding in told):
            sent = _instead_of_a_part(connection, state, sent, workshop)
            told = told_of_file(connection, month, centre.code, is_refused=False)
    marked = tuple(each for each in told if each.severity != Severity.INFO and each.code not in _NOT_ABOUT_THE_FILE)
    note = _note(services, month, centre, sent)
    try:
        read = workshop.sent(sent.content, centre.code)
        marker = Marker(sent.file.sha256, month_code(month), centre.code)
        given = Return(marker, table_of(read.cells, read.reading), marked, note)
        content = workshop.returned(read, given)
    except UnreadableFileError as error:
        raise _unreadable(services.policy, sent.file, str(error)) from error
    _record_look(services, month, actor, sent.file)
    counts = Counter(finding.severity for finding in marked)
    return HandedBack(
        content=content,
        sent_as=sent.file.file_name,
        send_as=note.send_as,
        base_sha256=sent.file.sha256,
        is_refused=sent.is_refused,
        blocks=counts[Severity.BLOCK],
        warnings=counts[Severity.WARN],
    )


def _record_look(services: Services, month: date, actor: str, file: KeptFile) -> None:
    detail: audit.Detail = {"what": "hand-back", "centre_code": file.code, "sha256": file.sha256}
    event = audit.AuditEvent(services.clock.now(), actor, audit.LOOK, month, detail=detail)
    with services.engine.begin() as connection:
        audit.record(connection, event)


def _sent(connection: Connection, state: MonthFiles, centre: Centre, month: date) -> _Sent:
    """The refused file when the last one was refused, else the one in force."""
    offered = latest_whole(connection, month, state.latest.get(centre.code, ()))
    in_force = state.in_force.get(centre.code)
    if len(offered) > 1:
        raise UsageError(
            f"{centre.code} sent {len(offered)} files for {month_code(month)}; ask it to keep one, then run the month",
            f"{centre.code} gửi {len(offered)} tệp cho {month_code(month)}; hãy yêu cầu chỉ để lại một, rồi chạy tháng",
        )
    latest = offered[0] if offered else in_force
    if latest is None:
        raise UsageError(
            f"{centre.code} has sent nothing for {month_code(month)}; there is nothing to hand back",
            f"{centre.code} chưa gửi gì cho {month_code(month)}; không có gì để trả lại",
        )
    is_in_force = in_force is not None and latest.sha256 == in_force.sha256
    if not is_in_force and latest.verdict is None:
        raise UsageError(
            f"{latest.file_name} of {centre.code} has not been looked at yet; run the month first: "
            f"ioc-etl run {month_code(month)}",
            f"{latest.file_name} của {centre.code} chưa được xét; trước hết hãy chạy: ioc-etl run {month_code(month)}",
        )
    content = dict(read_contents(connection, [latest.source_file_id]))[latest.source_file_id]
    return _Sent(latest, content, not is_in_force, in_force.file_name if in_force and not is_in_force else None)


def _instead_of_a_part(connection: Connection, state: MonthFiles, part: _Sent, workshop: HandBackRooms) -> _Sent:
    """The file in force, where a part mends one that a later one has followed: nobody can be asked about the others.

    Raises:
        UsageError: it can be said what became of the others, or there is no file in force.
    """
    month, code, in_force = state.reference_month, part.file.code, state.in_force.get(part.file.code)
    marker = workshop.sent(part.content, code).reading.marker
    base = rosters_by_hash(connection, month, {(code, marker.sha256)} if marker else set())
    if not any(is_followed(connection, month, file, in_force) for file in base.values()):
        raise UsageError(
            f"the last file of {code} holds only a part of its roster; say first what became of the others: "
            f"ioc-etl hand-in {month_code(month)} {code} --others stand|left --reason '…', then run the month",
            f"tệp mới nhất của {code} chỉ có một phần danh sách; hãy cho biết trước những người còn lại ra sao: "
            f"ioc-etl hand-in {month_code(month)} {code} --others stand|left --reason '…', rồi chạy tháng",
        )
    if in_force is None:
        raise UsageError(
            f"the last file of {code} holds only a part, and no roster of it is in force; ask for the whole roster",
            f"tệp mới nhất của {code} chỉ có một phần và chưa có danh sách hiện hành; hãy yêu cầu gửi cả danh sách",
        )
    content = dict(read_contents(connection, [in_force.source_file_id]))[in_force.source_file_id]
    return _Sent(in_force, content, is_refused=False, in_force=None)


def _note(services: Services, month: date, centre: Centre, sent: _Sent) -> CoverNote:
    rows = [] if sent.is_refused else decisions(services.engine, month, centre.code).to_dicts()
    name = PurePath(sent.file.file_name)
    return CoverNote(
        centre_name=centre.name,
        month=month,
        sent_as=sent.file.file_name,
        send_as=name.name if name.suffix.lower() == ".xlsx" else f"{centre.code}.xlsx",
        is_refused=sent.is_refused,
        outcomes=dict(Counter(str(row["outcome"]) for row in rows)),
        held_rows=tuple(int(row["source_row"]) for row in rows if row["outcome"] == Outcome.HELD),
        in_force=sent.in_force,
    )


def _unreadable(policy: Policy, file: KeptFile, why: str) -> UnreadableFileError:
    """Why nothing is handed back, and what the centre is told instead."""
    text = policy.findings[FindingCode.ROSTER_TOO_LARGE if file.is_too_large else FindingCode.ROSTER_UNREADABLE]
    return UnreadableFileError(
        f"{file.file_name} cannot be handed back: {why}. Tell the centre instead: {text.how_to_fix_vi}",
        f"không trả lại được {file.file_name}: {why}. Hãy báo cho Trung tâm: {text.how_to_fix_vi}",
    )
