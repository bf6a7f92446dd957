"""Close reading 16: a centre's month that differs much from the month before, and more than its rosters explain.

What the same rules on both rosters explain: who joined (on this month's roster, not on the last), who left, and of
whoever is paid in both months what this month's rules would have made of his mode and days then, at the base salary of
that month. So a decree on base salary, a change of mode and days on duty are explained; a person held or superseded in
one of the two months, and a rule or coefficient that has changed, are not.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from ioc_etl.core.ledger import PERSON
from ioc_etl.core.money import dong
from ioc_etl.core.month import month_before
from ioc_etl.core.rules.part_month import earned
from schemas.vocabulary import FindingCode

_PER_CENT = 100


def findings(decisions: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """VARIANCE_HIGH for centres whose difference and whose unexplained difference both reach the policy's share.

    A centre of which nothing is known in the month before says nothing.
    """
    people = _both_months(decisions, facts)
    now, then = pl.col("now_vnd"), pl.col("then_vnd")
    centres = people.group_by("centre_code").agg(
        now.sum(),
        then.sum(),
        _unexplained().sum().alias("unexplained_vnd"),
        (~pl.col("was_there")).sum().alias("joined"),
        (~pl.col("is_there")).sum().alias("left"),
    )
    known = centres.join(facts.ledger.last_month, on="centre_code", how="semi").join(
        decisions, on="centre_code", how="semi"
    )
    limit = then * facts.policy.variance_percent
    is_high = ((now - then).abs() * _PER_CENT >= limit) & (pl.col("unexplained_vnd").abs() * _PER_CENT >= limit)
    high = known.filter(is_high & (pl.col("unexplained_vnd") != 0)).sort("centre_code")
    return raised(FindingCode.VARIANCE_HIGH, high, found=dong(now), expected=dong(then), place=_difference())


def _both_months(decisions: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """One row per centre and person of either roster; people without a usable ID count by themselves."""
    row = pl.concat_str(pl.lit("row:"), pl.col("source_row").cast(pl.String))
    now = decisions.group_by("centre_code", pl.coalesce("person_id", row).alias("person_id")).agg(
        pl.col("amount_vnd").sum().alias("now_vnd"), pl.lit(value=True).alias("is_there")
    )
    then = _priced_then(facts).with_columns(pl.lit(value=True).alias("was_there"))
    return now.join(then, on=PERSON, how="full", coalesce=True).with_columns(
        pl.col("now_vnd", "then_vnd").fill_null(0), pl.col("is_there", "was_there").fill_null(value=False)
    )


def _priced_then(facts: MonthFacts) -> pl.DataFrame:
    """Last month's people with what they got and what this month's rules would have given them."""
    tenths = {str(mode): value for mode, value in facts.policy.coefficient_tenths.items()}
    priced = facts.ledger.last_month.with_columns(
        pl.col("work_mode").replace_strict(tenths, default=None, return_dtype=pl.Int32).alias("coefficient_tenths")
    )
    today = earned(facts.policy, month_before(facts.month), pl.col("days_on_duty"))
    by_row = priced.select(
        *PERSON, pl.col("amount_vnd").alias("then_vnd"), pl.coalesce(today, "amount_vnd").alias("then_by_rules_vnd")
    )
    return by_row.group_by(PERSON).agg(pl.col("then_vnd", "then_by_rules_vnd").sum())


def _unexplained() -> pl.Expr:
    stayed = pl.col("is_there") & pl.col("was_there")
    is_paid, was_paid = pl.col("now_vnd") > 0, pl.col("then_vnd") > 0
    return (
        pl.when(stayed & is_paid & was_paid)
        .then(pl.col("then_by_rules_vnd") - pl.col("then_vnd"))
        .when(stayed)
        .then(pl.col("now_vnd") - pl.col("then_vnd"))
        .otherwise(0)
    )


def _difference() -> pl.Expr:
    """+2.235.000 đ; +12 %; +1/-0: đồng, share of last month's amount, people who joined and left."""
    difference = pl.col("now_vnd") - pl.col("then_vnd")
    sign = pl.when(difference < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    share = difference.abs() * _PER_CENT // pl.max_horizontal("then_vnd", pl.lit(1))
    per_cent = pl.when(pl.col("then_vnd") > 0).then(pl.concat_str(pl.lit("; "), sign, pl.format("{} %", share)))
    people = pl.format("; +{}/-{}", "joined", "left")
    return pl.concat_str(sign, dong(difference.abs()), per_cent.fill_null(""), people)
