"""What the command line tells of an error that nobody foresaw: its kind and its place, never what it quotes."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CITIZEN_ID = "070068027001"
PROJECT = Path(__file__).parents[2]
FAULT = f"""
import sys
from ioc_etl.cli.app import app
from ioc_etl.cli.main import main

@app.command()
def fault() -> None:
    raise ValueError("cannot cast {CITIZEN_ID} to a number") from KeyError("{CITIZEN_ID}")

sys.argv = ["ioc-etl", "fault"]
main()
"""


def told(environment: Mapping[str, str]) -> tuple[int, str]:
    plain = {name: value for name, value in os.environ.items() if name != "IOC_ETL_DEBUG"}
    done = subprocess.run(
        [sys.executable, "-c", FAULT],
        env={**plain, "PYTHONPATH": str(PROJECT), **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_unforeseen_error_is_one_line_with_its_kind_and_its_place() -> None:
    code, said = told({})
    assert (code, len(said.splitlines())) == (1, 1)
    assert said.startswith("ioc-etl: ValueError at <string>:8 < ")
    assert CITIZEN_ID not in said


def test_who_looks_for_a_fault_is_shown_all_of_it() -> None:
    code, said = told({"IOC_ETL_DEBUG": "1"})
    assert code == 1
    assert "Traceback" in said
    assert CITIZEN_ID in said
