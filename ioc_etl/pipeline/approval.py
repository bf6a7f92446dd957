"""Approving a batch, and taking an approval back before anything has left."""

from datetime import date, timedelta

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_approval import (
    Batch,
    approval_refusals,
    authority_refusals,
    void_refusals,
    write_approval,
    write_void,
)
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.batches import batch_event, find_batch, holding_batch
from ioc_etl.pipeline.kept_texts import refuse_bad_reason
from ioc_etl.pipeline.refusals import refuse
from ioc_etl.pipeline.services import Services

_FURTHEST_PAY_DATE = timedelta(days=366)
"""From today on. Arrears of old months are paid years later, never planned years ahead: such a year is mistyped."""


def approve(services: Services, actor: str, text: str, *, total_vnd: int, pay_date: date, reason: str) -> Batch:
    """Approve a batch: its lines are committed from now on, and it never changes again but in status.

    `total_vnd` is what the approver believes to approve. The approval binds the hash of the lines and of what they rest
    on, and that batch alone.

    Raises:
        UsageError, WrongStateError: there is no such batch, it is not submitted, or the pay date is years ahead.
        RefusedError: it may not be approved, or not by this account.
        MonthLockedError: a run is writing the month.
    """
    refuse_bad_reason(reason)
    if pay_date > services.clock.today_in_vietnam() + _FURTHEST_PAY_DATE:
        raise UsageError(
            f"the pay date {pay_date:%Y-%m-%d} lies more than a year ahead: is the year right?",
            f"ngày chi {pay_date:%d/%m/%Y} còn hơn một năm nữa: năm có đúng không?",
        )
    with holding_batch(services, actor, text) as (connection, batch):
        # Before anything is asked: another month of the same funding source may be approved at this moment.
        seq, now = audit.next_seq(connection), services.clock.now()
        found = approval_refusals(connection, batch, actor, amount_vnd=total_vnd, pay_date=pay_date)
        found += authority_refusals(connection, batch)
        refuse(batch, "approve", found)
        write_approval(connection, batch, pay_date=pay_date, actor=actor, reason=reason, at=now, audit_seq=seq)
        said = {"pay_date": pay_date.isoformat(), "reason_sha256": audit.text_sha256(reason)}
        audit.record(connection, batch_event(services, actor, audit.APPROVE, batch, **said))
        return find_batch(connection, str(batch.batch_id))


def void(services: Services, actor: str, text: str, *, reason: str) -> Batch:
    """Take an approval back before the batch is exported: what it paid is due again.

    Raises: as `approve`.
    """
    refuse_bad_reason(reason)
    with holding_batch(services, actor, text) as (connection, batch):
        seq, now = audit.next_seq(connection), services.clock.now()
        refuse(batch, "void", void_refusals(connection, batch, actor))
        write_void(connection, batch, actor=actor, reason=reason, at=now, audit_seq=seq)
        said = {"reason_sha256": audit.text_sha256(reason)}
        audit.record(connection, batch_event(services, actor, audit.VOID, batch, **said))
        return find_batch(connection, str(batch.batch_id))
