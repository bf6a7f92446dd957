"""Rule 7 (proposal IV.3): with another special support, only the highest. Close readings 9, 15, 17.

Ordinary allowances are no special support and never compared. The comparison is with the full month's amount; a tie
keeps the support already received.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.links import person_of
from ioc_etl.core.money import dong
from ioc_etl.core.month import last_day
from ioc_etl.core.rules import Ruling
from ioc_etl.core.text import once_each, word_keys
from schemas.vocabulary import FindingCode

_ON_ROSTER = "danh sách"


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `other_vnd` and `other_regime`, the largest other support valid in the month, and `is_superseded`."""
    registered = _registered(facts)
    compared = (
        _stated(rows, facts)
        .join(registered, on="person_id", how="left", maintain_order="left")
        .with_columns(pl.max_horizontal("stated_vnd", "register_vnd").alias("other_vnd"))
        .with_columns(
            pl.when(pl.col("register_vnd") == pl.col("other_vnd"))
            .then("register_regime")
            .otherwise("other_support_name")
            .alias("other_regime"),
            (pl.col("other_vnd") >= pl.col("full_amount_vnd")).fill_null(value=False).alias("is_superseded"),
        )
    )
    has_lower = (pl.col("other_vnd") < pl.col("full_amount_vnd")).fill_null(value=False)
    other = pl.concat_str(dong(pl.col("other_vnd")), "other_regime", separator=", ", ignore_nulls=True)
    is_registered = pl.col("register_vnd") == pl.col("other_vnd")
    column = pl.when(is_registered.fill_null(value=False)).then(None).otherwise(pl.lit("other_support_vnd"))
    place = pl.when(is_registered).then("register_place").otherwise(pl.lit(_ON_ROSTER))
    ours = dong(pl.col("full_amount_vnd"))
    return compared, all_findings(
        raised(
            FindingCode.OTHER_SUPPORT_UNREADABLE,
            compared.filter("is_statement_unreadable"),
            column="other_support_vnd",
            found=pl.coalesce("other_support_text", "other_support_name"),
            place=pl.lit(_ON_ROSTER),
        ),
        raised(
            FindingCode.OTHER_SUPPORT_UNREADABLE,
            compared.filter(pl.col("is_register_unreadable").fill_null(value=False)),
            column="citizen_id",
            place=pl.col("unreadable_place"),
        ),
        raised(
            FindingCode.OTHER_SUPPORT_HIGHER,
            compared.filter("is_superseded"),
            column=column,
            found=other,
            expected=ours,
            place=place,
        ),
        raised(
            FindingCode.OTHER_SUPPORT_STILL_PAID,
            compared.filter(has_lower),
            column=column,
            found=other,
            expected=ours,
            place=place,
        ),
    )


def _stated(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """What the roster's own columns say: an amount, nothing, or something that cannot be read."""
    none = sorted(facts.policy.no_support_words)
    regime = pl.lit(once_each(rows["other_support_name"], word_keys))
    is_none = regime.is_null() | regime.is_in(none)
    is_ordinary = _is_ordinary(regime, facts)
    amount, text = pl.col("other_support_vnd"), pl.col("other_support_text")
    is_special = ~is_ordinary
    is_illegible = text.is_not_null() & amount.is_null()
    is_amount_missing = text.is_null() & ~is_none
    stated = rows.with_columns(
        pl.when(is_special & (amount > 0)).then(amount).alias("stated_vnd"),
        (is_special & (is_illegible | is_amount_missing)).fill_null(value=False).alias("is_statement_unreadable"),
    )
    return _of_whole_month(stated)


def _of_whole_month(stated: pl.DataFrame) -> pl.DataFrame:
    """A support belongs to the person: what a merged row states counts for the row that is kept."""
    person = ["centre_code", "person_id"]
    with_merged = stated.filter("is_merged").select(person).unique()
    whole = (
        stated.join(with_merged, on=person, how="semi")
        .group_by(person)
        .agg(
            pl.col("stated_vnd").max().alias("whole_vnd"),
            pl.col("is_statement_unreadable").any().alias("is_whole_unreadable"),
        )
    )
    is_kept = ~pl.col("is_merged") & pl.col("is_whole_unreadable").is_not_null()
    return (
        stated.join(whole, on=person, how="left", maintain_order="left")
        .with_columns(
            pl.when(is_kept).then("whole_vnd").otherwise("stated_vnd").alias("stated_vnd"),
            (pl.col("is_statement_unreadable") | (is_kept & pl.col("is_whole_unreadable"))).alias(
                "is_statement_unreadable"
            ),
        )
        .drop("whole_vnd", "is_whole_unreadable")
    )


def _is_ordinary(regime: pl.Expr, facts: MonthFacts) -> pl.Expr:
    """Whether a regime's name is that of an ordinary salary allowance, with or without a word such as `phụ cấp`."""
    policy = facts.policy
    before = "|".join(sorted(policy.allowance_prefixes, key=len, reverse=True))
    begins = "|".join(sorted(policy.ordinary_allowance_words))
    exact = "|".join(sorted(policy.ordinary_allowance_exact))
    pattern = rf"^(?:(?:{before}) )?(?:(?:{begins})(?: .*)?|(?:{exact}))$"
    return regime.str.contains(pattern).fill_null(value=False)


def _registered(facts: MonthFacts) -> pl.DataFrame:
    """Per person: the largest special support of the register that is valid on any day of the month."""
    register = facts.registers.other_support
    in_month = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= last_day(facts.month))) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= facts.month)
    )
    special = person_of(register.filter(in_month | ~pl.col("is_readable")), facts.links).filter(
        ~_is_ordinary(word_keys(pl.col("regime")), facts)
    )
    largest = pl.col("is_readable") & (pl.col("amount_vnd") > 0)
    place = pl.format("other_support dòng {}", "register_row")
    return (
        special.sort("amount_vnd", "register_row", descending=[True, False], nulls_last=True)
        .group_by("person_id", maintain_order=True)
        .agg(
            pl.col("amount_vnd").filter(largest).first().alias("register_vnd"),
            pl.col("regime").filter(largest).first().alias("register_regime"),
            place.filter(largest).first().alias("register_place"),
            (~pl.col("is_readable")).any().alias("is_register_unreadable"),
            place.filter(~pl.col("is_readable")).first().alias("unreadable_place"),
        )
    )
