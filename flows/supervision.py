"""Keeping child processes alive: started together, restarted when one dies, ended together."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.lifeline import end_with_parent
from flows.serve_log import serve_log

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_STEADY_SECONDS = 60.0


@dataclass(slots=True)
class Child:
    """One supervised process. It dies with its parent, even when the parent is killed outright (Linux)."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    ends_with: signal.Signals = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float | None = None
    pause_seconds: float = field(default=_FIRST_PAUSE_SECONDS)

    def start(self) -> None:
        """Start it, in a process group of its own so that Ctrl-C reaches the supervisor alone."""
        parent = os.getpid()

        def tie_to_parent() -> None:
            end_with_parent(self.ends_with)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            cwd=self.folder,
            process_group=0,
            # The supervisor has one thread, so running code between fork and exec is safe.
            preexec_fn=tie_to_parent,  # noqa: PLW1509
        )
        self.started_at, self.restart_at = time.monotonic(), None
        serve_log.info("%s started (process %d)", self.name, self.process.pid)

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it lives or when it never started. Negative: the signal that killed it."""
        return None if self.process is None else self.process.poll()

    def keep_alive(self) -> None:
        """Start it again when it has died: at once after a steady minute, later and later when it keeps dying."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if self.restart_at is None:
            if now - self.started_at >= _STEADY_SECONDS:
                self.pause_seconds = _FIRST_PAUSE_SECONDS
            self.restart_at = now + self.pause_seconds
            serve_log.error("%s %s; starting it again in %.0f s", self.name, self._how_it_ended(), self.pause_seconds)
            self.pause_seconds = min(2 * self.pause_seconds, _LONGEST_PAUSE_SECONDS)
        elif now >= self.restart_at:
            self.start()

    def stop(self, grace_seconds: float) -> None:
        """Ask it to end, insist after `grace_seconds`, and wait until it is gone."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            serve_log.warning("%s did not end within %.0f s and is killed", self.name, grace_seconds)
            self.process.kill()
            self.process.wait()
        serve_log.info("%s stopped", self.name)

    def _how_it_ended(self) -> str:
        code = self.process.returncode if self.process is not None else 0
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
