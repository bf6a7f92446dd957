"""A room for work on what strangers sent: child processes that answer piece by piece and may be killed.

A piece that takes too much memory or time, or ends its child in another way, is answered by what the child died of;
every other piece gets its answer. The children do their work side by side.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event, Lock
from types import TracebackType
from typing import Self, TypeVar

from ioc_etl.adapters.killable_process import Child, Death, Died, Limits
from ioc_etl.errors import TransientError

__all__ = ["Death", "Died", "KillableRooms", "Limits", "processors"]

_MAX_BATCH = 16
_MAX_BATCH_BYTES = 256 * 1024
_BATCHES_PER_ROOM = 4
_SECONDS_BETWEEN_LOOKS = 0.2
"""How often it is looked whether a child is late."""
_SECONDS_ALONE = 0.2
"""A further child is started where the first has not taken every piece by then: starting one takes as long."""

Piece = TypeVar("Piece")
Answer = bytes | Died


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class KillableRooms:
    """Up to `at_most` children of one module, whose program is `killable_child.serve`.

    Used by one thread, as a context; when it is left, every child is gone.
    """

    def __init__(self, module: str, limits: Limits, *, at_most: int) -> None:
        self._rooms = [_Room(module, limits) for _ in range(at_most)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self) -> None:
        """Starts a first child, ahead of its work, and does not wait for it."""
        self._rooms[0].open()

    def close(self) -> None:
        """Ends every child; none is started any more."""
        for room in self._rooms:
            room.close()

    def each(
        self, pieces: Sequence[Piece], encoded: Callable[[Piece], bytes], *, setup: bytes = b""
    ) -> Iterator[tuple[int, Answer]]:
        """The answer to each piece, with its place among them; in the order in which they are ready.

        `encoded` makes a piece what the children take, when its turn comes and in another thread; `setup` is what their
        work needs to know.

        Raises:
            TransientError: a child does not start; no piece is to blame.
        """
        rooms = self._rooms[: len(pieces)]
        if not rooms:
            return
        source = _Pieces(map(encoded, pieces), share=len(pieces) // (_BATCHES_PER_ROOM * len(rooms)))
        answers: SimpleQueue[tuple[int, Answer]] = SimpleQueue()
        with ThreadPoolExecutor(len(rooms), thread_name_prefix="room") as threads:
            working = [
                threads.submit(room.work_off, source, setup, answers, is_first=room is rooms[0]) for room in rooms
            ]
            try:
                for _ in pieces:
                    yield _next(answers, rooms, working)
            except BaseException:
                # Whoever asked goes, also in the middle (Ctrl-C): then nobody waits for the children.
                self.close()
                raise


def _next(
    answers: SimpleQueue[tuple[int, Answer]], rooms: Sequence["_Room"], working: Sequence[Future[None]]
) -> tuple[int, Answer]:
    while True:
        try:
            return answers.get(timeout=_SECONDS_BETWEEN_LOOKS)
        except Empty:
            for room in rooms:
                room.kill_if_late()
            for each in working:
                if each.done():
                    each.result()


class _Pieces:
    """The pieces that are still to be given out, in batches: small files together, a large one alone."""

    def __init__(self, pieces: Iterable[bytes], *, share: int) -> None:
        self._pieces = enumerate(pieces)
        self._lock, self._given_out = Lock(), Event()
        self._size = min(max(share, 1), _MAX_BATCH)

    def are_given_out_within(self, seconds: float) -> bool:
        """Waits until none is left, but no longer than that; whether none is."""
        return self._given_out.wait(seconds)

    def batch(self) -> list[tuple[int, bytes]]:
        """The next pieces with their places; nothing when all are given out."""
        taken: list[tuple[int, bytes]] = []
        taken_bytes = 0
        with self._lock:
            while len(taken) < self._size and taken_bytes < _MAX_BATCH_BYTES:
                following = next(self._pieces, None)
                if following is None:
                    self._given_out.set()
                    break
                taken.append(following)
                taken_bytes += len(following[1])
        return taken


class _Room:
    """One child after the other, until the room is closed."""

    def __init__(self, module: str, limits: Limits) -> None:
        self._module, self._limits = module, limits
        self._lock = Lock()
        self._child: Child | None = None
        self._is_closed = False
        self._tried_again: int | None = None

    def open(self) -> Child:
        """The child that is here, or a new one.

        Raises:
            TransientError: the room is closed, or no child can be started.
        """
        with self._lock:
            if self._is_closed:
                raise TransientError("the processes that read files are gone: start them again")
            if self._child is None:
                self._child = Child(self._module, self._limits)
            return self._child

    def close(self) -> None:
        """Ends the child for good."""
        with self._lock:
            self._is_closed = True
            child, self._child = self._child, None
        if child is not None:
            child.close()

    def kill_if_late(self) -> None:
        """Ends a child that takes too long over a piece."""
        child = self._child
        if child is not None:
            child.kill_if_late()

    def work_off(
        self, source: _Pieces, setup: bytes, answers: SimpleQueue[tuple[int, Answer]], *, is_first: bool
    ) -> None:
        """Answers batches until there are none; a room that is not the first leaves a short work to that one."""
        if not is_first and self._child is None and source.are_given_out_within(_SECONDS_ALONE):
            return
        while batch := source.batch():
            while batch:
                batch = self._answered(batch, setup, answers)

    def _answered(
        self, batch: list[tuple[int, bytes]], setup: bytes, answers: SimpleQueue[tuple[int, Answer]]
    ) -> list[tuple[int, bytes]]:
        """Gives the batch to the child; what is left of it when the child dies."""
        child = self.open()
        child.set_up(setup)
        child.give([piece for _, piece in batch])
        for done, (place, _) in enumerate(batch):
            answer = child.answer()
            if answer is None:
                self._child = None
                died = child.died()
                if self._may_not_be_its_fault(died, place, is_alone=child.answered == 0):
                    return batch[done:]
                answers.put((place, died))
                return batch[done + 1 :]
            answers.put((place, answer))
        return []

    def _may_not_be_its_fault(self, died: Died, place: int, *, is_alone: bool) -> bool:
        """Whether a piece is tried once more, in a child of its own.

        Memory may have been used up by the pieces before it; a crash may have come from outside.
        """
        if died.cause is Death.TIME or (died.cause is Death.MEMORY and is_alone) or place == self._tried_again:
            return False
        self._tried_again = place
        return True
