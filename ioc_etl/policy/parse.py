"""Policy texts in, Policy out: strict, so that a slip of the pen stops the run and not a payment.

Refused, naming file and line: what `strict_yaml` refuses; an unknown key or file, a missing one; a value without a
reference; gaps and overlaps between dated values; a value that does not begin with a month and end with one (a month is
computed whole); a word outside the closed lists, a word with two meanings, an agency nobody knows; a finding without
its texts.
"""

import hashlib
import itertools
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import Field, TypeAdapter

from ioc_etl.errors import PolicyError
from ioc_etl.policy.conform import conform
from ioc_etl.policy.cross_check import check_meanings
from ioc_etl.policy.model import DatedValue, Parameter, Policy
from ioc_etl.policy.parse_centres import parse_centres
from ioc_etl.policy.parse_findings import parse_findings
from ioc_etl.policy.shapes import SHAPES, Day, Record, Text
from ioc_etl.policy.strict_yaml import Document, read_document
from schemas.vocabulary import AdoptionStatus


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file and the name by which errors call it."""

    name: str
    text: str


class _DatedEntry(Record):
    begins: Day = Field(alias="from")
    ends: Day | None = Field(default=None, alias="to")
    status: AdoptionStatus
    reference: Text
    value: Any


class _ParameterFile(Record):
    unit: Text
    clause: Text
    description: Text
    values: list[Any] = Field(min_length=1)


_FILE = TypeAdapter(_ParameterFile)
_ENTRY = TypeAdapter(_DatedEntry)


def parse_policy(*, parameters: Mapping[str, SourceText], findings: SourceText, centres: SourceText) -> Policy:
    """The whole policy of the texts; `parameters` are keyed by parameter name. Raises PolicyError."""
    _check_names(parameters)
    documents = {name: read_document(source.name, source.text) for name, source in parameters.items()}
    parsed = {name: _parameter(name, document) for name, document in documents.items()}
    check_meanings(parsed, documents)
    return Policy(
        version=_version(parameters, findings, centres),
        parameters=parsed,
        findings=parse_findings(read_document(findings.name, findings.text)),
        centres=parse_centres(read_document(centres.name, centres.text)),
    )


def _check_names(parameters: Mapping[str, SourceText]) -> None:
    for name in sorted(parameters.keys() - SHAPES.keys()):
        known = ", ".join(sorted(SHAPES))
        raise PolicyError(f"{parameters[name].name}, line 1: there is no parameter {name!r}; there are: {known}")
    for name in sorted(SHAPES.keys() - parameters.keys()):
        raise PolicyError(f"{name}.yaml, line 1: the parameter {name!r} is missing; add its file")


def _parameter(name: str, document: Document) -> Parameter:
    file = conform(document, (), document.value, _FILE)
    values = tuple(_dated_value(name, document, index, raw) for index, raw in enumerate(file.values))
    _check_dates(document, values)
    return Parameter(name, file.unit, file.clause, file.description, values)


def _dated_value(name: str, document: Document, index: int, raw: Any) -> DatedValue:
    path = ("values", index)
    entry = conform(document, path, raw, _ENTRY)
    value = conform(document, (*path, "value"), entry.value, SHAPES[name].adapter)
    return DatedValue(entry.begins, entry.ends, value, entry.reference, entry.status)


def _check_dates(document: Document, values: Sequence[DatedValue]) -> None:
    for index, dated in enumerate(values):
        if dated.valid_from.day != 1:
            raise document.error(("values", index, "from"), "a value begins on the first day of a month")
        if dated.valid_to is not None and not _ends_a_month(dated.valid_to):
            raise document.error(("values", index, "to"), "a value ends on the last day of a month")
        if dated.valid_to is not None and dated.valid_to < dated.valid_from:
            raise document.error(("values", index, "to"), f"it ends before it begins on {dated.valid_from}")
    for index, (earlier, later) in enumerate(itertools.pairwise(values), start=1):
        path = ("values", index, "from")
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            ends = "has no end" if earlier.valid_to is None else f"ends on {earlier.valid_to}"
            raise document.error(path, f"it overlaps the value before, which {ends}; give that one an earlier `to`")
        if later.valid_from > earlier.valid_to + timedelta(days=1):
            raise document.error(path, f"there is a gap after {earlier.valid_to}; begin on the next day")


def _ends_a_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _version(parameters: Mapping[str, SourceText], findings: SourceText, centres: SourceText) -> str:
    digest = hashlib.sha256()
    for name, source in _in_order(parameters, findings, centres):
        text = source.text.encode()
        digest.update(f"{name}:{len(text)}\n".encode() + text)
    return digest.hexdigest()


def _in_order(
    parameters: Mapping[str, SourceText], findings: SourceText, centres: SourceText
) -> Iterator[tuple[str, SourceText]]:
    yield from sorted(parameters.items())
    yield "/findings", findings
    yield "/centres", centres
