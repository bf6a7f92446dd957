"""The program of a reading process: bytes of one file -> its roster, its cells, or why it cannot be read.

Started as `python -m ioc_etl.pipeline.reading_child` and nowhere imported by the run itself. Whatever a file does
here, it does to this process alone.
"""

from itertools import chain

from ioc_etl.adapters.killable_child import Work, serve
from ioc_etl.adapters.office_limits import MAX_ROWS, check_characters
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.sheet import RosterReading, read_roster
from ioc_etl.core.sheet_title import CentreNames
from ioc_etl.errors import LegacyEncodingError, UnreadableFileError
from ioc_etl.pipeline.reading_words import (
    FileAnswer,
    ReadingFacts,
    Unreadable,
    answer_to_parent,
    facts_in_child,
    file_in_child,
)
from schemas.sheet_cells import WorkbookCells


class FileReader:
    """Reads files of one month."""

    def __init__(self, facts: ReadingFacts | None) -> None:
        self._facts = facts
        self._centres = {centre.code: centre for centre in facts.centres} if facts else {}
        self._names = CentreNames(self._centres.values())

    def answer(self, data: bytes, centre_code: str | None) -> FileAnswer:
        """The roster of a centre, or a file's cells."""
        try:
            return self._read(data, centre_code)
        except LegacyEncodingError as error:
            return Unreadable(str(error), is_legacy=True)
        except UnreadableFileError as error:
            return Unreadable(str(error))

    def _read(self, data: bytes, centre_code: str | None) -> RosterReading | WorkbookCells:
        if self._facts is None or centre_code is None:
            return _bounded(read_cells(data))
        reading = read_roster(
            _bounded(read_cells(data, max_rows=MAX_ROWS)),
            centre=self._centres[centre_code],
            month=self._facts.month,
            agencies_matter=centre_code in self._facts.with_agencies,
            all_centres=self._names,
            placeholders=self._facts.placeholders,
        )
        check_characters(chain(reading.group_text, *reading.columns.values()))
        return reading


def _bounded(book: WorkbookCells) -> WorkbookCells:
    """The workbook, when its cells together are not more than anybody should go through."""
    check_characters(chain.from_iterable(chain.from_iterable(sheet.rows for sheet in book.sheets)))
    return book


def work_of(setup: bytes) -> Work:
    """Answers one file after the other."""
    reader = FileReader(facts_in_child(setup))

    def work(piece: bytes) -> bytes:
        file = file_in_child(piece)
        return answer_to_parent(reader.answer(file.data, file.centre_code))

    return work


if __name__ == "__main__":
    serve(work_of)
