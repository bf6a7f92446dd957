"""Contract of the raw roster: what stands in the cells, as text."""

import polars as pl

from schemas.columns import ROSTER_FIELDS

RAW_ROSTER: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "sheet": pl.String(),
    "source_row": pl.Int32(),
    "is_hidden": pl.Boolean(),
    "group_text": pl.String(),
    "unreadable": pl.List(pl.String()),
    "number_cells": pl.List(pl.String()),
    **{name: pl.String() for name in ROSTER_FIELDS},
}
"""One row per row of people on an accepted roster, over all centres; key (centre_code, source_row).

`source_row` is the row as a spreadsheet program numbers it (CSV: the line). `group_text` is the text of the group row
above (`I. Công an tỉnh` comes as `Công an tỉnh`), `unreadable` the names of the columns whose cell is a formula error
or a formula without a stored value, `number_cells` those of ID and account whose cell is a number that may have lost
digits (`schemas.sheet_cells`). Every other column is the cell's text (`schemas.sheet_cells`), white space at the
ends removed, null when empty or when the roster has no such column.
"""

SHEET_COLUMNS: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "column_name": pl.String(),
    "first_row": pl.Int32(),
    "end_row": pl.Int32(),
    "column_letter": pl.String(),
}
"""One row per centre, table and known column: the letter the column has in the file (`D`).

It holds in the rows first_row <= row < end_row; the first table begins in row 0.
"""
