"""A roster that comes back mended, held against the one it mends."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ioc_etl.core.mended import are_together, judged, mend_of, together, total_to_carry
from ioc_etl.core.sheet import RosterReading
from ioc_etl.errors import UsageError
from schemas.marker import COVER_HEADING, ROW_HEADER, Marker
from schemas.returned import PersonCells
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import FindingCode
from tests.unit.office_files import book
from tests.unit.rosters import HEADER, Row, codes, line, people, person, read

BASE = (HEADER, *people(1, 2, 3))
MARKER = Marker("a" * 64, "2022-01", "dong-xoai")


def returned(*rows: tuple[Row, object], title: Sequence[Row] = ()) -> RosterReading:
    """A returned roster: every row with the row number that our column tells."""
    numbered = [[*row, None if number is None else str(number)] for row, number in rows]
    return read([*title, [*HEADER, ROW_HEADER], *numbered])


def base(*more: Row) -> RosterReading:
    return read([*BASE, *more])


def judge(sent: RosterReading, mended: RosterReading, *, is_confirmed: bool = False) -> RosterReading:
    return judged(sent, mended, centre_code="dong-xoai", base_name="x.xlsx", is_confirmed=is_confirmed)


# ---- Reading


def test_the_column_of_row_numbers_is_no_unknown_one_and_tells_every_persons_row() -> None:
    sent = returned((person(1), 2), (person(2), 3))
    assert codes(sent) == []
    assert sent.mended_rows == [2, 3]
    assert sent.columns.keys() == base().columns.keys()


def test_a_roster_without_the_column_tells_no_rows() -> None:
    assert list(base().mended_rows) == []


def test_a_cleared_row_is_empty_although_its_number_still_stands_there() -> None:
    blank = (None,) * len(HEADER)
    sent = returned((person(1), 2), (blank, 3), (person(3), 4))
    assert (sent.source_row, sent.mended_rows) == ([2, 4], [2, 4])


@pytest.mark.parametrize("text", ["x", "0", "-3", "1,5", "99999999", "2a", " "])
def test_what_is_no_row_number_says_nothing(text: str) -> None:
    assert returned((person(1), text)).mended_rows == [None]


def test_our_sheet_is_never_read_and_never_ignored() -> None:
    ours = [(COVER_HEADING,), *BASE]
    reading = read(book(ours, [HEADER, *people(4, 5)]))
    assert reading.sheet == "Sheet2"
    assert codes(reading) == []


def test_our_sheet_does_not_stand_in_for_a_roster_that_lacks_columns() -> None:
    ours = [(COVER_HEADING,), ("Họ và tên", "Số CCCD", "Ngày sinh", "Ghi chú"), ("Nguyễn Văn An", "070080000001")]
    assert codes(read(book(ours, [("Họ và tên", "Số CCCD", "Ghi chú"), ("Lê Thị Bình", "070080000002", "")])))[0] == (
        FindingCode.COLUMN_MISSING
    )
    assert codes(read(book(ours))) == [FindingCode.HEADER_NOT_FOUND]


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        (MARKER.as_text(), MARKER),
        (f" {MARKER.as_text()}\n", MARKER),
        (f"{'a' * 64} 2022-02 dong-xoai", None),
        (f"{'a' * 64} 2022-01 binh-long", None),
        (f"{'g' * 64} 2022-01 dong-xoai", None),
        ("hello", None),
        (None, None),
    ],
)
def test_a_marker_counts_for_its_own_centre_and_month(text: str | None, marker: Marker | None) -> None:
    assert read(replace(book(BASE), marker=text)).marker == marker


def test_a_marker_of_a_file_without_a_table_is_known() -> None:
    assert read(WorkbookCells("xlsx", book([("Xin chào",)]).sheets, MARKER.as_text())).marker == MARKER


# ---- Who came back


def test_nobody_is_missing_and_nothing_has_changed_in_any_order() -> None:
    sent = returned((person(3), 4), (person(1), 2), (person(2), 3))
    mend = mend_of(sent, base())
    assert (mend.missing, mend.changed, mend.new, mend.has_row_numbers) == ((), (), 0, True)


def test_a_mended_cell_is_a_changed_row() -> None:
    sent = returned((person(1), 2), (person(2, bank_account="12345678"), 3), (person(3), 4))
    assert mend_of(sent, base()).changed == (3,)


def test_spaces_alone_are_no_change() -> None:
    sent = returned((person(1, full_name=" Trần Thị  Bình "), 2), (person(2), 3), (person(3), 4))
    assert mend_of(sent, read([HEADER, person(1), person(2), person(3)])).changed == ()


def test_a_person_whose_row_is_gone_is_missing() -> None:
    assert mend_of(returned((person(2), 3)), base()).missing == (2, 4)


def test_a_copied_row_is_the_same_person_once_and_a_new_one_then() -> None:
    sent = returned((person(1), 2), (person(4), 2), (person(2), 3), (person(3), 4))
    mend = mend_of(sent, base())
    assert (mend.missing, mend.changed, mend.new) == ((), (), 1)


def test_a_number_of_no_ones_row_is_a_new_person() -> None:
    assert mend_of(returned((person(1), 2), (person(2), 3), (person(3), 4), (person(4), 77)), base()).new == 1


# ---- What is said of it


def test_a_whole_returned_roster_says_what_it_mends() -> None:
    sent = judge(returned((person(1), 2), (person(2, note="đã sửa"), 3), (person(3), 4), (person(4), None)), base())
    (finding,) = sent.findings
    assert (finding.code, finding.found, finding.place) == (
        FindingCode.ROSTER_MENDED,
        "1 sửa; 1 mới; 0 thôi",
        "x.xlsx",
    )


def test_a_part_is_refused_until_somebody_confirms_it() -> None:
    part = returned((person(2), 3))
    (finding,) = judge(part, base()).findings
    assert (finding.code, finding.found) == (FindingCode.ROSTER_PARTIAL, "1/3")
    assert codes(judge(part, base(), is_confirmed=True)) == [FindingCode.ROSTER_MENDED]


def test_a_roster_whose_column_is_gone_is_a_part_of_nobody() -> None:
    (finding,) = judge(read(list(BASE)), base()).findings
    assert (finding.code, finding.found) == (FindingCode.ROSTER_PARTIAL, "0/3")


def test_a_part_is_not_blamed_for_the_printed_total_of_the_whole() -> None:
    rows = [[*HEADER, ROW_HEADER], [*person(2), "3"], line("Tổng cộng: 3 người")]
    part = read(rows)
    assert codes(part) == [FindingCode.TOTAL_MISMATCH]
    assert codes(judge(part, base())) == [FindingCode.ROSTER_PARTIAL]
    assert codes(judge(part, base(), is_confirmed=True)) == [FindingCode.TOTAL_MISMATCH, FindingCode.ROSTER_MENDED]


def test_a_roster_that_holds_nobody_says_only_that() -> None:
    assert codes(judge(read([HEADER]), base())) == [FindingCode.NO_ROWS]


# ---- Together


def test_only_what_changed_is_put_into_its_place() -> None:
    sent = returned((person(3, shift="2", bank_account="12345678"), 4))
    assert together(sent, base()) == (PersonCells({"shift": "2", "bank_account": "12345678"}, row=4),)


def test_a_blanked_cell_is_a_change() -> None:
    assert together(returned((person(1, shift=None), 2)), base()) == (PersonCells({"shift": None}, row=2),)


def test_a_new_person_comes_after_the_last_one_with_every_cell() -> None:
    (new,) = together(returned((person(5), None)), base())
    assert (new.row, new.after) == (None, 4)
    assert new.cells["citizen_id"] == "070080000005"


def test_a_new_person_comes_after_the_last_one_of_the_same_group() -> None:
    groups = read([HEADER, line("I. Công an"), *people(1, 2), line("II. Sở Y tế"), person(3)])
    rows = [[*HEADER, ROW_HEADER], line("I. Công an"), [*person(7), None]]
    (new,) = together(read(rows), groups)
    assert new.after == 4


def test_a_new_person_of_an_unknown_group_is_for_the_whole_roster() -> None:
    groups = read([HEADER, line("I. Công an"), *people(1, 2)])
    rows = [[*HEADER, ROW_HEADER], line("I. Sở Y tế"), [*person(7), None]]
    with pytest.raises(UsageError, match="a group that the roster has not"):
        together(read(rows), groups)


def test_a_mended_row_keeps_its_group_when_the_others_group_rows_went_with_them() -> None:
    groups = read([HEADER, line("I. Công an"), *people(1, 2), line("II. Sở Y tế"), person(3)])
    rows = [[*HEADER, ROW_HEADER], line("I. Công an"), [*person(3, shift="3"), "6"]]
    assert together(read(rows), groups) == (PersonCells({"shift": "3"}, row=6),)


def test_a_part_without_our_column_cannot_be_put_together() -> None:
    with pytest.raises(UsageError, match="the column of row numbers is gone"):
        together(read([HEADER, person(2)]), base())


def test_a_column_that_the_base_has_not_is_for_the_whole_roster() -> None:
    without = [row[:-1] for row in BASE]
    sent = returned((person(2, note="nghỉ thai sản"), 3))
    with pytest.raises(UsageError, match="Ghi chú"):
        together(sent, read(without))
    assert together(returned((person(2), 3)), read(without)) == ()


def test_together_is_exactly_the_mends_and_everybody_else_as_they_were() -> None:
    sent = returned((person(2, shift="3"), 3), (person(9), None))
    whole = returned((person(1), 2), (person(2, shift="3"), 3), (person(3), 4), (person(9), None))
    assert are_together(whole, sent, base())
    lacks_one = returned((person(1), 2), (person(2, shift="3"), 3), (person(3), 4))
    not_mended = returned((person(1), 2), (person(2), 3), (person(3), 4), (person(9), None))
    changes_another = returned((person(1, shift="2"), 2), (person(2, shift="3"), 3), (person(3), 4), (person(9), None))
    assert not any(are_together(wrong, sent, base()) for wrong in (lacks_one, not_mended, changes_another))


def test_a_total_that_fitted_is_carried_along_and_one_that_did_not_stays() -> None:
    fits, wrong = base(line("Tổng cộng: 3 người")), base(line("Tổng cộng: 8 người"))
    larger = read([*BASE, person(4), line("Tổng cộng: 3 người")])
    assert total_to_carry(larger, fits) == ("A6", "3", "4")
    assert total_to_carry(larger, wrong) is None
    assert total_to_carry(fits, fits) is None
