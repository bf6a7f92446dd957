"""What a roster says its money is in: in the money column's header, below it, or on a line above the table.

Amounts are read as đồng (close reading 15). A table in another unit would make a support of 2,500,000 đồng one of
2,500, so nothing but đồng is taken. Source: rulebook section 5.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.columns import ROSTER_COLUMNS
from schemas.text import fold, squeeze

MONEY_FIELDS = frozenset(column.name for column in ROSTER_COLUMNS if column.name.endswith("_vnd"))
_FIELD_BY_HEADER = {
    squeeze(header): column.name
    for column in ROSTER_COLUMNS
    if column.name in MONEY_FIELDS
    for header in (column.official, *column.aliases)
}
_MONEY_HEADERS = tuple(_FIELD_BY_HEADER)
_LONGEST_STATEMENT = 80
_LONGEST_TITLE = 800

_DONG = r"(?:viet nam dong|dong(?: viet nam)?|vnd|d|₫)"
_SCALES = {
    "nghìn đồng": rf"(?:1[.,\s]?000|nghin|ngan|ngh)\.?\s*{_DONG}?|(?:ng|n|k)\.?\s*{_DONG}",
    "triệu đồng": rf"(?:1[.,\s]?000[.,\s]?000|trieu)\.?\s*{_DONG}?|tr\.?\s*{_DONG}",
    "tỷ đồng": rf"(?:1(?:[.,\s]?000){{3}}|ty|ti)\.?\s*{_DONG}?",
    "trăm đồng": rf"tram\s*{_DONG}",
    "USD": r"usd|do la(?: my)?|\$",
    "%": r"%|phan tram",
}
_SEVERAL_DONG = rf"[0-9][0-9.,\s]{{0,12}}[0-9]\s*{_DONG}"
_SCALED = "|".join(f"(?:{pattern})" for pattern in (*reversed(_SCALES.values()), _SEVERAL_DONG))
_A_MONTH = r"(?:\s*/\s*(?:(?:1|mot)\s*)?(?:nguoi|thang)|\s+(?:mot|moi|hang)\s+thang)"
_OTHER_PERIOD = r"\s*/\s*(?P<period>nam|quy|ngay|buoi|ca|gio|tuan)\b"
_PERIODS = {"nam": "năm", "quy": "quý", "ngay": "ngày", "buoi": "buổi", "ca": "ca", "gio": "giờ", "tuan": "tuần"}
_UNIT = rf"(?:x\s*)?(?P<unit>{_SCALED}|(?:1\s+)?{_DONG}(?!\s+[a-z]))(?:{_A_MONTH})*(?:{_OTHER_PERIOD})?(?:{_A_MONTH})*"
_LABEL = r"(?:dvt|d\.v\.t|don vi(?: tinh)?|tinh (?:bang|theo))\s*[:.=\-]?\s*"
_CLOSING = r"[\s)\].;*]*"
_NUMBERING = re.compile(r"\((?:[0-9]{1,2}|\*+)\)")
_IN_HEADER = re.compile(rf"(?P<name>.+?)[\s,;:.(/\[–—-]*(?:{_LABEL})?{_UNIT}{_CLOSING}", re.DOTALL)
_ALONE = re.compile(rf"[\s(\[]*(?:{_LABEL})?{_UNIT}{_CLOSING}")
_IN_LINE = re.compile(rf"\b(?:dvt|d\.v\.t|don vi tinh)\b.*?(?<![a-z0-9.,]){_UNIT}(?![a-z0-9])")
_IN_HEADING = re.compile(rf"[(\[,:;–-]\s*(?:{_LABEL})?{_UNIT}{_CLOSING}$")
_HAS_A_WORD = re.compile(r"[a-z]{2}|[0-9]\s*d\b")
_NAMES_MONEY = re.compile(r"dong|vnd|₫|usd|do la|d\b|dvt|don vi")


@dataclass(frozen=True, slots=True)
class StatedUnit:
    """A unit as the sheet states it: `name` is what people call it, `đồng` for the one that is read."""

    name: str

    @property
    def is_dong(self) -> bool:
        """Whether it is đồng a month."""
        return self == DONG


DONG = StatedUnit("đồng")


@lru_cache(maxsize=4096)
def money_header(header: str) -> tuple[str, StatedUnit] | None:
    """The money field that a header names together with a unit, and that unit: "Mức hưởng khác (nghìn đồng)"."""
    if len(header) > _LONGEST_STATEMENT or not squeeze(header).startswith(_MONEY_HEADERS):
        return None
    found = _IN_HEADER.fullmatch(_NUMBERING.sub("", fold(header)))
    field = _FIELD_BY_HEADER.get(squeeze(found["name"])) if found else None
    return (field, _unit(found)) if found and field else None


@lru_cache(maxsize=4096)
def unit_alone(text: str) -> StatedUnit | None:
    """The unit that a cell states and nothing else: "(nghìn đồng)", "ĐVT: 1.000 đồng"."""
    folded = fold(text)
    found = _ALONE.fullmatch(folded) if len(text) <= _LONGEST_STATEMENT and _HAS_A_WORD.search(folded) else None
    return _unit(found) if found else None


def unit_in_heading(text: str) -> StatedUnit | None:
    """The unit at the end of a heading, whatever it is a heading of: "Chế độ khác (nghìn đồng)"."""
    folded = fold(text) if len(text) <= _LONGEST_STATEMENT else ""
    found = _IN_HEADING.search(folded)
    return _unit(found) if found and _HAS_A_WORD.search(found[0]) else None


@lru_cache(maxsize=4096)
def unit_in_line(text: str) -> StatedUnit | None:
    """The unit that a line above a table states: "Tháng 01 - Đơn vị tính: 1.000 đồng/người/tháng"."""
    lines = text[:_LONGEST_TITLE].splitlines()
    return next((unit for line in lines if (unit := _whole_line(line) or _labelled(line))), None)


def _whole_line(line: str) -> StatedUnit | None:
    """A line that is a unit says money's; a mere "Tỷ" or "Ngân" may be somebody's name."""
    return unit_alone(line) if _NAMES_MONEY.search(fold(line)) else None


def _labelled(line: str) -> StatedUnit | None:
    found = _IN_LINE.search(fold(line))
    return _unit(found) if found else None


def _unit(found: re.Match[str]) -> StatedUnit:
    scale = next((name for name, pattern in _SCALES.items() if re.fullmatch(pattern, found["unit"])), None)
    if scale is None:
        several = re.match(_SEVERAL_DONG, found["unit"])
        scale = f"{re.sub(r'[^0-9.,]', '', found['unit'])} {DONG.name}" if several else DONG.name
    period = found["period"]
    return StatedUnit(f"{scale}/{_PERIODS[period]}" if period else scale)
