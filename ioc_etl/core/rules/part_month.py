"""Rule 12: a part of a month. What it earns is the parameter `part_month`; that it is one is always told."""

from datetime import date

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from ioc_etl.core.money import TENTHS, rounded_half_up
from ioc_etl.core.month import days_in
from ioc_etl.core.rules import Ruling
from ioc_etl.policy.model import MonthPolicy
from schemas.vocabulary import FindingCode, PartMonthMethod


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `month_amount_vnd`: what the days on duty earn, rounded half up to the đồng."""
    days, whole = pl.col("days_on_duty"), days_in(facts.month)
    priced = rows.with_columns(earned(facts.policy, facts.month).alias("month_amount_vnd"))
    is_part = priced.filter((days > 0) & (days < whole))
    return priced, raised(
        FindingCode.PART_MONTH,
        is_part,
        column="from_date",
        found=days.cast(pl.String),
        expected=pl.lit(str(whole)),
        place=pl.lit(facts.policy.part_month.value),
    )


def earned(policy: MonthPolicy, month: date) -> pl.Expr:
    """What `coefficient_tenths`, `base_salary_vnd` and `days_on_duty` earn in the month by the policy's method."""
    whole_product = pl.col("coefficient_tenths").cast(pl.Int64) * pl.col("base_salary_vnd")
    days = pl.col("days_on_duty").cast(pl.Int64)
    match policy.part_month:
        case PartMonthMethod.FULL_MONTH:
            return rounded_half_up(whole_product, pl.lit(TENTHS, dtype=pl.Int64))
        case PartMonthMethod.HALF_UNDER_15_DAYS:
            halves = pl.when(days >= policy.half_month_days).then(2).otherwise(1)
            return rounded_half_up(whole_product * halves, pl.lit(2 * TENTHS, dtype=pl.Int64))
        case PartMonthMethod.CALENDAR_DAYS:
            return rounded_half_up(whole_product * days, pl.lit(TENTHS * days_in(month), dtype=pl.Int64))
