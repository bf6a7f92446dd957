"""A real Prefect server and worker on loopback for the tests, and what the tests ask of them."""

import csv
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId, FlowRunFilterParentFlowRunId
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.states import Scheduled

from flows.local_prefect import LOOPBACK, prefect_environment, temporary_folder, ui_url
from ioc_etl.adapters.workbooks import read_cells

ROOT = Path(__file__).resolve().parents[2]
RUN_PATIENCE_SECONDS = 400.0
"""Prefect on SQLite may stand still for a minute or two ("database is locked"), and goes on by itself."""
QUICK = {"IOC_ETL_PULL_RETRIES": "3", "IOC_ETL_PULL_RETRY_SECONDS": "1", "PREFECT_WORKER_QUERY_SECONDS": "0.5"}

T = TypeVar("T")


class Outside:
    """What stands for the world outside: a proxy that every program of the tests would call out through."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """Sends what is not for this machine here."""
        address = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        here = f"{LOOPBACK},localhost"
        return {**dict.fromkeys(names, address), "NO_PROXY": here, "no_proxy": here}

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    self.calls.append(connection.recv(200))


@dataclass(slots=True)
class PrefectServer:
    """A server with its own home, the project's deployments, and perhaps a worker."""

    home: Path
    port: int
    environment: Mapping[str, str]
    outside: Outside
    client: SyncPrefectClient
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """Start a program of the project; what it says goes to a file beside the home."""
        with (self.home.parent / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments], env=dict(self.environment), cwd=self.home, stdout=log, stderr=log
            )

    def prefect(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Prefect's own command line, from the checkout, as an operator would use it."""
        command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
        environment = {**self.environment, "COLUMNS": "500"}
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def get(self, path: str) -> httpx.Response:
        """An answer of the API, or of the UI."""
        return httpx.get(f"{ui_url(self.port)}{path}", timeout=150)

    def ask(self, deployment: str, environment: Mapping[str, str], *, at: Any = None, **parameters: object) -> UUID:
        """Ask for a run, with variables of its own, scheduled at a moment (else now)."""
        found = self.client.read_deployment_by_name(deployment)
        run = self.client.create_flow_run_from_deployment(
            found.id,
            parameters=parameters,
            state=None if at is None else Scheduled(scheduled_time=at),
            job_variables={"env": dict(environment)},
        )
        return run.id

    def ended(self, run_id: UUID) -> FlowRun:
        """The run once a worker has ended it."""
        return until(lambda: _final(self.client.read_flow_run(run_id)), f"run {run_id} to end")

    def tasks(self, run_id: UUID) -> dict[str, TaskRun]:
        """Every task run of a run and of its stages, by name."""
        stages = self.client.read_flow_runs(
            flow_run_filter=FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run_id]))
        )
        ids = FlowRunFilterId(any_=[run_id, *(stage.id for stage in stages)])
        return {task.name: task for task in self.client.read_task_runs(flow_run_filter=FlowRunFilter(id=ids))}

    def artifact(self, key: str) -> Any:
        """The latest artifact of a key, as it is kept."""
        return self.client.request("GET", "/artifacts/{key}/latest", path_params={"key": key}).json()

    def stop(self) -> None:
        """End every process, the last one started first."""
        for process in reversed(self.processes.values()):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def prefect_server(folder: Path) -> Iterator[PrefectServer]:
    """A server as `serve` runs it, with the work pool; no worker and no deployment yet."""
    home, port, outside = folder / "prefect", free_port(), Outside()
    temporary_folder(home).mkdir(parents=True)
    inherited = {**os.environ, **outside.environment, **QUICK}
    environment = prefect_environment(inherited, home, port)
    with SyncPrefectClient(f"{ui_url(port)}/api") as client:
        server = PrefectServer(home, port, environment, outside, client)
        try:
            command = ("-m", "uvicorn", "--factory", "flows.server:create_app", "--log-level", "warning")
            server.start("server", *command, "--host", LOOPBACK, "--port", str(port))
            until(lambda: answers(port), "the server to answer")
            yield server
        finally:
            server.stop()
            outside.close()


def answers(port: int) -> bool:
    """Whether a Prefect server answers on the port."""
    with suppress(httpx.TransportError):
        return httpx.get(f"{ui_url(port)}/api/health", timeout=5).status_code == httpx.codes.OK
    return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def until(ask: Callable[[], T | None], what: str, patience_seconds: float = RUN_PATIENCE_SECONDS) -> T:
    """The first answer that is not empty."""
    deadline = time.monotonic() + patience_seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {patience_seconds:.0f} s for {what}"
        time.sleep(0.2)


def personal_values(folder: Path) -> set[str]:
    """Every ID and account in the files below `folder` (whatever has nine digits or more), and names of people."""
    paths = [path for path in folder.rglob("*.*") if path.suffix in {".xlsx", ".csv"}]
    sheets = [sheet for path in paths for sheet in read_cells(path.read_bytes()).sheets]
    cells = (cell for sheet in sheets for row in sheet.rows for cell in row if cell)
    with next(path for path in paths if path.stem == "approved_list").open(encoding="utf-8-sig") as listed:
        names = {row["full_name"] for row in csv.DictReader(listed)}
    return names | {digits for cell in cells for digits in re.findall(r"\d{9,}", cell)}


def holding(folder: Path, values: Collection[str]) -> dict[str, list[str]]:
    """The files below `folder` that hold one of the values, whatever their format; Prefect's own pages left out.

    Prefect clears its working folders away meanwhile: what is gone holds nothing.
    """
    paths = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    found = {}
    for path in paths:
        if path.is_file() and "ui" not in path.relative_to(folder).parts:
            with suppress(FileNotFoundError):
                found[str(path)] = _held(path.read_bytes(), values)
    return {path: held for path, held in found.items() if held}


def _held(data: bytes, values: Collection[str]) -> list[str]:
    escaped = {value: json.dumps(value)[1:-1].encode() for value in values}
    return sorted(value for value in values if value.encode() in data or escaped[value] in data)


def _final(run: FlowRun) -> FlowRun | None:
    return run if run.state is not None and run.state.is_final() else None
