"""What is fuzzed: the road of a file from its bytes to the frames that the rules begin with."""

import sys
from collections.abc import Iterator
from datetime import date
from itertools import chain
from types import CodeType, FrameType
from typing import Any, Self

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.registers import read_registers
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.sheet_frames import raw_roster, sheet_columns
from ioc_etl.pipeline.reading_child import FileReader
from ioc_etl.pipeline.reading_words import (
    FileAnswer,
    ReadingFacts,
    Unreadable,
    answer_in_parent,
    answer_to_parent,
)
from ioc_etl.policy.resolve import policy_at
from schemas.sheet_cells import WorkbookCells
from schemas.vocabulary import RegisterName

JANUARY = date(2022, 1, 1)
CENTRE = "binh-long"
_TRACED = ("ioc_etl/adapters/", "ioc_etl/core/sheet")
_NO_CONTROLS = dict.fromkeys(set(range(32)) - {9, 10, 11, 12, 13})


class UnsoundError(Exception):
    """What was read would harm who comes after: half a character, a NUL, an answer that changes on its way."""


class Subject:
    """The readers of a month, ready to read."""

    def __init__(self) -> None:
        policy = load_policy()
        self._policy, self._centres = policy_at(policy, JANUARY), policy.centres
        facts = ReadingFacts.of(JANUARY, policy.centres.values(), ["tinh"], self._policy.placeholder_words)
        self._rosters, self._cells = FileReader(facts), FileReader(None)

    def told(self, data: bytes, register: RegisterName | None, *, to_frames: bool = True) -> str:
        """In a few words what came of the file; any error is a fault of ours. Frames take longer than the reading.

        Raises:
            UnsoundError: what was read is no good.
        """
        answer = self._rosters.answer(data, CENTRE) if register is None else self._cells.answer(data, None)
        if isinstance(answer, Unreadable):
            return f"refused: {_without_numbers(answer.reason)}"
        _check_sound(answer)
        if isinstance(answer, RosterReading):
            if to_frames:
                raw_roster({CENTRE: answer})
                sheet_columns({CENTRE: answer})
            codes = ", ".join(sorted({str(finding.code) for finding in answer.findings}))
            return f"read: {min(len(answer.source_row), 3)} people, {codes or 'nothing found'}"
        assert register is not None
        assert isinstance(answer, WorkbookCells)
        if not to_frames:
            return "read: a register"
        found = read_registers({register: answer}, policy=self._policy, centres=self._centres).findings
        return f"read: {register}, {', '.join(sorted(set(found['code'])))}"


def _without_numbers(reason: str) -> str:
    return "".join("n" if character.isdigit() else character for character in reason)


def _check_sound(answer: FileAnswer) -> None:
    text = "".join(_texts(answer))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnsoundError("half a character") from None
    if text.translate(_NO_CONTROLS) != text:
        raise UnsoundError("control characters")
    if answer_in_parent(answer_to_parent(answer)) != answer:
        raise UnsoundError("another answer arrives than was sent")


def _texts(answer: FileAnswer) -> Iterator[str]:
    if isinstance(answer, WorkbookCells):
        for sheet in answer.sheets:
            yield sheet.name
            yield from filter(None, chain.from_iterable(sheet.rows))
    elif isinstance(answer, RosterReading):
        yield answer.sheet
        yield from filter(None, chain(answer.group_text, *answer.columns.values()))
        for finding in answer.findings:
            yield from (part for part in (finding.found, finding.expected, finding.place) if part)


class Lines:
    """Which lines of the readers have been reached, over all files."""

    def __init__(self) -> None:
        self.reached: set[tuple[CodeType, int]] = set()

    def __enter__(self) -> Self:
        self._before = len(self.reached)
        sys.settrace(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    @property
    def are_new(self) -> bool:
        """Whether the last file reached a line for the first time."""
        return len(self.reached) > self._before

    def _called(self, frame: FrameType, event: str, _: Any) -> Any:  # noqa: ARG002 - as settrace calls it
        name = frame.f_code.co_filename
        return self._line if any(room in name for room in _TRACED) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.reached.add((frame.f_code, frame.f_lineno))
        return self._line
