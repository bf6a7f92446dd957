"""Pulling a month outside Prefect: what is tried again, who stops whom, which files are nobody's."""

import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event

import pytest
import yaml

from ioc_etl.adapters.patience import Patience
from ioc_etl.adapters.settings import Settings
from ioc_etl.errors import SourceError, TransientError
from ioc_etl.pipeline.extract import PulledMonth, pull_month
from ioc_etl.pipeline.retry import patiently
from ioc_etl.pipeline.services import Services, no_progress

ROOT = Path(__file__).parents[2]
INPUT = ROOT / "tests" / "golden" / "input"
JANUARY = date(2022, 1, 1)
AT_ONCE = Patience(retries=2, first_pause_seconds=0)

Told = list[tuple[str, int, int]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INPUT, tmp_path / "input"))


def services_with(root: Path, centres: dict[str, dict[str, str]]) -> Services:
    """An installation in which some centres have a root of their own."""
    registry = yaml.safe_load((ROOT / "ioc_etl" / "policy" / "centres.yaml").read_text(encoding="utf-8"))
    for code, changes in centres.items():
        registry["centres"][code].update(changes)
    file = root.parent / "centres.yaml"
    file.write_text(yaml.safe_dump(registry, allow_unicode=True), encoding="utf-8")
    return Services(Settings(root.parent, input_root=str(root), centres_file=file, patience=AT_ONCE))


def own_root(root: Path, code: str, *others: str) -> Path:
    """Move a centre's January out of the input root into one of its own, beside other files."""
    file = next((root / "rosters" / "2022-01").glob(f"{code}.*"))
    folder = root.parent / f"own-{code}" / "rosters" / "2022-01"
    folder.mkdir(parents=True)
    file.rename(folder / file.name)
    for name in others:
        (folder / name).write_bytes(b"x")
    return folder.parents[1]


def names(pulled: PulledMonth) -> dict[str, tuple[str, ...]]:
    return {centre.centre_code: tuple(file.name for file in centre.files) for centre in pulled.centres}


def failing(times: int, error: Exception) -> Callable[[], str]:
    left = [times]

    def work() -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return "done"

    return work


def test_what_may_pass_is_tried_again_and_each_wait_is_told() -> None:
    told: Told = []
    found = patiently(failing(2, TransientError("later")), AT_ONCE, lambda *step: told.append(step), Event())
    assert (found, told) == ("done", [("retry", 1, 2), ("retry", 2, 2)])


def test_after_the_last_try_the_error_stands() -> None:
    with pytest.raises(TransientError, match="later; tried 3 times"):
        patiently(failing(3, TransientError("later")), AT_ONCE, no_progress, Event())


def test_what_does_not_pass_is_not_tried_again() -> None:
    told: Told = []
    with pytest.raises(SourceError):
        patiently(failing(1, SourceError("never")), AT_ONCE, lambda *step: told.append(step), Event())
    assert told == []


def test_who_is_told_to_stop_waits_no_longer() -> None:
    stop = Event()
    stop.set()
    with pytest.raises(TransientError):
        patiently(failing(1, TransientError("later")), Patience(first_pause_seconds=60), no_progress, stop)


def test_a_source_that_fails_for_good_stops_its_own_centre_and_says_why(root: Path) -> None:
    own_root(root, "phuoc-long")
    services = services_with(
        root,
        {
            "phuoc-long": {"source_url": "sftp://127.0.0.1:1/ho-so", "source_secret": "nobody-has-it"},
            "tinh": {"source_url": "http://127.0.0.1:1/ho-so"},
            "dong-xoai": {"source_url": str(root.parent / "nowhere")},
        },
    )
    told: Told = []
    pulled = pull_month(services, JANUARY, progress=lambda *step: told.append(step))
    assert names(pulled) == {"binh-long": ("binh-long.xlsx",)}
    assert sorted(pulled.unreachable) == ["dong-xoai", "phuoc-long", "tinh"]
    assert "IOC_ETL_SECRET_NOBODY_HAS_IT" in pulled.reasons["phuoc-long"]
    assert "could not be read" in pulled.reasons["tinh"]
    assert "there is no input folder" in pulled.reasons["dong-xoai"]
    assert [step for step in told if step[0] == "retry"] == [("retry", 1, 2), ("retry", 2, 2)]
    assert told[-1] == ("pull", 4, 4)


def test_when_no_source_can_be_read_there_is_nothing_to_decide_on(root: Path) -> None:
    services = services_with(root, {"tinh": {"source_url": "http://127.0.0.1:1/ho-so"}})
    with pytest.raises(SourceError, match=r"no centre's source could be read; the month stays as it was\. tinh: http"):
        pull_month(services, JANUARY, ["tinh"])


def test_a_folder_of_the_month_that_is_not_there_is_a_missing_roster(root: Path) -> None:
    pulled = pull_month(services_with(root, {}), date(2022, 3, 1))
    assert names(pulled) == {"tinh": (), "dong-xoai": (), "phuoc-long": (), "binh-long": ()}


def test_files_that_nobody_reads_are_named_wherever_they_lie(root: Path) -> None:
    theirs = own_root(root, "phuoc-long", "Phước Long tháng 1.csv", "tinh.csv")
    shared = root / "rosters" / "2022-01"
    (shared / "ghi chú.txt").write_bytes(b"x")
    (shared / "phuoc-long.xlsx").write_bytes(b"sent to the wrong place")
    pulled = pull_month(services_with(root, {"phuoc-long": {"source_url": str(theirs)}}), JANUARY)
    assert names(pulled)["phuoc-long"] == ("phuoc-long.csv",)
    assert set(pulled.ignored) == {"ghi chú.txt", "phuoc-long.xlsx", "Phước Long tháng 1.csv", "tinh.csv"}


def test_centres_that_share_a_root_of_their_own_do_not_ignore_each_other(root: Path) -> None:
    theirs = own_root(root, "phuoc-long")
    (root / "rosters" / "2022-01" / "binh-long.xlsx").rename(theirs / "rosters" / "2022-01" / "binh-long.xlsx")
    url = {"source_url": str(theirs)}
    pulled = pull_month(services_with(root, {"phuoc-long": url, "binh-long": url}), JANUARY)
    assert (names(pulled)["binh-long"], pulled.ignored) == (("binh-long.xlsx",), ())


def test_ten_thousand_rosters_of_one_folder_are_pulled_in_seconds(tmp_path: Path) -> None:
    codes = [f"c{number:05}" for number in range(10_000)]
    root = tmp_path / "input"
    folder = root / "rosters" / "2022-01"
    folder.mkdir(parents=True)
    for code in codes:
        (folder / f"{code}.csv").write_bytes(code.encode())
    entry = "{{name: Trung tâm {0}, kind: district, opened_on: 2021-05-01, reference: Văn bản thử}}"
    registry = "centres:\n" + "".join(f"  {code}: {entry.format(code)}\n" for code in codes)
    (tmp_path / "centres.yaml").write_text(registry, encoding="utf-8")
    services = Services(Settings(tmp_path, input_root=str(root), centres_file=tmp_path / "centres.yaml"))
    assert len(services.policy.centres) == len(codes)
    began = time.monotonic()
    pulled = pull_month(services, JANUARY)
    assert len(pulled.centres) == len(codes)
    assert time.monotonic() - began < 10
