"""The audit chain, for people: what was done, and whether anybody has changed it since."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ioc_etl.adapters import audit
from ioc_etl.adapters.migrate import failed_checks
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.services import Services

_LINK = re.compile(r"(?P<seq>[1-9][0-9]{0,17}):(?P<hash>[0-9a-f]{16,64})")
_SHOWN_DIGITS = 16
_STEPS = ("070", "075", "100")
"""The checks of what was approved and of the events that it rests on."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain, as it is kept on paper: the event's number and the beginning of its hash."""

    seq: int
    beginning: str

    @classmethod
    def parse(cls, text: str) -> "Link":
        """Of `17:0123456789abcdef`, 16 digits or more. Raises: UsageError when it is none."""
        match = _LINK.fullmatch(text.strip().lower())
        if match is None:
            raise UsageError(f"{text!r} is no link: write it as audit verify told it, such as 17:0123456789abcdef")
        return cls(int(match["seq"]), match["hash"])

    def __str__(self) -> str:
        return f"{self.seq}:{self.beginning}"


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How many events there are, and the number of the first broken link; null when all hold.

    `head` is the last event. `problems`: steps of the ledger that do not rest on their event. `is_expected`: the chain
    holds the link that was expected.
    """

    events: int
    broken_at: int | None
    head: Link | None
    problems: tuple[str, ...]
    is_expected: bool

    @property
    def is_sound(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.broken_at is None and self.is_expected and not self.problems


def verify(services: Services, expected: Link | None = None) -> ChainReport:
    """Walk the chain from its first event, then the steps that rest on it.

    A chain that was cut off at its end, or made anew as a whole, holds in itself: only a link kept elsewhere
    (`expected`) tells.
    """
    with services.engine.connect() as connection:
        head, meant = audit.link(connection), audit.link(connection, expected.seq) if expected else None
        return ChainReport(
            events=audit.count(connection),
            broken_at=audit.first_broken_link(connection),
            head=None if head is None else Link(head[0], head[1][:_SHOWN_DIGITS]),
            problems=tuple(failed_checks(services.engine, *_STEPS)),
            is_expected=expected is None or (meant is not None and meant[1].startswith(expected.beginning)),
        )


def events(services: Services, month: date | None = None, *, limit: int) -> Sequence[Mapping[str, object]]:
    """The last events of a month, or of all, the earliest first."""
    with services.engine.connect() as connection:
        return [dict(event) for event in audit.events(connection, month, limit=limit)]
