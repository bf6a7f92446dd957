"""What is due, in plain Python from rulebook section 6, sentence by sentence; it knows nothing of `ioc_etl.core`."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger_world import SeenLine, SeenRow, World

Key = tuple[str, str]
"""Centre and person."""


@dataclass(frozen=True, slots=True)
class Due:
    """Of everybody at a centre: what is owed, what was committed, and what of the difference is drafted."""

    entitled_vnd: int
    committed_vnd: int
    drafted_vnd: int
    kind: str | None


def due(world: World, *, is_payable: bool = True) -> dict[Key, Due]:
    """Everybody with an entitlement or money in the ledger; a month before go-live is computed, never paid."""
    rows, lines = world.rows(), world.ledger()
    committed = committed_money(world)
    entitled: dict[Key, int] = {}
    for row in rows:
        if row.amount_vnd:
            key = row.centre_code, str(row.person_id)
            entitled[key] = entitled.get(key, 0) + row.amount_vnd
    counted = opening_counted(world, entitled, committed)
    wanted = {
        key: 0
        if not is_payable or is_undecided(key, rows, lines, world) or is_to_be_set_off(key, entitled, committed)
        else entitled.get(key, 0) - committed.get(key, 0) - counted.get(key, 0)
        for key in entitled.keys() | committed.keys()
    }
    with_opening = {key: committed.get(key, 0) + counted.get(key, 0) for key in wanted}
    waits = {who for _, who in wanted if _is_too_much(who, wanted, entitled, with_opening)}
    approved = {line.centre_code for line in lines if line.batch_kind == "regular"}
    drafted = {key: 0 if key[1] in waits and vnd > 0 else vnd for key, vnd in wanted.items()}
    return {
        key: Due(entitled.get(key, 0), committed.get(key, 0), vnd, _kind(vnd, is_approved=key[0] in approved))
        for key, vnd in drafted.items()
    }


def committed_money(world: World) -> dict[Key, int]:
    """Signed lines that the bank did not return, less what was offset of recoveries, linked IDs as one.

    What was paid before go-live is no part of it.
    """
    committed: dict[Key, int] = {}
    for line in world.ledger():
        if line.batch_kind == "opening":
            continue
        key = line.centre_code, world.today(line.person_id)
        committed[key] = committed.get(key, 0) + line.counted_vnd
    return committed


def opening_money(world: World) -> dict[Key, int]:
    """What was paid before go-live, linked IDs as one."""
    paid: dict[Key, int] = {}
    for line in world.ledger():
        if line.batch_kind == "opening":
            key = line.centre_code, world.today(line.person_id)
            paid[key] = paid.get(key, 0) + line.amount_vnd
    return paid


def opening_counted(world: World, entitled: dict[Key, int], committed: dict[Key, int]) -> dict[Key, int]:
    """What of it counts at each centre: first where it was paid, then elsewhere, never more than is due there."""
    paid = opening_money(world)
    counted: dict[Key, int] = {}
    for who in {person_id for _, person_id in paid}:
        left = sum(vnd for key, vnd in paid.items() if key[1] == who)
        keys = sorted(key for key in entitled.keys() | committed.keys() | paid.keys() if key[1] == who)
        for key in keys:
            room = max(entitled.get(key, 0) - committed.get(key, 0), 0)
            counted[key] = min(paid.get(key, 0), room)
            left -= counted[key]
        for key in keys:
            more = min(left, max(entitled.get(key, 0) - committed.get(key, 0), 0) - counted[key])
            counted[key] += more
            left -= more
    return counted


def days_held(centre_code: str, lines: Sequence[SeenLine], rows: Sequence[SeenRow], world: World) -> dict[str, int]:
    """The days that everybody with money at the centre holds by these lines, as bits.

    Those of the newest line that was not returned; of who has as much as the run gives, those of the run. Opening lines
    hold none.
    """
    money: dict[str, int] = {}
    newest: dict[str, int] = {}
    for line in lines:
        if line.centre_code != centre_code or line.is_returned:
            continue
        who = world.today(line.person_id)
        money[who] = money.get(who, 0) + line.counted_vnd
        if line.batch_kind != "opening":
            newest[who] = line.post_days
    held = {who: newest[who] for who, vnd in money.items() if vnd > 0 and who in newest}
    for who in held:
        own = [row for row in rows if (row.centre_code, row.person_id) == (centre_code, who) and row.amount_vnd]
        if own and sum(row.amount_vnd for row in own) == money[who]:
            held[who] = 0
            for row in own:
                held[who] |= row.post_days
    return held


def people_on_days(held: Mapping[str, int]) -> list[int]:
    """How many hold each day of a month."""
    return [sum(days >> place & 1 for days in held.values()) for place in range(31)]


def is_to_be_set_off(key: Key, entitled: dict[Key, int], committed: dict[Key, int]) -> bool:
    """Taken back, then returned by the bank: an open recovery, and nothing to be paid without a right."""
    return entitled.get(key, 0) == 0 and committed.get(key, 0) < 0


def is_undecided(key: Key, rows: Sequence[SeenRow], lines: Sequence[SeenLine], world: World) -> bool:
    """The centre's roster makes no statement about the person: undecided is not zero."""
    centre_code, who = key
    there = [row for row in rows if row.centre_code == centre_code]
    own = [row for row in there if row.person_id == who and row.outcome != "merged"]
    if not there:
        return True
    if any(row.is_standing for row in own):
        own = [row for row in own if row.is_standing]
    if any(row.outcome == "paid" for row in own):
        return False
    if own:
        return any(row.outcome == "held" and not row.has_no_right for row in own)
    names = {folded(line.full_name) for line in lines if (line.centre_code, world.today(line.person_id)) == key}
    return any(_may_be(row, names) for row in there)


def _may_be(row: SeenRow, names: set[str]) -> bool:
    if row.person_id is not None and row.outcome != "held":
        return False
    return folded(row.full_name) in names if row.full_name is not None else row.person_id is None


def folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).lower().split())


def _is_too_much(who: str, wanted: dict[Key, int], entitled: dict[Key, int], committed: dict[Key, int]) -> bool:
    """Where money is undecided at one centre, another centre's has to wait."""
    after = sum(committed.get(key, 0) + vnd for key, vnd in wanted.items() if key[1] == who)
    return after > sum(vnd for key, vnd in entitled.items() if key[1] == who)


def _kind(vnd: int, *, is_approved: bool) -> str | None:
    if vnd == 0:
        return None
    return "recovery" if vnd < 0 else "arrears" if is_approved else "regular"
