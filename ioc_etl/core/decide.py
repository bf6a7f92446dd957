"""What every row of a month earns, and every reason why: all centres at once, one frame.

The rules of the road (`ioc_etl.core.road`) are all evaluated and reported, not only the first one that fails.
"""

from dataclasses import dataclass

import polars as pl

from ioc_etl.core.contracts import conform
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings
from ioc_etl.core.judge import VERDICTS, Judge
from ioc_etl.core.limits import with_failed_checks
from ioc_etl.core.road import JUDGING
from ioc_etl.core.rules import quota
from schemas.decision import DECISION, DECISION_TABLE
from schemas.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions (`schemas.decision`) and what the rules found about rows and centres (`schemas.finding.RAISED`).

    `standing`: the rows that stand among several of their person (centre_code, source_row); `waived`: one row per row
    with waived findings (centre_code, source_row, waived); `pairs`: one row per row that may be another's person
    (centre_code, source_row, pair_key).
    """

    rows: pl.DataFrame
    findings: pl.DataFrame
    standing: pl.DataFrame
    waived: pl.DataFrame
    pairs: pl.DataFrame


def decide(
    roster: pl.DataFrame,
    found_in_cells: pl.DataFrame,
    facts: MonthFacts,
    *,
    waivers: pl.DataFrame,
) -> Decisions:
    """Decides every row of the typed roster (`schemas.roster`) of all centres.

    `found_in_cells` are the findings of `validate`, `waivers` what finance set aside (`schemas.waiver`).

    Raises:
        ContractError: a frame does not keep its contract.
    """
    rows, findings = with_failed_checks(roster, facts), found_in_cells
    judge = Judge(facts, waivers)
    for rule in JUDGING:
        needs_verdicts = not VERDICTS.isdisjoint(rule.reads)
        rows, found = rule.apply(judge.rows(rows, findings) if needs_verdicts else rows, facts)
        findings = all_findings(findings, found)
    findings = judge.audible(rows, quota.dates_that_cost_others(findings, rows))
    ended = _ended(judge.rows(rows, findings), findings, facts)
    return Decisions(
        rows=conform(ended, DECISION_TABLE),
        findings=findings,
        standing=rows.filter("is_standing").select("centre_code", "source_row"),
        waived=judge.waived_codes(rows, findings),
        pairs=rows.filter(pl.col("pair_key").is_not_null()).select("centre_code", "source_row", "pair_key"),
    )


def _ended(rows: pl.DataFrame, findings: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Every row with its one outcome, its amount and its codes. Held beats superseded."""
    codes = (
        findings.filter(pl.col("source_row").is_not_null())
        .group_by("centre_code", "source_row")
        .agg(pl.col("code").unique().sort().alias("codes"))
    )
    outcome = (
        pl.when("is_merged")
        .then(pl.lit(Outcome.MERGED.value))
        .when("is_blocked")
        .then(pl.lit(Outcome.HELD.value))
        .when("has_only_superseded_days")
        .then(pl.lit(Outcome.SUPERSEDED.value))
        .otherwise(pl.lit(Outcome.PAID.value))
    )
    ended = rows.join(codes, on=["centre_code", "source_row"], how="left", maintain_order="left").with_columns(
        outcome.alias("outcome"), pl.col("codes").fill_null([])
    )
    is_paid = pl.col("outcome") == Outcome.PAID
    decided = ended.with_columns(
        pl.lit(facts.month).alias("reference_month"),
        pl.when(is_paid).then("month_amount_vnd").otherwise(0).cast(pl.Int64).alias("amount_vnd"),
        pl.coalesce(pl.col("birth_date").cast(pl.String), pl.col("birth_year").cast(pl.String), "birth_text").alias(
            "birth_date"
        ),
        pl.when(pl.col("agency").is_in(sorted(facts.policy.agency_names)))
        .then("agency")
        .otherwise(pl.coalesce("agency_text", "agency"))
        .alias("agency"),
        pl.col("other_vnd").alias("other_support_vnd"),
        pl.col("other_regime").alias("other_support_regime"),
        pl.col("base_salary_vnd").cast(pl.Int64),
        pl.col("roster_mask").cast(pl.Int32).alias("roster_days"),
    )
    # A sort copies every column: of the seventy that the rules have added up, only the decision's.
    return decided.select(list(DECISION)).sort("centre_code", "source_row")
