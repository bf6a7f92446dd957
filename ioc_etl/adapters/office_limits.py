"""How much of an office file is read: what bounds the memory and the time that one file can take.

Technical limits, far above any roster (rulebook section 4 bounds the file's own size): a month of the whole country
fits, a zip bomb or one cell in the sheet's last corner does not.
"""

from collections.abc import Iterable

from ioc_etl.errors import UnreadableFileError

MAX_INFLATED_BYTES = 256 * 1024 * 1024
MAX_PARTS = 4_000
MAX_SHEETS = 200
MAX_ROWS = 100_000
MAX_LINES = 1_000_000
MAX_COLUMNS = 1_000
MAX_CELLS = 2_500_000
MAX_FIELDS = 8_000_000
MAX_FIELD_CHARACTERS = 131_072
MAX_CHARACTERS = 128 * 1024 * 1024
MAX_TREE_BYTES = 32 * 1024 * 1024

TOO_MUCH_MEMORY = "đọc tệp tốn quá nhiều bộ nhớ"


def check_rows(row_number: int, *, limit: int = MAX_ROWS) -> None:
    """Refuses a row beyond the last that is read; a CSV, which cannot leap over lines, may have more (`MAX_LINES`)."""
    if row_number > limit:
        raise UnreadableFileError(f"có ô ở dòng {row_number}, nhiều nhất là {limit} dòng")


def check_columns(column_count: int) -> None:
    """Refuses a column beyond the last that is read."""
    if column_count > MAX_COLUMNS:
        raise UnreadableFileError(f"có {column_count} cột, nhiều nhất là {MAX_COLUMNS}")


def check_cells(cell_count: int, *, limit: int = MAX_CELLS) -> None:
    """Refuses a sheet whose rows together are wider than memory should hold."""
    if cell_count > limit:
        raise UnreadableFileError(f"có quá nhiều ô ({cell_count}), nhiều nhất là {limit}")


def check_longest(texts: Iterable[str | None]) -> None:
    """Refuses a cell with more text than a cell can be given; blank ones are None."""
    longest = max(map(len, filter(None, texts)), default=0)
    if longest > MAX_FIELD_CHARACTERS:
        raise UnreadableFileError(f"có một ô quá dài ({longest} ký tự), nhiều nhất là {MAX_FIELD_CHARACTERS} ký tự")


def check_characters(texts: Iterable[str | None]) -> None:
    """Refuses texts that are together more than memory should hold: in a file, many cells may share one text."""
    count = sum(map(len, filter(None, texts)))
    if count > MAX_CHARACTERS:
        raise UnreadableFileError(f"có quá nhiều chữ ({count} ký tự), nhiều nhất là {MAX_CHARACTERS} ký tự")
