"""Batches and opening lines as a ledger in memory keeps them, and as they are seen."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import NAMESPACE_OID, uuid5

from factories import Cells
from ledger_world import SeenLine

from schemas.ledger import COMMITTED


@dataclass
class Batch:
    """One batch; `basis` are the run's rows at its approval, `links` who its IDs stood for then.

    `returned` and `offset` are by payment: what came back, and how much of a recovery is not collected.
    """

    batch_id: str
    centre_code: str
    kind: str
    number: int
    status: str
    lines: list[Cells]
    approved_as: int = 0
    basis: list[Cells] = field(default_factory=list)
    links: Mapping[str, str] = field(default_factory=dict)
    returned: frozenset[str] = frozenset()
    offset: Counter[str] = field(default_factory=Counter)


def payment_id(batch_id: str, line: Cells) -> str:
    """Of a batch and a person, as the database does it."""
    return str(uuid5(NAMESPACE_OID, f"{batch_id} {line['person_id']}"))


def amount_of(line: Cells) -> int:
    return int(str(line["amount_vnd"]))


def standing_vnd(batch: Batch, line: Cells) -> int:
    """What a line commits, less what was offset of it."""
    return amount_of(line) + batch.offset[payment_id(batch.batch_id, line)]


def seen_lines(batch: Batch) -> tuple[SeenLine, ...]:
    names = [name for name in SeenLine.__slots__ if name not in {"payment_id", "is_returned", "offset_vnd"}]
    return tuple(
        SeenLine(
            **{name: line[name] for name in names},  # type: ignore[arg-type]
            payment_id=payment_id(batch.batch_id, line),
            is_returned=payment_id(batch.batch_id, line) in batch.returned,
            offset_vnd=batch.offset[payment_id(batch.batch_id, line)],
        )
        for line in batch.lines
    )


def opening_line(month: date, centre_code: str, citizen_id: str, full_name: str, amount_vnd: int) -> dict[str, object]:
    return {
        **dict.fromkeys(COMMITTED),
        "payment_id": str(uuid5(NAMESPACE_OID, f"{centre_code} opening {citizen_id}")),
        "reference_month": month,
        "centre_code": centre_code,
        "batch_kind": "opening",
        "person_id": citizen_id,
        "citizen_id": citizen_id,
        "full_name": full_name,
        "amount_vnd": amount_vnd,
        "legal_basis": "UNC 15",
        "cause": "decided",
        "is_returned": False,
        "post_days": 0,
    }


def seen_opening(line: Cells) -> SeenLine:
    names = [name for name in SeenLine.__slots__ if name not in {"cause_detail", "offset_vnd"}]
    return SeenLine(**{name: line[name] for name in names})  # type: ignore[arg-type]
