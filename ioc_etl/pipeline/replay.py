"""A run computed again from what was kept of it: bytes, parameters, waivers, standings, the ledger as of its position.

A look: nothing is written, and PostgreSQL itself refuses it.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters.store import KeptFile, MonthState, read_contents
from ioc_etl.adapters.store_due import due_of, read_due
from ioc_etl.adapters.store_ledger import read_committed, read_committed_year, read_standings, read_waivers
from ioc_etl.adapters.store_mended import confirmations
from ioc_etl.adapters.store_plan import snapshot
from ioc_etl.adapters.store_policy import read_policy_texts
from ioc_etl.adapters.store_records import CENTRE_COLUMNS
from ioc_etl.adapters.store_replay import (
    TOLD,
    PastRun,
    budgets_of_run,
    centres_of_run,
    decisions_of_run,
    find_run,
    findings_of_run,
    past_run,
)
from ioc_etl.core.month import month_code
from ioc_etl.core.same import Difference, first_difference
from ioc_etl.core.transform import MonthResult
from ioc_etl.errors import PolicyError, ReplayError, UsageError
from ioc_etl.pipeline.extract import PulledCentre, PulledMonth, PulledRegisters
from ioc_etl.pipeline.kept_files import as_pulled
from ioc_etl.pipeline.mended import Given
from ioc_etl.pipeline.named import Words, beginning, the_only
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Progress, Services, no_progress
from ioc_etl.pipeline.work import CODE_VERSION, MonthWork
from schemas.decision import DECISION
from schemas.vocabulary import FindingCode, RegisterName, RunStatus

_PERSONAL = ("citizen_id", "person_id", "full_name", "birth_date", "bank_account", "bank_name", "row_no", "sheet")


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a replay: how much was compared, and the first difference, null when there is none.

    `run_id` is the run that was computed again; `asked_run_id` the one that was asked for: one that found everything
    unchanged is the run that it equals. `code_version` is that run's.
    """

    month: date
    asked_run_id: UUID
    run_id: UUID
    code_version: str
    is_other_code: bool
    decisions: int
    findings: int
    centres: int
    lines: int
    amount_vnd: int
    difference: Difference | None


def replay(services: Services, month: date, run: str | None = None, progress: Progress = no_progress) -> Replay:
    """Compute a run of the month again, the current one unless a run's id (or its beginning) is given.

    Raises:
        UsageError: there is no such run, or several ids begin so.
        ReplayError: that run decided nothing, or what it rested on is not kept.
    """
    with snapshot(services.engine) as connection:
        asked = past_run(connection, _found(connection, month, run))
        past = asked if asked.same_as is None else past_run(connection, asked.same_as)
        _refuse_undecided(past)
        then = _as_of(services, connection, past)
        with ReadingRooms() as rooms:
            result = _work(connection, then, past, progress, rooms).decided(connection)
        return _compared(connection, asked, past, result)


def _as_of(services: Services, connection: Connection, past: PastRun) -> Services:
    """The installation with the parameters of that run."""
    then = services.with_policy(read_policy_texts(connection, past.policy_version))
    try:
        then.policy  # noqa: B018 - read now, while it can be told why it cannot be
    except PolicyError as error:
        raise ReplayError(
            f"the parameters of run {str(past.run_id)[:8]} were kept for version {past.code_version} of the program, "
            f"and version {CODE_VERSION} cannot read them ({error}); replay it with that version"
        ) from error
    return then


def _found(connection: Connection, month: date, run: str | None) -> UUID:
    code = month_code(month)
    if run is not None:
        words = _words(code)
        return the_only(find_run(connection, month, beginning(run, words)), run, words)
    found = find_run(connection, month, None)
    if not found:
        raise UsageError(
            f"{code} was never decided; run it with: ioc-etl run {code}",
            f"{code} chưa được chạy lần nào; hãy chạy: ioc-etl run {code}",
        )
    return found[0]


def _words(code: str) -> Words:
    none = (
        f"{code} has no run {{text!r}}; leave --run out for the current one",
        f"{code} không có lần chạy {{text!r}}; bỏ --run để lấy lần chạy hiện hành",
    )
    return Words(
        no_id=none,
        none=none,
        several=(
            f"more than one run of {code} begins with {{text!r}}; write more of the id",
            f"có nhiều lần chạy của {code} bắt đầu bằng {{text!r}}; hãy ghi thêm ký tự của mã",
        ),
    )


def _refuse_undecided(past: PastRun) -> None:
    code, begins = month_code(past.reference_month), str(past.run_id)[:8]
    if past.status is RunStatus.BLOCKED:
        raise ReplayError(f"run {begins} of {code} was blocked: it decided nothing, so there is nothing to compare")
    if past.status is RunStatus.FAILED and not past.sources:
        reason = f" ({past.message})" if past.message else ""
        raise ReplayError(f"run {begins} of {code} broke off and wrote nothing{reason}, so there is nothing to compare")


def _work(connection: Connection, then: Services, past: PastRun, progress: Progress, rooms: ReadingRooms) -> MonthWork:
    files = [file for kept in past.sources.values() for file in kept]
    contents = dict(read_contents(connection, {file.source_file_id for file in files}))
    offered = _by_code(past.sources.get("offered", ()))
    registers = _by_code(past.sources.get("register", ()))
    pulled = PulledMonth(
        centres=tuple(PulledCentre(code, as_pulled(offered.get(code, ()), contents)) for code in past.centres),
        registers=PulledRegisters({name: as_pulled(registers.get(str(name), ()), contents) for name in RegisterName}),
        began_at=past.started_at,
        ignored=past.ignored_files,
    )
    said = confirmations(connection, past.reference_month)
    confirmed = {(code, sent): one for (code, sent), one in said.items() if sent in past.confirmed_sha256}
    return MonthWork(
        then,
        past.reference_month,
        Given(pulled, {}, _state(connection, past), confirmed, past.finished_at, known_pull_no=past.known_pull_no),
        past.run_id,
        past.started_at,
        past.actor,
        progress,
        rooms,
        refused_loading=dict(text.split(" ", 1) for text in past.refused_loading),
    )


def _state(connection: Connection, past: PastRun) -> MonthState:
    month, position = past.reference_month, past.ledger_position
    return MonthState(
        reference_month=month,
        current=None,
        month_before_run_id=past.month_before_run_id,
        month_before_input="",
        ledger_position=position,
        in_force={file.code: file for file in past.sources.get("in_force", ())},
        latest={},
        waivers=read_waivers(connection, month, past.waiver_ids),
        standings=read_standings(connection, month, past.standing_ids),
        committed=read_committed(connection, month, position),
        committed_year=read_committed_year(connection, month.year, position),
    )


def _by_code(files: tuple[KeptFile, ...]) -> dict[str, tuple[KeptFile, ...]]:
    found: dict[str, list[KeptFile]] = {}
    for file in files:
        found.setdefault(file.code, []).append(file)
    return {code: tuple(kept) for code, kept in found.items()}


def _compared(connection: Connection, asked: PastRun, past: PastRun, result: MonthResult) -> Replay:
    decisions, findings = decisions_of_run(connection, past.run_id), findings_of_run(connection, past.run_id)
    centres, due = centres_of_run(connection, past.run_id), read_due(connection, past.run_id)
    budgets = _by_centre(budgets_of_run(connection, past.run_id))
    again = result.decisions.select(list(DECISION))
    of_centres = result.centres.select(pl.col(name).cast(kind) for name, kind in CENTRE_COLUMNS.items())
    differences = (
        first_difference(
            "decisions", decisions, again, key=("centre_code", "source_row"), personal=_PERSONAL, row="source_row"
        ),
        first_difference(
            "findings", _counted(findings), _counted(result.findings.select(list(TOLD))), key=_FINDING, row="source_row"
        ),
        first_difference("centres", centres, of_centres, key=("centre_code",)),
        first_difference("budgets", budgets, _by_centre(result.budgets), key=("centre_code", "year"), row="year"),
        first_difference("lines", due, due_of(result.lines), key=("centre_code", "kind"), row="kind"),
    )
    return Replay(
        month=past.reference_month,
        asked_run_id=asked.run_id,
        run_id=past.run_id,
        code_version=past.code_version,
        is_other_code=past.code_version != CODE_VERSION,
        decisions=decisions.height,
        findings=findings.height,
        centres=centres.height,
        lines=int(due["lines"].sum()),
        amount_vnd=int(due["amount_vnd"].sum()),
        difference=next((one for one in differences if one is not None), None),
    )


def _by_centre(budgets: pl.DataFrame) -> pl.DataFrame:
    """A funding source is named as its centre is (rulebook section 5)."""
    return budgets.rename({"funding_source": "centre_code"})


_FINDING = ("centre_code", "source_row", "code", "column_name", "is_waived")


def _counted(findings: pl.DataFrame) -> pl.DataFrame:
    """How often each code stands at each place.

    Without what was said of a changed form: it compares with files of other months, which may have changed since.
    """
    kept = findings.filter(pl.col("code") != FindingCode.LAYOUT_CHANGED)
    return kept.group_by(_FINDING).agg(pl.len().cast(pl.Int64).alias("findings"))
