"""The demo's files, read and decided as any others: January without a fault, February with those it was given."""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from factories import committed_lines

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.facts import month_facts
from ioc_etl.core.intake import Offer
from ioc_etl.core.registers import read_registers
from ioc_etl.core.sheet import read_roster
from ioc_etl.core.transform import MonthInput, MonthResult, transform
from ioc_etl.demo import DemoPaths, write_demo
from ioc_etl.demo.months import FEBRUARY, JANUARY
from ioc_etl.demo.province import DEMO_CENTRES
from ioc_etl.policy.model import Centre
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import CentreKind, FindingCode, RegisterName
from schemas.waiver import WAIVER
from tests.unit.rosters import PLACEHOLDERS

POLICY = load_policy()
CENTRES = {centre.code: POLICY.centres[centre.code] for centre in DEMO_CENTRES}
HABITS = {"COLUMN_UNKNOWN", "SHEET_IGNORED", "ID_ZERO_RESTORED", "POLICY_DRAFT"}
"""What the four handwritings and the policy's state cause in a month without a fault."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoPaths:
    return write_demo(tmp_path_factory.mktemp("demo"))


@cache
def decided(demo: DemoPaths, month: date) -> MonthResult:
    policy = policy_at(POLICY, month)
    books = {name: read_cells((demo.registers / f"{name}.csv").read_bytes()) for name in RegisterName}
    registers = read_registers(books, policy=policy, centres=CENTRES)
    facts = month_facts(
        month=month, policy=policy, texts=POLICY.findings, registers=registers, centres=CENTRES.values()
    )
    return transform(
        MonthInput(
            facts=facts,
            centres=CENTRES,
            offers=tuple(offer(demo.rosters, centre, month) for centre in CENTRES.values()),
            earlier={},
            waivers=pl.DataFrame(schema=WAIVER),
            committed=committed_lines(),
            committed_year=pl.DataFrame(schema={"funding_source": pl.String, "committed_year_vnd": pl.Int64}),
        )
    )


def offer(rosters: Path, centre: Centre, month: date) -> Offer:
    files = sorted((rosters / f"{month:%Y-%m}").glob(f"{centre.code}.*"))
    if not files:
        return Offer(centre.code, ())
    reading = read_roster(
        read_cells(files[0].read_bytes()),
        centre=centre,
        month=month,
        agencies_matter=centre.kind is CentreKind.PROVINCE,
        all_centres=CENTRES.values(),
        placeholders=PLACEHOLDERS,
    )
    return Offer(centre.code, (files[0].name,), reading)


def outcomes(result: MonthResult) -> dict[str, dict[str, int]]:
    counted = result.decisions.group_by("centre_code", "outcome").len()
    return {
        code: dict(counted.filter(pl.col("centre_code") == code).select("outcome", "len").iter_rows())
        for code in sorted(counted["centre_code"].unique())
    }


def test_january_pays_forty_six_people_in_full(demo: DemoPaths) -> None:
    result = decided(demo, JANUARY)
    assert outcomes(result) == {
        "binh-long": {"paid": 9},
        "dong-xoai": {"paid": 9},
        "phuoc-long": {"paid": 9},
        "tinh": {"paid": 19},
    }
    assert result.decisions["amount_vnd"].sum() == 101_320_000


def test_january_finds_nothing_but_the_habits_of_the_offices(demo: DemoPaths) -> None:
    assert set(decided(demo, JANUARY).findings["code"]) == HABITS


def test_february_pays_those_without_a_fault(demo: DemoPaths) -> None:
    result = decided(demo, FEBRUARY)
    assert outcomes(result) == {
        "dong-xoai": {"held": 5, "paid": 5},
        "phuoc-long": {"held": 3, "merged": 1, "paid": 6},
        "tinh": {"held": 4, "paid": 15, "superseded": 1},
    }
    amounts = dict(result.decisions.group_by("centre_code").agg(pl.col("amount_vnd").sum()).iter_rows())
    assert amounts == {"tinh": 30_757_857, "dong-xoai": 11_175_000, "phuoc-long": 13_410_000}


def test_february_finds_every_fault_it_was_given_and_no_other(demo: DemoPaths) -> None:
    findings = decided(demo, FEBRUARY).findings.filter(~pl.col("code").is_in(HABITS))
    found = set(findings.select("centre_code", "row_no", "code").iter_rows())
    given = {
        (fault.centre_code, None if fault.row_no is None else str(fault.row_no), fault.code.value)
        for fault in demo.faults
    }
    assert found == given


def test_the_late_roster_is_paid_once_it_is_in_its_place(tmp_path: Path) -> None:
    late = write_demo(tmp_path)
    late.late_file.rename(late.late_goes_to)
    result = decided(late, FEBRUARY)
    assert outcomes(result)["binh-long"] == {"paid": 9}
    assert FindingCode.ROSTER_MISSING not in set(result.findings["code"])
