"""One SSH connection for SFTP: the host's key is checked before anything is said, and no wait is without end."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import paramiko
from paramiko.hostkeys import InvalidHostKey
from paramiko.sftp import (
    CMD_CLOSE,
    CMD_OPENDIR,
    CMD_READDIR,
    SFTP_EOF,
    SFTP_NO_SUCH_FILE,
    SFTP_OK,
    SFTP_PERMISSION_DENIED,
    SFTPError,
)

from ioc_etl.adapters.source_address import Address
from ioc_etl.adapters.source_store import Access, gone_wrong, reason_of
from ioc_etl.errors import SourceError

BROKEN = (paramiko.SSHException, SFTPError, EOFError, OSError)
"""What a connection that is of no more use raises; OSError also for a file that is not there."""
_STATUS: dict[int, type[Exception]] = {
    SFTP_EOF: EOFError,
    SFTP_NO_SUCH_FILE: FileNotFoundError,
    SFTP_PERMISSION_DENIED: PermissionError,
}
_SSH_PORT = 22
_NAMES_AT_MOST = 200_000
"""Twenty times the largest month; a server that lists more means harm, or the wrong folder."""
_UNREADABLE_KEY = (paramiko.SSHException, paramiko.pkey.UnknownKeyType, ValueError, TypeError)


class SftpFiles(paramiko.SFTPClient):  # type: ignore[misc]
    """paramiko's client, which stumbles over a name or a message of the server that is no UTF-8."""

    def entries(self, folder: str) -> list[tuple[str, int | None]]:
        """Name and mode of everything in a folder; bytes that are no UTF-8 become lone surrogates.

        Raises:
            SFTPError: the server sends an entry without a name, or names without end.
        """
        _, message = self._request(CMD_OPENDIR, sent(folder))
        handle = message.get_binary()
        found: list[tuple[str, int | None]] = []
        while True:
            try:
                _, message = self._request(CMD_READDIR, handle)
            except EOFError:  # the end of the folder; a lost connection is an SSHException here
                break
            for _ in range(message.get_int()):
                name, _long_name = message.get_binary(), message.get_binary()
                if not name or len(found) > _NAMES_AT_MOST:
                    raise SFTPError
                mode = paramiko.SFTPAttributes._from_msg(message).st_mode  # noqa: SLF001 - there is no other way
                found.append((name.decode(errors="surrogateescape"), mode))
        self._request(CMD_CLOSE, handle)
        return found

    def _convert_status(self, msg: paramiko.Message) -> None:
        """The server's status as an error, without the server's words."""
        code = msg.get_int()
        if code != SFTP_OK:
            raise _STATUS.get(code, OSError)


class SftpConnection:
    """One connection, made when this is made; fsspec's own would take any host key, and wait for ever."""

    def __init__(self, address: Address, access: Access, key: paramiko.PKey | None) -> None:
        self._address = address
        self._access = access
        self._key = key
        self.is_cut = False
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(_RefuseUnknown())
        _load_known_hosts(self.client, self._access.known_hosts)
        where = (self._address.host, self._address.port or _SSH_PORT)
        plug = socket.create_connection(where, timeout=self._access.connect_seconds)
        try:
            with self.in_time():
                self._log_in(plug)
                self.files = SftpFiles.from_transport(self.client.get_transport())
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

    @property
    def is_alive(self) -> bool:
        """Whether the server has not hung up meanwhile."""
        transport = self.client.get_transport()
        return transport is not None and bool(transport.is_active())

    def cut(self) -> None:
        """Break the connection for good."""
        self.is_cut = True
        self.client.close()


class _RefuseUnknown(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """What is done about a host that the known-hosts file does not name."""

    def missing_host_key(self, _client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise _UnknownHostError(hostname, key)


class _UnknownHostError(Exception):
    """The file of known hosts does not name this one."""

    def __init__(self, hostname: str, key: paramiko.PKey) -> None:
        super().__init__(hostname)
        self.key = key


def connected(address: Address, access: Access, key: paramiko.PKey | None, what: str) -> SftpConnection:
    """A new connection, logged in.

    Raises:
        SourceError: the host is not the known one, or refuses the login.
        TransientError: it does not answer; `what` was wanted of it.
    """
    try:
        return SftpConnection(address, access, key)
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
    except BROKEN as error:
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


def login_key(address: Address, access: Access) -> paramiko.PKey | None:
    """The private key of the credentials, if they name one.

    Raises:
        SourceError: it cannot be read, or the credentials are not enough to log in with.
    """
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


def sent(path: str) -> bytes:
    """A path as the server takes it."""
    return path.encode(errors="surrogateescape")
