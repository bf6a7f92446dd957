"""The program, imported once and forked for every command: `python -P forked_program.py <socket>`.

Importing it takes longer than most commands do. Each fork gets the arguments, variables, folder and streams of one
command, runs the entry point to the end of the interpreter and is a process of its own like any other. Nothing of the
program has run before: importing it reads no variable, opens nothing and computes nothing.
"""

import gc
import importlib
import json
import os
import pkgutil
import socket
import sys
from pathlib import Path
from typing import Any

PRELOADED = ("ioc_etl.cli", "ioc_etl.pipeline", "ioc_etl.reports")
HOUSEKEEPING = {"jemalloc_bg_thd", "polars-ooc-clea"}
"""Threads that importing polars starts, of its memory and its spilled files; forks do well without them."""

_LARGEST_REQUEST = 1 << 20


def preload() -> None:
    """Import what commands import when they run; what only child processes are stays outside."""
    for package in PRELOADED:
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.endswith("_child"):
                importlib.import_module(module.name)
    computing = sorted(threads() - HOUSEKEEPING)
    if computing:
        raise RuntimeError(f"importing the program started threads, so that it cannot be forked: {computing}")


def threads() -> set[str]:
    """The names of this process's other threads, where the system tells them."""
    tasks = Path("/proc/self/task")
    others = (task for task in tasks.iterdir() if task.name != str(os.getpid())) if tasks.is_dir() else ()
    return {(task / "comm").read_text().strip() for task in others}


def serve(asked: socket.socket) -> None:
    """Answer every request with an exit code; returns in the forks alone, and at the end of the tests."""
    while True:
        request, streams, _, _ = socket.recv_fds(asked, _LARGEST_REQUEST, 3)
        if not request:
            sys.exit()
        process = os.fork()
        if process == 0:
            asked.close()
            become(json.loads(request), streams)
            return
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(process, 0)
        asked.sendall(json.dumps(os.waitstatus_to_exitcode(status)).encode())


def become(command: dict[str, Any], streams: list[int]) -> None:
    """Take over one command's arguments, variables, folder, stdin, stdout and stderr."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(command["environment"])
    os.chdir(command["folder"])
    sys.argv = command["arguments"]


if __name__ == "__main__":
    from ioc_etl.cli import main

    preload()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(main())
