"""Running a piece of Python as an ordinary user, whoever runs the tests."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

NOBODY = pwd.getpwnam("nobody")

# Whatever the code needs is imported while we are root: Python and the program may be out of the other user's reach.
_BEGIN = """
import sys, psycopg, resource
from pathlib import Path
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.embedded_child import become
from ioc_etl.errors import DatabaseError
"""


def as_ordinary_user(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """`python -c CODE ARGUMENT…` as ourselves, or as nobody when we are root."""
    other = f"become({NOBODY.pw_uid}, {NOBODY.pw_gid})\n" if os.geteuid() == 0 else ""
    program = [sys.executable, "-P", "-c", _BEGIN + other + code, *map(str, arguments)]
    return subprocess.run(program, capture_output=True, text=True, check=False, cwd="/")


def give_to_ordinary_user(folder: Path) -> None:
    """Let the user of `as_ordinary_user` own the folder."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
