"""A plain sheet of an xlsx file: one value in every element, as nearly every program writes it.

One expression finds the cells. Each of them has a known number of tags, so the count of all `<` shows whether anything
else stands on the sheet; then nothing is read here. No errors, no hidden rows, no rich text, no formula without a
stored value: those take the other road (`xlsx_sheet`). Searches run on bytes, several times as fast as on text.
"""

import re
from collections.abc import Iterator

from ioc_etl.adapters.office_limits import check_cells, check_columns, check_rows
from ioc_etl.adapters.xlsx_text import is_xml_text, plain_text, unix_lines
from ioc_etl.adapters.xlsx_values import CellValues
from schemas.sheet_cells import SheetCells, column_index

_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="(n|s|str|b|inlineStr)")?'
    r"(?: ?/>|>(?:(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>([^<]+)</v>"
    r'|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)</c>)'
)
_OTHER_ENCODING = re.compile(rb"""encoding=["'](?!utf-8["'])""", re.IGNORECASE)
_ROW = re.compile(rb"<row[^<>]*>")
_HIDDEN_SIGNS = (b'n="1', b'n="t', b"='", b'ht="0')
_OWN_HEIGHT, _HEIGHT = b'customHeight="', b' ht="'
_HIDDEN = re.compile(rb"""hidden=["'](?:1|true)|\sht=["']0(?:\.0*)?["']""")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\s[^<>]*>")
_FIRST_COLUMN, _LAST_COLUMN = (re.compile(rb"""\s%s=["']([0-9]{1,6})["']""" % name) for name in (b"min", b"max"))
_HIDDEN_COLUMN = re.compile(rb"""\shidden=["'](?:1|true)["']|\swidth=["']0(?:\.0*)?["']""")
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})"')
_OPEN, _CLOSE, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_PIECE_BYTES = 2_000_000


class NotPlainError(Exception):
    """The sheet holds more than plain values; never leaves the readers of xlsx."""


def plain_sheet(content: bytes, values: CellValues, *, name: str, is_visible: bool) -> SheetCells:
    """The cells of a plain sheet.

    Raises:
        NotPlainError: it is not plain.
        UnreadableFileError: a cell beyond the limits.
    """
    numbers: list[int] = []
    rows: list[list[str | None]] = []
    number_cells: list[tuple[int, int]] = []
    begin, end = _sheet_data(content)
    for piece in _pieces(content, begin, end):
        _read(piece, values, numbers, rows, number_cells)
    width = max(map(len, rows), default=0)
    merges = list(_merges(content[end:]))
    check_cells(len(rows) * width)
    return SheetCells(
        name=name,
        rows=[row + [None] * (width - len(row)) if len(row) < width else row for row in rows],
        row_numbers=numbers,
        is_visible=is_visible,
        tall_merges=tuple(
            (top, bottom, left) for top, bottom, left, right in merges if left == right and top != bottom
        ),
        wide_merges=tuple((top, left, right) for top, _, left, right in merges if left != right),
        hidden_columns=hidden_columns(content[:begin], width),
        numbers=frozenset(number_cells),
    )


def _merges(tail: bytes) -> Iterator[tuple[int, int, int, int]]:
    for left, top, right, bottom in _MERGE.findall(tail):
        yield int(top), int(bottom), column_index(left.decode()), column_index(right.decode())


def hidden_columns(head: bytes, width: int) -> frozenset[int]:
    """The columns that people do not see, of those with anything in them; `head` is what stands before the rows."""
    hidden: set[int] = set()
    for tag in _COLUMNS.findall(head):
        first, last = _FIRST_COLUMN.search(tag), _LAST_COLUMN.search(tag)
        if first and last and _HIDDEN_COLUMN.search(tag):
            hidden.update(range(int(first[1]) - 1, min(int(last[1]), width)))
    return frozenset(hidden)


def _sheet_data(content: bytes) -> tuple[int, int]:
    """Where the rows begin and end, when nothing around them can mean something else."""
    begin, end = content.find(_OPEN), content.rfind(_CLOSE)
    if begin < 0 or end < begin:
        raise NotPlainError
    around = content[:begin] + content[end + len(_CLOSE) :]
    if b"<!" in around or b"sheetData" in around or _OTHER_ENCODING.search(around):
        raise NotPlainError
    begin += len(_OPEN)
    if not is_xml_text(content):
        raise NotPlainError
    if content.find(b"#", begin, end) >= 0 and content.find(b">#", begin, end) >= 0:
        raise NotPlainError
    return begin, end


def _pieces(content: bytes, begin: int, end: int) -> Iterator[bytes]:
    """The rows in pieces of whole ones: what is held of a big sheet at one time is bounded."""
    while end - begin > _PIECE_BYTES:
        cut = content.find(_ROW_END, begin + _PIECE_BYTES, end)
        if cut < 0:
            break
        yield content[begin : cut + len(_ROW_END)]
        begin = cut + len(_ROW_END)
    yield content[begin:end]


def _read(
    piece: bytes,
    values: CellValues,
    numbers: list[int],
    rows: list[list[str | None]],
    number_cells: list[tuple[int, int]],
) -> None:
    """Appends the piece's rows that hold anything, and the numbers among them that may have lost digits."""
    cells = _CELL.findall(_decoded(piece))
    if not _is_all(piece, len(cells)):
        raise NotPlainError
    columns = {letters: column_index(letters) for letters in {cell[0] for cell in cells if cell[4] or cell[5]}}
    width = max(columns.values(), default=-1) + 1
    check_columns(width)
    has_escapes = b"&" in piece or (b"_" in piece and b"_x" in piece)
    text_of, strings = values.text, values.strings_by_index
    last = numbers[-1] if numbers else 0
    current: str = ""
    row: list[str | None] = []
    for letters, number, style, kind, stored, inline in cells:
        if not stored and not inline:
            continue
        if number != current:
            current, row = number, [None] * width
            if int(number) <= last:
                raise NotPlainError
            last = int(number)
            check_rows(last)
            numbers.append(last)
            rows.append(row)
        column = columns[letters]
        if row[column] is not None:
            raise NotPlainError
        if inline:
            row[column] = plain_text(inline) if has_escapes else inline
        elif kind == "s" and stored in strings:
            row[column] = strings[stored] or None
        else:
            text = text_of(kind, style, stored)
            row[column] = text or None
            if values.may_have_lost(kind, style, text):
                number_cells.append((last, column))


def _decoded(piece: bytes) -> str:
    try:
        return unix_lines(piece.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NotPlainError from error


def _is_all(piece: bytes, cell_count: int) -> bool:
    """Whether visible rows and the cells that were found account for every tag of the piece."""
    starts = _ROW.findall(piece)
    attributes = b"".join(starts)
    if any(sign in attributes for sign in _HIDDEN_SIGNS) and _HIDDEN.search(attributes):
        return False
    if _OWN_HEIGHT in attributes and any(_OWN_HEIGHT in start and _HEIGHT not in start for start in starts):
        return False
    row_tags = 2 * len(starts) - attributes.count(b"/>")
    stored, inline = piece.count(b"</v>"), piece.count(b"</is>")
    others = piece.count(b"<") - (4 * stored + 6 * inline + (cell_count - stored - inline) + row_tags)
    return others == 0 or others == piece.count(b"<f") + piece.count(b"</f>")
