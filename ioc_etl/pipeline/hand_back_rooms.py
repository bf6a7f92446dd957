"""Where returned workbooks are made: in a process that may be killed, and looked at before anybody gets them.

A workbook that goes back must read as what was sent. Where openpyxl understood a cell otherwise, the cell is put right;
where it cannot keep the sender's own workbook, a plain one is made of the cells.
"""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ioc_etl.adapters.killable import Died, KillableRooms, Limits
from ioc_etl.core.mended import reads_alike
from ioc_etl.core.returned_cells import repairs
from ioc_etl.core.sheet import RosterReading
from ioc_etl.errors import UnreadableFileError
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileToRead, ReadingFacts
from schemas.returned import Return
from schemas.sheet_cells import WorkbookCells

_MAKER = "ioc_etl.pipeline.hand_back_child"
_LIMITS = Limits(memory_bytes=1024 * 1024 * 1024, cpu_seconds=60, seconds=120.0, answer_bytes=128 * 1024 * 1024)
"""What making one workbook may take: openpyxl holds every cell as an object. 36,000 people took a third of it."""

_MAX_CELLS = 500_000
"""More than a roster of twenty thousand people has; beyond that nobody mends by hand."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A roster as it was sent: its bytes, its cells, its table as it was read for one centre and month."""

    data: bytes
    cells: WorkbookCells
    reading: RosterReading
    centre_code: str


class HandBackRooms:
    """Makes returned workbooks for one month."""

    def __init__(self, reading: ReadingRooms, facts: ReadingFacts) -> None:
        self._reading, self._facts = reading, facts

    def sent(self, data: bytes, centre_code: str) -> SentFile:
        """Reads a roster.

        Raises:
            UnreadableFileError: it cannot be read; says why, in Vietnamese.
        """
        cells, reading = self._cells(data), self.reading(data, centre_code)
        if sum(len(sheet.rows) * len(sheet.rows[0]) for sheet in cells.sheets if sheet.rows) > _MAX_CELLS:
            raise UnreadableFileError(f"tệp có quá nhiều ô, nhiều nhất là {_MAX_CELLS}")
        return SentFile(data, cells, reading, centre_code)

    def returned(self, sent: SentFile, given: Return) -> bytes:
        """The sender's workbook with what is given, reading as the one that was sent.

        Raises:
            UnreadableFileError: no such workbook can be made of the file.
        """
        for content in self._tries(sent, given):
            if reads_alike(sent.reading, self.reading(content, sent.centre_code)):
                return content
        raise UnreadableFileError("không tạo được tệp Excel đọc ra đúng như tệp đã gửi")

    def made(self, sent: SentFile, given: Return) -> Iterator[bytes]:
        """Workbooks with what is given, the best one first; whoever asks says which of them is right."""
        return self._tries(sent, given)

    def reading(self, data: bytes, centre_code: str) -> RosterReading:
        """A roster's table.

        Raises:
            UnreadableFileError: it cannot be read.
        """
        [(_, answer)] = self._reading.read([FileToRead(data, centre_code)], self._facts)
        if isinstance(answer, RosterReading):
            return answer
        raise UnreadableFileError(getattr(answer, "reason", ""))

    def _cells(self, data: bytes) -> WorkbookCells:
        [(_, answer)] = self._reading.read([FileToRead(data)], self._facts)
        if isinstance(answer, WorkbookCells):
            return answer
        raise UnreadableFileError(getattr(answer, "reason", ""))

    def _tries(self, sent: SentFile, given: Return) -> Iterator[bytes]:
        """The sender's own; the same with cells put right; a plain one of the cells."""
        own = _made(given, own=sent.data) if sent.cells.file_format == "xlsx" else None
        if own is not None:
            bare = _made(replace(given, people=(), total=None), own=sent.data) if given.people else own
            wrong = repairs(sent.cells, self._cells(bare), given.table) if bare is not None else ()
            if not wrong:
                yield own
            elif (mended := _made(replace(given, repairs=wrong), own=sent.data)) is not None:
                yield mended
        plain = _made(given, cells=sent.cells)
        if plain is not None:
            yield plain


def _made(given: Return, *, own: bytes | None = None, cells: WorkbookCells | None = None) -> bytes | None:
    """One workbook; None where making it was the end of the process."""
    with KillableRooms(_MAKER, _LIMITS, at_most=1) as rooms:
        [(_, answer)] = rooms.each([(given, own, cells)], pickle.dumps)
    return None if isinstance(answer, Died) else answer
