"""What a world with a ledger can do: the actions that the tests of the ledger are written in.

`ledger_in_memory` keeps everything in dictionaries, `integration/ledger_in_database` in files and a real database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from factories import Cells

BAD = "bad"
"""Instead of rows: the file cannot be read."""

PLENTY_VND = 900_000_000_000
"""A year's money that nothing can use up."""

OPEN = frozenset({"draft", "submitted"})
COMMITTED = frozenset({"approved", "exported", "paid"})
"""States of a batch: a run may still change it; its money is committed. Beside them `void`."""


class RefusedError(Exception):
    """The world does not let this happen, and nothing has happened."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What lies in the sources and stands in the policy when a run begins.

    `rosters`: what each centre offers, its rows, BAD, or None for no file. `headcounts`: the posts of each district,
    None for no decision. `listed`: citizen IDs on the provincial list. `links`: (old ID, new ID). `supports`: numbers
    of people with a higher support elsewhere. `budgets`: what a centre's year has where it is not plenty. `parameters`
    as `factories.policy_with` takes them.
    """

    rosters: Mapping[str, tuple[Cells, ...] | str | None]
    headcounts: Mapping[str, int | None]
    listed: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    supports: tuple[int, ...] = ()
    budgets: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)

    def budget_vnd(self, centre_code: str) -> int:
        """What the centre's year has."""
        return self.budgets.get(centre_code, PLENTY_VND)


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One row's end in the month's current run; `post_days` are bits, day 1 the lowest."""

    centre_code: str
    source_row: int
    person_id: str | None
    full_name: str | None
    outcome: str
    has_no_right: bool
    amount_vnd: int
    codes: tuple[str, ...]
    is_standing: bool = False
    post_days: int = 0


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One line of a batch, or of the ledger; `offset_vnd` of a recovery is not collected any more."""

    centre_code: str
    batch_kind: str
    person_id: str
    full_name: str
    amount_vnd: int
    cause: str = "decided"
    cause_detail: str | None = None
    payment_id: str = ""
    bank_account: str | None = None
    is_returned: bool = False
    offset_vnd: int = 0
    post_days: int = 0

    @property
    def counted_vnd(self) -> int:
        """What it commits by now."""
        return 0 if self.is_returned else self.amount_vnd + self.offset_vnd


@dataclass(frozen=True, slots=True)
class SeenBatch:
    """One batch with its lines."""

    batch_id: str
    centre_code: str
    kind: str
    number: int
    status: str
    lines: tuple[SeenLine, ...]


class World(Protocol):
    """One reference month with its sources, runs, batches and ledger. Every action may raise RefusedError."""

    def run(self, sent: Sent) -> None:
        """Decide the month from what is sent."""

    def rows(self) -> list[SeenRow]:
        """The rows of the current run."""

    def posts(self) -> Mapping[str, int]:
        """The posts of each centre in the current run."""

    def today(self, person_id: str) -> str:
        """Who an ID stands for by the links of the current run."""

    def batches(self) -> list[SeenBatch]:
        """Every batch, of whatever status."""

    def ledger(self) -> list[SeenLine]:
        """The lines of approved, exported and paid batches, in the order of their approval; returned ones too.

        So are lines of what was paid before go-live (batch kind `opening`).
        """

    def was_paid_before(self, centre_code: str, citizen_id: str, full_name: str, amount_vnd: int) -> None:
        """An opening line: paid outside the system."""

    def submit(self, batch_id: str) -> None:
        """To the approvers; again, when what it rests on has changed."""

    def approve(self, batch_id: str) -> None: ...
    def void(self, batch_id: str) -> None: ...
    def export(self, batch_id: str) -> None: ...
    def confirm(self, batch_id: str, returned: frozenset[str]) -> None:
        """The bank's answer: these payment ids came back, the rest is paid."""

    def confirm_recoveries(self, batch_id: str) -> None:
        """Every line of the recovery that waits for it."""

    def waive(self, centre_code: str, source_row: int, code: str) -> None: ...
    def stand(self, centre_code: str, source_row: int) -> None: ...
