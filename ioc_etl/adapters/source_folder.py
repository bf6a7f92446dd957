"""Rosters in a folder of this machine, which may be a share: read without ceremony, there may be ten thousand."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ioc_etl.errors import SourceError, TransientError

T = TypeVar("T")


class FolderStore:
    """Files below a folder (`source_store.Store`)."""

    def __init__(self, root: Path, shown: str) -> None:
        self._root = root
        self._shown = shown

    def require(self) -> None:
        """The root must be a folder."""
        if self._tried("", self._root.is_dir):
            return
        if self._root.is_file():
            raise SourceError(f"the input {self._shown} is a file; name the folder that holds rosters/ and registers/")
        raise SourceError(f"there is no input folder {self._shown}; name it with --input or IOC_ETL_INPUT")

    def names(self, folder: str) -> tuple[str, ...]:
        """Links count as what they lead to."""
        try:
            return self._tried(f"/{folder}", lambda: _files_in(self._root / folder))
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """A file that grows or changes while it is read is not taken."""
        try:
            return self._tried(f"/{path}", lambda: self._whole(path, max_bytes))
        except FileNotFoundError:
            return None

    def close(self) -> None:
        """Nothing is open."""

    def _whole(self, path: str, max_bytes: int) -> bytes:
        with (self._root / path).open("rb") as stream:
            before = os.fstat(stream.fileno())
            data = stream.read(min(before.st_size, max_bytes) + 1)
            after = os.fstat(stream.fileno())
        is_whole = len(data) == min(before.st_size, max_bytes + 1)
        if not is_whole or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise TransientError(f"{self._shown}/{path} changed while it was read")
        return data

    def _tried(self, where: str, work: Callable[[], T]) -> T:
        try:
            return work()
        except (FileNotFoundError, NotADirectoryError):
            raise
        except PermissionError as error:
            raise SourceError(f"{self._shown}{where} may not be read by this user; give it the right to") from error
        except OSError as error:
            # A share that does not answer; the strerror names no path.
            raise TransientError(f"{self._shown}{where} could not be read ({error.strerror})") from error


def _files_in(folder: Path) -> tuple[str, ...]:
    with os.scandir(folder) as entries:
        return tuple(sorted(entry.name for entry in entries if _is_file(entry)))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False  # a link that leads nowhere
