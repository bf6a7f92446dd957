"""Rules 5 and 14: direct or indirect work, and the mode that is expected of an agency's people."""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.limits import has_failed
from ioc_etl.core.money import full_month_vnd
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import WORK_MODE_VI, FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `coefficient_tenths`, `base_salary_vnd` and `full_amount_vnd`: the whole month's support of the mode.

    A mode that pays less than the expected one warns, one that pays more holds until finance has the decision.
    """
    policy = facts.policy
    tenths = {str(mode): value for mode, value in policy.coefficient_tenths.items()}
    expected = {agency: str(mode) for agency, mode in policy.expected_mode.items()}
    coefficient = pl.col("work_mode").replace_strict(tenths, default=None, return_dtype=pl.Int32)
    base_salary = pl.lit(policy.base_salary_vnd, dtype=pl.Int64)
    in_province = pl.col("centre_code").is_in(facts.centres.filter("is_province")["centre_code"].to_list())
    expected_mode = pl.when(in_province).then(
        pl.col("agency").replace_strict(expected, default=None, return_dtype=pl.String)
    )
    priced = rows.with_columns(
        coefficient.alias("coefficient_tenths"),
        base_salary.alias("base_salary_vnd"),
        full_month_vnd(coefficient, base_salary).alias("full_amount_vnd"),
        expected_mode.alias("expected_mode"),
    )
    wanted = pl.col("expected_mode").replace_strict(tenths, default=None, return_dtype=pl.Int32)
    agency = pl.col("agency").replace(dict(policy.agency_names))
    column, text = pl.col("mode_column"), pl.col("mode_text")
    return priced, all_findings(
        raised(
            FindingCode.WORK_MODE_UNKNOWN,
            priced.filter(has_failed(FindingCode.WORK_MODE_UNKNOWN)),
            column=column,
            found=text,
        ),
        raised(
            FindingCode.MODE_ABOVE_EXPECTED,
            priced.filter(pl.col("coefficient_tenths") > wanted),
            column=column,
            found=text,
            expected=pl.col("expected_mode").replace(WORK_MODE_VI),
            place=agency,
        ),
        raised(
            FindingCode.MODE_BELOW_EXPECTED,
            priced.filter(pl.col("coefficient_tenths") < wanted),
            column=column,
            found=text,
            expected=pl.col("expected_mode").replace(WORK_MODE_VI),
            place=agency,
        ),
    )


RULE = Rule(
    key=RuleKey.WORK_MODE,
    title_vi="Hình thức và hệ số",
    title_en="Mode and coefficient",
    clause="Tờ trình V.2.b; quy tắc 5, 6, 14",
    cells=("work_mode", "coefficient"),
    reads=("work_mode", "mode_text", "mode_column", "agency", "failed_checks"),
    adds=("coefficient_tenths", "base_salary_vnd", "full_amount_vnd", "expected_mode"),
    apply=apply,
)
