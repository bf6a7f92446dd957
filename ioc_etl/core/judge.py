"""What findings do to a row: hold it, free its post, or nothing once finance has waived them."""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.pairs import covered
from schemas.vocabulary import FindingCode, Severity

_ROW = ["centre_code", "source_row"]
VERDICTS = frozenset({"is_blocked", "has_no_right", "is_post_free", "open_codes"})
"""What `Judge.rows` adds."""


class Judge:
    """Knows what each code means and which findings are waived."""

    def __init__(self, facts: MonthFacts, waivers: pl.DataFrame) -> None:
        self._meaning = pl.DataFrame(
            [
                (str(code), text.severity is Severity.BLOCK, text.is_waivable, text.has_no_right, text.frees_post)
                for code, text in facts.texts.items()
            ],
            schema={
                "code": pl.String,
                "is_blocking": pl.Boolean,
                "is_waivable": pl.Boolean,
                "is_right_denied": pl.Boolean,
                "is_post_freed": pl.Boolean,
            },
            orient="row",
        )
        in_month = (pl.col("valid_from") <= facts.month) & (
            pl.col("valid_to").is_null() | (pl.col("valid_to") >= facts.month)
        )
        self._waivers = waivers.filter(in_month)
        self._waived = self._waivers.select(
            "code", "centre_code", "person_key", pl.lit(value=True).alias("is_waived")
        ).unique()

    def audible(self, rows: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
        """The findings that are told: an unreadable cell silences all others about it (close reading 8)."""
        silent = (
            rows.select(*_ROW, pl.col("unreadable").alias("column_name"))
            .explode("column_name")
            .drop_nulls("column_name")
        )
        is_itself = pl.col("code") == FindingCode.CELL_UNREADABLE
        spoken = findings.filter(~is_itself).join(silent, on=[*_ROW, "column_name"], how="anti", nulls_equal=False)
        return pl.concat([spoken, findings.filter(is_itself)]).unique(maintain_order=True)

    def weighed(self, rows: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
        """The audible findings with `is_waived`, what their code means, and `person_key`, which makes the case."""
        people = rows.select(*_ROW, "person_key", "pair_key")
        is_waived = pl.col("is_waived").fill_null(value=False) | pl.col("is_pair_waived").fill_null(value=False)
        return (
            self.audible(rows, findings)
            .join(self._meaning, on="code", how="left", maintain_order="left")
            .join(people, on=_ROW, how="left", maintain_order="left")
            .with_columns(_case_key())
            .join(self._waived, on=["code", "centre_code", "person_key"], how="left", maintain_order="left")
            .join(self._waived_pairs(rows), on=[*_ROW, "code"], how="left", maintain_order="left")
            .with_columns((is_waived & pl.col("is_waivable")).alias("is_waived"))
            .drop("is_pair_waived", "pair_key")
        )

    def _waived_pairs(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows whose pairs are all waived, at whichever centre (close reading 10)."""
        cases = rows.select(*_ROW, "person_id", "pair_key").drop_nulls("pair_key")
        return cases.join(covered(cases, self._waivers), on=["person_id", "pair_key"], how="semi").select(
            *_ROW,
            pl.lit(FindingCode.POSSIBLE_DUPLICATE.value).alias("code"),
            pl.lit(value=True).alias("is_pair_waived"),
        )

    def rows(self, rows: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
        """The rows with `is_blocked`, `has_no_right`, `is_post_free`, and `open_codes`: what blocks and is not waived.

        Needs `is_standing` (rule 16).
        """
        of_rows = self.weighed(rows, findings).filter(pl.col("source_row").is_not_null() & ~pl.col("is_waived"))
        counted = of_rows.join(_flagged_only(rows), on=[*_ROW, "code"], how="anti")
        verdicts = counted.group_by(_ROW).agg(
            pl.col("is_blocking").any().alias("is_blocked"),
            pl.col("is_right_denied").any().alias("has_no_right"),
            pl.col("is_post_freed").any().alias("is_post_free"),
            pl.col("code").filter("is_blocking").unique().sort().alias("open_codes"),
        )
        fresh = rows.drop(VERDICTS, strict=False)
        return fresh.join(verdicts, on=_ROW, how="left", maintain_order="left").with_columns(
            pl.col("is_blocked", "has_no_right", "is_post_free").fill_null(value=False),
            pl.col("open_codes").fill_null([]),
        )

    def waived_codes(self, rows: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
        """One row per row with waived findings: centre_code, source_row, waived."""
        waived = self.weighed(rows, findings).filter(pl.col("source_row").is_not_null() & pl.col("is_waived"))
        return waived.group_by(_ROW).agg(pl.col("code").unique().sort().alias("waived"))


def _case_key() -> pl.Expr:
    """What a case is about: the person, a pair of them, or at a centre the regime; empty for the rest."""
    is_pair = pl.col("code") == FindingCode.POSSIBLE_DUPLICATE
    is_regime = pl.col("code") == FindingCode.REGIME_UNREGISTERED
    subject = pl.when(is_pair).then("pair_key").when(is_regime).then(pl.format("regime:{}", "found"))
    return pl.coalesce(subject, "person_key", pl.lit("")).alias("person_key")


def _flagged_only(rows: pl.DataFrame) -> pl.DataFrame:
    """A row that stands is told of the others of its person, and is not held for them."""
    return rows.filter("is_standing").select(*_ROW, pl.lit(FindingCode.DUPLICATE_PERSON.value).alias("code"))
