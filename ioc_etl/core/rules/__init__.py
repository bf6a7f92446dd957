"""The rules, one a file, each reading like its clause and exporting its RULE; `ioc_etl.core.road` puts them in order.

A rule is applied to the rows of all centres at once: it may add columns and raises findings; it never drops a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from ioc_etl.core.facts import MonthFacts
from schemas.vocabulary import RuleKey

Ruling: TypeAlias = tuple[pl.DataFrame, pl.DataFrame]
"""The rows with what the rule adds, and what it found (`schemas.finding.RAISED`)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a row's road.

    `clause` is what it rests on, `cells` the roster's columns that it judges, as people find them. `reads` are the
    columns it needs besides the row's key (centre_code, source_row), `adds` those that it adds.
    """

    key: RuleKey
    title_vi: str
    title_en: str
    clause: str
    cells: tuple[str, ...]
    reads: tuple[str, ...]
    adds: tuple[str, ...]
    apply: Callable[[pl.DataFrame, MonthFacts], Ruling]
