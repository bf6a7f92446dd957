"""Values of a document held against a type; what does not fit is a PolicyError with file, line and cure."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ioc_etl.errors import PolicyError
from ioc_etl.policy.strict_yaml import Document, Path, Value

T = TypeVar("T")


def conform(document: Document, path: Path, value: Value, adapter: TypeAdapter[T]) -> T:
    """`value`, which stands at `path` of the document, as the adapter's type. Raises PolicyError."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _refused(document, path, error.errors(include_url=False)[0]) from error


def _refused(document: Document, path: Path, detail: ErrorDetails) -> PolicyError:
    where = [*path, *(step for step in detail["loc"] if step != "[key]")]
    match detail["type"]:
        case "extra_forbidden":
            return document.error(where, "this key is unknown; remove it or mend its spelling")
        case "missing":
            return document.error(where, "this key is missing; add it")
        case _:
            return document.error(where, f"{detail['msg']}; found {detail['input']!r}")
