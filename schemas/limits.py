"""What a month's law allows, as pandera schemas built from plain values: who is eligible, how many posts there are.

`identity_schema` and `eligibility_schema` speak of roster rows: their checks are named by the finding that a failing
row gets. `decision_schema` speaks of decided rows: a failing row is a fault of the program, and refuses its centre.

Source: rulebook rules 2, 3, 5, 7, 10 to 13 and 16; section 4, Identity; close reading 11.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import pandera.polars as pa
import polars as pl

from schemas.vocabulary import FindingCode, Outcome, PartMonthMethod, WorkMode

_TENTHS = 10
_DAYS = 31
_CODE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class MonthLimits:
    """The law of one month in plain values.

    `binding_centres` are those where agencies bind, `agencies_with_posts` the pairs of centre and agency that have any
    post in the month; `posts` (`schemas.posts.DAY_POSTS`) how many people may hold one on which day. `cmnd_digits` is
    null in a month that takes no old CMND any more. `expired_cmnd_digits` is null in one that does.
    """

    eligible_categories: tuple[str, ...]
    duties: tuple[str, ...]
    shifts: tuple[int, ...]
    binding_centres: tuple[str, ...]
    agencies_with_posts: tuple[tuple[str, str], ...]
    citizen_id_digits: int
    birth_codes: tuple[str, ...]
    foreign_birth_code_from: int
    cmnd_digits: int | None
    expired_cmnd_digits: int | None
    account_min_digits: int
    account_max_digits: int
    coefficient_tenths: tuple[int, ...]
    base_salary_vnd: int
    days_in_month: int
    part_month: PartMonthMethod
    half_month_days: int
    posts: pl.DataFrame = field(repr=False)


def identity_schema(limits: MonthLimits) -> pa.DataFrameSchema:
    """The forms of a citizen ID as it was understood; one row per roster row, column `citizen_id`."""
    digits = pl.col("citizen_id")
    missing = digits.is_null()
    expired = _is_expired_cmnd(limits)
    is_whole = is_whole_id(
        digits,
        length=limits.citizen_id_digits,
        birth_codes=limits.birth_codes,
        foreign_from=limits.foreign_birth_code_from,
    )
    return _schema(
        "identity",
        ("citizen_id",),
        {
            FindingCode.ID_MISSING: ~missing,
            FindingCode.ID_INVALID: missing | is_whole | _is_cmnd(digits, limits) | expired,
            FindingCode.ID_OLD_CMND_EXPIRED: missing | ~expired,
        },
    )


def eligibility_schema(limits: MonthLimits) -> pa.DataFrameSchema:
    """Who may be paid at all; one row per roster row of `ELIGIBILITY`."""
    category, account, agency = pl.col("staff_category"), pl.col("bank_account"), pl.col("roster_agency")
    pair = pl.concat_str("centre_code", "roster_agency", separator="\x1f")
    pairs = ["\x1f".join(both) for both in limits.agencies_with_posts]
    binds = pl.col("centre_code").is_in(list(limits.binding_centres))
    form = rf"^[0-9]{{{limits.account_min_digits},{limits.account_max_digits}}}$"
    is_direct = pl.col("work_mode") == WorkMode.DIRECT
    return _schema(
        "eligibility",
        ELIGIBILITY,
        {
            FindingCode.CATEGORY_UNKNOWN: category.is_not_null(),
            FindingCode.CATEGORY_NOT_ELIGIBLE: category.is_null() | category.is_in(list(limits.eligible_categories)),
            FindingCode.DUTY_OUT_OF_SCOPE: pl.col("duty").is_in(list(limits.duties)),
            FindingCode.WORK_MODE_UNKNOWN: pl.col("work_mode").is_in([str(mode) for mode in WorkMode]),
            FindingCode.SHIFT_INVALID: ~is_direct.fill_null(value=False) | pl.col("shift").is_in(list(limits.shifts)),
            FindingCode.AGENCY_UNKNOWN: ~binds | agency.is_not_null(),
            FindingCode.AGENCY_NOT_IN_QUOTA: ~binds | agency.is_null() | pair.is_in(pairs),
            FindingCode.BANK_ACCOUNT_MISSING: account.is_not_null(),
            FindingCode.BANK_ACCOUNT_INVALID: account.is_null() | account.str.contains(form),
            FindingCode.NOT_ON_DUTY: pl.col("roster_mask") > 0,
        },
    )


ELIGIBILITY = (
    "centre_code",
    "staff_category",
    "duty",
    "work_mode",
    "shift",
    "roster_agency",
    "bank_account",
    "roster_mask",
)
"""The columns of a roster (`schemas.roster.ROSTER`) that eligibility looks at."""


def decision_schema(limits: MonthLimits) -> pa.DataFrameSchema:
    """What a paid row has: nothing open, a right, days with a post, the amount of these days, nobody past a post.

    One row per decision, columns `DECIDED`.
    """
    is_paid = pl.col("outcome") == Outcome.PAID
    may_be_paid = (
        (pl.col("open_codes").list.len() == 0)
        & ~pl.col("has_no_right")
        & pl.col("staff_category").is_in(list(limits.eligible_categories))
        & pl.col("coefficient_tenths").is_in(list(limits.coefficient_tenths))
        & (pl.col("base_salary_vnd") == limits.base_salary_vnd)
        & pl.col("person_id").is_not_null()
        & (pl.col("post_days") > 0)
    )
    checks = {
        "paid_rows_may_be_paid": ~is_paid | may_be_paid,
        "amount_is_that_of_the_days": pl.col("amount_vnd") == pl.when(is_paid).then(_amount(limits)).otherwise(0),
        "no_day_of_a_person_is_paid_twice": ~is_paid | _is_once_a_day(is_paid),
    }
    return _schema("decided month", DECIDED, checks, more=[pa.Check(_within_posts(limits), name=WITHIN_POSTS)])


DECIDED = (
    "centre_code",
    "person_id",
    "staff_category",
    "agency",
    "outcome",
    "open_codes",
    "has_no_right",
    "coefficient_tenths",
    "base_salary_vnd",
    "days_on_duty",
    "post_days",
    "amount_vnd",
)
"""The columns of a decision (`schemas.decision.DECISION`) that the month's limits look at."""

WITHIN_POSTS = "nobody_is_past_a_post"


def is_whole_id(digits: pl.Expr, *, length: int, birth_codes: Collection[str], foreign_from: int) -> pl.Expr:
    """Twelve digits whose first three are a known birth code, or one abroad."""
    code = digits.str.head(_CODE_DIGITS)
    is_abroad = (code.str.to_integer(strict=False) >= foreign_from).fill_null(value=False)
    return digits.str.contains(rf"^[0-9]{{{length}}}$") & (code.is_in(list(birth_codes)) | is_abroad)


def _is_cmnd(digits: pl.Expr, limits: MonthLimits) -> pl.Expr:
    return _of_length(digits, limits.cmnd_digits)


def _is_expired_cmnd(limits: MonthLimits) -> pl.Expr:
    return _of_length(pl.col("citizen_id"), limits.expired_cmnd_digits)


def _of_length(digits: pl.Expr, length: int | None) -> pl.Expr:
    return pl.lit(value=False) if length is None else digits.str.contains(rf"^[0-9]{{{length}}}$")


def _amount(limits: MonthLimits) -> pl.Expr:
    """Rules 5 and 12, in whole đồng, parts rounded down."""
    whole = pl.col("coefficient_tenths").cast(pl.Int64) * pl.col("base_salary_vnd")
    match limits.part_month:
        case PartMonthMethod.FULL_MONTH:
            return whole // _TENTHS
        case PartMonthMethod.HALF_UNDER_15_DAYS:
            halves = pl.when(pl.col("days_on_duty") >= limits.half_month_days).then(2).otherwise(1)
            return whole * halves // (2 * _TENTHS)
        case PartMonthMethod.CALENDAR_DAYS:
            days = pl.col("post_days").bitwise_count_ones().cast(pl.Int64)
            return whole * days // (_TENTHS * limits.days_in_month)


def _is_once_a_day(is_paid: pl.Expr) -> pl.Expr:
    days = pl.when(is_paid).then("post_days").otherwise(0)
    together = days.bitwise_or().over("person_id").bitwise_count_ones().cast(pl.Int64)
    return days.bitwise_count_ones().cast(pl.Int64).sum().over("person_id") == together


def _within_posts(limits: MonthLimits) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    """Per day, centre and agency: different people with a paid post are no more than the posts."""

    def check(data: pa.PolarsData) -> pl.LazyFrame:
        rows = data.lazyframe.with_row_index("place").collect()
        crowded = _crowded(rows.filter(pl.col("outcome") == Outcome.PAID), limits)
        return rows.lazy().select(~pl.col("place").is_in(crowded.implode()))

    return check


def _crowded(paid: pl.DataFrame, limits: MonthLimits) -> pl.Series:
    """The places of the rows that hold a post in a group with more people than posts on some day."""
    of_days = [(pl.col("post_days") // (1 << day) % 2).cast(pl.Int32).alias(str(day)) for day in range(_DAYS)]
    held = paid.select("place", "centre_code", "agency", *of_days)
    whole = pl.lit(None, dtype=pl.String).alias("agency")
    of_agencies = limits.posts.drop_nulls("agency").select("centre_code", "agency").unique()
    groups = pl.concat([held.with_columns(whole), held.join(of_agencies, on=["centre_code", "agency"], how="semi")])
    names = [str(day) for day in range(_DAYS)]
    people = groups.group_by("centre_code", "agency").agg(pl.col(names).sum(), pl.col("place"))
    posts = _posts_by_day(limits)
    judged = people.join(posts, on=["centre_code", "agency"], how="left", nulls_equal=True)
    is_over = pl.any_horizontal(pl.col(day) > pl.col(f"posts {day}").fill_null(0) for day in names)
    return (
        judged.filter(is_over)["place"].explode(empty_as_null=False)
        if judged.height
        else pl.Series([], dtype=pl.UInt32)
    )


def _posts_by_day(limits: MonthLimits) -> pl.DataFrame:
    """One row per centre and agency: `posts 0` to `posts 30`; unlimited where agencies do not bind on the day."""
    on_day = [
        pl.when(pl.col("days") // (1 << day) % 2 == 1).then("posts").max().alias(f"posts {day}") for day in range(_DAYS)
    ]
    by_day = limits.posts.group_by("centre_code", "agency").agg(on_day)
    names = [f"posts {day}" for day in range(_DAYS)]
    split = by_day.drop_nulls("agency").group_by("centre_code").agg(pl.col(names).max().name.suffix(" split"))
    binding = by_day.join(split, on="centre_code", how="left")
    free = [
        pl.when(pl.col("agency").is_not_null() & pl.col(name).is_null() & pl.col(f"{name} split").is_null())
        .then(pl.lit(2**31 - 1, dtype=pl.Int32))
        .otherwise(pl.col(name))
        .alias(name)
        for name in names
    ]
    return binding.with_columns(free).select("centre_code", "agency", *names)


def _schema(
    name: str, columns: tuple[str, ...], checks: dict[str, pl.Expr], more: list[pa.Check] | None = None
) -> pa.DataFrameSchema:
    """Row by row: a row fails the check `code` where its expression is not true."""
    named = [pa.Check(_rowwise(holds), name=str(code)) for code, holds in checks.items()]
    return pa.DataFrameSchema(
        {column: pa.Column(nullable=True) for column in columns}, checks=[*named, *(more or [])], name=name
    )


def _rowwise(holds: pl.Expr) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(holds.fill_null(value=False))
