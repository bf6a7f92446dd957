"""What the rules look up in the ledger: committed money, rows that stand, what was decided and paid before.

People are those of today's identity links: money belongs to whoever the ID on its line stands for today, whomever it
stood for when the line was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ioc_etl.core.text import name_key
from schemas.ledger import COMMITTED, EARLIER_DECISION, LAST_MONTH, LAST_PAYMENT, OFFSET, STANDING, USED_LINK, VOIDED
from schemas.vocabulary import BatchKind

PERSON = ["centre_code", "person_id"]
SOURCE: dict[str, pl.DataType] = {"centre_code": pl.String(), "source_sha256": pl.String()}


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """The ledger at one month.

    `lines`: the committed lines (`schemas.ledger.COMMITTED`) with `name_key`.
    `relinked`: one row per person of whose IDs the links say another thing than when the money was committed:
    link_centres, where it was; is_apart, the IDs were one person and are not any more; else they were several people.
    `voided`: one row per centre and person with a line whose batch was made void: voided_batch, the last one.
    `money`: one row per centre and person with lines: committed_vnd, the signed sum of those that were not returned;
    opening_vnd, what was paid there before go-live, which is no part of it;
    returned_vnd, the sum of the payments that were returned and have not been paid again; returned_ids, their ids;
    committed_days, returned_days, the days with a post of the newest line of each, as bits.
    `standing`: one row per person of whose rows finance selected one (`schemas.ledger.STANDING`), with `is_same_file`:
    whether the centre's file in this run is the one it was selected in.
    `earlier`, `last_payments`, `last_month`: by their contracts, one row per centre and person, or person.
    `sources`: one row per centre with a file in force: centre_code, source_sha256.
    """

    lines: pl.DataFrame
    money: pl.DataFrame
    relinked: pl.DataFrame
    voided: pl.DataFrame
    standing: pl.DataFrame
    earlier: pl.DataFrame
    last_payments: pl.DataFrame
    last_month: pl.DataFrame
    sources: pl.DataFrame
    policy_version: str


def no_ledger() -> LedgerFacts:
    """Nothing was ever approved."""
    return ledger_facts(
        links=pl.DataFrame(schema=USED_LINK),
        committed=pl.DataFrame(schema=COMMITTED),
        voided=pl.DataFrame(schema=VOIDED),
        standing=pl.DataFrame(schema=STANDING),
        earlier=pl.DataFrame(schema=EARLIER_DECISION),
        last_payments=pl.DataFrame(schema=LAST_PAYMENT),
        last_month=pl.DataFrame(schema=LAST_MONTH),
        sources={},
        policy_version="",
    )


def ledger_facts(
    *,
    links: pl.DataFrame,
    committed: pl.DataFrame,
    voided: pl.DataFrame,
    standing: pl.DataFrame,
    earlier: pl.DataFrame,
    last_payments: pl.DataFrame,
    last_month: pl.DataFrame,
    sources: Mapping[str, str],
    policy_version: str,
) -> LedgerFacts:
    """The frames of `schemas.ledger` with everybody as known today; `links` as in `MonthFacts`."""
    then = pl.col("person_id").alias("person_then")
    lines = known_today(committed.with_columns(then), links, by="citizen_id").with_columns(
        name_key(pl.col("full_name")).alias("name_key")
    )
    files = pl.DataFrame(sorted(sources.items()), schema=SOURCE, orient="row")
    return LedgerFacts(
        lines=lines.drop("person_then"),
        money=_money(lines),
        relinked=_relinked(lines, links),
        voided=known_today(voided, links, by="citizen_id")
        .select(*PERSON, pl.col("batch").alias("voided_batch"))
        .unique(PERSON, keep="last", maintain_order=True),
        standing=_selected(standing, files, links),
        earlier=known_today(earlier, links, by="citizen_id").unique(PERSON, keep="last", maintain_order=True),
        last_payments=known_today(last_payments, links, by="person_id")
        .sort("reference_month", maintain_order=True)
        .unique("person_id", keep="last", maintain_order=True),
        last_month=known_today(last_month, links, by="person_id"),
        sources=files,
        policy_version=policy_version,
    )


def _selected(standing: pl.DataFrame, files: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    same_file = files.with_columns(pl.lit(value=True).alias("is_same_file"))
    return (
        known_today(standing, links, by="person_id")
        .unique("person_id", keep="last", maintain_order=True)
        .join(same_file, on=list(SOURCE), how="left")
        .with_columns(pl.col("is_same_file").fill_null(value=False))
    )


def known_today(people: pl.DataFrame, links: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """`person_id` as today's identity links know whom the ID in the column `by` stands for."""
    today = links.select(pl.col("citizen_id").alias(by), pl.col("person_id").alias("person_today"))
    linked = people.join(today, on=by, how="left", maintain_order="left")
    return linked.with_columns(pl.coalesce("person_today", by).alias("person_id")).drop("person_today")


def _relinked(lines: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Told of whom the ID stands for today, and of whom it stood for where that is another person."""
    told = lines.select("centre_code", "person_then", pl.col("person_id").alias("person_now"))
    known = known_today(told, links, by="person_then").rename({"person_id": "person_then_now"})
    is_apart = pl.col("person_then_now") != pl.col("person_now")
    apart = known.filter(is_apart)
    several = known.filter(pl.col("person_then").n_unique().over("person_now") > 1)
    people = [
        apart.select(pl.col(who).alias("person_id"), "centre_code", pl.lit(value=True).alias("is_apart"))
        for who in ("person_now", "person_then_now")
    ]
    joined = several.select(
        pl.col("person_now").alias("person_id"), "centre_code", pl.lit(value=False).alias("is_apart")
    )
    return (
        pl.concat([*people, joined])
        .group_by("person_id")
        .agg(
            pl.col("centre_code").unique().sort().str.join(", ").alias("link_centres"),
            pl.col("is_apart").any(),
        )
    )


def _money(lines: pl.DataFrame) -> pl.DataFrame:
    """A returned line has been paid again once a later line of the person there names it as its cause."""
    named = lines.select(*PERSON, pl.col("cause_detail").alias("payment_id").str.extract_all(r"[0-9a-f-]{36}"))
    paid_again = named.explode("payment_id").drop_nulls("payment_id").unique()
    is_open = pl.col("is_returned") & (pl.col("amount_vnd") > 0)
    returned = lines.filter(is_open).join(paid_again, on=[*PERSON, "payment_id"], how="anti")
    due_again = returned.group_by(PERSON).agg(
        pl.col("amount_vnd").sum().alias("returned_vnd"),
        pl.col("payment_id").sort().str.join(", ").alias("returned_ids"),
    )
    is_opening = pl.col("batch_kind") == BatchKind.OPENING
    counted = pl.col("amount_vnd").filter(~pl.col("is_returned") & ~is_opening).sum().alias("committed_vnd")
    opening = pl.col("amount_vnd").filter(is_opening).sum().alias("opening_vnd")
    return (
        lines.group_by(PERSON)
        .agg(counted, opening)
        .join(due_again, on=PERSON, how="left")
        .join(_days(lines.filter(~pl.col("is_returned")), "committed_days"), on=PERSON, how="left")
        .join(_days(returned, "returned_days"), on=PERSON, how="left")
        .with_columns(pl.col("returned_vnd", "committed_days", "returned_days").fill_null(0))
        .with_columns(pl.when(pl.col("committed_vnd") > 0).then("committed_days").otherwise(0).alias("committed_days"))
    )


def _days(lines: pl.DataFrame, name: str) -> pl.DataFrame:
    """The days with a post of everybody's newest line; one that tells none was written for a whole month."""
    newest = lines.filter(~pl.col("batch_kind").is_in([BatchKind.OPENING.value, OFFSET])).unique(
        PERSON, keep="last", maintain_order=True
    )
    days_of_month = pl.col("reference_month").dt.days_in_month().cast(pl.Int64)
    whole = pl.lit(2, dtype=pl.Int64).pow(days_of_month) - 1
    return newest.select(*PERSON, pl.coalesce(pl.col("post_days").cast(pl.Int64), whole).alias(name))


def centres_with_a_batch(lines: pl.DataFrame) -> list[str]:
    """Centres with money of the month that was approved here, in whatever kind of batch."""
    return lines.filter(pl.col("batch_kind") != BatchKind.OPENING)["centre_code"].unique().to_list()


def centres_with_a_regular_batch(lines: pl.DataFrame) -> list[str]:
    """Centres whose regular batch of the month is approved: what is due there from now on is arrears."""
    return lines.filter(pl.col("batch_kind") == BatchKind.REGULAR)["centre_code"].unique().to_list()
