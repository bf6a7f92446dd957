"""Rule 16 with a ledger: which of a person's several rows stands.

Once a row of a person has been approved for the month, that row stands and is flagged, the others are held; else the
row that finance recorded stands.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.ledger import PERSON
from ioc_etl.core.whole_numbers import whole_number
from schemas.ledger import OFFSET
from schemas.vocabulary import BatchKind, PartMonthMethod

_ROW = ["centre_code", "source_row"]
_APPROVED = " (đã duyệt chi)"
_OTHER_ID = " (đã duyệt chi trong tháng dưới số căn cước khác, nay không còn trong danh sách)"


def standing_rows(conflicting: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """The one row that stands of each person's `conflicting` rows, where there is one: centre_code, source_row.

    With committed money at exactly one of the centres where the person stands, that centre's row, if it is one. Else
    what finance said, but never against committed money elsewhere.
    """
    selected = _selected(conflicting, facts).with_columns(pl.lit(value=True).alias("is_said"))
    rows = (
        conflicting.select(*_ROW, "person_id")
        .join(_with_money(facts).with_columns(pl.lit(value=True).alias("has_money")), on=PERSON, how="left")
        .join(selected, on=_ROW, how="left")
        .with_columns(pl.col("has_money", "is_said").fill_null(value=False))
        .with_columns(
            pl.col("centre_code").filter("has_money").n_unique().over("person_id").alias("centres_with_money"),
            pl.len().over(PERSON).alias("rows_there"),
            (pl.col("has_money").any().over("person_id") & ~pl.col("has_money")).alias("is_against_money"),
        )
    )
    is_approved = pl.col("has_money") & (pl.col("centres_with_money") == 1) & (pl.col("rows_there") == 1)
    judged = rows.with_columns(
        is_approved.alias("is_approved"), (pl.col("is_said") & ~pl.col("is_against_money")).alias("is_said")
    ).with_columns(
        pl.when(is_approved.any().over("person_id")).then("is_approved").otherwise("is_said").alias("stands")
    )
    return judged.filter(pl.col("stands") & (pl.col("stands").sum().over("person_id") == 1)).select(_ROW)


def lapsed(conflicting: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """The conflicting rows of people whose selected row is there no more: nobody has said which of these is paid."""
    known = _selected(conflicting, facts).join(conflicting.select(*_ROW, "person_id"), on=_ROW)
    gone = facts.ledger.standing.select("person_id").join(known, on="person_id", how="anti")
    return conflicting.join(gone, on="person_id", how="semi", maintain_order="left")


def _selected(conflicting: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """The row of each person that finance's selection means in this run's files: centre_code, source_row.

    In the file of the selection it is that row; in another file the one of the same mode and days by the roster, of
    several the one at the same place. Where that leaves several, none.
    """
    said = facts.ledger.standing.select(
        *PERSON, "is_same_file", "roster_days", pl.col("work_mode").alias("said_mode"), pl.col("source_row").alias("at")
    )
    rows = conflicting.select(*_ROW, "person_id", "work_mode", "roster_mask").join(said, on=PERSON)
    is_same_place = pl.col("source_row") == pl.col("at")
    is_alike = pl.col("work_mode").eq_missing(pl.col("said_mode")) & (pl.col("roster_mask") == pl.col("roster_days"))
    meant = rows.filter((pl.col("is_same_file") & is_same_place) | is_alike).with_columns(
        (is_same_place & pl.col("is_same_file")).alias("is_itself"), is_same_place.alias("is_same_place")
    )
    best = meant.filter(
        pl.when(pl.col("is_itself").any().over("person_id"))
        .then("is_itself")
        .when(pl.col("is_same_place").any().over("person_id"))
        .then("is_same_place")
        .otherwise(pl.lit(value=True))
    )
    return best.filter(pl.len().over("person_id") == 1).select(_ROW)


def pays_days(facts: MonthFacts) -> bool:
    """Whether the month's days are paid one by one."""
    return facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS


def approved_elsewhere(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Rows of people with committed money at a centre whose roster of this run cannot take it back.

    One row per row of the person elsewhere, which has to wait: centre_code, source_row, approved_place.

    Either the centre has no file in force, or it lists somebody who may be the person: no usable ID and the same name
    or none. Their row elsewhere has to wait.
    """
    absent = _with_money(facts).join(rows, on=PERSON, how="anti")
    silent = absent.join(rows, on="centre_code", how="anti")
    perhaps = absent.join(may_be_anybody(rows), on="centre_code", how="semi")
    names = facts.ledger.lines.select(*PERSON, "name_key").unique()
    same_name = absent.join(names, on=PERSON).join(
        rows.filter(pl.col("person_id").is_null()), on=["centre_code", "name_key"], how="semi"
    )
    found = pl.concat([frame.select(PERSON) for frame in (silent, perhaps, same_name)]).unique()
    named = found.join(facts.centres.select("centre_code", "centre_name"), on="centre_code", how="left")
    place = pl.concat_str(pl.coalesce("centre_name", "centre_code"), pl.lit(_APPROVED)).alias("approved_place")
    concerned = rows.select(*_ROW, "person_id").join(named.select("person_id", place), on="person_id")
    return concerned.sort("approved_place").group_by(_ROW).agg(pl.col("approved_place").str.join("; "))


def paid_and_gone(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """People with committed money for the month who stand on no roster of it any more; some have another ID by now.

    One row per line: centre_code, person_id, name_key, birth_date (null when it is not known in full), birth_year,
    is_opening, bank_account, place.
    """
    with_opening = (pl.col("committed_vnd") + pl.col("opening_vnd")).sum().alias("committed_vnd")
    sums = facts.ledger.money.group_by("person_id").agg(with_opening)
    gone = sums.filter(pl.col("committed_vnd") > 0).join(rows, on="person_id", how="anti")
    birth, year = pl.col("birth_date"), pl.col("birth_date").str.extract("^([0-9]{4})(?:-|$)")
    births = facts.ledger.earlier.select(
        *PERSON, birth.str.to_date("%Y-%m-%d", strict=False), whole_number(year).cast(pl.Int32).alias("birth_year")
    )
    is_paid = ~pl.col("is_returned") & (pl.col("amount_vnd") > 0) & (pl.col("batch_kind") != OFFSET)
    paid = facts.ledger.lines.filter(is_paid)
    return (
        paid.join(gone, on="person_id", how="semi")
        .join(births, on=PERSON, how="left")
        .join(facts.centres.select("centre_code", "centre_name"), on="centre_code", how="left")
        .select(
            *PERSON,
            "name_key",
            "birth_date",
            "birth_year",
            (pl.col("batch_kind") == BatchKind.OPENING).alias("is_opening"),
            "bank_account",
            pl.concat_str(pl.coalesce("centre_name", "centre_code"), pl.lit(_OTHER_ID)).alias("place"),
        )
        .unique()
    )


def may_be_anybody(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with neither a usable ID nor a name."""
    return rows.filter(pl.col("person_id").is_null() & pl.col("full_name").is_null())


def _with_money(facts: MonthFacts) -> pl.DataFrame:
    return facts.ledger.money.filter(pl.col("committed_vnd") > 0).select(PERSON)
