"""Rule 12: a part of a month. What it earns is the parameter `part_month`; that it is one is always told."""

from datetime import date

import polars as pl

from ioc_etl.core.dates import days_of
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from ioc_etl.core.money import TENTHS, rounded_down
from ioc_etl.core.month import days_in
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.policy.model import MonthPolicy
from schemas.vocabulary import FindingCode, PartMonthMethod, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `month_amount_vnd`: what the row's days with a post (`post_days`) earn, rounded down to the đồng.

    Where a whole month is one post, the person's days on duty say which part of it is paid.
    """
    days, whole = pl.col("days_on_duty"), days_in(facts.month)
    counted = days_of(pl.col("post_days")) if facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS else days
    earned_vnd = pl.when(pl.col("post_days") > 0).then(earned(facts.policy, facts.month, counted)).otherwise(0)
    priced = rows.with_columns(earned_vnd.alias("month_amount_vnd"))
    is_part = priced.filter((days > 0) & (days < whole))
    return priced, raised(
        FindingCode.PART_MONTH,
        is_part,
        column="from_date",
        found=days.cast(pl.String),
        expected=pl.lit(str(whole)),
        place=pl.lit(facts.policy.part_month.value),
    )


def earned(policy: MonthPolicy, month: date, days: pl.Expr) -> pl.Expr:
    """What `coefficient_tenths` and `base_salary_vnd` earn in so many days of the month by the policy's method.

    Parts are rounded down, so that they never add up to more than a whole; whole months are exact.
    """
    whole_product = pl.col("coefficient_tenths").cast(pl.Int64) * pl.col("base_salary_vnd")
    of_days = days.cast(pl.Int64)
    match policy.part_month:
        case PartMonthMethod.FULL_MONTH:
            return rounded_down(whole_product, pl.lit(TENTHS, dtype=pl.Int64))
        case PartMonthMethod.HALF_UNDER_15_DAYS:
            halves = pl.when(of_days >= policy.half_month_days).then(2).otherwise(1)
            return rounded_down(whole_product * halves, pl.lit(2 * TENTHS, dtype=pl.Int64))
        case PartMonthMethod.CALENDAR_DAYS:
            return rounded_down(whole_product * of_days, pl.lit(TENTHS * days_in(month), dtype=pl.Int64))


RULE = Rule(
    key=RuleKey.PART_MONTH,
    title_vi="Phần của tháng",
    title_en="Part of a month",
    clause="Tờ trình V.2.b; quy tắc 12",
    cells=("from_date", "to_date"),
    reads=("days_on_duty", "post_days", "coefficient_tenths", "base_salary_vnd"),
    adds=("month_amount_vnd",),
    apply=apply,
)
