"""The sample months: every row of every office's own layout, at its place, and the findings about the files."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.sheet import RosterReading, read_roster
from ioc_etl.core.sheet_frames import raw_roster, sheet_columns
from schemas.raw_roster import RAW_ROSTER, SHEET_COLUMNS
from schemas.vocabulary import FindingCode
from tests.unit.rosters import PLACEHOLDERS

INPUT = Path(__file__).parents[1] / "golden" / "input"
FILES = sorted((INPUT / "rosters").glob("*/*"))
CENTRES = load_policy().centres
NAMED = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")


def reading_of(path: Path) -> RosterReading:
    return read_roster(
        read_cells(path.read_bytes()),
        centre=CENTRES[path.stem],
        month=date.fromisoformat(f"{path.parent.name}-01"),
        agencies_matter=path.stem == "tinh",
        all_centres=CENTRES.values(),
        placeholders=PLACEHOLDERS,
    )


@NAMED
def test_every_row_of_the_sample_is_read_at_its_place(path: Path) -> None:
    expected = json.loads((INPUT / "expected" / f"{path.parent.name}.json").read_text())["centres"][path.stem]
    reading = reading_of(path)
    rows = expected["rows"]
    assert list(reading.source_row) == [row["sheet_row"] for row in rows]
    assert list(reading.columns["row_no"]) == [str(row["row_no"]) for row in rows]
    ids = [
        (read or "").zfill(len(row["citizen_id"]))
        for read, row in zip(reading.columns["citizen_id"], rows, strict=True)
    ]
    assert [read for read, row in zip(ids, rows, strict=True) if "ID_INVALID" not in row["codes"]] == [
        row["citizen_id"] for row in rows if "ID_INVALID" not in row["codes"]
    ]
    assert sorted(finding.code for finding in reading.findings) == expected["file_codes"]
    assert reading.is_refused == (expected["file"] == "refused")


@NAMED
def test_the_sample_of_the_month_before_is_refused_for_this_month(path: Path) -> None:
    """Where its title says the month; a bare table cannot tell."""
    reading = read_roster(
        read_cells(path.read_bytes()),
        centre=CENTRES[path.stem],
        month=date(2022, 5, 1),
        agencies_matter=False,
        all_centres=CENTRES.values(),
        placeholders=PLACEHOLDERS,
    )
    says_month = path.stem in {"tinh", "binh-long"}
    assert (FindingCode.WRONG_MONTH in {finding.code for finding in reading.findings}) == says_month


@NAMED
def test_the_sample_of_one_centre_is_refused_for_another(path: Path) -> None:
    other = CENTRES["phuoc-long" if path.stem != "phuoc-long" else "binh-long"]
    reading = read_roster(
        read_cells(path.read_bytes()),
        centre=other,
        month=date.fromisoformat(f"{path.parent.name}-01"),
        agencies_matter=False,
        all_centres=CENTRES.values(),
        placeholders=PLACEHOLDERS,
    )
    names_centre = path.stem in {"tinh", "binh-long"}
    assert (FindingCode.WRONG_CENTRE in {finding.code for finding in reading.findings}) == names_centre


def test_the_full_form_gives_everybody_their_agency_and_every_cell_its_letter() -> None:
    reading = reading_of(INPUT / "rosters/2022-01/tinh.xlsx")
    assert [reading.group_text.count(group) for group in dict.fromkeys(reading.group_text)] == [12, 3, 3, 1]
    assert reading.group_text[0] == "Công an tỉnh"
    assert (reading.sheet, reading.column_letters["from_date"], reading.column_letters["note"]) == ("DS T01", "J", "P")


def test_a_failed_formula_in_the_sample_is_known_by_its_column() -> None:
    reading = reading_of(INPUT / "rosters/2022-02/dong-xoai.xlsx")
    assert [failed for failed in reading.unreadable if failed] == [["full_name"]]
    assert reading.source_row[list(reading.unreadable).index(["full_name"])] == 7


def test_many_readings_become_one_frame() -> None:
    readings = {path.stem: reading_of(path) for path in FILES if path.parent.name == "2022-01"}
    raw, letters = raw_roster(readings), sheet_columns(readings)
    assert dict(raw.schema) == RAW_ROSTER
    assert dict(letters.schema) == SHEET_COLUMNS
    assert raw.height == 46
    assert raw["centre_code"].unique(maintain_order=True).to_list() == list(readings)
    row = raw.row(by_predicate=(pl.col("centre_code") == "binh-long") & (pl.col("source_row") == 8), named=True)
    assert (row["citizen_id"], row["coefficient"], row["work_mode"], row["birth_date"]) == (
        "070069167075",
        "1,5",
        None,
        "1969",
    )
    shift = letters.filter(pl.col("centre_code") == "binh-long", pl.col("column_name") == "shift")
    assert shift["column_letter"].to_list() == ["L"]


def test_no_readings_are_an_empty_frame() -> None:
    assert dict(raw_roster({}).schema) == RAW_ROSTER
    assert dict(sheet_columns({}).schema) == SHEET_COLUMNS


def test_white_space_at_the_ends_of_a_cell_is_gone_and_a_blank_cell_is_null() -> None:
    reading = RosterReading(
        sheet="S",
        columns={"full_name": [" \u00a0An\n", "  ", ""], "note": [None, "x", "\t"]},
        source_row=[2, 3, 4],
        is_hidden=[False] * 3,
        group_text=[None] * 3,
        unreadable=[None, ["duty"], None],
    )
    raw = raw_roster({"tinh": reading})
    assert raw["full_name"].to_list() == ["An", None, None]
    assert raw["note"].to_list() == [None, "x", None]
    assert raw["unreadable"].to_list() == [None, ["duty"], None]
    assert raw["duty"].to_list() == [None] * 3
