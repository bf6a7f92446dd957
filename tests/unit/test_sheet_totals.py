"""TOTAL_MISMATCH: the printed number of people against the people on the sheet, and nothing else."""

import pytest

from ioc_etl.core.sheet_totals import total_label
from schemas.raised_finding import RaisedFinding
from schemas.vocabulary import FindingCode
from tests.unit.rosters import BLANK, HEADER, Row, codes, line, only, people, person, read

NINE = people(*range(1, 10))


def mismatches(*rows: Row, hidden_rows: frozenset[int] = frozenset()) -> list[RaisedFinding]:
    """The findings about the total; the header stands in row 1."""
    reading = read([HEADER, *rows], hidden_rows=hidden_rows)
    assert reading.is_refused == any(finding.code is FindingCode.TOTAL_MISMATCH for finding in reading.findings)
    return [finding for finding in reading.findings if finding.code is FindingCode.TOTAL_MISMATCH]


WAYS = [
    "Tổng cộng: {} người",
    "Tổng cộng: {} người.",
    "TỔNG CỘNG {} NGƯỜI",
    "Tổng số: {}",
    "Tổng số: {} đồng chí",
    "Tổng số người: {}",
    "Tổng số cán bộ, công chức: {}",
    "Tổng cộng có {} người",
    "Tổng cộng: 0{} người",
    "Tổng cộng: {} (chín) người",
    "Tổng cộng (I+II): {} người",
    "Tổng cộng: {} người, trong đó 5 công an",
    "Tong cong: {} nguoi",
    "Cộng: {} người",
    "To\u0302\u0309ng co\u0323\u0302ng: {} người",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", ["row_no", "full_name"])
def test_a_total_that_agrees_is_no_finding_and_one_that_does_not_is_one(way: str, at: str) -> None:
    assert mismatches(*NINE, line(way.format(9), at=at)) == []
    [wrong] = mismatches(*NINE, line(way.format(8), at=at))
    assert (wrong.found, wrong.expected, wrong.place) == ("8", "9", "A11" if at == "row_no" else "B11")


@pytest.mark.parametrize(
    "total",
    [
        line("Tổng cộng", full_name="{}"),
        line("Tổng cộng:", citizen_id="{} người"),
        line("Tổng số", at="full_name", birth_date="{}"),
        line("Tổng cộng", at="full_name", other_support_vnd="1.500.000", bank_name="{} người"),
        line("Tổng cộng", full_name="{}", citizen_id="102810000"),
    ],
)
def test_the_number_may_stand_in_a_cell_beside(total: Row) -> None:
    def printed(count: int) -> Row:
        return [text.format(count) if text else text for text in total]

    assert mismatches(*NINE, printed(9)) == []
    assert [wrong.found for wrong in mismatches(*NINE, printed(10))] == ["10"]


@pytest.mark.parametrize("text", ["Tổng cộng: {} người", "Tổng số: {}"])
def test_the_total_may_stand_above_the_people_or_above_the_header(text: str) -> None:
    for count, expected in ((9, []), (10, [FindingCode.TOTAL_MISMATCH])):
        total = line(text.format(count))
        assert codes(read([HEADER, total, *NINE])) == expected
        assert codes(read([total, BLANK, HEADER, *NINE])) == expected


@pytest.mark.parametrize(
    "total",
    [
        line("Tổng cộng", other_support_vnd="42465000"),
        line("Tổng cộng", other_support_vnd="42"),
        line("Tổng cộng", shift="3"),
        line("Tổng cộng: 42.465.000 đồng"),
        line("Tổng cộng: 42.465.000"),
        line("Tổng số tiền: 42465000"),
        line("Tổng số tiền bằng chữ: Bốn mươi hai triệu đồng"),
        line("Tổng kinh phí tháng 01: 42.465.000 đ"),
        line("Tổng hệ số: 28,5"),
        line("Tổng cộng"),
        line("Tổng cộng:", at="full_name"),
    ],
)
def test_sums_of_money_are_no_count_and_no_person(total: Row) -> None:
    reading = read([HEADER, *NINE, total])
    assert (len(reading.source_row), codes(reading)) == (9, [])
    reading = read([HEADER, total, *NINE])
    assert (len(reading.source_row), codes(reading)) == (9, [])


def test_approved_posts_in_the_title_are_no_total() -> None:
    assert codes(read([line("Tổng số biên chế được giao: 12 người"), HEADER, *NINE])) == []


def test_duplicates_count_as_the_paper_counts_them() -> None:
    assert mismatches(*NINE, NINE[0], line("Tổng cộng: 10 người")) == []
    assert len(mismatches(*NINE, NINE[0], line("Tổng cộng: 9 người"))) == 1


@pytest.mark.parametrize(("count", "is_wrong"), [(9, False), (7, False), (8, True)])
def test_hidden_rows_may_be_counted_or_not(count: int, is_wrong: bool) -> None:
    wrong = mismatches(*NINE, line(f"Tổng cộng: {count} người"), hidden_rows=frozenset({3, 4}))
    assert bool(wrong) is is_wrong


def test_a_person_below_the_total_is_one_too_many() -> None:
    [wrong] = mismatches(*NINE, line("Tổng cộng: 9 người"), person(10))
    assert (wrong.found, wrong.expected) == ("9", "10")
    assert mismatches(*NINE, line("Tổng cộng: 10 người"), person(10)) == []


def grouped(*, first: str, second: str, whole: str | None) -> list[Row]:
    """Two groups of two and three people, each with its sum."""
    rows = [line("I. Công an tỉnh"), *people(1, 2), line(first), line("II. Sở Y tế"), *people(3, 4, 5), line(second)]
    return [*rows, line(whole)] if whole else rows


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Cộng: 2 người", "Cộng: 3 người"),
        ("Cộng", "Cộng"),
        ("Tổng cộng: 2 người", "Tổng cộng: 3 người"),
        ("Cộng (I): 2", "Cộng (II): 3"),
        ("Cộng nhóm I: 2 người", "Cộng nhóm II: 3 người"),
        ("Tổng Công an tỉnh: 2 người", "Tổng Sở Y tế: 3 người"),
    ],
)
def test_the_sums_of_groups_are_no_total(first: str, second: str) -> None:
    assert mismatches(*grouped(first=first, second=second, whole=None)) == []
    assert mismatches(*grouped(first=first, second=second, whole="Tổng cộng: 5 người")) == []
    assert len(mismatches(*grouped(first=first, second=second, whole="Tổng cộng: 6 người"))) == 1


def test_a_total_over_groups_is_held_against_all_people() -> None:
    rows = grouped(first="Cộng: 2", second="Cộng: 3", whole=None)
    assert mismatches(line("Tổng số: 5 người"), *rows) == []
    assert len(mismatches(line("Tổng số: 4 người"), *rows)) == 1


def test_one_sum_under_several_groups_is_the_total_unless_it_is_the_last_groups() -> None:
    rows = [line("I. Công an tỉnh"), *people(1, 2), line("II. Sở Y tế"), *people(3, 4, 5)]
    assert mismatches(*rows, line("Cộng: 5 người")) == []
    assert mismatches(*rows, line("Cộng: 3 người")) == []
    assert len(mismatches(*rows, line("Cộng: 4 người"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Tổng Văn Cộng",
        "Tống Thị Lan",
        "Công an tỉnh",
        "Công Thị Nghĩa",
        "CÔNG AN TỈNH",
        "Cong an tinh",
        "Tong Van Cong",
        "Phòng Tổng hợp",
        "Tổng hợp",
        "Tổ công tác",
        "",
    ],
)
def test_names_and_offices_are_no_totals(text: str) -> None:
    assert total_label(text) is None


def test_a_total_is_nobody_however_it_is_written() -> None:
    for way in WAYS:
        assert list(read([HEADER, *NINE, line(way.format(9)), only(full_name="Lê Tú")]).source_row) == list(
            range(2, 11)
        )
