"""`make hostile`: every hostile file, what reading it says, how long it takes, the reader's processor time and memory.

Each file is read in a process of its own, whose only children are the readers: their peak is the file's.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.reading_words import FileAnswer, FileToRead, ReadingFacts, Unreadable
from ioc_etl.policy.resolve import policy_at
from schemas.sheet_cells import WorkbookCells
from tests.integration.hostile_files import HOSTILE_FILES, Hostile

ROOT = Path(__file__).parents[2]
JANUARY = date(2022, 1, 1)
_KIB_PER_MIB = 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=int, help="the place of one file in the list")
    only = parser.parse_args().only
    if only is not None:
        sys.stdout.write(json.dumps(measured(HOSTILE_FILES[only]), ensure_ascii=False))
        return 0
    sys.stdout.write(f"{'file':42} {'bytes':>11} {'seconds':>7} {'CPU s':>5} {'MiB':>5}  said\n")
    for place, hostile in enumerate(HOSTILE_FILES):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.hostile_table", "--only", str(place)],
            capture_output=True,
            check=True,
            cwd=ROOT,
        )
        row = json.loads(done.stdout)
        figures = f"{row['bytes']:>11,} {row['seconds']:>7.2f} {row['cpu_seconds']:>5.2f} {row['peak_mib']:>5}"
        sys.stdout.write(f"{hostile.name:42} {figures}  {row['said']}\n")
        sys.stdout.flush()
    return 0


def measured(hostile: Hostile) -> dict[str, object]:
    """Reading the one file, from starting the reader to its answer."""
    data, policy = hostile.make(), load_policy()
    began = time.perf_counter()
    if len(data) > policy_at(policy, JANUARY).roster_max_bytes:
        said = "ROSTER_TOO_LARGE, not read"
    else:
        facts = ReadingFacts.of(JANUARY, policy.centres.values(), ["tinh"])
        with ReadingRooms() as rooms:
            said = _said(dict(rooms.read([FileToRead(data, "binh-long")], facts))[0])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "bytes": len(data),
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss // _KIB_PER_MIB,
        "said": said,
    }


def _said(answer: FileAnswer) -> str:
    if isinstance(answer, Unreadable):
        return f"ROSTER_UNREADABLE: {answer.reason}"
    assert not isinstance(answer, WorkbookCells)
    codes = ", ".join(str(finding.code) for finding in answer.findings)
    return f"{len(answer.source_row)} people read{f', {codes}' if codes else ''}"


if __name__ == "__main__":
    sys.exit(main())
