"""Contract of a roster's layout: where its table stands and what its columns are called. Holds nobody's data."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """One column of a table: its letters, its header as it stands, and the roster field it is read as (or none)."""

    letter: str
    header: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One table as it was found: its sheet, the row numbers of its header's lines, its columns from left to right.

    `has_groups`: people stand under group rows. `unit` is what a line above the table says its money is in, null for
    đồng.
    """

    sheet: str
    header_rows: tuple[int, ...]
    columns: tuple[LayoutColumn, ...]
    has_groups: bool = False
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptedLayout:
    """The layout of a centre's last accepted file, and the month that file is for."""

    reference_month: date
    layout: Layout
