"""Opening lines from a file's cells: every fault has its row and column."""

from datetime import date

import pytest

from ioc_etl.core.opening import COLUMNS, opening_table
from ioc_etl.policy.resolve import policy_at
from schemas.sheet_cells import SheetCells, WorkbookCells
from tests.factories import policy

GOOD = {
    "reference_month": "2022-01",
    "centre_code": "tinh",
    "citizen_id": "070085001234",
    "full_name": "Nguyễn Văn Thử",
    "amount_vnd": "2.235.000",
    "document": "UNC 15",
}


def table_of(*rows: dict[str, str | None], header: tuple[str, ...] = COLUMNS):  # type: ignore[no-untyped-def]
    cells = [("Số đã chi",), header, *(tuple(row.get(name) for name in header) for row in rows)]
    sheet = SheetCells("T1", cells, list(range(1, len(cells) + 1)))
    month = date(2022, 1, 1)
    return opening_table(WorkbookCells("csv", [sheet]), centres=policy().centres, policy=policy_at(policy(), month))


def test_a_good_line_is_read() -> None:
    table = table_of(GOOD)
    assert table.rows.drop("row_number", "fault").row(0, named=True) == {
        **GOOD,
        "reference_month": date(2022, 1, 1),
        "amount_vnd": 2_235_000,
    }
    assert (table.rows["fault"].to_list(), table.rows["row_number"].to_list()) == ([None], [3])
    assert table.places["amount_vnd"] == "E"


@pytest.mark.parametrize("month", ["2022-01", "01/2022", "1/2022", "2022-01-15", "15/01/2022"])
def test_a_month_is_written_in_many_ways(month: str) -> None:
    assert table_of(GOOD | {"reference_month": month}).rows["reference_month"].to_list() == [date(2022, 1, 1)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reference_month", "tháng giêng"),
        ("reference_month", None),
        ("centre_code", "nowhere"),
        ("centre_code", None),
        ("citizen_id", "85001234567"),
        ("citizen_id", None),
        ("full_name", None),
        ("amount_vnd", "0"),
        ("amount_vnd", "-5"),
        ("amount_vnd", "hai triệu"),
        ("document", None),
    ],
)
def test_a_cell_at_fault_is_named(column: str, value: str | None) -> None:
    assert table_of(GOOD, GOOD | {"citizen_id": "070085001235", column: value}).rows["fault"].to_list() == [
        None,
        column,
    ]


def test_the_same_person_twice_in_a_month_and_centre_is_a_fault_of_the_second_row() -> None:
    other_centre = GOOD | {"centre_code": "dong-xoai"}
    assert table_of(GOOD, other_centre, GOOD).rows["fault"].to_list() == [None, None, "citizen_id"]


def test_an_empty_line_is_left_out_and_columns_may_stand_in_any_order() -> None:
    assert table_of(GOOD, {}, header=COLUMNS[::-1]).rows.height == 1


def test_a_file_without_the_columns_says_which() -> None:
    assert table_of(GOOD, header=COLUMNS[:4]).problem == "amount_vnd, document"
