"""Raised findings -> findings as they are told: place, texts in both languages, clause, amount at stake."""

import polars as pl

from ioc_etl.core.contracts import conform
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.judge import Judge
from ioc_etl.core.text import masked_in_findings
from ioc_etl.policy.model import OPTIONAL_PART
from schemas.finding import FINDING_TABLE
from schemas.vocabulary import FindingCode, Level, Severity

_BLANKS = ("found", "expected", "place")
_EMPTY = "—"
_LONGEST_TEXT = 120
_NO_BLANK = "\ufdd0"  # a noncharacter behind every brace of a value, so that a name `{place}` is no blank of the text
_MESSAGES = ("message_vi", "message_en")
_TEXTS = (*_MESSAGES, "how_to_fix_vi", "how_to_fix_en")
OF_ROSTER = (
    "centre_code",
    "source_row",
    "sheet",
    "row_no",
    "citizen_id",
    "full_name",
    "person_id",
    "person_key",
    "unreadable",
)
"""The columns of the roster (`schemas.roster`) that findings are told with."""

_ORDER_OF_LEVELS = {Level.RUN: 0, Level.FILE: 1, Level.CENTRE: 2, Level.ROW: 3}


def tell(
    findings: pl.DataFrame,
    *,
    roster: pl.DataFrame,
    decisions: pl.DataFrame,
    sheet_columns: pl.DataFrame,
    facts: MonthFacts,
    waivers: pl.DataFrame,
    standing: pl.DataFrame | None = None,
    pairs: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every finding of the run as `schemas.finding.FINDING`, in a stable order.

    `sheet_columns` (`schemas.raw_roster.SHEET_COLUMNS`) gives the letter of a column in its file. `standing` names
    the rows that stand among several of a person (centre_code, source_row): they are only warned of the others.
    `pairs` gives the key of a case about several people (centre_code, source_row, pair_key).

    Raises:
        ContractError: the result does not keep its contract.
    """
    people = _with_pairs(roster, pairs)
    weighed = Judge(facts, waivers).weighed(people, as_told(findings))
    placed = (
        _flagged(weighed.join(_catalogue(facts), on="code", how="left", maintain_order="left"), standing)
        .join(_rows(people, decisions), on=["centre_code", "source_row"], how="left", maintain_order="left")
        .pipe(_with_letters, sheet_columns)
        .with_columns(
            pl.concat_str("column_letter", pl.col("source_row").cast(pl.String)).alias("cell"),
            pl.when(pl.col("severity") == Severity.BLOCK).then("full_amount_vnd").alias("amount_at_stake_vnd"),
        )
    )
    order = pl.col("level").replace_strict(
        {str(level): place for level, place in _ORDER_OF_LEVELS.items()}, return_dtype=pl.Int8
    )
    told = _written(placed).sort(
        "centre_code", order, "source_row", "code", "column_name", nulls_last=False, maintain_order=True
    )
    return conform(told, FINDING_TABLE)


def as_told(findings: pl.DataFrame) -> pl.DataFrame:
    """Raised findings without whole IDs and accounts, whatever stood in a cell, and with no cell told at length."""
    is_about_row = findings["source_row"].is_not_null()
    masked = (masked_in_findings(findings[blank], is_about_row=is_about_row) for blank in _BLANKS)
    found = pl.col("found")
    is_long = pl.col("source_row").is_not_null() & (found.str.len_chars() > _LONGEST_TEXT)
    shortened = pl.when(is_long).then(found.str.head(_LONGEST_TEXT) + "…").otherwise(found)
    return findings.with_columns(*masked).with_columns(shortened)


def _with_letters(findings: pl.DataFrame, sheet_columns: pl.DataFrame) -> pl.DataFrame:
    """Adds `column_letter`, by the table that the row stands in; what is about no row is about the first table."""
    column, place = ["centre_code", "column_name"], ["centre_code", "column_name", "source_row"]
    is_first = pl.col("first_row") == 0
    told = findings.join(sheet_columns.filter(is_first), on=column, how="left", maintain_order="left")
    above = pl.col("source_row").is_null() | (pl.col("source_row") < pl.col("end_row"))
    letter = pl.when(above).then("column_letter")
    below = sheet_columns.filter(~is_first)
    if below.is_empty():
        return told.with_columns(letter.alias("column_letter"))
    stands = (pl.col("first_row") <= pl.col("source_row")) & (pl.col("source_row") < pl.col("end_row"))
    own = findings.select(place).unique().join(below, on=column).filter(stands)
    own = own.select(*place, pl.col("column_letter").alias("own_letter"))
    joined = told.join(own, on=place, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("own_letter", letter).alias("column_letter"))


def _flagged(findings: pl.DataFrame, standing: pl.DataFrame | None) -> pl.DataFrame:
    if standing is None:
        return findings
    rows = standing.select(
        "centre_code",
        "source_row",
        pl.lit(FindingCode.DUPLICATE_PERSON.value).alias("code"),
        pl.lit(Severity.WARN.value).alias("flag"),
    )
    told = findings.join(rows, on=["centre_code", "source_row", "code"], how="left", maintain_order="left")
    return told.with_columns(pl.coalesce("flag", "severity").alias("severity")).drop("flag")


def _catalogue(facts: MonthFacts) -> pl.DataFrame:
    columns = ("level", "severity", "legal_basis", *_TEXTS)
    return pl.DataFrame(
        [(str(code), *(str(getattr(text, column)) for column in columns)) for code, text in facts.texts.items()],
        schema={"code": pl.String, **dict.fromkeys(columns, pl.String)},
        orient="row",
    )


def _with_pairs(roster: pl.DataFrame, pairs: pl.DataFrame | None) -> pl.DataFrame:
    if pairs is None:
        return roster.with_columns(pl.lit(None, dtype=pl.String).alias("pair_key"))
    return roster.join(pairs, on=["centre_code", "source_row"], how="left", maintain_order="left")


def _rows(people: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    at_stake = decisions.select("centre_code", "source_row", "full_amount_vnd")
    of_row = ("sheet", "row_no", "citizen_id", "full_name")
    return people.select("centre_code", "source_row", *of_row).join(
        at_stake, on=["centre_code", "source_row"], how="left"
    )


def _written(findings: pl.DataFrame) -> pl.DataFrame:
    """The texts with their blanks filled in; a part in square brackets is told where its blank is filled."""
    is_filled = {blank: pl.col(blank).str.len_chars().fill_null(0) > 0 for blank in _BLANKS}
    values = {
        blank: pl.when(is_filled[blank])
        .then(pl.col(blank).str.replace_all("{", "{" + _NO_BLANK, literal=True))
        .otherwise(pl.lit(_EMPTY))
        for blank in _BLANKS
    }
    texts = []
    for name in _MESSAGES:
        text = pl.col(name)
        for blank in _BLANKS:
            told = pl.when(is_filled[blank]).then(pl.lit("$1")).otherwise(pl.lit(""))
            text = text.str.replace_all(OPTIONAL_PART.format(blank), told)
        for blank, value in values.items():
            text = text.str.replace_all(f"{{{blank}}}", value, literal=True)
        texts.append(text.str.replace_all(_NO_BLANK, "", literal=True).alias(name))
    return findings.with_columns(texts)
