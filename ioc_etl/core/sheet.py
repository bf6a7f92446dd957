"""Cells -> one centre's raw roster: which sheet, which table, who stands on it, and what is wrong with the file.

Pure. Source: rulebook sections 4 (file findings) and 5, close readings 1, 2 and 4.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ioc_etl.core.layout import layout_of
from ioc_etl.core.plain_cells import plain_book
from ioc_etl.core.sheet_findings import (
    about_columns,
    about_hidden_columns,
    about_rows,
    about_title,
    about_units,
    no_header,
    sheets_ignored,
)
from ioc_etl.core.sheet_header import Header, find_header
from ioc_etl.core.sheet_merges import with_merges
from ioc_etl.core.sheet_returned import is_cover, marker_of, without_row_numbers
from ioc_etl.core.sheet_rows import TableRows, table_rows
from ioc_etl.core.sheet_tables import one_table
from ioc_etl.core.sheet_title import CentreNames, months_stated, title_lines
from ioc_etl.policy.model import Centre
from schemas.layout import Layout
from schemas.marker import Marker
from schemas.raised_finding import RaisedFinding
from schemas.sheet_cells import (
    DIGITS_OF_A_LONG_NUMBER,
    LettersBelow,
    SheetCells,
    WorkbookCells,
    column_letter,
    letters_at,
)
from schemas.vocabulary import FindingCode

_WARNINGS = frozenset(
    {FindingCode.HIDDEN_ROWS, FindingCode.SHEET_IGNORED, FindingCode.COLUMN_UNKNOWN, FindingCode.COLUMN_HIDDEN}
)
_MAY_LOSE_ZEROS = ("citizen_id", "bank_account")


@dataclass(frozen=True, slots=True)
class RosterReading:
    """What one file says: its people, column by column, and the findings about the file.

    `columns` holds exactly the roster fields that the table has, one text per person; `source_row`, `is_hidden`,
    `group_text`, `unreadable` and `number_cells` (fields whose number cell may have lost digits) are as long.
    `column_letters` are the letters of the fields' columns in the first table, `letters_below` those in the tables
    below it. `layout` is how the table is laid out, null where none was
    found. A workbook that was handed back tells in `marker` which roster it mends and in `mended_rows`, as long as the
    people, which row of it each one is (null: a new one); it is empty where the column that says so is gone.
    """

    sheet: str
    columns: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    source_row: Sequence[int] = ()
    is_hidden: Sequence[bool] = ()
    group_text: Sequence[str | None] = ()
    unreadable: Sequence[list[str] | None] = ()
    number_cells: Sequence[list[str] | None] = ()
    column_letters: Mapping[str, str] = field(default_factory=dict)
    letters_below: LettersBelow = ()
    findings: Sequence[RaisedFinding] = ()
    layout: Layout | None = None
    marker: Marker | None = None
    mended_rows: Sequence[int | None] = ()

    @property
    def is_refused(self) -> bool:
        """Whether a finding refuses the file."""
        return any(finding.code not in _WARNINGS for finding in self.findings)

    def letters_at(self, row: int) -> Mapping[str, str]:
        """The letters of the fields' columns in a row."""
        return letters_at(self.column_letters, self.letters_below, row)


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet that holds a list of people."""

    sheet: SheetCells
    header: Header


def read_roster(
    book: WorkbookCells,
    *,
    centre: Centre,
    month: date,
    agencies_matter: bool,
    all_centres: Collection[Centre] | CentreNames,
    placeholders: Collection[str],
) -> RosterReading:
    """The roster of one centre and month.

    The visible sheet with a roster's header is read; of several the first whose title says the month, else the first.
    `agencies_matter` makes the agency's column required, unless group rows name the agencies. Whoever reads thousands
    of files hands `all_centres` over as `CentreNames`, made once. `placeholders` are the words that stand for no value,
    as `word_key` has them.
    """
    sheets = [sheet for sheet in plain_book(book).sheets if not is_cover(sheet)]
    tables = [_Table(sheet, header) for sheet in sheets if (header := find_header(sheet))]
    rosters = [table for table in tables if table.header.is_rosters]
    chosen = _chosen(rosters, tables, month)
    read = chosen.sheet.name if chosen else next((sheet.name for sheet in sheets if sheet.is_visible), "")
    others = [table.sheet.name for table in rosters if table is not chosen]
    ignored = [sheets_ignored(others, read=read, centre=centre)] if others else []
    marker = marker_of(book, centre, month)
    if chosen is None:
        return RosterReading(sheet=read, findings=(no_header(centre), *ignored), marker=marker)
    bare, mended = without_row_numbers(chosen.sheet, chosen.header)
    table, header, below = one_table(bare, chosen.header)
    sheet = with_merges(table, header)
    rows = table_rows(sheet, header, placeholders)
    findings = [
        *about_columns(header, centre, needs_agency=agencies_matter and not rows.has_groups),
        *about_hidden_columns(sheet, header, centre),
        *about_units(sheet, header, rows, centre),
        *about_title(_title(chosen), centre, month, all_centres),
        *about_rows(sheet, rows, centre),
        *ignored,
    ]
    reading = _reading(sheet, header, rows, findings)
    mended_rows = [mended.get(number) for number in reading.source_row] if chosen.header.row_numbers is not None else ()
    own = {name: column for name, column in header.columns.items() if column < len(bare.rows[header.first])}
    return replace(
        reading,
        marker=marker,
        mended_rows=mended_rows,
        column_letters=_letters(own),
        letters_below=tuple((begin, _letters(columns)) for begin, columns in below),
    )


def _letters(columns: Mapping[str, int]) -> Mapping[str, str]:
    return {name: column_letter(column) for name, column in columns.items()}


def _chosen(rosters: Sequence[_Table], tables: Sequence[_Table], month: date) -> _Table | None:
    """A table that lacks too much to be known as a roster is read where there is no better one."""
    visible = [table for table in rosters if table.sheet.is_visible]
    if not visible:
        others = [table for table in tables if table.sheet.is_visible]
        return max(others, key=lambda table: table.header.field_count, default=None)
    if len(visible) == 1:
        return visible[0]
    return next((table for table in visible if month in months_stated(_title(table))), visible[0])


def _title(table: _Table) -> Sequence[str]:
    return title_lines(table.sheet, table.header.first)


def _reading(sheet: SheetCells, header: Header, rows: TableRows, findings: Sequence[RaisedFinding]) -> RosterReading:
    people = [sheet.rows[index] for index in rows.people]
    numbers = [sheet.row_numbers[index] for index in rows.people]
    return RosterReading(
        sheet=sheet.name,
        columns={name: [row[column] for row in people] for name, column in header.columns.items()},
        source_row=numbers,
        is_hidden=[number in sheet.hidden_rows for number in numbers],
        group_text=rows.groups,
        unreadable=_fields_of(sheet.unreadable, header.columns, numbers),
        number_cells=_number_cells(sheet, header, rows, numbers),
        findings=tuple(findings),
        layout=layout_of(sheet, header, has_groups=rows.has_groups),
    )


def _number_cells(
    sheet: SheetCells, header: Header, rows: TableRows, numbers: Sequence[int]
) -> Sequence[list[str] | None]:
    """Per person the IDs and accounts, long enough to be one, that are kept as numbers."""
    columns = {name: header.columns[name] for name in _MAY_LOSE_ZEROS if name in header.columns}
    cells = {
        (number, column)
        for number, index in zip(numbers, rows.people, strict=True)
        for column in columns.values()
        if (number, column) in sheet.numbers and len(sheet.rows[index][column] or "") >= DIGITS_OF_A_LONG_NUMBER
    }
    return _fields_of(cells, columns, numbers)


def _fields_of(
    cells: Collection[tuple[int, int]], columns: Mapping[str, int], numbers: Sequence[int]
) -> Sequence[list[str] | None]:
    """Per person the fields whose cell is among these; None for nearly everyone."""
    if not cells:
        return [None] * len(numbers)
    names = {column: name for name, column in columns.items()}
    found: dict[int, list[str]] = {}
    for number, column in sorted(cells):
        if column in names:
            found.setdefault(number, []).append(names[column])
    return [found.get(number) for number in numbers]
