"""What stops or shadows a whole run. Rules 6, 17 and 18; rulebook section 4, Run."""

from collections.abc import Sequence

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.money import dong
from ioc_etl.core.text import without_ids
from schemas.finding import RAISED
from schemas.uploading import is_note, of_note, of_older_note
from schemas.vocabulary import AdoptionStatus, FindingCode, Level, Severity


def findings(facts: MonthFacts, ignored_files: Sequence[str], committed: pl.DataFrame) -> pl.DataFrame:
    """A month without base salary or before the policy began is stopped; what was approved for it stays, and is told.

    A draft policy, a parameter that ends soon, files that belong to no centre, such that were still being written and
    such that are older than the file in force only warn.
    """
    policy, month = facts.policy, f"{facts.month:%m/%Y}"
    told: list[tuple[FindingCode, str | None, str | None, str | None]] = []
    if policy.base_salary_vnd is None:
        told.append((FindingCode.NO_BASE_SALARY, None, month, None))
    if not policy.is_in_force:
        told.append((FindingCode.POLICY_NOT_IN_FORCE, month, _kept(committed), None))
    if policy.adoption.status is AdoptionStatus.DRAFT:
        told.append((FindingCode.POLICY_DRAFT, None, None, None))
    if policy.expiring:
        names = ", ".join(name for name, _ in policy.expiring)
        days = ", ".join(f"{day:%d/%m/%Y}" for _, day in policy.expiring)
        told.append((FindingCode.PARAMETER_EXPIRING, names, days, None))
    belong_to_nobody = sorted(without_ids(name) for name in ignored_files if not is_note(name))
    if belong_to_nobody:
        told.append((FindingCode.FILE_IGNORED, ", ".join(belong_to_nobody), None, None))
    rows = [(str(code), None, None, None, None, *blanks) for code, *blanks in told]
    rows += [
        (str(FindingCode.ROSTER_UPLOADING), centre_code, None, None, None, without_ids(name), None, None)
        for centre_code, name in filter(None, map(of_note, sorted(ignored_files)))
    ]
    rows += [
        (str(FindingCode.ROSTER_OLDER), centre_code, None, None, None, without_ids(name), without_ids(in_force), None)
        for centre_code, name, in_force in filter(None, map(of_older_note, sorted(ignored_files)))
    ]
    return pl.DataFrame(rows, schema=RAISED, orient="row")


def _kept(committed: pl.DataFrame) -> str | None:
    """How many lines of the month count as committed (`schemas.ledger.COMMITTED`), and their sum."""
    counted = committed.filter(~pl.col("is_returned"))
    if counted.is_empty():
        return None
    total = counted.select(dong(pl.col("amount_vnd").sum())).item()
    return f"{counted.height} khoản, {total}"


def kept_links(kept: pl.DataFrame) -> pl.DataFrame:
    """Links that the register is silent about and that stay in force, as `ioc_etl.core.links` found them."""
    changing = kept.filter(pl.col("citizen_id") != pl.col("person_id")).height
    told = [(FindingCode.IDENTITY_LINK_KEPT.value, None, None, None, None, str(changing), None, None)]
    return pl.DataFrame(told if changing else [], schema=RAISED, orient="row")


def is_blocked(about_run: pl.DataFrame, facts: MonthFacts) -> bool:
    """Whether a finding about the run stops it."""
    blocking = [
        str(code) for code, text in facts.texts.items() if text.severity is Severity.BLOCK and text.level is Level.RUN
    ]
    return about_run.filter(pl.col("centre_code").is_null() & pl.col("code").is_in(blocking)).height > 0
