"""`ioc-etl replay`: a run computed again from what was kept, and whether it is the same."""

from dataclasses import asdict

from ioc_etl.cli.console import note, progress, say, say_json
from ioc_etl.cli.wiring import services_of
from ioc_etl.cli.words import words
from ioc_etl.cli.words_operate import operate_words
from ioc_etl.core.month import month_code, parse_month
from ioc_etl.core.same import Difference
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.replay import Replay
from ioc_etl.pipeline.replay import replay as replay_run
from ioc_etl.pipeline.rerun import refuse_future
from ioc_etl.pipeline.work import CODE_VERSION
from ioc_etl.reports.terms import vnd

_EQUAL, _DIFFERS = 0, 1


def replay(month: str, run: str | None, *, as_json: bool, lang: str) -> int:
    """0 when everything is equal to the đồng, 1 when something differs: the first difference is named."""
    reference_month = parse_month(month)
    services = services_of()
    refuse_future(services, [reference_month])
    if run is not None and not run.strip():
        raise UsageError("which run? --run takes its id or its beginning; leave --run out for the current one")
    with progress(lang) as told:
        came = replay_run(services, reference_month, run, told)
    if as_json:
        say_json(_as_object(came))
    else:
        _show(came, lang)
    return _EQUAL if came.difference is None else _DIFFERS


def _show(came: Replay, lang: str) -> None:
    spoken = operate_words(lang)
    if came.asked_run_id != came.run_id:
        note(spoken["replay_same_as"].format(run=str(came.asked_run_id)[:8], same=str(came.run_id)[:8]))
    if came.is_other_code:
        note(spoken["replay_other_code"].format(then=came.code_version, now=CODE_VERSION))
    about = f"{words(lang)['month']} {came.month:%m/%Y}, run {str(came.run_id)[:8]}"
    if came.difference is not None:
        say(f"{spoken['replay_differs']}: {about}: {_told(came.difference, lang)}")
        return
    counts = ", ".join(
        f"{count} {spoken[f'replay_{what}']}"
        for what, count in (
            ("decisions", came.decisions),
            ("findings", came.findings),
            ("centres", came.centres),
            ("lines", came.lines),
        )
    )
    say(f"{spoken['replay_equal']}: {about}: {counts}, {vnd(came.amount_vnd)}")


def _told(difference: Difference, lang: str) -> str:
    spoken = operate_words(lang)
    place = " ".join(part for part in (difference.centre_code, difference.row, difference.column) if part)
    values = f"{spoken['stored']} {difference.stored or '—'}, {spoken['recomputed']} {difference.recomputed or '—'}"
    return f"{spoken[f'replay_{difference.what}']} {place}: {values}"


def _as_object(came: Replay) -> dict[str, object]:
    return {
        **asdict(came),
        "month": month_code(came.month),
        "is_equal": came.difference is None,
        "program_version": CODE_VERSION,
    }
