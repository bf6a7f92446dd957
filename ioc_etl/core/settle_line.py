"""Whom a line pays, where to, and on which row it rests."""

import polars as pl

from ioc_etl.core.decide import Decisions
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.ledger import PERSON
from ioc_etl.core.settle_statement import own_rows
from schemas.ledger import OFFSET
from schemas.vocabulary import BatchKind

OF_PERSON = (
    "citizen_id",
    "full_name",
    "staff_category",
    "agency",
    "work_mode",
    "coefficient_tenths",
    "bank_account",
    "bank_name",
)
OF_ROW = (
    "sheet",
    "source_row",
    "outcome",
    "codes",
    "has_no_right",
    "days_on_duty",
    "full_amount_vnd",
    "other_support_vnd",
)
"""What the causes look at, beside the row's place."""


def with_facts(due: pl.DataFrame, decided: Decisions, facts: MonthFacts) -> pl.DataFrame:
    """Adds the decision's facts to what is due, and of each person's latest committed line there its own (`before_*`).

    Who is paid nothing any more keeps the latest line's facts where the row has none. The base salary is the reference
    month's, whenever the line is paid.
    """
    columns = [*PERSON, *OF_PERSON, *OF_ROW]
    paid = _one_a_person(decided.rows.filter(pl.col("amount_vnd") > 0)).select(columns)
    unpaid = decided.rows.join(due.filter(pl.col("entitlement_vnd") == 0), on=PERSON, how="semi")
    first = own_rows(unpaid, decided.standing).sort("source_row").unique(PERSON, keep="first", maintain_order=True)
    joined = due.join(pl.concat([paid, first.select(columns)]), on=PERSON, how="left").join(
        _latest(facts), on=PERSON, how="left"
    )
    own = [
        pl.when(pl.col("entitlement_vnd") > 0).then(name).otherwise(pl.coalesce(name, f"before_{name}")).alias(name)
        for name in OF_PERSON
    ]
    base_salary = pl.lit(facts.policy.base_salary_vnd, dtype=pl.Int64)
    return joined.with_columns(*own, base_salary.alias("base_salary_vnd"))


def _one_a_person(paid: pl.DataFrame) -> pl.DataFrame:
    """Of a month in parts at one centre the row that pays most stands for all."""
    in_order = paid.sort("amount_vnd", "coefficient_tenths", "source_row", descending=[True, False, False])
    return in_order.unique(PERSON, keep="first", maintain_order=True)


def _latest(facts: MonthFacts) -> pl.DataFrame:
    """The latest line of every person at a centre; the rows of the ledger come in the order of their approval."""
    of_system = facts.ledger.lines.filter(~pl.col("batch_kind").is_in([BatchKind.OPENING.value, OFFSET]))
    columns = (*OF_PERSON, "base_salary_vnd", "amount_vnd", "source_sha256")
    return of_system.group_by(PERSON, maintain_order=True).agg(
        pl.col(name).last().alias(f"before_{name}") for name in columns
    )
