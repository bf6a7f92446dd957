"""`ioc-etl hand-in`: what became of the people who are not in a returned file."""

from ioc_etl.cli.acting import Asking, acting
from ioc_etl.cli.console import say
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.hand_in import hand_in as hand_in_roster
from schemas.vocabulary import OtherRows


def hand_in(month: str, centre: str, others: str, reason: str, asking: Asking) -> int:
    """Confirm the centre's latest file, and say that the month is to be run."""
    spoken = words(asking.lang)
    if others not in set(OtherRows):
        raise UsageError(f"{others!r} is no answer; use --others stand (as they were) or --others left (they are gone)")
    services = services_of()
    reference_month = parse_month(month)
    actor = acting(services, asking)
    done = hand_in_roster(services, reference_month, centre, others=OtherRows(others), reason=reason, actor=actor)
    counts = f"{done.changed} {spoken['rows_mended']}, {done.new} {spoken['rows_new']}"
    say(f"{done.file_name}: {counts}, {done.missing} {spoken[f'rows_{done.others}']}")
    said = spoken["confirmed" if done.is_new else "confirmed_before"]
    say(f"{said} {spoken['run_next']}: ioc-etl run {month_code(reference_month)}")
    return 0
