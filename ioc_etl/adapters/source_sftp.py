"""Rosters over SFTP, listed and read whole."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from stat import S_ISDIR, S_ISLNK, S_ISREG
from threading import Lock
from urllib.parse import unquote

from ioc_etl.adapters.source_address import Address
from ioc_etl.adapters.source_sftp_connection import BROKEN, SftpConnection, SftpFiles, connected, login_key, sent
from ioc_etl.adapters.source_store import Access, gone_wrong, reason_of, require_whole, took_too_long
from ioc_etl.errors import IocEtlError, SourceError


def open_store(address: Address, access: Access) -> "SftpStore":
    """The store of an sftp:// address; connects when it is first used.

    Raises:
        SourceError: the credentials are not enough to log in with.
    """
    return SftpStore(address, access)


class SftpStore:
    """Files below a folder of an SFTP server (`source_store.Store`).

    A connection belongs to one call at a time: paramiko mixes the answers up when threads share one.
    """

    def __init__(self, address: Address, access: Access) -> None:
        # paramiko tells a refused connection with a traceback where nobody listens to its logger.
        logging.getLogger("paramiko").addHandler(logging.NullHandler())
        self._address = address
        self._access = access
        self._root = unquote(address.path).rstrip("/")
        self._key = login_key(address, access)
        self._lock = Lock()
        self._open: set[SftpConnection] = set()
        self._idle: list[SftpConnection] = []

    def require(self) -> None:
        """The root must be a folder."""
        with self._connection("") as connection:
            try:
                mode = connection.files.stat(sent(self._root or "/")).st_mode
            except FileNotFoundError as error:
                raise SourceError(f"there is no input folder {self._address.shown}") from error
        if mode is not None and not S_ISDIR(mode):
            raise SourceError(f"the input {self._address.shown} is no folder; name the one that holds rosters/")

    def names(self, folder: str) -> tuple[str, ...]:
        """Links count as what they lead to."""
        path = f"{self._root}/{folder}"
        with self._connection(f"/{folder}") as connection:
            try:
                entries = connection.files.entries(path)
            except FileNotFoundError:
                return ()
            names = (name for name, mode in entries if _is_file(connection.files, f"{path}/{name}", mode))
            return tuple(sorted(name for name in names if "/" not in name))

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """A file whose size or time changes while it is read is not taken."""
        what = f"{self._address.shown}/{path}"
        with self._connection(f"/{path}") as connection:
            try:
                stream = connection.files.open(sent(f"{self._root}/{path}"), "rb")
            except FileNotFoundError:
                return None
            with stream:
                before = stream.stat()
                data = bytes(stream.read(max_bytes + 1))
                after = stream.stat()
        if before.st_size is None:
            raise SourceError(f"{what}: the server does not say how long the file is, so half of it could pass for all")
        if (before.st_size, before.st_mtime) != (after.st_size, after.st_mtime):
            raise gone_wrong(what, "it changed while it was read")
        return require_whole(what, data, before.st_size, max_bytes)

    def close(self) -> None:
        """Connections in use are cut too: who waits for them gets a TransientError."""
        with self._lock:
            found, self._open, self._idle = self._open, set(), []
        for files in found:
            files.cut()

    @contextmanager
    def _connection(self, where: str) -> Iterator[SftpConnection]:
        """A connection for one call; given back when it is sound, and thrown away when it is not."""
        what = f"{self._address.shown}{where}"
        files = self._borrowed(what)
        try:
            with files.in_time():
                yield files
        except IocEtlError:
            self._give_back(files)
            raise
        except PermissionError as error:
            self._give_back(files)
            raise SourceError(f"{what}: the server refuses this user the right to read it") from error
        except BROKEN as error:
            is_late = files.is_cut
            files.cut()
            self._give_back(files)
            if is_late:
                raise took_too_long(what, self._access.seconds) from error
            raise gone_wrong(what, reason_of(error)) from error
        self._give_back(files)

    def _borrowed(self, what: str) -> SftpConnection:
        with self._lock:
            while self._idle:
                known = self._idle.pop()
                if known.is_alive:
                    return known
                self._open.discard(known)
        files = connected(self._address, self._access, self._key, what)
        with self._lock:
            self._open.add(files)
        return files

    def _give_back(self, files: SftpConnection) -> None:
        with self._lock:
            if files.is_cut:
                self._open.discard(files)
            else:
                self._idle.append(files)


def _is_file(files: SftpFiles, path: str, mode: int | None) -> bool:
    if mode is None or S_ISLNK(mode):
        try:
            mode = files.stat(sent(path)).st_mode
        except (FileNotFoundError, PermissionError):
            return False
    return mode is None or S_ISREG(mode)
