"""Numbers as a cell shows them: fixed widths of digits, a date's month, and which numbers may have lost a zero.

Source: rulebook, close reading 11. A program keeps 15 digits of a number and none of the zeros before it.
"""

import re
from dataclasses import dataclass

from schemas.sheet_cells import DIGITS_OF_A_LONG_NUMBER, DIGITS_OF_A_NUMBER
from schemas.text import fold

_PREFIX = re.compile(r'((?:"[0-9]+"|\\[0-9])*)(.*)', re.DOTALL)
_BETWEEN = re.compile(r'"[ .\-]*"|\\[ .\-]|_.|\*.|\[[^\]]*\]|[ \-]')
_MONTH = re.compile(r"(?:\[[^\]]*\])*(?:.*\s)?(?:thang|ky(?: chi| luong)?)\s*:?\s*m{1,4}(?:\s|[/.,\-]|nam)*y{2,4}\s*")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class FixedWidth:
    """A format that shows digits the cell does not hold: `prefix` before them, zeros up to `digits`."""

    prefix: str
    digits: int

    def shown(self, number: str) -> str:
        """A whole number, given by its digits, as the cell shows it."""
        return self.prefix + number.zfill(self.digits)


def fixed_width(code: str) -> FixedWidth | None:
    """What a number format of digits shows (`0000000000`, `000 000 000 000`, `"0"0########`); None for any other."""
    found = _PREFIX.fullmatch(code.split(";", maxsplit=1)[0].strip())
    if found is None:
        return None
    prefix = re.sub("[^0-9]", "", found[1])
    places = _BETWEEN.sub("", found[2])
    if not re.fullmatch("#*0*" if prefix else "00+", places):
        return None
    is_long = len(places) + len(prefix) >= DIGITS_OF_A_LONG_NUMBER
    return FixedWidth(prefix, places.count("0") if is_long or not prefix else 1)


def shows_a_month(code: str) -> bool:
    """Whether a date's format shows nothing but its month and says so: `"Tháng "mm/yyyy`."""
    shown = code.split(";", maxsplit=1)[0]
    has_day = "d" in _LITERAL.sub("", shown).lower()
    return not has_day and _MONTH.fullmatch(fold(shown.replace('"', "").replace("\\", ""))) is not None


def month_text(day: str) -> str:
    """A day (`2022-01-31`) as a cell shows its month; another text as it stands."""
    return f"Tháng {day[5:7]}/{day[:4]}" if _ISO_DAY.fullmatch(day) else day


def may_have_lost(text: str, width: FixedWidth | None) -> bool:
    """Whether a number cell that comes as this text may have lost a digit: zeros in front, or those behind the 15th."""
    if not text.isdecimal():
        return False
    shows_zeros = width is not None and (width.prefix or width.digits >= min(len(text), DIGITS_OF_A_LONG_NUMBER))
    return not shows_zeros or len(text) > DIGITS_OF_A_NUMBER
