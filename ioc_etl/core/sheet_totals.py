"""The printed total: what a total row says and whether it agrees with the people on the sheet.

Source: rulebook section 4 (TOTAL_MISMATCH), close reading 4. It counts people's rows, duplicates too, with or without
the hidden ones. Sums of money and the subtotals of groups are no such total.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ioc_etl.core.digits import whole
from schemas.text import fold

_LABEL = re.compile(r"(tong cong so|tong cong|tong so|tong|cong)\b[\s:.\-]*(.*)", re.DOTALL)
_FIRST_WORDS = frozenset({"tổng", "cộng"})
_PEOPLE = r"(?:nguoi|can bo|cong chuc|vien chuc|dong chi|d/c|nhan su|nhan vien|cb|cbcc|cbccvc)"
_COUNT = re.compile(
    rf"(?:\([^)]*\+[^)]*\)[\s:]*)?(?:so )?(?:{_PEOPLE}[\s,]*)*(?:co|gom|la)?[\s:=\-]*"
    rf"\(?0*([0-9]{{1,5}})\)?(?![0-9.,]*[0-9])\s*(?:\([^)]*\))?\s*(?:{_PEOPLE}\b.*|[.;/]*)",
    re.DOTALL,
)
_COUNT_OF_PEOPLE = re.compile(rf"0*([0-9]{{1,5}})\s*(?:\([^)]*\))?\s*{_PEOPLE}\b.*", re.DOTALL)
_BARE_COUNT = re.compile(r"0*([0-9]{1,4})")
_OF_A_GROUP = re.compile(
    r"\(?(?:(?:nhom|muc|phan|khoi|bo phan|co quan|don vi|trang|to) .*|[ivx]{1,5}|[a-h])\)?(?:[\s:.\-].*)?"
    r"|(?:cong an|ca tinh|so|phong|ban|van phong|vp|ubnd|trung tam|chi cuc) .*",
    re.DOTALL,
)
_OTHER_SUM = re.compile(
    r"[0-9.,\s]*(?:dong|d|vnd|trieu|nghin)?[0-9.,\s]*|.*\b(?:tien|kinh phi|he so|dong|bang chu)\b.*", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class TotalLabel:
    """A cell that says "Tổng cộng": its count if it has one, and whether it can be the whole table's."""

    count: int | None
    is_groups: bool
    is_bare_sum: bool


@dataclass(frozen=True, slots=True)
class PrintedTotal:
    """A total with a count: where it stands, how many people stand before it, how many since its group began."""

    row_number: int
    column: int
    label: TotalLabel
    count: int
    people_before: int = 0
    people_in_group: int = 0


def total_label(text: str) -> TotalLabel | None:
    """What a cell says as a total, or None when it is none ("Tổng Văn Cộng", "Tống Thị Lan", "Công an tỉnh").

    "Tổng…" speaks of the table, "Cộng" may speak of a group. Written without accents only a clear one counts.
    """
    label = _LABEL.fullmatch(fold(text))
    if label is None:
        return None
    rest = label[2].strip()
    counted = _COUNT.fullmatch(rest)
    first = re.split(r"[\s:.]", unicodedata.normalize("NFC", text).strip().lower(), maxsplit=1)[0]
    if first not in _FIRST_WORDS and not (text.isascii() and (counted or not rest)):
        return None
    is_groups = counted is None and _OF_A_GROUP.fullmatch(rest) is not None
    if counted is None and not is_groups and not _OTHER_SUM.fullmatch(rest):
        return None
    return TotalLabel(whole(counted[1]) if counted else None, is_groups, is_bare_sum=label[1] == "cong")


def count_beside(text: str, *, may_be_bare: bool) -> int | None:
    """The count in a cell beside the label: "19 người", or "19" where the column can hold no sum of something else."""
    folded = fold(text)
    counted = _COUNT_OF_PEOPLE.fullmatch(folded) or (_BARE_COUNT.fullmatch(folded) if may_be_bare else None)
    return whole(counted[1]) if counted else None


def mismatch(totals: Sequence[PrintedTotal], *, people: int, visible: int, has_groups: bool) -> PrintedTotal | None:
    """The first total of the whole table that is neither the count of all people nor that of the visible ones."""
    return next(
        (
            total
            for total in totals
            if total.count not in {people, visible} and _is_tables(total, totals, people=people, has_groups=has_groups)
        ),
        None,
    )


def _is_tables(total: PrintedTotal, totals: Sequence[PrintedTotal], *, people: int, has_groups: bool) -> bool:
    """Whether a total speaks of the whole table and not of a part of it.

    Beside other totals, one that fits its group, stands among the people or is a mere "Cộng" speaks of a part; alone,
    only one that fits its group does.
    """
    is_of_group = total.people_before > 0 and total.count == total.people_in_group
    is_among_people = 0 < total.people_before < people
    if total.label.is_groups:
        return False
    if any(other is not total and not other.label.is_groups for other in totals):
        return not (is_of_group or is_among_people or total.label.is_bare_sum)
    return not (has_groups and is_of_group)
