"""The program of a child that does what a test asks of it, be it its death."""

import os
import pickle
import signal
import sys
import time
from collections.abc import Callable

from ioc_etl.adapters.killable_answers import packed
from ioc_etl.adapters.killable_child import Work, serve

SECRET = "Nguyễn Văn An 070085000001"


class Evil:
    """Calls a function where it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.system, ("exit 1",)


def eat() -> bytes:
    return bytes(len([bytearray(2**20) for _ in range(10_000)]))


def hang() -> bytes:
    while True:
        pass


def fail() -> bytes:
    raise KeyError(SECRET)


def die() -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def leave() -> bytes:
    os._exit(3)


def write() -> bytes:
    """What stands in the way of writing a file."""
    try:
        with open(os.environ.get("TMPDIR", "/tmp") + "/killable-work", "wb") as stream:  # noqa: PTH123, S108
            stream.write(b"x")
    except OSError as error:
        return type(error).__name__.encode()
    return b"written"


def talk() -> bytes:
    sys.stdout.write(SECRET)
    sys.stderr.write(SECRET)
    os.write(1, SECRET.encode())
    return b"talked"


DEEDS: dict[bytes, Callable[[], bytes]] = {
    b"eat": eat,
    b"hang": hang,
    b"sleep": lambda: time.sleep(3600) or b"",  # type: ignore[func-returns-value]
    b"fail": fail,
    b"die": die,
    b"leave": leave,
    b"write": write,
    b"talk": talk,
    b"much": lambda: bytes(2**21),
    b"pid": lambda: str(os.getpid()).encode(),
    b"rest": lambda: time.sleep(0.1) or str(os.getpid()).encode(),  # type: ignore[func-returns-value]
    b"environment": lambda: "\n".join(sorted(os.environ)).encode(),
    b"evil": lambda: pickle.dumps(Evil()),
    b"stranger": lambda: packed(time.struct_time(range(9))),
}


def work_of(setup: bytes) -> Work:
    if setup == b"broken":
        raise ValueError(SECRET)
    return lambda piece: DEEDS[piece]() if piece in DEEDS else setup + piece


if __name__ == "__main__":
    serve(work_of)
