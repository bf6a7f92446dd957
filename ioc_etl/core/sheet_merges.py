"""Cells that are merged over several rows: what they say holds for every person beside them.

Source: rulebook section 5 ("maybe merged cells").
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace

from ioc_etl.core.sheet_header import Header
from ioc_etl.core.sheet_words import is_remark
from schemas.sheet_cells import SheetCells


def with_merges(sheet: SheetCells, header: Header) -> SheetCells:
    """The sheet with cells that are merged over several people's rows standing in each of them.

    A row of the merge that holds nothing of its own is the lower half of one person's line and stays empty; one that
    holds only a position or a remark below the name stays as it is.
    """
    known = {column for name, column in header.columns.items() if name != "row_no"}
    below = sheet.row_numbers[header.last]
    merges = sorted(
        (column, top, bottom) for top, bottom, column in sheet.tall_merges if column in known and top > below
    )
    if not merges:
        return sheet
    rows = [list(row) for row in sheet.rows]
    reached: dict[int, int] = {}
    for column, top, bottom in merges:
        if top <= reached.get(column, 0):
            continue  # merges never overlap; whoever says so would have us go over the same rows for ever
        reached[column] = bottom
        first = bisect_left(sheet.row_numbers, top)
        if first == len(sheet.row_numbers) or sheet.row_numbers[first] != top:
            continue
        for place in range(first + 1, bisect_right(sheet.row_numbers, bottom)):
            own = [text for each in known if (text := sheet.rows[place][each])]
            if own and not (len(own) == 1 and is_remark(own[0])):
                rows[place][column] = sheet.rows[first][column]
    return replace(sheet, rows=rows)
