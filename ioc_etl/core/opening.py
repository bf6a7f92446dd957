"""Opening lines: what was paid before go-live, from a table of six columns. Source: rulebook section 6, Go-live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ioc_etl.core.dates import parsed_date
from ioc_etl.core.identity import id_digits, is_cmnd, is_whole_id
from ioc_etl.core.money import parsed_vnd
from ioc_etl.core.opening_bounds import centre_days, is_open_in, month_bounds
from ioc_etl.core.plain_cells import plain_book
from ioc_etl.core.text import clean, squeeze
from ioc_etl.policy.model import Policy
from ioc_etl.policy.resolve import policy_at
from schemas.sheet_cells import SheetCells, WorkbookCells, column_letter

COLUMNS = ("reference_month", "centre_code", "citizen_id", "full_name", "amount_vnd", "document")

FAULTS: Mapping[str, str] = {
    **{name: name for name in COLUMNS},
    "month_not_begun": "reference_month",
    "month_before_policy": "reference_month",
    "month_without_salary": "reference_month",
    "centre_not_open": "centre_code",
    "amount_above_one_support": "amount_vnd",
}
"""What can be wrong with a row, and the column it is told at."""

_KEY = ("reference_month", "centre_code", "citizen_id")
_MONTH_FIRST = r"^([0-9]{4})-([0-9]{1,2})$"
_MONTH_LAST = r"^([0-9]{1,2})[/.\-]([0-9]{4})$"


@dataclass(frozen=True, slots=True)
class OpeningTable:
    """One row per line of the file: `COLUMNS` as values, `row_number`, what bounds it, and `fault`.

    What bounds it is `ioc_etl.core.opening_bounds.BOUNDS`. `fault` is what is wrong with the row, the first of several
    (`FAULTS`), null for a good one; `places` the letter of each column. `problem` says why there is no table at all.
    """

    rows: pl.DataFrame
    places: Mapping[str, str]
    problem: str | None = None


def opening_table(book: WorkbookCells, *, policy: Policy, today: date) -> OpeningTable:
    """The first visible sheet with all six columns; empty lines are left out, rows at fault are not."""
    missing: Sequence[str] = COLUMNS
    for sheet in (sheet for sheet in plain_book(book).sheets if sheet.is_visible):
        for place, row in enumerate(sheet.rows):
            found = {squeeze(cell): index for index, cell in enumerate(row) if cell}
            columns = {name: found[squeeze(name)] for name in COLUMNS if squeeze(name) in found}
            if len(columns) == len(COLUMNS):
                places = {name: column_letter(index) for name, index in columns.items()}
                return OpeningTable(_judged(_texts(sheet, place, columns), policy, today), places)
            if len(columns) > len(COLUMNS) - len(missing):
                missing = [name for name in COLUMNS if name not in columns]
    return OpeningTable(pl.DataFrame(), {}, problem=", ".join(missing))


def _texts(sheet: SheetCells, header: int, columns: Mapping[str, int]) -> pl.DataFrame:
    rows, numbers = sheet.rows[header + 1 :], list(sheet.row_numbers[header + 1 :])
    texts = pl.DataFrame(
        {
            name: pl.Series([row[place] if place < len(row) else None for row in rows], dtype=pl.String)
            for name, place in columns.items()
        }
    )
    numbered = texts.with_columns(clean(pl.col(pl.String)), pl.Series("row_number", numbers, dtype=pl.Int32))
    return numbered.filter(pl.any_horizontal(pl.col(pl.String).is_not_null()))


def _judged(texts: pl.DataFrame, policy: Policy, today: date) -> pl.DataFrame:
    at_present = policy_at(policy, today.replace(day=1))
    read = texts.with_columns(
        _month(pl.col("reference_month")).alias("reference_month"),
        pl.col("centre_code").str.to_lowercase(),
        id_digits(pl.col("citizen_id")).alias("citizen_id"),
        parsed_vnd(pl.col("amount_vnd")).alias("amount_vnd"),
    )
    months = read["reference_month"].drop_nulls().unique().sort()
    values = read.join(
        month_bounds(months, policy, today), on="reference_month", how="left", maintain_order="left"
    ).join(centre_days(policy.centres.values()), on="centre_code", how="left", maintain_order="left")
    digits, month, amount = pl.col("citizen_id"), pl.col("reference_month"), pl.col("amount_vnd")
    faults = {
        "reference_month": month.is_null(),
        "month_not_begun": ~pl.col("is_begun"),
        "month_before_policy": ~pl.col("is_in_force"),
        "month_without_salary": pl.col("highest_vnd").is_null(),
        "centre_code": pl.col("is_known").is_null(),
        "centre_not_open": ~is_open_in(month),
        "citizen_id": ~(is_whole_id(digits, at_present) | is_cmnd(digits, at_present)).fill_null(value=False)
        | (pl.struct(_KEY).is_first_distinct().not_() & digits.is_not_null()),
        "full_name": pl.col("full_name").is_null(),
        "amount_vnd": ~(amount > 0).fill_null(value=False),
        "amount_above_one_support": amount > pl.col("highest_vnd"),
        "document": pl.col("document").is_null(),
    }
    at_fault = pl.coalesce(
        *(pl.when(is_bad.fill_null(value=False)).then(pl.lit(name)) for name, is_bad in faults.items())
    )
    return values.with_columns(at_fault.alias("fault")).drop("is_known", "opened_on", "closed_on")


def _month(column: pl.Expr) -> pl.Expr:
    """2022-01, 01/2022, or any date of the month."""
    year_first = pl.concat_str(column.str.extract(_MONTH_FIRST, 1), column.str.extract(_MONTH_FIRST, 2), separator="-")
    year_last = pl.concat_str(column.str.extract(_MONTH_LAST, 2), column.str.extract(_MONTH_LAST, 1), separator="-")
    first_day = pl.concat_str(pl.coalesce(year_first, year_last), pl.lit("-1"))
    return pl.coalesce(parsed_date(first_day), parsed_date(column)).dt.month_start()
