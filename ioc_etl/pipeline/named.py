"""Which thing is meant by an id or its beginning: exactly one, or an error that says how to name it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ioc_etl.errors import UsageError

Found = TypeVar("Found")
_ID = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said, in English and Vietnamese, of a text that is no id, that nothing and that several have.

    `{text!r}` stands for what was typed.
    """

    no_id: tuple[str, str]
    none: tuple[str, str]
    several: tuple[str, str]


def is_beginning(text: str) -> bool:
    """Whether a text can be the beginning of an id."""
    return _ID.fullmatch(text.strip().lower()) is not None


def beginning(text: str, words: Words) -> str:
    """The text as ids are written.

    Raises:
        UsageError: no id begins so.
    """
    if not is_beginning(text):
        raise _error(text, words.no_id)
    return text.strip().lower()


def the_only(found: Sequence[Found], text: str, words: Words) -> Found:
    """The one that was found.

    Raises:
        UsageError: nothing was, or more than one.
    """
    if len(found) != 1:
        raise _error(text, words.several if found else words.none)
    return found[0]


def _error(text: str, texts: tuple[str, str]) -> UsageError:
    en, vi = (template.format(text=text) for template in texts)
    return UsageError(en, vi)
