"""Batches that rest on another legal basis than their month does now (rule 18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters.store_approval import Batch, Refusal
from ioc_etl.adapters.store_basis import bases_of_batch, bases_of_months
from ioc_etl.errors import PolicyError
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import Policy
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import BatchKind, BatchStatus


@dataclass(frozen=True, slots=True)
class OtherBasis:
    """A batch that is not exported and rests on another legal basis than its month now."""

    batch_id: UUID
    reference_month: date
    centre_code: str
    kind: BatchKind
    status: BatchStatus


def on_another_basis(bases: pl.DataFrame, policy: Policy) -> tuple[OtherBasis, ...]:
    """Those of `BATCH_BASIS`; none of a month in which the policy is not in force: no run drafts there."""
    laws = {key: _law(policy, *key) for key in bases.select("reference_month", "funding_source").unique().iter_rows()}
    found: dict[UUID, OtherBasis] = {}
    for row in bases.iter_rows(named=True):
        law = laws[row["reference_month"], row["funding_source"]]
        if law is not None and row["legal_basis"] != law and not row["legal_basis"].startswith(f"{law}; "):
            each = _other(row)
            found[each.batch_id] = each
    return tuple(found.values())


def centres_on_another_basis(services: Services, first: date, last: date) -> frozenset[tuple[date, str]]:
    """Month and centre of every batch that a run of its month would send back, or draft anew.

    Approved recoveries are left out: they go on as they are where the ledger does not let go of them.
    """
    with services.engine.connect() as connection:
        bases = bases_of_months(connection, first, last)
    return frozenset(
        (other.reference_month, other.centre_code)
        for other in on_another_basis(bases, services.policy)
        if not (other.kind is BatchKind.RECOVERY and other.status is BatchStatus.APPROVED)
    )


def basis_refusals(connection: Connection, policy: Policy, batch: Batch) -> list[Refusal]:
    """What keeps a batch from every next step once its month rests on another basis; a recovery goes on."""
    is_stale = batch.kind != BatchKind.RECOVERY and on_another_basis(bases_of_batch(connection, batch.batch_id), policy)
    return [Refusal("other_basis", None, None)] if is_stale else []


def _law(policy: Policy, month: date, funding_source: str) -> str | None:
    """Null where a run could draft nothing: the policy is not in force, or has no value for the month."""
    try:
        at_month = policy_at(policy, month)
    except PolicyError:
        return None
    return at_month.law_for(funding_source) if at_month.is_in_force else None


def _other(row: Mapping[str, Any]) -> OtherBasis:
    return OtherBasis(
        batch_id=UUID(row["batch_id"]),
        reference_month=row["reference_month"],
        centre_code=row["centre_code"],
        kind=BatchKind(row["kind"]),
        status=BatchStatus(row["status"]),
    )
