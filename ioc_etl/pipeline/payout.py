"""What leaves the system and what comes back: the list of a batch, and the bank's answer."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_approval import Batch, Refusal
from ioc_etl.adapters.store_results import (
    ExportedFile,
    Offset,
    PayableLine,
    offset_recoveries,
    payable_lines,
    read_export,
    read_lines,
    read_pay_date,
    write_confirmation,
    write_export,
    write_results,
)
from ioc_etl.errors import RefusedError, UsageError
from ioc_etl.pipeline.actors import require_role
from ioc_etl.pipeline.basis import basis_refusals
from ioc_etl.pipeline.batches import batch_event, holding_batch
from ioc_etl.pipeline.kept_texts import refuse_bad_reason
from ioc_etl.pipeline.named import Words, beginning, the_only
from ioc_etl.pipeline.refusals import refuse
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.resolve import policy_at
from ioc_etl.reports import terms
from ioc_etl.reports.payment_list import ListTitle, payment_list
from schemas.vocabulary import BatchStatus, Role


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was written down of a batch: the payments that came back, and what of their recoveries was let go."""

    batch: Batch
    came_back: tuple[PayableLine, ...]
    let_go: tuple[Offset, ...]

    @property
    def returned(self) -> int:
        """How many payments came back."""
        return len(self.came_back)

    @property
    def offset(self) -> int:
        """How many recoveries were let go, whole or in part."""
        return len(self.let_go)


_GONE = (BatchStatus.EXPORTED, BatchStatus.PAID)
_PAYMENT = Words(
    no_id=(
        "{text!r} is not one payment of this batch: write its id, or 4 characters or more of it, as the list has it",
        "{text!r} không phải là một khoản của đợt chi này: hãy ghi mã khoản, hoặc từ 4 ký tự đầu, như trong danh sách",
    ),
    none=(
        "{text!r} is not one payment of this batch: write its id as the list has it",
        "{text!r} không phải là một khoản của đợt chi này: hãy ghi mã khoản như trong danh sách chi",
    ),
    several=(
        "more than one payment of this batch begins with {text!r}: write more of its id",
        "có nhiều khoản của đợt chi này bắt đầu bằng {text!r}: hãy ghi thêm ký tự của mã",
    ),
)


def export(services: Services, actor: str, text: str, *, as_draft: bool) -> tuple[Batch, ExportedFile]:
    """The list of an approved batch, which is exported for payment from now on; again, the same bytes.

    With `as_draft` it is a copy marked BẢN NHÁP, and nothing has left: the batch stays as it is (rule 18).

    Raises:
        UsageError, WrongStateError: there is no such batch, or it is not approved.
        RefusedError: nothing allows payment yet, the batch rests on another basis, or not by this account.
    """
    with holding_batch(services, actor, text) as (connection, batch):
        require_role(connection, actor, Role.FINANCE)
        kept = None if as_draft else read_export(connection, batch.batch_id)
        if kept is None and as_draft:
            kept = _copy(services, connection, batch)
        elif kept is None:
            kept = _first_export(services, connection, actor, batch)
        event = batch_event(services, actor, audit.EXPORT, batch, file_sha256=kept.sha256, is_draft=kept.is_draft)
        audit.record(connection, event)
        return batch, kept


def _copy(services: Services, connection: Connection, batch: Batch) -> ExportedFile:
    if batch.status not in {BatchStatus.APPROVED, *_GONE}:
        refuse(batch, "export", [Refusal("wrong_status", None, batch.status)])
    data = payment_list(_lines(services, connection, batch), _title(services, connection, batch, is_draft=True))
    return ExportedFile(data, f"{_file_name(batch)}-ban-nhap.csv", hashlib.sha256(data).hexdigest(), is_draft=True)


def _first_export(services: Services, connection: Connection, actor: str, batch: Batch) -> ExportedFile:
    if batch.status != BatchStatus.APPROVED:
        refuse(batch, "export", [Refusal("wrong_status", None, batch.status)])
    law = policy_at(services.policy, batch.reference_month)
    if not law.may_pay(batch.funding_source):
        raise RefusedError(
            "nothing allows payment yet: record the adoption or a text that allows payment (payment_permissions); "
            "--draft gives a marked copy",
            "chưa có căn cứ để chi: ghi nhận nghị quyết (adoption) hoặc văn bản cho phép chi (payment_permissions); "
            "--draft chỉ cho bản sao đóng dấu BẢN NHÁP",
        )
    refuse(batch, "export", basis_refusals(connection, services.policy, batch))
    data = payment_list(_lines(services, connection, batch), _title(services, connection, batch, is_draft=False))
    return write_export(
        connection,
        batch.batch_id,
        data,
        file_name=f"{_file_name(batch)}.csv",
        is_draft=False,
        actor=actor,
        at=services.clock.now(),
    )


def _lines(services: Services, connection: Connection, batch: Batch) -> pl.DataFrame:
    """The batch's lines, agencies by their names; a district's own word stays as it is."""
    names = policy_at(services.policy, batch.reference_month).agency_names
    return read_lines(connection, batch.batch_id).with_columns(pl.col("agency").replace(names))


def _file_name(batch: Batch) -> str:
    return batch.name.replace("/", "-")


def _title(services: Services, connection: Connection, batch: Batch, *, is_draft: bool) -> ListTitle:
    centre = services.centres_in(batch.reference_month).get(batch.centre_code)
    return ListTitle(
        batch=batch.name,
        month=terms.month_title(batch.reference_month),
        centre=centre.name if centre else batch.centre_code,
        funding_source=batch.funding_source,
        kind=batch.kind,
        pay_date=f"{read_pay_date(connection, batch.batch_id):%d/%m/%Y}",
        total_vnd=batch.amount_vnd,
        is_draft=is_draft,
    )


def confirm(services: Services, actor: str, text: str, *, paid_on: date, returned: Mapping[str, str]) -> Confirmed:
    """The bank's answer: the batch is paid, but for the `returned` lines (payment id, or its beginning -> reason).

    A paid batch takes later returns: those lines are due again from then on. A recovery of money that came back and was
    not collected yet is offset, as far as it came back.

    Raises:
        UsageError: no such batch or line, a date to come, a line twice or returned already.
        WrongStateError: the batch is not exported, or paid and nothing is returned.
        RefusedError: not by this account.
    """
    if paid_on > services.clock.today_in_vietnam():
        raise UsageError(
            f"{paid_on:%Y-%m-%d} has not come yet: --paid-on is the day on which the bank paid",
            f"chưa đến ngày {paid_on:%d/%m/%Y}: --paid-on là ngày ngân hàng đã chi",
        )
    with holding_batch(services, actor, text) as (connection, batch):
        require_role(connection, actor, Role.FINANCE)
        is_paid = batch.status == BatchStatus.PAID
        if batch.status not in _GONE or (is_paid and not returned):
            refuse(batch, "confirm", [Refusal("wrong_status", None, batch.status)])
        if paid_on < batch.reference_month:
            raise UsageError(
                f"{paid_on:%Y-%m-%d} lies before the month begins", f"{paid_on:%d/%m/%Y} trước ngày đầu của tháng"
            )
        lines = payable_lines(connection, batch.batch_id)
        back = _returned(lines, returned)
        results: dict[UUID, str | None] = dict(back)
        if not is_paid:
            results = {line.payment_id: back.get(line.payment_id) for line in lines}
        seq, now = audit.next_seq(connection), services.clock.now()
        write_results(connection, results, result_on=paid_on, actor=actor, at=now, audit_seq=seq)
        offset = offset_recoveries(connection, result_on=paid_on, actor=actor, at=now, audit_seq=seq)
        if not is_paid:
            write_confirmation(connection, batch.batch_id, paid_on=paid_on, actor=actor, at=now, audit_seq=seq)
        payments = sorted(str(payment_id) for payment_id in back)
        let_go = [f"{each.payment_id} {each.offset_vnd}" for each in offset]
        day = paid_on.isoformat()
        event = batch_event(
            services,
            actor,
            audit.CONFIRM,
            batch,
            paid_on=day,
            returned=payments,
            reasons_sha256=[audit.text_sha256(payment_id, reason) for payment_id, reason in back.items()],
            offset=let_go,
        )
        audit.record(connection, event)
        came_back = tuple(line for line in lines if line.payment_id in back)
        return Confirmed(batch, came_back, tuple(offset))


def _returned(lines: Sequence[PayableLine], returned: Mapping[str, str]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for text, reason in returned.items():
        typed = beginning(text, _PAYMENT)
        line = the_only([line for line in lines if str(line.payment_id).startswith(typed)], text, _PAYMENT)
        if line.last_result == "returned" or line.payment_id in found:
            raise UsageError(f"payment {text} was returned already", f"khoản {text} đã ghi nhận bị trả lại rồi")
        if not reason.strip():
            raise UsageError(
                f"why did payment {text} come back? write --returned PAYMENT=REASON",
                f"vì sao khoản {text} bị trả lại? hãy ghi --returned MÃ_KHOẢN=LÝ_DO",
            )
        refuse_bad_reason(reason)
        found[line.payment_id] = reason.strip()
    return found
