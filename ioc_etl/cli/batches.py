"""`ioc-etl batches | submit | approve | void`: where batches stand, and their way to an approval."""

import re
from collections.abc import Sequence
from datetime import date

from ioc_etl.adapters.store_approval import Batch
from ioc_etl.cli.acting import Asking, acting
from ioc_etl.cli.console import note, say, say_json, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words_ledger import BATCHES_HEADER, ledger_words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import UsageError
from ioc_etl.pipeline import approval
from ioc_etl.pipeline import batches as pipeline
from ioc_etl.reports.terms import told_status, vnd
from schemas.vocabulary import BatchKind

_SHORT_ID = 8
_MONEY = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3}){1,4}|[+-]?[0-9]{1,15}")


def batches(month: str | None, *, as_json: bool, lang: str) -> int:
    """Show every batch of a month, or of all."""
    found = pipeline.batches(services_of(), parse_month(month) if month is not None else None)
    if as_json:
        say_json({"batches": [as_object(batch) for batch in found]})
    elif not found:
        say(ledger_words(lang)["no_batches"])
    else:
        table(BATCHES_HEADER[lang], [_row(batch, lang) for batch in found], right=(4, 5))
    return 0


def submit(batch: str, reason: str, asking: Asking, *, as_json: bool) -> int:
    """Hand the batch to the approvers."""
    services, spoken = services_of(), ledger_words(asking.lang)
    done, warnings = pipeline.submit(services, acting(services, asking), batch, reason)
    for en, vi in warnings:
        note(spoken["warned"].format(warning=en if asking.lang == "en" else vi))
    return _tell(done, spoken["submitted"], as_json=as_json)


def approve(
    batch: str, total: str, pay_date: str, reason: str, asking: Asking, *, paper: str | None, as_json: bool
) -> int:
    """Approve the batch."""
    services = services_of()
    amount, day = money(total), parsed_day(pay_date)
    actor = acting(services, asking)
    done = approval.approve(services, actor, batch, total_vnd=amount, pay_date=day, reason=reason, paper=paper)
    text = ledger_words(asking.lang)["approved_recovery" if done.kind == BatchKind.RECOVERY else "approved"]
    return _tell(done, text, as_json=as_json, date=f"{day:%d/%m/%Y}")


def void(batch: str, reason: str, asking: Asking, *, as_json: bool) -> int:
    """Make the batch void."""
    services = services_of()
    done = approval.void(services, acting(services, asking), batch, reason=reason)
    return _tell(done, ledger_words(asking.lang)["voided"], as_json=as_json)


def money(text: str) -> int:
    """Đồng as people write them: 12345000 or 12.345.000.

    Raises:
        UsageError: it is no whole amount.
    """
    bare = text.strip().removesuffix("đ").removesuffix("VND").strip()
    if not _MONEY.fullmatch(bare):
        raise UsageError(
            f"{text!r} is no amount in whole đồng; write it as 12345000 or 12.345.000",
            f"{text!r} không phải là số tiền chẵn đồng; hãy ghi như 12345000 hoặc 12.345.000",
        )
    return int(bare.replace(".", ""))


def parsed_day(text: str) -> date:
    """A day as 2022-02-10 or 10/02/2022.

    Raises:
        UsageError: it is none.
    """
    parts: Sequence[str] = text.strip().split("-")
    if "/" in text:
        parts = text.strip().split("/")[::-1]
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        raise UsageError(
            f"{text!r} is no day; write it as 2022-02-10 or 10/02/2022",
            f"{text!r} không phải là ngày; hãy ghi như 2022-02-10 hoặc 10/02/2022",
        ) from None


def as_object(batch: Batch) -> dict[str, object]:
    """A batch as JSON's object."""
    return {
        "batch_id": str(batch.batch_id),
        "name": batch.name,
        "reference_month": month_code(batch.reference_month),
        "centre_code": batch.centre_code,
        "kind": batch.kind,
        "number": batch.number,
        "funding_source": batch.funding_source,
        "status": batch.status,
        "lines": batch.lines,
        "amount_vnd": batch.amount_vnd,
        "content_sha256": batch.content_sha256,
    }


def _tell(batch: Batch, text: str, *, as_json: bool, **more: str) -> int:
    if as_json:
        say_json(as_object(batch))
    else:
        say(text.format(batch=batch.name, lines=batch.lines, amount=vnd(batch.amount_vnd), **more))
    return 0


def _row(batch: Batch, lang: str) -> list[str]:
    return [
        str(batch.batch_id)[:_SHORT_ID],
        batch.name,
        ledger_words(lang)[f"kind_{batch.kind}"],
        told_status(batch.kind, batch.status, lang),
        str(batch.lines),
        vnd(batch.amount_vnd),
    ]
