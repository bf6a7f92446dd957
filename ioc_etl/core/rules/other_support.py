"""Rule 7 (proposal IV.3): with another special support, only the highest. Close readings 9, 15, 17.

Ordinary allowances are no special support and never compared. Day by day the largest other support counts; compared are
monthly amounts, ours the full month's of the row's mode. A tie keeps the support already received.
"""

import polars as pl

from ioc_etl.core.dates import days_mask, days_of, whole_month_mask
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.links import person_of
from ioc_etl.core.money import dong
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.core.text import once_each, word_keys
from schemas.vocabulary import FindingCode, PartMonthMethod, RuleKey

_ROW = ["centre_code", "source_row"]
_ON_ROSTER = "danh sách"
_NO_DAY = pl.lit(0, dtype=pl.Int64)


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `superseded_mask`, `is_superseded`, `other_vnd` and `other_regime`.

    `superseded_mask`: the days on duty on which another support is as high as ours; `is_superseded`: all of them are,
    or, where days are not paid, one is. `other_vnd`: the largest other support on a day of duty.
    """
    stated = _stated(rows, facts)
    compared = stated.join(_compared(stated, facts), on=_ROW, how="left", maintain_order="left").with_columns(
        pl.col("superseded_mask", "lower_mask").fill_null(0)
    )
    on_duty, higher = pl.col("duty_mask"), pl.col("superseded_mask")
    pays_days = facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS
    is_superseded = (higher > 0) & ((higher == on_duty) | pl.lit(not pays_days))
    judged = compared.with_columns(is_superseded.alias("is_superseded"))
    ours = dong(pl.col("full_amount_vnd"))
    days = pl.format("{}/{}", days_of(higher), days_of(on_duty))
    unreadable = _unreadable_in_register(facts)
    return judged.drop("lower_mask"), all_findings(
        raised(
            FindingCode.OTHER_SUPPORT_UNREADABLE,
            judged.filter("is_statement_unreadable"),
            column="other_support_vnd",
            found=pl.coalesce("other_support_text", "other_support_name"),
            place=pl.lit(_ON_ROSTER),
        ),
        raised(
            FindingCode.OTHER_SUPPORT_UNREADABLE,
            judged.join(unreadable, on="person_id", maintain_order="left"),
            column="citizen_id",
            place=pl.col("unreadable_place"),
        ),
        _told(FindingCode.OTHER_SUPPORT_HIGHER, judged.filter("is_superseded"), "higher", ours),
        _told(
            FindingCode.OTHER_SUPPORT_PART, judged.filter(~pl.col("is_superseded") & (higher > 0)), "higher", ours, days
        ),
        _told(
            FindingCode.OTHER_SUPPORT_STILL_PAID,
            judged.filter(~pl.col("is_superseded") & (pl.col("lower_mask") > 0)),
            "lower",
            ours,
        ),
    )


def _told(
    code: FindingCode, rows: pl.DataFrame, which: str, ours: pl.Expr, days: pl.Expr | None = None
) -> pl.DataFrame:
    """The largest support that is as high as ours, or lower: its amount, regime and where it stands."""
    is_registered = pl.col(f"{which}_place").is_not_null()
    place = pl.coalesce(f"{which}_place", pl.lit(_ON_ROSTER))
    return raised(
        code,
        rows,
        column=pl.when(is_registered).then(None).otherwise(pl.lit("other_support_vnd")),
        found=pl.concat_str(dong(pl.col(f"{which}_vnd")), f"{which}_regime", separator=", ", ignore_nulls=True),
        expected=ours,
        place=place if days is None else pl.concat_str(days, place, separator=" ngày; "),
    )


def _compared(stated: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """One row per row with another support on a day of duty: the masks, and the largest support of each side."""
    whole = pl.lit(whole_month_mask(facts.month), dtype=pl.Int64).alias("mask")
    ours = [*_ROW, "duty_mask", "full_amount_vnd"]
    on_roster = stated.filter(pl.col("stated_vnd") > 0).select(
        *ours,
        pl.col("stated_vnd").alias("vnd"),
        pl.col("stated_regime").alias("regime"),
        pl.lit(None, dtype=pl.String).alias("place"),
        whole,
    )
    registered = stated.select(*ours, "person_id").join(_registered(facts), on="person_id").drop("person_id")
    both = pl.concat([on_roster, registered.select(on_roster.columns)]).with_columns(
        (pl.col("mask") & pl.col("duty_mask")).alias("mask")
    )
    on_duty = both.filter((pl.col("mask") > 0) & pl.col("full_amount_vnd").is_not_null())
    is_higher = pl.col("vnd") >= pl.col("full_amount_vnd")
    ordered = on_duty.sort(*_ROW, "vnd", "place", descending=[False, False, True, False], nulls_last=True)
    by_row = ordered.group_by(_ROW, maintain_order=True).agg(
        pl.col("mask").filter(is_higher).bitwise_or().alias("superseded_mask"),
        pl.col("mask").bitwise_or().alias("any_mask"),
        pl.col("vnd").first().alias("other_vnd"),
        pl.col("regime").first().alias("other_regime"),
        *(pl.col(name).filter(is_higher).first().alias(f"higher_{name}") for name in ("vnd", "regime", "place")),
        *(pl.col(name).filter(~is_higher).first().alias(f"lower_{name}") for name in ("vnd", "regime", "place")),
    )
    higher = pl.coalesce("superseded_mask", _NO_DAY)
    return by_row.with_columns(
        higher.alias("superseded_mask"), (pl.col("any_mask") & ~higher).alias("lower_mask")
    ).drop("any_mask")


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
    return _of_whole_month(stated.with_columns(pl.col("other_support_name").alias("stated_regime")))


def _of_whole_month(stated: pl.DataFrame) -> pl.DataFrame:
    """A support belongs to the person: what one row of a month in parts states counts for its other rows too."""
    parts = stated.filter("is_of_one_month")
    if parts.is_empty():
        return stated
    whole = (
        parts.sort("stated_vnd", "source_row", descending=[True, False], nulls_last=True)
        .group_by("person_id", maintain_order=True)
        .agg(
            pl.col("stated_vnd").first().alias("whole_vnd"),
            pl.col("stated_regime").first().alias("whole_regime"),
            pl.col("is_statement_unreadable").any().alias("is_whole_unreadable"),
        )
    )
    is_kept = pl.col("is_of_one_month") & ~pl.col("is_merged")
    return (
        stated.join(whole, on="person_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(is_kept).then("whole_vnd").otherwise("stated_vnd").alias("stated_vnd"),
            pl.when(is_kept).then("whole_regime").otherwise("stated_regime").alias("stated_regime"),
            (pl.col("is_statement_unreadable") | (is_kept & pl.col("is_whole_unreadable"))).alias(
                "is_statement_unreadable"
            ),
        )
        .drop("whole_vnd", "whole_regime", "is_whole_unreadable")
    )


def _is_ordinary(regime: pl.Expr, facts: MonthFacts) -> pl.Expr:
    """Whether a regime's name is that of an ordinary salary allowance, with or without a word such as `phụ cấp`."""
    policy = facts.policy
    before = "|".join(sorted(policy.allowance_prefixes, key=len, reverse=True))
    begins = "|".join(sorted(policy.ordinary_allowance_words))
    exact = "|".join(sorted(policy.ordinary_allowance_exact))
    pattern = rf"^(?:(?:{before}) )?(?:(?:{begins})(?: .*)?|(?:{exact}))$"
    return regime.str.contains(pattern).fill_null(value=False)


def _special(facts: MonthFacts) -> pl.DataFrame:
    """The register's special supports of the month, with the days on which each is valid as `mask`."""
    mask = days_mask(pl.col("valid_from"), pl.col("valid_to"), facts.month).alias("mask")
    register = facts.registers.other_support.with_columns(mask)
    of_month = register.filter((pl.col("mask") > 0) | ~pl.col("is_readable"))
    known = person_of(of_month, facts.links).filter(~_is_ordinary(word_keys(pl.col("regime")), facts))
    return known.with_columns(pl.format("other_support dòng {}", "register_row").alias("place"))


def _registered(facts: MonthFacts) -> pl.DataFrame:
    """One row per person and special support that can be read: person_id, vnd, regime, place, mask."""
    readable = _special(facts).filter(pl.col("is_readable") & (pl.col("amount_vnd") > 0))
    return readable.select("person_id", pl.col("amount_vnd").alias("vnd"), "regime", "place", "mask")


def _unreadable_in_register(facts: MonthFacts) -> pl.DataFrame:
    """One row per person with an entry that cannot be read: person_id, unreadable_place."""
    unreadable = _special(facts).filter(~pl.col("is_readable")).sort("register_row")
    return unreadable.group_by("person_id", maintain_order=True).agg(pl.col("place").first().alias("unreadable_place"))


RULE = Rule(
    key=RuleKey.OTHER_SUPPORT,
    title_vi="Mức hỗ trợ cao nhất",
    title_en="Highest support only",
    clause="Tờ trình IV.3; quy tắc 7",
    cells=("other_support_name", "other_support_vnd"),
    reads=(
        "person_id",
        "other_support_name",
        "other_support_text",
        "other_support_vnd",
        "duty_mask",
        "full_amount_vnd",
        "is_merged",
        "is_of_one_month",
    ),
    adds=(
        "stated_regime",
        "stated_vnd",
        "is_statement_unreadable",
        "higher_vnd",
        "higher_regime",
        "higher_place",
        "lower_vnd",
        "lower_regime",
        "lower_place",
        "other_vnd",
        "other_regime",
        "superseded_mask",
        "is_superseded",
    ),
    apply=apply,
)
