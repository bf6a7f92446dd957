"""The program as people and schedulers start it: forked from one that is imported already, or anew."""

import atexit
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock

PROGRAM = Path(sys.executable).parent / "ioc-etl"
FORKED = Path(__file__).parent / "forked_program.py"
OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG", "POLARS_", "LD_")
"""Variables that count when Python starts or modules are imported: with other ones the program is started anew."""

_one_at_a_time = Lock()


def ioc_etl(
    *arguments: str,
    environment: Mapping[str, str],
    stdin: str = "",
    folder: Path | None = None,
    anew: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with these variables beside those of the tests, answered from `stdin`.

    `anew` starts the program from nothing, as people do; so does whoever comes while another command runs.
    """
    command, variables = [str(PROGRAM), *arguments], {**os.environ, **environment}
    if anew or any(name.startswith(OF_THE_INTERPRETER) for name in environment):
        return _anew(command, variables, stdin, folder)
    if not _one_at_a_time.acquire(blocking=False):
        return _anew(command, variables, stdin, folder)
    try:
        return _forked(command, variables, stdin, folder)
    finally:
        _one_at_a_time.release()


def _anew(
    command: list[str], variables: Mapping[str, str], stdin: str, folder: Path | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=variables, cwd=folder, input=stdin, capture_output=True, encoding="utf-8", check=False
    )


def _forked(
    command: list[str], variables: Mapping[str, str], stdin: str, folder: Path | None
) -> subprocess.CompletedProcess[str]:
    request = {"arguments": command, "environment": variables, "folder": str(folder or Path.cwd())}
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        socket.send_fds(_waiting(), [json.dumps(request).encode()], [given.fileno(), out.fileno(), err.fileno()])
        code = int(_waiting().recv(100))
        for stream in (out, err):
            stream.seek(0)
        return subprocess.CompletedProcess(command, code, out.read().decode(), err.read().decode())


@cache
def _waiting() -> socket.socket:
    """The imported program, to be asked for forks; it ends with the tests, when this end of the socket closes."""
    mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-P", str(FORKED), str(its.fileno())], pass_fds=[its.fileno()], stdin=subprocess.DEVNULL
    )
    its.close()
    atexit.register(_end, mine, process)
    return mine


def _end(mine: socket.socket, process: subprocess.Popen[bytes]) -> None:
    mine.close()
    process.wait()
