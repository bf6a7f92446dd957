"""Handing in a part of a roster: somebody says what became of the people who are not in it, once and for ever.

Source: rulebook section 6, partial rosters: "then base and mended rows make a new whole roster".
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from uuid import uuid4

from sqlalchemy import Connection

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store import KeptFile, MonthFiles, month_transaction, read_contents, read_month_files
from ioc_etl.adapters.store_mended import Confirmation, confirmations, rosters_of, write_confirmation
from ioc_etl.core.mended import Mend, are_together, mend_of, together, total_to_carry
from ioc_etl.core.month import month_code
from ioc_etl.core.returned_cells import table_of
from ioc_etl.core.sheet import RosterReading
from ioc_etl.errors import UnreadableFileError, UsageError
from ioc_etl.pipeline.actors import require_role
from ioc_etl.pipeline.as_run import facts_as_run
from ioc_etl.pipeline.hand_back_rooms import HandBackRooms, SentFile
from ioc_etl.pipeline.kept_texts import refuse_bad_reason
from ioc_etl.pipeline.mended import is_followed
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import Policy
from schemas.marker import Marker
from schemas.returned import Return
from schemas.vocabulary import FindingCode, OtherRows, Role, Severity


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was confirmed of a file: what became of the others, how many rows; `is_new` false: it was said before."""

    file_name: str
    others: OtherRows
    changed: int
    new: int
    missing: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A returned file and the roster that it mends, both read."""

    sent: KeptFile
    base: KeptFile
    sent_read: SentFile
    base_read: SentFile
    mend: Mend


def hand_in(
    services: Services, month: date, centre_code: str, *, others: OtherRows, reason: str, actor: str
) -> HandedIn:
    """Confirms the centre's latest file of the month: the others stand as they were sent, or they have left.

    Raises:
        UsageError: there is nothing to confirm, it was confirmed otherwise, or it cannot be confirmed like this; the
            message says what to do instead.
        RefusedError: the account may not.
        UnreadableFileError: the file cannot be read.
        MonthLockedError: a run holds the month.
    """
    centre = services.centre(centre_code, month)
    if not reason.strip():
        raise UsageError(
            "say why, with --reason: who told that the others stand, or left",
            "hãy ghi lý do với --reason: ai cho biết những người còn lại vẫn giữ nguyên hay không còn",
        )
    refuse_bad_reason(reason)
    # Reading what strangers sent takes its time: the month is held only afterwards, and looked at once more then.
    with ReadingRooms() as rooms, services.engine.connect() as connection:
        require_role(connection, actor, Role.FINANCE, Role.OPERATOR)
        state = read_month_files(connection, month)
        workshop = HandBackRooms(rooms, facts_as_run(services, connection, month, state, rooms))
        part = _part(connection, month, _latest(state, centre.code), workshop)
        said = _said(connection, month, part)
        if said is not None:
            return _said_before(said, others, part)
        _refuse_an_older_base(connection, part, state)
        whole = _whole(month, part, others, workshop, services.policy)
    with month_transaction(services.engine, month, uuid4(), actor=actor, wait=False) as connection:
        state = read_month_files(connection, month)
        _refuse_if_moved(part, state)
        said = _said(connection, month, part)
        if said is not None:
            return _said_before(said, others, part)
        _refuse_an_older_base(connection, part, state)
        confirmation = Confirmation(
            reference_month=month,
            centre_code=centre.code,
            sent_sha256=part.sent.sha256,
            base_sha256=part.base.sha256,
            others=others,
            whole_sha256=whole.sha256 if whole else part.sent.sha256,
            reason=reason.strip(),
            actor=actor,
            at=services.clock.now(),
        )
        write_confirmation(connection, confirmation, whole)
        return _told(part, others, is_new=True)


def _latest(state: MonthFiles, centre_code: str) -> KeptFile:
    files = state.latest.get(centre_code, ())
    if len(files) != 1:
        what, code = f"{len(files)} files" if files else "no file", month_code(state.reference_month)
        what_vi = f"có {len(files)} tệp" if files else "không có tệp nào"
        raise UsageError(
            f"the last pull of {code} found {what} of {centre_code}: nothing to confirm",
            f"lần lấy hồ sơ gần nhất của {code} {what_vi} của {centre_code}: không có gì để xác nhận",
        )
    if files[0].is_too_large:
        raise UsageError(
            f"{files[0].file_name} is larger than allowed; there is nothing to confirm",
            f"{files[0].file_name} lớn hơn mức cho phép; không có gì để xác nhận",
        )
    return files[0]


def _part(connection: Connection, month: date, sent: KeptFile, workshop: HandBackRooms) -> _Part:
    """The file with the roster that it mends.

    Raises:
        UsageError: it mends none, or everybody is there.
    """
    own = dict(read_contents(connection, [sent.source_file_id]))[sent.source_file_id]
    read = workshop.sent(own, sent.code)
    marker = read.reading.marker
    base = rosters_of(connection, month, sent.code).get(marker.sha256) if marker is not None else None
    if base is None or base.sha256 == sent.sha256 or base.is_too_large:
        raise UsageError(
            f"{sent.file_name} mends no roster of {sent.code} for {month_code(month)}: it is read as a whole one, "
            "nothing need be confirmed",
            f"{sent.file_name} không sửa danh sách nào của {sent.code} trong {month_code(month)}: tệp được đọc như "
            "danh sách đầy đủ, không cần xác nhận",
        )
    content = dict(read_contents(connection, [base.source_file_id]))[base.source_file_id]
    base_read = workshop.sent(content, sent.code)
    mend = mend_of(read.reading, base_read.reading)
    if not read.reading.source_row:
        raise UsageError(
            f"{sent.file_name} holds nobody; ask the centre for its roster",
            f"{sent.file_name} không có ai; hãy yêu cầu Trung tâm gửi danh sách",
        )
    if not mend.missing:
        raise UsageError(
            f"{sent.file_name} holds everybody of the roster that it mends: nothing need be confirmed; "
            f"ioc-etl run {month_code(month)}",
            f"{sent.file_name} có đủ mọi người của danh sách mà tệp sửa: không cần xác nhận; "
            f"hãy chạy ioc-etl run {month_code(month)}",
        )
    return _Part(sent, base, read, base_read, mend)


def _said(connection: Connection, month: date, part: _Part) -> Confirmation | None:
    return confirmations(connection, month).get((part.sent.code, part.sent.sha256))


def _refuse_if_moved(part: _Part, state: MonthFiles) -> None:
    """What is confirmed must be what was read."""
    if _latest(state, part.sent.code).sha256 != part.sent.sha256:
        raise UsageError(
            f"{part.sent.code} has sent another file while {part.sent.file_name} was read; nothing was confirmed: "
            "look at the new one first",
            f"{part.sent.code} đã gửi tệp khác trong lúc đọc {part.sent.file_name}; chưa xác nhận gì: "
            "hãy xem tệp mới trước",
        )


def _said_before(said: Confirmation, others: OtherRows, part: _Part) -> HandedIn:
    if said.others is not others:
        raise UsageError(
            f"{part.sent.file_name} was confirmed as {said.others} by {said.actor} on {said.at:%Y-%m-%d}; that stays. "
            "If it was wrong, ask the centre for its whole roster: it takes the place of this one",
            f"{part.sent.file_name} đã được {said.actor} xác nhận là {said.others} ngày {said.at:%d/%m/%Y}, không đổi "
            "được. Nếu sai, hãy yêu cầu Trung tâm gửi danh sách đầy đủ để thay tệp này",
        )
    return _told(part, others, is_new=False)


def _told(part: _Part, others: OtherRows, *, is_new: bool) -> HandedIn:
    mend = part.mend
    return HandedIn(part.sent.file_name, others, len(mend.changed), mend.new, len(mend.missing), is_new)


def _whole(month: date, part: _Part, others: OtherRows, workshop: HandBackRooms, policy: Policy) -> PulledFile | None:
    """The whole roster that is kept; None where the file itself is it.

    Raises:
        UsageError: taken like this it would be refused.
    """
    if others is OtherRows.LEFT:
        _refuse_what_blocks(
            part.sent_read.reading,
            policy,
            "taken as the whole roster, the file would be refused",
            "coi là danh sách đầy đủ thì tệp sẽ bị từ chối",
        )
        return None
    content = _composed(month, part, workshop)
    reading = workshop.reading(content, part.sent.code)
    _refuse_what_blocks(
        reading,
        policy,
        "base and mended rows together would be refused",
        "danh sách gốc ghép với các dòng đã sửa sẽ bị từ chối",
    )
    return PulledFile(
        name=f"{PurePath(part.base.file_name).stem}.xlsx",
        origin=f"hand-in: {part.base.sha256} + {part.sent.sha256}",
        data=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _composed(month: date, part: _Part, workshop: HandBackRooms) -> bytes:
    """The base with the mended rows in their places, as a workbook that reads exactly so."""
    sent, base = part.sent_read.reading, part.base_read.reading
    marker = Marker(part.base.sha256, month_code(month), part.sent.code)
    given = Return(marker, table_of(part.base_read.cells, base), people=together(sent, base))
    total = None
    for content in workshop.made(part.base_read, given):
        whole = workshop.reading(content, part.sent.code)
        total = total or total_to_carry(whole, base)
        if total is None and are_together(whole, sent, base):
            return content
    for content in workshop.made(part.base_read, replace(given, total=total)) if total else ():
        if are_together(workshop.reading(content, part.sent.code), sent, base):
            return content
    raise UnreadableFileError("không ghép được các dòng đã sửa vào danh sách gốc; hãy yêu cầu gửi lại cả danh sách")


def _refuse_an_older_base(connection: Connection, part: _Part, state: MonthFiles) -> None:
    """Who is missing was told against the base: of a roster that has followed it, nothing was said.

    Rows put into the older one would take back what the later one mended; left, its other people would be absent.
    """
    month = state.reference_month
    if is_followed(connection, month, part.base, state.in_force.get(part.base.code)):
        raise UsageError(
            f"{part.sent.file_name} mends a roster that a later one has followed: nobody was asked about the people "
            f"of that one. Hand the present one back to be mended (ioc-etl hand-back {month_code(month)} "
            f"{part.sent.code}), or ask for the whole roster",
            f"{part.sent.file_name} sửa một danh sách đã có danh sách sau thay: chưa ai được hỏi về người của danh "
            f"sách sau. Hãy trả lại danh sách hiện hành để sửa (ioc-etl hand-back {month_code(month)} "
            f"{part.sent.code}), hoặc yêu cầu gửi danh sách đầy đủ",
        )


def _refuse_what_blocks(reading: RosterReading, policy: Policy, what: str, what_vi: str) -> None:
    blocking: Iterable[FindingCode] = (
        finding.code for finding in reading.findings if policy.findings[finding.code].severity is Severity.BLOCK
    )
    codes = sorted({str(code) for code in blocking})
    if codes:
        told = ", ".join(codes)
        raise UsageError(
            f"{what} ({told}); nothing was confirmed: ask the centre for its whole roster",
            f"{what_vi} ({told}); chưa xác nhận gì: hãy yêu cầu Trung tâm gửi danh sách đầy đủ",
        )
