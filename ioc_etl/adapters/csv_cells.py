"""CSV and other delimited text: the cells of a file that has no sheets.

UTF-8 with or without a byte order mark, or UTF-16 with one; `;`, `,` or tab, whichever makes a table of it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from ioc_etl.adapters.cell_text import is_error_text
from ioc_etl.adapters.csv_records import (
    FIELDS_OF_A_HEADER,
    Record,
    check_end,
    header_width,
    known_headers,
    swallows_records,
)
from ioc_etl.adapters.legacy_text import check_content
from ioc_etl.adapters.office_limits import (
    MAX_FIELD_CHARACTERS,
    MAX_FIELDS,
    MAX_LINES,
    check_cells,
    check_columns,
    check_rows,
)
from ioc_etl.errors import LegacyEncodingError, UnreadableFileError
from schemas.sheet_cells import SheetCells, WorkbookCells

_DELIMITERS = ";,\t"
_SAMPLE_CHARACTERS = 64_000
_LINES_BEFORE_A_HEADER = 60
_QUOTED_TEXT = re.compile(r'"[^"]*"')
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_KEPT_AS_TEXT = re.compile(r'="(.*)"|\'([0-9]+)', re.DOTALL)
_MARKS = ("'", '="', "#", "Err:")
_DOS_END = "\x1a"
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_CONTROLS = bytes([*range(9), *range(14, 32)])
_NOT_TEXT = "tệp không phải là tệp bảng tính hay CSV"


def csv_workbook(data: bytes, *, max_rows: int = MAX_LINES) -> WorkbookCells:
    """The one sheet of a delimited text; its name is empty, its row numbers are the lines its records begin on.

    Raises:
        UnreadableFileError: no text, damaged UTF-8, quotes that are never closed, or more rows than that.
        LegacyEncodingError: TCVN3, VNI or Windows-1258.
    """
    text = decoded(data)
    separator = _SEP_LINE.match(text)
    delimiter = separator[1] if separator else _delimiter(text)
    records = list(islice(_records(text, delimiter), max_rows + 1))[1 if separator else 0 :]
    check_end(text, delimiter, records)
    check_rows(len(records), limit=max_rows)
    width = max((len(record) for _, record in records), default=0)
    check_columns(width)
    check_cells(len(records) * width, limit=MAX_FIELDS)
    has_marks = any(mark in text for mark in _MARKS)
    rows = [[(_bare(each) if has_marks else each) or None for each in record] for _, record in records]
    numbers = [line for line, _ in records]
    unreadable = _take_errors(rows, numbers) if has_marks else frozenset()
    padded = [row + [None] * (width - len(row)) if len(row) < width else row for row in rows]
    return WorkbookCells("csv", (SheetCells("", padded, numbers, unreadable=unreadable),))


def _take_errors(rows: list[list[str | None]], numbers: list[int]) -> frozenset[tuple[int, int]]:
    """Blanks the errors that formulas left as text, and says where they stood."""
    failed = set()
    for number, row in zip(numbers, rows, strict=True):
        for column, text in enumerate(row):
            if text and is_error_text(text):
                row[column] = None
                failed.add((number, column))
    return frozenset(failed)


def decoded(data: bytes) -> str:
    """The bytes as text.

    Raises:
        UnreadableFileError: no text, or damaged UTF-8.
        LegacyEncodingError: TCVN3, VNI or Windows-1258.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if not data.startswith(mark):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            raise _undecodable(data, encoding) from None
        ends_as_dos = text.endswith(_DOS_END)
        text = text.rstrip(_DOS_END) if ends_as_dos else text
        utf8 = text.encode("utf-8") if mark or ends_as_dos else data
        if _has_controls(utf8):
            raise UnreadableFileError(_NOT_TEXT)
        check_content(utf8)
        return text
    raise UnreadableFileError(_NOT_TEXT)


def _has_controls(data: bytes) -> bool:
    """Whether the bytes hold control characters that no text has."""
    return len(data.translate(None, _CONTROLS)) != len(data)


def _undecodable(data: bytes, encoding: str) -> UnreadableFileError:
    """Why the bytes are no UTF-8: another kind of file, Vietnamese of one byte a letter, or a damaged file."""
    if encoding != "utf-8-sig" or _has_controls(data):
        return UnreadableFileError(_NOT_TEXT)
    whole = sum(len(match) for match in _UTF8_LETTER.findall(data))
    high = len(_HIGH_BYTE.findall(data))
    if whole > high - whole:
        line = _first_bad_line(data)
        return UnreadableFileError(f"tệp CSV hỏng: dòng {line} không phải là UTF-8")
    return LegacyEncodingError("không phải Unicode UTF-8 (TCVN3, VNI hoặc Windows-1258)")


def _first_bad_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


def _delimiter(text: str) -> str:
    """The delimiter that divides the header into headers we know; without such a line, the one that makes a table."""
    lines = _QUOTED_TEXT.sub("", text[:_SAMPLE_CHARACTERS]).splitlines()
    for line in text[:_SAMPLE_CHARACTERS].splitlines()[:_LINES_BEFORE_A_HEADER]:
        known = {delimiter: known_headers(line.split(delimiter)) for delimiter in _DELIMITERS}
        best = max(_DELIMITERS, key=known.__getitem__)
        if known[best] >= FIELDS_OF_A_HEADER:
            return best

    def table(delimiter: str) -> int:
        widths = Counter(line.count(delimiter) for line in lines)
        del widths[0]
        return max((width * count for width, count in widths.items()), default=0)

    return max(_DELIMITERS, key=table)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Every record with the line it begins on."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    line, width = 1, 0
    while True:
        try:
            record = next(reader, None)
        except csv.Error:
            raise UnreadableFileError(
                f"dòng {line} có một ô quá dài, nhiều nhất là {MAX_FIELD_CHARACTERS} ký tự"
            ) from None
        if record is None:
            return
        check_rows(line, limit=MAX_LINES)
        width = width or header_width(record)
        if reader.line_num > line and swallows_records(record, delimiter, width):
            raise UnreadableFileError(f"dấu ngoặc kép mở ở dòng {line} không được đóng")
        if any(record):
            yield line, record
        line = reader.line_num + 1


def _bare(field: str) -> str:
    """A field without what keeps a spreadsheet from making a number of it (`="070"`, `'070`)."""
    kept = _KEPT_AS_TEXT.fullmatch(field)
    return (kept[1] or kept[2] or "") if kept else field
