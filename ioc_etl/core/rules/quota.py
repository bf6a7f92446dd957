"""Rules 10 and 11 (proposal V.2.a): so many posts an agency, so many a centre, one person one post.

Ranked are the people with a right to a post, paid or not: a fault that can be mended keeps the post, indirect and
superseded people hold one too. Order: approved money first, then days on duty, list order or STT, source row.
A line that the bank returned was approved, but is not committed: it ranks between the two.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.month import days_in
from ioc_etl.core.rules import Ruling
from schemas.vocabulary import FindingCode

_ORDER = ["approved_first", "days_on_duty", "order_in_list", "source_row"]
_DESCENDING = [True, True, False, False]
_RANKED = ["centre_code", "agency", "is_agency_binding", "approved_first", "days_on_duty", "source_row", "row_no"]


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `quota_rank` and `quota_limit` (null without a right) and holds who is past the quota.

    Needs `is_post_free`, whether a fault of the row frees its post, and `has_no_right`.
    """
    rows = _with_money(rows, facts)
    people = _ranked(_people(rows, facts))
    ranks = people.select("centre_code", "owner", "quota_rank", "quota_limit", "is_over", "last_inside")
    judged = (
        rows.with_columns(_owner())
        .join(ranks, on=["centre_code", "owner"], how="left", maintain_order="left")
        .with_columns(
            pl.when(~pl.col("is_post_free")).then("quota_rank").alias("quota_rank"),
            pl.when(~pl.col("is_post_free")).then("quota_limit").alias("quota_limit"),
            (pl.col("is_over").fill_null(value=False) & ~pl.col("is_post_free")).alias("is_over"),
        )
    )
    over = raised(
        FindingCode.OVER_QUOTA,
        judged.filter("is_over"),
        found=pl.col("quota_rank").cast(pl.String),
        expected=pl.col("quota_limit").cast(pl.String),
        place=pl.col("last_inside"),
    )
    return judged.drop("owner", "last_inside"), all_findings(
        over, _exceeded(people, facts), _list_over_quota(rows, facts)
    )


def _with_money(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Adds `approved_first`. Undecided is not zero: a fault that can be mended frees no post that is paid for.

    Money that is about to be taken back from a superseded person gives no rank: who has the post must not change by
    taking it back.
    """
    committed, returned = pl.col("committed_vnd") > 0, pl.col("returned_vnd") > 0
    money = facts.ledger.money.select(
        "centre_code",
        "person_id",
        pl.when(committed).then(2).when(returned).then(1).otherwise(0).alias("approved_first"),
    )
    is_taken_back = pl.col("is_superseded") & ~pl.col("is_blocked")
    joined = rows.join(money, on=["centre_code", "person_id"], how="left", maintain_order="left").with_columns(
        pl.when(is_taken_back).then(0).otherwise("approved_first").fill_null(0).alias("approved_first")
    )
    keeps_post = (pl.col("approved_first") == 2) & ~pl.col("has_no_right")
    return joined.with_columns(pl.col("is_post_free") & ~keeps_post)


def _owner() -> pl.Expr:
    """Who holds the post: the person, without a usable ID the row."""
    return pl.coalesce("person_id", pl.concat_str(pl.lit("row:"), pl.col("source_row").cast(pl.String))).alias("owner")


def _people(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """One row per person with a right and centre: the best of the person's rows (close reading 5)."""
    order_in_list = pl.when("is_list_binding").then("list_order").otherwise("row_order")
    centres = facts.centres.select("centre_code", "posts", "is_province")
    return (
        rows.filter(~pl.col("is_post_free"))
        .select(*_RANKED, _owner(), order_in_list.alias("order_in_list"))
        .sort(_ORDER, descending=_DESCENDING, nulls_last=True)
        .unique(["centre_code", "owner"], keep="first", maintain_order=True)
        .join(centres, on="centre_code", how="left", maintain_order="left")
        .join(
            facts.posts.rename({"posts": "agency_posts"}),
            on=["centre_code", "agency"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.when("is_agency_binding")
            .then(pl.when(pl.col("agency").is_not_null()).then(pl.col("agency_posts").fill_null(0)))
            .alias("agency_posts")
        )
    )


def _ranked(people: pl.DataFrame) -> pl.DataFrame:
    """Rank within the agency's posts where agencies matter, then of those inside within the centre's."""
    in_agency = people.with_columns(_rank("centre_code", "agency").alias("agency_rank")).with_columns(
        (pl.col("agency_rank") > pl.col("agency_posts")).fill_null(value=False).alias("is_over_agency"),
    )
    in_centre = in_agency.with_columns(_rank("centre_code", "is_over_agency").alias("centre_rank")).with_columns(
        (~pl.col("is_over_agency") & (pl.col("centre_rank") > pl.col("posts"))).alias("is_over_centre")
    )
    by_agency = pl.col("agency_posts").is_not_null() & ~pl.col("is_over_centre")
    ranked = in_centre.with_columns(
        pl.when(by_agency).then("agency_rank").otherwise("centre_rank").cast(pl.Int32).alias("quota_rank"),
        pl.when(by_agency).then("agency_posts").otherwise("posts").cast(pl.Int32).alias("quota_limit"),
        (pl.col("is_over_agency") | pl.col("is_over_centre")).alias("is_over"),
    )
    inside = ranked.filter(~pl.col("is_over"))
    return (
        ranked.join(_last(inside, "centre_code", "agency"), on=["centre_code", "agency"], how="left", nulls_equal=True)
        .join(_last(inside, "centre_code"), on="centre_code", how="left", suffix="_of_centre")
        .with_columns(
            pl.when("is_over_agency").then("last_inside").otherwise("last_inside_of_centre").alias("last_inside")
        )
    )


def _last(inside: pl.DataFrame, *group: str) -> pl.DataFrame:
    """Who ranked last of those with a post: `last_inside` by group."""
    place = pl.format("dòng {}, STT {}", "source_row", pl.col("row_no").fill_null("—"))
    last = inside.group_by(group).agg(pl.col("source_row", "row_no").last())
    return last.select(*group, place.alias("last_inside"))


def _rank(*group: str) -> pl.Expr:
    return (pl.int_range(pl.len(), dtype=pl.Int32) + 1).over(*group)


def _exceeded(people: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Once for the centre: how many people stand for how many posts, agency by agency where they matter."""
    crowded = people.filter(pl.col("is_over").any().over("centre_code", "agency"))
    name = pl.col("agency").replace(dict(facts.policy.agency_names))
    groups = crowded.group_by("centre_code", "agency").agg(
        pl.len().alias("people"), pl.col("quota_limit").max().alias("limit")
    )
    told = (
        groups.sort("centre_code", "agency")
        .group_by("centre_code", maintain_order=True)
        .agg(
            pl.concat_str(
                pl.when(pl.col("agency").is_not_null()).then(pl.concat_str(name, pl.lit(" "))).otherwise(pl.lit("")),
                pl.format("{}/{}", "people", "limit"),
            )
            .str.join("; ")
            .alias("groups")
        )
    )
    return raised(FindingCode.QUOTA_EXCEEDED, told, found=pl.col("groups"))


def _list_over_quota(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Rule 8: the approved list may not exceed the posts of an agency or the centre on any day of the month."""
    concerned = facts.approvals.join(rows.select("centre_code").unique(), on="centre_code", how="semi")
    centre = concerned.join(facts.centres.select("centre_code", "posts"), on="centre_code")
    agency = (
        concerned.rename({"list_agency": "agency"})
        .filter(pl.col("agency").is_not_null())
        .join(facts.centres.filter("is_agency_binding"), on="centre_code", how="semi")
        .join(facts.posts, on=["centre_code", "agency"], how="left")
        .with_columns(pl.col("posts").fill_null(0))
    )
    crowded = pl.concat(
        [
            _days_over(centre.with_columns(pl.lit(None, dtype=pl.String).alias("agency")), facts),
            _days_over(agency, facts),
        ]
    )
    name = pl.col("agency").replace(dict(facts.policy.agency_names)).fill_null("toàn Trung tâm")
    told = (
        crowded.sort("centre_code", "agency", nulls_last=True)
        .group_by("centre_code", maintain_order=True)
        .agg(pl.format("{} {}/{}", name, "listed", "posts").str.join("; ").alias("groups"))
    )
    return raised(FindingCode.APPROVED_LIST_OVER_QUOTA, told, found=pl.col("groups"))


def _days_over(listed: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Groups with more people approved than posts on some day: centre_code, agency, listed, posts."""
    of_day = pl.DataFrame({"day_bit": [1 << day for day in range(days_in(facts.month))]})
    by_mask = listed.group_by("centre_code", "agency", "posts", "approved_mask").agg(pl.len().alias("people"))
    on_day = by_mask.join(of_day, how="cross").filter((pl.col("approved_mask") & pl.col("day_bit")) > 0)
    return (
        on_day.group_by("centre_code", "agency", "posts", "day_bit")
        .agg(pl.col("people").sum())
        .group_by("centre_code", "agency", "posts")
        .agg(pl.col("people").max().alias("listed"))
        .filter(pl.col("listed") > pl.col("posts"))
        .select("centre_code", "agency", "listed", "posts")
    )
