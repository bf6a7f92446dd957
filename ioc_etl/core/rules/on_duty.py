"""Rules 8, 11 and 12: the days a row's person was on duty, by the roster and within the approval."""

from datetime import date

import polars as pl

from ioc_etl.core.dates import days_of
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from ioc_etl.core.limits import has_failed
from ioc_etl.core.month import last_day
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `duty_mask` and `row_days`: the row's own days.

    Dates outside the month, or approved and on duty but never on the same day: NOT_ON_DUTY (close reading 12).
    """
    dated = rows.with_columns((pl.col("roster_mask") & pl.col("approved_mask")).alias("duty_mask")).with_columns(
        days_of(pl.col("duty_mask")).alias("row_days")
    )
    is_outside = has_failed(FindingCode.NOT_ON_DUTY)
    never_both = (pl.col("approved_mask") > 0) & (pl.col("duty_mask") == 0)
    absent = dated.filter(is_outside | never_both)
    stated = pl.concat_str("from_text", "to_text", separator=" - ", ignore_nulls=True)
    return dated, raised(
        FindingCode.NOT_ON_DUTY, absent, column="from_date", found=stated, expected=pl.lit(_span(facts.month))
    )


def _span(month: date) -> str:
    return f"{month:%d/%m/%Y} - {last_day(month):%d/%m/%Y}"


RULE = Rule(
    key=RuleKey.ON_DUTY,
    title_vi="Có làm việc trong tháng",
    title_en="On duty in the month",
    clause="Tờ trình V.2.b; quy tắc 8, 12",
    cells=("from_date", "to_date"),
    reads=("roster_mask", "approved_mask", "from_text", "to_text", "failed_checks"),
    adds=("duty_mask", "row_days"),
    apply=apply,
)
