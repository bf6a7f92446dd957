"""Rule 15 (proposal V.1): each funding source pays from its own yearly allocation. Close readings 16 and 17.

Blocks approval, never computation.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.money import dong
from schemas.vocabulary import FindingCode

_PER_CENT = 100


def apply(centres: pl.DataFrame, facts: MonthFacts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adds `budget_year_vnd` to the centres of the month, which carry `amount_vnd`, `committed_year_vnd`, `is_decided`.

    The year's use is what the funding source has committed plus this month's amount of all its centres.
    """
    priced = (
        centres.join(_allocations(facts), on="funding_source", how="left")
        .with_columns(
            pl.when(~_unreadable(facts)).then("budget_year_vnd").alias("budget_year_vnd"),
            (pl.col("committed_year_vnd") + pl.col("amount_vnd").sum().over("funding_source")).alias("used"),
        )
        .sort("centre_code")
    )
    decided = priced.filter("is_decided")
    known = decided.filter(pl.col("budget_year_vnd").is_not_null())
    is_exceeded = pl.col("used") > pl.col("budget_year_vnd")
    percent = facts.policy.budget_nearly_used_percent
    is_nearly = ~is_exceeded & (pl.col("used") * _PER_CENT >= pl.col("budget_year_vnd") * percent)
    used, allocated = dong(pl.col("used")), dong(pl.col("budget_year_vnd"))
    year = pl.lit(str(facts.month.year))
    source = pl.concat_str("funding_source", year, separator=", ")
    share = pl.col("used") * _PER_CENT // pl.max_horizontal("budget_year_vnd", pl.lit(1))
    used_share = pl.concat_str(used, pl.format(" ({} %)", share))
    return priced.drop("used"), all_findings(
        raised(FindingCode.BUDGET_MISSING, decided.filter(pl.col("budget_year_vnd").is_null()), expected=source),
        raised(FindingCode.BUDGET_EXCEEDED, known.filter(is_exceeded), found=used, expected=allocated, place=year),
        raised(
            FindingCode.BUDGET_NEARLY_USED, known.filter(is_nearly), found=used_share, expected=allocated, place=year
        ),
    )


def _allocations(facts: MonthFacts) -> pl.DataFrame:
    """Several rows of a year add up."""
    of_year = facts.registers.budget.filter(pl.col("is_readable") & (pl.col("year") == facts.month.year))
    return of_year.group_by("funding_source").agg(pl.col("amount_vnd").sum().alias("budget_year_vnd"))


def _unreadable(facts: MonthFacts) -> pl.Expr:
    """Funding sources with a row that cannot be read; a row of nobody's speaks of all."""
    bad = facts.registers.budget.filter(~pl.col("is_readable"))["funding_source"]
    if bad.null_count():
        return pl.lit(value=True)
    return pl.col("funding_source").is_in(bad.unique().to_list())
