"""Entitlement minus ledger: what is still due, as payment lines (rulebook section 6).

Per centre and person: due = what the decisions there pay - the signed committed lines there. A positive due is a line
of the centre's regular batch until one is approved, arrears from then on, and after the month's budget year has ended;
a negative one is a recovery. Money from
before go-live counts for the person wherever it was paid: it lowers what is due, first at its own centre, and never
below nothing. Where the
centre's roster of this run says nothing about somebody, committed money stands and there is no line
(`settle_statement`).
"""

from dataclasses import dataclass

import polars as pl

from ioc_etl.core.contracts import conform
from ioc_etl.core.decide import Decisions
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.ledger import PERSON, centres_with_a_regular_batch
from ioc_etl.core.settle_cause import with_causes
from ioc_etl.core.settle_line import with_facts
from ioc_etl.core.settle_statement import stated
from schemas.payment_line import PAYMENT_LINE, PAYMENT_LINE_TABLE
from schemas.vocabulary import BatchKind

BALANCE: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "person_id": pl.String(),
    "entitlement_vnd": pl.Int64(),
    "committed_vnd": pl.Int64(),
    "opening_vnd": pl.Int64(),
    "drafted_vnd": pl.Int64(),
    "undecided_vnd": pl.Int64(),
    "is_undecided": pl.Boolean(),
}
"""One row per centre and person with an entitlement or lines in the ledger.

entitlement = committed + opening + drafted + undecided; the last is zero unless `is_undecided`. `opening_vnd` is what
of the person's money from before go-live, wherever it was paid, counts here. The undecided part is negative where money
stands that no roster speaks of, positive with no entitlement where a recovery is open that is to be set off.
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """The month's payment lines (`schemas.payment_line`) and what they rest on (`BALANCE`)."""

    lines: pl.DataFrame
    balance: pl.DataFrame


def settle(decided: Decisions, facts: MonthFacts, *, has_year_ended: bool = False) -> Settlement:
    """What is due for the month, one line per centre and person at most.

    `has_year_ended`: money of the month's budget year may not be paid any more, so all that is due is arrears.
    A month before go-live is computed, never paid: everything in it is undecided.

    Raises:
        ContractError: a line does not keep its contract.
    """
    sums = _with_opening(_sums(decided, facts))
    balance = _within_one_entitlement(_drafted(stated(sums, decided, facts), facts))
    due = balance.filter(pl.col("drafted_vnd") != 0).with_columns(_kind(facts, has_year_ended=has_year_ended))
    lines = with_causes(with_facts(due, decided, facts), decided, facts).with_columns(
        pl.lit(facts.month).alias("reference_month"),
        pl.col("drafted_vnd").alias("amount_vnd"),
        _legal_basis(facts).alias("legal_basis"),
    )
    said = lines.select(list(PAYMENT_LINE)).sort("centre_code", "source_row", "person_id", nulls_last=True)
    return Settlement(conform(said, PAYMENT_LINE_TABLE), balance.select(list(BALANCE)).sort(PERSON))


def _legal_basis(facts: MonthFacts) -> pl.Expr:
    """What a line rests on, by its centre's funding source (rule 18)."""
    sources = facts.centres.select("centre_code", "funding_source").iter_rows()
    texts = {code: facts.policy.basis_for(source) for code, source in sources}
    return pl.col("centre_code").replace_strict(texts, default=facts.policy.basis_for(""), return_dtype=pl.String)


def nothing_settled() -> Settlement:
    """No lines: the run decided nothing."""
    return Settlement(pl.DataFrame(schema=PAYMENT_LINE), pl.DataFrame(schema=BALANCE))


def _sums(decided: Decisions, facts: MonthFacts) -> pl.DataFrame:
    """Entitlement, its days with a post, and committed money of everybody who has either."""
    paid = decided.rows.filter(pl.col("amount_vnd") > 0)
    entitled = paid.group_by(PERSON).agg(
        pl.col("amount_vnd").sum().alias("entitlement_vnd"), pl.col("post_days").bitwise_or()
    )
    money = facts.ledger.money.select(*PERSON, "committed_vnd", pl.col("opening_vnd").alias("paid_before_vnd"))
    return entitled.join(money, on=PERSON, how="full", coalesce=True).with_columns(
        pl.col("entitlement_vnd", "committed_vnd", "paid_before_vnd", "post_days").fill_null(0)
    )


def _with_opening(sums: pl.DataFrame) -> pl.DataFrame:
    """Adds `opening_vnd`: what of the person's money from before go-live counts at the centre.

    First what was paid at the centre itself; the rest at the person's other centres in their order, as far as something
    is due there. What is left over is a surplus that takes nothing back.
    """
    if (sums["paid_before_vnd"] == 0).all():
        return sums.with_columns(pl.lit(0, dtype=pl.Int64).alias("opening_vnd")).drop("paid_before_vnd")
    room = pl.max_horizontal(pl.col("entitlement_vnd") - pl.col("committed_vnd"), pl.lit(0))
    own = sums.sort(PERSON).with_columns(pl.min_horizontal("paid_before_vnd", room).alias("own"), room.alias("room"))
    rest = own.with_columns(
        (pl.col("paid_before_vnd") - pl.col("own")).sum().over("person_id").alias("rest"),
        (pl.col("room") - pl.col("own")).alias("room"),
    )
    before = pl.col("room").cum_sum().over("person_id") - pl.col("room")
    more = pl.max_horizontal(pl.min_horizontal(pl.col("rest") - before, "room"), pl.lit(0))
    return rest.with_columns((pl.col("own") + more).alias("opening_vnd")).drop("own", "rest", "room", "paid_before_vnd")


def _drafted(sums: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """What was taken back before the bank returned it stays open, to be set off: who has no right is paid nothing."""
    is_to_be_set_off = (pl.col("entitlement_vnd") == 0) & (pl.col("committed_vnd") < 0)
    is_undecided = pl.col("is_undecided") | is_to_be_set_off | pl.lit(not facts.policy.is_payable)
    due = pl.col("entitlement_vnd") - pl.col("committed_vnd") - pl.col("opening_vnd")
    return sums.with_columns(
        is_undecided.alias("is_undecided"), pl.when(is_undecided).then(0).otherwise(due).alias("drafted_vnd")
    )


def _within_one_entitlement(balance: pl.DataFrame) -> pl.DataFrame:
    """More than one entitlement over all centres is never drafted.

    It would be where money committed at one centre is undecided while another centre pays the person: then the other
    waits, and is undecided too.
    """
    unclear = balance.filter("is_undecided").select("person_id").unique()
    whole = (
        balance.join(unclear, on="person_id", how="semi")
        .group_by("person_id")
        .agg(
            (pl.col("committed_vnd") + pl.col("opening_vnd") + pl.col("drafted_vnd")).sum().alias("after_vnd"),
            pl.col("entitlement_vnd").sum().alias("one_vnd"),
        )
    )
    waiting = whole.filter(pl.col("after_vnd") > pl.col("one_vnd")).select(
        "person_id", pl.lit(value=True).alias("waits")
    )
    is_too_much = (pl.col("drafted_vnd") > 0) & pl.col("waits").fill_null(value=False)
    due = pl.col("entitlement_vnd") - pl.col("committed_vnd") - pl.col("opening_vnd")
    return (
        balance.join(waiting, on="person_id", how="left")
        .with_columns(
            (pl.col("is_undecided") | is_too_much).alias("is_undecided"),
            pl.when(is_too_much).then(0).otherwise("drafted_vnd").alias("drafted_vnd"),
        )
        .with_columns((due - pl.col("drafted_vnd")).alias("undecided_vnd"))
        .with_columns(pl.col("is_undecided") & (pl.col("undecided_vnd") != 0))
    )


def _kind(facts: MonthFacts, *, has_year_ended: bool) -> pl.Expr:
    has_regular = pl.col("centre_code").is_in(centres_with_a_regular_batch(facts.ledger.lines))
    is_later = has_regular | pl.lit(has_year_ended)
    return (
        pl.when(pl.col("drafted_vnd") < 0)
        .then(pl.lit(BatchKind.RECOVERY.value))
        .when(is_later)
        .then(pl.lit(BatchKind.ARREARS.value))
        .otherwise(pl.lit(BatchKind.REGULAR.value))
        .alias("batch_kind")
    )
