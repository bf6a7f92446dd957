"""The processes that make up Prefect on one machine, started in their order and ended together."""

import os
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from flows.local_prefect import LOOPBACK, prefect_environment, temporary_folder, ui_url
from flows.supervision import Child
from ioc_etl.errors import IocEtlError, UsageError

LOOK_EVERY_SECONDS = 0.25

_START_PATIENCE_SECONDS = 180.0
_WORKER_GRACE_SECONDS = 20.0
_SERVER_GRACE_SECONDS = 10.0


class ServeError(IocEtlError):
    """Prefect could not be started on this machine."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Prefect's server and worker, and the way to start one more process that talks to them."""

    home: Path
    port: int
    stop: threading.Event
    server: Child
    worker: Child

    def child(self, name: str, *arguments: str) -> Child:
        """A process of this Python in the same surroundings; not started."""
        return _child(name, arguments, self.home, self.port)

    def finish(self, child: Child) -> bool:
        """Run a process to its end; whether it succeeded. Interrupted when asked to stop."""
        child.start()
        try:
            self._until(lambda: not child.is_running, patience_seconds=None)
        finally:
            child.stop(0)
        return child.exit_code == 0

    def keep_alive(self) -> None:
        """Start again what has died."""
        self.server.keep_alive()
        self.worker.keep_alive()

    def start(self) -> None:
        """Server, then deployments, then worker; returns early when asked to stop."""
        self.server.start()
        self._until(lambda: _answers(self.port), patience_seconds=_START_PATIENCE_SECONDS)
        if self.stop.is_set():
            return
        registered = self.finish(self.child("registration", "-m", "flows.deployments"))
        if self.stop.is_set():
            return
        if not registered:
            raise ServeError("the deployments could not be registered; see the lines above")
        self.worker.start()

    def _until(self, done: Callable[[], bool], *, patience_seconds: float | None) -> None:
        waited = 0.0
        while not done() and not self.stop.wait(LOOK_EVERY_SECONDS):
            waited += LOOK_EVERY_SECONDS
            if not self.server.is_running:
                raise ServeError("Prefect's server ended; see the lines above")
            if patience_seconds is not None and waited > patience_seconds:
                raise ServeError(f"Prefect's server did not answer within {patience_seconds:.0f} s")


@contextmanager
def running_machine(home: Path, port: int, stop: threading.Event) -> Iterator[Machine]:
    """Server up, deployments registered, worker started; everything ended on leaving, whatever happens.

    Raises:
        UsageError: the port is taken, or `home` is being served already.
        ServeError: the server does not come up, or refuses the deployments.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    temporary_folder(home).mkdir(exist_ok=True)
    with _only_one(home):
        _require_free(port)
        server = _child("Prefect server", _server_command(port), home, port, ends_with=signal.SIGTERM)
        worker = _child("worker", ["-m", "flows.worker"], home, port)
        machine = Machine(home, port, stop, server, worker)
        try:
            machine.start()
            yield machine
        finally:
            # The server last, so that a run at work can still say how it ended.
            worker.stop(_WORKER_GRACE_SECONDS)
            server.stop(_SERVER_GRACE_SECONDS)


def _child(
    name: str, arguments: Sequence[str], home: Path, port: int, ends_with: signal.Signals = signal.SIGKILL
) -> Child:
    environment = prefect_environment(os.environ, home, port)
    return Child(name, [sys.executable, *arguments], environment, home, ends_with)


def _server_command(port: int) -> list[str]:
    app = ["-m", "uvicorn", "--factory", "flows.server:create_app", "--log-level", "warning"]
    return [*app, "--host", LOOPBACK, "--port", str(port)]


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    try:
        with FileLock(home / "serve.lock", timeout=0):
            yield
    except Timeout as error:
        raise UsageError(f"{home} is being served already; stop that one first") from error


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise UsageError(f"port {port} is taken; choose another with --port") from error


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"{ui_url(port)}/api/health", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
