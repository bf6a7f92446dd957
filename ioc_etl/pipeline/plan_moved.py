"""What a run would find otherwise than the month's current run did, by kind: why it would be a run of its own."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from ioc_etl.adapters.clock import VIETNAM
from ioc_etl.adapters.store_replay import PastRun, past_run
from ioc_etl.pipeline.work import MonthWork, has_year_ended

FILES, REGISTERS, WORDS, POLICY, PROGRAM, LEDGER, MONTH_BEFORE, PAY_YEAR = KINDS = (
    "files",
    "registers",
    "words",
    "policy",
    "program",
    "ledger",
    "month_before",
    "pay_year",
)
"""The kinds of what a decision rests on (`pipeline.fingerprint`), and the ledger."""


def moved_since(connection: Connection, work: MonthWork) -> tuple[str, ...]:
    """Of `KINDS` those that are not as the month's current run found them; none where no run has decided it."""
    current = work.state.current
    if current is None or work.is_same_again():
        return ()
    then, now = past_run(connection, current.run_id), work.parts()
    is_as_it_was = {
        FILES: (_by_code(then, "offered"), set(then.ignored_files))
        == (_present(now["offers"]), set(work.pulled.ignored)),
        REGISTERS: _by_code(then, "register") == _present(now["registers"]),
        WORDS: _words(then) == _words_now(work),
        POLICY: then.policy_version == now["policy"],
        PROGRAM: then.code_version == now["code"],
        LEDGER: then.ledger_position == work.state.ledger_position,
        MONTH_BEFORE: then.month_before_run_id == work.state.month_before_run_id,
        PAY_YEAR: _year(work, then) == (work.pay_year, work.has_year_ended),
    }
    return tuple(kind for kind in KINDS if not is_as_it_was[kind])


def _year(work: MonthWork, then: PastRun) -> tuple[int, bool]:
    """The budget year in which arrears would have been paid then, and whether the month's own had ended."""
    year = max(work.month.year, then.started_at.astimezone(VIETNAM).year)
    return year, has_year_ended(work.services.policy, work.month, then.started_at)


def _by_code(run: PastRun, purpose: str) -> dict[str, set[str]]:
    shas: dict[str, set[str]] = {}
    for file in run.sources.get(purpose, ()):
        shas.setdefault(file.code, set()).add(file.sha256)
    return shas


def _present(part: object) -> dict[str, set[str]]:
    """The hashes of a part by code, where there are any."""
    return {code: set(shas) for code, shas in part.items() if shas} if isinstance(part, Mapping) else {}


def _words(run: PastRun) -> tuple[set[UUID], set[UUID], set[str]]:
    return set(run.waiver_ids), set(run.standing_ids), set(run.confirmed_sha256)


def _words_now(work: MonthWork) -> tuple[set[UUID], set[UUID], set[str]]:
    state = work.state
    ids = [{UUID(text) for text in each} for each in (state.waivers["waiver_id"], state.standings["standing_id"])]
    return ids[0], ids[1], {sent for _, sent in work.given.confirmed}
