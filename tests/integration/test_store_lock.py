"""One at a time: who holds a month, who waits, and what a dead run leaves behind."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
import sqlalchemy as sa

from ioc_etl.adapters.audit import next_seq
from ioc_etl.adapters.store import MonthHolder, month_holder, month_transaction
from ioc_etl.errors import MonthLockedError, TransientError
from tests.conftest import Database
from tests.integration.month_records import MONTH, decision, kept, month_record, run_facts, run_id, write

pytestmark = pytest.mark.every_postgresql


def test_a_second_run_says_who_holds_the_month_since_when(database: Database) -> None:
    with (
        month_transaction(database.engine, MONTH, run_id(1)),
        pytest.raises(MonthLockedError, match=rf"2022-01 is held by run {run_id(1)} since \d{{4}}-.* UTC") as refusal,
        month_transaction(database.engine, MONTH, run_id(2), wait=False),
    ):
        raise AssertionError
    assert "\n" not in str(refusal.value)
    assert month_holder(database.engine, MONTH) is None


def test_another_month_is_free(database: Database) -> None:
    with (
        month_transaction(database.engine, MONTH, run_id(1)),
        month_transaction(database.engine, date(2022, 2, 1), run_id(2), wait=False) as connection,
    ):
        assert connection.scalar(sa.text("SHOW transaction_isolation")) == "read committed"


def test_a_waiting_run_is_told_for_whom_and_goes_on_when_the_month_is_free(database: Database) -> None:
    told: list[MonthHolder] = []
    waiting = Event()

    def wait_for_month() -> object:
        def tell(holder: MonthHolder) -> None:
            told.append(holder)
            waiting.set()

        with month_transaction(database.engine, MONTH, run_id(2), on_wait=tell) as connection:
            return connection.scalar(sa.text("SELECT count(*) FROM payroll.run"))

    with ThreadPoolExecutor(1) as pool:
        with month_transaction(database.engine, MONTH, run_id(1)) as connection:
            later = pool.submit(wait_for_month)
            assert waiting.wait(30)
            connection.execute(sa.text("INSERT INTO payroll.month VALUES ('2022-01-01')"))
            connection.execute(
                sa.text(
                    "INSERT INTO payroll.run (run_id, reference_month, status, started_at, finished_at, actor, "
                    "input_fingerprint, ledger_position, policy_version, code_version) VALUES "
                    "(gen_random_uuid(), '2022-01-01', 'failed', now(), now(), 'a', 'b', 0, 'c', 'd')"
                )
            )
        # What the holder wrote is seen by whoever waited for it.
        assert later.result(30) == 1
    assert [holder.run_id for holder in told] == [str(run_id(1))]


def test_runs_of_one_month_at_once_come_one_after_the_other(database: Database) -> None:
    files = kept(database.engine, dong_xoai=b"roster")

    def run(number: int) -> int:
        written = write(database.engine, month_record(files, [decision(10)], run=run_facts(number)))
        return written.lines_written

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(run, range(1, 7))) == [0, 0, 0, 0, 0, 1]


HOLD = """
import sys, time
from datetime import date
from uuid import UUID
from ioc_etl.adapters.database import engine_from_url
from ioc_etl.adapters.store import month_transaction
with month_transaction(engine_from_url(sys.argv[1]), date(2022, 1, 1), UUID(int=7)) as connection:
    print("held", flush=True)
    connection.exec_driver_sql("SELECT pg_sleep(600)")
"""


def test_a_killed_run_leaves_no_lock_behind(database: Database) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database.settings.database_url)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    # Even in the midst of a long statement the server notices within seconds.
    with month_transaction(database.engine, MONTH, run_id(2)) as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_one_of_several_who_look_at_a_month_is_told(database: Database) -> None:
    shared = sa.text("SELECT pg_advisory_lock_shared(x'494F43'::integer, 202201)")
    with database.engine.connect() as first, database.engine.connect() as second:
        for connection in (first, second):
            connection.execute(shared)
        with (
            pytest.raises(MonthLockedError, match=r"2022-01 is held by server process \d+ since"),
            month_transaction(database.engine, MONTH, run_id(2), wait=False),
        ):
            raise AssertionError


def test_who_holds_the_audit_chain_for_too_long_is_told_and_nothing_is_done(database: Database) -> None:
    with database.engine.connect() as holder, database.engine.connect() as waiting:
        holder.execute(sa.text("SELECT pg_advisory_lock(hashtext('ioc-etl'), hashtext('audit_event'))"))
        pid = holder.scalar(sa.text("SELECT pg_backend_pid()"))
        waiting.execute(sa.text("SET lock_timeout = '300ms'"))
        with pytest.raises(
            TransientError, match=rf"chain is held by server process {pid} since \d{{4}}-.* UTC"
        ) as said:
            next_seq(waiting)
        assert "\n" not in str(said.value)
        holder.rollback()
        holder.execute(sa.text("SELECT pg_advisory_unlock_all()"))
        assert next_seq(waiting) == 1
        assert waiting.scalar(sa.text("SHOW lock_timeout")) == "300ms"


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_who_gave_way_to_another_step_is_told_to_try_again(database: Database, state: str) -> None:
    raised = sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'x 070099000010' USING ERRCODE = '{state}'; END $$")
    with (
        database.engine.connect() as connection,
        pytest.raises(TransientError, match=rf"nothing was done, try again \({state}\)$"),
    ):
        connection.execute(raised)
