"""Every file from outside is read here: in processes of its own that may be killed, so that it costs itself alone.

Source: rulebook section 4, ROSTER_UNREADABLE and REGISTER_INVALID.
"""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from ioc_etl.adapters.killable import Answer, Death, Died, KillableRooms, Limits, processors
from ioc_etl.adapters.killable_answers import StrangeAnswerError
from ioc_etl.adapters.office_limits import TOO_MUCH_MEMORY
from ioc_etl.pipeline.reading_words import (
    FileAnswer,
    FileToRead,
    ReadingFacts,
    Unreadable,
    answer_in_parent,
    facts_to_child,
    file_to_child,
)

READER = "ioc_etl.pipeline.reading_child"

READING_LIMITS = Limits(
    memory_bytes=1024 * 1024 * 1024,
    cpu_seconds=8,
    seconds=60.0,
    answer_bytes=512 * 1024 * 1024,
)
"""What reading one file may take.

Processor time is what bounds a file: it says the same on a busy machine, where a roster must not be refused for what
others do. The time on the clock is for a process that does nothing at all.
"""

_MOST_PROCESSES = 8
"""However many processors there are: each may take all of its memory."""

_REASONS = {Death.MEMORY: TOO_MUCH_MEMORY, Death.TIME: "đọc tệp quá lâu", Death.CRASH: "tệp làm hỏng việc đọc"}
_STRANGE = "kết quả đọc không hợp lệ"


class ReadingRooms:
    """The processes that read the files of one run; a context, after which none is left."""

    def __init__(self, module: str = READER, limits: Limits = READING_LIMITS) -> None:
        self._rooms = KillableRooms(module, limits, at_most=min(processors(), _MOST_PROCESSES))

    def __enter__(self) -> Self:
        self._rooms.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rooms.close()

    def read(self, files: Sequence[FileToRead], facts: ReadingFacts | None = None) -> Iterator[tuple[int, FileAnswer]]:
        """What each file says, with its place among them, in the order in which they are read.

        `facts` are needed where rosters are read.

        Raises:
            TransientError: no process can be started to read in.
        """
        for place, answer in self._rooms.each(files, file_to_child, setup=facts_to_child(facts)):
            yield place, _told(answer)


def _told(answer: Answer) -> FileAnswer:
    if isinstance(answer, Died):
        detail = f" ({answer.detail})" if answer.detail else ""
        return Unreadable(_REASONS[answer.cause] + detail)
    try:
        return answer_in_parent(answer)
    except StrangeAnswerError:
        return Unreadable(_STRANGE)
