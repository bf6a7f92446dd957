"""Folding Vietnamese text for comparison; pure, so that every room folds alike."""

import re
import unicodedata
from functools import lru_cache

INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Characters that nobody sees: they never take part in a comparison."""

_INVISIBLE_PATTERN = f"[{INVISIBLE}]"


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case, no accents, đ/Đ/Ð as d, single spaces: how headers and titles are compared."""
    decomposed = unicodedata.normalize("NFD", re.sub(_INVISIBLE_PATTERN, "", text))
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
