"""Approving a batch, and taking an approval back before anything has left."""

from collections.abc import Sequence
from datetime import date, timedelta

from ioc_etl.adapters import audit
from ioc_etl.adapters.clock import VIETNAM
from ioc_etl.adapters.store_approval import (
    Batch,
    Refusal,
    approval_refusals,
    authority_refusals,
    pay_date_refusals,
    void_refusals,
    write_approval,
    write_void,
)
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.basis import basis_refusals
from ioc_etl.pipeline.batches import batch_event, find_batch, holding_batch
from ioc_etl.pipeline.kept_texts import refuse_bad_paper, refuse_bad_reason
from ioc_etl.pipeline.refusals import refuse, with_agency_names
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.resolve import adjustment_end, policy_at
from schemas.vocabulary import BatchKind

_FURTHEST_PAY_DATE = timedelta(days=366)
"""From today on. Arrears of old months are paid years later, never planned years ahead: such a year is mistyped."""


def approve(
    services: Services,
    actor: str,
    text: str,
    *,
    total_vnd: int,
    pay_date: date,
    reason: str,
    paper: str | None = None,
) -> Batch:
    """Approve a batch: its lines are committed from now on, and it never changes again but in status.

    `total_vnd` is what the approver believes to approve. A `pay_date` before today needs `paper`, the number of the
    paper that says so, and is an event of its own. The approval binds the hash of the lines and of what they rest on,
    and that batch alone.

    Raises:
        UsageError, WrongStateError: there is no such batch, it is not submitted, or the pay date is years ahead.
        RefusedError: it may not be approved, or not by this account.
        MonthLockedError: a run is writing the month.
    """
    refuse_bad_reason(reason)
    number = None if paper is None else paper.strip()
    if number is not None:
        refuse_bad_paper(number)
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
        found += basis_refusals(connection, services.policy, batch)
        today = now.astimezone(VIETNAM).date()
        found += pay_date_refusals(connection, batch, pay_date=pay_date, today=today, paper=number)
        found = _with_agency_names(services, batch, found)
        refuse(batch, "approve", [*found, *_year_ended(services, batch, pay_date, found)])
        write_approval(
            connection, batch, pay_date=pay_date, paper=number, actor=actor, reason=reason, at=now, audit_seq=seq
        )
        said = {"pay_date": pay_date.isoformat(), "reason_sha256": audit.text_sha256(reason)}
        if number is not None:
            said |= {"paper": number}
        audit.record(connection, batch_event(services, actor, audit.APPROVE, batch, **said))
        if pay_date < today:
            audit.record(connection, batch_event(services, actor, audit.PAST_PAY_DATE, batch, **said))
        return find_batch(connection, str(batch.batch_id))


def _with_agency_names(services: Services, batch: Batch, found: Sequence[Refusal]) -> list[Refusal]:
    return with_agency_names(found, policy_at(services.policy, batch.reference_month).agency_names)


def _year_ended(services: Services, batch: Batch, pay_date: date, found: Sequence[Refusal]) -> list[Refusal]:
    """The refusal of money of a year that has ended, where the month's run is too old to know of it."""
    ends_on = adjustment_end(services.policy, batch.reference_month)
    is_known = any(refusal.code == "year_ended" for refusal in found)
    if batch.kind != BatchKind.REGULAR or pay_date <= ends_on or is_known:
        return []
    return [Refusal("year_ended", None, ends_on.isoformat())]


def void(services: Services, actor: str, text: str, *, reason: str) -> Batch:
    """Take an approval back before the batch is exported: what it paid is due again.

    Raises: as `approve`.
    """
    refuse_bad_reason(reason)
    with holding_batch(services, actor, text) as (connection, batch):
        seq, now = audit.next_seq(connection), services.clock.now()
        refuse(batch, "void", _with_agency_names(services, batch, void_refusals(connection, batch, actor)))
        write_void(connection, batch, actor=actor, reason=reason, at=now, audit_seq=seq)
        said = {"reason_sha256": audit.text_sha256(reason)}
        audit.record(connection, batch_event(services, actor, audit.VOID, batch, **said))
        return find_batch(connection, str(batch.batch_id))
