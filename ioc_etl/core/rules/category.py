"""Rule 2 (proposal IV.3): cadres, civil servants, public employees and police are eligible; others are not."""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.rules import Ruling
from schemas.vocabulary import FindingCode


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """An unknown category is only unknown; a known one is eligible or not."""
    eligible = sorted(facts.policy.eligible_categories)
    unknown = rows.filter(pl.col("staff_category").is_null())
    not_eligible = rows.filter(~pl.col("staff_category").is_in(eligible))
    text = pl.col("category_text")
    return rows, all_findings(
        raised(FindingCode.CATEGORY_UNKNOWN, unknown, column="staff_category", found=text),
        raised(FindingCode.CATEGORY_NOT_ELIGIBLE, not_eligible, column="staff_category", found=text),
    )
