"""Processor time: it says the same on a busy machine as on a quiet one, or nearly so; seconds on the clock do not."""

from os import sysconf
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from bench_memory import descendants

from ioc_etl.adapters.embedded import EmbeddedServer

_TICKS = sysconf("SC_CLK_TCK")
_FIRST_TIME, _TIMES = 11, 4
"""In /proc/<pid>/stat behind the name: user and system time, the process's own and that of children that have ended."""


def own_processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def server_processor_seconds(server: EmbeddedServer) -> float:
    """Of the database server and all its processes since it was started."""
    first = int((server.folder.data / "postmaster.pid").read_text().split()[0])
    return sum(_seconds(pid) for pid in {first, *descendants(first)})


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[_FIRST_TIME : _FIRST_TIME + _TIMES])) / _TICKS
