"""Kinds of input that went wrong once, as files: what `check` says of each is written in tests/cases/expected.yaml."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from ioc_etl.adapters.settings import Settings
from ioc_etl.core.month import parse_month
from ioc_etl.pipeline.check import Preflight, check_roster
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import Level, Outcome, Severity
from tests.fewer import fewer

CASES = Path(__file__).parents[1] / "cases"
INPUT = Path(__file__).parents[1] / "golden" / "input"
EXPECTED: Mapping[str, Mapping[str, Any]] = yaml.safe_load((CASES / "expected.yaml").read_text("utf-8")) or {}
MONTH, CENTRE = "2022-02", "dong-xoai"
KEYS = {"centre", "month", "refused", "files", "rows", "people", "paid_vnd", "accounts", "names"}
UNSURPRISING = {"SHIFT_UNDERSTAFFED"}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    home = tmp_path_factory.mktemp("home")
    return Services(Settings.from_environment({"IOC_ETL_HOME": str(home), "IOC_ETL_INPUT": str(INPUT)}))


def test_every_file_has_its_right_value_and_every_value_its_file() -> None:
    files = {path.name for path in (CASES / "files").iterdir()}
    of_other_tables = {name for name in files if name.startswith("opening-") or name in REGISTERS}
    assert set(EXPECTED) == files - of_other_tables


REGISTERS = {"K01g-establishment.csv": "establishment", "K01i-budget.csv": "budget"}


@pytest.mark.parametrize("name", fewer(sorted(EXPECTED)))
def test_a_file_of_a_kind_that_went_wrong_has_its_right_value(name: str, services: Services) -> None:
    wanted = EXPECTED[name]
    assert set(wanted) <= KEYS
    month: date = parse_month(wanted.get("month", MONTH))
    result = check_roster(services, CASES / "files" / name, wanted.get("centre", CENTRE), month)
    assert codes_of_file(result, Severity.BLOCK) == sorted(wanted.get("refused", []))
    assert codes_of_file(result, Severity.WARN) == sorted(wanted.get("files", []))
    assert result.is_accepted == ("refused" not in wanted)
    rows = {row["source_row"]: row for row in result.decisions.iter_rows(named=True)}
    assert len(rows) == wanted.get("people", 0 if "refused" in wanted else 3)
    assert {number: told(row) for number, row in rows.items() if told(row) != "paid"} == wanted.get("rows", {})
    assert sum(row["amount_vnd"] for row in rows.values()) == wanted.get("paid_vnd", 2_235_000 * len(rows))
    for column, key in (("bank_account", "accounts"), ("full_name", "names")):
        assert {number: rows[number][column] for number in wanted.get(key, {})} == wanted.get(key, {})


def told(row: Mapping[str, Any]) -> object:
    """`paid`, the codes of a held row, or the outcome with its codes."""
    codes = sorted(row["codes"])
    if row["outcome"] == Outcome.HELD:
        return codes
    return {row["outcome"]: codes} if codes or row["outcome"] != Outcome.PAID else "paid"


def codes_of_file(result: Preflight, severity: Severity) -> list[str]:
    of_file = result.findings.filter((pl.col("level") == Level.FILE) & (pl.col("severity") == severity))
    return sorted(set(of_file["code"]) - UNSURPRISING)
