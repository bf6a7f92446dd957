"""What an opening line may say: a month and a centre of the policy's, and no more than one person gets in that month.

Source: rulebook section 6, Go-live; rules 1, 5, 16 and 17.
"""

from collections.abc import Iterable
from datetime import date

import polars as pl

from ioc_etl.core.links import person_of
from ioc_etl.core.money import full_month_vnd
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import policy_at

BOUNDS: dict[str, pl.DataType] = {
    "reference_month": pl.Date(),
    "is_begun": pl.Boolean(),
    "is_in_force": pl.Boolean(),
    "is_payable": pl.Boolean(),
    "highest_vnd": pl.Int64(),
}
"""One row per month: whether it has begun, lies in the policy's life and is this system's to pay (`first_month`).

`highest_vnd`: the largest coefficient times base salary, the most that one person can get; null without base salary.
"""

_CENTRE_DAYS = {"centre_code": pl.String, "is_known": pl.Boolean, "opened_on": pl.Date, "closed_on": pl.Date}


def month_bounds(months: Iterable[date], policy: Policy, today: date) -> pl.DataFrame:
    """`BOUNDS` of first days of months."""
    rows = [_bounds(month, policy) if month <= today else (month, False, *[None] * 4) for month in months]
    factors = {"coefficient_tenths": pl.Int64(), "base_salary_vnd": pl.Int64()}
    schema = {name: dtype for name, dtype in BOUNDS.items() if name != "highest_vnd"} | factors
    amount = full_month_vnd(pl.col("coefficient_tenths"), pl.col("base_salary_vnd")).alias("highest_vnd")
    return pl.DataFrame(rows, schema=schema, orient="row").select(*list(BOUNDS)[:-1], amount)


def _bounds(month: date, policy: Policy) -> tuple[object, ...]:
    at = policy_at(policy, month)
    return month, True, at.is_in_force, at.is_payable, max(at.coefficient_tenths.values()), at.base_salary_vnd


def centre_days(centres: Iterable[Centre]) -> pl.DataFrame:
    """One row per centre of the registry: centre_code, is_known (true), opened_on, closed_on."""
    rows = [(centre.code, True, centre.opened_on, centre.closed_on) for centre in centres]
    return pl.DataFrame(rows, schema=_CENTRE_DAYS, orient="row")


def is_open_in(month: pl.Expr) -> pl.Expr:
    """Whether the row's centre (`centre_days`) is open on any day of the month."""
    opened, closed = pl.col("opened_on"), pl.col("closed_on")
    return (opened <= month.dt.month_end()).fill_null(value=False) & (closed >= month).fill_null(value=True)


def above_one_support(lines: pl.DataFrame, committed: pl.DataFrame, links: pl.DataFrame) -> list[int]:
    """`row_number` of the lines with which their person would have more than one support of the month.

    Over all centres and by today's identity links (`schemas.ledger.USED_LINK`): what is committed already (`committed`:
    reference_month, citizen_id, amount_vnd), then the lines of the file from its top. `lines` are good rows of an
    `OpeningTable`.
    """
    person = ["reference_month", "person_id"]
    already = person_of(committed, links).group_by(person).agg(pl.col("amount_vnd").sum().alias("committed_vnd"))
    people = person_of(lines, links).join(already, on=person, how="left").sort("row_number")
    so_far = pl.col("amount_vnd").cum_sum().over(person) + pl.col("committed_vnd").fill_null(0)
    return people.filter(so_far > pl.col("highest_vnd"))["row_number"].to_list()


def of_committed_months(lines: pl.DataFrame, committed: pl.DataFrame, links: pl.DataFrame) -> list[int]:
    """`row_number` of the lines whose person's month is committed already, at whichever centre (rulebook section 6).

    `committed` as for `above_one_support`, with `is_opening`.
    """
    decided = person_of(committed.filter(~pl.col("is_opening")), links)
    people = person_of(lines, links).join(decided, on=["reference_month", "person_id"], how="semi")
    return people["row_number"].to_list()
