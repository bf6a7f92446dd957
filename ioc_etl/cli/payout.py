"""`ioc-etl export | confirm`: what leaves and what comes back."""

from collections.abc import Sequence
from pathlib import Path

from ioc_etl.adapters.store_results import Offset, PayableLine
from ioc_etl.cli.acting import Asking, acting
from ioc_etl.cli.batches import as_object, parsed_day
from ioc_etl.cli.console import say, say_json, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words_ledger import OFFSET_HEADER, RETURNED_HEADER, ledger_words, short_id, told_person
from ioc_etl.errors import SourceError, UsageError
from ioc_etl.pipeline import payout as pipeline
from ioc_etl.reports.terms import vnd
from schemas.vocabulary import BatchKind

_ONLY_OWNER = 0o600


def export(batch: str, out: Path, asking: Asking, *, as_draft: bool, as_json: bool) -> int:
    """Write the list of a batch."""
    if out.exists():
        raise UsageError(f"{out} is there already: name another file")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {out.absolute().parent}")
    services = services_of()
    done, kept = pipeline.export(services, acting(services, asking), batch, as_draft=as_draft)
    _write(out, kept.data)
    if as_json:
        say_json({**as_object(done), "file": str(out), "sha256": kept.sha256, "is_draft": kept.is_draft})
    else:
        text = ledger_words(asking.lang)["exported_draft" if kept.is_draft else "exported"]
        say(text.format(batch=done.name, file=out, sha=kept.sha256[:12]))
    return 0


def _write(out: Path, data: bytes) -> None:
    """For its owner's eyes: it holds accounts."""
    try:
        out.touch(mode=_ONLY_OWNER, exist_ok=False)
        out.write_bytes(data)
    except OSError as problem:
        raise SourceError(f"{out} cannot be written ({problem.strerror}); export again to get the same bytes") from None


def confirm(batch: str, paid_on: str, returned: Sequence[str], asking: Asking) -> int:
    """Write down the bank's answer."""
    services = services_of()
    day, reasons = parsed_day(paid_on), _reasons(returned)
    done = pipeline.confirm(services, acting(services, asking), batch, paid_on=day, returned=reasons)
    spoken = ledger_words(asking.lang)
    word = "confirmed_recovery" if done.batch.kind == BatchKind.RECOVERY else "confirmed"
    if done.came_back:
        table(RETURNED_HEADER[asking.lang], [_returned(line, asking.lang) for line in done.came_back], right=(2,))
    say(spoken[word].format(batch=done.batch.name, count=done.returned))
    if done.let_go:
        table(OFFSET_HEADER[asking.lang], [_let_go(each) for each in done.let_go], right=(1, 2))
        say(spoken["offset"].format(count=done.offset))
    return 0


def _returned(line: PayableLine, lang: str) -> list[str]:
    return [short_id(line.payment_id), told_person(line.citizen_id, line.source_row, lang), vnd(line.amount_vnd)]


def _let_go(each: Offset) -> list[str]:
    return [short_id(each.payment_id), vnd(each.offset_vnd), vnd(each.open_vnd)]


def _reasons(returned: Sequence[str]) -> dict[str, str]:
    """Why each line came back, by the payment's id."""
    reasons: dict[str, str] = {}
    for text in returned:
        payment, separator, reason = text.partition("=")
        if not separator or payment in reasons:
            raise UsageError(
                "write each returned line once, as --returned PAYMENT=REASON",
                "hãy ghi mỗi khoản bị trả lại một lần, như --returned MÃ_KHOẢN=LÝ_DO",
            )
        reasons[payment] = reason
    return reasons
