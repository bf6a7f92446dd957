"""Where the money goes: an account of 6 to 19 digits at a named bank, one person's only. Close reading 11.

An account that is another than that of the person's last payment only warns (rulebook section 4).
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.limits import has_failed
from ioc_etl.core.number_cells import has_lost_digits, zeros_perhaps_lost
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.core.standing import paid_and_gone
from ioc_etl.core.text import masked
from schemas.sheet_cells import DIGITS_OF_A_NUMBER
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Missing, badly formed, or the same digits as another person's, at whatever bank, over all centres.

    Another person is also who was paid for the month and stands on no roster any more.
    """
    account = pl.col("bank_account")
    low, high = facts.policy.bank_account_min_digits, facts.policy.bank_account_max_digits
    is_well_formed = account.is_not_null() & ~has_failed(FindingCode.BANK_ACCOUNT_INVALID)
    return rows, all_findings(
        raised(
            FindingCode.BANK_ACCOUNT_MISSING,
            rows.filter(has_failed(FindingCode.BANK_ACCOUNT_MISSING)),
            column="bank_account",
        ),
        raised(FindingCode.BANK_ACCOUNT_MISSING, rows.filter(pl.col("bank_name").is_null()), column="bank_name"),
        raised(
            FindingCode.BANK_ACCOUNT_INVALID,
            rows.filter(has_failed(FindingCode.BANK_ACCOUNT_INVALID) | (account.is_not_null() & has_lost_digits())),
            column="bank_account",
            found=masked(account),
            expected=pl.lit(f"{low}–{high}"),
            place=pl.when(has_lost_digits()).then(pl.lit(str(DIGITS_OF_A_NUMBER))),
        ),
        raised(
            FindingCode.SHARED_BANK_ACCOUNT,
            _shared(rows.filter(is_well_formed), paid_and_gone(rows, facts), facts),
            column="bank_account",
            found=masked(account),
            place=pl.concat_str("other_places", "gone_places", separator="; ", ignore_nulls=True),
        ),
        _changed(rows, facts),
        zeros_perhaps_lost(rows, facts),
    )


def _shared(rows: pl.DataFrame, gone: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """The rows whose account is another's too: `other_places` on the rosters, `gone_places` of people who left them.

    A row without a usable ID may be the one who left.
    """
    placed = (
        rows.select("centre_code", "source_row", "bank_account", "person_key", "person_id")
        .join(facts.centres.select("centre_code", "centre_name"), on="centre_code", maintain_order="left")
        .with_columns(
            # Without an ID or a birth date the key is only the row's number: the centre tells such people apart.
            pl.when(pl.col("person_key").str.starts_with("row:"))
            .then(pl.concat_str("centre_code", "person_key"))
            .otherwise("person_key")
            .alias("owner"),
            pl.concat_str("centre_name", pl.lit(" dòng "), pl.col("source_row").cast(pl.String)).alias("place"),
        )
    )
    several = placed.filter(pl.col("owner").n_unique().over("bank_account") > 1).sort("centre_code", "source_row")
    places = several.group_by("bank_account").agg(pl.col("place").alias("places"))
    left = gone.group_by("bank_account").agg(pl.col("place").unique().sort().str.join("; ").alias("gone_places"))
    has_id = pl.col("person_id").is_not_null()
    others = pl.col("places").list.set_difference(pl.concat_list("place")).list.sort().list.join("; ")
    return (
        placed.join(places, on="bank_account", how="left", maintain_order="left")
        .join(left, on="bank_account", how="left", maintain_order="left")
        .with_columns(others.alias("other_places"), pl.when(has_id).then("gone_places").alias("gone_places"))
        .filter(pl.col("other_places").is_not_null() | pl.col("gone_places").is_not_null())
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


RULE = Rule(
    key=RuleKey.BANK_ACCOUNT,
    title_vi="Tài khoản",
    title_en="Bank account",
    clause="Sổ tay quy tắc mục 5; cách hiểu 11",
    cells=("bank_account", "bank_name"),
    reads=("bank_account", "bank_name", "number_cells", "person_id", "person_key", "failed_checks"),
    adds=(),
    apply=apply,
)
