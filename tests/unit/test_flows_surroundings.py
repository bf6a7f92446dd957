"""What a flow works with: its month, its patience, its borders, and Prefect's settings on one machine."""

import os
import subprocess
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prefect.client.schemas.objects import TaskRun
from prefect.states import Failed

from flows.lifeline import WORKER_PROCESS
from flows.local_prefect import QUIET, prefect_environment
from flows.patience import is_transient, step
from flows.rerun import rerun
from flows.surroundings import month_due_at
from ioc_etl.adapters.patience import Patience
from ioc_etl.errors import DatabaseError, SourceError, TransientError, UsageError
from ioc_etl.pipeline.privacy import NoPersonalValues, ProgramFaultError

CITIZEN_ID = "070085001234"


@step("pull {centre_code}")
def a_step(centre_code: str) -> str:
    """A step as the flows have them."""
    return centre_code


@pytest.mark.parametrize(
    ("scheduled", "month"),
    [
        (datetime(2022, 1, 31, 23, 0, tzinfo=UTC), date(2022, 1, 1)),  # 06:00 on 1 February in Vietnam
        (datetime(2022, 1, 31, 16, 59, tzinfo=UTC), date(2021, 12, 1)),  # one minute before midnight there
        (datetime(2022, 1, 31, 17, 0, tzinfo=UTC), date(2022, 1, 1)),
        (datetime(2022, 2, 9, 23, 0, tzinfo=UTC), date(2022, 1, 1)),
        (datetime(2022, 12, 31, 23, 0, tzinfo=UTC), date(2022, 12, 1)),
    ],
)
def test_a_run_is_about_the_month_before_its_scheduled_start_in_vietnam(scheduled: datetime, month: date) -> None:
    assert month_due_at(scheduled) == month


def test_each_pause_is_twice_the_one_before_up_to_a_quarter_of_an_hour() -> None:
    assert Patience(retries=3, first_pause_seconds=2).pauses() == [2, 4, 8]
    assert max(Patience(retries=20).pauses()) == 16 * 60


def test_patience_is_read_from_the_environment() -> None:
    names = ("RETRIES", "RETRY_SECONDS", "AT_ONCE", "SECONDS")
    given = dict(zip([f"IOC_ETL_PULL_{name}" for name in names], ("2", "0.5", "1", "30"), strict=True))

    assert Patience.from_environment(given) == Patience(retries=2, first_pause_seconds=0.5, at_once=1, seconds=30)
    assert Patience.from_environment({"IOC_ETL_PULL_RETRIES": ""}) == Patience()
    with pytest.raises(UsageError, match="IOC_ETL_PULL_SECONDS is 0"):
        Patience.from_environment({"IOC_ETL_PULL_SECONDS": "0"})


@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_impatience_that_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="IOC_ETL_PULL_RETRIES"):
        Patience.from_environment({"IOC_ETL_PULL_RETRIES": text})


def test_only_what_may_pass_by_itself_is_tried_again() -> None:
    run = TaskRun(task_key="pull", dynamic_key="0")

    assert is_transient(a_step, run, Failed(data=TransientError("later")))
    assert not is_transient(a_step, run, Failed(data=SourceError("never")))
    assert not is_transient(a_step, run, Failed(data=OSError("whatever")))


def test_results_of_steps_are_never_kept() -> None:
    assert a_step.persist_result is False
    assert a_step.retry_condition_fn is is_transient


def test_an_error_of_ours_crosses_the_border_without_the_foreign_one_that_quotes_a_row() -> None:
    def insert() -> None:
        raise DatabaseError("the payment line is there already") from KeyError(CITIZEN_ID)

    with pytest.raises(DatabaseError) as crossed, NoPersonalValues():
        insert()

    shown = "".join(traceback.format_exception(crossed.value))
    assert "the payment line is there already" in shown
    assert CITIZEN_ID not in shown


def test_an_unforeseen_error_crosses_as_its_kind_and_its_place() -> None:
    people: dict[str, int] = {}

    with pytest.raises(ProgramFaultError) as crossed, NoPersonalValues():
        people[CITIZEN_ID]

    shown = "".join(traceback.format_exception(crossed.value))
    assert "KeyError at test_flows_surroundings.py:" in shown
    assert CITIZEN_ID not in shown


def test_no_error_is_no_error() -> None:
    with NoPersonalValues():
        pass


def test_prefect_is_told_our_places_whatever_the_shell_says() -> None:
    shell = {"PREFECT_API_URL": "https://api.prefect.cloud/api", "PREFECT_PROFILE": "cloud", "PATH": "/usr/bin"}
    shell["TMPDIR"] = "/srv/temporary"

    environment = prefect_environment(shell, Path("/srv/ioc/prefect"), 4321)

    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
    assert environment["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert environment["PREFECT_HOME"] == "/srv/ioc/prefect"
    assert environment["TMPDIR"] == "/srv/ioc/prefect/tmp"
    assert environment["PATH"] == "/usr/bin"
    assert "PREFECT_PROFILE" not in environment


def test_prefect_calls_nobody_unless_the_operator_asks_for_it() -> None:
    home = Path("/srv/ioc/prefect")

    assert QUIET.items() <= prefect_environment({}, home, 4321).items()
    asked = {"PREFECT_SERVER_ANALYTICS_ENABLED": "true"}
    assert prefect_environment(asked, home, 4321)["PREFECT_SERVER_ANALYTICS_ENABLED"] == "true"


def test_prefect_understands_every_setting_that_keeps_it_quiet() -> None:
    program = """
from prefect.settings import get_current_settings
from prefect._internal.analytics import is_telemetry_enabled
found = get_current_settings()
print(found.server.analytics_enabled, found.server.ui.show_promotional_content, is_telemetry_enabled(),
      found.telemetry.enable_resource_metrics, found.cloud.enable_orchestration_telemetry)
"""
    without_ci = {name: value for name, value in os.environ.items() if name != "CI"}
    asked = subprocess.run(
        [sys.executable, "-c", program], env={**without_ci, **QUIET}, capture_output=True, text=True, check=True
    )

    assert asked.stdout.split() == ["False"] * len(QUIET)


def test_a_run_of_an_unknown_centre_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="no centre 'dong-xoia'; centres are tinh, dong-xoai"):
        rerun.fn(month="2022-01", centres=["dong-xoia"])


def test_a_run_of_no_centre_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="empty list"):
        rerun.fn(month="2022-01", centres=[])


def test_a_program_that_imports_a_flow_is_quiet_too() -> None:
    program = "import flows.monthly; from prefect.settings import get_current_settings as settings; "
    program += "print(settings().server.analytics_enabled)"
    loud = {name: value for name, value in os.environ.items() if name not in QUIET}

    asked = subprocess.run([sys.executable, "-c", program], env=loud, capture_output=True, text=True, check=True)

    assert asked.stdout == "False\n"


def test_a_run_whose_worker_is_gone_already_ends_at_once() -> None:
    program = "from flows.lifeline import end_with_worker; end_with_worker(); print('at work')"

    orphan = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, WORKER_PROCESS: "1"}, capture_output=True, check=False
    )
    child = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, WORKER_PROCESS: str(os.getpid())},
        capture_output=True,
        text=True,
        check=False,
    )

    assert orphan.returncode == -9
    assert child.stdout == "at work\n"
