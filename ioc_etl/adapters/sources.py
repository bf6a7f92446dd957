"""Where rosters and registers come from: a folder, or an address such as sftp://host/folder.

Layout under the input root (rulebook section 5): `rosters/<YYYY-MM>/<centre code>.<ending>` and `registers/<name>.csv`
or `.xlsx`. A centre may have a root of its own (the registry's `source_url`).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from ioc_etl.adapters.credentials import Secret
from ioc_etl.adapters.source_address import FOLDER, address_of
from ioc_etl.adapters.source_store import SECONDS_PER_FILE, Access, gone_wrong, store_at
from schemas.vocabulary import RegisterName

_UNDER_WAY = re.compile(r"(?:~\$|\.~lock\.).*|.*\.(?:part|partial|tmp|temp|filepart|crdownload|swp)", re.IGNORECASE)
"""Names that programs give to files they are still writing, and to the locks of files that somebody has open."""

ROSTER_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
REGISTER_ENDINGS = (".csv", ".xlsx")
REGISTER_MAX_BYTES = 512 * 1024 * 1024
"""Past any register of ours; a larger one is read as cut off, which makes it invalid as a whole."""


@dataclass(frozen=True, slots=True)
class PulledFile:
    """One file as it came: its name, where from (without credentials), its bytes and their SHA-256.

    `data` is cut off one byte past the size that is read at most, and `is_too_large` says so.
    """

    name: str
    origin: str
    data: bytes
    sha256: str
    is_too_large: bool = False


class InputRoot:
    """The folder or address that holds `rosters/` and `registers/`; closing it breaks its connections.

    Every method raises TransientError for what may pass by itself, SourceError for what does not. It may be used by
    several threads, and after it was closed.
    """

    def __init__(
        self,
        place: str,
        *,
        secret: Secret | None = None,
        known_hosts: Path | None = None,
        seconds: float = SECONDS_PER_FILE,
    ) -> None:
        address = address_of(place)
        of_secret = secret.values(address.scheme) if secret else {}
        self._shown = address.shown
        self._store = store_at(address, Access({**address.credentials, **of_secret}, known_hosts, seconds))
        self.is_near = address.scheme == FOLDER
        """Whether it is a folder of this machine, read without waiting."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Break its connections."""
        self._store.close()

    def require(self) -> None:
        """Raises SourceError when the root is not there at all."""
        self._store.require()

    def month_files(self, month_code: str) -> tuple[str, ...] | None:
        """Names of the files in the month's folder, sorted; none when it is not there, None when nobody tells.

        Uploads under way (`tinh.xlsx.part`) and locks of open files (`~$tinh.xlsx`) are as if they were not there.
        """
        names = self._store.names(f"rosters/{month_code}")
        return None if names is None else tuple(name for name in names if not _UNDER_WAY.fullmatch(name))

    def pull_roster(self, month_code: str, name: str, *, max_bytes: int) -> PulledFile:
        """One file that the month's folder was seen to hold."""
        return self._listed(f"rosters/{month_code}", name, max_bytes)

    def find_rosters(self, month_code: str, centre_code: str, *, max_bytes: int) -> tuple[PulledFile, ...]:
        """The centre's files in a folder that nobody lists: every name that they could have is asked for."""
        return self._found(f"rosters/{month_code}", [f"{centre_code}{end}" for end in ROSTER_ENDINGS], max_bytes)

    def pull_registers(self) -> dict[RegisterName, tuple[PulledFile, ...]]:
        """Each register's files: none, one, or (a mistake) several endings of it."""
        names = self._store.names("registers")
        there = None if names is None else set(names)
        return {register: self._register(register, there) for register in RegisterName}

    def _register(self, register: RegisterName, there: set[str] | None) -> tuple[PulledFile, ...]:
        wanted = [f"{register}{ending}" for ending in REGISTER_ENDINGS]
        if there is None:
            return self._found("registers", wanted, REGISTER_MAX_BYTES)
        return tuple(self._listed("registers", name, REGISTER_MAX_BYTES) for name in wanted if name in there)

    def _found(self, folder: str, names: Iterable[str], max_bytes: int) -> tuple[PulledFile, ...]:
        tried = (self._pulled(folder, name, max_bytes) for name in names)
        return tuple(file for file in tried if file is not None)

    def _listed(self, folder: str, name: str, max_bytes: int) -> PulledFile:
        file = self._pulled(folder, name, max_bytes)
        if file is None:
            raise gone_wrong(f"{self._shown}/{folder}/{name}", "it was listed a moment ago and is gone")
        return file

    def _pulled(self, folder: str, name: str, max_bytes: int) -> PulledFile | None:
        path = f"{folder}/{name}"
        data = self._store.read(path, max_bytes)
        if data is None:
            return None
        return PulledFile(
            name=name,
            origin=f"{self._shown.rstrip('/')}/{path}",
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            is_too_large=len(data) > max_bytes,
        )


def names_by_centre(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of a month's files that are rosters, by the centre code that each stands for."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        code = centre_of(name)
        if code is not None:
            found[code] = (*found.get(code, ()), name)
    return found


def centre_of(name: str) -> str | None:
    """The centre code a file's name stands for, or None when it is no roster's name."""
    path = PurePosixPath(name)
    return path.stem.lower() if path.suffix.lower() in ROSTER_ENDINGS else None
