"""What a centre's roster says about somebody, and when it says nothing (rulebook section 6: undecided is not zero).

Money is taken back only where the file in force makes a statement: a smaller amount, rows that all have no right or
are superseded, or absence from the whole roster. A file that goes missing or bad makes none.
"""

import polars as pl

from ioc_etl.core.decide import Decisions
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.ledger import PERSON
from ioc_etl.core.standing import may_be_anybody
from ioc_etl.core.text import name_key
from schemas.vocabulary import Outcome


def stated(sums: pl.DataFrame, decided: Decisions, facts: MonthFacts) -> pl.DataFrame:
    """Adds `is_undecided` and `is_absent` to the people of `sums` (centre_code, person_id, entitlement_vnd).

    Who is paid is decided. Everybody else is undecided where the centre has no file in force, while a row of the person
    is held for a fault that can be mended, or while somebody on the roster may be the person.
    """
    unpaid = sums.filter(pl.col("entitlement_vnd") == 0)
    if unpaid.is_empty():
        return sums.with_columns(pl.lit(value=False).alias("is_undecided"), pl.lit(value=False).alias("is_absent"))
    rows = decided.rows.join(unpaid, on="centre_code", how="semi")
    absent = unpaid.select(PERSON).join(rows, on=PERSON, how="anti")
    undecided = pl.concat(
        [
            absent.join(rows, on="centre_code", how="anti"),
            _held(rows, decided.standing).select(PERSON),
            _perhaps_there(absent, rows, facts),
        ]
    ).unique()
    return (
        sums.join(undecided.with_columns(pl.lit(value=True).alias("is_unstated")), on=PERSON, how="left")
        .join(absent.with_columns(pl.lit(value=True).alias("is_absent")), on=PERSON, how="left")
        .with_columns(
            (pl.col("is_unstated").fill_null(value=False) & (pl.col("entitlement_vnd") == 0)).alias("is_undecided"),
            pl.col("is_absent").fill_null(value=False),
        )
        .drop("is_unstated")
    )


def own_rows(rows: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """The rows that speak of their person: not merged, nor set aside by one that stands at the same centre."""
    of_people = rows.filter(pl.col("person_id").is_not_null() & (pl.col("outcome") != Outcome.MERGED))
    if standing.is_empty():
        return of_people
    marked = standing.with_columns(pl.lit(value=True).alias("stands"))
    judged = of_people.join(marked, on=["centre_code", "source_row"], how="left", maintain_order="left").with_columns(
        pl.col("stands").fill_null(value=False)
    )
    return judged.filter(pl.col("stands") | ~pl.col("stands").any().over(PERSON)).drop("stands")


def _held(rows: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    is_open = (pl.col("outcome") == Outcome.HELD) & ~pl.col("has_no_right")
    return own_rows(rows, standing).filter(is_open)


def _perhaps_there(absent: pl.DataFrame, rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Absent people whose name stands in a row that is held or has no usable ID, or who may be a row without either."""
    there = rows.join(absent, on="centre_code", how="semi")
    uncertain = there.filter(pl.col("person_id").is_null() | (pl.col("outcome") == Outcome.HELD)).with_columns(
        name_key(pl.col("full_name")).alias("name_key")
    )
    names = facts.ledger.lines.select(*PERSON, "name_key").unique()
    by_name = absent.join(names, on=PERSON).join(uncertain, on=["centre_code", "name_key"], how="semi")
    nameless = absent.join(may_be_anybody(there), on="centre_code", how="semi")
    return pl.concat([by_name.select(PERSON), nameless.select(PERSON)])
