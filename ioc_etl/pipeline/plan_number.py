"""The number of a plan: says of which month it is and what it rests on, so that applying it can say what has moved."""

import base64
import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ioc_etl.core.month import month_code, parse_month
from ioc_etl.errors import PlanMovedError, UsageError
from ioc_etl.pipeline.fingerprint import Parts, digest

FILES, REGISTERS, WORDS, POLICY, PROGRAM, LEDGER, RUN = MOVED = (
    "a roster, or a file that belongs to no centre",
    "a register",
    "a waiver, a roster handed in or another word of finance",
    "the policy",
    "the program",
    "the ledger (an approval, a void, a return or an opening)",
    "the month's current run, or the month before's (another run has decided it)",
)
"""What a number rests on, in its order, as it is told when it has moved."""

_LETTERS = 6
_SHAPE = re.compile(rf"(?P<month>[0-9]{{4}}-[0-9]{{2}})(?P<pieces>(?:-[a-z2-7]{{{_LETTERS}}}){{{len(MOVED)}}})")


@dataclass(frozen=True, slots=True)
class PlanNumber:
    """One short digest for each thing a plan rests on; written `2022-01-k3x7qa-…`."""

    month: date
    pieces: tuple[str, ...]

    @classmethod
    def of(cls, month: date, parts: Parts, *, ledger_position: int, run_id: UUID | None) -> "PlanNumber":
        """The number of the month as it stands."""
        rests_on: dict[str, object] = {
            FILES: [parts["offers"], parts["ignored"]],
            REGISTERS: parts["registers"],
            WORDS: [parts["waivers"], parts["standings"], parts["confirmed"]],
            POLICY: parts["policy"],
            PROGRAM: parts["code"],
            LEDGER: ledger_position,
            RUN: [str(run_id), parts["in_force"], parts["month_before"], parts["pay_year"], "has_year_ended" in parts],
        }
        return cls(month, tuple(_piece(rests_on[kind]) for kind in MOVED))

    @classmethod
    def parse(cls, text: str) -> "PlanNumber":
        """The number as `ioc-etl run MONTH --plan` printed it.

        Raises:
            UsageError: it is none.
        """
        match = _SHAPE.fullmatch(text.strip().lower())
        if match is None:
            raise UsageError(f"there is no plan {text!r}: take the number from `ioc-etl run MONTH --plan`")
        return cls(parse_month(match["month"]), tuple(match["pieces"][1:].split("-")))

    def __str__(self) -> str:
        return "-".join((month_code(self.month), *self.pieces))

    def refuse_other(self, now: "PlanNumber") -> None:
        """Raises PlanMovedError when the world is not any more as this plan found it; says what has moved."""
        moved = [kind for kind, then, is_now in zip(MOVED, self.pieces, now.pieces, strict=True) if then != is_now]
        if moved:
            month = month_code(self.month)
            raise PlanMovedError(
                f"the plan of {month} is out of date, nothing was done; moved since: {', '.join(moved)}; "
                f"plan again: ioc-etl run {month} --plan"
            )


def _piece(part: object) -> str:
    return base64.b32encode(bytes.fromhex(digest(part)))[:_LETTERS].decode().lower()
