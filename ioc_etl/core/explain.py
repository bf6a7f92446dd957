"""Why a row ended as it did: every rule of its road, passed or not, with the cells it read and the clause.

Pure: takes the decision, its findings and the cells of the row as they stand in the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ioc_etl.policy.model import FindingText
from schemas.columns import OFFICIAL_HEADERS
from schemas.vocabulary import FindingCode, Severity


@dataclass(frozen=True, slots=True)
class RoadRule:
    """One rule of a row's road: its titles, the clause it rests on, the columns it reads."""

    key: str
    title_vi: str
    title_en: str
    clause: str
    columns: tuple[str, ...]


ROAD_RULES: tuple[RoadRule, ...] = (
    RoadRule("row", "Các ô đọc được", "Cells can be read", "Sổ tay quy tắc mục 4, 5", ("full_name", "birth_date")),
    RoadRule("identity", "Số căn cước", "Citizen ID", "Sổ tay quy tắc mục 4; quy tắc 16", ("citizen_id", "birth_date")),
    RoadRule(
        "eligibility",
        "Đối tượng và nhiệm vụ",
        "Category and duty",
        "Tờ trình IV.2, IV.3; quy tắc 2, 3",
        ("staff_category", "duty"),
    ),
    RoadRule(
        "bank_account", "Tài khoản", "Bank account", "Sổ tay quy tắc mục 5; cách hiểu 11", ("bank_account", "bank_name")
    ),
    RoadRule(
        "approval",
        "Được phê duyệt, có làm việc",
        "Approved and on duty",
        "Tờ trình V.2.a; quy tắc 8, 9",
        ("from_date", "to_date"),
    ),
    RoadRule(
        "one_person", "Một người một suất", "One person, one support", "Tờ trình IV.3; quy tắc 16", ("citizen_id",)
    ),
    RoadRule(
        "other_support",
        "Mức hỗ trợ cao nhất",
        "Highest support only",
        "Tờ trình IV.3; quy tắc 7",
        ("other_support_name", "other_support_vnd"),
    ),
    RoadRule(
        "part_month",
        "Phần của tháng",
        "Part of a month",
        "Tờ trình V.2.b; quy tắc 12",
        ("from_date", "to_date", "note"),
    ),
    RoadRule(
        "work_mode",
        "Hình thức và hệ số",
        "Mode and coefficient",
        "Tờ trình V.2.b; quy tắc 5, 14",
        ("work_mode", "coefficient"),
    ),
    RoadRule("quota", "Định mức", "Quota", "Tờ trình V.2.a; quy tắc 10, 11", ("agency", "row_no")),
    RoadRule("shifts", "Ca trực (chỉ nhắc)", "Shift (never blocks)", "Tờ trình chú thích 1, 2; quy tắc 13", ("shift",)),
)
"""In legal order; the keys are those of the findings' catalogue."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that a rule read: its address, header and text as it stands (null: the roster has no such cell)."""

    address: str
    header: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule's word on a row."""

    rule: RoadRule
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
    return tuple(_check(rule, findings, cells, texts) for rule in ROAD_RULES)


def _check(
    rule: RoadRule,
    findings: Sequence[Mapping[str, object]],
    cells: Mapping[str, Cell],
    texts: Mapping[FindingCode, FindingText],
) -> Check:
    own = tuple(finding for finding in findings if texts[FindingCode(str(finding["code"]))].rule == rule.key)
    stopping = [finding for finding in own if finding["severity"] == Severity.BLOCK and not finding["is_waived"]]
    read = tuple(cells[column] for column in rule.columns if column in cells)
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
