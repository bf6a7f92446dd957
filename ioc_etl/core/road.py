"""The road of a row: every rule, in the one order in which they are applied and told (rulebook section 3).

All of them are applied, not only up to the first that fails. The quota stands behind what may free a post; what the
days with a post earn comes last.
"""

from ioc_etl.core import validate
from ioc_etl.core.rules import (
    Rule,
    absence,
    agency,
    approval,
    bank_account,
    category,
    duty,
    identity,
    on_duty,
    one_person,
    opening,
    other_support,
    part_month,
    possible_duplicate,
    quota,
    shifts,
    work_mode,
)

JUDGING: tuple[Rule, ...] = (
    category.RULE,
    duty.RULE,
    approval.RULE,
    agency.RULE,
    work_mode.RULE,
    on_duty.RULE,
    bank_account.RULE,
    absence.RULE,
    one_person.RULE,
    possible_duplicate.RULE,
    other_support.RULE,
    opening.RULE,
    shifts.RULE,
    quota.RULE,
    part_month.RULE,
)
"""The rules that judge what a row's cells were understood as."""

ROAD: tuple[Rule, ...] = (validate.RULE, identity.RULE, *JUDGING)
"""All of them: first the cells are read, the ID among them."""
