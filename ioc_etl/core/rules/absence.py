"""A note that speaks of maternity or unpaid leave, suspension or detention: somebody should look before paying."""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.core.text import once_each, word_keys
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Any of the policy's phrases anywhere in the note."""
    phrases = "|".join(sorted(facts.policy.absence_words))
    speaks_of_it = once_each(rows["note"], lambda note: word_keys(note).str.contains(rf"\b(?:{phrases})\b"))
    noted = rows.filter(speaks_of_it.fill_null(value=False))
    return rows, raised(FindingCode.ABSENCE_NOTED, noted, column="note", found=pl.col("note"))


RULE = Rule(
    key=RuleKey.ABSENCE,
    title_vi="Ghi chú vắng mặt (chỉ nhắc)",
    title_en="Noted absence (never blocks)",
    clause="Sổ tay quy tắc mục 4",
    cells=("note",),
    reads=("note",),
    adds=(),
    apply=apply,
)
