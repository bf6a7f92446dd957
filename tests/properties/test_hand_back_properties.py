"""Whatever a centre sent: handed back and untouched it says the same, and mended rows find their places."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from ioc_etl.core.mended import are_together, judged, mend_of, plain, reads_alike, together
from ioc_etl.core.sheet import RosterReading
from schemas.marker import ROW_HEADER
from schemas.vocabulary import FindingCode
from tests.unit.office_files import WRITERS, SheetOf
from tests.unit.returned_workbooks import bytes_of, finding, handed_back, opened, roster_of
from tests.unit.rosters import FIELDS, HEADER, Row, line, person

FEW = settings(max_examples=25, deadline=None)
ODD = ["=1+1", "-", "'007", "0", "1,5", "2022-02-31", "1899-12-31", "9999999999", "a\nb", " x ", "ĐÐ", "TRUE"]
TEXTS = st.sampled_from(ODD) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=12,
)
MENDED = ("full_name", "citizen_id", "shift", "bank_account", "note", "birth_date", "other_support_vnd")


@st.composite
def rosters(draw: st.DrawFn) -> list[Row]:
    """One to six people, some cells blank or odd, maybe a title above and a total below."""
    rows: list[Row] = []
    count = draw(st.integers(1, 6))
    for number in range(1, count + 1):
        cells = draw(st.dictionaries(st.sampled_from(["note", "agency", "shift", "birth_date"]), TEXTS | st.none()))
        rows.append(person(number, **cells))
    above = [line("DANH SÁCH Tháng 01 năm 2022")] if draw(st.booleans()) else []
    below = [line(f"Tổng cộng: {count} người")] if draw(st.booleans()) else []
    return [*above, HEADER, *rows, *below]


@FEW
@given(rosters(), st.sampled_from(sorted(WRITERS)))
def test_handed_back_and_untouched_a_roster_says_the_same(rows: list[Row], kind: str) -> None:
    content = WRITERS[kind](SheetOf(rows))
    sent, again = roster_of(content), roster_of(handed_back(content, finding(cell=None, source_row=2)))
    assert reads_alike(sent, again)
    assert list(again.mended_rows) == list(sent.source_row)


@dataclass(frozen=True)
class Mends:
    """Which people come back (by place), in which order, and what is changed of them."""

    order: Sequence[int]
    changes: dict[int, dict[str, str | None]]


@st.composite
def mends(draw: st.DrawFn) -> tuple[list[Row], Mends]:
    rows = draw(rosters())
    people = [place for place, row in enumerate(rows) if row[FIELDS_AT["citizen_id"]] and row is not HEADER]
    order = draw(st.lists(st.sampled_from(people), unique=True, min_size=1))
    fields = st.dictionaries(st.sampled_from(MENDED), TEXTS, max_size=3)
    return rows, Mends(order, {place: draw(fields) for place in order})


FIELDS_AT = {name: HEADER.index(header) for name, header in FIELDS.items()}


@FEW
@given(mends())
def test_any_part_in_any_order_put_together_is_the_whole_with_the_same_mends(case: tuple[list[Row], Mends]) -> None:
    rows, mended = case
    content = WRITERS["xlsx"](SheetOf(rows))
    base, returned = roster_of(content), handed_back(content)
    part, whole = roster_of(part_of(returned, rows, mended)), roster_of(whole_of(returned, mended))
    if len(part.source_row) != len(mended.order) or not part.mended_rows:
        return  # what was changed makes no person any more: then it is no part of a roster
    put = roster_of(handed_back(content, note=None, people=together(part, base)))
    assert are_together(put, part, base)
    assert said(put) == said(whole)
    missing = mend_of(part, base).missing
    told = judged(part, base, centre_code="dong-xoai", base_name="x", is_confirmed=False)
    assert (FindingCode.ROSTER_PARTIAL in {each.code for each in told.findings}) is bool(missing)


def said(reading: RosterReading) -> dict[str, list[str | None]]:
    """What the cells say; spaces do not count."""
    return {name: list(map(plain, texts)) for name, texts in reading.columns.items()}


def part_of(returned: bytes, rows: list[Row], mended: Mends) -> bytes:
    """The returned workbook with nobody but these people, in this order."""
    book = opened(returned)
    sheet = book.worksheets[1]
    assert isinstance(sheet, Worksheet)
    first = rows.index(HEADER) + 2
    lines = []
    for place in mended.order:
        texts = [sheet.cell(place + 1, column + 1).value for column in range(len(HEADER))]
        for name, text in mended.changes[place].items():
            texts[FIELDS_AT[name]] = text
        lines.append([*texts, sheet.cell(place + 1, len(HEADER) + 1).value])
    assert sheet.cell(first - 1, len(HEADER) + 1).value == ROW_HEADER
    sheet.delete_rows(first, sheet.max_row)
    for number, texts in enumerate(lines, start=first):
        for column, value in enumerate(texts, start=1):
            put(sheet, number, column, value)
    return bytes_of(book)


def whole_of(returned: bytes, mended: Mends) -> bytes:
    """The returned workbook with the same mends in it and everybody else as they were."""
    book = opened(returned)
    sheet = book.worksheets[1]
    assert isinstance(sheet, Worksheet)
    for place, changes in mended.changes.items():
        for name, text in changes.items():
            put(sheet, place + 1, FIELDS_AT[name] + 1, text)
    return bytes_of(book)


def put(sheet: Worksheet, row: int, column: int, value: object) -> None:
    cell = sheet.cell(row, column)
    cell.value = value  # type: ignore[assignment]
    if isinstance(value, str):
        cell.data_type = "s"
