"""Mutant after mutant, kept where it teaches something, written down where it breaks something."""

import hashlib
import resource
import signal
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from ioc_etl.pipeline.reading_rooms import READING_LIMITS
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import Seed, seeds
from tests.fuzz.subject import Lines, Subject

FOUND = Path(__file__).parent / "found"
_TRACED_EVERY, _FRAMES_EVERY = 5, 4
_FREED = 1_500 * 1024 * 1024
"""For the libraries of this process, which maps more than a child that only reads."""


class TooSlowError(BaseException):
    """Reading one file took longer than a child is given; not to be caught on the way."""


@dataclass
class Tally:
    """What came of the mutants of one format."""

    files: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    slowest_bytes: int = 0


@dataclass
class Campaign:
    """One fuzz run: the same seed gives the same mutants in the same order."""

    seed: int
    subject: Subject = field(default_factory=Subject)
    folder: Path = FOUND
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    found: list[str] = field(default_factory=list)
    kept: int = 0
    lines: Lines = field(default_factory=Lines)

    def run(self, *, seconds: float = 0.0, mutants: int = 0) -> None:
        """So many seconds, or so many mutants."""
        corpus = seeds()
        began_with, told_before = len(corpus), set[tuple[str, str]]()
        until, number = time.monotonic() + seconds, 0
        while number < mutants or time.monotonic() < until:
            random = Random(f"{self.seed}-{number}")  # noqa: S311 - the same mutants every time
            number += 1
            child = corpus[number - 1] if number <= began_with else _mutant(random, corpus, began_with)
            told = self._tried(child, number)
            is_new = told is not None and (child.file_format, told) not in told_before
            if told is not None and (is_new or (self.lines.are_new and number % _TRACED_EVERY == 0)):
                told_before.add((child.file_format, told))
                if number > began_with:
                    corpus.append(child)
                    self.kept += 1

    def _tried(self, child: Seed, number: int) -> str | None:
        tally = self.tallies[child.file_format]
        tally.files += 1
        began = time.process_time()
        try:
            with _limits():
                if number % _TRACED_EVERY == 0:
                    with self.lines:
                        told = self.subject.told(child.data, child.register, to_frames=False)
                else:
                    told = self.subject.told(child.data, child.register, to_frames=number % _FRAMES_EVERY == 0)
        except (Exception, TooSlowError) as error:  # noqa: BLE001 - whatever comes out is what is looked for
            self._remember(child, number, error)
            return None
        seconds = time.process_time() - began
        if seconds > tally.slowest_seconds and number % _TRACED_EVERY:
            tally.slowest_seconds, tally.slowest_bytes = seconds, len(child.data)
        if told.startswith("read"):
            tally.read += 1
        else:
            tally.refused[told.removeprefix("refused: ")] += 1
        return told

    def _remember(self, child: Seed, number: int, error: BaseException) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        if what in {each.partition(" <- ")[0] for each in self.found}:
            return
        self.folder.mkdir(exist_ok=True)
        name = f"{hashlib.sha256(child.data).hexdigest()[:12]}-{child.name}"
        (self.folder / name).write_bytes(child.data)
        trace = "".join(traceback.format_exception(error))
        (self.folder / f"{name}.txt").write_text(f"seed {self.seed}, mutant {number}\n{trace}", encoding="utf-8")
        self.found.append(f"{what} <- {self.folder.name}/{name} (seed {self.seed}, mutant {number})")


def _mutant(random: Random, corpus: Sequence[Seed], began_with: int) -> Seed:
    """Of a seed or of a mutant that was kept, turn by turn."""
    parent = random.choice(corpus if random.random() < 0.5 else corpus[:began_with])
    data = mutated(random, parent.data, [random.choice(corpus).data])
    return Seed(parent.name, data, parent.register)


@contextmanager
def _limits() -> Iterator[None]:
    """The limits of a child, as far as this process can have them."""
    limit = READING_LIMITS.memory_bytes + _FREED
    before = resource.getrlimit(resource.RLIMIT_AS)
    previous = signal.signal(signal.SIGPROF, _too_slow)
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    signal.setitimer(signal.ITIMER_PROF, READING_LIMITS.cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGPROF, previous)


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TooSlowError
