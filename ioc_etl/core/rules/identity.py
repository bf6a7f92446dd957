"""Who the row is about: the citizen ID. Rulebook section 4, Identity; rule 16 for linked IDs.

A number cell loses leading zeros. They are put back only where they can be proven: by the centre's approved list, in a
district also by the year of birth.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.identity import born_in_year, is_cmnd, is_whole_id, restored, year_digits_match
from ioc_etl.core.limits import failing, month_limits
from ioc_etl.core.links import person_of
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.core.text import masked
from schemas.limits import identity_schema
from schemas.vocabulary import FindingCode, RuleKey


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `has_usable_id`, `person_id`; `citizen_id` becomes the ID as understood."""
    judged = _understood(rows, facts)
    failures = failing(judged, identity_schema(month_limits(facts)))
    findings = all_findings(
        raised(FindingCode.ID_MISSING, _failed(judged, failures, FindingCode.ID_MISSING), column="citizen_id"),
        raised(
            FindingCode.ID_INVALID,
            _failed(judged, failures, FindingCode.ID_INVALID),
            column="citizen_id",
            found=masked(pl.col("citizen_id")),
            expected=pl.lit(str(facts.policy.citizen_id_digits)),
        ),
        raised(
            FindingCode.ID_ZERO_RESTORED,
            judged.filter("is_restored"),
            column="citizen_id",
            found=pl.col("digits_read").cast(pl.String),
            expected=masked(pl.col("citizen_id")),
        ),
        raised(
            FindingCode.ID_OLD_CMND if _is_cmnd_valid(facts) else FindingCode.ID_OLD_CMND_EXPIRED,
            judged.filter("is_cmnd")
            if _is_cmnd_valid(facts)
            else _failed(judged, failures, FindingCode.ID_OLD_CMND_EXPIRED),
            column="citizen_id",
            found=masked(pl.col("citizen_id")),
            expected=pl.lit(f"{facts.policy.cmnd_valid_until:%d/%m/%Y}"),
        ),
        raised(
            FindingCode.ID_BIRTH_MISMATCH,
            judged.filter(pl.col("is_whole") & (born_in_year(pl.col("citizen_id")) != pl.col("birth_year"))),
            column="citizen_id",
            found=born_in_year(pl.col("citizen_id")).cast(pl.String),
            expected=pl.col("birth_year").cast(pl.String),
        ),
    )
    people = person_of(judged, facts.links).with_columns(
        pl.when("has_usable_id").then(pl.col("person_id")).alias("person_id")
    )
    return people, findings


def _failed(rows: pl.DataFrame, failures: pl.DataFrame, code: FindingCode) -> pl.DataFrame:
    """The rows that fail the check of this name."""
    failed = failures.filter(pl.col("check") == code.value)
    return rows.join(failed, on=["centre_code", "source_row"], how="semi", maintain_order="left")


def _understood(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    policy = facts.policy
    padded = rows.with_columns(
        pl.col("citizen_id").str.len_chars().alias("digits_read"),
        restored(pl.col("citizen_id"), policy).alias("padded"),
    )
    listed = padded.join(
        facts.listed.select("centre_code", pl.col("citizen_id").alias("padded"), pl.lit(value=True).alias("is_listed")),
        on=["centre_code", "padded"],
        how="left",
        maintain_order="left",
    ).join(facts.centres.select("centre_code", "is_province"), on="centre_code", how="left", maintain_order="left")
    by_birth_year = ~pl.col("is_province") & year_digits_match(pl.col("padded"), pl.col("birth_year"))
    is_proven = pl.col("is_listed").fill_null(value=False) | by_birth_year.fill_null(value=False)
    is_restored = pl.col("padded").is_not_null() & is_proven & is_whole_id(pl.col("padded"), policy)
    judged = listed.with_columns(is_restored.fill_null(value=False).alias("is_restored")).with_columns(
        pl.when("is_restored").then(pl.col("padded")).otherwise(pl.col("citizen_id")).alias("citizen_id")
    )
    is_readable = ~pl.col("unreadable").list.contains("citizen_id")
    return judged.with_columns(
        (is_readable & is_whole_id(pl.col("citizen_id"), policy)).fill_null(value=False).alias("is_whole"),
        (is_readable & is_cmnd(pl.col("citizen_id"), policy)).fill_null(value=False).alias("is_cmnd"),
    ).with_columns(
        (pl.col("is_whole") | (pl.col("is_cmnd") & pl.lit(_is_cmnd_valid(facts)))).alias("has_usable_id"),
    )


def _is_cmnd_valid(facts: MonthFacts) -> bool:
    return facts.month <= facts.policy.cmnd_valid_until


RULE = Rule(
    key=RuleKey.IDENTITY,
    title_vi="Số căn cước",
    title_en="Citizen ID",
    clause="Sổ tay quy tắc mục 4; quy tắc 16",
    cells=("citizen_id", "birth_date"),
    reads=("citizen_id", "birth_year", "unreadable"),
    adds=("has_usable_id", "person_id"),
    apply=apply,
)
