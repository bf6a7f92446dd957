"""The flows on a real Prefect server: deployed from prefect.yaml, scheduled, taken by a worker, loaded, shown."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa
import yaml
from prefect.client.schemas.objects import FlowRun, StateType, TaskRun
from prefect_server import ROOT, PrefectServer, holding, personal_values, prefect_server, until
from sftp_server import PASSWORD, USER, sftp_server

from flows.deployments import make_work_pool

INPUT = ROOT / "tests" / "golden" / "input"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
JANUARY_VND, FEBRUARY_VND, PHUOC_LONG_VND = 101_320_000, 54_518_035, 20_115_000
MONTHLY, RERUN, IMPACT = "monthly-support/monthly-support", "rerun/rerun", "impact/impact"


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A server that knows the project's deployments, with a worker at work."""
    with prefect_server(tmp_path_factory.mktemp("flows")) as running:
        make_work_pool(running.client)
        deployed = running.prefect("deploy", "--all")
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        running.start("worker", "-m", "flows.worker")
        yield running


@dataclass(frozen=True, slots=True)
class Installation:
    """The sample months, free to be changed, and an empty database."""

    input_root: Path
    engine: sa.Engine
    environment: Mapping[str, str]

    def centre_months(self, month: str) -> dict[str, Any]:
        """Each centre's row of the month as outsiders see it."""
        query = sa.text("SELECT * FROM state_payroll.centre_month WHERE reference_month = :month")
        with self.engine.connect() as connection:
            return {row.centre_code: row for row in connection.execute(query, {"month": f"{month}-01"})}

    def with_centre(self, code: str, **changes: str) -> dict[str, str]:
        """The environment with another registry, in which one centre is changed."""
        registry = yaml.safe_load((ROOT / "ioc_etl" / "policy" / "centres.yaml").read_text())
        registry["centres"][code].update(changes)
        file = self.input_root.parent / "centres.yaml"
        file.write_text(yaml.safe_dump(registry, allow_unicode=True))
        return {**self.environment, "IOC_ETL_CENTRES": str(file)}


@pytest.fixture
def installation(database: Any, tmp_path: Path) -> Installation:
    """An installation of its own for one test."""
    input_root = Path(shutil.copytree(INPUT, tmp_path / "input"))
    return Installation(input_root, database.engine, {**database.environment, "IOC_ETL_INPUT": str(input_root)})


@pytest.fixture(scope="module")
def secrets() -> set[str]:
    """The IDs, accounts and names that no log, page or file of Prefect may hold."""
    values = personal_values(INPUT)
    people, kinds_of_number = 46, 2
    assert len(values) > people * kinds_of_number
    return values


def deployments(prefect: PrefectServer) -> dict[str, dict[str, Any]]:
    """Every deployment as the server keeps it, by name."""
    found = prefect.client.request("POST", "/deployments/filter", json={}).json()
    return {deployment["name"]: deployment for deployment in found}


def said(run: FlowRun) -> str:
    """What the run's last state says."""
    assert run.state is not None
    return run.state.message or ""


def ending(run: FlowRun | TaskRun) -> str | None:
    """The name of the run's last state."""
    return run.state.name if run.state is not None else None


def test_what_is_deployed_names_modules_and_nothing_of_the_machine(prefect: PrefectServer) -> None:
    found = deployments(prefect)

    assert {name: deployment["entrypoint"] for name, deployment in found.items()} == {
        "monthly-support": "flows.monthly.monthly_support",
        "rerun": "flows.rerun.rerun",
        "impact": "flows.impact.impact_tables",
    }
    for deployment in found.values():
        assert (deployment["path"], deployment["pull_steps"]) == (None, [])
        assert deployment["work_pool_name"] == "ioc-etl"
        assert "ioc-etl" in deployment["tags"]
        kept = json.dumps(deployment)
        assert str(ROOT) not in kept
        assert str(Path.home()) not in kept
        assert sys.prefix not in kept


@pytest.mark.parametrize("name", ["monthly-support", "rerun"])
def test_a_second_run_of_a_kind_waits_for_the_first(prefect: PrefectServer, name: str) -> None:
    deployment = deployments(prefect)[name]

    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"


def test_deploying_again_changes_nothing(prefect: PrefectServer) -> None:
    before = deployments(prefect)

    assert prefect.prefect("deploy", "--all").returncode == 0

    after = deployments(prefect)
    assert {name: deployment["id"] for name, deployment in after.items()} == {
        name: deployment["id"] for name, deployment in before.items()
    }
    assert [len(deployment["schedules"]) for deployment in after.values()] == [
        len(deployment["schedules"]) for deployment in before.values()
    ]


def test_the_scheduler_plans_the_first_ten_mornings_of_a_month(prefect: PrefectServer) -> None:
    deployment = prefect.client.read_deployment_by_name(MONTHLY)

    def planned() -> list[FlowRun]:
        runs = prefect.client.read_flow_runs(limit=200)
        mine = (run for run in runs if run.deployment_id == deployment.id and run.auto_scheduled)
        return [run for run in mine if run.state is not None and run.state.type is StateType.SCHEDULED]

    runs = until(planned, "scheduled runs")

    starts = sorted(run.expected_start_time.astimezone(VIETNAM) for run in runs if run.expected_start_time)
    assert {(start.hour, start.minute) for start in starts} == {(6, 0)}
    assert all(1 <= start.day <= 10 for start in starts)
    now = datetime.now(VIETNAM)
    tomorrow = now if now.hour < 6 else now + timedelta(days=1)
    first = tomorrow if tomorrow.day <= 10 else (tomorrow.replace(day=1) + timedelta(days=31)).replace(day=1)
    assert starts[0].date() == first.date()


@pytest.mark.parametrize("month", ["2022-13", "January", "2022-1", ""])
def test_a_run_of_no_month_is_refused_when_it_is_asked_for(prefect: PrefectServer, month: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        prefect.ask(RERUN, {}, month=month)

    assert refused.value.response.status_code == httpx.codes.CONFLICT
    assert "month" in refused.value.response.text


def test_a_late_run_loads_the_month_it_was_scheduled_for_and_again_changes_nothing(
    prefect: PrefectServer, installation: Installation, secrets: set[str]
) -> None:
    third_of_february = datetime(2022, 2, 2, 23, tzinfo=UTC)

    run = prefect.ended(prefect.ask(MONTHLY, installation.environment, at=third_of_february))

    assert (run.name, ending(run)) == ("2022-01", "Completed"), said(run)
    loaded = installation.centre_months("2022-01")
    assert sum(row.amount_vnd for row in loaded.values()) == JANUARY_VND
    assert {row.batch_status for row in loaded.values()} == {"draft"}
    tasks = prefect.tasks(run.id)
    assert {f"pull {code}" for code in loaded} | {"pull registers", "decide and load 2022-01"} <= set(tasks)
    assert {ending(task) for task in tasks.values()} == {"Completed"}
    table = json.loads(prefect.artifact("month-2022-01")["data"])
    assert {row["Mã"] for row in table} == {*loaded, ""}
    assert table[-1]["Số tiền"] == "101.320.000 đ"
    assert "`ID_ZERO_RESTORED`" in prefect.artifact("exceptions-2022-01")["data"]
    assert "| tinh | N |" in prefect.artifact("calendar")["data"]

    again = prefect.ended(prefect.ask(RERUN, installation.environment, month="2022-01", centres=["tinh"]))

    assert ending(again) == "Unchanged", said(again)
    assert {"pull tinh", "pull registers"} == {name for name in prefect.tasks(again.id) if name.startswith("pull ")}
    assert installation.centre_months("2022-01") == loaded
    assert holding(prefect.home.parent, secrets) == {}


def test_one_centre_is_tried_again_another_is_missing_and_the_rest_is_paid(
    prefect: PrefectServer, installation: Installation, secrets: set[str]
) -> None:
    roster = installation.input_root / "rosters" / "2022-02" / "phuoc-long.csv"
    own_root = installation.input_root.parent / "phuoc-long"
    folder = own_root / "rosters" / "2022-02"
    folder.parent.mkdir(parents=True)
    # A link that leads to itself: reading the folder is an input/output error, as on a broken share.
    folder.symlink_to(folder)
    run_id = prefect.ask(MONTHLY, installation.with_centre("phuoc-long", source_url=str(own_root)), month="2022-02")
    until(lambda: has_failed_once(prefect, run_id), "the pull to fail once")
    folder.unlink()
    folder.mkdir()
    roster.rename(folder / roster.name)

    run = prefect.ended(run_id)

    assert ending(run) == "Incomplete", said(run)
    assert run.state is not None
    assert run.state.is_completed()
    assert "(binh-long)" in said(run)
    pulls = {name: task for name, task in prefect.tasks(run_id).items() if name.startswith("pull ")}
    assert {ending(task) for task in pulls.values()} == {"Completed"}
    assert pulls.pop("pull phuoc-long").run_count > 1
    assert {task.run_count for task in pulls.values()} == {1}
    loaded = installation.centre_months("2022-02")
    assert loaded["binh-long"].file_status == "missing"
    assert sum(row.amount_vnd for row in loaded.values()) == FEBRUARY_VND
    exceptions = prefect.artifact("exceptions-2022-02")["data"]
    assert "`DUPLICATE_PERSON`" in exceptions
    assert "`ROSTER_MISSING`" in exceptions
    assert holding(prefect.home.parent, secrets) == {}


def test_months_run_again_in_order_and_the_worst_end_is_the_runs(
    prefect: PrefectServer, installation: Installation
) -> None:
    asked = prefect.ask(RERUN, installation.environment, first="2022-01", last="2022-02", missing=True)

    run = prefect.ended(asked)

    assert (run.name, ending(run)) == ("2022-01 2022-02 again", "Incomplete"), said(run)
    assert "(binh-long)" in said(run)
    again = prefect.ended(prefect.ask(RERUN, installation.environment, months=["2022-01"], missing=True))
    assert ending(again) == "Unchanged", said(again)
    assert prefect.tasks(again.id) == {}


def has_failed_once(prefect: PrefectServer, run_id: Any) -> bool:
    """Whether a pull of the run waits for its next try."""
    return any(ending(task) == "AwaitingRetry" for task in prefect.tasks(run_id).values())


def keep_credentials(prefect: PrefectServer) -> None:
    """The SFTP server's, in a secret of Prefect."""
    value = json.dumps({"username": USER, "password": PASSWORD})
    keep = "from prefect.blocks.system import Secret; Secret(value=sys.argv[1]).save('ioc-etl-input', overwrite=True)"
    program = [sys.executable, "-c", f"import sys; {keep}", value]
    subprocess.run(program, env=dict(prefect.environment), check=True)


@contextmanager
def being_uploaded(file: Path) -> Iterator[None]:
    """The file, which somebody goes on writing; whole at the end."""
    whole, is_over = file.read_bytes(), Event()

    def write() -> None:
        with file.open("wb", buffering=0) as stream:
            stream.write(whole[: len(whole) // 2])
            while not is_over.wait(0.2):
                stream.write(b"\n")

    with ThreadPoolExecutor(1) as uploader:
        writing = uploader.submit(write)
        try:
            yield
        finally:
            is_over.set()
            writing.result()
            file.write_bytes(whole)


def test_a_scheduled_pull_leaves_a_file_that_is_being_uploaded_and_the_next_one_takes_it(
    prefect: PrefectServer, installation: Installation, tmp_path: Path
) -> None:
    keep_credentials(prefect)
    roster = installation.input_root / "rosters" / "2022-01" / "phuoc-long.csv"
    scheduled = datetime(2022, 2, 2, 23, tzinfo=UTC)
    with sftp_server(installation.input_root, tmp_path) as served:
        source = {"IOC_ETL_INPUT": served.url, "IOC_ETL_KNOWN_HOSTS": str(served.known_hosts)}
        environment = {**installation.environment, **source, "IOC_ETL_PULL_SETTLING_SECONDS": "2"}
        with being_uploaded(roster):
            first = prefect.ended(prefect.ask(MONTHLY, environment, at=scheduled))
        meanwhile = installation.centre_months("2022-01")
        told = prefect.artifact("exceptions-2022-01")["data"]
        second = prefect.ended(prefect.ask(MONTHLY, environment, at=scheduled))

    assert (ending(first), meanwhile["phuoc-long"].file_status) == ("Incomplete", "missing"), said(first)
    assert sum(row.amount_vnd for row in meanwhile.values()) == JANUARY_VND - PHUOC_LONG_VND
    assert "`ROSTER_UPLOADING`" in told
    assert ending(second) == "Completed", said(second)
    assert sum(row.amount_vnd for row in installation.centre_months("2022-01").values()) == JANUARY_VND


def test_a_source_gets_its_credentials_from_a_prefect_secret_and_prefect_keeps_them_to_itself(
    prefect: PrefectServer, installation: Installation, tmp_path: Path, secrets: set[str]
) -> None:
    keep_credentials(prefect)
    with sftp_server(installation.input_root, tmp_path) as served:
        source = {"IOC_ETL_INPUT": served.url, "IOC_ETL_KNOWN_HOSTS": str(served.known_hosts)}
        run = prefect.ended(prefect.ask(RERUN, {**installation.environment, **source}, month="2022-01"))
        strangers = tmp_path / "strangers"
        strangers.touch()
        source["IOC_ETL_KNOWN_HOSTS"] = str(strangers)
        refused = prefect.ended(prefect.ask(RERUN, {**installation.environment, **source}, month="2022-01"))

    assert ending(run) == "Completed", said(run)
    assert sum(row.amount_vnd for row in installation.centre_months("2022-01").values()) == JANUARY_VND
    assert ending(refused) == "Failed"
    assert "the host is not known" in said(refused)
    assert {task.run_count for name, task in prefect.tasks(refused.id).items() if name.startswith("look")} == {1}
    assert holding(prefect.home.parent, {*secrets, PASSWORD}) == {}


def test_a_run_fails_when_nothing_usable_came(prefect: PrefectServer, installation: Installation) -> None:
    shutil.rmtree(installation.input_root / "rosters")

    run = prefect.ended(prefect.ask(MONTHLY, installation.environment, month="2022-01"))

    assert ending(run) == "Failed"
    assert sum(row.amount_vnd for row in installation.centre_months("2022-01").values()) == 0


def test_the_impact_tables_stand_on_a_page(prefect: PrefectServer, installation: Installation) -> None:
    run = prefect.ended(prefect.ask(IMPACT, installation.environment, year=2022))

    assert ending(run) == "Completed", said(run)
    assert "2.655.180.000" in prefect.artifact("impact-2022")["data"]


def test_nothing_calls_out_not_even_for_the_catalogue_of_integrations(prefect: PrefectServer) -> None:
    catalogue = prefect.get("/api/collections/views/aggregate-worker-metadata")

    assert "process" in catalogue.json()["prefect"]
    assert prefect.get("/api/admin/settings").json()["server"]["analytics_enabled"] is False
    assert prefect.outside.calls == []
    call = "import httpx; httpx.get('http://example.invalid')"
    prefect.start("caller", "-c", call)
    until(lambda: prefect.outside.calls, "the proxy of the test to see a call")


def test_a_request_under_a_foreign_name_is_refused(prefect: PrefectServer) -> None:
    answer = httpx.get(f"http://127.0.0.1:{prefect.port}/api/health", headers={"Host": "attacker.example"})

    assert answer.status_code == httpx.codes.BAD_REQUEST
