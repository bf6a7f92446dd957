"""`ioc-etl waive | unwaive | stand | confirm-recovery`: what finance decides about people."""

from ioc_etl.adapters.store_waivers import ShownCase
from ioc_etl.cli.acting import Asking, acting, in_language
from ioc_etl.cli.console import say
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words_ledger import ledger_words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.pipeline import waivers as pipeline


def waive(case: str, reason: str, until: str | None, asking: Asking) -> int:
    """Set a finding aside."""
    services = services_of()
    last = parse_month(until) if until else None
    with in_language(asking.lang):
        done = pipeline.waive(services, acting(services, asking), case, reason=reason, until=last)
    return _tell(done, ledger_words(asking.lang)["waived"], until=month_code(last or done.reference_month))


def unwaive(case: str, reason: str, asking: Asking) -> int:
    """Take a waiver back."""
    services = services_of()
    with in_language(asking.lang):
        done = pipeline.unwaive(services, acting(services, asking), case, reason=reason)
    return _tell(done, ledger_words(asking.lang)["unwaived"])


def stand(month: str, centre: str, row: int, reason: str, asking: Asking) -> int:
    """Say which of a person's rows stands."""
    services = services_of()
    reference_month = parse_month(month)
    with in_language(asking.lang):
        pipeline.stand(services, acting(services, asking), reference_month, centre, row, reason=reason)
    say(ledger_words(asking.lang)["stands"].format(row=row, centre=centre))
    return 0


def confirm_recovery(which: str, reason: str, asking: Asking) -> int:
    """Confirm recoveries."""
    services = services_of()
    with in_language(asking.lang):
        count = pipeline.confirm_recovery(services, acting(services, asking), which, reason=reason)
    say(ledger_words(asking.lang)["recovery_confirmed"].format(count=count))
    return 0


def _tell(case: ShownCase, text: str, **more: str) -> int:
    say(text.format(code=case.code, centre=case.centre_code, **more))
    return 0
