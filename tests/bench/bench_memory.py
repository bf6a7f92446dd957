"""How much memory a process and its descendants hold, sampled from /proc while it runs."""

from collections import defaultdict
from dataclasses import dataclass, field
from os import sysconf
from pathlib import Path
from subprocess import Popen
from time import monotonic, sleep

_SECONDS_BETWEEN_LOOKS = 0.05
_PAGE_BYTES = sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Look:
    """Resident bytes of the process and of all its descendants at one moment."""

    at: float
    own: int
    descendants: int


@dataclass(slots=True)
class Memory:
    """What was seen; pages that processes share count in each of them."""

    looks: list[Look] = field(default_factory=list)

    def peak(self, begin: float = 0.0, end: float = float("inf")) -> dict[str, int]:
        """High-water marks between two moments: of the process, of its descendants, and of both at one moment."""
        seen = [look for look in self.looks if begin <= look.at <= end] or [Look(0.0, 0, 0)]
        return {
            "own": max(look.own for look in seen),
            "descendants": max(look.descendants for look in seen),
            "together": max(look.own + look.descendants for look in seen),
        }


def watched(process: Popen[str]) -> Memory:
    """Look at the process until it has ended."""
    memory = Memory()
    while process.poll() is None:
        resident = _resident()
        others = sum(resident.get(pid, 0) for pid in descendants(process.pid))
        memory.looks.append(Look(monotonic(), resident.get(process.pid, 0), others))
        sleep(_SECONDS_BETWEEN_LOOKS)
    return memory


def _processes() -> list[Path]:
    return [place for place in Path("/proc").iterdir() if place.name.isdigit()]


def _resident() -> dict[int, int]:
    found = {}
    for place in _processes():
        try:
            found[int(place.name)] = int((place / "statm").read_text().split()[1]) * _PAGE_BYTES
        except OSError:
            continue
    return found


def descendants(root: int) -> set[int]:
    """The processes that a process has started, and those that they have, as far as they live."""
    children: dict[int, list[int]] = defaultdict(list)
    for place in _processes():
        try:
            status = (place / "stat").read_text()
        except OSError:
            continue
        parent = int(status.rpartition(")")[2].split()[1])
        children[parent].append(int(place.name))
    found, waiting = set(), list(children[root])
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting.extend(children[pid])
    return found
