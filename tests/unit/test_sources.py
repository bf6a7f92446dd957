"""Which files of an input root are whose, and what is kept of where they came from."""

from pathlib import Path

import pytest

from ioc_etl.adapters.source_address import without_credentials
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


def test_what_is_kept_of_a_url_holds_no_credentials() -> None:
    assert without_credentials("sftp://user:secret@host:22/ioc?token=x#y") == "sftp://host:22/ioc"
    assert without_credentials("/srv/ioc") == "/srv/ioc"


def test_a_url_that_nothing_can_open_is_named_without_its_password() -> None:
    with pytest.raises(SourceError) as refused:
        InputRoot("nosuch://user:secret@host/ioc")
    assert "secret" not in str(refused.value)
