"""A month as a run would find it now, without the power to write: what plans are made from."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Connection

from ioc_etl.adapters.store import read_month_state, source_file_id
from ioc_etl.adapters.store_plan import snapshot
from ioc_etl.pipeline.extract import PulledMonth
from ioc_etl.pipeline.mended import with_whole_rosters
from ioc_etl.pipeline.plan_number import PlanNumber
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Progress, Services, no_progress
from ioc_etl.pipeline.taken_back import look_at_taken_back
from ioc_etl.pipeline.turn import without_older
from ioc_etl.pipeline.work import MonthWork

NOBODY = "plan"


@contextmanager
def looking(
    services: Services, month: date, pulled: PulledMonth, rooms: ReadingRooms, progress: Progress = no_progress
) -> Iterator[tuple[Connection, MonthWork]]:
    """The month's work on a read-only snapshot: it can decide, and cannot write."""
    with snapshot(services.engine) as connection:
        state = read_month_state(connection, month)
        now = services.clock.now()
        kept = _ids(month, pulled)
        newest = without_older(connection, month, pulled, kept)
        given = with_whole_rosters(connection, month, pulled=newest, kept=kept, state=state)
        taken_back = look_at_taken_back(connection, services.policy, month)
        yield connection, MonthWork(services, month, given, uuid4(), now, NOBODY, progress, rooms, taken_back)


def refuse_if_moved(
    services: Services, month: date, pulled: PulledMonth, plan: PlanNumber, rooms: ReadingRooms
) -> None:
    """Raises PlanMovedError before anything is kept or locked, when the plan is out of date already."""
    with looking(services, month, pulled, rooms) as (_, work):
        plan.refuse_other(work.plan_number())


def _ids(month: date, pulled: PulledMonth) -> dict[tuple[str, str], tuple[UUID, ...]]:
    """The ids that keeping the files will give them."""
    found = {("roster", centre.centre_code): centre.files for centre in pulled.centres}
    found |= {("register", str(name)): files for name, files in pulled.registers.files.items()}
    return {
        (kind, code): tuple(source_file_id(kind, month, code, file.sha256) for file in files)
        for (kind, code), files in found.items()
    }
