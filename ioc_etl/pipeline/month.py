"""One month, from what was pulled to what is in the database.

The bytes are kept first. Then one transaction under the month's lock reads the state, decides, settles and loads: it is
all there afterwards, or nothing is.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

from ioc_etl.adapters.store import RunFacts, keep_files, month_transaction, read_month_state, write_failed_run
from ioc_etl.errors import ContractError, ControlTotalError, IocEtlError
from ioc_etl.pipeline.actors import SYSTEM, refuse_runner
from ioc_etl.pipeline.extract import PulledMonth, begin_pull, pull_month
from ioc_etl.pipeline.mended import with_whole_rosters
from ioc_etl.pipeline.overview import report_of_month
from ioc_etl.pipeline.plan_look import refuse_if_moved
from ioc_etl.pipeline.plan_number import PlanNumber
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Progress, Services, no_progress
from ioc_etl.pipeline.turn import WAIT, Turn, as_last_pulled
from ioc_etl.pipeline.work import CODE_VERSION, MonthWork
from schemas.uploading import is_note
from schemas.vocabulary import RunStatus


def run(
    services: Services,
    month: date,
    *,
    centres: Collection[str] | None = None,
    actor: str = SYSTEM,
    progress: Progress = no_progress,
    turn: Turn = WAIT,
    plan: PlanNumber | None = None,
) -> RunReport:
    """Pull and run one month. `centres` only limits what is pulled: the whole month is decided.

    Raises:
        RefusedError: not by this account.
        SourceError: there is no input root.
        PlanMovedError: the world is not any more as the plan found it; nothing is written.
        MonthLockedError: another run holds the month, and `turn` does not wait.
        DatabaseError: the database cannot be used.
    """
    refuse_runner(services, actor)
    turn.look(services, month)
    pulled = pull_month(services, month, centres, progress, pull_no=begin_pull(services))
    return run_month(services, month, pulled=pulled, actor=actor, progress=progress, turn=turn, plan=plan)


def run_month(
    services: Services,
    month: date,
    *,
    pulled: PulledMonth,
    actor: str = SYSTEM,
    progress: Progress = no_progress,
    turn: Turn = WAIT,
    plan: PlanNumber | None = None,
) -> RunReport:
    """Keep what was pulled by a numbered pull, decide the month, load it.

    Raises:
        ContractError: the pull has no number, so nobody knows what it may replace.
        ControlTotalError: the books do not close; nothing is written.
        PlanMovedError, MonthLockedError: as `run`.
        DatabaseError: the database cannot be used; nothing is written.
        TransientError: no process can be started to read the files in; nothing is written.
    """
    if pulled.pull_no is None:
        raise ContractError("a pull without a number is a look: nothing of it is kept")
    started_at, run_id = services.clock.now(), uuid4()
    # The processes that read start while the database is opened.
    with ReadingRooms() as rooms:
        if plan is not None:
            refuse_if_moved(services, month, pulled, plan, rooms)
        kept = keep_files(
            services.engine,
            month,
            pull_no=pulled.pull_no,
            began_at=pulled.began_at,
            clock=services.clock,
            rosters={centre.centre_code: centre.files for centre in pulled.centres},
            registers={str(name): files for name, files in pulled.registers.files.items()},
        )
        try:
            with month_transaction(
                services.engine, month, run_id, actor=actor, wait=turn.waits, on_wait=turn.tell
            ) as connection:
                state = read_month_state(connection, month)
                last = as_last_pulled(connection, pulled, kept, state)
                given = with_whole_rosters(connection, month, pulled=last.pulled, kept=last.kept, state=state)
                given = replace(given, register_pull_no=last.register_pull_no, known_pull_no=last.known_pull_no)
                work = MonthWork(services, month, given, run_id, started_at, actor, progress, rooms)
                if plan is not None:
                    plan.refuse_other(work.plan_number())
                status = work.do(connection)
        except (ControlTotalError, ContractError) as error:
            _remember_failure(services, month, run_id, error, started_at=started_at, actor=actor)
            raise
    report = report_of_month(services, month, run_id, status, unreachable=pulled.unreachable)
    ignored = sum(not is_note(name) for name in given.pulled.ignored)
    return replace(report, reasons=pulled.reasons, ignored_files=ignored)


def _remember_failure(
    services: Services, month: date, run_id: UUID, error: IocEtlError, *, started_at: datetime, actor: str
) -> None:
    """The run's own row, outside its transaction: somebody must be able to see that it broke off, and why."""
    failed = RunFacts(
        run_id=run_id,
        reference_month=month,
        status=RunStatus.FAILED,
        started_at=started_at,
        finished_at=services.clock.now(),
        actor=actor,
        input_fingerprint="",
        ledger_position=0,
        policy_version=services.policy.version,
        code_version=CODE_VERSION,
        message=str(error),
    )
    write_failed_run(services.engine, failed)
