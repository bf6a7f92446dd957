"""Batches: which one is meant, where they stand, and how one goes to the approvers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store import month_transaction
from ioc_etl.adapters.store_approval import (
    Batch,
    batch_named,
    batches_beginning,
    budget_refusals,
    read_batches,
    submission_refusals,
    write_submission,
)
from ioc_etl.core.month import parse_month
from ioc_etl.pipeline.basis import basis_refusals
from ioc_etl.pipeline.kept_texts import refuse_bad_reason
from ioc_etl.pipeline.named import Words, beginning, the_only
from ioc_etl.pipeline.refusals import refuse, told
from ioc_etl.pipeline.services import Services

_NAME = re.compile(r"(?P<month>[^/]+)/(?P<centre>[^/]+)/(?P<kind>regular|arrears|recovery)/(?P<number>[0-9]{1,6})")
_HOW = "name it by its id, the beginning of it (4 characters or more), or as 2022-01/tinh/regular/1"
_HOW_VI = "hãy ghi mã đợt chi, phần đầu của mã (từ 4 ký tự), hoặc tên như 2022-01/tinh/regular/1"
_WORDS = Words(
    no_id=(f"{{text!r}} is no batch: {_HOW}", f"{{text!r}} không phải là đợt chi: {_HOW_VI}"),
    none=("there is no batch {text!r}; see: ioc-etl batches", "không có đợt chi {text!r}; xem: ioc-etl batches"),
    several=(
        "more than one batch begins with {text!r}: write more of its id",
        "có nhiều đợt chi bắt đầu bằng {text!r}: hãy ghi thêm ký tự của mã",
    ),
)


def find_batch(connection: Connection, text: str) -> Batch:
    """The batch that is meant.

    Raises:
        UsageError: there is none, or more than one.
    """
    named = _NAME.fullmatch(text.strip())
    if named is not None:
        month = parse_month(named["month"])
        batch = batch_named(connection, month, named["centre"], named["kind"], int(named["number"]))
        found = [] if batch is None else [batch]
    else:
        found = list(batches_beginning(connection, beginning(text, _WORDS)))
    return the_only(found, text, _WORDS)


@contextmanager
def holding_batch(services: Services, actor: str, text: str) -> Iterator[tuple[Connection, Batch]]:
    """One transaction that holds the batch's month; the batch as it stands then.

    Raises:
        UsageError: there is no such batch.
        MonthLockedError: a run, or another step, holds the month.
    """
    with services.engine.connect() as connection:
        month = find_batch(connection, text).reference_month
    with holding_month(services, actor, month) as connection:
        yield connection, find_batch(connection, text)


@contextmanager
def holding_month(services: Services, actor: str, month: date) -> Iterator[Connection]:
    """One transaction that holds a month, without waiting for it."""
    with month_transaction(services.engine, month, uuid4(), actor=actor, wait=False) as connection:
        yield connection


def batches(services: Services, month: date | None = None) -> tuple[Batch, ...]:
    """Every batch of a month, or of all."""
    with services.engine.connect() as connection:
        return tuple(read_batches(connection, month))


def submit(services: Services, actor: str, text: str, reason: str) -> tuple[Batch, tuple[tuple[str, str], ...]]:
    """Hand a batch to the approvers (trình duyệt). Returns it, and warnings in English and Vietnamese.

    Raises:
        UsageError, WrongStateError: there is no such batch, or it is past that.
        RefusedError: it cannot be submitted as things stand.
    """
    refuse_bad_reason(reason)
    with holding_batch(services, actor, text) as (connection, batch):
        found = submission_refusals(connection, batch, actor)
        refuse(batch, "submit", [*found, *basis_refusals(connection, services.policy, batch)])
        warnings = told(budget_refusals(connection, batch, services.clock.today_in_vietnam()))
        now = services.clock.now()
        write_submission(connection, batch, actor=actor, reason=reason, at=now)
        audit.record(connection, batch_event(services, actor, audit.SUBMIT, batch))
        return find_batch(connection, str(batch.batch_id)), warnings


def batch_event(
    services: Services, actor: str, action: str, batch: Batch, **more: str | int | bool | list[str] | None
) -> audit.AuditEvent:
    """The event of a batch's step."""
    detail: dict[str, str | int | bool | list[str] | None] = {
        "batch_id": str(batch.batch_id),
        "batch": batch.name,
        "content_sha256": batch.content_sha256,
        "basis_sha256": batch.basis_sha256,
        "lines": batch.lines,
        "amount_vnd": batch.amount_vnd,
        **more,
    }
    return audit.AuditEvent(
        at=services.clock.now(),
        actor=actor,
        action=action,
        reference_month=batch.reference_month,
        run_id=batch.current_run_id,
        detail=detail,
    )
