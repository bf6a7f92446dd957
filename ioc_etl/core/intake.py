"""File accepted? What each centre sent becomes rows to decide, or findings that refuse it. Never stops another centre.

Source: rulebook sections 3 and 4, close readings 2, 3 and 17; section 6, a file in force.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.layout_changes import layout_change
from ioc_etl.core.month import last_day, month_code
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.sheet_frames import raw_roster, sheet_columns
from ioc_etl.policy.model import Centre
from schemas.finding import RAISED
from schemas.layout import AcceptedLayout, Layout
from schemas.raised_finding import RaisedFinding
from schemas.vocabulary import FileStatus, FindingCode, Severity


@dataclass(frozen=True, slots=True)
class Offer:
    """What was found for one centre: no file, one file, or too many.

    `problem` names what kept the file from being read; `reading` is its table otherwise. `sha256` is of its bytes.
    """

    centre_code: str
    file_names: tuple[str, ...]
    reading: RosterReading | None = None
    problem: RaisedFinding | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The month's input: what is decided and why the rest is not.

    `raw` and `sheet_columns` as in `schemas.raw_roster`; `status` per centre of the month; `accepted` names the centres
    whose offered file is accepted, `in_force` those whose earlier file carries the month on; `refused_offers` those
    whose offered file is not accepted. `layouts` are those of the files the month rests on.
    """

    raw: pl.DataFrame
    sheet_columns: pl.DataFrame
    findings: pl.DataFrame
    status: Mapping[str, FileStatus]
    accepted: frozenset[str]
    in_force: frozenset[str]
    refused_offers: frozenset[str]
    layouts: Mapping[str, Layout] = field(default_factory=dict)


def intake(
    offers: Iterable[Offer],
    earlier: Mapping[str, RosterReading],
    centres: Mapping[str, Centre],
    facts: MonthFacts,
    last_layouts: Mapping[str, AcceptedLayout],
) -> Intake:
    """Judges every centre's offer.

    `earlier` are the readings of the files in force, `last_layouts` the layouts of the files accepted before the
    offered ones.
    """
    readings: dict[str, RosterReading] = {}
    status: dict[str, FileStatus] = {}
    findings: list[tuple[str, str | None, RaisedFinding]] = []
    accepted, in_force, refused = set(), set(), set()
    with_posts = set(facts.centres.drop_nulls("posts")["centre_code"])
    with_bad_register = _with_bad_register(facts)
    for offer in offers:
        centre = centres[offer.centre_code]
        about_centre = _about_centre(centre, facts, has_posts=centre.code in with_posts)
        about_file = _about_file(offer, facts, is_open=_is_open(centre, facts))
        about_layout = _about_layout(offer, last_layouts.get(centre.code))
        is_stopped = bool(about_centre) or centre.code in with_bad_register
        is_accepted = offer.reading is not None and not is_stopped and not _blocks(about_file, facts)
        carries_on = centre.code in earlier and not is_stopped
        if is_accepted and offer.reading is not None:
            readings[centre.code] = offer.reading
            accepted.add(centre.code)
            status[centre.code] = FileStatus.ACCEPTED
        elif carries_on:
            readings[centre.code] = earlier[centre.code]
            in_force.add(centre.code)
            status[centre.code] = FileStatus.ACCEPTED
            findings.extend((centre.code, None, finding) for finding in earlier[centre.code].findings)
        else:
            status[centre.code] = FileStatus.REFUSED if offer.file_names else FileStatus.MISSING
        if offer.file_names and not is_accepted:
            refused.add(centre.code)
        name = None if is_accepted else ", ".join(offer.file_names) or None
        findings.extend((centre.code, name, finding) for finding in [*about_centre, *about_file, *about_layout])
    return Intake(
        raw=raw_roster(readings),
        sheet_columns=sheet_columns(readings),
        findings=_frame(findings),
        status=status,
        accepted=frozenset(accepted),
        in_force=frozenset(in_force),
        refused_offers=frozenset(refused),
        layouts={code: reading.layout for code, reading in readings.items() if reading.layout is not None},
    )


def _is_open(centre: Centre, facts: MonthFacts) -> bool:
    return centre.is_open_between(facts.month, last_day(facts.month))


def _about_centre(centre: Centre, facts: MonthFacts, *, has_posts: bool) -> list[RaisedFinding]:
    """What refuses the centre for the month, whatever it sent."""
    if not _is_open(centre, facts):
        days = f"{_day(centre.opened_on)} - {_day(centre.closed_on)}"
        closed = FindingCode.CENTRE_NOT_OPEN
        return [RaisedFinding(code=closed, centre_code=centre.code, found=centre.name, expected=days)]
    day = _day(last_day(facts.month))
    unset = RaisedFinding(code=FindingCode.NO_ESTABLISHMENT, centre_code=centre.code, expected=day)
    return [] if has_posts else [unset]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "…"


def _with_bad_register(facts: MonthFacts) -> set[str]:
    """Centres with a row of the approved list or the establishment that cannot be read."""
    bad = facts.registers.findings.filter(pl.col("code") == FindingCode.REGISTER_ROW_INVALID)
    return set(bad["centre_code"])


def _about_file(offer: Offer, facts: MonthFacts, *, is_open: bool) -> Sequence[RaisedFinding]:
    if not offer.file_names:
        sought = f"rosters/{month_code(facts.month)}/{offer.centre_code}.xlsx"
        missing = RaisedFinding(code=FindingCode.ROSTER_MISSING, centre_code=offer.centre_code, place=sought)
        return [missing] if is_open else []
    if len(offer.file_names) > 1:
        names = ", ".join(offer.file_names)
        return [RaisedFinding(code=FindingCode.ROSTER_AMBIGUOUS, centre_code=offer.centre_code, found=names)]
    if offer.problem is not None:
        return [offer.problem]
    return offer.reading.findings if offer.reading is not None else []


def _about_layout(offer: Offer, last: AcceptedLayout | None) -> list[RaisedFinding]:
    """What has changed since the last accepted file; of a file without a table, what was lost."""
    reading = offer.reading
    if last is None or reading is None:
        return []
    if reading.layout is None and all(each.code is not FindingCode.HEADER_NOT_FOUND for each in reading.findings):
        return []
    change = layout_change(last.layout, reading.layout)
    if change is None:
        return []
    code, compared = FindingCode.LAYOUT_CHANGED, f"{last.reference_month:%m/%Y}"
    return [RaisedFinding(code, offer.centre_code, found=change.columns, expected=compared, place=change.place)]


def _blocks(findings: Sequence[RaisedFinding], facts: MonthFacts) -> bool:
    return any(facts.texts[finding.code].severity is Severity.BLOCK for finding in findings)


def _frame(findings: Sequence[tuple[str, str | None, RaisedFinding]]) -> pl.DataFrame:
    rows = [
        (str(f.code), centre_code, source_file, f.source_row, f.column_name, f.found, f.expected, f.place)
        for centre_code, source_file, f in findings
    ]
    return pl.DataFrame(rows, schema=RAISED, orient="row")
