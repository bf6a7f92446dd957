"""The demo's two months, and provinces as large as a test asks for."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from ioc_etl.demo import write_demo
from ioc_etl.demo.frames import raw_roster, register_frames
from ioc_etl.demo.months import FEBRUARY, demo_months
from ioc_etl.demo.province import province
from ioc_etl.demo.registers import registers_of
from ioc_etl.demo.roster import FormulaError
from schemas.columns import REGISTER_COLUMNS
from schemas.raw_roster import RAW_ROSTER
from schemas.register import APPROVED_LIST, ESTABLISHMENT
from schemas.vocabulary import FindingCode, RegisterName

MONTHS = demo_months()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_demo_writes_an_input_root_of_two_months(tmp_path: Path) -> None:
    paths = write_demo(tmp_path / "vào")
    assert set(tree(paths.root)) == {
        *(f"registers/{name}.csv" for name in REGISTER_COLUMNS),
        *(f"rosters/2022-01/{name}" for name in ("tinh.xlsx", "dong-xoai.xlsx", "phuoc-long.csv", "binh-long.xlsx")),
        *(f"rosters/2022-02/{name}" for name in ("tinh.xlsx", "dong-xoai.xlsx", "phuoc-long.csv")),
        "late/2022-02/binh-long.xlsx",
    }
    assert (paths.registers, paths.rosters) == (paths.root / "registers", paths.root / "rosters")
    assert paths.late_file.is_file()
    assert not paths.late_goes_to.exists()


def test_the_demo_is_the_same_every_time(tmp_path: Path) -> None:
    write_demo(tmp_path / "a")
    write_demo(tmp_path / "b")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_january_has_forty_six_people_on_their_posts() -> None:
    people = Counter(roster.centre.code for roster in MONTHS.january.rosters for _ in roster.rows)
    assert people == {"tinh": 19, "dong-xoai": 9, "phuoc-long": 9, "binh-long": 9}
    agencies = Counter(row.agency_code for row in MONTHS.january.roster("tinh").rows)
    assert agencies == {"cong-an": 12, "so-y-te": 3, "so-tttt": 3, "so-khdt": 1}


def test_every_shift_of_january_is_staffed_alike() -> None:
    for roster in MONTHS.january.rosters:
        shifts = Counter(row.shift for row in roster.rows if row.work_mode == "Trực tiếp")
        assert len(set(shifts.values())) == 1
        assert set(shifts) == {1, 2, 3}


def test_february_names_a_dozen_faults_and_more() -> None:
    codes = {fault.code for fault in MONTHS.faults}
    assert len(codes) >= 12
    assert {FindingCode.ROSTER_MISSING, FindingCode.OVER_QUOTA, FindingCode.DUPLICATE_PERSON} <= codes


def test_every_fault_of_a_row_stands_in_a_row_that_was_sent() -> None:
    numbers = {(roster.centre.code, row.row_no) for roster in MONTHS.february for row in roster.rows}
    assert {(fault.centre_code, fault.row_no) for fault in MONTHS.faults if fault.row_no} <= numbers


def test_the_late_roster_is_without_fault_and_of_february() -> None:
    (late,) = MONTHS.late
    assert (late.centre.code, late.month) == ("binh-long", FEBRUARY)
    assert late.rows == MONTHS.january.roster("binh-long").rows


def test_registers_are_csv_files_of_the_rulebooks_columns() -> None:
    files = MONTHS.registers.files()
    for name, columns in REGISTER_COLUMNS.items():
        header, *rows = csv.reader(StringIO(files[f"{name}.csv"].decode()))
        assert tuple(header) == columns
        assert all(len(row) == len(columns) for row in rows)


def test_a_register_never_holds_a_formula() -> None:
    clean = province(centres=1)
    first, *others = clean.rosters[0].rows
    roster = replace(clean.rosters[0], rows=(replace(first, full_name="=1+1"), *others))
    registers = registers_of(replace(clean, rosters=(roster,)), yearly_budget_vnd={})
    assert b",'=1+1," in registers.files()["approved_list.csv"]


@pytest.mark.parametrize(("centres", "people"), [(1, 1), (3, 40), (7, 5)])
def test_a_province_is_as_large_as_asked_for(centres: int, people: int) -> None:
    made = province(centres=centres, people_per_centre=people)
    assert [len(roster.rows) for roster in made.rosters] == [people] * centres
    assert len({roster.centre.code for roster in made.rosters}) == centres
    ids = [row.citizen_id for roster in made.rosters for row in roster.rows]
    ids += [person.citizen_id for person in made.spare_people]
    assert len(ids) == len(set(ids))


def test_another_seed_is_another_province() -> None:
    assert province(seed=1).rosters != province(seed=2).rosters
    assert province(seed=1) == province(seed=1)


def test_rosters_become_the_frame_that_the_readers_make() -> None:
    frame = raw_roster(MONTHS.january.rosters)
    assert dict(frame.schema) == RAW_ROSTER
    assert frame.height == 46
    tinh = frame.filter(pl.col("centre_code") == "tinh")
    assert tinh["source_row"].to_list() == list(range(2, 21))
    first = MONTHS.january.roster("tinh").rows[0]
    assert tinh.row(0, named=True)["birth_date"] == str(first.birth_date)
    assert tinh.row(0, named=True)["shift"] == "1"


def test_a_failed_formula_is_unreadable_in_the_frame() -> None:
    roster = MONTHS.january.roster("tinh")
    broken = replace(roster, rows=(replace(roster.rows[0], duty=FormulaError()), roster.rows[1]))
    frame = raw_roster([broken])
    assert frame["unreadable"].to_list() == [["duty"], []]
    assert frame["duty"][0] is None


def test_registers_become_typed_frames() -> None:
    frames = register_frames(MONTHS.registers)
    approved = frames[RegisterName.APPROVED_LIST]
    assert dict(approved.schema) == APPROVED_LIST
    assert approved.height == 20
    assert approved.row(-1, named=True)["valid_from"] == date(2022, 2, 1)
    assert dict(frames[RegisterName.ESTABLISHMENT].schema) == ESTABLISHMENT
    assert frames[RegisterName.IDENTITY_LINK].is_empty()
