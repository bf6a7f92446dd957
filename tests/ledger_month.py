"""What is sent as the pure core takes it: policy, facts and offers; and its rows as they are seen."""

import json
from datetime import date
from functools import cache
from hashlib import sha256

import polars as pl
from factories import Cells, facts_of, policy_with, raw_roster, readings_of, registers
from ledger_sources import registers_of
from ledger_world import SeenRow, Sent

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.intake import Offer
from ioc_etl.core.transform import MonthResult
from ioc_etl.policy.model import Policy
from ioc_etl.policy.resolve import policy_at
from schemas.raised_finding import RaisedFinding
from schemas.vocabulary import FindingCode


def most_vnd(month: date, sent: Sent | None) -> int:
    """The most that one person gets in the month, by the policy of the last run."""
    at = policy_at(policy_of(written(sent)), month)
    return max(at.coefficient_tenths.values()) * (at.base_salary_vnd or 0) // 10


def written(sent: Sent | None) -> str:
    """The parameters, as a key."""
    return json.dumps(dict(sent.parameters) if sent else {}, sort_keys=True)


@cache
def policy_of(parameters: str) -> Policy:
    return policy_with(json.loads(parameters, object_hook=_with_days))


def _with_days(periods: dict[str, object]) -> dict[str, object]:
    days = {name: date.fromisoformat(str(periods[name])) for name in ("from", "to", "first_month") if name in periods}
    return periods | days


def facts_of_month(month: date, sent: Sent, policy: Policy) -> MonthFacts:
    rows = registers_of(sent, month.year)
    made = registers(
        approved_list=rows["approved_list"],
        establishments=rows["establishment"],
        other_supports=rows["other_support"],
        budgets=rows["budget"],
        identity_links=rows["identity_link"],
        year=month.year,
    )
    return facts_of(month, made, at=policy)


def offer_of(centre_code: str, rows: tuple[Cells, ...] | str | None) -> Offer:
    if rows is None:
        return Offer(centre_code, ())
    name = (f"{centre_code}.xlsx",)
    if not isinstance(rows, tuple):
        return Offer(centre_code, name, problem=RaisedFinding(FindingCode.ROSTER_UNREADABLE, centre_code))
    raw = raw_roster(replace_centre(rows, centre_code))
    digest = sha256(repr(sorted(map(repr, raw.rows()))).encode()).hexdigest()
    return Offer(centre_code, name, readings_of(raw)[centre_code], sha256=digest)


def replace_centre(rows: tuple[Cells, ...], centre_code: str) -> list[Cells]:
    """The rows as rows of this centre."""
    return [{**row, "centre_code": centre_code} for row in rows]


def seen_rows(result: MonthResult) -> list[SeenRow]:
    told = result.findings.filter((pl.col("code") == "DUPLICATE_PERSON") & (pl.col("severity") == "warn"))
    standing = set(told.select("centre_code", "source_row").rows())
    names = [name for name in SeenRow.__slots__ if name not in {"codes", "is_standing"}]
    return [
        SeenRow(
            **{name: row[name] for name in names},
            codes=tuple(row["codes"]),
            is_standing=(row["centre_code"], row["source_row"]) in standing,
        )
        for row in result.decisions.iter_rows(named=True)
    ]
