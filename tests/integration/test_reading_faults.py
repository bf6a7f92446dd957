"""A fault of ours in reading one file refuses that file alone: put into every step of the reading, and met by one cell.

The fault is put into the program of the reading processes as they start; it depends on a marked cell, never on a call.
"""

from pathlib import Path

import openpyxl
import pytest

from schemas.vocabulary import FileStatus
from tests.conftest import Database
from tests.integration.provinces import BINH_LONG, OTHERS_VND, Province

MARK = "O-LAM-HONG"
SHEET = "ioc_etl.core.sheet"
STEPS = [
    (SHEET, "plain_book"),
    (SHEET, "is_cover"),
    (SHEET, "find_header"),
    (SHEET, "one_table"),
    (SHEET, "with_merges"),
    (SHEET, "table_rows"),
    (SHEET, "about_hidden_columns"),
    (SHEET, "about_rows"),
    (SHEET, "layout_of"),
]
"""Of making a roster of a workbook's cells: each is given the marked cell, or what holds it."""

FAULT = """
import pickle
import {module} as stage

step = stage.{name}


def fragile(*given, **named):
    if {mark!r} in repr(given) + repr(named) or {mark!r}.encode() in pickle.dumps((given, named)):
        raise KeyError("070185001234")
    return step(*given, **named)


stage.{name} = fragile
"""


@pytest.fixture
def province(database: Database, tmp_path: Path) -> Province:
    return Province.at(tmp_path / "input", database)


@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _, name in STEPS])
def test_one_cell_that_breaks_a_step_of_the_reading_refuses_its_file_alone(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAULT.format(module=module, name=name, mark=MARK), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    book = openpyxl.load_workbook(province.path(BINH_LONG))
    book.worksheets[0]["D8"].value = MARK
    book.save(province.path(BINH_LONG))
    report = province.run()
    assert {centre.centre_code: centre.amount_vnd for centre in report.centres} == {**OTHERS_VND, "binh-long": 0}
    (refused,) = [centre for centre in report.centres if centre.file_status is not FileStatus.ACCEPTED]
    assert (refused.centre_code, dict(refused.codes)) == ("binh-long", {"ROSTER_UNREADABLE": 1})
    assert "070185001234" not in str(report)
