"""However an office writes its roster down, the same people are read from it."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.sheet import RosterReading
from schemas.text import fold
from tests.unit.office_files import WRITERS, SheetOf, book
from tests.unit.rosters import BLANK, HEADER, WIDTH, Row, line, person, read

FEW = settings(max_examples=60, deadline=None)
FEWER = settings(max_examples=25, deadline=None)
SYLLABLES = ["An", "Bình", "Cộng", "Dũng", "Đào", "Giang", "Hòa", "Khánh", "Lộc", "Ngọc", "Ổn", "Phước", "Quý", "Sở"]
SYLLABLES += ["Tổng", "Thị", "Uyên", "Văn", "Yến", "Công", "Tống", "Ban", "Đoàn", "Vũ", "Ký", "Duyệt", "Tổ", "Phòng"]
NAMES = st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=4).map(" ".join)


@st.composite
def rosters(draw: st.DrawFn) -> list[Row]:
    """One to eight people, each with some cells blank, but never nameless and without an ID at once."""
    rows = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        missing = draw(
            st.sets(st.sampled_from(["birth_date", "shift", "agency", "note", "bank_name", "duty"]), max_size=3)
        )
        identity: dict[str, str | None] = draw(st.sampled_from([{}, {}, {"citizen_id": None}, {"full_name": None}]))
        cells = {"full_name": draw(NAMES), **dict.fromkeys(missing), **identity}
        rows.append(person(number, **cells))
    return rows


def identities(reading: RosterReading) -> list[tuple[str, ...]]:
    """The people as they are, whatever form their text has."""
    fields = ("row_no", "full_name", "citizen_id", "bank_account", "work_mode", "duty", "shift")
    columns = [reading.columns[name] for name in fields]
    return [tuple(fold(text or "") for text in row) for row in zip(*columns, strict=True)]


def expected(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    places = [
        HEADER.index(each)
        for each in ("STT", "Họ và tên", "Số CCCD", "Số tài khoản", "Hình thức làm việc", "Nhiệm vụ", "Ca trực")
    ]
    return [tuple(fold(row[place] or "") for place in places) for row in rows]


@FEW
@given(rosters())
def test_everybody_is_read_and_nobody_else(rows: list[Row]) -> None:
    reading = read([HEADER, *rows])
    assert identities(reading) == expected(rows)
    assert list(reading.source_row) == list(range(2, len(rows) + 2))
    assert not reading.findings


@FEW
@given(rosters(), st.data())
def test_blank_rows_and_decoration_change_nobody(rows: list[Row], data: st.DataObject) -> None:
    decoration = [
        BLANK,
        line("I. Công an tỉnh"),
        line("", at="note"),
        line("Cộng: 2 người"),
        tuple(f"({n})" for n in range(1, WIDTH + 1)),
        HEADER,
    ]
    grid: list[Row] = [HEADER]
    for row in rows:
        grid += data.draw(st.lists(st.sampled_from(decoration), max_size=2))
        grid.append(row)
    grid += [BLANK, line(f"Tổng cộng: {len(rows)} người"), BLANK, line("NGƯỜI LẬP BIỂU", at="full_name"), BLANK]
    grid.append(line("Lâm Thị Cẩm Tú", at="full_name"))
    reading = read(grid)
    assert identities(reading) == expected(rows)
    assert not reading.is_refused


@FEW
@given(rosters(), st.permutations(range(WIDTH)), st.integers(0, 12), st.integers(0, 5))
def test_the_order_of_the_columns_and_the_place_of_the_table_change_nobody(
    rows: list[Row], order: list[int], above: int, left: int
) -> None:
    grid = [(*[None] * left, *[row[place] for place in order]) for row in (HEADER, *rows)]
    reading = read([("DANH SÁCH",), *[BLANK] * above, *grid])
    assert identities(reading) == expected(rows)
    assert list(reading.source_row) == list(range(above + 3, above + 3 + len(rows)))


@FEW
@given(
    rosters(),
    st.lists(st.tuples(st.integers(0, WIDTH), st.sampled_from(["Trình độ", "Điện thoại", "Tuổi"])), max_size=3),
)
def test_unknown_columns_change_nobody(rows: list[Row], extra: list[tuple[int, str]]) -> None:
    def widened(row: Row, *, is_header: bool) -> Row:
        cells = list(row)
        for place, header in extra:
            cells.insert(place, header if is_header else "12 năm")
        return cells

    reading = read([widened(HEADER, is_header=True), *[widened(row, is_header=False) for row in rows]])
    assert identities(reading) == expected(rows)
    assert len(reading.findings) == bool(extra)
    assert not reading.is_refused


@dataclass(frozen=True, slots=True)
class Written:
    """One way to write every text."""

    change: Callable[[str], str]

    def row(self, row: Row) -> Row:
        return [self.change(text) if text else text for text in row]


WAYS = [
    Written(lambda text: unicodedata.normalize("NFD", text)),
    Written(lambda text: unicodedata.normalize("NFC", text)),
    Written(lambda text: text.replace("Đ", "Ð")),
    Written(lambda text: f"  {text}\u00a0"),
    Written("\u200b".join),
    Written(lambda text: text.replace(" ", "\n")),
    Written(str.upper),
]


@FEW
@given(rosters(), st.sampled_from(WAYS))
def test_the_form_of_the_text_changes_nobody(rows: list[Row], way: Written) -> None:
    reading = read([way.row(HEADER), *map(way.row, rows), way.row(line(f"Tổng cộng: {len(rows)} người"))])
    assert identities(reading) == expected(rows)
    assert not reading.is_refused


@FEWER
@given(rosters(), st.integers(0, 3), st.integers(0, 3))
def test_the_format_of_the_file_changes_nobody(rows: list[Row], above: int, left: int) -> None:
    grid = [*[(None,)] * above, *[(*[None] * left, *row) for row in (HEADER, *rows)], (), ("Tổng cộng",)]
    readings = [read(read_cells(write(SheetOf(grid)))) for write in WRITERS.values()]
    first = read(book(grid))
    for reading in readings:
        assert dict(reading.columns) == dict(first.columns)
        assert (list(reading.source_row), reading.column_letters) == (list(first.source_row), first.column_letters)
        assert reading.findings == first.findings


@FEW
@given(
    st.lists(
        st.lists(
            st.sampled_from([None, "", "1", "I", "An", "Cộng", "Tổng Cộng", "070080000001", "Công an", "01/01/2022"]),
            min_size=WIDTH,
            max_size=WIDTH,
        ),
        max_size=8,
    )
)
def test_no_row_with_a_name_or_an_id_among_people_is_lost(rows: list[list[str | None]]) -> None:
    """Whatever stands in the cells, a name like a total's label too: whoever has an ID or an account is read."""
    reading = read([HEADER, *rows])
    places = (HEADER.index("Số CCCD"), HEADER.index("Số tài khoản"))
    of_somebody = {number for number, row in enumerate(rows, start=2) if "070080000001" in {row[at] for at in places}}
    assert of_somebody <= set(reading.source_row)
