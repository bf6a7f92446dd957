"""A command forked from the imported program does what it does when the program is started anew."""

import os
import shutil
from pathlib import Path

import pytest
from program import ioc_etl

from tests.conftest import Database

INPUT = Path(__file__).parents[1] / "golden" / "input"


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("run", "--help"), ("run", "2022-13"), ("status", "2199-01", "--lang", "en"), ("nowhere",), ()],
    ids=" ".join,
)
def test_it_says_the_same_and_ends_the_same(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    environment = {"IOC_ETL_HOME": str(tmp_path)}
    forked, anew = (ioc_etl(*arguments, environment=environment, anew=way) for way in (False, True))
    assert (forked.returncode, forked.stdout, forked.stderr) == (anew.returncode, anew.stdout, anew.stderr)


def test_a_month_is_run_the_same(database: Database, tmp_path: Path) -> None:
    root = shutil.copytree(INPUT, tmp_path / "input")
    environment = {**database.environment, "IOC_ETL_INPUT": str(root)}
    first, *again = (ioc_etl("run", "2022-01", environment=environment, anew=way) for way in (False, True, False))
    assert (first.returncode, "101.320.000 đ" in first.stdout) == (0, True)
    assert [(done.returncode, done.stderr) for done in again] == [(0, again[0].stderr)] * 2
    told = [ioc_etl("status", "2022-01", environment=environment, anew=way) for way in (False, True)]
    assert told[0].stdout == told[1].stdout
    assert "20.115.000 đ" in told[0].stdout


def test_it_reads_what_is_typed_in_the_folder_where_it_is_started(tmp_path: Path) -> None:
    """Relative places, and variables of the tests that it was not started with."""
    name = "IOC_ETL_TEST_SEEN_LATER"
    os.environ[name] = "1"
    try:
        told = [
            ioc_etl("check", "nowhere.xlsx", environment={}, folder=tmp_path, stdin="x\n", anew=way)
            for way in (False, True)
        ]
    finally:
        del os.environ[name]
    assert told[0].stderr == told[1].stderr
    assert "nowhere.xlsx" in told[0].stderr
