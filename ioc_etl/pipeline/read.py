"""Bytes -> what the core takes: registers, offers, the readings of files in force."""

from collections.abc import Mapping, Sequence
from datetime import date

from ioc_etl.adapters.sources import PulledFile
from ioc_etl.core.facts import MonthFacts, month_facts
from ioc_etl.core.intake import Offer
from ioc_etl.core.registers import read_registers
from ioc_etl.core.sheet import RosterReading
from ioc_etl.pipeline.extract import PulledCentre, PulledRegisters
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileAnswer, FileToRead, ReadingFacts, Unreadable
from ioc_etl.pipeline.services import Progress, no_progress
from ioc_etl.policy.model import Centre, Policy
from ioc_etl.policy.resolve import centres_at, policy_at
from schemas.raised_finding import RaisedFinding
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import FindingCode, RegisterName

_BYTES_PER_MIB = 1024 * 1024


def facts_of(policy: Policy, month: date, pulled: PulledRegisters, rooms: ReadingRooms) -> MonthFacts:
    """What the rules of the month look up, read from the registers as they came."""
    at_month = policy_at(policy, month)
    books, unreadable = _register_books(pulled, rooms)
    centres = centres_at(policy, month)
    registers = read_registers(books, policy=at_month, centres=centres, unreadable=unreadable)
    return month_facts(
        month=month, policy=at_month, texts=policy.findings, registers=registers, centres=centres.values()
    )


def _register_books(
    pulled: PulledRegisters, rooms: ReadingRooms
) -> tuple[dict[RegisterName, WorkbookCells | None], frozenset[RegisterName]]:
    files = {name: files for name in RegisterName if (files := pulled.files.get(name, ()))}
    unreadable = {name for name, several in files.items() if len(several) > 1 or any(f.is_too_large for f in several)}
    books, unread = register_books({name: files[name][0].data for name in files if name not in unreadable}, rooms)
    absent: dict[RegisterName, WorkbookCells | None] = dict.fromkeys(RegisterName)
    return absent | books, unread | unreadable


def register_books(
    contents: Mapping[RegisterName, bytes], rooms: ReadingRooms
) -> tuple[dict[RegisterName, WorkbookCells], frozenset[RegisterName]]:
    """The cells of registers, and the names of those that cannot be read."""
    names = list(contents)
    answers = rooms.read([FileToRead(contents[name]) for name in names])
    books = {names[place]: book for place, book in answers if isinstance(book, WorkbookCells)}
    return books, frozenset(names) - frozenset(books)


def reading_facts(facts: MonthFacts, centres: Mapping[str, Centre]) -> ReadingFacts:
    """What reading the month's rosters needs to know: in which centres the agency binds, whom a title may speak of."""
    with_agencies = facts.centres.filter("is_agency_binding")["centre_code"]
    return ReadingFacts.of(facts.month, centres.values(), with_agencies, facts.policy.placeholder_words)


class RosterReader:
    """Reads what the centres of one month sent; knows every centre's name, which a title may speak of."""

    def __init__(self, rooms: ReadingRooms, centres: Mapping[str, Centre], facts: MonthFacts) -> None:
        self._rooms = rooms
        self._max_bytes = facts.policy.roster_max_bytes
        self._facts = reading_facts(facts, centres)

    def offers(self, pulled: Sequence[PulledCentre], progress: Progress = no_progress) -> tuple[Offer, ...]:
        """What each centre sent, read: its table, or what kept it from being read; in the centres' order."""
        readable = [
            centre
            for centre in pulled
            if len(centre.files) == 1 and not any(file.is_too_large for file in centre.files)
        ]
        answers = self._answers({centre.centre_code: centre.files[0] for centre in readable}, progress)
        return tuple(self._offer(centre, answers.get(centre.centre_code)) for centre in pulled)

    def readings(self, files: Mapping[str, PulledFile]) -> dict[str, RosterReading]:
        """The tables of files, by centre; a file that cannot be read is left out."""
        answers = self._answers(files, no_progress)
        return {code: answer for code, answer in answers.items() if isinstance(answer, RosterReading)}

    def _answers(self, files: Mapping[str, PulledFile], progress: Progress) -> dict[str, FileAnswer]:
        codes = list(files)
        answers: dict[str, FileAnswer] = {}
        progress("read", 0, len(codes))
        for place, answer in self._rooms.read([FileToRead(files[code].data, code) for code in codes], self._facts):
            answers[codes[place]] = answer
            progress("read", len(answers), len(codes))
        return answers

    def _offer(self, pulled: PulledCentre, answer: FileAnswer | None) -> Offer:
        code, names = pulled.centre_code, tuple(file.name for file in pulled.files)
        if isinstance(answer, RosterReading):
            return Offer(code, names, reading=answer, sha256=pulled.files[0].sha256)
        if isinstance(answer, Unreadable):
            finding = FindingCode.LEGACY_ENCODING if answer.is_legacy else FindingCode.ROSTER_UNREADABLE
            return Offer(code, names, problem=RaisedFinding(finding, code, found=answer.reason))
        if len(names) == 1:
            return Offer(code, names, problem=self._too_large(code))
        return Offer(code, names)

    def _too_large(self, centre_code: str) -> RaisedFinding:
        limit = f"{self._max_bytes // _BYTES_PER_MIB} MiB"
        return RaisedFinding(FindingCode.ROSTER_TOO_LARGE, centre_code, found=f"hơn {limit}", expected=limit)
