"""Opening lines that were a mistake: finding them, and cancelling them, all that are named or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_opening_end import (
    KeptOpening,
    opening_end_refusals,
    openings,
    openings_beginning,
    write_opening_end,
)
from ioc_etl.core.month import month_code
from ioc_etl.errors import RefusedError, UsageError
from ioc_etl.pipeline.actors import require_role
from ioc_etl.pipeline.kept_texts import refuse_bad_reason
from ioc_etl.pipeline.named import Words, beginning, the_only
from ioc_etl.pipeline.opening import holding_months
from ioc_etl.pipeline.refusals import told
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import Role

_WORDS = Words(
    no_id=(
        "{text!r} is no payment: take its id, or 4 characters or more of it, from opening list",
        "{text!r} không phải là mã khoản: lấy mã, hoặc từ 4 ký tự đầu của mã, trong opening list",
    ),
    none=(
        "there is no opening line {text!r}; see: ioc-etl opening list",
        "không có dòng đã chi trước {text!r}; xem: ioc-etl opening list",
    ),
    several=(
        "more than one opening line begins with {text!r}: write more of its id",
        "có nhiều dòng đã chi trước bắt đầu bằng {text!r}: hãy ghi thêm ký tự của mã",
    ),
)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What was cancelled: how many lines, their sum, and the months that are to be run again."""

    lines: int
    amount_vnd: int
    months: tuple[date, ...]


def opening_lines(services: Services, month: date | None = None) -> tuple[KeptOpening, ...]:
    """Every opening line of a month, or of all; those that were cancelled too."""
    with services.engine.connect() as connection:
        return tuple(openings(connection, month))


def cancel(services: Services, actor: str, *which: str, reason: str) -> Cancelled:
    """These lines (payment ids, or their beginnings) count no more: what they held back is due with the next run.

    Raises:
        UsageError: no such line, one named twice.
        RefusedError: one is cancelled already, a recovery rests on it, or not by this account.
        MonthLockedError: a run holds one of their months.
    """
    refuse_bad_reason(reason)
    with services.engine.connect() as connection:
        lines = _meant(connection, which)
    months = sorted({line.reference_month for line in lines})
    with holding_months(services, actor, months) as connection:
        require_role(connection, actor, Role.FINANCE)
        seq, now = audit.next_seq(connection), services.clock.now()
        for line in lines:
            _refuse(connection, line, actor)
            write_opening_end(connection, line.payment_id, actor=actor, reason=reason, at=now, audit_seq=seq)
        total = sum(line.amount_vnd for line in lines)
        detail: audit.Detail = {
            "months": [month_code(month) for month in months],
            "payments": sorted(str(line.payment_id) for line in lines),
            "reason_sha256": audit.text_sha256(reason),
            "lines": len(lines),
            "amount_vnd": total,
        }
        audit.record(connection, audit.AuditEvent(now, actor, audit.CANCEL_OPENING, detail=detail))
    return Cancelled(len(lines), total, tuple(months))


def _meant(connection: Connection, which: Sequence[str]) -> list[KeptOpening]:
    found: dict[UUID, KeptOpening] = {}
    for text in which:
        line = the_only(openings_beginning(connection, beginning(text, _WORDS)), text, _WORDS)
        if line.payment_id in found:
            raise UsageError(f"opening line {text!r} is named twice", f"dòng đã chi trước {text!r} ghi hai lần")
        found[line.payment_id] = line
    return list(found.values())


def _refuse(connection: Connection, line: KeptOpening, actor: str) -> None:
    reasons = told(opening_end_refusals(connection, line.payment_id, actor))
    if reasons:
        name = f"{line.payment_id}"[:13]
        raise RefusedError(
            f"opening line {name} cannot be cancelled: {'; '.join(en for en, _ in reasons)}",
            f"không hủy được dòng đã chi trước {name}: {'; '.join(vi for _, vi in reasons)}",
        )
