"""What the run and the processes that read files say to each other. No frames: a reading process starts in no time."""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ioc_etl.adapters.killable_answers import StrangeAnswerError, Unpacker, packed
from ioc_etl.core.sheet import RosterReading
from ioc_etl.policy.model import Centre
from schemas.layout import Layout, LayoutColumn
from schemas.marker import Marker
from schemas.raised_finding import RaisedFinding
from schemas.sheet_cells import SheetCells, WorkbookCells
from schemas.vocabulary import FindingCode


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    """What the reading of rosters needs to know.

    `with_agencies`: codes of the centres where the agency matters; `placeholders`: the words, as `word_key` has them,
    that stand for no value.
    """

    month: date
    centres: tuple[Centre, ...]
    with_agencies: frozenset[str]
    placeholders: frozenset[str]

    @classmethod
    def of(
        cls, month: date, centres: Iterable[Centre], with_agencies: Iterable[str], placeholders: Iterable[str]
    ) -> "ReadingFacts":
        """Of the centres what a title may speak of; where their files lie is nobody's business here."""
        bare = (replace(centre, source_url=None) for centre in centres)
        return cls(month, tuple(bare), frozenset(with_agencies), frozenset(placeholders))


@dataclass(frozen=True, slots=True)
class FileToRead:
    """One file's bytes. With a centre it is that centre's roster; without one its cells are wanted."""

    data: bytes
    centre_code: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file cannot be read, in Vietnamese; `is_legacy`: it is written in an encoding from before Unicode."""

    reason: str
    is_legacy: bool = False


FileAnswer = RosterReading | WorkbookCells | Unreadable

_ANSWERS = Unpacker(
    (
        RosterReading,
        WorkbookCells,
        Unreadable,
        SheetCells,
        RaisedFinding,
        FindingCode,
        Layout,
        LayoutColumn,
        Marker,
        date,
    )
)


def facts_to_child(facts: ReadingFacts | None) -> bytes:
    """As the parent tells them; only a parent is believed like this."""
    return pickle.dumps(facts)


def facts_in_child(setup: bytes) -> ReadingFacts | None:
    """What the parent told."""
    facts: ReadingFacts | None = pickle.loads(setup)  # noqa: S301 - from the parent
    return facts


def file_to_child(file: FileToRead) -> bytes:
    """As the parent hands it over: the centre's code, a line end, the bytes."""
    return (file.centre_code or "").encode() + b"\n" + file.data


def file_in_child(piece: bytes) -> FileToRead:
    """What the parent handed over."""
    code, _, data = piece.partition(b"\n")
    return FileToRead(data, code.decode() or None)


def answer_to_parent(answer: FileAnswer) -> bytes:
    """As the child tells it."""
    return packed(answer)


def answer_in_parent(data: bytes) -> FileAnswer:
    """What the child told.

    Raises:
        StrangeAnswerError: it is no answer of a child of ours.
    """
    answer = _ANSWERS.unpacked(data)
    if not isinstance(answer, FileAnswer):
        raise StrangeAnswerError(type(answer).__name__)
    return answer
