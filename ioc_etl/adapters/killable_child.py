"""The child's side of a killable room: bounds itself, then answers piece by piece until its parent is gone.

A child needs nobody to end it: the kernel kills it when one piece takes more than its time, its memory is bounded, and
without a parent there is no more to read. It has no stdout and no stderr to tell personal values on, and may write no
file.
"""

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import PurePath
from types import TracebackType
from typing import BinaryIO, NoReturn

from ioc_etl.adapters.killable_frames import (
    ANSWER,
    BATCH,
    FAULT,
    OUT_OF_MEMORY,
    READY,
    SETUP,
    batch_size,
    framed,
    read_frame,
)

Work = Callable[[bytes], bytes]
"""Answers one piece."""

_NO_LIMIT = 2**62
_FAILED = 1


def serve(set_up: Callable[[bytes], Work]) -> None:
    """Answers pieces with what `set_up` makes of the parent's setup. Called as the whole program of a child.

    The arguments of the program are its limits: bytes of memory, and for one piece seconds of processor time and
    seconds on the clock.
    """
    memory_bytes, cpu_seconds, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    source, sink = _own_pipes()
    sys.excepthook = _last_word_to(sink)
    _bound(memory_bytes)
    gc.freeze()
    _send(sink, framed(READY))
    work: Work | None = None
    while (frame := read_frame(source, max_bytes=_NO_LIMIT)) is not None:
        kind, content = frame
        if kind == SETUP:
            work = set_up(content)
            _send(sink, framed(READY))
        elif kind == BATCH and work is not None:
            for piece in [read_frame(source, max_bytes=_NO_LIMIT) for _ in range(batch_size(content))]:
                if piece is not None:
                    _bound_time(cpu_seconds, seconds)
                    _send(sink, framed(ANSWER, _answer(work, piece[1])))
            _bound_time(0, 0)


def _answer(work: Work, piece: bytes) -> bytes:
    try:
        return work(piece)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent; what anything prints by mistake goes nowhere."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    return source, sink


def _send(sink: BinaryIO, frame: bytes) -> None:
    try:
        sink.write(frame)
        sink.flush()
    except BrokenPipeError:
        os._exit(0)


def _bound(memory_bytes: int) -> None:
    """No more memory than this, no file written, no core left behind; where the system knows such limits."""
    sys.dont_write_bytecode = True
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for name, limit in (("RLIMIT_AS", memory_bytes), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (limit, limit))


def _bound_time(cpu_seconds: float, seconds: float) -> None:
    """The kernel kills this process after so much more time; 0: it does not."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _last_word_to(sink: BinaryIO) -> Callable[[type[BaseException], BaseException, TracebackType | None], NoReturn]:
    """What failed and where in our code; never the error's message, which may hold what stood in a file."""

    def tell(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> NoReturn:
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f" {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
        _send(sink, framed(FAULT, f"{kind.__name__}{place}".encode()))
        os._exit(_FAILED)

    return tell
