"""A file's cells as text: what the readers of office files hand to the core."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet: every cell as text, where it stood.

    `rows[i][j]` is the text of column j (0 is A) of the row that a spreadsheet program numbers
    `row_numbers[i]` (in a CSV file: the line its record begins on); None is an empty cell.
    A whole number comes as its digits (`70085001234`, never `7.0E10` or `70085001234.0`), another number with a
    decimal comma (`1,5`), a date as `2022-01-31`, text as it stands. A formula comes as its stored value; a formula
    error or a formula without a stored value is None and stands in `unreadable` as (row number, column index).
    `fonts` are the names of the fonts in use, which tell a legacy encoding.
    """

    name: str
    rows: Sequence[Sequence[str | None]]
    row_numbers: Sequence[int]
    is_visible: bool = True
    hidden_rows: frozenset[int] = frozenset()
    unreadable: frozenset[tuple[int, int]] = frozenset()
    fonts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkbookCells:
    """One file: its sheets in their order. `file_format` is what the bytes are, not what the name says."""

    file_format: str
    sheets: Sequence[SheetCells] = field(default_factory=tuple)
