"""One month from what was pulled to what is written, as a pure function.

accept -> validate -> decide -> settle -> close; all centres as one frame (design, the road).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl

from ioc_etl.core.close import close
from ioc_etl.core.decide import Decisions, decide
from ioc_etl.core.facts import MonthFacts, facts_with_kept
from ioc_etl.core.findings import all_findings
from ioc_etl.core.intake import Intake, Offer, intake
from ioc_etl.core.ledger import LedgerFacts, ledger_facts
from ioc_etl.core.limits import hold_decisions
from ioc_etl.core.links import kept_links
from ioc_etl.core.posts import held_posts
from ioc_etl.core.rules import authority, budget, other_regimes, run, variance
from ioc_etl.core.settle import Settlement, nothing_settled, settle
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.tell import OF_ROSTER, tell
from ioc_etl.core.validate import validate
from ioc_etl.policy.model import Centre
from schemas.budget import ALLOCATION, COMMITTED_YEAR
from schemas.decision import DECISION
from schemas.layout import AcceptedLayout, Layout
from schemas.ledger import EARLIER_DECISION, LAST_MONTH, LAST_PAYMENT, STANDING, USED_LINK, VOIDED
from schemas.posts import DAY_POSTS
from schemas.raw_roster import SHEET_COLUMNS
from schemas.roster import ROSTER
from schemas.vocabulary import Outcome, PartMonthMethod


@dataclass(frozen=True, slots=True)
class MonthInput:
    """What one run decides from.

    `offers` are what the centres sent, `earlier` the readings of the files in force, `waivers` by their contract;
    `committed`, `used_links`, `voided`, `standing`, `earlier_decisions`, `last_payments`, `last_month` by their
    contracts (`schemas.ledger`).
    `last_layouts` are those of the centres' last accepted files, which the offered ones are compared with.

    `committed_year` sums committed money of the reference month's budget year per funding source (funding_source,
    committed_year_vnd): regular lines by their reference month, arrears and recoveries by their pay date.
    `pay_year` is the budget year in which arrears would be paid now, null for the reference month's own;
    `committed_pay_year` is that year's sums where it is another. `has_year_ended`: money of the reference month's
    budget year may not be paid any more. `in_force_sha256` names the bytes of `earlier`,
    `policy_version` the policy: what has changed tells a line its cause.
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
    used_links: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=USED_LINK))
    voided: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=VOIDED))
    standing: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=STANDING))
    earlier_decisions: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=EARLIER_DECISION))
    last_payments: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=LAST_PAYMENT))
    last_month: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=LAST_MONTH))
    pay_year: int | None = None
    committed_pay_year: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=COMMITTED_YEAR))
    in_force_sha256: Mapping[str, str] = field(default_factory=dict)
    policy_version: str = ""
    has_year_ended: bool = False


@dataclass(frozen=True, slots=True)
class MonthResult:
    """What one run writes.

    `decisions`, `findings`, `lines` by their contracts; `centres`: one row per centre of the month with its counts,
    amount, quota and budget; `balance` (`ioc_etl.core.settle.BALANCE`): what is committed, drafted and undecided of
    everybody's entitlement; `is_blocked`: nothing was decided (close reading 17). `links` are all former IDs of
    everybody with a row or in the ledger, former ID to person; `layouts` are those of the files the month rests on;
    `budgets` (`schemas.budget.ALLOCATION`) are those of every year that the register gives, whichever pays. `posts`
    (`schemas.posts.DAY_POSTS`) are those that the month's people may hold.
    """

    is_blocked: bool
    decisions: pl.DataFrame
    findings: pl.DataFrame
    lines: pl.DataFrame
    centres: pl.DataFrame
    balance: pl.DataFrame
    accepted: frozenset[str]
    in_force: frozenset[str]
    refused_offers: frozenset[str]
    links: Mapping[str, str] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    budgets: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=ALLOCATION))
    posts: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=DAY_POSTS))


def transform(given: MonthInput) -> MonthResult:
    """Decides the month.

    Raises:
        ControlTotalError: the books do not close.
        CentreError: a decided row does not keep the month's limits.
        ContractError: a frame does not keep its contract.
    """
    facts = given.facts
    about_run = all_findings(run.findings(facts, given.ignored_files, given.committed), facts.registers.findings)
    if run.is_blocked(about_run, facts):
        return _blocked(about_run, given, facts)
    kept = kept_links(facts.registers.identity_link, given.committed, given.used_links)
    about_run = all_findings(about_run, run.kept_links(kept))
    facts = facts_with_kept(facts, kept)
    taken = intake(given.offers, given.earlier, given.centres, facts, given.last_layouts)
    facts = replace(facts, ledger=_ledger(taken, given, facts.links))
    # What nobody looks at any more is let go of: a large month would be held as it was read, as it stands in the cells,
    # and as it was understood, all at once.
    given = replace(given, facts=facts, offers=(), earlier={})
    roster, found_in_cells = validate(taken.raw, facts)
    taken = replace(taken, raw=taken.raw.select("centre_code", "source_row"))
    decided = decide(roster, found_in_cells, facts, waivers=given.waivers)
    roster = roster.select(OF_ROSTER)
    return _settled(taken, roster, decided, about_run, given)


def _ledger(taken: Intake, given: MonthInput, links: pl.DataFrame) -> LedgerFacts:
    offered = {offer.centre_code: offer.sha256 for offer in given.offers if offer.centre_code in taken.accepted}
    sources = {code: sha256 for code, sha256 in given.in_force_sha256.items() if code in taken.in_force}
    return ledger_facts(
        links=links,
        committed=given.committed,
        voided=given.voided,
        standing=given.standing,
        earlier=given.earlier_decisions,
        last_payments=given.last_payments,
        last_month=given.last_month,
        sources=sources | {code: sha256 for code, sha256 in offered.items() if sha256 is not None},
        policy_version=given.policy_version,
    )


def _settled(
    taken: Intake, roster: pl.DataFrame, decided: Decisions, about_run: pl.DataFrame, given: MonthInput
) -> MonthResult:
    facts = given.facts
    hold_decisions(decided.rows, facts)
    settled = settle(decided, facts, has_year_ended=given.has_year_ended)
    centres, about_budget = _budget(taken, decided.rows, settled, given, facts)
    close(raw=taken.raw, decisions=decided.rows, settled=settled, facts=facts)
    concerned = about_run.filter(pl.col("centre_code").is_null() | pl.col("centre_code").is_in(list(taken.status)))
    told = tell(
        all_findings(
            concerned,
            taken.findings,
            decided.findings,
            about_budget,
            variance.findings(decided.rows, facts),
            authority.findings(taken.accepted | taken.in_force, given.centres, facts),
            other_regimes.findings(decided.rows, facts),
        ),
        roster=roster,
        decisions=decided.rows,
        sheet_columns=taken.sheet_columns,
        facts=facts,
        waivers=given.waivers,
        standing=decided.standing,
        pairs=decided.pairs,
    )
    return MonthResult(
        is_blocked=False,
        decisions=decided.rows,
        findings=told,
        lines=settled.lines,
        centres=centres.drop("is_decided"),
        balance=settled.balance,
        accepted=taken.accepted,
        in_force=taken.in_force,
        refused_offers=taken.refused_offers,
        links=_links(decided.rows, facts),
        layouts=taken.layouts,
        budgets=budget.allocations(facts.registers.budget),
        posts=_posts(facts, list(taken.status)),
    )


def _posts(facts: MonthFacts, centres: list[str]) -> pl.DataFrame:
    is_by_day = facts.policy.part_month is PartMonthMethod.CALENDAR_DAYS
    posts = facts.day_posts if is_by_day else held_posts(facts.centres, facts.posts, facts.month)
    return posts.filter(pl.col("centre_code").is_in(centres))


def _links(decisions: pl.DataFrame, facts: MonthFacts) -> dict[str, str]:
    """Former IDs that the ledger does not hold count too: opening lines may still bring money under one of them.

    An ID that the register withdraws from its link stands for itself: later runs are told so.
    """
    people = pl.concat([decisions.select("person_id"), facts.ledger.lines.select("person_id")]).unique()
    is_withdrawn = pl.col("citizen_id").is_in(facts.registers.identity_link["old_id"].to_list())
    former = facts.links.filter((pl.col("citizen_id") != pl.col("person_id")) | is_withdrawn)
    return dict(former.join(people, on="person_id", how="semi").select("citizen_id", "person_id").iter_rows())


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
    settled = nothing_settled()
    return MonthResult(
        is_blocked=True,
        decisions=decisions,
        findings=told,
        lines=settled.lines,
        centres=pl.DataFrame(schema={"centre_code": pl.String}),
        balance=settled.balance,
        accepted=frozenset(),
        in_force=frozenset(),
        refused_offers=frozenset(),
    )


def _budget(
    taken: Intake, decisions: pl.DataFrame, settled: Settlement, given: MonthInput, facts: MonthFacts
) -> tuple[pl.DataFrame, pl.DataFrame]:
    return budget.apply(
        _centres(taken, decisions, given.committed_year, facts),
        settled.lines,
        facts,
        pay_year=given.pay_year,
        committed_pay_year=given.committed_pay_year,
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
