"""Rosters as values: what an office would type, before one of the layouts puts it into a file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ioc_etl.demo.people import Person, invent_person
from ioc_etl.policy.model import Centre
from ioc_etl.reports.terms import CENTRE_NAME, DUTY, STAFF_CATEGORY, WORK_MODE, place_of
from schemas.vocabulary import CentreKind, Duty, StaffCategory, WorkMode


@dataclass(frozen=True, slots=True)
class FormulaError:
    """A cell whose formula failed, as the program shows it."""

    text: str = "#REF!"


Value = str | int | date | FormulaError | None
"""What stands in a cell: text, a whole number, a date, a failed formula, or nothing."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a roster, by the names of `schemas.columns.ROSTER_COLUMNS`, in the words a person would write.

    `agency_code` is not written anywhere: registers name the agency by it. A hidden row is in the file, not on paper.
    """

    row_no: Value = None
    full_name: Value = None
    birth_date: Value = None
    citizen_id: Value = None
    agency: Value = None
    staff_category: Value = None
    duty: Value = None
    monitored_service: Value = None
    work_mode: Value = None
    shift: Value = None
    from_date: Value = None
    to_date: Value = None
    other_support_name: Value = None
    other_support_vnd: Value = None
    bank_account: Value = None
    bank_name: Value = None
    note: Value = None
    agency_code: str | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """What one centre sends for one month; `month` is its first day.

    `last_rows` are the rows of the month before, where an office keeps them in the same file.
    """

    centre: Centre
    month: date
    rows: tuple[RosterRow, ...]
    last_rows: tuple[RosterRow, ...] = ()

    @property
    def place(self) -> str:
        """`tỉnh Bình Phước`: where the centre stands, as headings write it."""
        return place_of(self.centre.name) or self.centre.name


def demo_centre(code: str, place: str, kind: CentreKind, opened_on: date) -> Centre:
    """A centre as the registry holds it, paid from a funding source of its own code."""
    return Centre(
        code=code,
        name=f"{CENTRE_NAME} {place}",
        kind=kind,
        funding_source=code,
        opened_on=opened_on,
        closed_on=None,
        aliases=(place,),
    )


def roster_row(person: Person | int = 0, row_no: int = 1) -> RosterRow:
    """A row without fault: a police officer who works directly on shift 1. State differences with `replace`.

    `person` may be the number of an invented one.
    """
    somebody = invent_person(person) if isinstance(person, int) else person
    return RosterRow(
        row_no=row_no,
        full_name=somebody.full_name,
        birth_date=somebody.birth_date,
        citizen_id=somebody.citizen_id,
        agency="Công an tỉnh",
        staff_category=STAFF_CATEGORY[StaffCategory.POLICE],
        duty=DUTY[Duty.SERVICE_OPERATION],
        work_mode=WORK_MODE[WorkMode.DIRECT],
        shift=1,
        bank_account=somebody.bank_account,
        bank_name=somebody.bank_name,
        agency_code="cong-an",
    )


def numbered(rows: Iterable[RosterRow]) -> tuple[RosterRow, ...]:
    """The rows with STT 1, 2, 3 … in their order."""
    return tuple(replace(row, row_no=number) for number, row in enumerate(rows, start=1))
