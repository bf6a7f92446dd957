"""Rosters in the other object stores that fsspec knows, each by a package of its own that an installation may add."""

from urllib.parse import unquote

import fsspec

from ioc_etl.adapters.source_address import Address
from ioc_etl.adapters.source_store import Access, gone_wrong, require_whole
from ioc_etl.errors import SourceError


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
    except (TypeError, ValueError, KeyError) as error:
        raise SourceError(f"{address.shown} cannot be opened with its secret ({type(error).__name__})") from error
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
            is_there = self._files.exists(self._root)
        except OSError as error:
            raise self._told("", error) from error
        if not is_there:
            raise SourceError(f"there is no input folder {self._address.shown}")

    def names(self, folder: str) -> tuple[str, ...]:
        """The files directly in the folder."""
        try:
            entries = self._files.ls(f"{self._root}/{folder}", detail=True)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._told(folder, error) from error
        names = (str(entry["name"]).rpartition("/")[2] for entry in entries if entry["type"] == "file")
        return tuple(sorted(name for name in names if name))

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """The length that the store tells is compared with what came."""
        place = f"{self._root}/{path}"
        try:
            announced = int(self._files.info(place)["size"])
            with self._files.open(place, "rb") as stream:
                data = bytes(stream.read(min(announced, max_bytes) + 1))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._told(path, error) from error
        return require_whole(f"{self._address.shown}/{path}", data, announced, max_bytes)

    def close(self) -> None:
        """The package closes what it opened."""

    def _told(self, path: str, error: OSError) -> Exception:
        what = f"{self._address.shown}/{path}"
        if isinstance(error, PermissionError):
            return SourceError(f"{what}: access denied; credentials are missing or refused")
        return gone_wrong(what, type(error).__name__)
