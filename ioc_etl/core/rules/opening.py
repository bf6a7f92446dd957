"""Rulebook section 6, Go-live: money paid before the system counts for the person, at whichever centre it was paid.

Where another centre's money lowers what this one owes, two funding sources are concerned, and both are told.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.money import dong
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import BatchKind, FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """OPENING_ELSEWHERE on every row of a person with opening money at another centre, and at that centre."""
    is_opening = (pl.col("batch_kind") == BatchKind.OPENING) & ~pl.col("is_returned")
    lines = facts.ledger.lines.filter(is_opening)
    if lines.is_empty():
        return rows, all_findings()
    names = facts.centres.select("centre_code", "centre_name")
    sums = lines.group_by("centre_code", "person_id").agg(pl.col("amount_vnd").sum().alias("opening"))
    paid = sums.join(names, on="centre_code", how="left").rename({"centre_code": "paid_at", "centre_name": "paid_name"})
    concerned = (
        rows.filter(~pl.col("is_merged"))
        .select("centre_code", "source_row", "person_id")
        .join(paid, on="person_id")
        .filter(pl.col("centre_code") != pl.col("paid_at"))
        .join(names, on="centre_code", how="left")
        .sort("centre_code", "source_row", "paid_at")
    )
    at_row = concerned.with_columns(pl.coalesce("paid_name", "paid_at").alias("other"))
    place = pl.format("{} dòng {}", pl.coalesce("centre_name", "centre_code"), "source_row")
    at_payer = concerned.select(pl.col("paid_at").alias("centre_code"), "opening", place.alias("other"))
    return rows, all_findings(
        *(
            raised(FindingCode.OPENING_ELSEWHERE, told, found=dong(pl.col("opening")), place=pl.col("other"))
            for told in (at_row, at_payer)
        )
    )


RULE = Rule(
    key=RuleKey.OPENING,
    title_vi="Số đã chi trước khi dùng hệ thống",
    title_en="Paid before go-live",
    clause="Sổ tay quy tắc mục 6",
    cells=("citizen_id",),
    reads=("person_id", "is_merged"),
    adds=(),
    apply=apply,
)
