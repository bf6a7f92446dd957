"""Rule 16: one person, one support, over all centres. Close readings 7, 8.

Rows alike in everything that matters are merged. Rows whose days of duty do not overlap are one person's month in
parts: where days are paid (`calendar_days`) each by its own, at whichever centre; under the other methods the rows of
one centre are one row's month. Otherwise every row of that person is held in each centre, but for one that stands.
"""

import polars as pl

from ioc_etl.core.dates import days_of
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.core.standing import approved_elsewhere, lapsed, pays_days, standing_rows
from ioc_etl.core.text import masked
from schemas.vocabulary import FindingCode, RuleKey

_KEY = ["centre_code", "source_row"]
_SEVERAL = ["is_merged", "is_of_one_month", "kept_place"]


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `is_merged`, `is_standing`, `is_set_aside`, `is_of_one_month` and `days_on_duty`.

    `is_set_aside`: another row of the person stands, or money was approved elsewhere. `is_of_one_month`: the row and
    others of the person, wherever they are, make one month. `days_on_duty`: the person's days at the centre over all
    rows.
    """
    several = _several_rows(rows, facts)
    judged = _judged(several, facts)
    conflicting = judged.filter("is_conflicting").sort(_KEY)
    elsewhere = approved_elsewhere(rows, facts)
    standing = standing_rows(conflicting.join(elsewhere, on=_KEY, how="anti"), facts)
    marked = (
        rows.join(judged.select(*_KEY, *_SEVERAL), on=_KEY, how="left", maintain_order="left")
        .join(
            standing.with_columns(pl.lit(value=True).alias("is_standing")), on=_KEY, how="left", maintain_order="left"
        )
        .join(elsewhere, on=_KEY, how="left", maintain_order="left")
        .with_columns(pl.col("is_merged", "is_of_one_month", "is_standing").fill_null(value=False))
        .with_columns(_is_set_aside(), _days_on_duty())
    )
    findings = all_findings(
        _duplicates(rows, conflicting, elsewhere),
        raised(FindingCode.ROW_MERGED, marked.filter("is_merged"), place=pl.col("kept_place")),
        _splits(judged, facts),
        raised(FindingCode.SELECTION_LAPSED, lapsed(conflicting, facts), column="citizen_id"),
    )
    return marked.drop("kept_place", "approved_place"), findings


def _is_set_aside() -> pl.Expr:
    stands_elsewhere = pl.col("is_standing").any().over("person_id") & ~pl.col("is_standing")
    is_aside = (pl.col("person_id").is_not_null() & stands_elsewhere) | pl.col("approved_place").is_not_null()
    return is_aside.alias("is_set_aside")


def _days_on_duty() -> pl.Expr:
    together = days_of(pl.col("duty_mask").bitwise_or().over("centre_code", "person_id"))
    return pl.when(pl.col("person_id").is_null()).then("row_days").otherwise(together).alias("days_on_duty")


def _splits(judged: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Parts of one month that are each paid: told on every row with days."""
    if not pays_days(facts):
        return raised(FindingCode.PERSON_SPLIT, judged.clear())
    parts = judged.filter(pl.col("is_of_one_month") & ~pl.col("is_alike") & (pl.col("row_days") > 0))
    several = parts.filter(pl.len().over("person_id") > 1)
    return raised(
        FindingCode.PERSON_SPLIT,
        several.sort(_KEY),
        column="citizen_id",
        found=pl.col("row_days").cast(pl.String),
        place=pl.col("other_places"),
    )


def _duplicates(rows: pl.DataFrame, conflicting: pl.DataFrame, elsewhere: pl.DataFrame) -> pl.DataFrame:
    """Told on every row of the person; of a row approved elsewhere its centre is named."""
    among_rows = conflicting.select(*_KEY, "citizen_id", "other_places")
    of_person = rows.join(elsewhere, on=_KEY, maintain_order="left").select(*_KEY, "citizen_id", "approved_place")
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
    by_place = _placed(repeated, facts).sort(_KEY)
    person = by_place.group_by("person_id").agg(
        (pl.col("centre_code").n_unique() == 1).alias("is_one_centre"),
        pl.col("facts").n_unique().alias("different"),
        (days_of(pl.col("duty_mask").bitwise_or()) == days_of(pl.col("duty_mask")).sum()).alias("is_apart"),
        pl.col("place").alias("places"),
    )
    return (
        by_place.join(person, on="person_id")
        .with_columns((pl.col("is_one_centre") & (pl.col("different") == 1)).alias("is_alike"))
        .with_columns(
            pl.col("places")
            .list.set_difference(pl.concat_list("place"))
            .list.sort()
            .list.join("; ")
            .alias("other_places")
        )
    )


def _judged(several: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Adds `is_conflicting`, `is_of_one_month`, `is_merged` and `kept_place` to the rows of several."""
    is_by_day = pays_days(facts)
    is_split = ~pl.col("is_alike") & pl.col("is_apart") & (pl.lit(is_by_day) | pl.col("is_one_centre"))
    told = several.with_columns((pl.col("is_alike") | is_split).alias("is_of_one_month")).with_columns(
        (~pl.col("is_of_one_month")).alias("is_conflicting")
    )
    kept = _kept_rows(told.filter(pl.col("is_alike") if is_by_day else pl.col("is_of_one_month")))
    return told.join(kept, on=_KEY, how="left", maintain_order="left").with_columns(
        pl.col("is_merged").fill_null(value=False)
    )


def _kept_rows(one_row: pl.DataFrame) -> pl.DataFrame:
    """Of alike rows the first is kept, of a split month the mode with most days (a tie: the lower), its longest row."""
    counted = one_row.with_columns(pl.col("row_days").sum().over("person_id", "work_mode").alias("mode_days"))
    ordered = counted.sort(
        "person_id",
        pl.when("is_alike").then(0).otherwise(-pl.col("mode_days")),
        pl.when("is_alike").then(0).otherwise(pl.col("coefficient_tenths")),
        pl.when("is_alike").then(0).otherwise(-pl.col("row_days")),
        "source_row",
        nulls_last=False,
    )
    return ordered.select(
        *_KEY,
        (pl.int_range(pl.len()).over("person_id") > 0).alias("is_merged"),
        pl.col("place").first().over("person_id").alias("kept_place"),
    )


RULE = Rule(
    key=RuleKey.ONE_PERSON,
    title_vi="Một người một suất",
    title_en="One person, one support",
    clause="Tờ trình IV.3; quy tắc 16",
    cells=("citizen_id",),
    reads=(
        "person_id",
        "citizen_id",
        "name_key",
        "full_name",
        "facts",
        "work_mode",
        "coefficient_tenths",
        "roster_mask",
        "duty_mask",
        "row_days",
    ),
    adds=("is_merged", "is_of_one_month", "is_standing", "is_set_aside", "days_on_duty"),
    apply=apply,
)
