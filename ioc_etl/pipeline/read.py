"""Bytes -> what the core takes: registers, offers, the readings of files in force."""

from collections.abc import Mapping
from datetime import date

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.facts import MonthFacts, month_facts
from ioc_etl.core.intake import Offer
from ioc_etl.core.registers import read_registers
from ioc_etl.core.sheet import RosterReading, read_roster
from ioc_etl.core.sheet_title import CentreNames
from ioc_etl.errors import LegacyEncodingError, UnreadableFileError
from ioc_etl.pipeline.extract import PulledCentre, PulledRegisters
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import policy_at
from schemas.raised_finding import RaisedFinding
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


class RosterReader:
    """Reads what the centres of one month sent; knows every centre's name, which a title may speak of."""

    def __init__(self, centres: Mapping[str, Centre], facts: MonthFacts) -> None:
        self._centres = centres
        self._facts = facts
        self._names = CentreNames(centres.values())
        self._with_agencies = set(facts.centres.filter("is_agency_binding")["centre_code"])

    def offer(self, pulled: PulledCentre) -> Offer:
        """What a centre sent, read: its table, or what kept it from being read."""
        names = tuple(file.name for file in pulled.files)
        if len(pulled.files) != 1:
            return Offer(pulled.centre_code, names)
        file = pulled.files[0]
        if file.is_too_large:
            return Offer(pulled.centre_code, names, problem=self._too_large(pulled.centre_code))
        try:
            reading = self.reading(file, pulled.centre_code)
            return Offer(pulled.centre_code, names, reading=reading, sha256=file.sha256)
        except LegacyEncodingError as error:
            code = FindingCode.LEGACY_ENCODING
            return Offer(pulled.centre_code, names, problem=RaisedFinding(code, pulled.centre_code, found=str(error)))
        except UnreadableFileError as error:
            code = FindingCode.ROSTER_UNREADABLE
            return Offer(pulled.centre_code, names, problem=RaisedFinding(code, pulled.centre_code, found=str(error)))

    def reading(self, file: PulledFile, centre_code: str) -> RosterReading:
        """The file's table.

        Raises:
            UnreadableFileError: the bytes are no office file that can be read.
        """
        return read_roster(
            read_cells(file.data),
            centre=self._centres[centre_code],
            month=self._facts.month,
            agencies_matter=centre_code in self._with_agencies,
            all_centres=self._names,
        )

    def _too_large(self, centre_code: str) -> RaisedFinding:
        limit = f"{self._facts.policy.roster_max_bytes // _BYTES_PER_MIB} MiB"
        return RaisedFinding(FindingCode.ROSTER_TOO_LARGE, centre_code, found=f"hơn {limit}", expected=limit)
