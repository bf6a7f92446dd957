"""The case files: one YAML file a rule, read strictly. README.md says how a case reads."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml
from factories import DISTRICT, PROVINCE, Cells, approval, approval_of, other_support, person, roster_row

from ioc_etl.core.month import parse_month
from schemas.raw_roster import RAW_ROSTER
from schemas.vocabulary import Outcome

FOLDER = Path(__file__).parent
DEFAULT_MONTH = "2022-01"
_CASE_KEYS = {
    "name", "month", "centre", "parameters", "registers", "rows", "centres", "files", "run", "blocked",
    "ignored_files", "missing_registers", "unreadable_registers", "committed_year", "drafted_vnd",
    "committed", "earlier", "last_payments", "last_month", "pay_year", "committed_pay_year",
}  # fmt: skip
_ROW_KEYS = {
    "centre",
    "person",
    "repeat",
    "hidden",
    "listed",
    "waive",
    "committed",
    "stands",
    "codes",
    "decided",
    "refused",
}
_OUTCOMES = {str(outcome) for outcome in Outcome}
_REGISTERS = {"approved_list", "establishment", "other_support", "budget", "identity_link"}


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """What must come of one row: its outcome, its amount, exactly these codes; `decided` are other columns."""

    outcome: str
    amount_vnd: int
    codes: tuple[str, ...]
    decided: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row as a centre sent it, and what must come of it (None: its centre is refused or the run blocked)."""

    cells: Cells
    expected: ExpectedRow | None
    waived: tuple[Cells, ...] = ()
    is_committed: bool = False
    selected: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """centre_code and source_row."""
        return str(self.cells["centre_code"]), int(str(self.cells["source_row"]))


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One case: a month, what is different in it, and what must come of it."""

    rule: str
    name: str
    month: date
    rows: tuple[CaseRow, ...]
    approved_list: tuple[Cells, ...]
    registers: Mapping[str, Sequence[Cells]]
    parameters: Mapping[str, object]
    centres: Mapping[str, Sequence[str]] | None
    files: Mapping[str, Sequence[str]]
    run: Sequence[str]
    is_blocked: bool = False
    ignored_files: Sequence[str] = ()
    missing_registers: frozenset[str] = frozenset()
    unreadable_registers: frozenset[str] = frozenset()
    committed_year: Mapping[str, int] = field(default_factory=dict)
    drafted_vnd: int | None = None
    committed: tuple[Cells, ...] = ()
    earlier: tuple[Cells, ...] = ()
    last_payments: tuple[Cells, ...] = ()
    last_month: tuple[Cells, ...] = ()
    pay_year: int | None = None
    committed_pay_year: Mapping[str, int] = field(default_factory=dict)

    @property
    def expected_codes(self) -> set[str]:
        """Every code that the case demands."""
        of_rows = {code for row in self.rows if row.expected for code in row.expected.codes}
        of_centres = {code for codes in (self.centres or {}).values() for code in codes}
        return of_rows | of_centres | set(self.run) | {code for codes in self.files.values() for code in codes}


def rule_names() -> list[str]:
    """The rules that have a case file."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def cases_of(rule: str) -> list[RuleCase]:
    """The cases of one file, in its order.

    Raises:
        ValueError: the file has an unknown key, an unnamed rule, or two cases of one name.
    """
    document = yaml.safe_load((FOLDER / f"{rule}.yaml").read_text("utf-8"))
    _only(document, {"rule", "clause", "cases"}, rule)
    if document["rule"] != rule:
        raise ValueError(f"{rule}.yaml calls itself {document['rule']}")
    cases = [_case(rule, case) for case in document["cases"]]
    twice = [name for name, count in Counter(case.name for case in cases).items() if count > 1]
    if twice:
        raise ValueError(f"{rule}.yaml names two cases alike: {twice[0]}")
    return cases


def all_cases() -> list[RuleCase]:
    """The cases of every file."""
    return [case for rule in rule_names() for case in cases_of(rule)]


def _only(given: Mapping[str, object], known: set[str], where: str) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValueError(f"{where}: unknown key {unknown[0]}")


def _case(rule: str, given: Mapping[str, object]) -> RuleCase:
    where = f"{rule}.yaml, {given['name']!r}"
    _only(given, _CASE_KEYS, where)
    registers = dict(given.get("registers", {}))
    _only(registers, _REGISTERS, where)
    rows, listed = _rows(given["rows"], str(given.get("centre", DISTRICT)), where)
    return RuleCase(
        rule=rule,
        name=str(given["name"]),
        month=parse_month(str(given.get("month", DEFAULT_MONTH))),
        rows=tuple(rows),
        approved_list=(*listed, *_listed_besides(registers.pop("approved_list", []), first_order=len(listed) + 1)),
        registers=registers,
        parameters=given.get("parameters", {}),
        centres=given.get("centres"),
        files=given.get("files", {}),
        run=given.get("run", ["POLICY_DRAFT"]),
        is_blocked=given.get("blocked", False),
        ignored_files=given.get("ignored_files", ()),
        missing_registers=frozenset(given.get("missing_registers", ())),
        unreadable_registers=frozenset(given.get("unreadable_registers", ())),
        committed_year=given.get("committed_year", {}),
        drafted_vnd=given.get("drafted_vnd"),
        committed=_of_people(given.get("committed", [])),
        earlier=_of_people(given.get("earlier", [])),
        last_payments=_of_people(given.get("last_payments", [])),
        last_month=_of_people(given.get("last_month", [])),
        pay_year=given.get("pay_year"),
        committed_pay_year=given.get("committed_pay_year", {}),
    )


def _of_people(given: Sequence[Mapping[str, object]]) -> tuple[Cells, ...]:
    """Rows of the ledger, each naming its person by number."""
    return tuple(
        {**{key: value for key, value in row.items() if key != "repeat"}, "person": number}
        for number, row in _repeated(given)
    )


def _rows(given: Sequence[Mapping[str, object]], centre: str, where: str) -> tuple[list[CaseRow], list[Cells]]:
    """The rows with what must come of them, and the approved list that goes with them."""
    rows: list[CaseRow] = []
    listings: dict[tuple[object, object], list[Cells]] = {}
    rows_of_centre: Counter[str] = Counter()
    for number, row in _repeated(given):
        _only(row, _ROW_KEYS | _OUTCOMES | set(RAW_ROSTER), where)
        centre_code = str(row.get("centre", centre))
        rows_of_centre[centre_code] += 1
        cells = _cells(number, row, centre_code, rows_of_centre[centre_code])
        ledger = {"is_committed": bool(row.get("committed")), "selected": _selected(row)}
        rows.append(CaseRow(cells, _expected(row, where), _waived(row), **ledger))
        key = (centre_code, cells["citizen_id"])
        listing = _listings(row, cells)
        if "listed" in row or key not in listings:
            listings[key] = listing
    in_order = [entry for entries in listings.values() for entry in entries]
    return rows, [{"list_order": order, **entry} for order, entry in enumerate(in_order, start=1)]


def _selected(row: Mapping[str, object]) -> str:
    """How finance selected the row: `here`, `before` (in an earlier file), `gone` (a row that is there no more)."""
    said = row.get("stands")
    return "here" if said is True else str(said or "")


def _repeated(given: Sequence[Mapping[str, object]]) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Every row with its person's number: said, or the next one."""
    following = 1
    for row in given:
        first = int(str(row.get("person", following)))
        for number in range(first, first + int(str(row.get("repeat", 1)))):
            following = number + 1
            yield number, row


def _cells(number: int, row: Mapping[str, object], centre_code: str, position: int) -> Cells:
    differences = {name: _text(name, value) for name, value in row.items() if name in RAW_ROSTER}
    placed: dict[str, object] = {"source_row": position + 1, "row_no": str(position)}
    if "hidden" in row:
        placed["is_hidden"] = bool(row["hidden"])
    return roster_row(number, centre_code=centre_code, **{**placed, **differences})


def _text(name: str, value: object) -> object:
    if isinstance(value, float) or (name in {"citizen_id", "bank_account", "birth_date"} and isinstance(value, int)):
        raise ValueError(f"{name} must stand in quotes, or YAML reads it as a number: {value}")
    return value if value is None or isinstance(value, list) else str(value)


def _listings(row: Mapping[str, object], cells: Cells) -> list[Cells]:
    """Province: as the row says, unless told otherwise. District: nobody, unless told."""
    listed = row.get("listed", cells["centre_code"] == PROVINCE)
    if not listed and not isinstance(listed, dict):
        return []
    if cells["citizen_id"] is None and not (isinstance(listed, dict) and "citizen_id" in listed):
        return []
    entries = listed if isinstance(listed, list) else [listed if isinstance(listed, dict) else {}]
    return [dict(_entry(cells, entry).items()) for entry in entries]


def _entry(cells: Cells, differences: Cells) -> Cells:
    entry = approval_of(cells, **differences)
    return entry if "list_order" in differences else {k: v for k, v in entry.items() if k != "list_order"}


def _listed_besides(given: Sequence[Mapping[str, object]], *, first_order: int) -> list[Cells]:
    """People on the list who need not stand on a roster."""
    entries = []
    for order, (number, entry) in enumerate(_repeated(given), start=first_order):
        differences = {name: value for name, value in entry.items() if name not in {"person", "repeat"}}
        entries.append(approval(number, **{"list_order": order, **differences}))
    return entries


def _waived(row: Mapping[str, object]) -> tuple[Cells, ...]:
    waived = row.get("waive", [])
    return tuple(item if isinstance(item, dict) else {"code": item} for item in waived)


def _expected(row: Mapping[str, object], where: str) -> ExpectedRow | None:
    outcomes = [outcome for outcome in _OUTCOMES if outcome in row]
    if row.get("refused", False):
        return None
    if len(outcomes) != 1:
        raise ValueError(f"{where}: a row needs one outcome")
    outcome = outcomes[0]
    if outcome == Outcome.PAID:
        amount, codes = int(str(row[outcome])), row.get("codes", [])
    else:
        amount, codes = 0, row[outcome]
    return ExpectedRow(outcome, amount, tuple(sorted(codes)), row.get("decided", {}))


def linked_ids(link: Mapping[str, object]) -> tuple[str, str]:
    """old_id and new_id of a link that may name people by number."""
    old = link.get("old_id") or person(int(str(link["old_person"]))).citizen_id
    new = link.get("new_id") or person(int(str(link["new_person"]))).citizen_id
    return str(old), str(new)


def of_person(make: Callable[..., Cells], row: Cells) -> Cells:
    """What `make` makes of a difference that names its person by number."""
    return make(int(str(row["person"])), **{name: value for name, value in row.items() if name != "person"})


def support(row: Cells) -> Cells:
    """A row of the register of other supports; nobody's is the first person's."""
    return of_person(other_support, {"person": 1, **row})
