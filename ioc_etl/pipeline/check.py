"""A centre's own pre-flight: the findings that the month's run would give its file. No database.

The registers are read from the input root when there is one; without them the rules that need them are left out, and
the answer says so.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.posts import held_posts
from ioc_etl.core.registers import read_registers
from ioc_etl.core.tell import as_told
from ioc_etl.core.transform import MonthInput
from ioc_etl.errors import SourceError
from ioc_etl.pipeline.extract import PulledCentre, PulledRegisters, pull_registers
from ioc_etl.pipeline.read import RosterReader, facts_of, register_books
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Services
from ioc_etl.pipeline.wall import decide_behind_wall
from ioc_etl.policy.model import Centre
from ioc_etl.policy.resolve import policy_at
from schemas.budget import COMMITTED_YEAR
from schemas.ledger import COMMITTED
from schemas.vocabulary import CentreKind, FindingCode, RegisterName
from schemas.waiver import WAIVER


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the month's run would say about one file: its findings and decisions by their contracts.

    `without_registers`: no registers were at hand, so approval, establishment and other supports were not checked.
    """

    centre_code: str
    reference_month: date
    is_accepted: bool
    without_registers: bool
    findings: pl.DataFrame
    decisions: pl.DataFrame


def check_roster(services: Services, file: Path, centre_code: str, month: date) -> Preflight:
    """The findings of one roster as the month's run would raise them.

    Raises:
        SourceError: the file cannot be read from disk.
    """
    with ReadingRooms() as rooms:
        return _checked(services, rooms, file, services.centre(centre_code, month), month)


def _checked(services: Services, rooms: ReadingRooms, file: Path, centre: Centre, month: date) -> Preflight:
    registers = _registers(services)
    facts = facts_of(services.policy, month, registers, rooms) if registers else None
    if facts is None or _lacks_registers(facts):
        registers, facts = None, _facts_without_registers(services, month, rooms)
    pulled = PulledCentre(centre.code, (_pulled(file, facts.policy.roster_max_bytes),))
    given = MonthInput(
        facts=facts,
        centres=services.centres_in(month),
        offers=RosterReader(rooms, services.centres_in(month), facts).offers([pulled]),
        earlier={},
        waivers=pl.DataFrame(schema=WAIVER),
        committed=pl.DataFrame(schema=COMMITTED),
        committed_year=pl.DataFrame(schema=COMMITTED_YEAR),
    )
    result = decide_behind_wall(lambda: given)
    return Preflight(
        centre_code=centre.code,
        reference_month=month,
        is_accepted=centre.code in result.accepted,
        without_registers=registers is None,
        findings=_without_rest_of_province(result.findings, has_registers=registers is not None),
        decisions=result.decisions,
    )


def _without_rest_of_province(findings: pl.DataFrame, *, has_registers: bool) -> pl.DataFrame:
    """Without registers nobody can speak of the year's budget."""
    about_budget = [FindingCode.BUDGET_MISSING, FindingCode.BUDGET_NEARLY_USED, FindingCode.BUDGET_EXCEEDED]
    return findings if has_registers else findings.filter(~pl.col("code").is_in([str(code) for code in about_budget]))


def check_register(services: Services, file: Path, name: RegisterName, month: date) -> pl.DataFrame:
    """What a register's reading finds: code, centre_code, found, expected, place (`schemas.finding.RAISED`)."""
    with ReadingRooms() as rooms:
        books, unreadable = register_books({name: _pulled(file, None).data}, rooms)
    policy = policy_at(services.policy, month)
    findings = read_registers(books, policy=policy, centres=services.policy.centres, unreadable=unreadable).findings
    absent = (pl.col("code") == FindingCode.REGISTER_MISSING) & (pl.col("expected") != name.value)
    return as_told(findings.filter(~absent.fill_null(value=False)))


def _registers(services: Services) -> PulledRegisters | None:
    if services.settings.input_root is None:
        return None
    with services.root:
        return pull_registers(services)


def _lacks_registers(facts: MonthFacts) -> bool:
    """A register that is not there stops the month's run; a centre's own file can be looked at all the same."""
    return facts.registers.findings["code"].is_in([FindingCode.REGISTER_MISSING.value]).any()


def _facts_without_registers(services: Services, month: date, rooms: ReadingRooms) -> MonthFacts:
    """No list binds, every centre has the posts of its kind, nothing is known of other supports or budgets."""
    facts = facts_of(services.policy, month, PulledRegisters(dict.fromkeys(RegisterName, ())), rooms)
    quota = facts.policy.centre_quota
    centres = facts.centres.with_columns(
        pl.when("is_province")
        .then(pl.lit(quota[CentreKind.PROVINCE]))
        .otherwise(pl.lit(quota[CentreKind.DISTRICT]))
        .cast(pl.Int32)
        .alias("posts"),
        pl.lit(value=False).alias("is_list_binding"),
    )
    without_posts = centres.join(facts.day_posts, on="centre_code", how="anti")
    return replace(
        facts,
        registers=replace(facts.registers, findings=facts.registers.findings.clear()),
        centres=centres,
        day_posts=pl.concat([facts.day_posts, held_posts(without_posts, facts.posts.clear(), month)]),
    )


def _pulled(file: Path, max_bytes: int | None) -> PulledFile:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from error
    return PulledFile(
        name=file.name,
        origin=file.name,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        is_too_large=max_bytes is not None and len(data) > max_bytes,
    )
