"""Approvals that a run takes back, since their month rests on another legal basis by now (rule 18).

Once the adoption, or a text that allows payment meanwhile, is recorded, nothing of its months leaves on the old basis:
the next run of a month takes back every approval of it that was not exported, and drafts what is due anew. A later
decree on the base salary does not: what was approved stays, and the difference is arrears.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from uuid import UUID

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters import audit
from ioc_etl.adapters.store_approval import Batch, read_batches, void_refusals, write_void
from ioc_etl.adapters.store_basis import APPROVED_LINE, bases_of_months, lines_of
from ioc_etl.pipeline.actors import SYSTEM
from ioc_etl.pipeline.basis import on_another_basis
from ioc_etl.pipeline.batches import batch_event
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import Policy
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import BatchKind, BatchStatus

_LAST_FIRST = (BatchKind.RECOVERY, BatchKind.ARREARS, BatchKind.REGULAR)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Approvals that count no more although the ledger still has them: a plan looks beyond what its run takes back.

    `lines` keeps `store_basis.APPROVED_LINE`.
    """

    batches: tuple[Batch, ...] = ()
    lines: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=APPROVED_LINE), repr=False)

    def committed(self, before: pl.DataFrame) -> pl.DataFrame:
        """`COMMITTED` as it will be then."""
        return before.join(self.lines, on="payment_id", how="anti", maintain_order="left")

    def committed_year(self, before: pl.DataFrame, year: int) -> pl.DataFrame:
        """`COMMITTED_YEAR` of a budget year as it will be then."""
        of_year = self.lines.filter(pl.col("budget_year") == year)
        less = of_year.group_by("funding_source").agg(pl.col("amount_vnd").sum())
        left = pl.col("committed_year_vnd") - pl.col("amount_vnd").fill_null(0)
        joined = before.join(less, on="funding_source", how="left", maintain_order="left")
        return joined.select("funding_source", left.alias("committed_year_vnd"))


NOTHING = TakenBack()


def look_at_taken_back(connection: Connection, policy: Policy, month: date) -> TakenBack:
    """What the next run of the month would take back."""
    batches = approvals_to_take_back(connection, policy, month)
    if not batches:
        return NOTHING
    return TakenBack(batches, lines_of(connection, [batch.batch_id for batch in batches]))


def approvals_to_take_back(connection: Connection, policy: Policy, month: date) -> tuple[Batch, ...]:
    """The approved batches that the next run of the month sends back to draft, in the order in which it does.

    None where the ledger lets go of none of them: later steps rest on all of them.
    """
    bases = bases_of_months(connection, month, month, [BatchStatus.APPROVED])
    ids = set(on_another_basis(bases, policy)["batch_id"])
    if not ids:
        return ()
    approved = [batch for batch in read_batches(connection, month) if str(batch.batch_id) in ids]
    if all(void_refusals(connection, batch, None) for batch in approved):
        return ()
    return tuple(sorted(approved, key=_place))


def take_back(connection: Connection, services: Services, batches: Sequence[Batch], run_id: UUID) -> None:
    """Make them void in the name of the run that drafts anew; what the ledger cannot let go of stays as it is."""
    for batch in batches:
        if void_refusals(connection, batch, None):
            continue
        law = policy_at(services.policy, batch.reference_month).law_for(batch.funding_source)
        seq, now, reason = audit.next_seq(connection), services.clock.now(), f"Căn cứ chi của tháng nay là: {law}"
        write_void(connection, batch, actor=None, run_id=run_id, reason=reason, at=now, audit_seq=seq)
        event = batch_event(services, SYSTEM, audit.VOID, batch, reason_sha256=audit.text_sha256(reason))
        audit.record(connection, replace(event, run_id=run_id))


def _place(batch: Batch) -> tuple[int, str, int]:
    """What was approved on top of something is taken back before it."""
    return _LAST_FIRST.index(BatchKind(batch.kind)), batch.centre_code, -batch.number
