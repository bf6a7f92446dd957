"""The rows under a header: who stands on the roster, under which heading, and the totals. In doubt a row is a person.

Source: rulebook section 5, close reading 4. Whoever has an ID, an account, or a number and words of a closed list is a
person wherever the row stands; mere text is a person where people stand, and nobody below the table.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ioc_etl.core.sheet_header import Header
from ioc_etl.core.sheet_kinds import RowKind, TableReader
from ioc_etl.core.sheet_totals import PrintedTotal
from schemas.sheet_cells import SheetCells

_LIKELY = frozenset({RowKind.SURE, RowKind.LIKELY})


@dataclass(frozen=True, slots=True)
class TableRows:
    """The people of a table as indices of the sheet's rows, the group each stands under, and the printed totals."""

    people: list[int] = field(default_factory=list)
    groups: list[str | None] = field(default_factory=list)
    totals: list[PrintedTotal] = field(default_factory=list)

    @property
    def has_groups(self) -> bool:
        """Whether any person stands under a group row."""
        return any(self.groups)


def table_rows(sheet: SheetCells, header: Header, placeholders: Collection[str]) -> TableRows:
    """Sorts the rows above and below the header."""
    table = TableReader(sheet, header, placeholders)
    first = header.last + 1
    kinds = _without_lost(sheet, first, header, [table.kind(index) for index in range(first, len(sheet.rows))])
    end, last_likely = _end(kinds), max((place for place, kind in enumerate(kinds) if kind in _LIKELY), default=-1)
    found = TableRows(totals=list(table.totals_above()))
    group: str | None = None
    people_before_group, is_behind_gap = 0, False
    for place, kind in enumerate(kinds):
        index = first + place
        is_empty = kind is RowKind.BLANK or kind is RowKind.SPARE
        is_behind_gap |= is_empty or sheet.row_numbers[index] > sheet.row_numbers[index - 1] + 1
        if kind is RowKind.TOTAL:
            people = len(found.people)
            found.totals.extend(table.total(index, people=people, in_group=people - people_before_group))
            people_before_group, is_behind_gap = people, True
        elif kind is RowKind.GROUP and place < end:
            group, people_before_group, is_behind_gap = table.group(index), len(found.people), False
        elif kind is RowKind.SURE or (
            place < end
            and (
                kind is RowKind.LIKELY
                or (
                    kind is RowKind.FAINT
                    and (place < last_likely or not is_behind_gap)
                    and (found.people or table.has_identity(index))
                )
            )
        ):
            found.people.append(index)
            found.groups.append(group)
            is_behind_gap = False
    return found


def _without_lost(sheet: SheetCells, first: int, header: Header, kinds: list[RowKind]) -> list[RowKind]:
    """A spare row whose name or ID is a formula that failed may be somebody where people follow: in doubt a person."""
    if RowKind.SPARE not in kinds:
        return kinds
    last_sure = max((place for place, kind in enumerate(kinds) if kind is RowKind.SURE), default=-1)
    identity = {header.columns[name] for name in ("full_name", "citizen_id") if name in header.columns}
    doubtful = {number for number, column in sheet.unreadable if column in identity}
    return [
        RowKind.LIKELY
        if kind is RowKind.SPARE and place < last_sure and sheet.row_numbers[first + place] in doubtful
        else kind
        for place, kind in enumerate(kinds)
    ]


def _end(kinds: Sequence[RowKind]) -> int:
    """Where the table ends: at the first mark of its end after the last sure person."""
    last_sure = max((place for place, kind in enumerate(kinds) if kind is RowKind.SURE), default=-1)
    marks = (place for place, kind in enumerate(kinds) if kind is RowKind.END and place > last_sure)
    return next(marks, len(kinds))
