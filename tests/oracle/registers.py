"""The registers as the rulebook reads them: who is approved when, how many posts, other supports, budgets."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.oracle.cells import bare, date_of, money_of, text_of
from tests.oracle.law import Law, fold

REQUIRED = ("approved_list", "establishment", "other_support")


@dataclass
class Approval:
    """One person on one decision of one centre."""

    centre: str
    decided: date
    start: date
    end: date
    order: int
    name: str
    citizen_id: str
    agency: str | None
    is_full: bool


@dataclass
class Headcount:
    """One row of a decision on a district's posts."""

    centre: str
    decision: str
    decided: date
    start: date
    end: date
    posts: int
    agency: str | None


@dataclass
class Support:
    """One other support of the register."""

    citizen_id: str
    regime: str
    amount: int | None
    start: date
    end: date


@dataclass
class Registers:
    """All registers of a month, typed, with what is wrong in them."""

    approvals: list[Approval] = field(default_factory=list)
    headcounts: list[Headcount] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    unreadable_supports: set[str] = field(default_factory=set)
    budgets: dict[tuple[str, int], int] = field(default_factory=dict)
    bad_budgets: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    bad_centres: set[str] = field(default_factory=set)
    run_codes: set[str] = field(default_factory=set)


Row = dict[str, object]
END = date(9999, 12, 31)


def read(given: dict[str, list[Row] | str | None], centres: Iterable[str], law: Law) -> Registers:  # noqa: C901 - five registers, one by one
    """Rows of every register (None: missing, a text: unreadable as a whole) to what they say."""
    out = Registers()
    known = set(centres)
    for name in ("approved_list", "establishment", "other_support", "budget", "identity_link"):
        rows = given.get(name)
        if rows is None and name in REQUIRED:
            out.run_codes.add("REGISTER_MISSING")
        if isinstance(rows, str):
            out.run_codes.add("REGISTER_INVALID")
    for row in _rows(given, "approved_list"):
        _approval(row, out, known, law)
    for row in _rows(given, "establishment"):
        _headcount(row, out, known, law)
    _bad_splits(out, law)
    for row in _rows(given, "other_support"):
        _support(row, out, law)
    for row in _rows(given, "budget"):
        _budget(row, out)
    for row in _rows(given, "identity_link"):
        old, new = _id(row.get("old_id"), law), _id(row.get("new_id"), law)
        if not (old and new):
            out.run_codes.add("REGISTER_INVALID")
            continue
        a, b = person(out, old), person(out, new)
        if a != b:
            out.links[a] = b
    _close_by_full_lists(out)
    return out


def person(registers: Registers, citizen_id: str) -> str:
    """Who an ID stands for: linked IDs are one."""
    while citizen_id in registers.links:
        citizen_id = registers.links[citizen_id]
    return citizen_id


def _rows(given: dict[str, list[Row] | str | None], name: str) -> list[Row]:
    rows = given.get(name)
    return rows if isinstance(rows, list) else []


def _text(row: Row, name: str) -> str | None:
    return text_of(row.get(name))


def _id(value: object, law: Law) -> str | None:
    """An ID of a register; a lost zero is restored. A birth code that there is not makes it none."""
    digits = bare(text_of(value) or "")
    if not digits.isdigit():
        return None
    if len(digits) in {10, 11}:
        digits = digits.zfill(12)
    if len(digits) == 12:
        return digits if int(digits[:3]) >= 100 or digits[:3] in law.birth_codes else None
    return digits if len(digits) == 9 else None


def _span(row: Row) -> tuple[date, date] | None:
    start_text, end_text = _text(row, "valid_from"), _text(row, "valid_to")
    start = date_of(start_text) if start_text else None
    end = date_of(end_text) if end_text else END
    return (start, end) if start and end and start <= end else None


def _approval(row: Row, out: Registers, known: set[str], law: Law) -> None:
    centre = _text(row, "centre_code") or ""
    span, decided = _span(row), date_of(_text(row, "decision_date") or "")
    citizen_id, name = _id(row.get("citizen_id"), law), _text(row, "full_name")
    if centre not in known:
        return
    if not (span and decided and citizen_id and name):
        out.bad_centres.add(centre)
        return
    agency = _text(row, "agency")
    kind = fold(_text(row, "list_kind") or "addition")
    order = _text(row, "list_order") or ""
    out.approvals.append(
        Approval(
            centre,
            decided,
            *span,
            int(order) if order.isdigit() else 10**6,
            name,
            citizen_id,
            (law.agency(agency) or fold(agency)) if agency else None,
            kind == "full",
        )
    )


def _headcount(row: Row, out: Registers, known: set[str], law: Law) -> None:
    centre = _text(row, "centre_code") or ""
    span, decided = _span(row), date_of(_text(row, "decision_date") or "")
    posts, agency = _text(row, "headcount") or "", _text(row, "agency")
    if centre not in known:
        return
    if not (span and decided and posts.isdigit()):
        out.bad_centres.add(centre)
        return
    out.headcounts.append(
        Headcount(
            centre,
            _text(row, "decision_no") or "",
            decided,
            *span,
            int(posts),
            (law.agency(agency) or fold(agency)) if agency else None,
        )
    )


def _bad_splits(out: Registers, law: Law) -> None:
    """A decision that splits its posts by agency splits them all, not above a district's quota; else none counts."""
    decisions: dict[tuple[str, str, date], list[Headcount]] = {}
    for row in out.headcounts:
        decisions.setdefault((row.centre, row.decision, row.decided), []).append(row)
    for (centre, _, _), rows in decisions.items():
        by_agency = [row for row in rows if row.agency]
        is_above = sum(row.posts for row in by_agency) > int(law.centre_posts["district"])
        if by_agency and (len(by_agency) < len(rows) or is_above):
            out.bad_centres.add(centre)
            out.headcounts = [row for row in out.headcounts if row not in rows]


def _support(row: Row, out: Registers, law: Law) -> None:
    citizen_id, span = _id(row.get("citizen_id"), law), _span(row)
    amount = money_of(_text(row, "amount_vnd") or "")
    if citizen_id is None:
        out.run_codes.add("REGISTER_INVALID")
    elif span is None or amount is None:
        out.unreadable_supports.add(citizen_id)
    else:
        out.supports.append(Support(citizen_id, _text(row, "regime") or "", amount, *span))


def _budget(row: Row, out: Registers) -> None:
    source, year = _text(row, "funding_source") or "", _text(row, "year") or ""
    amount = money_of(_text(row, "amount_vnd") or "")
    if not year.isdigit() or amount is None:
        out.bad_budgets.add(source)
        return
    out.budgets[source, int(year)] = out.budgets.get((source, int(year)), 0) + amount


def _close_by_full_lists(out: Registers) -> None:
    """A full list ends every earlier row of its centre on the day before it begins."""
    fulls = {(a.centre, a.start, a.decided) for a in out.approvals if a.is_full}
    for approval in out.approvals:
        for centre, start, decided in fulls:
            is_earlier = (approval.decided, approval.start) < (decided, start) and not (
                approval.is_full and approval.decided == decided
            )
            if centre == approval.centre and is_earlier:
                approval.end = min(approval.end, start - timedelta(days=1))
