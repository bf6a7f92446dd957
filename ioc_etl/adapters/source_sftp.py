"""Rosters over SFTP, from a server whose host key is checked before anything is said to it."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from threading import Lock, Timer
from urllib.parse import unquote

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem
from paramiko.hostkeys import InvalidHostKey
from paramiko.sftp import SFTPError

from ioc_etl.adapters.source_address import Address
from ioc_etl.adapters.source_store import Access, gone_wrong, reason_of, require_whole, took_too_long
from ioc_etl.errors import IocEtlError, SourceError

_SSH_PORT = 22
_BROKEN = (paramiko.SSHException, SFTPError, EOFError, OSError)
_UNREADABLE_KEY = (paramiko.SSHException, paramiko.pkey.UnknownKeyType, ValueError, TypeError)


def open_store(address: Address, access: Access) -> "SftpStore":
    """The store of an sftp:// address; connects when it is first used.

    Raises:
        SourceError: the credentials are not enough to log in with.
    """
    return SftpStore(address, access)


class CheckedSftp(SFTPFileSystem):  # type: ignore[misc]
    """fsspec's file system over one connection. Left to itself it would take any host key, and wait for ever."""

    protocol = "sftp"
    cachable = False

    def __init__(self, address: Address, access: Access, key: paramiko.PKey | None) -> None:
        self._address = address
        self._access = access
        self._key = key
        self.is_cut = False
        super().__init__(address.host)

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(_RefuseUnknown())
        _load_known_hosts(self.client, self._access.known_hosts)
        where = (self._address.host, self._address.port or _SSH_PORT)
        plug = socket.create_connection(where, timeout=self._access.connect_seconds)
        try:
            with self.in_time():
                self._log_in(plug)
                self.ftp = self.client.open_sftp()
        except BaseException as error:
            self.client.close()
            plug.close()
            if self.is_cut:
                # Whatever it looks like (a refused login, too), it is our own alarm.
                raise TimeoutError from error
            raise

    def _log_in(self, plug: socket.socket) -> None:
        seconds, given = self._access.seconds, self._access.credentials
        self.client.connect(
            self._address.host,
            port=self._address.port or _SSH_PORT,
            username=given["username"],
            password=given.get("password"),
            pkey=self._key,
            sock=plug,
            timeout=self._access.connect_seconds,
            banner_timeout=self._access.connect_seconds,
            auth_timeout=seconds,
            channel_timeout=seconds,
            allow_agent=False,
            look_for_keys=False,
        )

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Cut the connection when what is done with it takes too long: whoever waits for it then gets an error."""
        alarm = Timer(self._access.seconds, self.cut)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()

    def cut(self) -> None:
        """Break the connection for good."""
        self.is_cut = True
        self.client.close()


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
        self._key = _login_key(address, access)
        self._lock = Lock()
        self._open: set[CheckedSftp] = set()
        self._idle: list[CheckedSftp] = []

    def require(self) -> None:
        """The root must be a folder."""
        with self._connection("") as files:
            try:
                mode = files.ftp.stat(self._root or "/").st_mode
            except FileNotFoundError as error:
                raise SourceError(f"there is no input folder {self._address.shown}") from error
        if mode is not None and not S_ISDIR(mode):
            raise SourceError(f"the input {self._address.shown} is no folder; name the one that holds rosters/")

    def names(self, folder: str) -> tuple[str, ...]:
        """Links count as what they lead to."""
        path = f"{self._root}/{folder}"
        with self._connection(f"/{folder}") as files:
            try:
                entries = files.ftp.listdir_attr(path)
            except FileNotFoundError:
                return ()
            return tuple(sorted(entry.filename for entry in entries if _is_file(files, path, entry)))

    def read(self, path: str, max_bytes: int) -> bytes | None:
        """A file whose size or time changes while it is read is not taken."""
        what = f"{self._address.shown}/{path}"
        with self._connection(f"/{path}") as files:
            try:
                stream = files.open(f"{self._root}/{path}", "rb")
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
    def _connection(self, where: str) -> Iterator[CheckedSftp]:
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
        except _BROKEN as error:
            is_late = files.is_cut
            files.cut()
            self._give_back(files)
            raise (
                took_too_long(what, self._access.seconds) if is_late else gone_wrong(what, reason_of(error))
            ) from error
        self._give_back(files)

    def _borrowed(self, what: str) -> CheckedSftp:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        files = _connected(self._address, self._access, self._key, what)
        with self._lock:
            self._open.add(files)
        return files

    def _give_back(self, files: CheckedSftp) -> None:
        with self._lock:
            if files.is_cut:
                self._open.discard(files)
            else:
                self._idle.append(files)


class _RefuseUnknown(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """What is done about a host that the known-hosts file does not name."""

    def missing_host_key(self, _client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise _UnknownHostError(hostname, key)


class _UnknownHostError(Exception):
    """The file of known hosts does not name this one."""

    def __init__(self, hostname: str, key: paramiko.PKey) -> None:
        super().__init__(hostname)
        self.key = key


def _connected(address: Address, access: Access, key: paramiko.PKey | None, what: str) -> CheckedSftp:
    try:
        return CheckedSftp(address, access, key)
    except _UnknownHostError as error:
        raise SourceError(_host_key_told(address, access, error.key, is_known=False)) from None
    except paramiko.BadHostKeyException as error:
        raise SourceError(_host_key_told(address, access, error.key, is_known=True)) from None
    except paramiko.AuthenticationException as error:
        # Also when the server hangs up on a wrong password: to try again would lock the account.
        raise SourceError(
            f"{address.shown}: the server refused the login; look at user, password or key of its secret"
        ) from error
    except paramiko.ssh_exception.IncompatiblePeer as error:
        raise SourceError(f"{address.shown}: the server knows no method of encryption that is safe today") from error
    except _BROKEN as error:
        raise gone_wrong(what, reason_of(error)) from error


def _host_key_told(address: Address, access: Access, key: paramiko.PKey, *, is_known: bool) -> str:
    complaint = "came with another key than the known one; it may be somebody else's" if is_known else "is not known"
    mend = "replace its line in" if is_known else "put a line into"
    return (
        f"{address.shown}: the host {complaint}. Its key is {key.get_name()} {key.fingerprint}; nothing "
        f"was sent to it. Ask whoever runs {address.host} for the fingerprint; if it is the same, {mend} "
        f"{_known_hosts(access.known_hosts)}: `ssh-keyscan -p {address.port or _SSH_PORT} {address.host}` prints it"
    )


def _known_hosts(given: Path | None) -> Path:
    return given or Path("~/.ssh/known_hosts").expanduser()


def _load_known_hosts(client: paramiko.SSHClient, given: Path | None) -> None:
    path = _known_hosts(given)
    try:
        client.load_host_keys(str(path))
    except FileNotFoundError:
        pass  # then no host is known
    except (OSError, UnicodeDecodeError, InvalidHostKey) as error:
        raise SourceError(f"the file of known hosts {path} cannot be read ({type(error).__name__})") from error


def _login_key(address: Address, access: Access) -> paramiko.PKey | None:
    """The private key of the credentials, if they name one."""
    given = access.credentials
    if "username" not in given:
        raise SourceError(f"{address.shown}: no user name; give its secret a username")
    if "key_file" not in given:
        if "password" not in given:
            raise SourceError(f"{address.shown}: neither password nor key_file; give its secret one of them")
        return None
    path = Path(given["key_file"]).expanduser()
    try:
        passphrase = given["passphrase"].encode() if "passphrase" in given else None
        return paramiko.PKey.from_path(path, passphrase)
    except OSError as error:
        raise SourceError(f"{address.shown}: the key file {path} cannot be read ({error.strerror})") from None
    except _UNREADABLE_KEY:
        raise SourceError(f"{address.shown}: {path} is no private key, or the passphrase is not its own") from None


def _is_file(files: CheckedSftp, folder: str, entry: paramiko.SFTPAttributes) -> bool:
    mode = entry.st_mode
    if mode is None or S_ISLNK(mode):
        with suppress(FileNotFoundError, PermissionError):
            mode = files.ftp.stat(f"{folder}/{entry.filename}").st_mode
    return mode is None or S_ISREG(mode)
