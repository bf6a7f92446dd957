"""Rule 10: which agency's post a row holds. Agencies matter in the province and where a district splits its headcount.

The list's agency is the one that counts (rule 8); the roster's word is judged all the same (close reading 8).
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.limits import has_failed
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `agency`: the code whose post the row holds, null when unknown or where agencies do not matter."""
    judged = rows.with_columns(
        pl.when("is_agency_binding")
        .then(pl.when("is_approved").then(pl.coalesce("list_agency", "roster_agency")).otherwise("roster_agency"))
        .alias("agency")
    )
    matters = judged.filter("is_agency_binding")
    differs = matters.filter(
        pl.col("is_approved") & pl.col("roster_agency").is_not_null() & (pl.col("roster_agency") != pl.col("agency"))
    )
    text = pl.col("agency_text")
    return judged, all_findings(
        raised(
            FindingCode.AGENCY_UNKNOWN,
            matters.filter(has_failed(FindingCode.AGENCY_UNKNOWN)),
            column="agency",
            found=text,
        ),
        raised(
            FindingCode.AGENCY_NOT_IN_QUOTA,
            matters.filter(has_failed(FindingCode.AGENCY_NOT_IN_QUOTA)),
            column="agency",
            found=text,
            expected=pl.lit(", ".join(facts.policy.agency_names.get(code, code) for code in facts.policy.agency_quota)),
        ),
        raised(
            FindingCode.AGENCY_DIFFERS,
            differs,
            column="agency",
            found=text,
            expected=_names(pl.col("agency"), facts),
            place=pl.col("list_decision"),
        ),
    )


def _names(agency: pl.Expr, facts: MonthFacts) -> pl.Expr:
    return agency.replace(dict(facts.policy.agency_names))


RULE = Rule(
    key=RuleKey.AGENCY,
    title_vi="Cơ quan cử",
    title_en="Agency",
    clause="Tờ trình V.2.a; quy tắc 8, 10",
    cells=("agency",),
    reads=(
        "agency_text",
        "roster_agency",
        "is_agency_binding",
        "is_approved",
        "list_agency",
        "list_decision",
        "failed_checks",
    ),
    adds=("agency",),
    apply=apply,
)
