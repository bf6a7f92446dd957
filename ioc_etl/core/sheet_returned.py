"""What a workbook that we handed back carries besides the sender's own: our sheet, our column, the marker.

Source: rulebook section 6, partial rosters.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ioc_etl.core.digits import whole
from ioc_etl.core.sheet_header import Header
from ioc_etl.policy.model import Centre
from schemas.marker import COVER_HEADING, Marker
from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.text import squeeze

_COVER = squeeze(COVER_HEADING)
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")


def is_cover(sheet: SheetCells) -> bool:
    """Whether a sheet is the one that we put first: it tells what to mend and is never a roster."""
    return bool(sheet.rows) and any(text and squeeze(text) == _COVER for text in sheet.rows[0][:1])


def marker_of(book: WorkbookCells, centre: Centre, month: date) -> Marker | None:
    """The marker, where it speaks of this centre and month."""
    marker = Marker.from_text(book.marker) if book.marker else None
    if marker is None or (marker.month, marker.centre_code) != (f"{month:%Y-%m}", centre.code):
        return None
    return marker


def without_row_numbers(sheet: SheetCells, header: Header) -> tuple[SheetCells, Mapping[int, int]]:
    """The sheet as if our column were not there, and by row what the column said.

    A row whose other cells were cleared is then as empty as its sender meant it.
    """
    column = header.row_numbers
    if column is None:
        return sheet, {}
    said = {
        number: row_of_sender
        for number, row in zip(sheet.row_numbers[header.last + 1 :], sheet.rows[header.last + 1 :], strict=True)
        if (text := row[column])
        and _NUMBER.fullmatch(text.strip())
        and (row_of_sender := whole(text.strip())) is not None
    }
    rows = [
        [*row[:column], None, *row[column + 1 :]] if place >= header.first else row
        for place, row in enumerate(sheet.rows)
    ]
    failed = frozenset((number, place) for number, place in sheet.unreadable if place != column)
    return replace(sheet, rows=rows, unreadable=failed), said
