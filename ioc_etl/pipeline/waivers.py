"""What finance decides about people: a finding set aside, which row stands, a recovery confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_approval import batches_beginning
from ioc_etl.adapters.store_waivers import (
    RecoveryLine,
    ShownCase,
    batch_of_payment,
    cases_beginning,
    read_row,
    unconfirmed_recoveries,
    write_recovery_confirmations,
    write_standing,
    write_waiver,
    write_waiver_end,
)
from ioc_etl.core.month import month_code
from ioc_etl.errors import RefusedError, UsageError, WrongStateError
from ioc_etl.pipeline.actors import require_role
from ioc_etl.pipeline.batches import batch_event, find_batch, holding_batch, holding_month
from ioc_etl.pipeline.kept_texts import refuse_bad_reason
from ioc_etl.pipeline.named import Words, beginning, is_beginning, the_only
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import BatchKind, BatchStatus, FindingCode, Role, Severity

_CASE = Words(
    no_id=(
        "{text!r} is no case: take its id, or 4 characters or more of it, from the exception report",
        "{text!r} không phải là mã vụ việc: lấy mã, hoặc từ 4 ký tự đầu của mã, trong báo cáo ngoại lệ",
    ),
    none=(
        "no case {text!r} is shown now; a case that is mended needs no waiver",
        "không có vụ việc {text!r} ở lần chạy hiện hành; lỗi đã sửa thì không cần bỏ qua",
    ),
    several=(
        "more than one case begins with {text!r}: write more of its id",
        "có nhiều vụ việc bắt đầu bằng {text!r}: hãy ghi thêm ký tự của mã",
    ),
)


def waive(
    services: Services,
    actor: str,
    case_text: str,
    *,
    reason: str,
    until: date | None = None,
    is_for_good: bool = False,
) -> ShownCase:
    """Set a finding aside for the case's month, up to the month `until`, or for good; the next run applies it.

    Only what blocks nothing is answered for good.

    Raises:
        UsageError: there is no such case, it is waived already, `until` lies before it, or it blocks and is not
            answered for good.
        RefusedError: the finding may not be waived, or not by this account.
    """
    refuse_bad_reason(reason)
    with services.engine.connect() as connection:
        month = _case(connection, case_text).reference_month
    with holding_month(services, actor, month) as connection:
        case = _case(connection, case_text)
        require_role(connection, actor, Role.FINANCE)
        last = until or month
        if is_for_good and (until is not None or case.severity == Severity.BLOCK):
            raise UsageError(
                f"{case.code} blocks, or a last month is given too: only a warning is answered for good",
                f"{case.code} dừng chi, hoặc đã ghi tháng cuối: chỉ nhắc nhở mới trả lời được một lần cho mọi tháng",
            )
        if last < month:
            raise UsageError(
                f"--until {month_code(last)} lies before the case's month {month_code(month)}",
                f"--until {month_code(last)} trước tháng {month_code(month)} của vụ việc",
            )
        if case.waiver_id is not None:
            raise UsageError(
                "the case is waived already; take that back with: ioc-etl unwaive",
                "vụ việc đã được bỏ qua rồi; muốn rút lại thì dùng: ioc-etl unwaive",
            )
        if not case.is_waivable or case.centre_code is None:
            raise RefusedError(
                f"{case.code} may not be waived by anybody: it has to be mended",
                f"không ai được bỏ qua {case.code}: phải sửa",
            )
        now = services.clock.now()
        valid_to = None if is_for_good else last
        waiver_id = write_waiver(connection, case, valid_to=valid_to, actor=actor, reason=reason, at=now)
        holds = {"is_for_good": str(True)} if is_for_good else {"until": last.isoformat()}
        said = {"waiver_id": str(waiver_id), **holds}
        audit.record(connection, _event(services, actor, audit.WAIVE, case, **said))
        return case


def unwaive(services: Services, actor: str, case_text: str, *, reason: str) -> ShownCase:
    """Take a waiver back; the next run holds the row again. What was paid meanwhile is settled by that run.

    Raises:
        UsageError: there is no such case, or nothing is waived.
        RefusedError: not by this account.
    """
    refuse_bad_reason(reason)
    with services.engine.connect() as connection:
        month = _case(connection, case_text).reference_month
    with holding_month(services, actor, month) as connection:
        case = _case(connection, case_text)
        require_role(connection, actor, Role.FINANCE)
        if case.waiver_id is None:
            raise UsageError("nothing is waived for that case", "vụ việc ấy không có gì đang được bỏ qua")
        write_waiver_end(connection, case.waiver_id, actor=actor, reason=reason, at=services.clock.now())
        audit.record(connection, _event(services, actor, audit.UNWAIVE, case, waiver_id=str(case.waiver_id)))
        return case


def stand(services: Services, actor: str, month: date, centre_code: str, source_row: int, *, reason: str) -> None:
    """Of a person's rows that are held as duplicates, this one stands (rule 16); the next run applies it.

    Raises:
        UsageError: no such centre or row, or the row is nobody's duplicate.
        RefusedError: not by this account.
    """
    refuse_bad_reason(reason)
    services.centre(centre_code)
    with holding_month(services, actor, month) as connection:
        require_role(connection, actor, Role.FINANCE)
        row = read_row(connection, month, centre_code, source_row)
        place = f"row {source_row} of {centre_code} in {month_code(month)}"
        place_vi = f"dòng {source_row} của {centre_code} trong {month_code(month)}"
        if row is None:
            raise UsageError(
                f"there is no {place} in the month's current run", f"lần chạy hiện hành không có {place_vi}"
            )
        if row.person_id is None or FindingCode.DUPLICATE_PERSON not in row.codes:
            raise UsageError(
                f"{place} is nobody's duplicate: there is nothing to choose",
                f"{place_vi} không trùng người với dòng nào: không có gì để chọn",
            )
        standing_id = write_standing(
            connection,
            month=month,
            centre_code=centre_code,
            source_row=source_row,
            row=row,
            actor=actor,
            reason=reason,
            at=services.clock.now(),
        )
        detail: audit.Detail = {
            "standing_id": str(standing_id),
            "centre_code": centre_code,
            "source_row": source_row,
        }
        audit.record(connection, audit.AuditEvent(services.clock.now(), actor, audit.STAND, month, detail=detail))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The recovery lines of a batch that were confirmed; `waiting`: those that have to be named one by one."""

    batch: str
    confirmed: tuple[RecoveryLine, ...] = ()
    waiting: tuple[RecoveryLine, ...] = ()

    @property
    def lines(self) -> int:
        """How many were confirmed."""
        return len(self.confirmed)


def confirm_recovery(services: Services, actor: str, *texts: str, reason: str) -> Confirmed:
    """Confirm recovery lines of one batch by their payment ids, all of them or none.

    A batch's own name confirms its only line; of several it confirms none and tells which wait (rulebook section 6:
    one by one).

    Raises:
        UsageError: there is no such batch or line, or more than one may be meant.
        WrongStateError: it is no recovery, past that, or confirmed already.
        RefusedError: not by this account.
    """
    refuse_bad_reason(reason)
    payments, batch_text = _payments_or_batch(services, texts)
    with holding_batch(services, actor, batch_text) as (connection, batch):
        require_role(connection, actor, Role.FINANCE)
        if batch.kind != BatchKind.RECOVERY or batch.status not in {BatchStatus.DRAFT, BatchStatus.SUBMITTED}:
            raise WrongStateError(
                f"batch {batch.name} is {batch.status}: only recoveries not approved yet are confirmed",
                f"đợt chi {batch.name}: chỉ xác nhận các khoản truy thu chưa duyệt",
            )
        waiting = unconfirmed_recoveries(connection, batch.batch_id)
        chosen = [line for line in waiting if not payments or line.payment_id in payments]
        if len(chosen) < max(len(payments), 1):
            raise WrongStateError(
                f"batch {batch.name}: that is confirmed already", f"đợt chi {batch.name}: đã xác nhận rồi"
            )
        if not payments and batch.lines > 1:
            return Confirmed(batch.name, waiting=tuple(waiting))
        write_recovery_confirmations(connection, chosen, actor=actor, reason=reason, at=services.clock.now())
        told = [str(line.payment_id) for line in chosen]
        audit.record(connection, batch_event(services, actor, audit.CONFIRM_RECOVERY, batch, payments=told))
        return Confirmed(batch.name, tuple(chosen))


def _payments_or_batch(services: Services, texts: Sequence[str]) -> tuple[frozenset[UUID], str]:
    """The lines whose ids these are and their batch; or none and a batch, however it is named."""
    with services.engine.connect() as connection:
        found = [_payment(connection, text) for text in texts]
        named = [line for line in found if line is not None]
        if not named and len(texts) == 1:
            return frozenset(), str(find_batch(connection, texts[0]).batch_id)
    batches = {batch_id for _, batch_id in named}
    if len(named) < len(texts) or len(batches) != 1:
        raise UsageError(
            "name one batch, or payments of one batch; see: ioc-etl confirm-recovery BATCH",
            "hãy ghi một đợt chi, hoặc các khoản của cùng một đợt; xem: ioc-etl confirm-recovery ĐỢT",
        )
    return frozenset(payment_id for payment_id, _ in named), str(batches.pop())


def _payment(connection: Connection, text: str) -> tuple[UUID, UUID] | None:
    """The only line whose id begins so and its batch; null when no line's does."""
    if not is_beginning(text):
        return None
    typed = text.strip().lower()
    payments = batch_of_payment(connection, typed)
    if len(payments) + (len(batches_beginning(connection, typed)) if payments else 0) > 1:
        raise UsageError(
            f"more than one payment or batch begins with {text!r}: write more of its id",
            f"có nhiều khoản hoặc đợt chi bắt đầu bằng {text!r}: hãy ghi thêm ký tự của mã",
        )
    return payments[0] if payments else None


def _case(connection: Connection, text: str) -> ShownCase:
    return the_only(cases_beginning(connection, beginning(text, _CASE)), text, _CASE)


def _event(services: Services, actor: str, action: str, case: ShownCase, **more: str) -> audit.AuditEvent:
    detail = {"case_id": str(case.case_id), "code": case.code, "centre_code": case.centre_code, **more}
    return audit.AuditEvent(services.clock.now(), actor, action, case.reference_month, detail=detail)
