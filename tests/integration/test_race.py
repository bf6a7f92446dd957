"""One at a time: schedulers, persons and double clicks run the same month at once, and one run does the work.

`IOC_ETL_TEST_RACES` says how many times over; 25 for the show, fewer in every test run.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from locks import until_waiting
from two_months import JANUARY, LivedIn

from ioc_etl.adapters import audit, migrate
from ioc_etl.adapters.store import month_holder, month_transaction
from ioc_etl.pipeline.services import Services
from tests.conftest import Database

RACERS = 8
RACES = int(os.environ.get("IOC_ETL_TEST_RACES", "2"))
PROJECT = Path(__file__).parents[2]
RUN = "import sys; from ioc_etl.cli import main; sys.argv[0] = 'ioc-etl'; main()"


def start(database: Database, services: Services, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        **database.environment,
        "PYTHONPATH": str(PROJECT),
        "IOC_ETL_INPUT": str(services.settings.input_root),
    }
    command = [sys.executable, "-c", RUN, "run", "2022-01", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


@pytest.mark.timeout(120 + 120 * RACES)
@pytest.mark.parametrize("race", range(RACES))
def test_of_eight_runs_at_once_one_does_the_work_and_the_others_find_it_done(
    lived: LivedIn, tmp_path: Path, race: int
) -> None:
    with lived.copy(tmp_path) as (database, services):
        if race % 2:
            # All of them stand at the month's lock when it becomes free.
            with month_transaction(database.engine, JANUARY, UUID(int=race)):
                racers = [start(database, services) for _ in range(RACERS)]
                until_waiting(database.engine, RACERS)
        else:
            racers = [start(database, services) for _ in range(RACERS)]
        said = [racer.communicate(timeout=300) for racer in racers]
        assert [racer.returncode for racer in racers] == [0] * RACERS, said
        with database.engine.connect() as connection:
            query = "SELECT status, count(*) FROM payroll.run WHERE reference_month = '2022-01-01' GROUP BY status"
            statuses = dict(connection.execute(sa.text(query)).tuples().all())
            # One run stood there before, incomplete since Bình Long was missing.
            assert statuses == {"incomplete": 1, "completed": 1, "unchanged": RACERS - 1}
            assert audit.first_broken_link(connection) is None
            drafts = "SELECT kind, count(*) FROM payroll.batch WHERE status = 'draft' GROUP BY kind"
            assert dict(connection.execute(sa.text(drafts)).tuples().all()) == {
                "regular": 1,
                "arrears": 1,
                "recovery": 1,
            }
        assert migrate.check(database.engine) == []
        for out, err in said:
            assert "Traceback" not in out + err
            assert "ioc-etl: " not in err


def test_who_does_not_wait_is_told_who_holds_the_month_since_when(lived: LivedIn, tmp_path: Path) -> None:
    with lived.copy(tmp_path) as (database, services):
        with month_transaction(database.engine, JANUARY, UUID(int=7), actor="lan.nguyen"):
            out, err = start(database, services, "--no-wait").communicate(timeout=120)
        lines = [line for line in err.splitlines() if line.startswith("ioc-etl: ")]
        assert len(lines) == 1, err
        assert f"is held by run {UUID(int=7)} of lan.nguyen since 20" in lines[0]
        assert "try again" in lines[0]
        assert out == ""


def test_who_waits_is_told_for_whom(lived: LivedIn, tmp_path: Path) -> None:
    with lived.copy(tmp_path) as (database, services):
        with month_transaction(database.engine, JANUARY, UUID(int=7), actor="lan.nguyen"):
            racer = start(database, services, "--lang", "en")
            until_waiting(database.engine)
        _, err = racer.communicate(timeout=120)
        assert racer.returncode == 0, err
        assert f"Waiting: Month 2022-01 is held by run {UUID(int=7)} of lan.nguyen" in err


def test_a_killed_run_that_held_the_month_leaves_no_lock(lived: LivedIn, tmp_path: Path) -> None:
    with lived.copy(tmp_path) as (database, services):
        racer = start(database, services)
        deadline = time.monotonic() + 120
        while month_holder(database.engine, JANUARY) is None and racer.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        racer.send_signal(signal.SIGKILL)
        racer.communicate()
        out, err = start(database, services, "--json").communicate(timeout=120)
        assert '"exit_code": 0' in out, err
        assert month_holder(database.engine, JANUARY) is None
