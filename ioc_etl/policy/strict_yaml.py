"""YAML without surprises: text in, plain values and the line of each out.

Refused, with file and line: a key given twice, a decimal number (PyYAML would make it a float), a number with a leading
zero (YAML would read it as octal), yes/no as booleans, a time of day, merge keys and tags.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ioc_etl.errors import PolicyError

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Value = str | int | bool | dt.date | None | list["Value"] | dict[str, "Value"]
Path = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain values; `error` says where in it something is wrong."""

    name: str
    value: Value
    root: Node | None

    def error(self, path: Path, message: str) -> PolicyError:
        """An error that names the file, the line of the nearest key of `path` that exists, and the path."""
        where = ".".join(str(step) for step in path)
        return PolicyError(f"{self.name}, line {self._line(path)}: {where + ': ' if where else ''}{message}")

    def _line(self, path: Path) -> int:
        node, line = self.root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line


def read_document(name: str, text: str) -> Document:
    """Read one YAML text (brought to NFC). Raises PolicyError, naming `name` and the line."""
    try:
        root = yaml.compose(unicodedata.normalize("NFC", text.removeprefix("\ufeff")), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError(f"{name}, line {line}: this is no YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise PolicyError(f"{name}, line 1: this is no YAML: {error}") from error
    return Document(name, None if root is None else _value(name, root), root)


def _child(node: Node | None, step: str | int) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def _value(name: str, node: Node) -> Value:
    if isinstance(node, MappingNode):
        return _mapping(name, node)
    if isinstance(node, SequenceNode):
        return [_value(name, item) for item in node.value]
    return _scalar(name, node)


def _mapping(name: str, node: MappingNode) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key_node, ScalarNode) or key_node.tag == f"{_TAG}merge":
            raise _refused(name, key_node, "a key must be plain text")
        if key in values:
            raise _refused(name, key_node, f"{key!r} is given twice; keep one of them")
        values[key] = _value(name, value_node)
    return values


def _scalar(name: str, node: Node) -> Value:
    text: str = node.value
    match node.tag.removeprefix(_TAG):
        case "str":
            return text
        case "null":
            return None
        case "bool" if text in {"true", "false"}:
            return text == "true"
        case "int" if _WHOLE_NUMBER.fullmatch(text):
            return int(text.replace("_", ""))
        case "timestamp" if _DAY.fullmatch(text):
            return _day(name, node)
        case "float":
            raise _refused(name, node, f"{text!r} is a decimal number; write whole numbers (1.5 is 15 tenths)")
        case _:
            raise _refused(name, node, f"{text!r} can be read in two ways; put it in quotes if it is a text")


def _day(name: str, node: Node) -> dt.date:
    try:
        return dt.date.fromisoformat(node.value)
    except ValueError as error:
        raise _refused(name, node, f"{node.value!r} is no day of the calendar") from error


def _refused(name: str, node: Node, message: str) -> PolicyError:
    return PolicyError(f"{name}, line {node.start_mark.line + 1}: {message}")
