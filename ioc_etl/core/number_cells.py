"""Accounts that a number cell may have robbed of digits: zeros in front, or those behind the 15th. Close reading 11."""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from schemas.sheet_cells import DIGITS_OF_A_NUMBER
from schemas.vocabulary import FindingCode

_LEADING_ZEROS = "^0+"


def has_lost_digits() -> pl.Expr:
    """Whether an account is a number of more digits than a program keeps: those behind are gone."""
    return _is_number() & (pl.col("bank_account").str.len_chars() > DIGITS_OF_A_NUMBER)


def zeros_perhaps_lost(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """BANK_ACCOUNT_NUMBER once a centre's file, of the accounts that nobody was paid to before.

    Where another row's account is the same but for zeros in front, an account is told even so: one of the two is wrong.
    """
    core = pl.col("bank_account").str.replace(_LEADING_ZEROS, "")
    known = facts.ledger.last_payments.select("person_id", pl.col("bank_account").alias("last_account"))
    numbers = (
        rows.with_columns((pl.col("bank_account").n_unique().over(core) > 1).alias("has_twin"))
        .filter(_is_number() & ~has_lost_digits())
        .join(known, on="person_id", how="left", maintain_order="left")
        .filter(pl.col("has_twin") | pl.col("bank_account").ne_missing(pl.col("last_account")))
    )
    told = (
        numbers.sort("centre_code", "source_row")
        .group_by("centre_code", maintain_order=True)
        .agg(
            pl.len().cast(pl.String).alias("count"),
            pl.col("source_row").cast(pl.String).str.join(", ").alias("rows"),
        )
    )
    return raised(FindingCode.BANK_ACCOUNT_NUMBER, told, found=pl.col("count"), place=pl.col("rows"))


def _is_number() -> pl.Expr:
    return pl.col("number_cells").list.contains("bank_account").fill_null(value=False)
