"""Bytes -> what the core takes: registers, offers, the readings of files in force."""

from collections.abc import Mapping
from datetime import date

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.facts import MonthFacts, month_facts
from ioc_etl.core.intake import Offer
from ioc_etl.core.registers import read_registers
from ioc_etl.core.sheet import RosterReading, read_roster
from ioc_etl.errors import LegacyEncodingError, UnreadableFileError
from ioc_etl.pipeline.extract import PulledCentre, PulledRegisters
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import policy_at
from schemas.finding import RaisedFinding
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import FindingCode, RegisterName

_BYTES_PER_MIB = 1024 * 1024


def facts_of(policy: Policy, month: date, pulled: PulledRegisters) -> MonthFacts:
    """What the rules of the month look up, read from the registers as they came."""
    at_month = policy_at(policy, month)
    books, unreadable = _register_books(pulled)
    registers = read_registers(books, policy=at_month, centres=policy.centres, unreadable=unreadable)
    return month_facts(
        month=month, policy=at_month, texts=policy.findings, registers=registers, centres=policy.centres.values()
    )


def _register_books(
    pulled: PulledRegisters,
) -> tuple[dict[RegisterName, WorkbookCells | None], frozenset[RegisterName]]:
    books: dict[RegisterName, WorkbookCells | None] = {}
    unreadable = set()
    for name in RegisterName:
        files = pulled.files.get(name, ())
        books[name] = None
        if len(files) > 1 or any(file.is_too_large for file in files):
            unreadable.add(name)
        elif files:
            try:
                books[name] = read_cells(files[0].data)
            except UnreadableFileError:
                unreadable.add(name)
    return books, frozenset(unreadable)


def offer_of(pulled: PulledCentre, centres: Mapping[str, Centre], facts: MonthFacts) -> Offer:
    """What a centre sent, read: its table, or what kept it from being read."""
    names = tuple(file.name for file in pulled.files)
    if len(pulled.files) != 1:
        return Offer(pulled.centre_code, names)
    try:
        reading = reading_of(pulled.files[0], centres[pulled.centre_code], centres, facts)
    except LegacyEncodingError as error:
        return Offer(pulled.centre_code, names, problem=_problem(FindingCode.LEGACY_ENCODING, pulled, str(error)))
    except UnreadableFileError as error:
        return Offer(pulled.centre_code, names, problem=_problem(FindingCode.ROSTER_UNREADABLE, pulled, str(error)))
    if reading is None:
        limit = f"{facts.policy.roster_max_bytes // _BYTES_PER_MIB} MiB"
        return Offer(
            pulled.centre_code, names, problem=_problem(FindingCode.ROSTER_TOO_LARGE, pulled, None, expected=limit)
        )
    return Offer(pulled.centre_code, names, reading=reading)


def reading_of(
    file: PulledFile, centre: Centre, centres: Mapping[str, Centre], facts: MonthFacts
) -> RosterReading | None:
    """The file's table; None when the file is too large to be read.

    Raises:
        UnreadableFileError: the bytes are no office file that can be read.
    """
    if file.is_too_large:
        return None
    binding = facts.centres.filter((facts.centres["centre_code"] == centre.code) & facts.centres["is_agency_binding"])
    return read_roster(
        read_cells(file.data),
        centre=centre,
        month=facts.month,
        agencies_matter=binding.height > 0,
        all_centres=centres.values(),
    )


def _problem(
    code: FindingCode, pulled: PulledCentre, found: str | None, *, expected: str | None = None
) -> RaisedFinding:
    return RaisedFinding(code=code, centre_code=pulled.centre_code, found=found, expected=expected)
