"""Closing the books: rows and đồng in equal rows and đồng out, or the run refuses.

Source: rulebook section 3.
"""

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.ledger import PERSON
from ioc_etl.core.settle import Settlement
from ioc_etl.errors import ControlTotalError
from schemas.vocabulary import BatchKind, Outcome


def close(*, raw: pl.DataFrame, decisions: pl.DataFrame, settled: Settlement, facts: MonthFacts) -> None:
    """Checks one run before it is written.

    Raises:
        ControlTotalError: says which total of which centre does not hold; counts and đồng only.
    """
    _rows_conserved(raw, decisions)
    _money_only_where_paid(decisions)
    _one_line_of_one_sign(settled.lines)
    sums = _sums(decisions, settled, facts)
    _entitlement_is_met(sums, is_payable=facts.policy.is_payable)
    _nobody_above_one_entitlement(sums)
    _nothing_without_entitlement(sums)


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


def _one_line_of_one_sign(lines: pl.DataFrame) -> None:
    is_recovery = pl.col("batch_kind") == BatchKind.RECOVERY
    wrong = lines.filter((pl.col("amount_vnd") == 0) | (is_recovery != (pl.col("amount_vnd") < 0)))
    _refuse(wrong.select("centre_code", "batch_kind", "amount_vnd"), "a payment line has the wrong sign")
    twice = lines.filter(pl.len().over(PERSON) > 1)
    _refuse(twice.select("centre_code", "batch_kind"), "a person has two payment lines at one centre")


def _sums(decisions: pl.DataFrame, settled: Settlement, facts: MonthFacts) -> pl.DataFrame:
    """Entitled, committed and drafted, each added up from where it stands, per centre and person."""
    of_people = decisions.filter(pl.col("person_id").is_not_null())
    is_opening = pl.col("batch_kind") == BatchKind.OPENING
    is_counted = ~pl.col("is_returned") & ~is_opening
    opening = (
        facts.ledger.lines.filter(is_opening).group_by(PERSON).agg(pl.col("amount_vnd").sum().alias("paid_before_vnd"))
    )
    parts = [
        of_people.group_by(PERSON).agg(pl.col("amount_vnd").sum().alias("entitled_vnd")),
        facts.ledger.lines.filter(is_counted).group_by(PERSON).agg(pl.col("amount_vnd").sum().alias("committed_vnd")),
        settled.lines.group_by(PERSON).agg(pl.col("amount_vnd").sum().alias("drafted_vnd")),
        settled.balance.filter("is_undecided").select(*PERSON, "is_undecided"),
        settled.balance.select(*PERSON, "opening_vnd"),
        opening,
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.join(part, on=PERSON, how="full", coalesce=True)
    return whole.with_columns(
        pl.col("entitled_vnd", "committed_vnd", "drafted_vnd", "opening_vnd", "paid_before_vnd").fill_null(0),
        pl.col("is_undecided").fill_null(value=False),
    )


def _entitlement_is_met(sums: pl.DataFrame, *, is_payable: bool) -> None:
    """Entitlement = committed + opening + drafts, to the đồng, or it is undecided and there is no draft."""
    shown = sums.select("centre_code", "entitled_vnd", "committed_vnd", "opening_vnd", "drafted_vnd")
    rest = pl.col("entitled_vnd") - pl.col("committed_vnd") - pl.col("opening_vnd") - pl.col("drafted_vnd")
    _refuse(shown.filter((rest != 0) & ~sums["is_undecided"]), "payment lines are not what is due")
    is_stopped = sums["is_undecided"] if is_payable else pl.lit(value=True)
    _refuse(shown.filter(is_stopped & (pl.col("drafted_vnd") != 0)), "a payment line stands where nothing is decided")


def _nobody_above_one_entitlement(sums: pl.DataFrame) -> None:
    """Over all centres: committed and drafted money is at most the entitlement, or no more than is committed."""
    person = sums.group_by("person_id").agg(
        pl.col("entitled_vnd", "committed_vnd", "drafted_vnd", "opening_vnd", "paid_before_vnd").sum(),
        (pl.col("drafted_vnd") > 0).any().alias("is_drafted"),
    )
    invented = person.filter((pl.col("opening_vnd") < 0) | (pl.col("opening_vnd") > pl.col("paid_before_vnd")))
    _refuse(invented.select("opening_vnd", "paid_before_vnd"), "more money from before go-live counts than there is")
    overlooked = person.filter(pl.col("is_drafted") & (pl.col("opening_vnd") < pl.col("paid_before_vnd")))
    _refuse(overlooked.select("opening_vnd", "paid_before_vnd"), "money from before go-live does not count")
    after = pl.col("committed_vnd") + pl.col("opening_vnd") + pl.col("drafted_vnd")
    over = person.filter(pl.col("is_drafted") & (after > pl.col("entitled_vnd")))
    _refuse(over.drop("person_id", "is_drafted"), "a person would get more than one entitlement")


def _nothing_without_entitlement(sums: pl.DataFrame) -> None:
    """An open recovery, of money that the bank returned, is set off and not paid."""
    wrong = sums.filter((pl.col("entitled_vnd") == 0) & (pl.col("drafted_vnd") > 0))
    _refuse(
        wrong.select("centre_code", "committed_vnd", "drafted_vnd"), "somebody without an entitlement would be paid"
    )
