"""What the rules of a month look up: the policy, who is approved where, how many posts there are.

Built once per run from the policy, the centres and the registers; every rule gets it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from ioc_etl.core.dates import days_mask
from ioc_etl.core.ledger import LedgerFacts, no_ledger
from ioc_etl.core.links import links_of, person_of
from ioc_etl.core.month import last_day
from ioc_etl.core.posts import month_posts
from ioc_etl.core.registers import Registers
from ioc_etl.core.text import name_key, word_keys
from ioc_etl.policy.model import Centre, FindingText, MonthPolicy
from schemas.vocabulary import CentreKind, FindingCode, ListKind


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Everything a rule may look up.

    `centres`: one row per centre: centre_code, centre_name, is_province, funding_source, posts (those of the last day
    that has any; null where no day has), is_list_binding, is_agency_binding.
    `posts`: one row per centre and agency where agencies matter on any day: centre_code, agency, posts.
    `day_posts`: how many posts there are on which day (`schemas.posts.DAY_POSTS`).
    `approvals`: one row per centre and person approved on any day of the month: centre_code, person_id,
    approved_mask, list_order, list_name, list_name_key, list_agency, list_decision.
    `listed`: one row per centre and citizen ID ever on its lists: centre_code, citizen_id.
    `last_listed`: one row per centre and person ever listed: centre_code, person_id, last_listing.
    `links`: one row per citizen ID that a link speaks of: citizen_id, person_id.
    `ledger`: what has been committed and decided before; `transform` puts it in, empty until then.
    """

    month: date
    policy: MonthPolicy
    texts: Mapping[FindingCode, FindingText]
    registers: Registers
    centres: pl.DataFrame
    posts: pl.DataFrame
    day_posts: pl.DataFrame
    approvals: pl.DataFrame
    listed: pl.DataFrame
    last_listed: pl.DataFrame
    links: pl.DataFrame
    ledger: LedgerFacts = field(default_factory=no_ledger)


def month_facts(
    *,
    month: date,
    policy: MonthPolicy,
    texts: Mapping[FindingCode, FindingText],
    registers: Registers,
    centres: Iterable[Centre],
) -> MonthFacts:
    """The facts of one month for the given centres."""
    links = links_of(registers.identity_link)
    known = _centres(centres)
    posts = month_posts(known, registers.establishment.with_columns(_agency(policy)), policy, month)
    listing = registers.approved_list.filter(pl.col("valid_from") <= last_day(month))["centre_code"].unique()
    split = posts.of_agencies["centre_code"].unique()
    return MonthFacts(
        month=month,
        policy=policy,
        texts=texts,
        registers=registers,
        centres=known.join(posts.of_centres, on="centre_code", how="left").with_columns(
            (pl.col("is_province") | pl.col("centre_code").is_in(listing.to_list())).alias("is_list_binding"),
            (pl.col("is_province") | pl.col("centre_code").is_in(split.to_list())).alias("is_agency_binding"),
        ),
        posts=posts.of_agencies,
        day_posts=posts.by_day,
        approvals=_approvals(registers.approved_list, links, policy, month),
        listed=registers.approved_list.select("centre_code", "citizen_id").unique(),
        last_listed=_last_listed(registers.approved_list, links),
        links=links,
    )


def facts_with_kept(facts: MonthFacts, kept: pl.DataFrame) -> MonthFacts:
    """The facts with links that the register is silent about and that stay in force (`ioc_etl.core.links`)."""
    if kept.is_empty():
        return facts
    links = links_of(facts.registers.identity_link, kept)
    listed = facts.registers.approved_list
    return replace(
        facts,
        links=links,
        approvals=_approvals(listed, links, facts.policy, facts.month),
        last_listed=_last_listed(listed, links),
    )


def _centres(centres: Iterable[Centre]) -> pl.DataFrame:
    rows = [(c.code, c.name, c.kind is CentreKind.PROVINCE, c.funding_source) for c in centres]
    schema = {
        "centre_code": pl.String,
        "centre_name": pl.String,
        "is_province": pl.Boolean,
        "funding_source": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _agency(policy: MonthPolicy) -> pl.Expr:
    """A register's agency as the code of the month; an agency that only a district knows by its word's key."""
    is_code = pl.col("agency").is_in(sorted(policy.agency_names))
    code = pl.when(is_code).then("agency").otherwise(word_keys(pl.col("agency")))
    return code.replace(dict(policy.agency_successor)).alias("agency")


def _approvals(approved_list: pl.DataFrame, links: pl.DataFrame, policy: MonthPolicy, month: date) -> pl.DataFrame:
    """Rule 8: who is approved on which days of the month; of several rows, the latest decision names them."""
    closed = _closed_by_full_lists(approved_list)
    listed = person_of(closed, links).with_columns(
        days_mask(pl.col("valid_from"), pl.col("valid_to"), month).alias("mask"),
        _agency(policy),
    )
    in_order = listed.filter(pl.col("mask") > 0).sort("decision_date", "valid_from", "register_row")
    return in_order.group_by("centre_code", "person_id", maintain_order=True).agg(
        pl.col("mask").bitwise_or().alias("approved_mask"),
        pl.col("list_order").last(),
        pl.col("full_name").last().alias("list_name"),
        name_key(pl.col("full_name").last()).alias("list_name_key"),
        pl.col("agency").last().alias("list_agency"),
        pl.col("decision_no").last().alias("list_decision"),
    )


def _last_listed(approved_list: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    until = pl.col("valid_to").dt.strftime("%d/%m/%Y")
    last = pl.concat_str("decision_no", until, separator=" đến ", ignore_nulls=True).last().alias("last_listing")
    in_order = person_of(_closed_by_full_lists(approved_list), links).sort("decision_date", "register_row")
    return in_order.group_by("centre_code", "person_id").agg(last)


def _closed_by_full_lists(approved_list: pl.DataFrame) -> pl.DataFrame:
    """Ends every row on the day before the first full list decided after it takes effect."""
    full = (
        approved_list.filter(pl.col("list_kind") == ListKind.FULL)
        .select(
            "centre_code",
            pl.col("decision_no").alias("full_no"),
            pl.col("decision_date").alias("full_decided"),
            pl.col("valid_from").alias("full_from"),
        )
        .unique()
    )
    earlier = (
        approved_list.join(full, on="centre_code")
        .filter(
            (pl.col("decision_date") < pl.col("full_decided"))
            | (
                (pl.col("decision_date") == pl.col("full_decided"))
                & (pl.col("decision_no") != pl.col("full_no"))
                & (pl.col("valid_from") < pl.col("full_from"))
            )
        )
        .group_by("centre_code", "register_row")
        .agg((pl.col("full_from").min() - pl.duration(days=1)).alias("closed_on"))
    )
    return approved_list.join(earlier, on=["centre_code", "register_row"], how="left").with_columns(
        pl.min_horizontal("valid_to", "closed_on").alias("valid_to")
    )
