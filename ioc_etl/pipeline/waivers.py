"""What finance decides about people: a finding set aside, which row stands, a recovery confirmed."""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_waivers import (
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
from ioc_etl.pipeline.batches import batch_event, find_batch, holding_batch, holding_month, is_beginning, refuse_blank
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import BatchKind, BatchStatus, FindingCode, Role


def waive(services: Services, actor: str, case_text: str, *, reason: str, until: date | None = None) -> ShownCase:
    """Set a finding of one person aside for the case's month, or up to the month `until`; the next run applies it.

    Raises:
        UsageError: there is no such case, it is waived already, or `until` lies before it.
        RefusedError: the finding may not be waived, or not by this account.
    """
    refuse_blank(reason)
    with services.engine.connect() as connection:
        month = _case(connection, case_text).reference_month
    with holding_month(services, actor, month) as connection:
        case = _case(connection, case_text)
        require_role(connection, actor, Role.FINANCE)
        last = until or month
        if last < month:
            raise UsageError(f"--until {month_code(last)} lies before the case's month {month_code(month)}")
        if case.waiver_id is not None:
            raise UsageError("the case is waived already; take that back with: ioc-etl unwaive")
        if not case.is_waivable or case.centre_code is None:
            raise RefusedError(
                f"{case.code} may not be waived by anybody: it has to be mended",
                f"không ai được bỏ qua {case.code}: phải sửa",
            )
        now = services.clock.now()
        waiver_id = write_waiver(connection, case, valid_to=last, actor=actor, reason=reason, at=now)
        said = {"waiver_id": str(waiver_id), "until": last.isoformat()}
        audit.record(connection, _event(services, actor, audit.WAIVE, case, **said))
        return case


def unwaive(services: Services, actor: str, case_text: str, *, reason: str) -> ShownCase:
    """Take a waiver back; the next run holds the row again. What was paid meanwhile is settled by that run.

    Raises:
        UsageError: there is no such case, or nothing is waived.
        RefusedError: not by this account.
    """
    refuse_blank(reason)
    with services.engine.connect() as connection:
        month = _case(connection, case_text).reference_month
    with holding_month(services, actor, month) as connection:
        case = _case(connection, case_text)
        require_role(connection, actor, Role.FINANCE)
        if case.waiver_id is None:
            raise UsageError("nothing is waived for that case")
        write_waiver_end(connection, case.waiver_id, actor=actor, reason=reason, at=services.clock.now())
        audit.record(connection, _event(services, actor, audit.UNWAIVE, case, waiver_id=str(case.waiver_id)))
        return case


def stand(services: Services, actor: str, month: date, centre_code: str, source_row: int, *, reason: str) -> None:
    """Of a person's rows that are held as duplicates, this one stands (rule 16); the next run applies it.

    Raises:
        UsageError: no such centre or row, or the row is nobody's duplicate.
        RefusedError: not by this account.
    """
    refuse_blank(reason)
    services.centre(centre_code)
    with holding_month(services, actor, month) as connection:
        require_role(connection, actor, Role.FINANCE)
        row = read_row(connection, month, centre_code, source_row)
        place = f"row {source_row} of {centre_code} in {month_code(month)}"
        if row is None:
            raise UsageError(f"there is no {place} in the month's current run")
        if row.person_id is None or FindingCode.DUPLICATE_PERSON not in row.codes:
            raise UsageError(f"{place} is nobody's duplicate: there is nothing to choose")
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


def confirm_recovery(services: Services, actor: str, text: str, *, reason: str) -> int:
    """Confirm one recovery line by its payment id, or all that a recovery batch still waits for. Returns how many.

    Raises:
        UsageError: there is no such batch or line.
        WrongStateError: it is no recovery, past that, or confirmed already.
        RefusedError: not by this account.
    """
    refuse_blank(reason)
    payment, batch_text = _payment_or_batch(services, text)
    with holding_batch(services, actor, batch_text) as (connection, batch):
        require_role(connection, actor, Role.FINANCE)
        if batch.kind != BatchKind.RECOVERY or batch.status not in {BatchStatus.DRAFT, BatchStatus.SUBMITTED}:
            raise WrongStateError(
                f"batch {batch.name} is {batch.status}: only recoveries not approved yet are confirmed",
                f"đợt chi {batch.name}: chỉ xác nhận các khoản truy thu chưa duyệt",
            )
        waiting = unconfirmed_recoveries(connection, batch.batch_id)
        chosen = [line for line in waiting if payment in {None, line.payment_id}]
        if not chosen:
            raise WrongStateError(
                f"batch {batch.name}: that is confirmed already", f"đợt chi {batch.name}: đã xác nhận rồi"
            )
        write_recovery_confirmations(connection, chosen, actor=actor, reason=reason, at=services.clock.now())
        payments = [str(line.payment_id) for line in chosen]
        audit.record(connection, batch_event(services, actor, audit.CONFIRM_RECOVERY, batch, payments=payments))
        return len(chosen)


def _payment_or_batch(services: Services, text: str) -> tuple[UUID | None, str]:
    """A batch, however it is named; else the line whose id it is and its batch."""
    with services.engine.connect() as connection:
        if is_beginning(text):
            payments = batch_of_payment(connection, text.strip().lower())
            if len(payments) == 1:
                return payments[0][0], str(payments[0][1])
        return None, str(find_batch(connection, text).batch_id)


def _case(connection: Connection, text: str) -> ShownCase:
    if not is_beginning(text):
        raise UsageError(f"{text!r} is no case: take its id, or 4 characters or more of it, from the exception report")
    found = cases_beginning(connection, text.strip().lower())
    if not found:
        raise UsageError(f"no case {text!r} is shown now; a case that is mended needs no waiver")
    if len(found) > 1:
        raise UsageError(f"more than one case begins with {text!r}: write more of its id")
    return found[0]


def _event(services: Services, actor: str, action: str, case: ShownCase, **more: str) -> audit.AuditEvent:
    detail = {"case_id": str(case.case_id), "code": case.code, "centre_code": case.centre_code, **more}
    return audit.AuditEvent(services.clock.now(), actor, action, case.reference_month, detail=detail)
