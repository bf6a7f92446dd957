"""Why a row ended as it did: every rule of its road, passed or not, with the cells it read and the clause.

Pure: takes the decision, its findings and the cells of the row as they stand in the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ioc_etl.core.road import ROAD
from ioc_etl.core.rules import Rule
from ioc_etl.policy.model import FindingText
from schemas.columns import OFFICIAL_HEADERS
from schemas.vocabulary import FindingCode, Severity


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that a rule read: its address, header and text as it stands (null: the roster has no such cell)."""

    address: str
    header: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule's word on a row."""

    rule: Rule
    is_passed: bool
    is_warned: bool
    cells: tuple[Cell, ...]
    findings: tuple[Mapping[str, object], ...]


def checks(
    findings: Sequence[Mapping[str, object]],
    cells: Mapping[str, Cell],
    texts: Mapping[FindingCode, FindingText],
) -> tuple[Check, ...]:
    """Every rule of the road. `findings` are the row's, as told; `cells` the row's cells by column."""
    return tuple(_check(rule, findings, cells, texts) for rule in ROAD)


def _check(
    rule: Rule,
    findings: Sequence[Mapping[str, object]],
    cells: Mapping[str, Cell],
    texts: Mapping[FindingCode, FindingText],
) -> Check:
    own = tuple(finding for finding in findings if texts[FindingCode(str(finding["code"]))].rule == rule.key)
    stopping = [finding for finding in own if finding["severity"] == Severity.BLOCK and not finding["is_waived"]]
    read = tuple(cells[column] for column in rule.cells if column in cells)
    return Check(rule, is_passed=not stopping, is_warned=bool(own) and not stopping, cells=read, findings=own)


def cells_of_row(
    columns: Mapping[str, Sequence[str | None]], letters: Mapping[str, str], place: int, row_number: int
) -> dict[str, Cell]:
    """The cells of one row of a reading, by column."""
    return {
        column: Cell(f"{letter}{row_number}", OFFICIAL_HEADERS[column], columns[column][place])
        for column, letter in letters.items()
        if column in columns
    }
