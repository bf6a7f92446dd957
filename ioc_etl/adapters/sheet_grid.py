"""A sheet under construction: cells put where they stood, in any order, within the limits."""

from ioc_etl.adapters.cell_text import is_error_text
from ioc_etl.adapters.office_limits import MAX_COLUMNS, check_cells, check_columns, check_rows
from ioc_etl.errors import UnreadableFileError
from schemas.sheet_cells import SheetCells, column_letter


class SheetGrid:
    """Collects the cells of one sheet; blank ones take no room.

    Raises:
        UnreadableFileError: a cell beyond the limits, or two cells at one address.
    """

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, str | None]] = {}
        self._unreadable: set[tuple[int, int]] = set()
        self._hidden: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._numbers: set[tuple[int, int]] = set()
        self._tall_merges: list[tuple[int, int, int]] = []
        self._wide_merges: list[tuple[int, int, int]] = []
        self._width = 0

    def put(self, row_number: int, column: int, text: str | None) -> None:
        """One cell. None and the empty text are blank; an error's text (`#REF!`) cannot be read."""
        if not text:
            return
        if text[0] in "#E" and is_error_text(text):
            self.fail(row_number, column)
        else:
            self._place(row_number, column, text)

    def fail(self, row_number: int, column: int) -> None:
        """One cell that cannot be read: a formula error, or a formula without a stored value."""
        self._place(row_number, column, None)
        self._unreadable.add((row_number, column))

    def hide(self, row_number: int) -> None:
        """One row that people do not see."""
        self._hidden.add(row_number)

    def hide_columns(self, first: int, last: int) -> None:
        """Columns that people do not see."""
        self._hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))

    def number(self, row_number: int, column: int) -> None:
        """One cell that the program keeps as a number and that may have lost digits."""
        self._numbers.add((row_number, column))

    def merge(self, top: int, bottom: int, left: int, right: int) -> None:
        """Cells that are merged; one row or column alone counts too."""
        if left == right and top != bottom:
            self._tall_merges.append((top, bottom, left))
        elif left != right:
            self._wide_merges.append((top, left, right))

    def _place(self, row_number: int, column: int, text: str | None) -> None:
        if column >= self._width:
            check_columns(column + 1)
            self._width = column + 1
        row = self._rows.get(row_number)
        if row is None:
            check_rows(row_number)
            row = self._rows[row_number] = {}
        if column in row:
            raise UnreadableFileError(f"ô {column_letter(column)}{row_number} có hai lần trong tệp")
        row[column] = text

    def sheet(self, name: str, *, is_visible: bool = True) -> SheetCells:
        """The finished sheet, its rows in order."""
        check_cells(len(self._rows) * self._width)
        numbers = sorted(self._rows)
        columns = range(self._width)
        return SheetCells(
            name=name,
            rows=[list(map(self._rows[number].get, columns)) for number in numbers],
            row_numbers=numbers,
            is_visible=is_visible,
            hidden_rows=frozenset(self._hidden.intersection(numbers)),
            unreadable=frozenset(self._unreadable),
            tall_merges=tuple(self._tall_merges),
            wide_merges=tuple(self._wide_merges),
            hidden_columns=frozenset(self._hidden_columns.intersection(columns)),
            numbers=frozenset(self._numbers),
        )
