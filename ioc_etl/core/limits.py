"""The month's limits filled from the policy, and rows held against them by pandera.

Validation is on at full depth whatever the environment says: `PANDERA_VALIDATION_ENABLED` and
`PANDERA_VALIDATION_DEPTH` change nothing here. Failure cases hold personal values: only the check and the row are kept.
"""

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaErrors

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.month import days_in
from ioc_etl.core.posts import held_posts
from ioc_etl.core.text import word_keys
from ioc_etl.errors import CentreError, ContractError
from schemas.limits import DECIDED, ELIGIBILITY, MonthLimits, decision_schema, eligibility_schema
from schemas.vocabulary import Duty, FindingCode, PartMonthMethod

_ROW = ["centre_code", "source_row"]
FAILED = "failed_checks"


def month_limits(facts: MonthFacts) -> MonthLimits:
    """The limits of a month that has a base salary."""
    policy = facts.policy
    is_by_day = policy.part_month is PartMonthMethod.CALENDAR_DAYS
    takes_cmnd = facts.month <= policy.cmnd_valid_until
    return MonthLimits(
        eligible_categories=tuple(sorted(str(each) for each in policy.eligible_categories)),
        duties=tuple(str(duty) for duty in Duty),
        shifts=policy.shifts,
        binding_centres=tuple(facts.centres.filter("is_agency_binding")["centre_code"]),
        agencies_with_posts=tuple(facts.posts.select("centre_code", "agency").iter_rows()),
        citizen_id_digits=policy.citizen_id_digits,
        birth_codes=tuple(sorted(policy.birth_codes)),
        foreign_birth_code_from=policy.foreign_birth_code_from,
        cmnd_digits=policy.cmnd_digits if takes_cmnd else None,
        expired_cmnd_digits=None if takes_cmnd else policy.cmnd_digits,
        account_min_digits=policy.bank_account_min_digits,
        account_max_digits=policy.bank_account_max_digits,
        coefficient_tenths=tuple(policy.coefficient_tenths.values()),
        base_salary_vnd=policy.base_salary_vnd or 0,
        days_in_month=days_in(facts.month),
        part_month=policy.part_month,
        half_month_days=policy.half_month_days,
        posts=facts.day_posts if is_by_day else held_posts(facts.centres, facts.posts, facts.month),
    )


def with_failed_checks(roster: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Adds `failed_checks` to the roster: the names of the eligibility checks (findings' codes) that a row fails."""
    schema = eligibility_schema(month_limits(facts))
    failures = _failures(roster.select(ELIGIBILITY), schema).group_by("place").agg(pl.col("check").alias(FAILED))
    numbered = roster.with_row_index("place").join(failures, on="place", how="left", maintain_order="left")
    return numbered.with_columns(pl.col(FAILED).fill_null([])).drop("place")


def has_failed(code: FindingCode) -> pl.Expr:
    """Whether a row failed the check of this name (`with_failed_checks`)."""
    return pl.col(FAILED).list.contains(code.value)


def failing(rows: pl.DataFrame, schema: pa.DataFrameSchema) -> pl.DataFrame:
    """One row per failing row and check: centre_code, source_row, check."""
    failures = _failures(rows.select(list(schema.columns)), schema)
    return failures.join(rows.select(*_ROW).with_row_index("place"), on="place").select(*_ROW, "check")


def hold_decisions(decisions: pl.DataFrame, facts: MonthFacts) -> None:
    """Holds every decided row against the month's limits.

    Raises:
        CentreError: names the centres with a row that fails, and the checks.
    """
    schema = decision_schema(month_limits(facts))
    agency = _code_or_key(facts).alias("agency")
    failures = _failures(decisions.with_columns(agency).select(DECIDED), schema)
    if failures.is_empty():
        return
    centres = decisions.select("centre_code").with_row_index("place").join(failures, on="place", how="semi")
    checks = ", ".join(sorted(set(failures["check"])))
    raise CentreError(sorted(set(centres["centre_code"])), f"decided rows do not keep the month's limits: {checks}")


def _code_or_key(facts: MonthFacts) -> pl.Expr:
    """An agency that only a district's own decision names stands in decisions as its roster writes it."""
    is_code = pl.col("agency").is_in(sorted(facts.policy.agency_names))
    return pl.when(is_code).then("agency").otherwise(word_keys(pl.col("agency")))


def _failures(rows: pl.DataFrame, schema: pa.DataFrameSchema) -> pl.DataFrame:
    """One row per failing row and check: place (its index), check.

    Raises:
        ContractError: a check failed without a row: the frame itself is wrong.
    """
    try:
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(rows, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.select(pl.col("index").cast(pl.UInt32).alias("place"), "check")
        if cases["place"].null_count():
            raise ContractError(f"{schema.name}: {', '.join(sorted(set(map(str, cases['check']))))}") from None
        found: pl.DataFrame = cases.unique(maintain_order=True)
        return found
    return pl.DataFrame(schema={"place": pl.UInt32, "check": pl.String})
