"""Whether two versions of the policy decide a month alike: a new decree touches some months and leaves the others."""

from dataclasses import replace
from datetime import date

from ioc_etl.errors import PolicyError
from ioc_etl.policy.model import Centre, MonthPolicy, Policy
from ioc_etl.policy.resolve import centres_at, policy_at


def decide_alike(one: Policy, other: Policy, month: date) -> bool:
    """Whether the same files give the same decisions under both.

    Values are compared at the month, centres and findings in what they decide; papers that are referred to, the
    adoption of the policy itself, words of messages and warnings that a parameter will end are not. A version without a
    value for the month differs.
    """
    if one.version == other.version:
        return True
    try:
        at_one, at_other = policy_at(one, month), policy_at(other, month)
    except PolicyError:
        return False
    # What one as the other has does not count.
    at_one = replace(
        at_one,
        adoption=at_other.adoption,
        payment_texts=at_other.payment_texts,
        base_salary_basis=at_other.base_salary_basis,
        expiring=at_other.expiring,
        expiring_days=at_other.expiring_days,
    )
    return at_one == at_other and _centres(one, at_one) == _centres(other, at_other) and _texts(one) == _texts(other)


def _centres(policy: Policy, month: MonthPolicy) -> list[Centre]:
    """The centres that are open in the month, as far as they decide."""
    first, last = month.first_day, month.last_day
    return [
        replace(
            each,
            opened_on=None,
            closed_on=None,
            source_url=None,
            source_secret=None,
            reference="",
            later_names=(),
            successor=None,
            authority_ended_on=None if each.has_authority_between(first, last) else each.authority_ended_on,
            authority_reference="",
            continuations=(),
        )
        for each in centres_at(policy, first).values()
        if each.is_open_between(first, last)
    ]


def _texts(policy: Policy) -> list[tuple[object, ...]]:
    """What each finding stops, and whether it can be waived."""
    return sorted(
        (text.code, text.level, text.severity, text.is_waivable, text.has_no_right, text.frees_post)
        for text in policy.findings.values()
    )
