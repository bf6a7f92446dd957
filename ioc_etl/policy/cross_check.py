"""Checks over a parameter's words and between parameters: nothing has two meanings, every agency is known."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from ioc_etl.policy import shapes
from ioc_etl.policy.model import Parameter
from ioc_etl.policy.strict_yaml import Document, Path
from schemas.text import word_key
from schemas.vocabulary import MonitoredService

_T = TypeVar("_T")
_Said = tuple[Path, str, str]
"""Where a word stands (under `value`), the word, what it means."""


def check_meanings(parameters: Mapping[str, Parameter], documents: Mapping[str, Document]) -> None:
    """Raises PolicyError for a word with two meanings and for an agency that `agencies` does not know."""
    lists: tuple[shapes.Shape[Mapping[Any, Iterable[str]]], ...] = (
        shapes.CATEGORY_WORDS,
        shapes.MODE_WORDS,
        shapes.DUTY_WORDS,
    )
    for shape in lists:
        for index, value in _values(parameters, shape):
            _check_one_meaning(documents[shape.name], index, _said_of_lists(value))
    for index, agencies in _values(parameters, shapes.AGENCIES):
        _check_one_meaning(documents[shapes.AGENCIES.name], index, _said_of_agencies(agencies))
    for index, regimes in _values(parameters, shapes.OTHER_REGIMES):
        _check_one_meaning(documents[shapes.OTHER_REGIMES.name], index, _said_of_regimes(regimes))
    for index, services in _values(parameters, shapes.MONITORED_SERVICES):
        _check_one_meaning(documents[shapes.MONITORED_SERVICES.name], index, _said_of_services(services))
    _check_agencies_known(parameters, documents)
    _check_digits(parameters, documents)


def _values(parameters: Mapping[str, Parameter], shape: shapes.Shape[_T]) -> Iterator[tuple[int, _T]]:
    for index, dated in enumerate(parameters[shape.name].values):
        yield index, cast("_T", dated.value)


def _said_of_lists(value: Mapping[str, Iterable[str]]) -> Iterator[_Said]:
    for code, words in value.items():
        yield (code,), code, code
        for place, word in enumerate(words):
            yield (code, place), word, code


def _said_of_agencies(value: Mapping[str, shapes.AgencyValue]) -> Iterator[_Said]:
    for code, agency in value.items():
        yield (code,), code, code
        yield (code, "name"), agency.name, code
        for place, word in enumerate(agency.words):
            yield (code, "words", place), word, code
        for at, later in enumerate(agency.later_names):
            yield (code, "later_names", at, "name"), later.name, code
            for place, word in enumerate(later.words):
                yield (code, "later_names", at, "words", place), word, code


def _said_of_regimes(value: Mapping[str, shapes.RegimeValue]) -> Iterator[_Said]:
    for code, regime in value.items():
        yield (code,), code, code
        yield (code, "name"), regime.name, code
        for place, word in enumerate(regime.words):
            yield (code, "words", place), word, code


def _said_of_services(value: Mapping[MonitoredService, shapes.ServiceValue]) -> Iterator[_Said]:
    for code, service in value.items():
        yield (code,), code, code
        yield (code, "name"), service.name, code
        for place, word in enumerate(service.words):
            yield (code, "words", place), word, code


def _check_one_meaning(document: Document, index: int, said: Iterable[_Said]) -> None:
    meanings: dict[str, str] = {}
    for path, word, code in said:
        known = meanings.setdefault(word_key(word), code)
        if known != code:
            raise document.error(("values", index, "value", *path), f"{word!r} already means {known}; a word means one")


def _check_agencies_known(parameters: Mapping[str, Parameter], documents: Mapping[str, Document]) -> None:
    known = {code for _, agencies in _values(parameters, shapes.AGENCIES) for code in agencies}
    for shape in (shapes.AGENCY_QUOTA, shapes.EXPECTED_MODE, shapes.SHIFT_STAFFING):
        for index, numbers in _values(parameters, cast("shapes.Shape[Mapping[str, object]]", shape)):
            for code in numbers:
                _check_known(documents[shape.name], index, code, (code,), known)
    document = documents[shapes.AGENCY_SUCCESSION.name]
    for index, succession in _values(parameters, shapes.AGENCY_SUCCESSION):
        for code, successor in succession.items():
            _check_known(document, index, code, (code, successor), known)
            _check_ends(document, index, code, succession)


def _check_known(document: Document, index: int, at: str, codes: Iterable[str], known: set[str]) -> None:
    for code in codes:
        if code not in known:
            message = f"the agency {code!r} is unknown; add it to agencies.yaml first"
            raise document.error(("values", index, "value", at), message)


def _check_ends(document: Document, index: int, code: str, succession: Mapping[str, str]) -> None:
    seen, heir = {code}, succession.get(code)
    while heir is not None:
        if heir in seen:
            raise document.error(("values", index, "value", code), f"{code} becomes itself again by way of {heir}")
        seen.add(heir)
        heir = succession.get(heir)


def _check_digits(parameters: Mapping[str, Parameter], documents: Mapping[str, Document]) -> None:
    for index, digits in _values(parameters, shapes.BANK_ACCOUNT_DIGITS):
        if digits.max < digits.min:
            path = ("values", index, "value", "max")
            raise documents[shapes.BANK_ACCOUNT_DIGITS.name].error(path, "max is below min")
