"""Many cases decided as one month: each at centres of its own, with people of its own (`moved_cases`).

A month of a hundred cases costs what a month of one costs. Packing is that and nothing more: a case says and demands in
a pack what it says and demands alone. What concerns the whole run keeps a month of its own: findings about the run,
registers that are missing or cannot be read, files of no centre, and whatever a case may say that is not known here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace

import polars as pl
from factories import Cells
from moved_cases import BY_CENTRE, LEDGER, MOST_PLACES, REGISTERS, Place, centres_of, moved, numbers_of, opened
from rule_cases import RuleCase

from ioc_etl.core.transform import MonthResult
from ioc_etl.policy.model import Centre

LARGEST = 100
"""So many cases at most: where a pack cannot be decided, each of its cases is decided alone."""

_USUAL_RUN = ["POLICY_DRAFT"]
_YEARS = ("committed_year", "committed_pay_year")
_OF_THE_CASE = {"rule", "name", "drafted_vnd"}
_OF_THE_MONTH = ("month", "parameters", "pay_year")
_JOINED = {"rows", "approved_list", "registers", *LEDGER, *BY_CENTRE}
_KNOWN = {"run", *_OF_THE_CASE, *_OF_THE_MONTH, *_JOINED}
_OF_THE_RUN = [each for each in fields(RuleCase) if each.name not in _KNOWN]
_SPEAKS_OF_ALL = ("centre_code", "funding_source", "citizen_id")
"""A register's row that names none of them may concern everybody."""


@dataclass(slots=True)
class Pack:
    """Cases of one month and policy, each moved to its place: by the names they had."""

    cases: dict[tuple[str, str], RuleCase] = field(default_factory=dict)
    centres: dict[str, Centre] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    @property
    def whole(self) -> RuleCase:
        """All of them as one case; what comes of a centre, row or file is asked of the cases themselves."""
        every = list(self.cases.values())
        ledger = {name: tuple(row for case in every for row in getattr(case, name)) for name in LEDGER}
        years = {name: _joined(getattr(case, name) for case in every) for name in _YEARS}
        registers = {name: [row for case in every for row in case.registers.get(name, ())] for name in REGISTERS}
        return replace(
            every[0],
            name=f"{len(every)} cases of {every[0].month:%Y-%m}",
            rows=tuple(row for case in every for row in case.rows),
            approved_list=tuple(entry for case in every for entry in case.approved_list),
            registers=registers,
            centres=None,
            files={},
            drafted_vnd=None,
            **ledger,
            **years,
        )

    def take(self, case: RuleCase, centres: Mapping[str, Centre]) -> bool:
        """Takes the case in, unless somebody in it could be taken for somebody of another."""
        place = Place(len(self.cases) + 1)
        own = moved(case, place)
        if len(self.cases) >= min(LARGEST, MOST_PLACES - 1) or not self.numbers.isdisjoint(numbers_of(own)):
            return False
        self.cases[case.rule, case.name] = own
        self.centres |= opened(centres, case, place)
        self.numbers |= numbers_of(own)
        return True


def packs(cases: Iterable[RuleCase], centres: Mapping[str, Centre]) -> list[Pack]:
    """The packs of those cases that go together with another; `centres` are the policy's."""
    found: dict[str, list[Pack]] = {}
    for case in cases:
        if needs_a_month_of_its_own(case):
            continue
        beside = found.setdefault(repr([getattr(case, name) for name in _OF_THE_MONTH]), [])
        if not any(pack.take(case, centres) for pack in beside):
            beside.append(Pack())
            beside[-1].take(case, centres)
    return [pack for beside in found.values() for pack in beside if len(pack.cases) > 1]


def needs_a_month_of_its_own(case: RuleCase) -> bool:
    """Whether the case says something about the run, or something that is not known here."""
    if case.run != _USUAL_RUN or any(getattr(case, each.name) != _default(each) for each in _OF_THE_RUN):
        return True
    return any(row.get(column, "") is None for row in _register_rows(case) for column in _SPEAKS_OF_ALL)


def part_of(result: MonthResult, case: RuleCase) -> MonthResult:
    """What a pack's month says of one of its cases, and of the run."""
    of_case = pl.col("centre_code").is_in(sorted(centres_of(case)))
    return replace(
        result,
        decisions=result.decisions.filter(of_case),
        findings=result.findings.filter(of_case | pl.col("centre_code").is_null()),
        lines=result.lines.filter(of_case),
    )


def _default(of: Field[object]) -> object:
    return of.default if of.default_factory is MISSING else of.default_factory()


def _register_rows(case: RuleCase) -> Iterator[Cells]:
    return (row for rows in case.registers.values() for row in rows)


def _joined(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    return {code: value for part in parts for code, value in part.items()}
