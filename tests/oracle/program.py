"""What the program makes of a month's files, in the same terms as the oracle."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from ioc_etl.adapters.settings import Settings
from ioc_etl.core.transform import MonthInput, transform
from ioc_etl.pipeline.extract import pull_month
from ioc_etl.pipeline.read import RosterReader, facts_of
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import DatedValue, Policy
from schemas.budget import COMMITTED_YEAR
from schemas.ledger import COMMITTED
from schemas.vocabulary import PartMonthMethod
from schemas.waiver import WAIVER
from tests.oracle.oracle import Month, Opinion

_SERVICES: dict[str, Policy] = {}


def _policy(services: Services, method: str) -> Policy:
    if method not in _SERVICES:
        policy = services.policy
        parameter = policy.parameters["part_month"]
        values: tuple[DatedValue, ...] = tuple(replace(v, value=PartMonthMethod(method)) for v in parameter.values)
        _SERVICES[method] = replace(
            policy, parameters={**policy.parameters, "part_month": replace(parameter, values=values)}
        )
    return _SERVICES[method]


def judged(root: Path, given: Month) -> Opinion:
    """Files to decisions, without a database."""
    services = Services(Settings(home=root / "home", input_root=str(root)))
    services.__dict__["policy"] = _policy(services, given.part_month)
    pulled = pull_month(services, given.month)
    with ReadingRooms() as rooms:
        facts = facts_of(services.policy, given.month, pulled.registers, rooms)
        offers = RosterReader(rooms, services.policy.centres, facts).offers(pulled.centres)
    result = transform(
        MonthInput(
            facts=facts,
            centres=services.policy.centres,
            offers=offers,
            earlier={},
            waivers=pl.DataFrame(schema=WAIVER),
            committed=pl.DataFrame(schema=COMMITTED),
            committed_year=pl.DataFrame(schema=COMMITTED_YEAR),
            ignored_files=pulled.ignored,
        )
    )
    rows = {
        (row["centre_code"], row["source_row"]): (row["outcome"], row["amount_vnd"], frozenset(row["codes"]))
        for row in result.decisions.to_dicts()
    }
    codes: dict[str, dict[str, set[str]]] = {
        level: {centre.centre_code: set() for centre in pulled.centres} for level in ("file", "centre")
    }
    run: set[str] = set()
    for finding in result.findings.to_dicts():
        if finding["level"] == "run":
            run.add(finding["code"])
        elif finding["level"] in codes:
            codes[finding["level"]].setdefault(finding["centre_code"], set()).add(finding["code"])
    return Opinion(rows, codes["file"], codes["centre"], run, result.is_blocked)


def differences(ours: Opinion, theirs: Opinion) -> list[str]:
    """Where the oracle (ours) and the program (theirs) say different things."""
    if ours.is_blocked or theirs.is_blocked:
        same = ours.is_blocked == theirs.is_blocked and ours.run_codes == theirs.run_codes
        return [] if same else [f"run: {sorted(ours.run_codes)} but {sorted(theirs.run_codes)}"]
    found = []
    if ours.run_codes != theirs.run_codes:
        found.append(f"run: {sorted(ours.run_codes)} but {sorted(theirs.run_codes)}")
    for level in ("file_codes", "centre_codes"):
        a, b = getattr(ours, level), getattr(theirs, level)
        found.extend(
            f"{level} {centre}: {sorted(a.get(centre, set()))} but {sorted(b.get(centre, set()))}"
            for centre in sorted(a.keys() | b.keys())
            if a.get(centre, set()) != b.get(centre, set())
        )
    for key in sorted(ours.rows.keys() | theirs.rows.keys()):
        a, b = ours.rows.get(key), theirs.rows.get(key)
        if a != b:
            only = f"{sorted(a[2] - b[2])} / {sorted(b[2] - a[2])}" if a and b else ""
            found.append(f"row {key}: {_shown(a)} but {_shown(b)}; only {only}")
    return found


def _shown(row: tuple[str, int, frozenset[str]] | None) -> str:
    return "no row" if row is None else f"{row[0]} {row[1]} {sorted(row[2])}"
