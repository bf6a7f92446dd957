"""Batches that rest on another legal basis than their month does now (rule 18)."""

from datetime import date

import polars as pl
from sqlalchemy import Connection

from ioc_etl.adapters.store_approval import Batch, Refusal
from ioc_etl.adapters.store_basis import bases_of_batch, bases_of_months
from ioc_etl.errors import PolicyError
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import Policy
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import BatchKind, BatchStatus

_SOURCE = ["reference_month", "funding_source"]
_LAW = {"reference_month": pl.Date(), "funding_source": pl.String(), "law": pl.String()}


def on_another_basis(bases: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Those of `BATCH_BASIS`; none of a month in which the policy is not in force: no run drafts there."""
    sources = bases.select(_SOURCE).unique().iter_rows()
    laws = [(month, source, _law(policy, month, source)) for month, source in sources]
    known = bases.join(pl.DataFrame(laws, schema=_LAW, orient="row"), on=_SOURCE, maintain_order="left")
    # A decree on the base salary stands behind the law; another one leaves what was approved as it is.
    is_of_the_law = pl.concat_str("legal_basis", pl.lit("; ")).str.starts_with(pl.concat_str("law", pl.lit("; ")))
    return known.drop_nulls("law").filter(~is_of_the_law).select(bases.columns)


def centres_on_another_basis(services: Services, first: date, last: date) -> frozenset[tuple[date, str]]:
    """Month and centre of every batch that a run of its month would send back, or draft anew.

    Approved recoveries are left out: they go on as they are where the ledger does not let go of them.
    """
    with services.engine.connect() as connection:
        bases = bases_of_months(connection, first, last)
    goes_on = (pl.col("kind") == BatchKind.RECOVERY) & (pl.col("status") == BatchStatus.APPROVED)
    others = on_another_basis(bases, services.policy).filter(~goes_on)
    return frozenset(others.select("reference_month", "centre_code").iter_rows())


def basis_refusals(connection: Connection, policy: Policy, batch: Batch) -> list[Refusal]:
    """What keeps a batch from every next step once its month rests on another basis; a recovery goes on."""
    if (
        batch.kind == BatchKind.RECOVERY
        or on_another_basis(bases_of_batch(connection, batch.batch_id), policy).is_empty()
    ):
        return []
    return [Refusal("other_basis", None, None)]


def _law(policy: Policy, month: date, funding_source: str) -> str | None:
    """Null where a run could draft nothing: the policy is not in force, or has no value for the month."""
    try:
        at_month = policy_at(policy, month)
    except PolicyError:
        return None
    return at_month.law_for(funding_source) if at_month.is_in_force else None
