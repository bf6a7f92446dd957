"""Cells that begin with = + - @ are never formulas in a file of ours."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from ioc_etl.reports.safe_text import put_text, safe_text
from ioc_etl.reports.workbook_style import body_cell, new_workbook, workbook_bytes

DANGEROUS = ["=1+1", "+84901234567", "-2.235.000", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "\u200b=1", "＝1"]
HARMLESS = ["Nguyễn Thị Hoa", "A-B", "2=2", "'", "", "1,5", "#REF!"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_csv_field_that_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_csv_field_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_control_characters_do_not_come_through() -> None:
    assert safe_text("a\x00b\x1fc\ufffe") == "abc"


@pytest.mark.parametrize("text", [*DANGEROUS, *HARMLESS])
def test_a_workbook_cell_holds_any_text_as_text(text: str) -> None:
    workbook = new_workbook("x")
    put_text(body_cell(workbook.create_sheet("S"), 1, 1), text)
    cell = load_workbook(BytesIO(workbook_bytes(workbook)))["S"]["A1"]
    if text:
        assert cell.data_type == "s"
    assert (cell.value or "").replace("\r", "\n") == text.replace("\r", "\n")
    assert bool(cell.quotePrefix) == (text in DANGEROUS)


def test_a_workbook_cell_drops_what_a_workbook_cannot_hold() -> None:
    workbook = new_workbook("x")
    put_text(body_cell(workbook.create_sheet("S"), 1, 1), "a\x0bb\uffffc")
    assert load_workbook(BytesIO(workbook_bytes(workbook)))["S"]["A1"].value == "abc"
