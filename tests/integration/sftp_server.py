"""A real SFTP server on loopback, by other hands than the client's, that can be told to misbehave."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

LOOPBACK = "127.0.0.1"
USER, PASSWORD = "ioc-reader", "a-Very/secret:P@ssword"


@dataclass(slots=True)
class Faults:
    """What the server does wrong, by the beginning of a file's name; `hang_ups` is how often it hangs up on reads."""

    hang_ups: dict[str, int] = field(default_factory=dict)
    half: set[str] = field(default_factory=set)
    drips: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    connections: int = 0
    logins: int = 0


@dataclass(slots=True)
class SftpServer:
    """A running server whose root folder is `folder`; `known_hosts` is a file that knows its key."""

    folder: Path
    port: int
    host_key: asyncssh.SSHKey
    known_hosts: Path
    faults: Faults
    hang_up: Callable[[], None]

    @property
    def url(self) -> str:
        """The root folder, without credentials."""
        return f"sftp://{LOOPBACK}:{self.port}"


@contextmanager
def sftp_server(folder: Path, work: Path, *, client_key: asyncssh.SSHKey | None = None) -> Iterator[SftpServer]:
    """Serve a folder until the end of the block; logs in USER with PASSWORD, or with a client's key."""
    faults, host_key = Faults(), asyncssh.generate_private_key("ssh-ed25519")
    connections: list[Any] = []

    class Login(asyncssh.SSHServer):
        def connection_made(self, conn: Any) -> None:
            faults.connections += 1
            connections.append(conn)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            faults.logins += 1
            return (username, password) == (USER, PASSWORD)

        def public_key_auth_supported(self) -> bool:
            return client_key is not None

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return client_key is not None and username == USER and key == client_key.convert_to_public()

    async def start() -> Any:
        return await asyncssh.create_server(
            Login,
            LOOPBACK,
            0,
            server_host_keys=[host_key],
            sftp_factory=lambda channel: _Files(channel, folder, faults),
        )

    def hang_up() -> None:
        for connection in connections:
            loop.call_soon_threadsafe(connection.abort)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listener = asyncio.run_coroutine_threadsafe(start(), loop).result()
    port = listener.get_port()
    known_hosts = work / "known_hosts"
    known_hosts.write_bytes(known_host(port, host_key))
    try:
        yield SftpServer(folder, port, host_key, known_hosts, faults, hang_up)
    finally:
        asyncio.run_coroutine_threadsafe(_ended(listener, connections), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def known_host(port: int, key: asyncssh.SSHKey) -> bytes:
    """The line of a known-hosts file."""
    return f"[{LOOPBACK}]:{port} ".encode() + key.export_public_key()


async def _ended(listener: Any, connections: list[Any]) -> None:
    listener.close()
    await listener.wait_closed()
    for connection in connections:
        connection.abort()
        await connection.wait_closed()


class _Files(asyncssh.SFTPServer):
    """A folder, served with the faults that are asked for."""

    def __init__(self, channel: Any, folder: Path, faults: Faults) -> None:
        super().__init__(channel, chroot=bytes(folder))
        self._connection = channel.get_connection()
        self._faults = faults
        self._looks = 0

    async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        stem = Path(os.fsdecode(file_obj.name)).stem
        if self._faults.hang_ups.get(stem, 0):
            self._faults.hang_ups[stem] -= 1
            self._connection.abort()
            raise asyncssh.SFTPConnectionLost("gone")
        if stem in self._faults.drips:
            await asyncio.sleep(0.2)
            size = 1
        if stem in self._faults.half:
            size = min(size, max(0, Path(os.fsdecode(file_obj.name)).stat().st_size // 2 - offset))
        data = super().read(file_obj, offset, size)
        if not data:
            raise asyncssh.SFTPEOFError
        return data

    def fstat(self, file_obj: Any) -> Any:
        found = super().fstat(file_obj)
        if Path(os.fsdecode(file_obj.name)).stem in self._faults.changes:
            self._looks += 1
            attributes = asyncssh.SFTPAttrs.from_local(found)
            attributes.mtime = (attributes.mtime or 0) + self._looks
            return attributes
        return found
