"""Rules 10 and 11 (proposal V.2.a): so many posts an agency, so many a centre on each day, one person one post.

Ranked are the people with a right to a post, paid or not: a fault that can be mended keeps the post, indirect and
superseded people hold one too. Days that approved money pays stay with their holder as long as his row still has them.
Order of the rest: not superseded, days on duty, paid here the month before, list order or STT, source row.
"""

import polars as pl

from ioc_etl.core.dates import days_of
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.ledger import PERSON
from ioc_etl.core.month import month_before
from ioc_etl.core.post_holders import OWNER, Holders, by_day, by_month, with_posts
from ioc_etl.core.posts import of_each_day
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import FindingCode, PartMonthMethod, RuleKey

_ORDER = ["approved", "is_superseded", "days_ranked", "was_paid_before", "order_in_list", "source_row"]
_DESCENDING = [True, False, True, True, False, False]


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `post_days`, `quota_rank` and `quota_limit` (null without a right); holds who has no day with a post.

    `post_days`: the row's days with a post that are ours to pay, as bits; where a whole month is one post, the whole
    month. `has_only_superseded_days`: of the days with a post nothing is left to us. `undated_before`: the row without
    readable dates that ranks before one short of a post. Needs `is_post_free`, whether a fault of the row frees its
    post, and `has_no_right`.
    """
    known = _with_ledger(rows, facts).with_columns(_owner())
    standing = known.filter(~pl.col("holds_no_post"))
    people = _people(standing)
    holders = _held(standing, people, facts)
    ranked = _ranks(people.join(holders.granted, on=OWNER, how="left", maintain_order="left"), facts)
    judged = (
        known.join(ranked, on=OWNER, how="left", maintain_order="left")
        .with_columns(
            pl.when(~pl.col("holds_no_post")).then(name).alias(name)
            for name in ("quota_rank", "quota_limit", "granted")
        )
        .with_columns(_days_with_a_post(facts))
        .with_columns(_has_only_superseded_days(facts))
        .with_columns(_post_days(facts), _is_without_post(facts))
        .with_columns(_undated_before())
    )
    findings = all_findings(_about_rows(judged), _exceeded(holders, facts), _list_over_quota(rows, facts))
    private = ("owner", "last_inside", "granted", "undated", "is_without_post", "holds_no_post")
    return judged.drop(private), findings


def dates_that_cost_others(findings: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """DATE_INVALID with the place of whom it leaves without a post (close reading 5), as the other's finding says."""
    short = rows.filter(pl.col("undated_before").is_not_null())
    if short.is_empty():
        return findings
    others = short.group_by("centre_code").agg(
        pl.col("source_row").unique().sort().cast(pl.String).str.join(", ").alias("others")
    )
    undated = rows.filter(~pl.col("has_readable_dates") & (pl.col("days_with_post") > 0)).select(
        "centre_code", "source_row", pl.lit(FindingCode.DATE_INVALID.value).alias("code")
    )
    costs = undated.join(others, on="centre_code")
    joined = findings.join(costs, on=["centre_code", "source_row", "code"], how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("place", "others").alias("place")).drop("others")


def _with_ledger(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Adds `approved`, `committed_days`, `returned_days`, `was_paid_before`; `holds_no_post`.

    Undecided is not zero: a fault that can be mended frees no post that is paid for. Money that is about to be taken
    back from a superseded person gives no rank: who has the post must not change by taking it back.
    """
    money = facts.ledger.money.select(*PERSON, "committed_vnd", "returned_vnd", "committed_days", "returned_days")
    joined = rows.join(money, on=PERSON, how="left", maintain_order="left").join(
        _paid_before(facts), on=PERSON, how="left", maintain_order="left"
    )
    is_taken_back = pl.col("is_superseded") & ~pl.col("is_blocked")
    approved = pl.when(pl.col("committed_vnd") > 0).then(2).when(pl.col("returned_vnd") > 0).then(1).otherwise(0)
    counted = joined.with_columns(
        pl.when(is_taken_back).then(0).otherwise(approved).alias("approved"),
        *(
            pl.when(is_taken_back).then(0).otherwise(pl.col(name).fill_null(0)).cast(pl.Int64).alias(name)
            for name in ("committed_days", "returned_days")
        ),
        pl.col("was_paid_before").fill_null(value=False),
    )
    keeps_post = (pl.col("approved") == 2) & ~pl.col("has_no_right")
    frees = (pl.col("is_post_free") & ~keeps_post) | (pl.col("is_set_aside") & (pl.col("approved") == 0))
    return counted.with_columns(frees.alias("holds_no_post")).drop("committed_vnd", "returned_vnd")


def _paid_before(facts: MonthFacts) -> pl.DataFrame:
    """Who was paid at the centre for the month before: rows of it with money, of people whose last payment it is."""
    last = facts.ledger.last_payments.filter(pl.col("reference_month") == month_before(facts.month))
    there = facts.ledger.last_month.filter(pl.col("amount_vnd") > 0).select(PERSON).unique()
    return there.join(last, on="person_id", how="semi").with_columns(pl.lit(value=True).alias("was_paid_before"))


def _owner() -> pl.Expr:
    """Who holds the post: the person, without a usable ID the row."""
    return pl.coalesce("person_id", pl.concat_str(pl.lit("row:"), pl.col("source_row").cast(pl.String))).alias("owner")


def _people(standing: pl.DataFrame) -> pl.DataFrame:
    """One row per person with a right and centre, in rank order, by all rows of the person there (close reading 5)."""
    order_in_list = pl.when("is_list_binding").then("list_order").otherwise("row_order")
    by_row = standing.with_columns(order_in_list.alias("order_in_list")).sort(
        "centre_code", "order_in_list", "source_row", nulls_last=True
    )
    first = [pl.col(name).first() for name in ("agency", "is_agency_binding", "order_in_list", "source_row", "row_no")]
    people = by_row.group_by(OWNER, maintain_order=True).agg(
        *first,
        pl.col("approved").max(),
        pl.col("is_superseded").all(),
        pl.col("was_paid_before").any(),
        days_of(pl.col("duty_mask").bitwise_or()).alias("days_ranked"),
        pl.col("source_row").filter(~pl.col("has_readable_dates")).first().alias("undated"),
    )
    in_order = people.sort(_ORDER, descending=_DESCENDING, nulls_last=True)
    return in_order.with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("rank"))


def _held(standing: pl.DataFrame, people: pl.DataFrame, facts: MonthFacts) -> Holders:
    if facts.policy.part_month is not PartMonthMethod.CALENDAR_DAYS:
        return by_month(people, facts)
    columns = ["agency", "is_agency_binding", "duty_mask", "superseded_mask", "committed_days", "returned_days"]
    return by_day(standing.select(*OWNER, *columns, "source_row").join(people.select(*OWNER, "rank"), on=OWNER), facts)


def _ranks(people: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """`quota_rank` within `quota_limit` posts, of the agency where agencies bind and it is the agency that is short.

    `last_inside` names who ranks last of those with a post in that group, `undated` who holds one without dates.
    """
    limited = with_posts(people, facts)
    is_short = pl.col("granted") == 0
    by_agency = pl.col("is_agency_binding") & pl.col("agency").is_not_null() & (~is_short | pl.col("is_agency_full"))
    place = (pl.int_range(pl.len(), dtype=pl.Int32) + 1).alias("place")
    ranked = limited.with_columns(
        place.over("centre_code", "agency").alias("agency_rank"), place.over("centre_code").alias("centre_rank")
    ).with_columns(
        pl.when(by_agency).then("agency_rank").otherwise("centre_rank").alias("quota_rank"),
        pl.when(by_agency).then(pl.col("agency_posts").fill_null(0)).otherwise("posts").alias("quota_limit"),
        pl.when("is_agency_full").then(pl.col("agency")).alias("group"),
    )
    inside = ranked.filter(pl.col("granted") > 0)
    return (
        ranked.join(
            _last(inside, "agency"), left_on=["centre_code", "group"], right_on=["centre_code", "agency"], how="left"
        )
        .join(_last(inside), on="centre_code", how="left", suffix="_of_centre")
        .select(
            *OWNER,
            "granted",
            "quota_rank",
            "quota_limit",
            *(
                pl.when("is_agency_full").then(name).otherwise(f"{name}_of_centre").alias(name)
                for name in ("last_inside", "undated_inside")
            ),
        )
        .rename({"undated_inside": "undated"})
    )


def _last(inside: pl.DataFrame, *group: str) -> pl.DataFrame:
    """Who ranked last of those with a post (`last_inside`), and one whose dates cannot be read (`undated_inside`)."""
    place = pl.format("dòng {}, STT {}", pl.col("source_row").last(), pl.col("row_no").fill_null("—").last())
    keys = ["centre_code", *group]
    return (
        inside.sort("rank")
        .group_by(keys)
        .agg(place.alias("last_inside"), pl.col("undated").drop_nulls().first().alias("undated_inside"))
    )


def _days_with_a_post(facts: MonthFacts) -> pl.Expr:
    is_by_day = facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS
    own = pl.col("granted") & pl.col("duty_mask") if is_by_day else pl.col("granted")
    return pl.when(~pl.col("is_merged")).then(own).fill_null(0).cast(pl.Int64).alias("days_with_post")


def _has_only_superseded_days(facts: MonthFacts) -> pl.Expr:
    """Superseded on all days of duty, or on all of those with a post: then there is nothing for us to pay."""
    nothing_left = (pl.col("days_with_post") > 0) & (
        (pl.col("days_with_post") & pl.col("superseded_mask")) == pl.col("days_with_post")
    )
    is_by_day = facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS
    return (pl.col("is_superseded") | (nothing_left & pl.lit(is_by_day))).alias("has_only_superseded_days")


def _post_days(facts: MonthFacts) -> pl.Expr:
    held, higher = pl.col("days_with_post"), pl.col("superseded_mask")
    ours = held - (held & higher) if facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS else held
    return pl.when(~pl.col("has_only_superseded_days")).then(ours).otherwise(0).cast(pl.Int32).alias("post_days")


def _is_without_post(facts: MonthFacts) -> pl.Expr:
    """Whether a row with a right has no post, or by day none on some of its days of duty."""
    has_right = ~pl.col("holds_no_post") & ~pl.col("is_merged") & (pl.col("duty_mask") > 0)
    is_by_day = facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS
    held = pl.col("days_with_post")
    missing = held != pl.col("duty_mask") if is_by_day else held == 0
    return (has_right & missing).alias("is_without_post")


def _undated_before() -> pl.Expr:
    is_another = pl.col("undated") != pl.col("source_row")
    return pl.when(pl.col("is_without_post") & is_another).then("undated").alias("undated_before")


def _about_rows(judged: pl.DataFrame) -> pl.DataFrame:
    without = judged.filter("is_without_post")
    because = pl.format("dòng {} xếp trước vì ngày làm việc không đọc được", "undated_before")
    place = pl.concat_str("last_inside", because, separator="; ", ignore_nulls=True)
    held = pl.col("days_with_post")
    over = raised(
        FindingCode.OVER_QUOTA,
        without.filter(held == 0),
        found=pl.col("quota_rank").cast(pl.String),
        expected=pl.col("quota_limit").cast(pl.String),
        place=place,
    )
    return all_findings(
        over,
        raised(
            FindingCode.POST_ON_SOME_DAYS,
            without.filter(held > 0),
            found=days_of(held).cast(pl.String),
            expected=days_of(pl.col("duty_mask")).cast(pl.String),
            place=place,
        ),
    )


def _exceeded(holders: Holders, facts: MonthFacts) -> pl.DataFrame:
    """Once for the centre: how many people stand for how many posts, agency by agency where they matter."""
    of_agencies = holders.crowds.filter(pl.col("agency").is_not_null())
    alone = holders.crowds.filter(pl.col("agency").is_null()).join(of_agencies, on="centre_code", how="anti")
    name = pl.col("agency").replace(dict(facts.policy.agency_names))
    told = (
        pl.concat([of_agencies, alone])
        .sort("centre_code", "agency", nulls_last=True)
        .group_by("centre_code", maintain_order=True)
        .agg(
            pl.concat_str(
                pl.when(pl.col("agency").is_not_null()).then(pl.concat_str(name, pl.lit(" "))).otherwise(pl.lit("")),
                pl.format("{}/{}", "people", "posts"),
            )
            .str.join("; ")
            .alias("groups")
        )
    )
    return raised(FindingCode.QUOTA_EXCEEDED, told, found=pl.col("groups"))


def _list_over_quota(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Rule 8: the approved list may not exceed the posts of an agency or the centre on any day of the month."""
    concerned = facts.approvals.join(rows.select("centre_code").unique(), on="centre_code", how="semi")
    centre = concerned.with_columns(pl.lit(None, dtype=pl.String).alias("agency"))
    agency = concerned.with_columns(pl.col("list_agency").alias("agency")).filter(pl.col("agency").is_not_null())
    binding = agency.join(facts.centres.filter("is_agency_binding"), on="centre_code", how="semi")
    crowded = pl.concat([_days_over(centre, facts), _days_over(binding, facts)])
    name = pl.col("agency").replace(dict(facts.policy.agency_names)).fill_null("toàn Trung tâm")
    told = (
        crowded.sort("centre_code", "agency", nulls_last=True)
        .group_by("centre_code", maintain_order=True)
        .agg(pl.format("{} {}/{}", name, "listed", "posts").str.join("; ").alias("groups"))
    )
    return raised(FindingCode.APPROVED_LIST_OVER_QUOTA, told, found=pl.col("groups"))


def _days_over(listed: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Groups with more people approved than posts on some day: centre_code, agency, listed, posts."""
    group = ["centre_code", "agency"]
    by_mask = listed.group_by(*group, "approved_mask").agg(pl.len().alias("people"))
    on_day = of_each_day(by_mask, "approved_mask", facts.month).group_by(*group, "day").agg(pl.col("people").sum())
    posts = of_each_day(facts.day_posts.join(listed, on="centre_code", how="semi"), "days", facts.month)
    counted = on_day.join(posts.drop("days"), on=[*group, "day"], how="left", nulls_equal=True).with_columns(
        pl.col("posts").fill_null(0)
    )
    over = counted.filter(pl.col("people") > pl.col("posts")).sort(
        "people", "posts", "day", descending=[True, False, False]
    )
    return over.unique(group, keep="first", maintain_order=True).select(
        *group, pl.col("people").alias("listed"), "posts"
    )


RULE = Rule(
    key=RuleKey.QUOTA,
    title_vi="Định mức",
    title_en="Quota",
    clause="Tờ trình V.2.a; quy tắc 10, 11",
    cells=("agency", "row_no"),
    reads=(
        "person_id",
        "agency",
        "is_agency_binding",
        "is_list_binding",
        "list_order",
        "row_no",
        "row_order",
        "duty_mask",
        "has_readable_dates",
        "is_merged",
        "is_set_aside",
        "is_superseded",
        "superseded_mask",
        "is_blocked",
        "has_no_right",
        "is_post_free",
    ),
    adds=(
        "was_paid_before",
        "approved",
        "committed_days",
        "returned_days",
        "quota_rank",
        "quota_limit",
        "days_with_post",
        "has_only_superseded_days",
        "post_days",
        "undated_before",
    ),
    apply=apply,
)
