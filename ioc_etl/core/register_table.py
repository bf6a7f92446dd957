"""A register's cells as a table of texts: found by its header, one row per line that holds anything."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ioc_etl.core.plain_cells import plain_book
from ioc_etl.core.text import clean, squeeze
from schemas.columns import OPTIONAL_REGISTER_COLUMNS, REGISTER_COLUMNS
from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.vocabulary import RegisterName


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """The register's columns as text, empty when the register is absent or has a `problem`.

    Beside them `register_row`, and `failed`: the first column whose cell is a formula that failed.
    """

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
    for sheet in plain_book(book).sheets:
        if not sheet.is_visible:
            continue
        for place, row in enumerate(sheet.rows):
            columns, repeated = _header(name, row)
            absent = _absent_columns(name, columns)
            if columns and not absent and repeated:
                return RegisterTable.invalid(name, f"cột {', '.join(repeated)} có hai lần")
            if columns and not absent:
                return RegisterTable(_read(name, sheet, place, columns))
            if len(columns) > 1:
                missing = f"thiếu cột {', '.join(absent)}"
    return RegisterTable.invalid(name, missing)


def _header(name: RegisterName, row: Sequence[str | None]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, and the ones that stand twice."""
    wanted = {squeeze(column): column for column in REGISTER_COLUMNS[name]}
    found: dict[str, int] = {}
    repeated = []
    for place, cell in enumerate(row):
        column = wanted.get(squeeze(cell)) if cell else None
        if column in found:
            repeated.append(column)
        elif column is not None:
            found[column] = place
    return found, repeated


def _absent_columns(name: RegisterName, columns: dict[str, int]) -> list[str]:
    return [
        column
        for column in REGISTER_COLUMNS[name]
        if column not in columns and (name.value, column) not in OPTIONAL_REGISTER_COLUMNS
    ]


def _read(name: RegisterName, sheet: SheetCells, header: int, columns: dict[str, int]) -> pl.DataFrame:
    rows, numbers = sheet.rows[header + 1 :], list(sheet.row_numbers[header + 1 :])
    cells = {column: [row[place] if place < len(row) else None for row in rows] for column, place in columns.items()}
    failed = [_failed(sheet, number, columns) for number in numbers]
    texts = _frame(name, cells, numbers).with_columns(pl.Series("failed", failed, dtype=pl.String))
    return texts.filter(pl.any_horizontal(pl.col(pl.String).is_not_null()))


def _failed(sheet: SheetCells, row_number: int, columns: dict[str, int]) -> str | None:
    """The first column of a row whose cell cannot be read."""
    if not sheet.unreadable:
        return None
    return next((column for column, place in columns.items() if (row_number, place) in sheet.unreadable), None)


def _frame(name: RegisterName, cells: dict[str, list[str | None]], numbers: Sequence[int]) -> pl.DataFrame:
    empty: list[str | None] = [None] * len(numbers)
    texts = pl.DataFrame(
        {column: pl.Series(cells.get(column, empty), dtype=pl.String) for column in REGISTER_COLUMNS[name]}
    )
    return texts.with_columns(
        clean(pl.col(pl.String)),
        pl.Series("register_row", numbers, dtype=pl.Int32),
        pl.lit(None, dtype=pl.String).alias("failed"),
    )
