"""Values on their way out of a killable child: they arrive as a closed list of classes, or not at all.

A child that a file has taken over may write what it likes. Here nothing but our own values can come of it: no function
is called, and no class of ours is changed on the way.
"""

import pickle
from collections.abc import Collection
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from io import BytesIO
from typing import Any

_PROTOCOL = 5
_MALFORMED = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading is seen to raise on bytes that are no answer."""


class StrangeAnswerError(Exception):
    """The bytes are no answer of ours; never leaves the rooms."""


def packed(value: object) -> bytes:
    """A value of plain types, enumerations, dates and dataclasses; a dataclass as its class and its fields."""
    out = BytesIO()
    _Packer(out, _PROTOCOL).dump(value)
    return out.getvalue()


class _Packer(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return type(value), tuple(getattr(value, field.name) for field in fields(value))
        if isinstance(value, Enum):
            # By its value: Python 3.11.0 to 3.11.3 would call `getattr`, which no answer may.
            return type(value), (value.value,)
        return NotImplemented


class Unpacker:
    """Brings back what `packed` packed, out of these classes."""

    def __init__(self, classes: Collection[type]) -> None:
        self._classes = {(each.__module__, each.__qualname__): each for each in classes}

    def unpacked(self, data: bytes) -> object:
        """The value.

        Raises:
            StrangeAnswerError: damaged, or of another class.
        """
        try:
            return _Unpickler(data, self._classes).load()
        except _MALFORMED as error:
            raise StrangeAnswerError(type(error).__name__) from None


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytes, classes: dict[tuple[str, str], type]) -> None:
        super().__init__(BytesIO(data))
        self._classes = classes

    def find_class(self, module: str, name: str) -> object:
        """A class's constructor in a wrapping of its own: the class itself is out of reach.

        Raises:
            pickle.UnpicklingError: the class is none of those.
        """
        if (module, name) not in self._classes:
            raise pickle.UnpicklingError
        return partial(self._classes[module, name])
