"""The registers as frames, and what a bad row of each stops: its centre, its person, its money, or the run."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.registers import Registers, read_registers
from ioc_etl.policy.resolve import policy_at
from schemas.columns import OPTIONAL_REGISTER_COLUMNS, REGISTER_COLUMNS
from schemas.finding import RAISED
from schemas.register import APPROVED_LIST, BUDGET, ESTABLISHMENT, IDENTITY_LINK, OTHER_SUPPORT
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import FindingCode, RegisterName
from tests.unit.office_files import Failed, SheetOf, Value, csv_file, xlsx

SAMPLES = Path(__file__).parents[1] / "golden" / "input" / "registers"
POLICY = load_policy()
JANUARY = policy_at(POLICY, date(2022, 1, 1))
GOOD: Mapping[RegisterName, Mapping[str, Value]] = {
    RegisterName.APPROVED_LIST: {
        "centre_code": "tinh",
        "decision_no": "3120/QĐ-UBND",
        "decision_date": "20/12/2021",
        "valid_from": "2021-12-20",
        "valid_to": None,
        "list_order": 1,
        "full_name": "Nguyễn Văn An",
        "citizen_id": "070080000001",
        "agency": "Công an tỉnh",
        "list_kind": None,
    },
    RegisterName.ESTABLISHMENT: {
        "centre_code": "dong-xoai",
        "decision_no": "41/NQ-HĐND",
        "decision_date": "17.12.2021",
        "valid_from": "01/01/2022",
        "valid_to": "31/12/2022",
        "headcount": 9,
        "agency": None,
    },
    RegisterName.OTHER_SUPPORT: {
        "citizen_id": "070080000001",
        "regime": "Hỗ trợ công nghệ thông tin",
        "decision_no": "101/QĐ-UBND",
        "amount_vnd": "3.000.000 đ",
        "valid_from": "01/01/2020",
        "valid_to": None,
    },
    RegisterName.BUDGET: {
        "funding_source": "tinh",
        "year": 2022,
        "decision_no": "2201/QĐ-UBND",
        "decision_date": "24/12/2021",
        "amount_vnd": 339720000,
    },
    RegisterName.IDENTITY_LINK: {"old_id": "285000001", "new_id": "070080000001", "decision_no": "1"},
}
SCHEMAS = {
    RegisterName.APPROVED_LIST: APPROVED_LIST,
    RegisterName.ESTABLISHMENT: ESTABLISHMENT,
    RegisterName.OTHER_SUPPORT: OTHER_SUPPORT,
    RegisterName.BUDGET: BUDGET,
    RegisterName.IDENTITY_LINK: IDENTITY_LINK,
}
EVERY = pytest.mark.parametrize("name", list(RegisterName))


def grid(name: RegisterName, *rows: Mapping[str, Value]) -> list[list[Value]]:
    """A register's header and rows; each row says how it differs from a good one."""
    columns = REGISTER_COLUMNS[name]
    return [list(columns), *[[{**GOOD[name], **row}[column] for column in columns] for row in rows]]


def book(name: RegisterName, *rows: Mapping[str, Value]) -> WorkbookCells:
    return read_cells(xlsx(SheetOf(grid(name, *rows))))


@cache
def good_books() -> Mapping[RegisterName, WorkbookCells | None]:
    return {name: book(name, {}) for name in RegisterName}


def registers(**books: WorkbookCells | None) -> Registers:
    """Good registers of one row each, but for these."""
    changed = {RegisterName(name): cells for name, cells in books.items()}
    return read_registers({**good_books(), **changed}, policy=JANUARY, centres=POLICY.centres)


def told(read: Registers) -> list[tuple[str, str | None]]:
    """The findings: code and centre."""
    return list(read.findings.select("code", "centre_code").iter_rows())


def frame(read: Registers, name: RegisterName) -> pl.DataFrame:
    return {
        RegisterName.APPROVED_LIST: read.approved_list,
        RegisterName.ESTABLISHMENT: read.establishment,
        RegisterName.OTHER_SUPPORT: read.other_support,
        RegisterName.BUDGET: read.budget,
        RegisterName.IDENTITY_LINK: read.identity_link,
    }[name]


def test_good_registers_are_typed_frames_without_findings() -> None:
    read = registers()
    assert told(read) == []
    assert dict(read.findings.schema) == RAISED
    for name, schema in SCHEMAS.items():
        assert dict(frame(read, name).schema) == schema
    assert read.approved_list.row(0, named=True) == {
        "centre_code": "tinh",
        "decision_no": "3120/QĐ-UBND",
        "decision_date": date(2021, 12, 20),
        "valid_from": date(2021, 12, 20),
        "valid_to": None,
        "list_order": 1,
        "full_name": "Nguyễn Văn An",
        "citizen_id": "070080000001",
        "agency": "cong-an",
        "list_kind": "addition",
        "register_row": 2,
    }
    assert read.establishment.select("headcount", "valid_to").row(0) == (9, date(2022, 12, 31))
    assert read.other_support.select("amount_vnd", "is_readable").row(0) == (3_000_000, True)
    assert read.budget.select("year", "amount_vnd", "is_readable").row(0) == (2022, 339_720_000, True)
    assert read.identity_link.select("old_id", "new_id").row(0) == ("285000001", "070080000001")


def test_the_sample_registers_are_read() -> None:
    books = {
        name: read_cells(path.read_bytes()) if (path := SAMPLES / f"{name}.csv").exists() else None
        for name in RegisterName
    }
    read = read_registers(books, policy=JANUARY, centres=POLICY.centres)
    assert told(read) == []
    assert [frame(read, name).height for name in RegisterName] == [20, 3, 3, 30, 0]


@EVERY
def test_a_register_in_csv_says_the_same_as_in_a_workbook(name: RegisterName) -> None:
    rows = grid(name, {})
    in_csv = registers(**{name: read_cells(csv_file(SheetOf(rows), delimiter=",", encoding="utf-8"))})
    assert frame(in_csv, name).equals(frame(registers(), name))


@EVERY
def test_headers_are_compared_without_case_and_space_and_found_under_a_title(name: RegisterName) -> None:
    header, *rows = grid(name, {})
    titled = [["SỔ ĐĂNG KÝ"], [None], [f" {str(each).upper().replace('_', ' ')} " for each in header], *rows]
    read = registers(**{name: read_cells(xlsx(SheetOf(titled)))})
    assert (told(read), frame(read, name)["register_row"].to_list()) == ([], [4])


@EVERY
def test_blank_lines_are_no_rows_and_unknown_columns_do_not_matter(name: RegisterName) -> None:
    rows = grid(name, {}, {})
    rows.insert(2, [None] * len(rows[0]))
    read = registers(**{name: read_cells(xlsx(SheetOf([[*row, "x"] for row in rows])))})
    assert frame(read, name)["register_row"].to_list() == [2, 4]


@EVERY
def test_columns_that_may_be_absent_may_be_absent_and_no_others(name: RegisterName) -> None:
    for column in REGISTER_COLUMNS[name]:
        place = REGISTER_COLUMNS[name].index(column)
        rows = [[*row[:place], *row[place + 1 :]] for row in grid(name, {})]
        read = registers(**{name: read_cells(xlsx(SheetOf(rows)))})
        if (name.value, column) in OPTIONAL_REGISTER_COLUMNS:
            assert told(read) == []
        else:
            assert told(read) == [(FindingCode.REGISTER_INVALID, None)]
            assert column in read.findings["found"][0]


@EVERY
def test_a_column_that_stands_twice_makes_the_register_useless(name: RegisterName) -> None:
    rows = [[*row, row[0]] for row in grid(name, {})]
    assert told(registers(**{name: read_cells(xlsx(SheetOf(rows)))})) == [(FindingCode.REGISTER_INVALID, None)]


@EVERY
def test_a_missing_register_is_missing_unless_it_may_be(name: RegisterName) -> None:
    read = registers(**{name: None})
    may_be = name in {RegisterName.BUDGET, RegisterName.IDENTITY_LINK}
    assert told(read) == ([] if may_be else [(FindingCode.REGISTER_MISSING, None)])
    assert (frame(read, name).height, dict(frame(read, name).schema)) == (0, SCHEMAS[name])


@EVERY
def test_a_register_that_cannot_be_read_is_invalid(name: RegisterName) -> None:
    read = read_registers({**good_books(), name: None}, policy=JANUARY, centres=POLICY.centres, unreadable={name})
    assert told(read) == [(FindingCode.REGISTER_INVALID, None)]
    assert read.findings["expected"][0] == name


@pytest.mark.parametrize("name", [name for name in RegisterName if name != RegisterName.APPROVED_LIST])
def test_an_empty_register_is_a_register(name: RegisterName) -> None:
    read = registers(**{name: read_cells(xlsx(SheetOf(grid(name))))})
    assert (told(read), frame(read, name).height) == ([], 0)


def test_an_approved_list_of_nobody_is_none() -> None:
    """It would say of everybody in the province that they have no right."""
    read = registers(approved_list=book(RegisterName.APPROVED_LIST))
    assert told(read) == [(FindingCode.REGISTER_INVALID, None)]
    assert read.findings["found"].to_list() == ["không có dòng nào dưới tiêu đề"]


def test_an_approved_list_without_a_row_of_an_open_provincial_centre_stops_that_centre_alone() -> None:
    of_district = book(RegisterName.APPROVED_LIST, {"centre_code": "dong-xoai"})
    read = registers(approved_list=of_district)
    assert told(read) == [(FindingCode.REGISTER_ROW_INVALID, "tinh")]
    ended = book(RegisterName.APPROVED_LIST, {"centre_code": "TINH", "valid_to": "31/12/2021"})
    assert told(registers(approved_list=ended)) == []


@pytest.mark.parametrize("rows", [(), ({"centre_code": "dong-xoai"},)])
def test_where_no_provincial_centre_is_open_nobody_has_to_be_on_the_list(rows: tuple[Mapping[str, Value], ...]) -> None:
    centres = {**POLICY.centres, "tinh": replace(POLICY.centres["tinh"], closed_on=date(2021, 12, 31))}
    books = {**good_books(), RegisterName.APPROVED_LIST: book(RegisterName.APPROVED_LIST, *rows)}
    assert told(read_registers(books, policy=JANUARY, centres=centres)) == []


STOPS_ITS_CENTRE = [
    ("approved_list", {"decision_date": "tháng 12"}),
    ("approved_list", {"decision_date": None}),
    ("approved_list", {"decision_no": None}),
    ("approved_list", {"valid_from": None}),
    ("approved_list", {"valid_from": "31/02/2022"}),
    ("approved_list", {"valid_to": "hết năm"}),
    ("approved_list", {"valid_to": "19/12/2021"}),
    ("approved_list", {"list_order": "một"}),
    ("approved_list", {"full_name": None}),
    ("approved_list", {"citizen_id": None}),
    ("approved_list", {"citizen_id": "07008000000"[:8]}),
    ("approved_list", {"citizen_id": "07008000000A"}),
    ("approved_list", {"list_kind": "lạ"}),
    ("approved_list", {"full_name": Failed()}),
    ("approved_list", {"valid_to": Failed()}),
    ("establishment", {"headcount": "chín"}),
    ("establishment", {"headcount": "-1"}),
    ("establishment", {"headcount": "8,5"}),
    ("establishment", {"headcount": None}),
    ("establishment", {"valid_from": "01/13/2022"}),
    ("establishment", {"valid_to": "31/12/2021"}),
    ("establishment", {"decision_date": "17/12/21"}),
    ("establishment", {"valid_to": Failed()}),
]


@pytest.mark.parametrize(("name", "difference"), STOPS_ITS_CENTRE)
def test_a_bad_row_stops_its_centre_and_no_other(name: str, difference: Mapping[str, Value]) -> None:
    register = RegisterName(name)
    bad_centre = "phuoc-long" if register is RegisterName.ESTABLISHMENT else "tinh"
    other = "dong-xoai" if register is RegisterName.ESTABLISHMENT else "binh-long"
    read = registers(**{name: book(register, {"centre_code": other}, {"centre_code": bad_centre, **difference})})
    assert told(read) == [(FindingCode.REGISTER_ROW_INVALID, bad_centre)]
    [column] = difference
    finding = read.findings.row(0, named=True)
    assert column in finding["found"]
    assert finding["place"] == f"{name} dòng 3"
    assert frame(read, register)["centre_code"].to_list() == [other]


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("approved_list", {"valid_to": "20/12/2021"}),
        ("approved_list", {"list_order": None}),
        ("approved_list", {"list_order": "02"}),
        ("approved_list", {"list_kind": "FULL"}),
        ("approved_list", {"centre_code": " TINH "}),
        ("approved_list", {"agency": "Đơn vị lạ"}),
        ("approved_list", {"citizen_id": "285000001"}),
        ("establishment", {"headcount": "0"}),
        ("establishment", {"valid_to": "01/01/2022"}),
        ("establishment", {"decision_date": date(2021, 12, 17)}),
    ],
)
def test_a_row_just_good_enough_stops_nobody(name: str, difference: Mapping[str, Value]) -> None:
    register = RegisterName(name)
    read = registers(**{name: book(register, difference)})
    assert (told(read), frame(read, register).height) == ([], 1)


@pytest.mark.parametrize(
    ("headcounts", "is_good"),
    [
        ([(5, "Phòng Văn hóa"), (4, "Công an thành phố")], True),
        ([(5, "Phòng Văn hóa"), (5, "Công an thành phố")], False),
        ([(5, "Phòng Văn hóa"), (1, None)], False),
        ([(5, None), (5, None)], True),
    ],
)
def test_a_decision_splits_all_its_posts_by_agency_and_no_more_than_nine(
    headcounts: list[tuple[int, str | None]], is_good: bool
) -> None:
    rows = [{"headcount": headcount, "agency": agency} for headcount, agency in headcounts]
    other = {"centre_code": "phuoc-long"}
    read = registers(establishment=book(RegisterName.ESTABLISHMENT, other, *rows))
    refused = (FindingCode.REGISTER_ROW_INVALID, "dong-xoai")
    assert set(told(read)) == (set() if is_good else {refused})
    assert set(read.establishment["centre_code"]) == {"phuoc-long", *(["dong-xoai"] if is_good else [])}


@pytest.mark.parametrize("name", ["approved_list", "establishment"])
@pytest.mark.parametrize("centre_code", [None, Failed()])
def test_a_row_whose_centre_cannot_be_told_stops_the_run(name: str, centre_code: Value) -> None:
    read = registers(**{name: book(RegisterName(name), {"centre_code": centre_code}, {})})
    assert told(read) == [(FindingCode.REGISTER_INVALID, None)]


@pytest.mark.parametrize("name", ["approved_list", "establishment"])
def test_a_row_of_a_centre_that_nobody_knows_is_told_and_stops_nobody(name: str) -> None:
    read = registers(**{name: book(RegisterName(name), {"centre_code": "dong-xoia"}, {})})
    assert told(read) == [(FindingCode.REGISTER_ROW_INVALID, None)]


@pytest.mark.parametrize(
    ("stored", "whole"),
    [
        (70080000001, "070080000001"),
        (1080000001, "001080000001"),
        ("070 080 000 001", "070080000001"),
        ("070.080.000.001", "070080000001"),
        ("285000001", "285000001"),
    ],
)
def test_ids_are_whole_again(stored: Value, whole: str) -> None:
    supports = book(RegisterName.OTHER_SUPPORT, {"citizen_id": stored})
    listed = book(RegisterName.APPROVED_LIST, {"citizen_id": stored})
    read = registers(other_support=supports, approved_list=listed)
    assert read.other_support["citizen_id"].to_list() == [whole]
    assert read.approved_list["citizen_id"].to_list() == [whole]


@pytest.mark.parametrize(
    ("text", "agency"),
    [("cong-an", "cong-an"), ("SỞ TT&TT", "so-tttt"), ("Sở Y tế", "so-y-te"), ("Đơn vị lạ", "Đơn vị lạ"), (None, None)],
)
def test_agencies_are_codes_where_the_policy_knows_them(text: str | None, agency: str | None) -> None:
    assert (
        registers(approved_list=book(RegisterName.APPROVED_LIST, {"agency": text})).approved_list["agency"][0] == agency
    )


@pytest.mark.parametrize(
    "difference",
    [
        {"amount_vnd": "ba triệu"},
        {"amount_vnd": "-5"},
        {"amount_vnd": None},
        {"amount_vnd": Failed()},
        {"valid_from": "đầu năm"},
        {"valid_to": "cuối năm"},
        {"valid_to": "31/12/2019"},
        {"valid_to": Failed()},
    ],
)
def test_a_bad_support_holds_only_its_person(difference: Mapping[str, Value]) -> None:
    read = registers(other_support=book(RegisterName.OTHER_SUPPORT, {}, {"citizen_id": "070080000002", **difference}))
    assert told(read) == []
    assert read.other_support.select("citizen_id", "is_readable").rows() == [
        ("070080000001", True),
        ("070080000002", False),
    ]


@pytest.mark.parametrize("citizen_id", [None, "không rõ", "12345", Failed()])
def test_a_support_of_nobody_stops_the_run(citizen_id: Value) -> None:
    read = registers(other_support=book(RegisterName.OTHER_SUPPORT, {"citizen_id": citizen_id}))
    assert told(read) == [(FindingCode.REGISTER_INVALID, None)]


@pytest.mark.parametrize(
    "difference",
    [
        {"amount_vnd": "nhiều"},
        {"amount_vnd": None},
        {"year": "năm nay"},
        {"year": None},
        {"decision_date": "24/12"},
        {"amount_vnd": Failed()},
    ],
)
def test_a_bad_budget_row_speaks_of_its_funding_source(difference: Mapping[str, Value]) -> None:
    read = registers(budget=book(RegisterName.BUDGET, {}, {"funding_source": "dong-xoai", **difference}))
    assert told(read) == []
    assert read.budget.select("funding_source", "is_readable").rows() == [("tinh", True), ("dong-xoai", False)]


def test_a_budget_row_without_a_funding_source_speaks_of_all() -> None:
    read = registers(budget=book(RegisterName.BUDGET, {"funding_source": None}))
    assert read.budget.select("funding_source", "is_readable").rows() == [(None, False)]


@pytest.mark.parametrize("difference", [{"old_id": None}, {"new_id": "?"}, {"new_id": Failed()}])
def test_a_link_that_cannot_be_read_stops_the_run(difference: Mapping[str, Value]) -> None:
    read = registers(identity_link=book(RegisterName.IDENTITY_LINK, difference))
    assert told(read) == [(FindingCode.REGISTER_INVALID, None)]


def test_one_old_id_with_two_new_ones_stops_the_run_in_whatever_order() -> None:
    first, other, last = {"new_id": "070080000001"}, {"old_id": "285000009"}, {"new_id": "070080000002"}
    for rows in ([first, other, last], [last, other, first]):
        read = registers(identity_link=book(RegisterName.IDENTITY_LINK, *rows))
        assert told(read) == [(FindingCode.REGISTER_INVALID, None)]
        assert read.findings["place"].to_list() == ["identity_link dòng 2, 4"]
        assert "2850" not in str(read.findings.rows())


def test_the_same_link_twice_and_an_id_linked_to_itself_are_fine() -> None:
    for row in ({}, {"old_id": "285000001", "new_id": "285000001"}):
        read = registers(identity_link=book(RegisterName.IDENTITY_LINK, row, row))
        assert told(read) == []


def test_every_bad_row_is_told_and_no_finding_holds_an_id_or_a_name() -> None:
    bad = [{"valid_from": None}, {"citizen_id": "0700800000AB"}, {"list_order": "x"}]
    read = registers(approved_list=book(RegisterName.APPROVED_LIST, *bad))
    assert read.findings["place"].to_list() == [f"approved_list dòng {n}" for n in (2, 3, 4)]
    assert not read.findings.filter(pl.any_horizontal(pl.col(pl.String).str.contains("070080|Nguyễn"))).height


@pytest.mark.parametrize("word", ["nd-179-2025", "NĐ 179/2025/NĐ-CP", "nghị định 179"])
def test_a_regime_of_the_catalogue_needs_no_more_than_its_code(word: str) -> None:
    row = {"regime": word, "amount_vnd": None, "valid_from": None}
    read = registers(other_support=book(RegisterName.OTHER_SUPPORT, row)).other_support
    known = JANUARY.other_regimes["nd-179-2025"]
    assert read.select("regime", "amount_vnd", "valid_from", "valid_to", "is_readable").row(0) == (
        known.name,
        5_000_000,
        date(2025, 8, 15),
        None,
        True,
    )


def test_what_the_row_says_goes_before_the_catalogue_but_for_days_on_which_the_regime_is_not_valid() -> None:
    row = {"regime": "nd-179-2025", "amount_vnd": "4.000.000", "valid_from": "01/01/2025", "valid_to": "31/12/2026"}
    read = registers(other_support=book(RegisterName.OTHER_SUPPORT, row)).other_support
    assert read.select("amount_vnd", "valid_from", "valid_to").row(0) == (
        4_000_000,
        date(2025, 8, 15),
        date(2026, 12, 31),
    )


@pytest.mark.parametrize(
    "row",
    [
        {"regime": "nd-179-2025", "amount_vnd": "năm triệu", "valid_from": None},
        {"regime": "nd-179-2025", "amount_vnd": None, "valid_from": "giữa năm"},
        {"regime": "nd-179-2025", "amount_vnd": None, "valid_from": None, "valid_to": "cuối năm"},
        {"regime": "nd-999", "amount_vnd": None, "valid_from": "01/01/2026"},
    ],
)
def test_what_cannot_be_read_is_not_replaced_by_the_catalogue(row: Mapping[str, Value]) -> None:
    read = registers(other_support=book(RegisterName.OTHER_SUPPORT, row)).other_support
    assert read["is_readable"].to_list() == [False]
