"""Why a person was paid, or not, in a month: read from the database and from the kept bytes of the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ioc_etl.adapters import audit
from ioc_etl.adapters.store import decision_of, read_contents, read_month_files
from ioc_etl.adapters.store_read import money_of
from ioc_etl.core.explain import Cell, Check, cells_of_row, checks
from ioc_etl.core.sheet import RosterReading
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.actors import SYSTEM
from ioc_etl.pipeline.as_run import facts_as_run
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileToRead
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.resolve import policy_at
from schemas.vocabulary import BatchKind


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One roster row of the person: the decision (`schemas.decision`), the file it stood in, every rule's word."""

    decision: Mapping[str, object]
    centre_name: str
    file_name: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's month in money: entitled, the lines that count or wait (`MONEY`), and what is due by them."""

    entitled_vnd: int
    lines: tuple[Mapping[str, object], ...]
    due_vnd: int


def explain(services: Services, month: date, citizen_id: str, *, actor: str = SYSTEM) -> tuple[ExplainedRow, ...]:
    """Every row of the person in the month's current run; that somebody looked is written down, by the rows' places.

    Raises:
        UsageError: nobody of that ID stands on an accepted roster of the month; the ID itself is not told.
    """
    person = decision_of(services.engine, month, citizen_id)
    if not person.decisions.height:
        raise UsageError(
            f"nobody with that ID stands on an accepted roster of {month:%Y-%m}",
            f"không ai có số căn cước ấy trong danh sách được nhận của tháng {month:%m/%Y}; kiểm tra lại số và tháng",
        )
    codes = set(person.decisions["centre_code"])
    readings = _readings(services, month, codes)
    _record_look(services, month, actor, person.decisions)
    return tuple(
        _row(services, decision, person.findings, readings) for decision in person.decisions.iter_rows(named=True)
    )


def statement(services: Services, month: date, citizen_id: str, rows: Sequence[ExplainedRow]) -> Statement:
    """What the person has for the month over all centres, what was paid of it before, and what is left.

    Rulebook section 6: due = entitlement - committed - opening; money from before go-live takes nothing below zero.
    """
    money = money_of(services.engine, month, citizen_id)
    is_opening, is_open = pl.col("kind") == BatchKind.OPENING, pl.col("status").is_in(["draft", "submitted"])
    counted = money.filter(~pl.col("is_returned") & ~is_open)
    entitled = sum(int(str(row.decision["amount_vnd"])) for row in rows)
    left = entitled - int(counted.filter(~is_opening)["amount_vnd"].sum())
    opening = int(counted.filter(is_opening)["amount_vnd"].sum())
    return Statement(entitled, tuple(money.iter_rows(named=True)), max(left - opening, min(left, 0)))


def _record_look(services: Services, month: date, actor: str, decisions: pl.DataFrame) -> None:
    places = [f"{code}:{row}" for code, row in decisions.select("centre_code", "source_row").iter_rows()]
    event = audit.AuditEvent(services.clock.now(), actor, audit.LOOK, month, detail={"what": "explain", "rows": places})
    with services.engine.begin() as connection:
        audit.record(connection, event)


def _readings(services: Services, month: date, codes: set[str]) -> dict[str, tuple[str, RosterReading | None]]:
    """File name and reading of the files in force of the given centres; no reading where it fails by now."""
    with ReadingRooms() as rooms, services.engine.connect() as connection:
        state = read_month_files(connection, month)
        files = {code: file for code, file in state.in_force.items() if code in codes}
        contents = dict(read_contents(connection, [file.source_file_id for file in files.values()]))
        order = list(files)
        asked = [FileToRead(contents[files[code].source_file_id], code) for code in order]
        answers = dict(rooms.read(asked, facts_as_run(services, connection, month, state, rooms)))
    return {
        code: (files[code].file_name, answer if isinstance(answer := answers[place], RosterReading) else None)
        for place, code in enumerate(order)
    }


def _row(
    services: Services,
    decision: Mapping[str, object],
    findings: pl.DataFrame,
    readings: Mapping[str, tuple[str, RosterReading | None]],
) -> ExplainedRow:
    code, source_row = str(decision["centre_code"]), int(str(decision["source_row"]))
    own = findings.filter((pl.col("centre_code") == code) & (pl.col("source_row") == source_row))
    file_name, reading = readings.get(code, ("", None))
    return ExplainedRow(
        decision=decision,
        centre_name=services.centre(code, _month_of(decision)).name,
        file_name=file_name,
        checks=checks(list(own.iter_rows(named=True)), _cells(reading, source_row), services.policy.findings),
    )


def _cells(reading: RosterReading | None, source_row: int) -> dict[str, Cell]:
    if reading is None or source_row not in reading.source_row:
        return {}
    place = list(reading.source_row).index(source_row)
    return cells_of_row(reading.columns, reading.letters_at(source_row), place, source_row)


def agency_name(services: Services, month: date, agency: str) -> str:
    """The agency's name as people write it; a district's own word stays as it is."""
    return policy_at(services.policy, month).agency_names.get(agency, agency)


def legal_basis(services: Services, month: date, funding_source: str) -> str:
    """What a payment of the month rests on."""
    return policy_at(services.policy, month).basis_for(funding_source)


def _month_of(decision: Mapping[str, object]) -> date:
    return date.fromisoformat(str(decision["reference_month"]))
