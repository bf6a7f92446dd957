"""Contracts of a workbook that goes back to its centre: where its table stands, what is marked, what is put in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from schemas.marker import Marker
from schemas.sheet_cells import LettersBelow, letters_at


@dataclass(frozen=True, slots=True)
class RosterTable:
    """Where a roster's table stands in its workbook.

    `sheet` is the place of its sheet among the worksheets (0 is the first), `header_row` the row number of the header's
    last line, `letters` lead from a roster field to its column in the first table, `letters_below` in the tables below
    it, `people` are the row numbers of the people,
    `row_numbers` is the index of our column of row numbers where the workbook was handed back before, `width` the count
    of columns that hold anything.
    """

    sheet: int
    header_row: int
    letters: Mapping[str, str]
    people: tuple[int, ...]
    width: int
    row_numbers: int | None = None
    letters_below: LettersBelow = ()

    def letters_at(self, row: int) -> Mapping[str, str]:
        """The letters of the fields' columns in a row."""
        return letters_at(self.letters, self.letters_below, row)


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """One finding as the centre is told it; see `schemas.finding.FINDING`. Nothing in it is unmasked but the name."""

    code: str
    level: str
    severity: str
    message_vi: str
    how_to_fix_vi: str
    legal_basis: str
    source_row: int | None = None
    row_no: str | None = None
    column_name: str | None = None
    cell: str | None = None
    place: str | None = None
    full_name: str | None = None


@dataclass(frozen=True, slots=True)
class CellRepair:
    """A cell that must read as it did in the sender's file: its text (null: empty), or a formula's error."""

    sheet: int
    row: int
    column: int
    text: str | None
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class CoverNote:
    """What the sheet before the sender's own says.

    `sent_as` is the name of the file that is handed back, `send_as` the name it comes back under. `outcomes` counts its
    rows (`schemas.vocabulary.Outcome`), `held_rows` are the row numbers of the held ones; both are empty for a refused
    file. `in_force` names the file that the month rests on when it is another one.
    """

    centre_name: str
    month: date
    sent_as: str
    send_as: str
    is_refused: bool
    outcomes: Mapping[str, int] = field(default_factory=dict)
    held_rows: tuple[int, ...] = ()
    in_force: str | None = None


@dataclass(frozen=True, slots=True)
class PersonCells:
    """One person's cells to be put into a roster: the fields that change, or all of a new person.

    `row` is the person's row number in that roster; a new person has none and comes after row `after`. `failed` are
    the fields whose cell is a formula's error.
    """

    cells: Mapping[str, str | None]
    row: int | None = None
    after: int | None = None
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Return:
    """A workbook to be made of a sender's own: its marker, its table (null: none was found), what is marked, the note.

    `repairs` are cells that must read as they did, `people` the rows that are put in; `total` carries a printed total
    along: its cell's address, the count that stands there, the count that belongs there.
    """

    marker: Marker
    table: RosterTable | None
    findings: tuple[ToldFinding, ...] = ()
    note: CoverNote | None = None
    repairs: tuple[CellRepair, ...] = ()
    people: tuple[PersonCells, ...] = ()
    total: tuple[str, str, str] | None = None
