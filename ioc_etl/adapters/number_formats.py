"""Numbers as a cell shows them: formats of a fixed width of digits, and which numbers may have lost a zero.

Source: rulebook, close reading 11. A program keeps 15 digits of a number and none of the zeros before it.
"""

import re
from dataclasses import dataclass

from schemas.sheet_cells import DIGITS_OF_A_NUMBER

LEAST_DIGITS = 6
"""Shorter numbers are neither IDs nor accounts."""

_PREFIX = re.compile(r'((?:"[0-9]+"|\\[0-9])*)(.*)', re.DOTALL)
_BETWEEN = re.compile(r'"[ .\-]*"|\\[ .\-]|_.|\*.|\[[^\]]*\]|[ .\-]')


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
    if not re.fullmatch("#*0*" if prefix else "0+", places) or len(places) + len(prefix) < LEAST_DIGITS:
        return FixedWidth(prefix, 1) if prefix and re.fullmatch("#*0*", places) else None
    return FixedWidth(prefix, places.count("0"))


def may_have_lost(text: str, width: FixedWidth | None) -> bool:
    """Whether a number cell that comes as this text may have lost a digit: zeros in front, or those behind the 15th."""
    return len(text) >= LEAST_DIGITS and text.isdecimal() and (width is None or len(text) > DIGITS_OF_A_NUMBER)
