"""`ioc-etl waive | unwaive | stand | confirm-recovery`: what finance decides about people."""

from collections.abc import Sequence

from ioc_etl.adapters.store_waivers import RecoveryLine, ShownCase
from ioc_etl.cli.acting import Asking, acting
from ioc_etl.cli.console import say, table
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words_ledger import RECOVERIES_HEADER, ledger_words, short_id, told_person
from ioc_etl.cli.words_operate import told_cause
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.pipeline import waivers as pipeline
from ioc_etl.reports.terms import vnd


def waive(case: str, reason: str, until: str | None, asking: Asking, *, is_for_good: bool = False) -> int:
    """Set a finding aside."""
    services = services_of()
    last = None if until is None else parse_month(until)
    who = acting(services, asking)
    done = pipeline.waive(services, who, case, reason=reason, until=last, is_for_good=is_for_good)
    spoken = ledger_words(asking.lang)
    if is_for_good:
        return _tell(done, spoken["waived_for_good"])
    return _tell(done, spoken["waived"], until=month_code(last or done.reference_month))


def unwaive(case: str, reason: str, asking: Asking) -> int:
    """Take a waiver back."""
    services = services_of()
    done = pipeline.unwaive(services, acting(services, asking), case, reason=reason)
    return _tell(done, ledger_words(asking.lang)["unwaived"])


def stand(month: str, centre: str, row: int, reason: str, asking: Asking) -> int:
    """Say which of a person's rows stands."""
    services = services_of()
    reference_month = parse_month(month)
    pipeline.stand(services, acting(services, asking), reference_month, centre, row, reason=reason)
    say(ledger_words(asking.lang)["stands"].format(row=row, centre=centre))
    return 0


def confirm_recovery(which: Sequence[str], reason: str, asking: Asking) -> int:
    """Confirm recoveries, or list those that have to be named."""
    services, spoken = services_of(), ledger_words(asking.lang)
    done = pipeline.confirm_recovery(services, acting(services, asking), *which, reason=reason)
    shown = done.confirmed or done.waiting
    table(RECOVERIES_HEADER[asking.lang], [_recovery(line, asking.lang) for line in shown], right=(3,))
    text = spoken["recovery_confirmed" if done.lines else "recoveries_waiting"]
    say(text.format(batch=done.batch, count=done.lines))
    return 0


def _recovery(line: RecoveryLine, lang: str) -> list[str]:
    who = told_person(line.citizen_id, line.source_row, lang)
    cause = told_cause(line.cause, line.cause_detail, lang)
    return [short_id(line.payment_id), line.centre_code, who, vnd(line.amount_vnd), cause]


def _tell(case: ShownCase, text: str, **more: str) -> int:
    say(text.format(code=case.code, centre=case.centre_code, **more))
    return 0
