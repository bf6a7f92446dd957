"""Rule 13 (proposal, footnotes 1 and 2): three teams around the clock. It explains the headcount and only warns.

Counted are different people who work directly, with shift 1 to 3, on duty by their roster dates (close reading 6).
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.limits import has_failed
from ioc_etl.core.rules import Rule, Ruling
from schemas.vocabulary import FindingCode, RuleKey, WorkMode


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """SHIFT_INVALID for a direct person without a shift of the policy; an indirect person's shift is ignored."""
    valid = pl.col("shift").is_in(list(facts.policy.shifts)).fill_null(value=False)
    direct = pl.col("work_mode") == WorkMode.DIRECT
    invalid = rows.filter(has_failed(FindingCode.SHIFT_INVALID))
    standing = rows.select("centre_code", "agency", "shift", "person_key", "work_mode", "roster_mask").filter(
        direct & valid & (pl.col("roster_mask") > 0)
    )
    shifts = pl.lit(", ".join(str(shift) for shift in facts.policy.shifts))
    centres = rows.select("centre_code").unique().join(facts.centres, on="centre_code")
    return rows, all_findings(
        raised(FindingCode.SHIFT_INVALID, invalid, column="shift", found=pl.col("shift_text"), expected=shifts),
        _province(standing, centres, facts),
        _district(standing, centres),
    )


def _province(standing: pl.DataFrame, centres: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Per shift and agency."""
    policy = facts.policy
    wanted = pl.DataFrame(
        [
            (agency, policy.agency_names.get(agency, agency), shift, people)
            for agency, people in policy.shift_staffing.items()
            for shift in policy.shifts
        ],
        schema={"agency": pl.String, "agency_name": pl.String, "shift": pl.Int32, "wanted": pl.Int32},
        orient="row",
    )
    present = standing.group_by("centre_code", "agency", "shift").agg(pl.col("person_key").n_unique().alias("present"))
    gaps = (
        centres.filter("is_province")
        .select("centre_code")
        .join(wanted, how="cross")
        .join(present, on=["centre_code", "agency", "shift"], how="left")
        .with_columns(pl.col("present").fill_null(0))
        .filter(pl.col("present") < pl.col("wanted"))
        .sort("centre_code", "agency", "shift")
    )
    told = gaps.group_by("centre_code", maintain_order=True).agg(
        pl.format("ca {}: {} {}/{}", "shift", "agency_name", "present", "wanted").str.join("; ").alias("gaps")
    )
    return raised(FindingCode.SHIFT_UNDERSTAFFED, told, found=pl.col("gaps"))


def _district(standing: pl.DataFrame, centres: pl.DataFrame) -> pl.DataFrame:
    """On average: fewer people on shifts than posts."""
    present = standing.group_by("centre_code").agg(pl.col("person_key").n_unique().alias("present"))
    short = (
        centres.filter(~pl.col("is_province"))
        .join(present, on="centre_code", how="left")
        .with_columns(pl.col("present").fill_null(0))
        .filter(pl.col("present") < pl.col("posts"))
    )
    return raised(FindingCode.SHIFT_UNDERSTAFFED, short, found=pl.format("{}/{}", "present", "posts"))


RULE = Rule(
    key=RuleKey.SHIFTS,
    title_vi="Ca trực (chỉ nhắc)",
    title_en="Shift (never blocks)",
    clause="Tờ trình chú thích 1, 2; quy tắc 13",
    cells=("shift",),
    reads=("shift", "shift_text", "work_mode", "agency", "roster_mask", "person_key", "failed_checks"),
    adds=(),
    apply=apply,
)
