"""Uploads under way: files that are still being written, by their names or by two looks, are never read."""

import shutil
from datetime import date
from pathlib import Path
from threading import Timer
from uuid import uuid4

import fsspec
import polars as pl
import pytest
import yaml

from ioc_etl.adapters.patience import Patience
from ioc_etl.adapters.settings import Settings
from ioc_etl.core.rules import run
from ioc_etl.pipeline.extract import (
    PulledCentre,
    look,
    pull_month,
    pull_registers,
    pull_settled_centre,
    pulled_month,
)
from ioc_etl.pipeline.services import Services
from schemas.uploading import noted, noted_older, of_note
from schemas.vocabulary import FindingCode
from tests.factories import committed_lines, facts_of, registers
from tests.fewer import fewer

ROOT = Path(__file__).parents[2]
INPUT = ROOT / "tests" / "golden" / "input"
JANUARY = date(2022, 1, 1)
CODE = "dong-xoai"
SETTLING_SECONDS = 0.4
NEXT = b"STT;x\r\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INPUT, tmp_path / "input"))


@pytest.fixture
def far() -> str:
    """A store that is not of this machine's folders, with nothing in it yet."""
    return f"memory://uploads/{uuid4().hex}"


def put(far: str, name: str, data: bytes | None) -> None:
    files, path = fsspec.filesystem("memory"), f"{far.removeprefix('memory:/')}/rosters/2022-01/{name}"
    if data is None:
        files.rm(path)
    else:
        files.pipe(path, data)


def services_of(root: Path, far: str) -> Services:
    registry = yaml.safe_load((ROOT / "ioc_etl" / "policy" / "centres.yaml").read_text(encoding="utf-8"))
    registry["centres"][CODE]["source_url"] = far
    file = root.parent / "centres.yaml"
    file.write_text(yaml.safe_dump(registry, allow_unicode=True), encoding="utf-8")
    return Services(
        Settings(root.parent, input_root=str(root), centres_file=file, patience=Patience(retries=0)),
    )


def pulled(services: Services, seconds: float = SETTLING_SECONDS) -> PulledCentre:
    with services.root:
        return pull_settled_centre(services, JANUARY, CODE, look(services, JANUARY), seconds)


@pytest.mark.parametrize(
    "name",
    [
        "tinh.xlsx.part",
        "~$tinh.xlsx",
        "binh-long.xlsx.filepart",
        "phuoc-long.csv.tmp",
        ".~lock.tinh.xlsx#",
        "TINH.XLSX.PART",
        "tinh.xlsx.crdownload",
    ],
)
def test_a_file_under_way_is_never_read_and_no_noise(root: Path, name: str) -> None:
    (root / "rosters" / "2022-01" / name).write_bytes(b"half")
    services = Services(Settings(root.parent, input_root=str(root)))
    month = pull_month(services, JANUARY)
    assert name not in {file.name for centre in month.centres for file in centre.files}
    assert month.ignored == pull_month(Services(Settings(root.parent, input_root=str(INPUT))), JANUARY).ignored


def test_a_name_like_another_ones_is_still_nobodys(root: Path) -> None:
    (root / "rosters" / "2022-01" / "part.xlsx").write_bytes(b"x")
    assert "part.xlsx" in pull_month(Services(Settings(root.parent, input_root=str(root))), JANUARY).ignored


def test_a_file_that_stays_as_it_is_between_two_looks_is_taken(root: Path, far: str) -> None:
    put(far, f"{CODE}.csv", NEXT)
    found = pulled(services_of(root, far))
    assert ([file.data for file in found.files], found.uploading) == ([NEXT], ())


@pytest.mark.parametrize("later", fewer([NEXT * 2, b"y" * len(NEXT), None]))
def test_a_file_that_changes_between_two_looks_is_not_taken(root: Path, far: str, later: bytes | None) -> None:
    put(far, f"{CODE}.csv", NEXT)
    put(far, "other.txt", b"x")
    # Long enough for the first look to be over on a slow machine.
    Timer(2.0, put, (far, f"{CODE}.csv", later)).start()
    found = pulled(services_of(root, far), 4.0)
    assert (found.files, found.uploading) == ((), (f"{CODE}.csv",))


def test_without_a_time_to_settle_a_file_is_looked_at_once(root: Path, far: str) -> None:
    put(far, f"{CODE}.csv", NEXT)
    assert [file.data for file in pulled(services_of(root, far), 0.0).files] == [NEXT]


def test_a_folder_of_this_machine_is_never_waited_for(root: Path) -> None:
    services = Services(Settings(root.parent, input_root=str(root)))
    with services.root:
        found = pull_settled_centre(services, JANUARY, CODE, look(services, JANUARY), 3600.0)
    assert len(found.files) == 1


def test_a_month_goes_on_without_what_is_being_written(root: Path) -> None:
    services = Services(Settings(root.parent, input_root=str(root)))
    centres = [PulledCentre(CODE, uploading=(f"{CODE}.xlsx",)), PulledCentre("tinh")]
    month = pulled_month(centres, pull_registers(services), ("x.txt",), {}, began_at=services.clock.now())
    assert [centre.centre_code for centre in month.centres] == ["tinh"]
    assert (month.ignored, month.unreachable) == (("x.txt", noted(CODE, f"{CODE}.xlsx")), ())


def test_it_is_told_at_its_centre_and_not_as_nobodys() -> None:
    told = run.findings(facts_of(JANUARY, registers()), ("x.txt", noted(CODE, f"{CODE}.xlsx")), committed_lines())
    about = {row["code"]: (row["centre_code"], row["found"]) for row in told.iter_rows(named=True)}
    assert about[FindingCode.ROSTER_UPLOADING] == (CODE, f"{CODE}.xlsx")
    assert about[FindingCode.FILE_IGNORED] == (None, "x.txt")
    assert told.filter(pl.col("code") == FindingCode.ROSTER_UPLOADING).height == 1


def test_a_file_older_than_the_one_in_force_is_told_at_its_centre_with_both_names() -> None:
    told = run.findings(
        facts_of(JANUARY, registers()), ("x.txt", noted_older(CODE, f"{CODE}.xlsx", "new.csv")), committed_lines()
    )
    about = {row["code"]: (row["centre_code"], row["found"], row["expected"]) for row in told.iter_rows(named=True)}
    assert about[FindingCode.ROSTER_OLDER] == (CODE, f"{CODE}.xlsx", "new.csv")
    assert about[FindingCode.FILE_IGNORED] == (None, "x.txt", None)
    assert FindingCode.ROSTER_UPLOADING not in about


def test_a_note_is_no_files_name() -> None:
    assert of_note(noted("tinh", "tinh.xlsx")) == ("tinh", "tinh.xlsx")
    assert [of_note(name) for name in ("tinh.xlsx", "uploading", "uploading.xlsx")] == [None, None, None]
