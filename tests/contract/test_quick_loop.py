"""The quick loop stays quick: whoever needs a database or a server is found out."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest
from documents import PROJECT

from tests.serverless import FOLDERS, started


def listen() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))


def start(*command: str) -> Callable[[], object]:
    def try_to_start() -> None:
        with suppress(OSError):
            subprocess.run(command, capture_output=True, check=False)

    return try_to_start


def test_the_quick_loop_takes_every_folder_that_needs_no_server_and_no_other() -> None:
    (taken,) = re.findall(r"^QUICK := (.*)$", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert taken.split() == [f"tests/{folder}" for folder in FOLDERS]


@pytest.mark.parametrize(
    "action",
    [
        listen,
        start("no-such-postgres"),
        start("no-such-initdb", "-D", "x"),
        start(sys.executable, "-m", "moto.server", "-h"),
    ],
    ids=["listen", "postgres", "initdb", "a server written in Python"],
)
def test_a_server_is_noticed(action: Callable[[], None]) -> None:
    with started() as servers:
        action()
    assert len(servers) == 1


def test_python_itself_is_none() -> None:
    with started() as servers:
        start(sys.executable, "-c", "")()
    assert servers == []
