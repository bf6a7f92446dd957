"""The program of a reading process: bytes of one file -> its roster, its cells, or why it cannot be read.

Started as `python -m ioc_etl.pipeline.reading_child` and nowhere imported by the run itself. Whatever a file does
here, it does to this process alone.
"""

from ioc_etl.adapters.killable_child import Work, serve
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.core.sheet import read_roster
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


class FileReader:
    """Reads files of one month."""

    def __init__(self, facts: ReadingFacts | None) -> None:
        self._facts = facts
        self._centres = {centre.code: centre for centre in facts.centres} if facts else {}
        self._names = CentreNames(self._centres.values())

    def answer(self, data: bytes, centre_code: str | None) -> FileAnswer:
        """The roster of a centre, or a file's cells."""
        try:
            book = read_cells(data)
            if self._facts is None or centre_code is None:
                return book
            return read_roster(
                book,
                centre=self._centres[centre_code],
                month=self._facts.month,
                agencies_matter=centre_code in self._facts.with_agencies,
                all_centres=self._names,
            )
        except LegacyEncodingError as error:
            return Unreadable(str(error), is_legacy=True)
        except UnreadableFileError as error:
            return Unreadable(str(error))


def work_of(setup: bytes) -> Work:
    """Answers one file after the other."""
    reader = FileReader(facts_in_child(setup))

    def work(piece: bytes) -> bytes:
        file = file_in_child(piece)
        return answer_to_parent(reader.answer(file.data, file.centre_code))

    return work


if __name__ == "__main__":
    serve(work_of)
