"""Running a piece of Python as an ordinary user, whoever runs the tests."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import psycopg

from ioc_etl.adapters import embedded, embedded_as_user

NOBODY = pwd.getpwnam("nobody")


def as_ordinary_user(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """`python -c CODE ARGUMENT…` as ourselves, or as nobody when we are root."""
    program = [sys.executable, "-P", "-c", code, *map(str, arguments)]
    return subprocess.run(_without_root(program), capture_output=True, text=True, check=False, cwd="/")


def _without_root(program: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return program
    needed = [sys.executable, *(str(Path(module.__file__ or "").parent) for module in (os, embedded, psycopg))]
    user = [str(NOBODY.pw_uid), str(NOBODY.pw_gid)]
    return [sys.executable, "-I", embedded_as_user.__file__, *user, *needed, "--", *program]


def give_to_ordinary_user(folder: Path) -> None:
    """Let the user of `as_ordinary_user` own the folder."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
