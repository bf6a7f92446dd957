"""Months that were decided by a version of the policy that decided them otherwise: a decree that reaches back."""

from collections.abc import Collection
from datetime import date

from ioc_etl.adapters.store_calendar import policy_versions
from ioc_etl.adapters.store_policy import find_policy_texts
from ioc_etl.errors import PolicyError
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.alike import decide_alike
from ioc_etl.policy.model import Policy


def months_decided_otherwise(services: Services, months: Collection[date]) -> frozenset[date]:
    """Those of the months whose current run had parameters that today's policy changes for that month."""
    versions = policy_versions(services.engine, min(months), max(months))
    older = {version: _policy(services, version) for version in {*versions.values()} - {services.policy.version}}
    return frozenset(
        month
        for month, version in versions.items()
        if version in older and not _alike(older[version], services.policy, month)
    )


def _alike(older: Policy | None, policy: Policy, month: date) -> bool:
    return older is not None and decide_alike(older, policy, month)


def _policy(services: Services, version: str) -> Policy | None:
    """The policy of a version; None when it was not kept or this program cannot read it, so that nobody can compare.

    A parameter that the program has learnt since stands in it as it is today: nothing was decided by it then.
    """
    with services.engine.connect() as connection:
        texts = find_policy_texts(connection, version)
    try:
        return None if texts is None else texts.with_later(services.policy_texts).policy()
    except PolicyError:
        return None
