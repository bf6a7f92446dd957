"""Folding Vietnamese text for comparison; pure, so that every room folds alike.

Source: rulebook, close readings 10 and 18.
"""

import re
import unicodedata
from functools import lru_cache

INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0001-\U000e007f"
)
"""Characters that nobody sees: they never take part in a comparison."""

_INVISIBLE_PATTERN = f"[{INVISIBLE}]"
_ZEROS = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0de6\u0e50\u0ed0\u0f20\u1040\u1090"
    "\u17e0\u1810\u1946\u19d0\u1a80\u1a90\u1b50\u1bb0\u1c40\u1c50\ua620\ua8d0\ua900\ua9d0\ua9f0\uaa50\uabf0\uff10"
    "\U000104a0\U00010d30\U00010d40\U00011066\U000110f0\U00011136\U000111d0\U000112f0\U00011450\U000114d0\U00011650"
    "\U000116c0\U000116d0\U000116da\U00011730\U000118e0\U00011950\U00011bf0\U00011c50\U00011d50\U00011da0\U00011f50"
    "\U00016a60\U00016ac0\U00016b50\U00016d70\U0001ccf0\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6\U0001e140"
    "\U0001e2f0\U0001e4f0\U0001e5f1\U0001e950\U0001fbf0"
)
"""The zero of every script but ASCII's: the ten characters from each are its digits (Unicode 16, category Nd)."""

_DIGITS = {ord(zero) + value: str(value) for zero in _ZEROS for value in range(10)}
_NOT_PLAIN = re.compile("[" + INVISIBLE + "".join(f"{zero}-{chr(ord(zero) + 9)}" for zero in _ZEROS) + "]")


def is_plain(text: str) -> bool:
    """Whether a text has neither digits of another script nor invisible characters."""
    return _NOT_PLAIN.search(text) is None


def plain(text: str) -> str:
    """The text with every digit as ASCII's of the same value and without invisible characters (close reading 18).

    Superscripts, circled digits and fractions are no digits and stay as they are.
    """
    return text if is_plain(text) else re.sub(_INVISIBLE_PATTERN, "", text.translate(_DIGITS))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Compatibility form, lower case, no accents, đ/Đ/Ð as d, single spaces: how headers and titles are compared."""
    decomposed = unicodedata.normalize("NFKD", plain(text))
    bare = "".join(character for character in decomposed if not unicodedata.category(character).startswith("M"))
    lowered = bare.lower().replace("đ", "d").replace("ð", "d")
    return " ".join(lowered.split())


def squeeze(text: str) -> str:
    """`fold` without white space and punctuation: how headers broken over lines are compared."""
    return re.sub(r"[\W_]+", "", fold(text))


def word_key(text: str) -> str:
    """`fold` with every run of punctuation as one space: how a cell's word is looked up in the policy's words.

    `Kinh tế - xã hội` is `kinh te xa hoi`, `Sở TT&TT` is `so tt tt`.
    """
    return " ".join(re.split(r"[^0-9a-z]+", fold(text))).strip()
