"""Who holds a post on which day. Rule 11 (proposal V.2.a).

In rank order each person takes a post on every day of his on which his agency (where agencies bind) and the centre have
one left. Two ranks give the same as that sequential reading: on each day by agency, then among those inside by centre;
for once a centre is full on a day it stays full, whoever of an agency comes later. Whom nobody can push out is left out
of the days' table: a million rows would make thirty million.
"""

from dataclasses import dataclass

import polars as pl

from ioc_etl.core.dates import whole_month_mask
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.posts import of_each_day

OWNER = ["centre_code", "owner"]
_AGENCY_DAY = ["centre_code", "agency", "day"]
_CENTRE_DAY = ["centre_code", "day"]
_COMMITTED, _RETURNED, _PAID_BY_US, _SUPERSEDED = range(4)


@dataclass(frozen=True, slots=True)
class Holders:
    """The posts of a month as they are held.

    `granted`: one row per centre and owner with a right: centre_code, owner, granted (days, as bits), is_agency_full
    (his agency had no post left on one of his days). `crowds`: one row per centre and agency (null: the whole centre)
    for which on some day more people with a right stood than posts: centre_code, agency, people, posts of such a day.
    """

    granted: pl.DataFrame
    crowds: pl.DataFrame


def by_day(stands: pl.DataFrame, facts: MonthFacts) -> Holders:
    """Posts held day by day.

    `stands` has one row per roster row with a right: centre_code, owner, agency, is_agency_binding, duty_mask,
    superseded_mask, committed_days, returned_days, rank (0 is first), source_row. On a day, committed days come first,
    then returned ones, then who is paid by us, then who has a higher support.
    """
    crowded = _crowded(stands, facts)
    alone = stands.join(crowded, on="centre_code", how="anti")
    free = alone.group_by(OWNER).agg(
        pl.col("duty_mask").bitwise_or().alias("granted"), pl.lit(value=False).alias("is_agency_full")
    )
    days = _ranked(_on_days(stands.join(crowded, on="centre_code", how="semi"), facts))
    contested = days.group_by(OWNER).agg(
        pl.col("day").filter("is_inside").sum().alias("granted"),
        (~pl.col("is_inside_agency")).any().alias("is_agency_full"),
    )
    return Holders(pl.concat([free, contested]), _crowds(days))


def by_month(people: pl.DataFrame, facts: MonthFacts) -> Holders:
    """A post is held for the whole month by one person.

    `people` has one row per centre and owner in rank order: centre_code, owner, agency, is_agency_binding.
    """
    whole = pl.lit(whole_month_mask(facts.month), dtype=pl.Int64)
    limited = with_posts(people, facts)
    in_agency = limited.with_columns(
        pl.when(pl.col("is_agency_binding") & pl.col("agency").is_not_null())
        .then(pl.col("agency_posts").fill_null(0))
        .alias("agency_posts"),
        _place("centre_code", "agency").alias("place"),
    ).with_columns((pl.col("place") <= pl.col("agency_posts")).fill_null(value=True).alias("is_inside_agency"))
    inside = in_agency.with_columns(
        (
            pl.col("is_inside_agency") & (_place("centre_code", "is_inside_agency") <= pl.col("posts").fill_null(0))
        ).alias("is_inside")
    )
    granted = inside.select(
        *OWNER,
        pl.when("is_inside").then(whole).otherwise(0).alias("granted"),
        (~pl.col("is_inside_agency")).alias("is_agency_full"),
    )
    return Holders(granted, _crowds(inside.with_columns(whole.alias("day"))))


def with_posts(people: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Adds the month's `posts` of the centre and `agency_posts` of the agency; null where none are decided."""
    of_agencies = facts.posts.rename({"posts": "agency_posts"})
    return people.join(
        facts.centres.select("centre_code", "posts"), on="centre_code", how="left", maintain_order="left"
    ).join(of_agencies, on=["centre_code", "agency"], how="left", maintain_order="left")


def _place(*group: str) -> pl.Expr:
    """The place of a row in its group, from 1, in the frame's order."""
    return (pl.int_range(pl.len(), dtype=pl.Int32) + 1).over(*group)


def _crowded(stands: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """The centres in which somebody may be pushed out: more people, on whatever days, than posts on their worst day."""
    whole = whole_month_mask(facts.month)
    worst = facts.day_posts.group_by("centre_code", "agency").agg(
        pl.when(pl.col("days").sum() == whole).then(pl.col("posts").min()).otherwise(0).alias("posts")
    )
    people = stands.select(*OWNER, "agency", "is_agency_binding").unique()
    of_centres = people.group_by("centre_code").agg(pl.col("owner").n_unique().alias("people"))
    of_agencies = (
        people.filter(pl.col("is_agency_binding") & pl.col("agency").is_not_null())
        .group_by("centre_code", "agency")
        .agg(pl.col("owner").n_unique().alias("people"))
    )
    counted = pl.concat([of_centres, of_agencies], how="diagonal")
    over = counted.join(worst, on=["centre_code", "agency"], how="left", nulls_equal=True).filter(
        pl.col("people") > pl.col("posts").fill_null(0)
    )
    return over.select("centre_code").unique()


def _on_days(stands: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Every person once for every day on which he stands, in the order of that day, with that day's posts."""
    days = of_each_day(stands, "duty_mask", facts.month).with_columns(
        pl.when((pl.col("committed_days") & pl.col("day")) > 0)
        .then(_COMMITTED)
        .when((pl.col("returned_days") & pl.col("day")) > 0)
        .then(_RETURNED)
        .when((pl.col("superseded_mask") & pl.col("day")) == 0)
        .then(_PAID_BY_US)
        .otherwise(_SUPERSEDED)
        .alias("tier")
    )
    in_order = days.sort(*_CENTRE_DAY, "tier", "rank", "source_row").unique(
        [*OWNER, "day"], keep="first", maintain_order=True
    )
    posts = of_each_day(facts.day_posts.join(stands, on="centre_code", how="semi"), "days", facts.month).drop("days")
    of_centre = posts.filter(pl.col("agency").is_null()).select(*_CENTRE_DAY, "posts")
    of_agency = posts.filter(pl.col("agency").is_not_null()).rename({"posts": "agency_posts"})
    split_days = of_agency.select(_CENTRE_DAY).unique().with_columns(pl.lit(value=True).alias("is_split_day"))
    return (
        in_order.join(of_centre, on=_CENTRE_DAY, how="left", maintain_order="left")
        .join(of_agency, on=_AGENCY_DAY, how="left", maintain_order="left")
        .join(split_days, on=_CENTRE_DAY, how="left", maintain_order="left")
        .with_columns(
            pl.col("posts").fill_null(0),
            pl.when(pl.col("is_split_day") & pl.col("agency").is_not_null()).then(pl.col("agency_posts").fill_null(0)),
        )
    )


def _ranked(days: pl.DataFrame) -> pl.DataFrame:
    """Adds `is_inside_agency` and `is_inside`: by agency and day, then by centre and day among those inside."""
    in_agency = days.with_columns(
        (_place(*_AGENCY_DAY) <= pl.col("agency_posts")).fill_null(value=True).alias("is_inside_agency")
    )
    return in_agency.with_columns(
        (pl.col("is_inside_agency") & (_place(*_CENTRE_DAY, "is_inside_agency") <= pl.col("posts"))).alias("is_inside")
    )


def _crowds(days: pl.DataFrame) -> pl.DataFrame:
    """The groups with more people than posts on some day, with the fullest of these days."""
    of_agencies = (
        days.filter(pl.col("agency_posts").is_not_null())
        .group_by("centre_code", "agency", "day")
        .agg(pl.len().cast(pl.Int32).alias("people"), pl.col("agency_posts").first().alias("posts"))
    )
    of_centres = days.group_by("centre_code", "day").agg(
        pl.len().cast(pl.Int32).alias("people"), pl.col("posts").first().fill_null(0)
    )
    both = pl.concat([of_agencies, of_centres], how="diagonal_relaxed").filter(pl.col("people") > pl.col("posts"))
    fullest = both.sort("people", "posts", "day", descending=[True, False, False])
    return (
        fullest.unique(["centre_code", "agency"], keep="first", maintain_order=True)
        .sort("centre_code", "agency", nulls_last=True)
        .select("centre_code", "agency", "people", "posts")
    )
