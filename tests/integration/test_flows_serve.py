"""`python -m flows.serve`: everything Prefect needs on one machine, and all of it gone when it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from locks import until_waiting
from prefect.client.orchestration import SyncPrefectClient
from prefect_server import ROOT, free_port, until

from flows.local_prefect import QUIET, ui_url
from ioc_etl.adapters.store_lock import month_transaction

INPUT = ROOT / "tests" / "golden" / "input"

ALL_GONE_SECONDS = 40.0
UP_SECONDS = 400.0


@dataclass(frozen=True, slots=True)
class Serve:
    """A running `serve` and what it has said so far."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int

    def said(self) -> str:
        return self.log.read_text()

    def pid(self, name: str) -> int:
        """The process it last started under a name."""
        return int(re.findall(rf"{name} started \(process (\d+)\)", self.said())[-1])

    def has_said(self, text: str) -> bool:
        assert self.process.poll() is None, self.said()
        return text in self.said()

    def waits_for(self, text: str) -> None:
        until(lambda: self.has_said(text), f"serve to say {text!r}", UP_SECONDS)


@contextmanager
def serving(home: Path, settings: Mapping[str, str]) -> Iterator[Serve]:
    """A `serve` of its own."""
    home.mkdir(exist_ok=True)
    port, log = free_port(), home / "serve.log"
    environment = {**os.environ, **settings, "IOC_ETL_HOME": str(home), "PREFECT_WORKER_QUERY_SECONDS": "1"}
    # As a shell with an account in Prefect's cloud would have it: serve must not use it.
    environment |= {"PREFECT_API_URL": "https://api.prefect.cloud/api/accounts/x", "PREFECT_PROFILE": "cloud"}
    with log.open("wb") as output:
        command = [sys.executable, "-m", "flows.serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield Serve(process, log, port)
    finally:
        process.terminate()
        process.wait(ALL_GONE_SECONDS)


def refused_serve(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    """A `serve` that ends by itself."""
    command = [sys.executable, "-m", "flows.serve", "--port", str(port)]
    environment = {**os.environ, "IOC_ETL_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=UP_SECONDS, check=False)


def variables_of(pid: int) -> dict[str, str]:
    """The environment a process was started with."""
    entries = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended but was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_serve_answers_restarts_what_dies_and_takes_everything_along(database: Any, tmp_path: Path) -> None:
    settings = {**database.environment, "IOC_ETL_INPUT": str(INPUT)}
    with serving(tmp_path / "home", settings) as serve:
        serve.waits_for("Worker 'ioc-etl' started!")
        server, worker = serve.pid("Prefect server"), serve.pid("worker")
        assert re.search(r"Next scheduled run: \d{4}-\d\d-(0\d|10) 06:00 \(Asia/Ho_Chi_Minh\)", serve.said())
        assert f"Prefect answers at {ui_url(serve.port)}" in serve.said()
        assert "<title>Prefect Server</title>" in httpx.get(ui_url(serve.port), follow_redirects=True).text
        for pid in (server, worker):
            assert QUIET.items() <= variables_of(pid).items()
            assert variables_of(pid)["PREFECT_HOME"] == str(tmp_path / "home" / "prefect")
            assert variables_of(pid)["PREFECT_API_URL"] == f"{ui_url(serve.port)}/api"
        assert (tmp_path / "home" / "prefect").stat().st_mode & 0o077 == 0
        assert "is being served already" in refused_serve(tmp_path / "home", free_port()).stderr

        # Another run holds the month, so that the run is at work when its worker is killed.
        with month_transaction(database.engine, date(2022, 1, 1), uuid4()):
            run_id = ask_for_january(serve.port)
            until_waiting(database.engine)
            run = child_of(worker)
            os.kill(worker, signal.SIGKILL)
            until(lambda: not is_alive(run), "the run to end with its worker")
        serve.waits_for("worker was killed by signal 9; starting it again in 1 s")
        serve.waits_for("1 run(s) cut off by the end of their worker are marked as crashed")
        assert state_of_run(serve.port, run_id) == "Crashed"

        serve.process.terminate()
        assert serve.process.wait(ALL_GONE_SECONDS) == 0
        assert not any(is_alive(pid) for pid in (server, serve.pid("worker")))


def ask_for_january(port: int) -> UUID:
    """A run of the month through the deployment of the scheduled flow."""
    with SyncPrefectClient(f"{ui_url(port)}/api") as client:
        deployment = client.read_deployment_by_name("monthly-support/monthly-support")
        return client.create_flow_run_from_deployment(deployment.id, parameters={"month": "2022-01"}).id


def state_of_run(port: int, run_id: UUID) -> str | None:
    """The name of the run's state."""
    with SyncPrefectClient(f"{ui_url(port)}/api") as client:
        state = client.read_flow_run(run_id).state
        return state.name if state is not None else None


def child_of(worker: int) -> int:
    """The process of the worker's run."""
    return int(Path(f"/proc/{worker}/task/{worker}/children").read_text().split()[0])


def test_a_killed_serve_leaves_nothing_running(tmp_path: Path) -> None:
    with serving(tmp_path, {}) as serve:
        serve.waits_for("Prefect server started")
        server = serve.pid("Prefect server")

        serve.process.kill()

        until(lambda: not is_alive(server), "the server to end with serve")


def test_serve_says_what_is_wrong_with_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = refused_serve(tmp_path, port)

    assert refused.returncode == 2
    assert f"port {port} is taken; choose another with --port" in refused.stderr
