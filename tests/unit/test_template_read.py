"""The empty roster as a centre sends it back: untouched, filled in, half filled in."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.sheet import RosterReading, read_roster
from ioc_etl.demo.province import province
from ioc_etl.demo.roster import RosterRow
from ioc_etl.policy.resolve import policy_at
from ioc_etl.reports.template import COLUMNS, template_choices, template_workbook
from schemas.vocabulary import CentreKind, FindingCode
from tests.unit.rosters import PLACEHOLDERS

POLICY = load_policy()
JANUARY = province().month
PEOPLE = {roster.centre.code: roster.rows for roster in province().rosters}
FIRST_ROW = 13


def blank(code: str, month: date | None = JANUARY) -> bytes:
    choices = template_choices(POLICY.centres[code], policy_at(POLICY, JANUARY))
    return template_workbook(POLICY.centres[code], month, choices)


def filled(content: bytes, rows: tuple[RosterRow, ...], total: str | None = None) -> bytes:
    """The form with people typed into it from the first row on."""
    book = load_workbook(BytesIO(content))
    sheet: Worksheet = book.worksheets[0]
    for number, row in enumerate(rows, start=FIRST_ROW):
        for column, form_column in enumerate(COLUMNS, start=1):
            if getattr(row, form_column.name) is not None:
                sheet.cell(number, column).value = getattr(row, form_column.name)
    if total is not None:
        (place,) = (cell for (cell,) in sheet["A13:A60"] if str(cell.value).startswith("Tổng cộng"))
        place.value = total
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def read(content: bytes, code: str) -> RosterReading:
    centre = POLICY.centres[code]
    return read_roster(
        read_cells(content),
        centre=centre,
        month=JANUARY,
        agencies_matter=centre.kind is CentreKind.PROVINCE,
        all_centres=POLICY.centres.values(),
        placeholders=PLACEHOLDERS,
    )


def codes(reading: RosterReading) -> list[FindingCode]:
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize("code", sorted(PEOPLE))
@pytest.mark.parametrize("month", [JANUARY, None])
def test_an_untouched_form_is_a_roster_without_rows(code: str, month: date | None) -> None:
    assert codes(read(blank(code, month), code)) == [FindingCode.NO_ROWS]


@pytest.mark.parametrize("code", sorted(PEOPLE))
@pytest.mark.parametrize("month", [JANUARY, None])
def test_a_filled_form_is_read_without_a_finding(code: str, month: date | None) -> None:
    reading = read(filled(blank(code, month), PEOPLE[code]), code)
    assert codes(reading) == []
    assert list(reading.source_row) == list(range(FIRST_ROW, FIRST_ROW + len(PEOPLE[code])))
    assert reading.columns["citizen_id"] == [row.citizen_id for row in PEOPLE[code]]
    assert reading.columns["bank_account"] == [row.bank_account for row in PEOPLE[code]]
    assert reading.columns["birth_date"] == [str(row.birth_date) for row in PEOPLE[code]]
    assert reading.columns["agency"] == [row.agency for row in PEOPLE[code]]


def test_a_total_that_is_right_is_accepted() -> None:
    content = filled(blank("tinh"), PEOPLE["tinh"], "Tổng cộng: 19 người")
    assert codes(read(content, "tinh")) == []


def test_a_total_that_is_wrong_is_found() -> None:
    content = filled(blank("tinh"), PEOPLE["tinh"], "Tổng cộng: 18 người")
    assert codes(read(content, "tinh")) == [FindingCode.TOTAL_MISMATCH]


def test_a_form_for_another_month_is_found() -> None:
    content = filled(blank("tinh", date(2022, 3, 1)), PEOPLE["tinh"])
    assert codes(read(content, "tinh")) == [FindingCode.WRONG_MONTH]


def test_a_form_of_another_centre_is_found() -> None:
    content = filled(blank("phuoc-long"), PEOPLE["dong-xoai"])
    assert codes(read(content, "dong-xoai")) == [FindingCode.WRONG_CENTRE]


def test_an_id_typed_into_the_form_keeps_its_zeros() -> None:
    row = replace(PEOPLE["tinh"][0], citizen_id="001085001234", bank_account="0012345678")
    reading = read(filled(blank("tinh"), (row,)), "tinh")
    assert (reading.columns["citizen_id"], reading.columns["bank_account"]) == (["001085001234"], ["0012345678"])
