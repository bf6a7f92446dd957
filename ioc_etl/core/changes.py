"""What differs between two decisions of a month, person by person, and between two sets of payment lines."""

import polars as pl

from ioc_etl.core.text import masked
from schemas.vocabulary import Outcome

NEW, CHANGED, REMOVED, SAME = "new", "changed", "removed", "same"

_OUTCOMES = (Outcome.PAID, Outcome.HELD, Outcome.SUPERSEDED, Outcome.MERGED)
"""Of several rows of one person the first of these tells how the person's month ended."""

_LINE = ["centre_code", "batch_kind", "person_id"]


def person_changes(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """One row per centre and person of either set of decisions (`schemas.decision`), by centre and row.

    `change` is new, changed, removed or same; `outcome_before`, `outcome` and the amounts are null where the person is
    not on the roster. `source_row` is the row in the file that would be in force, `source_row_before` in the one before
    it. `citizen_id_masked` is all that is told of the person; without an ID the row is its own person.
    `at_stake_vnd` is what a held person would earn.
    """
    joined = _people(before).join(_people(now), on=["centre_code", "who"], how="full", coalesce=True, suffix="_now")
    is_same = pl.col("outcome").eq_missing(pl.col("outcome_now")) & pl.col("amount_vnd").eq_missing(
        pl.col("amount_vnd_now")
    )
    change = (
        pl.when(pl.col("outcome").is_null())
        .then(pl.lit(NEW))
        .when(pl.col("outcome_now").is_null())
        .then(pl.lit(REMOVED))
        .when(is_same)
        .then(pl.lit(SAME))
        .otherwise(pl.lit(CHANGED))
    )
    return joined.select(
        "centre_code",
        pl.col("source_row_now").alias("source_row"),
        pl.col("source_row").alias("source_row_before"),
        masked(pl.coalesce("citizen_id_now", "citizen_id")).alias("citizen_id_masked"),
        change.alias("change"),
        pl.col("outcome").alias("outcome_before"),
        pl.col("outcome_now").alias("outcome"),
        pl.col("amount_vnd").alias("amount_before_vnd"),
        pl.col("amount_vnd_now").alias("amount_vnd"),
        pl.when(pl.col("outcome_now") == Outcome.HELD).then("full_amount_vnd_now").alias("at_stake_vnd"),
        pl.col("codes_now").alias("codes"),
    ).sort("centre_code", pl.coalesce("source_row", "source_row_before"), "change")


def _people(decisions: pl.DataFrame) -> pl.DataFrame:
    order = pl.col("outcome").replace_strict(
        [str(outcome) for outcome in _OUTCOMES], list(range(len(_OUTCOMES))), return_dtype=pl.Int32
    )
    row = pl.format("row {}", "source_row")
    return (
        decisions.with_columns(pl.coalesce("person_id", row).alias("who"), order.alias("order"))
        .sort("order", "source_row")
        .group_by("centre_code", "who", maintain_order=True)
        .agg(
            pl.col("source_row", "citizen_id", "outcome", "full_amount_vnd").first(),
            pl.col("amount_vnd").sum(),
            pl.col("codes").explode().drop_nulls().unique().sort(),
        )
    )


def line_changes(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """One row per centre, kind and person of either set of payment lines, with `change` and both amounts and the cause.

    `source_row` is null for a person on no roster any more, `source_row_before` for a line that was not there.
    """
    told = [*_LINE, "amount_vnd", "source_row", "cause", "cause_detail", pl.col("citizen_id")]
    joined = before.select(told).join(now.select(told), on=_LINE, how="full", coalesce=True, suffix="_now")
    change = (
        pl.when(pl.col("amount_vnd").is_null())
        .then(pl.lit(NEW))
        .when(pl.col("amount_vnd_now").is_null())
        .then(pl.lit(REMOVED))
        .when(pl.col("amount_vnd") == pl.col("amount_vnd_now"))
        .then(pl.lit(SAME))
        .otherwise(pl.lit(CHANGED))
    )
    return joined.select(
        "centre_code",
        "batch_kind",
        change.alias("change"),
        pl.col("amount_vnd").alias("amount_before_vnd"),
        pl.col("amount_vnd_now").alias("amount_vnd"),
        pl.col("source_row_now").alias("source_row"),
        pl.col("source_row").alias("source_row_before"),
        masked(pl.coalesce("citizen_id_now", "citizen_id")).alias("citizen_id_masked"),
        pl.col("cause_now").alias("cause"),
        pl.col("cause_detail_now").alias("cause_detail"),
    ).sort(
        "centre_code",
        "batch_kind",
        pl.coalesce("source_row", "source_row_before"),
        "citizen_id_masked",
        nulls_last=True,
    )
