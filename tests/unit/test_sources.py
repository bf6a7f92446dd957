"""Which files of an input root are whose, and what is kept of where they came from."""

import os
from pathlib import Path
from typing import NoReturn

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry

from ioc_etl.adapters.source_address import address_of, without_credentials
from ioc_etl.adapters.source_other import OtherStore, open_store
from ioc_etl.adapters.source_store import Access
from ioc_etl.adapters.sources import InputRoot, centre_of, names_by_centre
from ioc_etl.errors import SourceError
from schemas.vocabulary import RegisterName


def month_folder(root: Path) -> Path:
    folder = root / "rosters" / "2022-01"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", ["tinh.xlsx", "tinh.CSV", "TINH.xls", "tinh.ods", "tinh.xlsm"])
def test_an_office_file_named_by_the_code_is_the_centres_roster(name: str) -> None:
    assert centre_of(name) == "tinh"


@pytest.mark.parametrize("name", ["tinh.pdf", "tinh.txt", "tinh", "tinh.xlsx.bak"])
def test_another_file_is_no_roster(name: str) -> None:
    assert centre_of(name) != "tinh"


def test_two_endings_of_one_centre_are_both_found() -> None:
    found = names_by_centre(("dong-xoai.xlsx", "notes.txt", "tinh.csv", "tinh.xlsx"))
    assert found == {"dong-xoai": ("dong-xoai.xlsx",), "tinh": ("tinh.csv", "tinh.xlsx")}


def test_a_link_to_a_file_is_a_file_and_a_folder_is_none(tmp_path: Path) -> None:
    folder = month_folder(tmp_path)
    (tmp_path / "real.xlsx").write_bytes(b"roster")
    (folder / "tinh.xlsx").symlink_to(tmp_path / "real.xlsx")
    (folder / "dong-xoai.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    (folder / "binh-long.xlsx").mkdir()
    root = InputRoot(str(tmp_path))
    assert root.month_files("2022-01") == ("tinh.xlsx",)
    assert root.pull_roster("2022-01", "tinh.xlsx", max_bytes=100).data == b"roster"


def test_a_file_is_cut_off_one_byte_past_the_limit(tmp_path: Path) -> None:
    (month_folder(tmp_path) / "tinh.csv").write_bytes(b"0123456789")
    pulled = InputRoot(str(tmp_path)).pull_roster("2022-01", "tinh.csv", max_bytes=9)
    assert (pulled.is_too_large, len(pulled.data)) == (True, 10)
    whole = InputRoot(str(tmp_path)).pull_roster("2022-01", "tinh.csv", max_bytes=10)
    assert (whole.is_too_large, len(whole.data)) == (False, 10)


def test_a_month_without_a_folder_has_no_files(tmp_path: Path) -> None:
    assert InputRoot(str(tmp_path)).month_files("2022-01") == ()


def test_a_root_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no input folder"):
        InputRoot(str(tmp_path / "nowhere")).require()


def test_a_root_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "input.xlsx").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"input\.xlsx is a file"):
        InputRoot(str(tmp_path / "input.xlsx")).require()


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    odd = tmp_path / "hồ sơ 100% 'tháng' ::x"
    (month_folder(odd) / "tinh.csv").write_bytes(b"x")
    (odd / "registers").mkdir()
    (odd / "registers" / "budget.csv").write_bytes(b"y")
    root = InputRoot(str(odd))
    assert root.month_files("2022-01") == ("tinh.csv",)
    assert [file.data for file in root.pull_registers()[RegisterName.BUDGET]] == [b"y"]


@pytest.mark.parametrize("secret", ["zqx", "zq:qx", "zq@qx", "12/34zqx", "zq#qx", "zq?qx", "[zqx"])
def test_what_is_shown_of_a_url_holds_no_credentials(secret: str) -> None:
    shown = without_credentials(f"sftp://user:{secret}@host:22/ioc?token=zqx#zqx")
    assert not [part for part in ("zq", "qx", "12", "user") if part in shown]
    assert without_credentials("/srv/ioc") == "/srv/ioc"
    assert without_credentials("sftp://user:zqx@host:22/ioc?token=x#y") == "sftp://host:22/ioc"
    assert without_credentials("https://[::1]:8443/ioc") == "https://[::1]:8443/ioc"


@pytest.mark.parametrize(
    "url",
    [
        "nosuch://user:zqx@host/ioc",
        "sftp://user:zq/qx@host/ioc",
        "sftp://user:12/zqx@host/ioc",
        "sftp://user:zq#qx@host/ioc",
        "https://host/ioc?token=zqx",
        "https://user:zqx@host:99999/ioc",
        "https://user:zqx@[host/ioc",
        "simplecache::sftp://user:zqx@host/ioc",
        "ftp://user:zqx@host/ioc",
        "https://user:zqx@/ioc",
    ],
)
def test_a_url_that_cannot_be_opened_is_told_without_its_password(url: str) -> None:
    with pytest.raises(SourceError) as refused:
        InputRoot(url)
    assert not [part for part in ("zq", "qx", "12") if part in str(refused.value)]


def test_a_store_whose_package_is_missing_names_the_package() -> None:
    with pytest.raises(SourceError, match=r"needs another package: .*gcsfs"):
        InputRoot("gs://bucket/ioc")


def test_another_store_that_fsspec_knows_is_read_like_the_rest() -> None:
    files = MemoryFileSystem()
    files.pipe({"/ioc/rosters/2022-01/tinh.csv": b"0123456789", "/ioc/registers/budget.csv": b"y"})
    with InputRoot("memory://ioc") as root:
        root.require()
        assert root.month_files("2022-01") == ("tinh.csv",)
        assert root.month_files("2022-02") == ()
        assert root.pull_roster("2022-01", "tinh.csv", max_bytes=9).is_too_large
        assert root.pull_registers()[RegisterName.BUDGET][0].data == b"y"
    files.rm("/ioc", recursive=True)


class HttpError(Exception):
    """As gcsfs and azure have them: no OSError, and the message quotes what was asked for."""


class RefusingFiles(MemoryFileSystem):  # type: ignore[misc]
    """A store of another package that refuses whatever is asked."""

    cachable = False

    def __init__(self, password: str = "", **_given: object) -> None:
        super().__init__()
        if password:
            self.exists("")

    def exists(self, path: str, **_given: object) -> NoReturn:
        raise HttpError(f"403 https://host/{path}?signature=zqx")

    ls = info = exists


def test_what_another_package_says_is_told_by_its_kind_alone() -> None:
    store = OtherStore(address_of("gs://bucket/ioc"), RefusingFiles())
    for work in (store.require, lambda: store.names("rosters/2022-01"), lambda: store.read("registers/x.csv", 9)):
        with pytest.raises(SourceError, match="HttpError") as refused:
            work()
        assert "zqx" not in str(refused.value)
        assert refused.value.__suppress_context__


def test_a_package_that_does_not_take_its_secret_is_told_by_its_kind_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_registry, "gs", RefusingFiles)
    with pytest.raises(SourceError, match=r"cannot be opened with its secret \(HttpError\)") as refused:
        open_store(address_of("gs://bucket/ioc"), Access({"password": "zqx"}))
    assert "zqx" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["sftp", "http", "https"])
@pytest.mark.parametrize("host", ["a..b", "a" * 64, ".", "xn--é", "a\x00b"])
def test_a_host_that_nobody_can_look_up_is_refused(scheme: str, host: str) -> None:
    with pytest.raises(SourceError, match="no name that can be looked up"):
        InputRoot(f"{scheme}://{host}/ioc")


@pytest.mark.parametrize("host", ["máy.vn", "host.", "127.0.0.1", "[::1]", "a" * 63])
def test_a_host_of_the_net_is_taken(host: str) -> None:
    assert address_of(f"https://{host}/ioc").shown == f"https://{host}/ioc"


def test_a_folder_by_url_is_a_folder(tmp_path: Path) -> None:
    (month_folder(tmp_path / "hồ sơ") / "tinh.csv").write_bytes(b"x")
    assert InputRoot(f"file://{tmp_path}/h%E1%BB%93%20s%C6%A1").month_files("2022-01") == ("tinh.csv",)


def test_a_folder_that_may_not_be_read_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(SourceError, match="may not be read by this user"):
        InputRoot(str(tmp_path)).month_files("2022-01")


def test_ten_thousand_names_are_sorted_out_at_once() -> None:
    names = [f"centre-{number:05}.xlsx" for number in range(10_000)]
    assert len(names_by_centre(names)) == len(names)
