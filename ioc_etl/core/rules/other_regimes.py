"""Rule 7: a special support of the catalogue is valid, and the register names it for nobody of the centre.

Nobody at a centre need have it; so it only warns, and finance may answer it once for good.
"""

import polars as pl

from ioc_etl.core.dates import days_mask
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.links import person_of
from ioc_etl.core.money import dong
from ioc_etl.core.text import word_keys
from ioc_etl.policy.model import Regime
from schemas.vocabulary import FindingCode


def findings(decisions: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """REGIME_UNREGISTERED per centre with people and regime that is valid on a day of the month."""
    policy = facts.policy
    valid = [
        regime
        for regime in policy.other_regimes.values()
        if regime.valid_from <= policy.last_day and (regime.valid_to is None or regime.valid_to >= policy.first_day)
    ]
    return all_findings(*(_of_regime(regime, decisions, facts) for regime in valid))


def _of_regime(regime: Regime, decisions: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    named = _registered(facts).filter(pl.col("code") == regime.code)
    people = decisions.select("centre_code", "person_id").unique()
    told = people.join(named, on="person_id", how="semi").select("centre_code").unique()
    silent = people.select("centre_code").unique().join(told, on="centre_code", how="anti").sort("centre_code")
    return raised(
        FindingCode.REGIME_UNREGISTERED,
        silent.with_columns(pl.lit(regime.amount_vnd).alias("amount")),
        found=pl.lit(regime.name),
        place=dong(pl.col("amount")),
    )


def _registered(facts: MonthFacts) -> pl.DataFrame:
    """One row per person and regime of the catalogue that the register names on a day of the month: person_id, code."""
    known = (
        pl.col("regime")
        .pipe(word_keys)
        .replace_strict(dict(facts.policy.regime_words), default=None, return_dtype=pl.String)
    )
    of_month = facts.registers.other_support.filter(
        days_mask(pl.col("valid_from"), pl.col("valid_to"), facts.month) > 0
    )
    return person_of(of_month, facts.links).select("person_id", known.alias("code")).drop_nulls()
