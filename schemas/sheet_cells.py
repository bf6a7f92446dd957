"""A file's cells as text: what the readers of office files hand to the core."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DIGITS_OF_A_NUMBER = 15
"""What a spreadsheet program keeps of a number; those behind are gone."""

DIGITS_OF_A_LONG_NUMBER = 6
"""Shorter numbers are neither IDs nor accounts, but may be a part of one."""


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet: every cell as text, where it stood.

    `rows[i][j]` is the text of column j (0 is A) of the row that a spreadsheet program numbers
    `row_numbers[i]` (in a CSV file: the line its record begins on); None is an empty cell.
    A whole number comes as its digits (`70085001234`, never `7.0E10` or `70085001234.0`), another number with a
    decimal comma (`1,5`), a date as `2022-01-31`, text as it stands. A formula comes as its stored value; a formula
    error or a formula without a stored value is None and stands in `unreadable` as (row number, column index).
    All rows are equally long; rows without any cell may be left out. A merged cell's text stands in its first row and
    column; `tall_merges` are the ones that span rows within one column, as (first row number, last row number, column
    index), `wide_merges` the ones that begin in a row and span columns, as (row number, first and last column index).

    `numbers` are the cells of whole numbers that the program keeps as numbers, so that a zero in front may be lost, as
    (row number, column index); a cell whose format shows a fixed width of digits comes as it shows them and is none of
    them, unless the number is longer than a short format (`0000`) or than a program keeps of a number (15 digits).
    """

    name: str
    rows: Sequence[Sequence[str | None]]
    row_numbers: Sequence[int]
    is_visible: bool = True
    hidden_rows: frozenset[int] = frozenset()
    unreadable: frozenset[tuple[int, int]] = frozenset()
    tall_merges: Sequence[tuple[int, int, int]] = ()
    wide_merges: Sequence[tuple[int, int, int]] = ()
    hidden_columns: frozenset[int] = frozenset()
    numbers: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkbookCells:
    """One file: its sheets in their order. `file_format` is what the bytes are, not what the name says.

    `marker` is the text of the document property `schemas.marker.PROPERTY`, where the file has one.
    """

    file_format: str
    sheets: Sequence[SheetCells] = field(default_factory=tuple)
    marker: str | None = None


def column_letter(index: int) -> str:
    """The letters a spreadsheet program gives to column `index` (0 is A, 26 is AA)."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The index of the column with these letters: what `column_letter` undoes."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


LettersBelow = Sequence[tuple[int, Mapping[str, str]]]
"""The tables below a sheet's first one: the number of the row that a table begins in, and its fields' columns."""


def letters_at(letters: Mapping[str, str], below: LettersBelow, row: int) -> Mapping[str, str]:
    """The letters of the fields' columns in a row, by field: those of the table that the row stands in."""
    return next((own for begin, own in reversed(below) if begin <= row), letters)
