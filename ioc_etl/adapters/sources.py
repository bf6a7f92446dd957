"""Where rosters and registers come from: a folder, or whatever URL fsspec can open.

Layout under the input root (rulebook section 5): `rosters/<YYYY-MM>/<centre code>.<ending>` and `registers/<name>.csv`
or `.xlsx`. A centre may have a root of its own (the registry's `source_url`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from ioc_etl.errors import SourceError, TransientError
from schemas.vocabulary import RegisterName

ROSTER_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv"})
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
    """The folder or URL that holds `rosters/` and `registers/`."""

    def __init__(self, url: str) -> None:
        self._shown = without_credentials(url)
        try:
            self._files, self._root = _opened(url)
        except (ImportError, ValueError) as error:
            raise SourceError(f"the input {self._shown} cannot be opened ({_reason(error)})") from error

    def require(self) -> None:
        """Raises SourceError when the root is not there at all."""
        if not self._exists(self._root):
            raise SourceError(f"there is no input folder {self._shown}; name it with --input or IOC_ETL_INPUT")
        if isinstance(self._files, LocalFileSystem) and self._files.isfile(self._root):
            raise SourceError(f"the input {self._shown} is a file; name the folder that holds rosters/ and registers/")

    def month_files(self, month_code: str) -> tuple[str, ...]:
        """Names of the files in the month's folder, sorted; none when the folder is not there."""
        return self._names(f"rosters/{month_code}")

    def pull_roster(self, month_code: str, name: str, *, max_bytes: int) -> PulledFile:
        """One file of the month's folder."""
        return self._pull(f"rosters/{month_code}/{name}", max_bytes)

    def pull_register(self, register: RegisterName) -> tuple[PulledFile, ...]:
        """The register's files: none, one, or (a mistake) several endings of it."""
        names = set(self._names("registers"))
        wanted = [f"{register}{ending}" for ending in REGISTER_ENDINGS]
        return tuple(self._pull(f"registers/{name}", REGISTER_MAX_BYTES) for name in wanted if name in names)

    def _names(self, folder: str) -> tuple[str, ...]:
        path = f"{self._root.rstrip('/')}/{folder}"
        try:
            entries = self._files.ls(path, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise _transient(f"{self._shown}/{folder}", error) from error
        files = (entry["name"] for entry in entries if entry["type"] == "file" or self._is_linked_file(entry))
        return tuple(sorted(PurePosixPath(name).name for name in files))

    def _is_linked_file(self, entry: Mapping[str, object]) -> bool:
        """A link to a file, which some file systems list as neither file nor folder."""
        return entry["type"] != "directory" and bool(self._files.isfile(entry["name"]))

    def _pull(self, path: str, max_bytes: int) -> PulledFile:
        try:
            with self._files.open(f"{self._root.rstrip('/')}/{path}", "rb") as stream:
                data = stream.read(max_bytes + 1)
        except OSError as error:
            raise _transient(f"{self._shown}/{path}", error) from error
        return PulledFile(
            name=PurePosixPath(path).name,
            origin=f"{self._shown.rstrip('/')}/{path}",
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            is_too_large=len(data) > max_bytes,
        )

    def _exists(self, path: str) -> bool:
        try:
            return bool(self._files.exists(path))
        except OSError as error:
            raise _transient(self._shown, error) from error


def _opened(url: str) -> tuple[AbstractFileSystem, str]:
    """A URL as fsspec opens it; what is no URL is a folder, whatever characters its name has."""
    if "://" in url:
        files, root = url_to_fs(url)
        return files, str(root)
    return LocalFileSystem(), str(Path(url).absolute())


def files_of(centre_code: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names among a month's files that are the centre's roster: its code with the ending of an office file."""
    return tuple(name for name in names if centre_of(name) == centre_code)


def centre_of(name: str) -> str | None:
    """The centre code a file's name stands for, or None when it is no roster's name."""
    path = PurePosixPath(name)
    return path.stem.lower() if path.suffix.lower() in ROSTER_ENDINGS else None


def without_credentials(url: str) -> str:
    """The URL without user, password and query, fit to be kept and shown."""
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        return url
    host = parts.hostname or ""
    return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))


def _reason(error: Exception) -> str:
    """Which package is missing, where one is; another message could hold the URL with its password."""
    return str(error) if isinstance(error, ImportError) else type(error).__name__


def _transient(what: str, error: OSError) -> TransientError:
    return TransientError(f"{what} could not be read ({type(error).__name__}); it is tried again")
