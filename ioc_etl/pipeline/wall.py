"""A wall around each centre: what stands in one file may not end another centre's month (close reading 18).

The month is decided, and loaded, as it is. Where that fails in a way nobody foresaw, the centres with a new file are
halved, each half by itself, until single ones fail alone: those are refused (ROSTER_UNREADABLE with a reference), their
file in force is used if it passes, and the whole month is taken again. If none fails alone, or all do, or the month
without any new file does, the fault is the program's and the run fails.
"""

import json
import os
import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

from polars.exceptions import PanicException

import ioc_etl
from ioc_etl.core.intake import Offer
from ioc_etl.core.month import month_code
from ioc_etl.core.road import ROAD
from ioc_etl.core.text import without_ids
from ioc_etl.core.transform import MonthInput, MonthResult, transform
from ioc_etl.errors import CentreError, DatabaseError, ValueRefusedError
from schemas.raised_finding import RaisedFinding
from schemas.raw_roster import RAW_ROSTER
from schemas.roster import ROSTER
from schemas.vocabulary import FindingCode

_OUTSIDE = (MemoryError, OSError, DatabaseError)
"""Errors that no file is to blame for, but for values that the database refuses."""
_OF_FILES = (Exception, PanicException)
"""Whatever a file brings about, and more (`_raise_what_is_not`)."""

WALL_LOG = "refused-files.log"
"""Below `logs/` of the home: one JSON line per file that the wall refused."""

_OURS = Path(ioc_etl.__file__).parent.parent
_REFERENCE_DIGITS = 8
_LINES_KEPT = 5
_OUR_COLUMNS = frozenset({*RAW_ROSTER, *ROSTER, *(column for rule in ROAD for column in rule.adds)})
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Refusal:
    """A centre whose file the wall refused; `place` is where in the program it failed, `kind` the exception's class.

    `file_names` are the files as the centre named them, `lines` the program's lines on the way to the error, `columns`
    the frame's columns that the error's message names: words of ours, never a value.
    """

    centre_code: str
    source_sha256: str
    file_names: tuple[str, ...]
    reference: str
    kind: str
    place: str
    lines: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def is_of_the_load(self) -> bool:
        """Whether the database refused a value; a replay loads nothing and has to be told."""
        return self.kind == ValueRefusedError.__name__


T = TypeVar("T")
Make = Callable[[], MonthInput]
"""Gives the month's input. It is asked again only after a failure, so that a large month is not held twice."""


@dataclass(frozen=True, slots=True)
class Way(Generic[T]):
    """What is done with a month: `take` for good, knowing what was refused; `try_out` leaves nothing behind.

    Both raise what a file brings about; a value that the database refuses (`ValueRefusedError`) is the file's doing.
    """

    take: Callable[[Make, Sequence[Refusal]], T]
    try_out: Callable[[MonthInput], object]


def decide_behind_wall(make: Make, *, log: Path | None = None) -> MonthResult:
    """The month decided, without the files that cannot be (`behind_wall`); nothing is loaded."""
    way = Way(take=lambda made, _: transform(made()), try_out=transform)
    return behind_wall(make, way, log=log)


def behind_wall(make: Make, way: Way[T], *, log: Path | None = None) -> T:
    """The month taken that way, without the files with which it cannot be.

    `log` is the private log of what was refused: mode 0600, never a value of a cell nor an exception's message.

    Raises:
        Exception: the first error, where no centre is to blame for it.
    """
    try:
        return way.take(make, ())
    except _OF_FILES as error:
        _raise_what_is_not(error)
        return _without_the_failing(make(), way, error, log)


def refused_before(given: MonthInput, references: Mapping[str, str]) -> MonthInput:
    """The month whose load refused these centres' files, by centre the reference of the refusal."""
    offers = tuple(_as_refused(offer, references.get(offer.centre_code)) for offer in given.offers)
    return replace(given, offers=offers)


def _raise_what_is_not(error: BaseException) -> None:
    """Raises an error that no file is to blame for."""
    if isinstance(error, _OUTSIDE) and not isinstance(error, ValueRefusedError):
        raise error


def _without_the_failing(given: MonthInput, way: Way[T], first: BaseException, log: Path | None) -> T:
    suspects = [offer.centre_code for offer in given.offers if offer.reading is not None]
    if isinstance(first, CentreError) and set(first.centre_codes) <= set(suspects):
        failing: dict[str, BaseException] = dict.fromkeys(first.centre_codes, first)
    else:
        if _error_of(_only(given, (), keep_earlier=True), way) is not None:
            raise first
        failing = _failing_alone(given, way, suspects)
    if not failing or (len(failing) == len(suspects) > 1):
        raise first
    refusals = [_refusal(given, code, error) for code, error in sorted(failing.items())]
    if log is not None:
        _write(log, given.facts.month, refusals)
    references = {one.centre_code: one.reference for one in refusals}
    try:
        return way.take(lambda: refused_before(given, references), refusals)
    except _OF_FILES as error:
        _raise_what_is_not(error)
        # What fails without the refused files is no file's fault; the first error says more.
        raise first from None


def _failing_alone(given: MonthInput, way: Way[T], codes: Iterable[str]) -> dict[str, BaseException]:
    """The centres that fail with no other centre in the month, and how; halves that pass are not looked into.

    Where the first half of a failing group passes, the second must hold the fault: it is halved without being asked.
    """
    failing: dict[str, BaseException] = {}
    waiting = [(list(codes), True)]
    while waiting:
        group, is_known_to_fail = waiting.pop()
        if not group:
            continue
        if len(group) == 1 or not is_known_to_fail:
            error = _error_of(_only(given, group, keep_earlier=False), way)
            if error is None:
                continue
            if len(group) == 1:
                failing[group[0]] = error
                continue
        first, second = group[: len(group) // 2], group[len(group) // 2 :]
        error = _error_of(_only(given, first, keep_earlier=False), way)
        if error is None:
            waiting.append((second, True))
        else:
            if len(first) == 1:
                failing[first[0]] = error
            else:
                waiting.append((first, True))
            waiting.append((second, False))
    return failing


def _error_of(given: MonthInput, way: Way[T]) -> BaseException | None:
    try:
        way.try_out(given)
    except _OF_FILES as error:
        _raise_what_is_not(error)
        return error
    return None


def _only(given: MonthInput, codes: Iterable[str], *, keep_earlier: bool) -> MonthInput:
    """The month with the new files of these centres alone."""
    if keep_earlier:
        return replace(given, offers=_without(given.offers))
    kept = set(codes)
    offers = tuple(offer for offer in given.offers if offer.centre_code in kept)
    return replace(given, offers=offers, earlier={})


def _without(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """As if no centre had sent anything new."""
    return tuple(replace(offer, reading=None, problem=None, file_names=()) for offer in offers)


def _refusal(given: MonthInput, code: str, error: BaseException) -> Refusal:
    offer = next(offer for offer in given.offers if offer.centre_code == code)
    place = _place_of(error)
    named = "\x1f".join([month_code(given.facts.month), code, str(offer.sha256), place])
    reference = sha256(named.encode()).hexdigest()[:_REFERENCE_DIGITS]
    ours = _frames_of_ours(error)
    return Refusal(
        centre_code=code,
        source_sha256=str(offer.sha256),
        file_names=tuple(without_ids(name) for name in offer.file_names),
        reference=reference,
        kind=type(error).__name__,
        place=place,
        lines=tuple(f"{_named(frame)}:{frame.lineno}" for frame in ours[-_LINES_KEPT:]),
        columns=tuple(sorted(_OUR_COLUMNS & set(re.findall("[a-z_]+", str(error))))),
    )


def _place_of(error: BaseException) -> str:
    """The innermost function of ours in which it failed: the same in every run of this program."""
    ours = _frames_of_ours(error)
    return f"{_named(ours[-1])}:{ours[-1].name}" if ours else ""


def _named(frame: traceback.FrameSummary) -> str:
    return Path(frame.filename).relative_to(_OURS).as_posix()


def _frames_of_ours(error: BaseException) -> list[traceback.FrameSummary]:
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_OURS) and ".venv" not in Path(frame.filename).parts
    ]


def _as_refused(offer: Offer, reference: str | None) -> Offer:
    if reference is None:
        return offer
    said = f"nội dung tệp làm hỏng việc xét (mã tham chiếu {reference})"
    problem = RaisedFinding(FindingCode.ROSTER_UNREADABLE, offer.centre_code, found=said)
    return replace(offer, reading=None, problem=problem)


def _write(log: Path, month: date, refusals: Iterable[Refusal]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
    with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
        os.fchmod(stream.fileno(), _PRIVATE)
        for refusal in refusals:
            entry = {"month": month_code(month), **{name: getattr(refusal, name) for name in Refusal.__slots__}}
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
