"""Where the money goes: an account of 6 to 19 digits at a named bank, one person's only. Close reading 11.

An account that is another than that of the person's last payment only warns (rulebook section 4).
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.rules import Ruling
from ioc_etl.core.text import masked
from schemas.vocabulary import FindingCode


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Missing, badly formed, or the same digits as another person's, at whatever bank, over all centres."""
    account = pl.col("bank_account")
    low, high = facts.policy.bank_account_min_digits, facts.policy.bank_account_max_digits
    is_well_formed = account.str.contains(rf"^\d{{{low},{high}}}$")
    shared = (
        rows.select("centre_code", "source_row", "bank_account", "person_key")
        .filter(is_well_formed)
        .join(facts.centres.select("centre_code", "centre_name"), on="centre_code", maintain_order="left")
        .with_columns(
            # Without an ID or a birth date the key is only the row's number: the centre tells such people apart.
            pl.when(pl.col("person_key").str.starts_with("row:"))
            .then(pl.concat_str("centre_code", "person_key"))
            .otherwise("person_key")
            .alias("owner"),
            pl.concat_str("centre_name", pl.lit(" dòng "), pl.col("source_row").cast(pl.String)).alias("place"),
        )
        .filter(pl.col("owner").n_unique().over("bank_account") > 1)
    )
    places = shared.sort("centre_code", "source_row").group_by("bank_account").agg(pl.col("place").alias("places"))
    others = pl.col("places").list.set_difference(pl.concat_list("place")).list.sort().list.join("; ")
    return rows, all_findings(
        raised(FindingCode.BANK_ACCOUNT_MISSING, rows.filter(account.is_null()), column="bank_account"),
        raised(FindingCode.BANK_ACCOUNT_MISSING, rows.filter(pl.col("bank_name").is_null()), column="bank_name"),
        raised(
            FindingCode.BANK_ACCOUNT_INVALID,
            rows.filter(account.is_not_null() & ~is_well_formed),
            column="bank_account",
            found=masked(account),
            expected=pl.lit(f"{low} đến {high} chữ số"),
        ),
        raised(
            FindingCode.SHARED_BANK_ACCOUNT,
            shared.join(places, on="bank_account", maintain_order="left"),
            column="bank_account",
            found=masked(account),
            place=others,
        ),
        _changed(rows, facts),
    )


def _changed(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """The digits count: banks are written in many ways."""
    before = facts.ledger.last_payments.select(
        "person_id",
        pl.col("bank_account").alias("last_account"),
        pl.col("reference_month").dt.strftime("%m/%Y").alias("last_month"),
    )
    known = rows.join(before, on="person_id", maintain_order="left")
    return raised(
        FindingCode.BANK_ACCOUNT_CHANGED,
        known.filter(pl.col("bank_account") != pl.col("last_account")),
        column="bank_account",
        found=masked(pl.col("bank_account")),
        expected=masked(pl.col("last_account")),
        place=pl.col("last_month"),
    )
