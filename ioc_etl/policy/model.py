"""What the law says, as values: dated parameters, centres, the texts of findings, and all of it at one month."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from schemas.vocabulary import (
    AdoptionStatus,
    CentreKind,
    Duty,
    FindingCode,
    Level,
    MonitoredService,
    PartMonthMethod,
    RuleKey,
    Severity,
    StaffCategory,
    WorkMode,
)

OPTIONAL_PART = r"\[([^\[\]]*\{{{}\}}[^\[\]]*)\]"
"""A part of a finding's message in square brackets, with its one blank to be put in: told where that is filled."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value from one day on, with the paper it rests on."""

    valid_from: date
    valid_to: date | None
    value: object
    reference: str
    status: AdoptionStatus


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or choice of the policy: its unit, the clause it belongs to, its values over time."""

    name: str
    unit: str
    clause: str
    description_vi: str
    values: tuple[DatedValue, ...]

    def at(self, day: date) -> DatedValue | None:
        """The value in force on a day, or None."""
        for dated in self.values:
            if dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to):
                return dated
        return None


@dataclass(frozen=True, slots=True)
class CentreName:
    """What a centre is called from a day on, and what titles call it from then."""

    valid_from: date
    name: str
    aliases: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Continuation:
    """The text by which a centre is paid after its authority has ended: which days, by whom, from which source."""

    document_no: str
    dated: date
    valid_from: date
    valid_to: date
    successor: str | None
    funding_source: str
    reference: str


@dataclass(frozen=True, slots=True)
class Centre:
    """One Intelligent Operation Centre. `opened_on` is null while it is only planned (rule 1).

    `source_url` is where its rosters come from when not from the input root; `source_secret` the name, never the value,
    of the credentials for it. `later_names` follow `name` and `aliases` from their days on. After `authority_ended_on`
    nobody has said who pays, but for the days of a `continuation`.
    """

    code: str
    name: str
    kind: CentreKind
    funding_source: str
    opened_on: date | None
    closed_on: date | None
    aliases: tuple[str, ...]
    source_url: str | None = None
    reference: str = ""
    source_secret: str | None = None
    later_names: tuple[CentreName, ...] = ()
    successor: str | None = None
    authority_ended_on: date | None = None
    authority_reference: str = ""
    continuations: tuple[Continuation, ...] = ()

    def at(self, first_day: date, last_day: date) -> "Centre":
        """The centre of those days: its name on the last of them, every name so far as an alias, its funding source."""
        begun = [later for later in self.later_names if later.valid_from <= last_day]
        known = [word for later in begun for word in (later.name, *later.aliases)]
        funding = [text.funding_source for text in self.continuations if text.valid_from <= first_day <= text.valid_to]
        return replace(
            self,
            name=begun[-1].name if begun else self.name,
            aliases=tuple(dict.fromkeys((self.name, *self.aliases, *known))) if begun else self.aliases,
            funding_source=funding[-1] if funding else self.funding_source,
        )

    def has_authority_between(self, first_day: date, last_day: date) -> bool:
        """Whether its authority lasts, or one text continues it, on every day of first_day..last_day."""
        if self.authority_ended_on is None or last_day <= self.authority_ended_on:
            return True
        begins = max(first_day, self.authority_ended_on + timedelta(days=1))
        return any(text.valid_from <= begins and last_day <= text.valid_to for text in self.continuations)

    def is_open_between(self, first_day: date, last_day: date) -> bool:
        """Whether it is open on any day of first_day..last_day."""
        return (
            self.opened_on is not None
            and self.opened_on <= last_day
            and (self.closed_on is None or self.closed_on >= first_day)
        )


@dataclass(frozen=True, slots=True)
class FindingText:
    """What a finding is: how far it reaches, what it stops, how it is told, the clause it rests on.

    Messages may hold the blanks `{found}`, `{expected}`, `{place}` (`schemas.finding`) and optional parts
    (`OPTIONAL_PART`); `blanks` says what the rule that raises it puts there. Two lists of the rulebook that are not
    the same: `has_no_right` is section 4's "row, block, no right": no mending cures it, and committed money comes back.
    `frees_post` is rule 11's: the row holds no post in the quota. OVER_QUOTA is only on the first (it is what the
    ranking finds), ROW_HIDDEN only on the second (the row can be mended, but takes nobody's post meanwhile).
    `rule` is what it belongs to.
    """

    code: FindingCode
    level: Level
    severity: Severity
    is_waivable: bool
    has_no_right: bool
    frees_post: bool
    rule: RuleKey
    legal_basis: str
    message_vi: str
    message_en: str
    how_to_fix_vi: str
    how_to_fix_en: str
    blanks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Adoption:
    """Whether the policy is law, and by which text once there is one (rule 18).

    A month before `applies_from` is not the policy's from then on.
    """

    status: AdoptionStatus
    resolution_no: str | None = None
    passed_on: date | None = None
    effective_on: date | None = None
    article: str | None = None
    applies_from: date | None = None


@dataclass(frozen=True, slots=True)
class PaymentText:
    """A text that allows payment for a month while the policy is a draft; no `funding_sources` means all."""

    issuer: str
    document_no: str
    dated: date
    funding_sources: tuple[str, ...]

    def covers(self, funding_source: str) -> bool:
        """Whether it speaks of the source."""
        return not self.funding_sources or funding_source in self.funding_sources


@dataclass(frozen=True, slots=True)
class Regime:
    """Another special support of the law (rule 7): đồng a month, from day to day (null: open-ended)."""

    code: str
    name: str
    amount_vnd: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class MonthPolicy:
    """Every parameter at one reference month, ready for the rules. Money in đồng, coefficients in tenths.

    Words are keys of `schemas.text.word_key` (lower case, no accents, punctuation as single spaces): compare them with
    `word_key(text)`, columns with `ioc_etl.core.text.word_keys`. `*_words` that are mappings lead from a whole text to
    its code, and every code is a word for itself. A duty may have one of `duty_prefixes` and a space before the word.
    An ordinary allowance is, after one optional prefix of `allowance_prefixes`, either a phrase of
    `ordinary_allowance_words` (or that phrase, a space and more) or exactly one of `ordinary_allowance_exact`.
    `absence_words` are sought inside a note as whole words. `no_support_words` say that there is none,
    `placeholder_words` that a cell holds no value, `ditto_words` that it is as the one above.

    `other_regimes` is the catalogue of other special supports by code, `regime_words` leads to those codes.

    Agencies are already those of the month: `agency_names` are those of its last day, `agency_words` all up to then,
    `agency_successor` maps a merged department to the one that took its posts (identity for the rest), `agency_quota`,
    `expected_mode` and `shift_staffing` are keyed by the successor.
    `base_salary_vnd` is null in a month without a value, `is_in_force` false before the policy began; both stop the
    run, never the loading. `is_payable` is false before the first month that this system pays,
    `adjustment_ends_on` the last day on which money of the month's budget year may be paid. `expiring` are the
    parameters that end within `expiring_days` of the month's last day without a successor, with their last day.
    `payment_texts` are those that cover the month, `base_salary_basis` the decree of its base salary.
    """

    first_day: date
    last_day: date
    is_in_force: bool
    adjustment_ends_on: date
    is_payable: bool
    adoption: Adoption
    base_salary_vnd: int | None
    coefficient_tenths: Mapping[WorkMode, int]
    part_month: PartMonthMethod
    half_month_days: int
    eligible_categories: frozenset[StaffCategory]
    category_words: Mapping[str, StaffCategory]
    mode_words: Mapping[str, WorkMode]
    duty_words: Mapping[str, Duty]
    monitored_service_words: Mapping[str, MonitoredService]
    other_regimes: Mapping[str, Regime]
    regime_words: Mapping[str, str]
    agency_words: Mapping[str, str]
    agency_names: Mapping[str, str]
    agency_successor: Mapping[str, str]
    agency_quota: Mapping[str, int]
    centre_quota: Mapping[CentreKind, int]
    expected_mode: Mapping[str, WorkMode]
    shift_staffing: Mapping[str, int]
    shifts: tuple[int, ...]
    ordinary_allowance_words: tuple[str, ...]
    ordinary_allowance_exact: frozenset[str]
    allowance_prefixes: tuple[str, ...]
    no_support_words: frozenset[str]
    placeholder_words: frozenset[str]
    ditto_words: frozenset[str]
    absence_words: tuple[str, ...]
    duty_prefixes: tuple[str, ...]
    birth_codes: frozenset[str]
    foreign_birth_code_from: int
    citizen_id_digits: int
    restorable_digits: tuple[int, ...]
    cmnd_digits: int
    cmnd_valid_until: date
    bank_account_min_digits: int
    bank_account_max_digits: int
    roster_max_bytes: int
    budget_nearly_used_percent: int
    variance_percent: int
    payment_legal_basis: str
    base_salary_basis: str
    payment_texts: tuple[PaymentText, ...]
    expiring_days: int
    expiring: tuple[tuple[str, date], ...]

    def may_pay(self, funding_source: str) -> bool:
        """Whether the source's money of the month may leave: the policy is law, or a text allows it meanwhile."""
        is_law = self.adoption.status is AdoptionStatus.IN_FORCE
        return is_law or any(text.covers(funding_source) for text in self.payment_texts)

    def basis_for(self, funding_source: str) -> str:
        """What a line of the source rests on: `law_for`, and the decree of its base salary."""
        return "; ".join(filter(None, [self.law_for(funding_source), self.base_salary_basis]))

    def law_for(self, funding_source: str) -> str:
        """The resolution or its draft, and what allows payment of the source meanwhile."""
        adoption = self.adoption
        law = self.payment_legal_basis
        if adoption.status is AdoptionStatus.IN_FORCE:
            law = f"Nghị quyết {adoption.resolution_no} ngày {adoption.passed_on:%d/%m/%Y}, {adoption.article}"
        texts = [
            f"{text.issuer}: {text.document_no} ngày {text.dated:%d/%m/%Y}"
            for text in self.payment_texts
            if adoption.status is AdoptionStatus.DRAFT and text.covers(funding_source)
        ]
        return "; ".join([law, *texts])


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy. `version` is the SHA-256 of every file it was read from."""

    version: str
    parameters: Mapping[str, Parameter]
    findings: Mapping[FindingCode, FindingText]
    centres: Mapping[str, Centre]
