"""How many posts a centre has on which day, and of which agency. Rules 9 and 10 (proposal V.2.a).

The province's posts are the policy's on every day. A district's are those of the decision in force on the day: its
rows add up, of several decisions the one decided last counts, and a day without a decision has no post.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ioc_etl.core.dates import days_mask, whole_month_mask
from ioc_etl.core.month import days_in
from ioc_etl.policy.model import MonthPolicy
from schemas.posts import DAY_POSTS
from schemas.vocabulary import CentreKind

_DECISION = ["decision_no", "decision_date"]
_DECIDED = ["decision_date", "valid_from", "register_row"]


@dataclass(frozen=True, slots=True)
class MonthPosts:
    """The posts of a month.

    `by_day`: `schemas.posts.DAY_POSTS`. `of_centres` (centre_code, posts) and `of_agencies` (centre_code, agency,
    posts): those of the last day that has any, by which a whole month's post is given and shifts are counted.
    """

    by_day: pl.DataFrame
    of_centres: pl.DataFrame
    of_agencies: pl.DataFrame


def month_posts(centres: pl.DataFrame, establishment: pl.DataFrame, policy: MonthPolicy, month: date) -> MonthPosts:
    """The posts of `centres` (centre_code, is_province).

    `establishment` as `schemas.register.ESTABLISHMENT`, its agencies already codes of the month.
    """
    province = _provincial(centres.filter("is_province"), policy, month)
    districts = centres.filter(~pl.col("is_province")).select("centre_code")
    by_day = pl.concat([province, _of_districts(establishment.join(districts, on="centre_code"), policy, month)])
    return MonthPosts(by_day=by_day, of_centres=_last_of_centres(by_day), of_agencies=_last_of_agencies(by_day))


def each_day(month: date) -> pl.DataFrame:
    """One row per day of the month: `day`, its bit."""
    return pl.DataFrame({"day": [1 << place for place in range(days_in(month))]}, schema={"day": pl.Int64})


def of_each_day(rows: pl.DataFrame, mask: str, month: date) -> pl.DataFrame:
    """The rows once for every day of the mask, with its bit as `day`."""
    return rows.join(each_day(month), how="cross").filter((pl.col(mask).cast(pl.Int64) & pl.col("day")) > 0)


def _provincial(centres: pl.DataFrame, policy: MonthPolicy, month: date) -> pl.DataFrame:
    quota = [(None, policy.centre_quota[CentreKind.PROVINCE]), *policy.agency_quota.items()]
    posts = pl.DataFrame(quota, schema={"agency": pl.String, "posts": pl.Int32}, orient="row")
    days = pl.lit(whole_month_mask(month), dtype=pl.Int32).alias("days")
    return centres.select("centre_code").join(posts, how="cross").select("centre_code", "agency", days, "posts")


def _of_districts(establishment: pl.DataFrame, policy: MonthPolicy, month: date) -> pl.DataFrame:
    valid = establishment.with_columns(days_mask(pl.col("valid_from"), pl.col("valid_to"), month).alias("mask")).filter(
        pl.col("mask") > 0
    )
    on_day = of_each_day(valid, "mask", month).sort(_DECIDED)
    latest = on_day.group_by("centre_code", "day").agg(pl.col(_DECISION).last())
    counted = on_day.join(latest, on=["centre_code", "day", *_DECISION])
    quota = pl.lit(policy.centre_quota[CentreKind.DISTRICT])
    whole = counted.group_by("centre_code", "day").agg(
        pl.min_horizontal(pl.col("headcount").sum(), quota).cast(pl.Int32).alias("posts")
    )
    split = (
        counted.filter(pl.col("agency").is_not_null())
        .group_by("centre_code", "agency", "day")
        .agg(pl.col("headcount").sum().cast(pl.Int32).alias("posts"))
    )
    both = pl.concat([whole.with_columns(pl.lit(None, dtype=pl.String).alias("agency")), split], how="diagonal")
    together = both.group_by("centre_code", "agency", "posts").agg(pl.col("day").sum().cast(pl.Int32).alias("days"))
    return together.select(list(DAY_POSTS)).sort("centre_code", "agency", "days", nulls_last=False)


def _last_of_centres(by_day: pl.DataFrame) -> pl.DataFrame:
    whole = by_day.filter(pl.col("agency").is_null()).sort("centre_code", "days")
    return whole.group_by("centre_code", maintain_order=True).agg(pl.col("posts").last())


def _last_of_agencies(by_day: pl.DataFrame) -> pl.DataFrame:
    """Bits of later days are larger: of two masks without a day in common the greater one holds the last day."""
    highest_bit = pl.lit(2, dtype=pl.Int32).pow(31 - pl.col("days").max().bitwise_leading_zeros().cast(pl.Int32))
    last_day = by_day.filter(pl.col("agency").is_null()).group_by("centre_code").agg(highest_bit.alias("last"))
    of_agency = by_day.filter(pl.col("agency").is_not_null()).sort("centre_code", "agency", "days")
    latest = of_agency.group_by("centre_code", "agency", maintain_order=True).agg(pl.col("posts", "days").last())
    # An agency that the last decision gives nothing has none left, though it had posts earlier in the month.
    return (
        latest.join(last_day, on="centre_code")
        .with_columns(pl.when((pl.col("days") & pl.col("last")) > 0).then("posts").otherwise(0).alias("posts"))
        .select("centre_code", "agency", "posts")
    )


def held_posts(centres: pl.DataFrame, posts: pl.DataFrame, month: date) -> pl.DataFrame:
    """`DAY_POSTS` where a post is held for a whole month: as many on every day as the month's last day has.

    `centres` (centre_code, posts) and `posts` (centre_code, agency, posts) as in `MonthFacts`.
    """
    no_agency = pl.lit(None, dtype=pl.String).alias("agency")
    both = pl.concat(
        [centres.select("centre_code", no_agency, "posts"), posts.select("centre_code", "agency", "posts")]
    )
    days = pl.lit(whole_month_mask(month), dtype=pl.Int32).alias("days")
    return both.drop_nulls("posts").select("centre_code", "agency", days, "posts")
