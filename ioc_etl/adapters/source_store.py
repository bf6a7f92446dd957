"""What every kind of source can do, and which module does it for which address."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol

from ioc_etl.adapters.source_address import FOLDER, Address
from ioc_etl.adapters.source_folder import FolderStore
from ioc_etl.errors import SourceError, TransientError

SECONDS_PER_FILE = 120.0
"""How long a listing or a file may take in all, so that a server that drips a byte a second holds nobody up."""
CONNECT_SECONDS = 15.0
"""A server that has not answered by then is not going to."""

_MODULES = {
    "sftp": "ioc_etl.adapters.source_sftp",
    "http": "ioc_etl.adapters.source_http",
    "https": "ioc_etl.adapters.source_http",
    "s3": "ioc_etl.adapters.source_s3",
    **dict.fromkeys(("gs", "gcs", "az", "abfs", "abfss", "oss", "oci", "memory"), "ioc_etl.adapters.source_other"),
}
"""By scheme. Closed on purpose: fsspec would open more, without checking whom it talks to (`simplecache::sftp://`)."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a source is approached.

    `credentials` are those of the secret above those of the URL; `known_hosts` null is the user's own file.
    """

    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    known_hosts: Path | None = None
    seconds: float = SECONDS_PER_FILE

    @property
    def connect_seconds(self) -> float:
        """How long a connection may take to come about."""
        return min(CONNECT_SECONDS, self.seconds)


class Store(Protocol):
    """A tree of files somewhere. Paths are below its root, without a slash before; any number of threads may call.

    Every method raises SourceError for what does not pass by itself, TransientError for what may.
    """

    def require(self) -> None:
        """Raises SourceError when the root is not there at all, as far as the source can tell."""

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Names of the files directly in a folder; none when it is not there, None when the source does not tell."""

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """A whole file, or the first max_bytes + 1 bytes of a larger one; None when it is not there."""

    def close(self) -> None:
        """Break every connection; the next call makes new ones."""


def store_at(address: Address, access: Access) -> Store:
    """The store of an address.

    Raises:
        SourceError: nothing here opens such an address, or not without another package.
    """
    if address.scheme == FOLDER:
        return FolderStore(Path(address.path), address.shown)
    module = _MODULES.get(address.scheme)
    if module is None:
        raise SourceError(
            f"the input {address.shown} cannot be opened: name a folder or an address that begins with sftp://, "
            "https://, s3://, gs://, abfs://"
        )
    # By name, since each brings a large library along that the others do not need.
    store: Store = import_module(module).open_store(address, access)
    return store


def gone_wrong(what: str, reason: object) -> TransientError:
    """The error of what may pass by itself."""
    return TransientError(f"{what} could not be read ({reason})")


def never_in_clear(address: Address) -> SourceError:
    """The error of credentials for a server that would be told them without encryption."""
    return SourceError(f"{address.shown}: credentials are not sent over http, where anybody can read them; use https")


def took_too_long(what: str, seconds: float) -> TransientError:
    """The error of a source that was cut off."""
    return gone_wrong(what, f"it took more than {seconds:g} s")


def reason_of(error: BaseException) -> str:
    """What a foreign error is about, without its message: that could quote an address with its password."""
    if isinstance(error, socket.gaierror):
        return "the host's name was not found"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return type(error).__name__


def require_whole(what: str, data: bytes, announced: int, max_bytes: int) -> bytes:
    """The data, when they are the whole file or as much of it as is read.

    Raises:
        TransientError: there is less, or more, than the source announced.
    """
    if len(data) != min(announced, max_bytes + 1):
        raise gone_wrong(what, f"{len(data)} bytes came of {announced}")
    return data
