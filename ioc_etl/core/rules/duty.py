"""Rule 3 (proposal IV.2): the four duties, or one of the ten monitoring functions; a blank duty is out of scope."""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from ioc_etl.core.limits import has_failed
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:  # noqa: ARG001 - every rule is called alike
    """A duty whose word is in no list is out of scope; finance may waive it."""
    out_of_scope = rows.filter(has_failed(FindingCode.DUTY_OUT_OF_SCOPE))
    return rows, raised(FindingCode.DUTY_OUT_OF_SCOPE, out_of_scope, column="duty", found=pl.col("duty_text"))


RULE = Rule(
    key=RuleKey.DUTY,
    title_vi="Nhiệm vụ",
    title_en="Duty",
    clause="Tờ trình IV.2; quy tắc 3",
    cells=("duty",),
    reads=("duty_text", "failed_checks"),
    adds=(),
    apply=apply,
)
