"""Rule 15 (proposal V.1): each funding source pays from its own yearly allocation. Close readings 16 and 17.

Blocks approval, never computation. A year's use is what its funding source has committed in it plus this month's
drafts that will count in it: regular lines in the reference month's budget year, arrears and recoveries in the year
in which they are paid (rulebook section 6).
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, no_findings, raised
from ioc_etl.core.money import dong
from schemas.budget import ALLOCATION
from schemas.vocabulary import BatchKind, FindingCode

_PER_CENT = 100


def apply(
    centres: pl.DataFrame,
    lines: pl.DataFrame,
    facts: MonthFacts,
    *,
    pay_year: int | None,
    committed_pay_year: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adds `budget_year_vnd` to the centres of the month, which carry `committed_year_vnd` and `is_decided`.

    `lines` are this run's drafts; `pay_year` is the year in which arrears would be paid (null: the reference month's),
    `committed_pay_year` what is committed in it (`COMMITTED_YEAR`).
    """
    year = facts.month.year
    is_regular = pl.col("batch_kind") == BatchKind.REGULAR
    is_other_year = pay_year is not None and pay_year != year
    of_year = lines.filter(is_regular) if is_other_year else lines
    priced = _used(centres, of_year, facts, year)
    found = _judged(priced.filter("is_decided"), facts, year)
    if pay_year is not None and is_other_year:
        later = lines.filter(~is_regular)
        found = all_findings(found, _of_pay_year(centres, later, facts, pay_year, committed_pay_year))
    return priced.drop("used"), found


def allocations(budget: pl.DataFrame) -> pl.DataFrame:
    """`schemas.budget.ALLOCATION` of the register, by source and year.

    A row that cannot be read leaves its source without any; one of nobody's speaks of all.
    """
    bad = budget.filter(~pl.col("is_readable"))["funding_source"]
    if bad.null_count():
        return pl.DataFrame(schema=ALLOCATION)
    readable = budget.filter(~pl.col("funding_source").is_in(bad.unique().to_list()))
    return readable.group_by("funding_source", "year").agg(pl.col("amount_vnd").sum()).sort("funding_source", "year")


def _of_pay_year(
    centres: pl.DataFrame, lines: pl.DataFrame, facts: MonthFacts, year: int, committed: pl.DataFrame
) -> pl.DataFrame:
    """The centres with arrears that another year than the month's pays."""
    concerned = lines.filter(pl.col("amount_vnd") > 0)["centre_code"].unique().to_list()
    if not concerned:
        return no_findings()
    of_year = centres.drop("committed_year_vnd").join(committed, on="funding_source", how="left", maintain_order="left")
    priced = _used(of_year.with_columns(pl.col("committed_year_vnd").fill_null(0)), lines, facts, year)
    return _judged(priced.filter(pl.col("centre_code").is_in(concerned)), facts, year)


def _used(centres: pl.DataFrame, lines: pl.DataFrame, facts: MonthFacts, year: int) -> pl.DataFrame:
    """Adds `budget_year_vnd` and `used`, all centres of a funding source together."""
    drafted = lines.group_by("centre_code").agg(pl.col("amount_vnd").sum().alias("drafted_vnd"))
    of_year = allocations(facts.registers.budget).filter(pl.col("year") == year)
    return (
        centres.join(
            of_year.select("funding_source", pl.col("amount_vnd").alias("budget_year_vnd")),
            on="funding_source",
            how="left",
        )
        .join(drafted, on="centre_code", how="left")
        .with_columns(
            (pl.col("committed_year_vnd") + pl.col("drafted_vnd").fill_null(0).sum().over("funding_source")).alias(
                "used"
            ),
        )
        .drop("drafted_vnd")
        .sort("centre_code")
    )


def _judged(centres: pl.DataFrame, facts: MonthFacts, of_year: int) -> pl.DataFrame:
    known = centres.filter(pl.col("budget_year_vnd").is_not_null())
    percent = facts.policy.budget_nearly_used_percent
    is_exceeded = pl.col("used") > pl.col("budget_year_vnd")
    is_nearly = ~is_exceeded & (pl.col("used") * _PER_CENT >= pl.col("budget_year_vnd") * percent)
    used, allocated = dong(pl.col("used")), dong(pl.col("budget_year_vnd"))
    year = pl.lit(str(of_year))
    source = pl.concat_str("funding_source", year, separator=", ")
    share = pl.col("used") * _PER_CENT // pl.max_horizontal("budget_year_vnd", pl.lit(1))
    used_share = pl.concat_str(used, pl.format(" ({} %)", share))
    return all_findings(
        raised(FindingCode.BUDGET_MISSING, centres.filter(pl.col("budget_year_vnd").is_null()), expected=source),
        raised(FindingCode.BUDGET_EXCEEDED, known.filter(is_exceeded), found=used, expected=allocated, place=year),
        raised(
            FindingCode.BUDGET_NEARLY_USED, known.filter(is_nearly), found=used_share, expected=allocated, place=year
        ),
    )
