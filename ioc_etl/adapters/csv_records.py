"""Whether the records of a CSV are whole: what a file says that was cut off, or a quote that was never closed.

Source: rulebook, close reading 20.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import StringIO
from itertools import islice

from ioc_etl.errors import UnreadableFileError
from schemas.columns import REGISTER_COLUMNS, ROSTER_COLUMNS
from schemas.text import fold, squeeze

FIELDS_OF_A_HEADER = 3
Record = tuple[int, list[str]]
"""The line that a record begins on, and its fields."""

_HEADERS = frozenset(
    squeeze(header)
    for header in (
        *(text for column in ROSTER_COLUMNS for text in (column.official, *column.aliases)),
        *(name for columns in REGISTER_COLUMNS.values() for name in columns),
    )
)
_DELIMITERS_IN_ONE_FIELD = 3
_LINE_ENDS = ("\n", "\r")
_TOTALS = ("tong", "cong")


def known_headers(fields: Iterable[str]) -> int:
    """How many of the fields are headers of a roster or a register."""
    return sum(map(_is_header, fields))


def header_width(record: Sequence[str]) -> int:
    """The number of the record's fields where it is a table's header, else 0."""
    return len(record) if known_headers(record) >= FIELDS_OF_A_HEADER else 0


@lru_cache(maxsize=4096)
def _is_header(cell: str) -> bool:
    return squeeze(cell) in _HEADERS


def swallows_records(record: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether a record over several lines holds whole lines of the table: a quote was not closed where it should be.

    A text of several lines that stands in its quotes leaves the record as wide as the header (`width`, 0 before one),
    and none of its lines is as long as a record.
    """
    torn = [field for field in record if "\n" in field and field.count(delimiter) >= _DELIMITERS_IN_ONE_FIELD]
    if not torn or len(record) != width:
        return bool(torn)
    return any(line.count(delimiter) >= width // 2 for field in torn for line in field.splitlines())


def check_end(text: str, delimiter: str, records: Sequence[Record]) -> None:
    """Refuses a file that ends inside its last record: an open quote, or no line end and fewer fields than the header.

    Where the records leave out the header's last columns, as many as most of them have are enough. A total alone on
    the last line needs no line end.

    Raises:
        UnreadableFileError: it does.
    """
    if not records:
        return
    line, last = records[-1]
    if '"' in text and _ends_in_a_quote(text, delimiter, line):
        raise UnreadableFileError(f"dấu ngoặc kép mở ở dòng {line} không được đóng")
    if text.endswith(_LINE_ENDS):
        return
    begin = next((place for place, (_, record) in enumerate(records) if header_width(record)), len(records))
    table = [len(record) for _, record in records[begin:-1]]
    if len(table) == 0:
        return
    most, _ = max(Counter(table[1:] or table).items(), key=lambda each: (each[1], each[0]))
    if len(last) < min(table[0], most) and not (len(last) == 1 and fold(last[0]).startswith(_TOTALS)):
        raise UnreadableFileError(
            f"tệp bị cắt cụt giữa dòng {line}: dòng này có {len(last)} cột, bảng có {min(table[0], most)}"
        )


def _ends_in_a_quote(text: str, delimiter: str, line: int) -> bool:
    lines = islice(StringIO(text, newline=""), line - 1, None)
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
