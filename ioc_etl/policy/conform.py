"""Values of a document held against a type; what does not fit is a PolicyError with file, line and cure."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ioc_etl.errors import PolicyError
from ioc_etl.policy.strict_yaml import Document, Path, Value

T = TypeVar("T")
_LONGEST_SHOWN = 80


def conform(document: Document, path: Path, value: Value, adapter: TypeAdapter[T]) -> T:
    """`value`, which stands at `path` of the document, as the adapter's type. Raises PolicyError."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
        misspelt = (detail for detail in details if detail["type"] == "extra_forbidden")
        raise _refused(document, path, next(misspelt, details[0])) from error


def _refused(document: Document, path: Path, detail: ErrorDetails) -> PolicyError:
    where = [*path, *(step for step in detail["loc"] if step != "[key]")]
    match detail["type"]:
        case "extra_forbidden":
            return document.error(where, "this key is unknown; remove it or mend its spelling")
        case "missing":
            return document.error(where, "this key is missing; add it")
        case _:
            return document.error(
                where, f"{detail['msg'].removeprefix('Value error, ')}; found {_short(detail['input'])}"
            )


def _short(found: object) -> str:
    text = repr(found)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
