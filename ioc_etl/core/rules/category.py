"""Rule 2 (proposal IV.3): cadres, civil servants, public employees and police are eligible; others are not."""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.limits import has_failed
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:  # noqa: ARG001 - every rule is called alike
    """An unknown category is only unknown; a known one is eligible or not."""
    codes, text = (FindingCode.CATEGORY_UNKNOWN, FindingCode.CATEGORY_NOT_ELIGIBLE), pl.col("category_text")
    return rows, all_findings(
        *(raised(code, rows.filter(has_failed(code)), column="staff_category", found=text) for code in codes)
    )


RULE = Rule(
    key=RuleKey.CATEGORY,
    title_vi="Đối tượng",
    title_en="Category",
    clause="Tờ trình IV.3; quy tắc 2",
    cells=("staff_category",),
    reads=("category_text", "failed_checks"),
    adds=(),
    apply=apply,
)
