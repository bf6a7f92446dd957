"""One killable child, seen by its parent: started, given pieces, waited for, ended."""

import contextlib
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import BinaryIO, cast

from ioc_etl.adapters.killable_frames import (
    ANSWER,
    FAULT,
    OUT_OF_MEMORY,
    READY,
    SETUP,
    TOO_LARGE,
    batch,
    framed,
    read_frame,
)
from ioc_etl.errors import TransientError

_GIVEN_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""All that a child gets of the environment: what Python needs to start. No database, no secret."""

_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 2.0
_MAX_DETAIL = 100


_OUT_OF_TIME = {-getattr(signal, name) for name in ("SIGPROF", "SIGALRM") if hasattr(signal, name)}
"""How a child ends that outlives the time it has set itself."""


class Death(StrEnum):
    """What a child died of."""

    MEMORY = "memory"
    TIME = "time"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Died:
    """A piece that was the end of its child. `detail`: what failed and where, or the signal; never a value."""

    cause: Death
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece may take: memory of the child, its processor time, time on the clock, bytes of the answer."""

    memory_bytes: int
    cpu_seconds: int
    seconds: float
    answer_bytes: int


class Child:
    """One running child, used by one thread; another may call `kill_if_late` meanwhile.

    Raises:
        TransientError: it does not start; no piece is to blame.
    """

    def __init__(self, module: str, limits: Limits) -> None:
        self.answered = 0
        self._limits = limits
        self._setup: bytes | None = None
        self._is_ready, self._is_too_large = False, False
        self._late_at: int | None = None
        self._fault = ""
        self._deadline = time.monotonic() + _SECONDS_TO_START
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *map(str, astuple(limits)[:3])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={name: os.environ[name] for name in _GIVEN_ON if name in os.environ},
            )
        except OSError as error:
            raise TransientError(f"no process could be started to read files in: {error.strerror}") from error

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def set_up(self, setup: bytes) -> None:
        """Tells the child what its work needs to know, unless it knows.

        Raises:
            TransientError: it has not started, or cannot be set up.
        """
        if self._setup == setup:
            return
        self._deadline = time.monotonic() + _SECONDS_TO_START
        if not self._is_ready:
            self._require_ready()
            self._is_ready = True
        self._send(framed(SETUP, setup))
        self._require_ready()
        self._setup, self._deadline = setup, math.inf

    def give(self, pieces: list[bytes]) -> None:
        """Pieces to work on; `answer` brings the answers, in the same order."""
        self._deadline = time.monotonic() + self._limits.seconds
        self._send(batch(pieces))

    def answer(self) -> bytes | None:
        """The answer to the next piece; None when that was the child's end."""
        self._deadline = time.monotonic() + self._limits.seconds
        content = self._next(ANSWER)
        self._deadline = math.inf
        self.answered += content is not None
        return content

    def kill_if_late(self) -> None:
        """Ends the child when what it does has taken longer than it may."""
        if time.monotonic() > self._deadline:
            self._late_at = self.answered
            self._process.kill()

    def died(self) -> Died:
        """Ends the child and says what it died of."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        code = self._process.poll()
        self.close()
        if self._late_at == self.answered or code in _OUT_OF_TIME:
            return Died(Death.TIME)
        if self._is_too_large or code == OUT_OF_MEMORY:
            return Died(Death.MEMORY)
        return Died(Death.CRASH, self._fault or _how_it_ended(code))

    def close(self) -> None:
        """Ends the child, whatever it is doing; nothing of it is left."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _send(self, data: bytes) -> None:
        """A child that is gone is noticed when its answer does not come."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(data)
                self._process.stdin.flush()

    def _next(self, kind: bytes) -> bytes | None:
        if self._process.stdout is None:
            return None
        frame = read_frame(cast("BinaryIO", self._process.stdout), max_bytes=self._limits.answer_bytes)
        if frame is None or frame[0] == kind:
            return frame[1] if frame else None
        self._is_too_large = frame[0] == TOO_LARGE
        if frame[0] == FAULT:
            self._fault = frame[1][:_MAX_DETAIL].decode("ascii", errors="replace")
        return None

    def _require_ready(self) -> None:
        if self._next(READY) is None:
            died = self.died()
            raise TransientError(f"the process that reads files does not start: {died.cause} {died.detail}".rstrip())


def _how_it_ended(code: int | None) -> str:
    """The name of the signal, or the exit code."""
    if code is None:
        return "silent"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit {code}"
