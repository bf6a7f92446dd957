"""Rule 16: one person, one support, over all centres. Close readings 7, 8, 10.

Rows alike in everything that matters are merged. Rows at one centre whose days do not overlap are one person's month.
Otherwise every row of that person is held in each centre, but for one that stands (`one_person_standing`).
"""

import polars as pl

from ioc_etl.core.dates import days_of
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.rules import Ruling
from ioc_etl.core.standing import approved_elsewhere, paid_and_gone, standing_rows
from ioc_etl.core.text import masked
from schemas.vocabulary import FindingCode

_KEY = ["centre_code", "source_row"]


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `is_merged`, `is_standing` and `days_on_duty`: the person's days at the centre over all rows."""
    several = _several_rows(rows, facts)
    kept = _kept_rows(several)
    conflicting = several.filter(~pl.col("is_alike") & ~pl.col("is_split")).sort("centre_code", "source_row")
    elsewhere = approved_elsewhere(rows, facts)
    standing = standing_rows(conflicting.join(elsewhere, on="person_id", how="anti"), facts)
    judged = (
        rows.join(
            kept.select(*_KEY, "is_merged", "person_days", "kept_place"), on=_KEY, how="left", maintain_order="left"
        )
        .join(
            standing.with_columns(pl.lit(value=True).alias("is_standing")), on=_KEY, how="left", maintain_order="left"
        )
        .with_columns(
            pl.col("is_merged", "is_standing").fill_null(value=False),
            pl.coalesce("person_days", "row_days").alias("days_on_duty"),
        )
    )
    findings = all_findings(
        _duplicates(rows, conflicting, elsewhere),
        raised(FindingCode.ROW_MERGED, judged.filter("is_merged"), place=pl.col("kept_place")),
        _possible_duplicates(rows, facts),
    )
    return judged.drop("person_days", "kept_place"), findings


def _duplicates(rows: pl.DataFrame, conflicting: pl.DataFrame, elsewhere: pl.DataFrame) -> pl.DataFrame:
    """Told on every row of the person; of a row approved elsewhere its centre is named."""
    among_rows = conflicting.select(*_KEY, "citizen_id", "other_places")
    of_person = rows.join(elsewhere, on="person_id", maintain_order="left").select(
        *_KEY, "citizen_id", "approved_place"
    )
    both = among_rows.join(of_person, on=[*_KEY, "citizen_id"], how="full", coalesce=True, nulls_equal=True)
    return raised(
        FindingCode.DUPLICATE_PERSON,
        both.sort(_KEY),
        column="citizen_id",
        found=masked(pl.col("citizen_id")),
        place=pl.concat_str("other_places", "approved_place", separator="; ", ignore_nulls=True),
    )


def _placed(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Adds `place`, as people find it: the centre's name and the row."""
    names = facts.centres.select("centre_code", "centre_name")
    place = pl.concat_str("centre_name", pl.lit(" dòng "), pl.col("source_row").cast(pl.String))
    return rows.join(names, on="centre_code", how="left", maintain_order="left").with_columns(place.alias("place"))


def _several_rows(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """The rows of people who stand more than once, with how those rows relate."""
    repeated = rows.filter(pl.col("person_id").is_not_null() & pl.col("person_id").is_duplicated())
    by_place = _placed(repeated, facts).sort("centre_code", "source_row")
    person = by_place.group_by("person_id").agg(
        pl.col("centre_code").n_unique().alias("centres"),
        pl.col("facts").n_unique().alias("different"),
        days_of(pl.col("roster_mask").bitwise_or()).alias("days_together"),
        days_of(pl.col("roster_mask")).sum().alias("days_apart"),
        pl.col("place").alias("places"),
    )
    is_one_centre = pl.col("centres") == 1
    is_alike = is_one_centre & (pl.col("different") == 1)
    return (
        by_place.join(person, on="person_id")
        .with_columns(
            is_alike.alias("is_alike"),
            (is_one_centre & ~is_alike & (pl.col("days_together") == pl.col("days_apart"))).alias("is_split"),
        )
        .with_columns(
            pl.col("places")
            .list.set_difference(pl.concat_list("place"))
            .list.sort()
            .list.join("; ")
            .alias("other_places")
        )
    )


def _kept_rows(several: pl.DataFrame) -> pl.DataFrame:
    """Of alike rows the first is kept, of a split month the mode with most days (a tie: the lower), its longest row."""
    one_month = several.filter(pl.col("is_alike") | pl.col("is_split")).with_columns(
        days_of(pl.col("duty_mask").bitwise_or().over("person_id")).alias("person_days"),
        pl.col("row_days").sum().over("person_id", "work_mode").alias("mode_days"),
    )
    ordered = one_month.sort(
        "person_id",
        pl.when("is_alike").then(0).otherwise(-pl.col("mode_days")),
        pl.when("is_alike").then(0).otherwise(pl.col("coefficient_tenths")),
        pl.when("is_alike").then(0).otherwise(-pl.col("row_days")),
        "source_row",
        nulls_last=False,
    )
    return ordered.with_columns(
        (pl.int_range(pl.len()).over("person_id") > 0).alias("is_merged"),
        pl.col("place").first().over("person_id").alias("kept_place"),
    )


def _possible_duplicates(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Same name and full birth date, another ID: told on both rows.

    So is somebody who was paid and stands on no roster any more: the ID may have been corrected without a link.
    """
    looks, identity = ["name_key", "birth_date"], ["person_id", "name_key", "birth_date"]
    people = _placed(rows.select(*_KEY, "citizen_id", *identity).drop_nulls(identity), facts)
    gone = paid_and_gone(rows, facts).drop_nulls(identity).select(*identity, "place")
    both = pl.concat([people.select(*_KEY, "citizen_id", *identity, "place"), gone], how="diagonal")
    alike = both.filter(pl.col("person_id").n_unique().over(looks) > 1)
    places = alike.sort(_KEY, nulls_last=True).group_by(looks).agg(pl.col("place").alias("places"))
    told = alike.drop_nulls("source_row").join(places, on=looks, maintain_order="left")
    others = pl.col("places").list.set_difference(pl.concat_list("place")).list.sort().list.join("; ")
    return raised(FindingCode.POSSIBLE_DUPLICATE, told, column="citizen_id", place=others)
