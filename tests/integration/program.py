"""The program as people and schedulers start it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "ioc-etl"


def ioc_etl(
    *arguments: str, environment: Mapping[str, str], stdin: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with these variables beside those of the tests, answered from `stdin`."""
    return subprocess.run(
        [str(PROGRAM), *arguments],
        env={**os.environ, **environment},
        cwd=folder,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
