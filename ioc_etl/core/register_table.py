"""A register's cells as a table of texts: found by its header, one row per line that holds anything."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ioc_etl.core.text import clean, squeeze
from schemas.columns import OPTIONAL_REGISTER_COLUMNS, REGISTER_COLUMNS
from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.vocabulary import RegisterName


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """The register's columns as text and `register_row`; empty when the register is absent or has a `problem`."""

    rows: pl.DataFrame
    is_absent: bool = False
    problem: str | None = None

    @classmethod
    def absent(cls, name: RegisterName) -> "RegisterTable":
        """There is no such file."""
        return cls(_frame(name, {}, []), is_absent=True)

    @classmethod
    def invalid(cls, name: RegisterName, problem: str) -> "RegisterTable":
        """The file cannot be used as a whole."""
        return cls(_frame(name, {}, []), problem=problem)


def register_table(name: RegisterName, book: WorkbookCells) -> RegisterTable:
    """The first visible sheet whose header names the register's columns; unknown columns are left out."""
    missing = "không có dòng tiêu đề"
    for sheet in book.sheets:
        if not sheet.is_visible:
            continue
        for place, row in enumerate(sheet.rows):
            columns = _header(name, row)
            absent = _absent_columns(name, columns)
            if columns and not absent:
                return RegisterTable(_read(name, sheet, place, columns))
            if len(columns) > 1:
                missing = f"thiếu cột {', '.join(absent)}"
    return RegisterTable.invalid(name, missing)


def _header(name: RegisterName, row: Sequence[str | None]) -> dict[str, int]:
    wanted = {squeeze(column): column for column in REGISTER_COLUMNS[name]}
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        column = wanted.get(squeeze(cell)) if cell else None
        if column is not None:
            found.setdefault(column, place)
    return found


def _absent_columns(name: RegisterName, columns: dict[str, int]) -> list[str]:
    return [
        column
        for column in REGISTER_COLUMNS[name]
        if column not in columns and (name.value, column) not in OPTIONAL_REGISTER_COLUMNS
    ]


def _read(name: RegisterName, sheet: SheetCells, header: int, columns: dict[str, int]) -> pl.DataFrame:
    rows, numbers = sheet.rows[header + 1 :], list(sheet.row_numbers[header + 1 :])
    cells = {column: [row[place] if place < len(row) else None for row in rows] for column, place in columns.items()}
    texts = _frame(name, cells, numbers)
    return texts.filter(pl.any_horizontal(pl.col(pl.String).is_not_null()))


def _frame(name: RegisterName, cells: dict[str, list[str | None]], numbers: Sequence[int]) -> pl.DataFrame:
    empty: list[str | None] = [None] * len(numbers)
    texts = pl.DataFrame(
        {column: pl.Series(cells.get(column, empty), dtype=pl.String) for column in REGISTER_COLUMNS[name]}
    )
    return texts.with_columns(clean(pl.col(pl.String)), pl.Series("register_row", numbers, dtype=pl.Int32))
