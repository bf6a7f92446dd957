"""Rules 8 and 9 (proposal V.2.a): people are approved by name, in the province and where a district lists its people.

Without a usable ID nobody can be looked up (close reading 8).
"""

import polars as pl

from ioc_etl.core.dates import whole_month_mask
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.core.text import masked
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds what the approved list says of the row's person, and `approved_mask`: the days it approves.

    Where no list binds, every day is approved.
    """
    whole_month = pl.lit(whole_month_mask(facts.month), dtype=pl.Int64)
    centres = facts.centres.select("centre_code", "is_list_binding", "is_agency_binding")
    looked_up = rows.join(centres, on="centre_code", how="left", maintain_order="left").join(
        facts.approvals, on=["centre_code", "person_id"], how="left", maintain_order="left"
    )
    is_bound = pl.col("is_list_binding") & pl.col("has_usable_id")
    judged = looked_up.with_columns(
        (pl.col("approved_mask").is_not_null() & is_bound).alias("is_approved"),
        pl.when(is_bound).then(pl.col("approved_mask").fill_null(0)).otherwise(whole_month).alias("approved_mask"),
        is_bound.alias("is_bound"),
    )
    unlisted = judged.filter(pl.col("is_bound") & ~pl.col("is_approved"))
    differs = judged.filter(pl.col("is_approved") & (pl.col("name_key") != pl.col("list_name_key")))
    return judged, all_findings(
        raised(
            FindingCode.NOT_APPROVED,
            unlisted.join(facts.last_listed, on=["centre_code", "person_id"], how="left", maintain_order="left"),
            column="citizen_id",
            found=masked(pl.col("citizen_id")),
            expected=pl.col("last_listing"),
        ),
        raised(
            FindingCode.NAME_DIFFERS,
            differs,
            column="full_name",
            found=pl.col("full_name"),
            expected=pl.col("list_name"),
            place=pl.col("list_decision"),
        ),
    )


RULE = Rule(
    key=RuleKey.APPROVAL,
    title_vi="Được phê duyệt theo danh sách",
    title_en="On the approved list",
    clause="Tờ trình V.2.a; quy tắc 8, 9",
    cells=("citizen_id", "full_name"),
    reads=("person_id", "has_usable_id", "citizen_id", "full_name", "name_key"),
    adds=(
        "is_list_binding",
        "is_agency_binding",
        "is_bound",
        "is_approved",
        "approved_mask",
        "list_agency",
        "list_order",
        "list_name",
        "list_name_key",
        "list_decision",
    ),
    apply=apply,
)
