"""The registers beside the rosters: who is approved, how many posts there are, other supports, money."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from ioc_etl.demo.province import Province
from ioc_etl.demo.roster import Roster, RosterRow
from ioc_etl.reports.safe_text import safe_text
from schemas.columns import REGISTER_COLUMNS
from schemas.vocabulary import CentreKind

Entry = Mapping[str, str | int | date | None]
"""One row of a register by column; what is left out stays empty."""

_LIST_DECISION = ("3118/QĐ-UBND", date(2021, 12, 22))
_HEADCOUNT_DECIDED = date(2021, 12, 17)
_BUDGET_DECIDED = date(2021, 12, 24)
_POLICY_BEGINS = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class Registers:
    """Rows of each register file. A register without rows is still written, with its header alone."""

    approved_list: tuple[Entry, ...] = ()
    establishment: tuple[Entry, ...] = ()
    other_support: tuple[Entry, ...] = ()
    budget: tuple[Entry, ...] = ()
    identity_link: tuple[Entry, ...] = ()

    def files(self) -> dict[str, bytes]:
        """File name -> CSV in UTF-8, dates in ISO form, columns in the order of rulebook section 5."""
        return {f"{name}.csv": register_csv(columns, getattr(self, name)) for name, columns in REGISTER_COLUMNS.items()}


def register_csv(columns: Sequence[str], entries: Iterable[Entry]) -> bytes:
    """One register as CSV."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for entry in entries:
        writer.writerow(["" if entry.get(name) is None else safe_text(str(entry[name])) for name in columns])
    return buffer.getvalue().encode()


def registers_of(province: Province, *, yearly_budget_vnd: Mapping[str, int]) -> Registers:
    """Registers under which a province's rosters are without fault: everyone approved, every post there.

    `yearly_budget_vnd` is by centre code; a centre without an entry gets no allocation.
    """
    rosters = province.rosters
    return Registers(
        approved_list=tuple(
            approved_entry(roster.centre.code, row, order)
            for roster in rosters
            if roster.centre.kind is CentreKind.PROVINCE
            for order, row in enumerate(roster.rows, start=1)
        ),
        establishment=tuple(
            _headcount(roster, 41 + position)
            for position, roster in enumerate(rosters)
            if roster.centre.kind is CentreKind.DISTRICT
        ),
        budget=tuple(
            {
                "funding_source": roster.centre.funding_source,
                "year": province.month.year,
                "decision_no": "2198/QĐ-UBND",
                "decision_date": _BUDGET_DECIDED,
                "amount_vnd": yearly_budget_vnd[roster.centre.code],
            }
            for roster in rosters
            if roster.centre.code in yearly_budget_vnd
        ),
    )


def approved_entry(
    centre_code: str,
    row: RosterRow,
    list_order: int,
    *,
    decision: tuple[str, date] = _LIST_DECISION,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Entry:
    """A person of a roster on the approved list, by default from the day it was decided on and without end."""
    return {
        "centre_code": centre_code,
        "decision_no": decision[0],
        "decision_date": decision[1],
        "valid_from": valid_from or decision[1],
        "valid_to": valid_to,
        "list_order": list_order,
        "full_name": str(row.full_name),
        "citizen_id": str(row.citizen_id),
        "agency": row.agency_code,
    }


def _headcount(roster: Roster, decision_no: int) -> Entry:
    return {
        "centre_code": roster.centre.code,
        "decision_no": f"{decision_no}/NQ-HĐND",
        "decision_date": _HEADCOUNT_DECIDED,
        "valid_from": _POLICY_BEGINS,
        "headcount": len(roster.rows),
    }
