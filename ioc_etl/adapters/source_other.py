"""Rosters in the other object stores that fsspec knows, each by a package of its own that an installation may add."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote

import fsspec

from ioc_etl.adapters.source_address import Address
from ioc_etl.adapters.source_store import Access, gone_wrong, require_whole
from ioc_etl.errors import SourceError

T = TypeVar("T")


def open_store(address: Address, access: Access) -> "OtherStore":
    """The store of an address such as gs://bucket/folder; the secret's keys are what the package calls its options.

    Raises:
        SourceError: the package is not installed, or it does not take these options.
    """
    try:
        files = fsspec.filesystem(
            address.scheme, skip_instance_cache=True, use_listings_cache=False, **access.credentials
        )
    except ImportError as error:
        raise SourceError(f"{address.shown} needs another package: {error}") from error
    except Exception as error:  # noqa: BLE001 - each package has its own errors, whose messages may hold the secret
        raise SourceError(f"{address.shown} cannot be opened with its secret ({type(error).__name__})") from None
    return OtherStore(address, files)


class OtherStore:
    """Files below a bucket's prefix (`source_store.Store`), with the package's own time limits and retries."""

    def __init__(self, address: Address, files: fsspec.AbstractFileSystem) -> None:
        self._address = address
        self._files = files
        self._root = f"{address.host}{unquote(address.path)}".rstrip("/")

    def require(self) -> None:
        """Something must be below the prefix."""
        try:
            is_there = self._tried("", lambda: self._files.exists(self._root))
        except FileNotFoundError:
            is_there = False
        if not is_there:
            raise SourceError(f"there is no input folder {self._address.shown}")

    def names(self, folder: str) -> tuple[str, ...]:
        """The files directly in the folder."""
        try:
            return self._tried(folder, lambda: self._files_in(folder))
        except FileNotFoundError:
            return ()

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """The length that the store tells is compared with what came."""
        try:
            announced, data = self._tried(path, lambda: self._read(path, max_bytes))
        except FileNotFoundError:
            return None
        return require_whole(f"{self._address.shown}/{path}", data, announced, max_bytes)

    def close(self) -> None:
        """The package closes what it opened."""

    def _files_in(self, folder: str) -> tuple[str, ...]:
        entries = self._files.ls(f"{self._root}/{folder}", detail=True)
        names = (str(entry["name"]).rpartition("/")[2] for entry in entries if entry["type"] == "file")
        return tuple(sorted(name for name in names if name))

    def _read(self, path: str, max_bytes: int) -> tuple[int, bytes]:
        place = f"{self._root}/{path}"
        announced = int(self._files.info(place)["size"])
        with self._files.open(place, "rb") as stream:
            return announced, bytes(stream.read(min(announced, max_bytes) + 1))

    def _tried(self, path: str, work: Callable[[], T]) -> T:
        """What the package says, its errors told by their kind alone: a message may quote a signed address."""
        what = f"{self._address.shown}/{path}"
        try:
            return work()
        except FileNotFoundError:
            raise
        except PermissionError:
            raise SourceError(f"{what}: access denied; credentials are missing or refused") from None
        except OSError as error:
            raise gone_wrong(what, type(error).__name__) from None
        except Exception as error:  # noqa: BLE001 - gcsfs and azure have errors of their own, which share no base
            raise SourceError(f"{what} could not be read ({type(error).__name__}); is its secret right?") from None
