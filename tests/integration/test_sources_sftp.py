"""SFTP from a real server that breaks off, lies, stalls, or is somebody else."""

import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import pytest
from sftp_server import LOOPBACK, PASSWORD, USER, SftpServer, known_host, sftp_server

from ioc_etl.adapters.credentials import Secret
from ioc_etl.adapters.sources import InputRoot
from ioc_etl.errors import SourceError, TransientError

MONTH = "2022-01"
LARGE = 1 << 20


@pytest.fixture
def served(tmp_path: Path) -> Iterator[SftpServer]:
    folder = tmp_path / "served"
    month = folder / "rosters" / MONTH
    month.mkdir(parents=True)
    (folder / "registers").mkdir()
    for code in ("tinh", "dong-xoai", "phuoc-long"):
        (month / f"{code}.csv").write_bytes(code.encode() * 20_000)
    with sftp_server(folder, tmp_path) as running:
        yield running


def secret(**changed: str | None) -> Secret:
    values = {"username": USER, "password": PASSWORD, **changed}
    return Secret("input", json.dumps({key: value for key, value in values.items() if value is not None}))


@contextmanager
def root_of(served: SftpServer, seconds: float = 10, **changed: str | None) -> Iterator[InputRoot]:
    with InputRoot(served.url, secret=secret(**changed), known_hosts=served.known_hosts, seconds=seconds) as root:
        yield root


def refusal(served: SftpServer, **changed: str | None) -> str:
    """Why the server cannot be read for good; never with the password in it."""
    with pytest.raises(SourceError) as refused, root_of(served, **changed) as root:
        root.require()
    assert PASSWORD not in str(refused.value)
    return str(refused.value)


def test_names_and_files_come_from_the_month_s_folder(served: SftpServer) -> None:
    month = served.folder / "rosters" / MONTH
    (month / "binh-long.csv").symlink_to(month / "tinh.csv")
    (month / "loc-ninh.csv").symlink_to(month / "nowhere.csv")
    (month / "bu-dop.csv").mkdir()
    with root_of(served) as root:
        root.require()
        assert root.month_files(MONTH) == ("binh-long.csv", "dong-xoai.csv", "phuoc-long.csv", "tinh.csv")
        assert root.month_files("2022-02") == ()
        file = root.pull_roster(MONTH, "tinh.csv", max_bytes=LARGE)
    assert file.data == b"tinh" * 20_000
    assert file.origin == f"{served.url}/rosters/{MONTH}/tinh.csv"


def test_a_name_that_is_no_utf8_hinders_nobody(served: SftpServer) -> None:
    month = served.folder / "rosters" / MONTH
    (month / os.fsdecode(b"T\xecnh.csv")).write_bytes(b"x")
    with root_of(served) as root:
        names = root.month_files(MONTH) or ()
        assert "tinh.csv" in names
        odd = next(name for name in names if not name.isascii())
        assert root.pull_roster(MONTH, odd, max_bytes=9).data == b"x"


def test_no_more_is_read_than_the_limit_and_a_byte(served: SftpServer) -> None:
    with root_of(served) as root:
        file = root.pull_roster(MONTH, "tinh.csv", max_bytes=100)
    assert (file.is_too_large, len(file.data)) == (True, 101)


def test_one_connection_serves_one_call_after_the_other(served: SftpServer) -> None:
    with root_of(served) as root:
        for name in root.month_files(MONTH) or ():
            root.pull_roster(MONTH, name, max_bytes=LARGE)
    assert served.faults.connections == 1


def test_threads_never_share_a_connection(served: SftpServer) -> None:
    with root_of(served) as root, ThreadPoolExecutor(4) as pool:
        names = ["tinh.csv", "dong-xoai.csv", "phuoc-long.csv"] * 8
        files = list(pool.map(lambda name: root.pull_roster(MONTH, name, max_bytes=LARGE), names))
    assert [file.data for file in files] == [name.removesuffix(".csv").encode() * 20_000 for name in names]
    assert 1 < served.faults.connections <= 4


def test_a_connection_that_breaks_in_the_middle_is_thrown_away_and_the_next_try_succeeds(served: SftpServer) -> None:
    served.faults.hang_ups["tinh"] = 1
    with root_of(served) as root:
        with pytest.raises(TransientError, match=r"tinh\.csv could not be read"):
            root.pull_roster(MONTH, "tinh.csv", max_bytes=LARGE)
        assert root.pull_roster(MONTH, "tinh.csv", max_bytes=LARGE).data == b"tinh" * 20_000
    assert served.faults.connections == 2


def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again(served: SftpServer) -> None:
    with root_of(served) as root:
        root.require()
        served.hang_up()
        deadline = time.monotonic() + 5
        while next(iter(root._store._open)).is_alive and time.monotonic() < deadline:
            time.sleep(0.01)
        assert root.pull_roster(MONTH, "tinh.csv", max_bytes=LARGE).data


def test_half_a_file_is_never_taken(served: SftpServer) -> None:
    served.faults.half.add("tinh")
    with root_of(served) as root, pytest.raises(TransientError, match="40000 bytes came of 80000"):
        root.pull_roster(MONTH, "tinh.csv", max_bytes=LARGE)


def test_a_file_that_changes_while_it_is_read_is_not_taken(served: SftpServer) -> None:
    served.faults.changes.add("tinh")
    with root_of(served) as root, pytest.raises(TransientError, match="changed while it was read"):
        root.pull_roster(MONTH, "tinh.csv", max_bytes=LARGE)


def test_a_server_that_sends_a_byte_now_and_then_is_cut_off(served: SftpServer) -> None:
    served.faults.drips.add("tinh")
    with root_of(served, seconds=0.8) as root:
        with pytest.raises(TransientError, match=r"more than 0\.8 s"):
            root.pull_roster(MONTH, "tinh.csv", max_bytes=LARGE)
        assert root.pull_roster(MONTH, "dong-xoai.csv", max_bytes=LARGE).data


def test_a_host_that_takes_the_call_and_says_nothing_is_cut_off(served: SftpServer) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        url = f"sftp://{LOOPBACK}:{silent.getsockname()[1]}/"
        root = InputRoot(url, secret=secret(), known_hosts=served.known_hosts, seconds=0.5)
        with root, pytest.raises(TransientError, match="could not be read"):
            root.require()


def test_a_server_that_is_down_may_come_back(served: SftpServer) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    root = InputRoot(f"sftp://{LOOPBACK}:{port}", secret=secret(), known_hosts=served.known_hosts)
    with root, pytest.raises(TransientError, match="could not be read"):
        root.require()


def test_an_unknown_host_is_told_with_its_fingerprint_and_gets_no_password(served: SftpServer) -> None:
    served.known_hosts.write_text("")
    said = refusal(served)
    assert "is not known" in said
    assert served.host_key.get_fingerprint() in said
    assert f"ssh-keyscan -p {served.port} {LOOPBACK}" in said
    assert str(served.known_hosts) in said
    assert served.faults.logins == 0


def test_a_file_of_known_hosts_that_is_not_there_knows_nobody(served: SftpServer) -> None:
    served.known_hosts.unlink()
    assert "is not known" in refusal(served)


def test_a_host_with_another_key_is_told_with_its_fingerprint_and_gets_no_password(served: SftpServer) -> None:
    served.known_hosts.write_bytes(known_host(served.port, asyncssh.generate_private_key("ssh-ed25519")))
    said = refusal(served)
    assert "another key than the known one" in said
    assert "replace its line in" in said
    assert served.host_key.get_fingerprint() in said
    assert served.faults.logins == 0


def test_a_wrong_password_is_refused_once_and_for_all(served: SftpServer) -> None:
    assert "refused the login" in refusal(served, password="wrong-4711")
    assert served.faults.logins == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": None}, "no user name"),
        ({"password": None}, "neither password nor key_file"),
        ({"key_file": "/nowhere/id"}, "/nowhere/id cannot be read"),
        ({"pasword": "x"}, "the secret input has pasword, which sftp does not know; it may have username, password"),
    ],
)
def test_credentials_that_cannot_do_are_told(served: SftpServer, changed: dict[str, str | None], said: str) -> None:
    assert said in refusal(served, **changed)


def test_a_key_file_with_another_passphrase_is_told(served: SftpServer, tmp_path: Path) -> None:
    asyncssh.generate_private_key("ssh-rsa", key_size=2048).write_private_key(tmp_path / "id", passphrase="right")
    said = refusal(served, key_file=str(tmp_path / "id"), passphrase=PASSWORD)
    assert "is no private key, or the passphrase is not its own" in said


def test_a_root_that_is_not_there_or_is_a_file_is_told(served: SftpServer) -> None:
    for path, said in (("/nowhere", "there is no input folder"), (f"/rosters/{MONTH}/tinh.csv", "is no folder")):
        root = InputRoot(served.url + path, secret=secret(), known_hosts=served.known_hosts)
        with root, pytest.raises(SourceError, match=said):
            root.require()
