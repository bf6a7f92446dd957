"""Opening lines from a file's cells: every fault has its row and column."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from ioc_etl.core.opening import COLUMNS, FAULTS, opening_table
from ioc_etl.core.opening_bounds import above_one_support
from schemas.ledger import USED_LINK
from schemas.sheet_cells import SheetCells, WorkbookCells
from tests.factories import policy

TODAY = date(2022, 3, 10)
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
    return opening_table(WorkbookCells("csv", [sheet]), policy=policy(), today=TODAY)


def test_a_good_line_is_read() -> None:
    table = table_of(GOOD)
    assert table.rows.select(COLUMNS).row(0, named=True) == {
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


@pytest.mark.parametrize(
    ("differences", "fault"),
    [
        ({"reference_month": "2022-03"}, None),
        ({"reference_month": "2022-04"}, "month_not_begun"),
        ({"reference_month": "2035-01"}, "month_not_begun"),
        ({"reference_month": "31/12/9999"}, "month_not_begun"),
        ({"reference_month": "2021-12"}, "month_before_policy"),
        ({"reference_month": "2019-01"}, "month_before_policy"),
        ({"centre_code": "bu-dop"}, "centre_not_open"),
        ({"amount_vnd": "2.235.001"}, "amount_above_one_support"),
        ({"amount_vnd": "999999999999999"}, "amount_above_one_support"),
        ({"reference_month": "2022-04", "centre_code": "bu-dop", "amount_vnd": "9.999.999"}, "month_not_begun"),
    ],
)
def test_a_month_a_centre_or_an_amount_that_cannot_have_been_is_a_fault(
    differences: dict[str, str], fault: str | None
) -> None:
    assert table_of(GOOD | differences).rows["fault"].to_list() == [fault]
    assert fault is None or FAULTS[fault] in COLUMNS


@pytest.mark.parametrize(("day", "fault"), [(date(2022, 1, 31), "centre_not_open"), (date(2022, 2, 1), None)])
def test_a_centre_that_closed_takes_lines_up_to_its_last_month(day: date, fault: str | None) -> None:
    known = policy()
    centres = {**known.centres, "tinh": replace(known.centres["tinh"], closed_on=day)}
    sheet = SheetCells("T1", [COLUMNS, tuple((GOOD | {"reference_month": "2022-02"}).values())], [1, 2])
    table = opening_table(WorkbookCells("csv", [sheet]), policy=replace(known, centres=centres), today=TODAY)
    assert table.rows["fault"].to_list() == [fault]


def test_lines_of_months_that_this_system_pays_are_known() -> None:
    assert table_of(GOOD).rows["is_payable"].to_list() == [True]


def above(
    rows: Sequence[dict[str, str]],
    committed: Sequence[tuple[date, str, int]] = (),
    links: Sequence[tuple[str, str]] = (),
) -> list[int]:
    schema = {"reference_month": pl.Date, "citizen_id": pl.String, "amount_vnd": pl.Int64}
    ledger = pl.DataFrame(committed, schema=schema, orient="row")
    known = pl.DataFrame(links, schema=USED_LINK, orient="row")
    return above_one_support(table_of(*rows).rows, ledger, known)


def test_one_person_gets_one_support_of_a_month_over_all_centres_and_lines() -> None:
    half = GOOD | {"amount_vnd": "1.117.500"}
    assert above([half, half | {"centre_code": "dong-xoai"}]) == []
    assert above([half, half | {"centre_code": "dong-xoai", "amount_vnd": "1.117.501"}]) == [4]
    assert above([GOOD, GOOD | {"centre_code": "dong-xoai", "reference_month": "2022-02"}]) == []


def test_what_is_committed_already_counts_whichever_id_it_was_paid_under() -> None:
    january, who, old = date(2022, 1, 1), GOOD["citizen_id"], "285918283"
    assert above([GOOD], [(january, who, 1)]) == [3]
    assert above([GOOD], [(january, who, 2_235_000), (january, who, -2_235_000)]) == []
    assert above([GOOD], [(date(2022, 2, 1), who, 2_235_000)]) == []
    assert above([GOOD], [(january, old, 1)]) == []
    assert above([GOOD], [(january, old, 1)], [(old, who), (who, who)]) == [3]


def test_the_same_person_twice_in_a_month_and_centre_is_a_fault_of_the_second_row() -> None:
    other_centre = GOOD | {"centre_code": "dong-xoai"}
    assert table_of(GOOD, other_centre, GOOD).rows["fault"].to_list() == [None, None, "citizen_id"]


def test_an_empty_line_is_left_out_and_columns_may_stand_in_any_order() -> None:
    assert table_of(GOOD, {}, header=COLUMNS[::-1]).rows.height == 1


def test_a_file_without_the_columns_says_which() -> None:
    assert table_of(GOOD, header=COLUMNS[:4]).problem == "amount_vnd, document"
