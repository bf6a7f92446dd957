"""The tests of the quick loop need no database and no server, and start no program but Python: held while they run.

`make test-quick` takes the folders named here. PostgreSQL is reached through the fixture `server` alone; whatever else
a test may start shows itself to Python's audit hooks.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

FOLDERS = ("unit", "rules", "contract")
"""Folders of tests without a server; every other may need one."""

_SERVERS = {"prefect", "moto", "moto.server"}
_watching: list[list[str]] = []


def needs_no_server(path: Path) -> bool:
    """Whether a test file stands in a folder of the quick loop."""
    return path.relative_to(Path(__file__).parent).parts[0] in FOLDERS


@contextmanager
def started() -> Iterator[list[str]]:
    """The servers and programs that are started meanwhile."""
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if not _watching:
        return
    if event == "socket.bind":
        _watching[-1].append("a server listens")
    elif event == "subprocess.Popen" and not _is_python(arguments[1]):
        _watching[-1].append(f"a program is started: {arguments[1]}")


def _is_python(command: object) -> bool:
    """Whether it is this Python with anything but a server."""
    words = [command] if isinstance(command, str) else list(command) if isinstance(command, Sequence) else []
    return bool(words) and str(words[0]) == sys.executable and not _SERVERS & {str(word) for word in words}


sys.addaudithook(_look)
