"""One month from what was pulled to what is written, as a pure function.

accept -> validate -> decide -> settle -> close; all centres as one frame (design, the road).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from ioc_etl.core.close import close
from ioc_etl.core.decide import decide
from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings
from ioc_etl.core.intake import Intake, Offer, intake
from ioc_etl.core.rules import budget, run
from ioc_etl.core.settle import settle
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.tell import tell
from ioc_etl.core.validate import validate
from ioc_etl.policy.model import Centre
from schemas.decision import DECISION
from schemas.layout import AcceptedLayout, Layout
from schemas.raw_roster import SHEET_COLUMNS
from schemas.roster import ROSTER
from schemas.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class MonthInput:
    """What one run decides from.

    `offers` are what the centres sent, `earlier` the readings of the files in force, `waivers` by their contract;
    `committed` names people with approved money for the month (centre_code, person_id), `committed_year` sums it per
    funding source and budget year (funding_source, committed_year_vnd); `last_layouts` are those of the centres' last
    accepted files, which the offered ones are compared with.
    """

    facts: MonthFacts
    centres: Mapping[str, Centre]
    offers: tuple[Offer, ...]
    earlier: Mapping[str, RosterReading]
    waivers: pl.DataFrame
    committed: pl.DataFrame
    committed_year: pl.DataFrame
    ignored_files: tuple[str, ...] = ()
    last_layouts: Mapping[str, AcceptedLayout] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonthResult:
    """What one run writes.

    `decisions`, `findings`, `lines` by their contracts; `centres`: one row per centre of the month with its counts,
    amount, quota and budget; `is_blocked`: nothing was decided (close reading 17). `layouts` are those of the files
    the month rests on.
    """

    is_blocked: bool
    decisions: pl.DataFrame
    findings: pl.DataFrame
    lines: pl.DataFrame
    centres: pl.DataFrame
    accepted: frozenset[str]
    in_force: frozenset[str]
    refused_offers: frozenset[str]
    layouts: Mapping[str, Layout] = field(default_factory=dict)


def transform(given: MonthInput) -> MonthResult:
    """Decides the month.

    Raises:
        ControlTotalError: the books do not close.
        ContractError: a frame does not keep its contract.
    """
    facts = given.facts
    about_run = all_findings(run.findings(facts, given.ignored_files), facts.registers.findings)
    if run.is_blocked(about_run, facts):
        return _blocked(about_run, given, facts)
    taken = intake(given.offers, given.earlier, given.centres, facts, given.last_layouts)
    # What was read stands in the frame from here on, and then in the roster: a large month would be held three times.
    given = replace(given, offers=(), earlier={})
    roster, found_in_cells = validate(taken.raw, facts)
    taken = replace(taken, raw=taken.raw.select("centre_code", "source_row"))
    return _decided(taken, roster, found_in_cells, about_run, given)


def _decided(
    taken: Intake, roster: pl.DataFrame, found_in_cells: pl.DataFrame, about_run: pl.DataFrame, given: MonthInput
) -> MonthResult:
    facts = given.facts
    decided = decide(roster, found_in_cells, facts, waivers=given.waivers, committed=given.committed)
    lines = settle(decided.rows, legal_basis=facts.policy.payment_legal_basis, is_payable=facts.policy.is_payable)
    centres, about_budget = budget.apply(_centres(taken, decided.rows, given.committed_year, facts), facts)
    close(
        raw=taken.raw,
        decisions=decided.rows,
        lines=lines,
        posts=facts.centres.select("centre_code", "posts"),
        is_payable=facts.policy.is_payable,
    )
    concerned = about_run.filter(pl.col("centre_code").is_null() | pl.col("centre_code").is_in(list(taken.status)))
    told = tell(
        all_findings(concerned, taken.findings, decided.findings, about_budget),
        roster=roster,
        decisions=decided.rows,
        sheet_columns=taken.sheet_columns,
        facts=facts,
        waivers=given.waivers,
    )
    return MonthResult(
        is_blocked=False,
        decisions=decided.rows,
        findings=told,
        lines=lines,
        centres=centres.drop("is_decided"),
        accepted=taken.accepted,
        in_force=taken.in_force,
        refused_offers=taken.refused_offers,
        layouts=taken.layouts,
    )


def _blocked(about_run: pl.DataFrame, given: MonthInput, facts: MonthFacts) -> MonthResult:
    """Only the findings about the run itself are told."""
    decisions = pl.DataFrame(schema=DECISION)
    told = tell(
        about_run.filter(pl.col("centre_code").is_null()),
        roster=pl.DataFrame(schema=ROSTER),
        decisions=decisions,
        sheet_columns=pl.DataFrame(schema=SHEET_COLUMNS),
        facts=facts,
        waivers=given.waivers,
    )
    return MonthResult(
        is_blocked=True,
        decisions=decisions,
        findings=told,
        lines=settle(decisions, legal_basis="", is_payable=False),
        centres=pl.DataFrame(schema={"centre_code": pl.String}),
        accepted=frozenset(),
        in_force=frozenset(),
        refused_offers=frozenset(),
    )


def _centres(taken: Intake, decisions: pl.DataFrame, committed_year: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """One row per centre of the month: its file's status, rows by outcome, amount, posts, the year's commitments."""
    status = pl.DataFrame(
        [(code, str(status)) for code, status in taken.status.items()],
        schema={"centre_code": pl.String, "file_status": pl.String},
        orient="row",
    )
    outcome = pl.col("outcome")
    counted = decisions.group_by("centre_code").agg(
        pl.len().alias("rows_read"),
        *((outcome == kind.value).sum().alias(f"{kind.value}_rows") for kind in Outcome),
        pl.col("amount_vnd").sum(),
    )
    counts = ["rows_read", *(f"{kind.value}_rows" for kind in Outcome), "amount_vnd"]
    known = facts.centres.select("centre_code", "centre_name", "funding_source", pl.col("posts").alias("quota"))
    return (
        status.join(known, on="centre_code", how="left", maintain_order="left")
        .join(counted, on="centre_code", how="left", maintain_order="left")
        .join(committed_year, on="funding_source", how="left", maintain_order="left")
        .with_columns(
            pl.col(*counts, "committed_year_vnd").fill_null(0).cast(pl.Int64),
            pl.col("centre_code").is_in(sorted(taken.accepted | taken.in_force)).alias("is_decided"),
        )
    )
