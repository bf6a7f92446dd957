"""One table of all that a sheet holds: a header that comes again with other columns, and columns that are one field.

Source: rulebook, close reading 20. Rows below another header are put into the columns of the first one; everything
behind this module sees one table with one column a field.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ioc_etl.core.digits import is_digits
from ioc_etl.core.sheet_header import Header, Row, header_at
from ioc_etl.core.sheet_spans import Spans, joined_text, spans_of
from schemas.sheet_cells import SheetCells

_DIGITS_OF_A_LONG_NUMBER = 8
_Cells = frozenset[tuple[int, int]]
ColumnsBelow = tuple[tuple[int, Mapping[str, int]], ...]
"""The tables below the first: the number of the row that a table begins in, and the column of each of its fields."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One table of a sheet: its header, the row it ends before, which columns are one field, where its columns go."""

    header: Header
    end: int
    spans: Spans
    moves: Mapping[int, int]

    @property
    def is_as_it_stands(self) -> bool:
        """Whether nothing is moved or joined."""
        return not self.moves and not self.spans.joined

    def place_of(self, column: int) -> int:
        """Where what stands in a column stands in the one table."""
        first = next(
            (self.header.columns[name] for name, columns in self.spans.joined.items() if column in columns), column
        )
        return self.moves.get(first, first)


def one_table(sheet: SheetCells, header: Header) -> tuple[SheetCells, Header, ColumnsBelow]:
    """The sheet with every table's people in the columns of the first header; the same sheet where there is one table.

    Columns of which nobody can say whether they are one field stand in `repeated`. A header that comes again is blank.
    Last comes where the fields of the tables below stand in the file.
    """
    headers = [header, *_other_headers(sheet, header)]
    width = len(sheet.rows[header.first])
    ends = [*(each.first for each in headers[1:]), len(sheet.rows)]
    own = spans_of(sheet, header, ends[0])
    whole, parts = _with_uncertain(header, own), [_Part(header, ends[0], own, {})]
    for again, end in zip(headers[1:], ends[1:], strict=True):
        spans = spans_of(sheet, again, end)
        whole = _with_fields(whole, _with_uncertain(again, spans), width)
        parts.append(_Part(again, end, spans, _moves(again, whole, width)))
    if all(part.is_as_it_stands for part in parts):
        return sheet, whole, ()
    below = tuple((sheet.row_numbers[part.header.first], part.header.columns) for part in parts[1:])
    return _rewritten(sheet, parts, width), whole, below


def _other_headers(sheet: SheetCells, header: Header) -> Iterator[Header]:
    """The headers further down whose columns are others than those of the table they end."""
    current = header
    for index in _no_plain_people(sheet, header):
        again = header_at(sheet, index) if index > current.last else None
        if again is not None and not _is_same(again, current):
            yield again
            current = again


def _no_plain_people(sheet: SheetCells, header: Header) -> list[int]:
    """The rows below the header without a long number for an ID: few, so that only these are looked at."""
    begin, identity = header.last + 1, header.columns.get("citizen_id")
    if identity is None:
        return list(range(begin, len(sheet.rows)))
    return [
        index
        for index, row in enumerate(sheet.rows[begin:], start=begin)
        if not ((number := row[identity]) and len(number) >= _DIGITS_OF_A_LONG_NUMBER and is_digits(number))
    ]


def _is_same(again: Header, header: Header) -> bool:
    is_where_it_was = all(header.columns.get(name) == column for name, column in again.columns.items())
    is_clear = all(header.repeated.get(name) == columns for name, columns in again.repeated.items())
    return is_where_it_was and is_clear and not again.unknown.keys() & set(header.columns.values())


def _with_uncertain(header: Header, spans: Spans) -> Header:
    if not spans.uncertain:
        return header
    repeated = {name: (header.columns[name], *columns) for name, columns in spans.uncertain.items()}
    texts = {column: header.texts[columns[0]] for columns in repeated.values() for column in columns}
    return replace(header, repeated={**header.repeated, **repeated}, texts={**texts, **header.texts})


def _with_fields(whole: Header, again: Header, width: int) -> Header:
    """The first header with the fields that only another one has, in columns of their own behind all others."""
    new = [name for name in again.columns if name not in whole.columns]
    places = {name: 2 * width + len(whole.columns) + place for place, name in enumerate(new)}
    texts = {places[name]: again.texts[again.columns[name]] for name in new}
    repeated = {column: again.texts[column] for columns in again.repeated.values() for column in columns}
    return replace(
        whole,
        columns={**whole.columns, **places},
        repeated={**again.repeated, **whole.repeated},
        texts={**repeated, **texts, **whole.texts},
    )


def _moves(again: Header, whole: Header, width: int) -> dict[int, int]:
    """Where the columns of a table go: fields to those of the first table, others behind all of these."""
    names = {column: name for name, column in again.columns.items()}
    return {column: whole.columns[names[column]] if column in names else width + column for column in range(width)}


def _rewritten(sheet: SheetCells, parts: Sequence[_Part], width: int) -> SheetCells:
    widest = max((target + 1 for part in parts for target in part.moves.values()), default=width)
    rows = [row if len(row) == widest else [*row, *[None] * (widest - len(row))] for row in sheet.rows]
    part_of: dict[int, _Part] = {}
    for part in parts:
        begin = part.header.last + 1
        if part is not parts[0]:
            rows[part.header.first : begin] = [[None] * widest for _ in range(part.header.first, begin)]
        if not part.is_as_it_stands:
            rows[begin : part.end] = [_moved(row, part, widest) for row in sheet.rows[begin : part.end]]
            part_of |= dict.fromkeys(sheet.row_numbers[begin : part.end], part)

    def followed(cells: _Cells) -> _Cells:
        return frozenset(
            (number, part_of[number].place_of(column) if number in part_of else column) for number, column in cells
        )

    merges = [
        (top, bottom, part_of[top].place_of(column) if top in part_of else column)
        for top, bottom, column in sheet.tall_merges
    ]
    return replace(
        sheet,
        rows=rows,
        unreadable=followed(sheet.unreadable),
        numbers=followed(sheet.numbers),
        tall_merges=merges,
    )


def _moved(row: Row, part: _Part, width: int) -> Row:
    texts = list(row)
    for name, columns in part.spans.joined.items():
        own = part.header.columns[name]
        texts[own] = joined_text(name, [row[column] for column in (own, *columns)])
        for column in columns:
            texts[column] = None
    moved: list[str | None] = [None] * width
    for column, text in enumerate(texts):
        if text:
            moved[part.moves.get(column, column)] = text
    return moved
