"""Reads one file as a run does and tells what came of it, in a process so small that its child's peak is the file's.

Arguments: a file with the facts of the month as a child gets them, a file with the roster of Bình Long.
"""

import json
import resource
import sys
import time
from pathlib import Path

from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileAnswer, FileToRead, Unreadable, facts_in_child
from schemas.sheet_cells import WorkbookCells

_KIB_PER_MIB = 1024


def main() -> None:
    facts = facts_in_child(Path(sys.argv[1]).read_bytes())
    data = Path(sys.argv[2]).read_bytes()
    began = time.perf_counter()
    with ReadingRooms() as rooms:
        said = _said(dict(rooms.read([FileToRead(data, "binh-long")], facts))[0])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss // _KIB_PER_MIB,
        "said": said,
    }
    sys.stdout.write(json.dumps(figures, ensure_ascii=False))


def _said(answer: FileAnswer) -> str:
    if isinstance(answer, Unreadable):
        return f"ROSTER_UNREADABLE: {answer.reason}"
    assert not isinstance(answer, WorkbookCells)
    codes = ", ".join(str(finding.code) for finding in answer.findings)
    return f"{len(answer.source_row)} people read{f', {codes}' if codes else ''}"


if __name__ == "__main__":
    main()
