"""Whole numbers of one text, for the readers of sheets, which a reading process loads without data frames.

Texts come in the plain form (`ioc_etl.core.plain_cells`); `ioc_etl.core.whole_numbers` reads columns of them.
"""

import re

_DIGITS = re.compile(r"[0-9]{1,15}")


def whole(text: str) -> int | None:
    """The number that a text of 1 to 15 digits is; None for any other."""
    return int(text) if _DIGITS.fullmatch(text) else None


def is_digits(text: str) -> bool:
    """Whether a text is digits only, however many."""
    return text.isascii() and text.isdecimal()
