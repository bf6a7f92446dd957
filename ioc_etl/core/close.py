"""Closing the books: rows and đồng in equal rows and đồng out, or the run refuses.

Source: rulebook section 3.
"""

import polars as pl

from ioc_etl.errors import ControlTotalError
from schemas.vocabulary import BatchKind, Outcome


def close(
    *, raw: pl.DataFrame, decisions: pl.DataFrame, lines: pl.DataFrame, posts: pl.DataFrame, is_payable: bool
) -> None:
    """Checks one run before it is written.

    `posts`: centre_code, posts of every centre that was decided. A month
    that is not payable (before go-live) has no lines.

    Raises:
        ControlTotalError: says which total of which centre does not hold; counts and đồng only.
    """
    _rows_conserved(raw, decisions)
    _money_only_where_paid(decisions)
    _nobody_twice(decisions)
    _no_quota_exceeded(decisions, posts)
    _lines_are_decisions(decisions if is_payable else decisions.clear(), lines)


def _refuse(problem: pl.DataFrame, what: str) -> None:
    if problem.height:
        first = ", ".join(f"{name} {value}" for name, value in problem.row(0, named=True).items())
        raise ControlTotalError(f"{what}: {first} ({problem.height} in all); nothing was written")


def _rows_conserved(raw: pl.DataFrame, decisions: pl.DataFrame) -> None:
    key = ["centre_code", "source_row"]
    outcomes = [str(outcome) for outcome in Outcome]
    ended = decisions.filter(pl.col("outcome").is_in(outcomes))
    counts = (
        raw.group_by("centre_code")
        .agg(pl.len().alias("read"))
        .join(ended.group_by("centre_code").agg(pl.len().alias("ended")), on="centre_code", how="full", coalesce=True)
        .with_columns(pl.col("read", "ended").fill_null(0))
    )
    _refuse(counts.filter(pl.col("read") != pl.col("ended")), "rows read are not rows decided")
    _refuse(raw.select(key).join(ended, on=key, how="anti"), "a row has no outcome")


def _money_only_where_paid(decisions: pl.DataFrame) -> None:
    is_paid = pl.col("outcome") == Outcome.PAID
    wrong = decisions.filter(is_paid != (pl.col("amount_vnd") > 0).fill_null(value=False))
    _refuse(wrong.select("centre_code", "source_row"), "a row earns money without being paid, or the reverse")


def _nobody_twice(decisions: pl.DataFrame) -> None:
    paid = decisions.filter(pl.col("amount_vnd") > 0)
    twice = paid.filter(pl.col("person_id").is_null() | (pl.len().over("person_id") > 1))
    _refuse(twice.select("centre_code", "source_row"), "a person is paid twice or without an ID")


def _no_quota_exceeded(decisions: pl.DataFrame, posts: pl.DataFrame) -> None:
    paid = decisions.filter(pl.col("amount_vnd") > 0).group_by("centre_code").agg(pl.len().alias("paid"))
    over = paid.join(posts, on="centre_code", how="left").filter(pl.col("paid") > pl.col("posts").fill_null(0))
    _refuse(over, "more people are paid than a centre has posts")


def _lines_are_decisions(decisions: pl.DataFrame, lines: pl.DataFrame) -> None:
    """On an empty ledger the sum of the rows is the sum of the lines."""
    due = decisions.group_by("centre_code").agg(pl.col("amount_vnd").sum().alias("decided_vnd"))
    drafted = (
        lines.filter(pl.col("batch_kind") == BatchKind.REGULAR)
        .group_by("centre_code")
        .agg(pl.col("amount_vnd").sum().alias("drafted_vnd"))
    )
    both = due.join(drafted, on="centre_code", how="full", coalesce=True).with_columns(
        pl.col("decided_vnd", "drafted_vnd").fill_null(0)
    )
    _refuse(both.filter(pl.col("decided_vnd") != pl.col("drafted_vnd")), "payment lines are not what was decided")
