"""What each parameter's value looks like: one shape a parameter, the complete list of them.

A shape checks a value as YAML gave it (whole numbers only, closed word lists, no unknown keys) and gives it its type.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictInt,
    StrictStr,
    TypeAdapter,
    model_validator,
)

from schemas.text import word_key
from schemas.vocabulary import (
    AdoptionStatus,
    CentreKind,
    Duty,
    MonitoredService,
    PartMonthMethod,
    StaffCategory,
    WorkMode,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_NO_LEAP_YEAR = 2023


def _has_letters(word: str) -> str:
    if not word_key(word):
        raise ValueError("a word needs a letter or a digit")
    return word


def _each_once(items: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(items)) < len(items):
        raise ValueError("something is listed twice")
    return items


def _complete(members: type[StrEnum]) -> AfterValidator:
    def check(values: dict[StrEnum, T]) -> dict[StrEnum, T]:
        missing = [member.value for member in members if member not in values]
        if missing:
            raise ValueError(f"nothing is said about {', '.join(missing)}; add it")
        return values

    return AfterValidator(check)


Day = Annotated[date, Strict()]
Count = Annotated[StrictInt, Field(ge=0)]
Positive = Annotated[StrictInt, Field(gt=0)]
Percent = Annotated[StrictInt, Field(ge=0, le=1000)]
Text = Annotated[StrictStr, Field(min_length=1)]
Word = Annotated[StrictStr, AfterValidator(_has_letters)]
Words = Annotated[tuple[Word, ...], Field(min_length=1), AfterValidator(_each_once)]
BirthCodes = Annotated[
    tuple[Annotated[StrictStr, Field(pattern=r"^[0-9]{3}$")], ...], Field(min_length=1), AfterValidator(_each_once)
]
Code = Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Record(BaseModel):
    """A mapping with exactly these keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AgencyNameValue(Record):
    """What an agency is called from a day on, and the other ways to write it from then."""

    from_: Day = Field(alias="from")
    name: Word
    words: tuple[Word, ...] = ()
    reference: Text


class AgencyValue(Record):
    """One agency: its full name, the other ways to write it, and its names from later days on."""

    name: Word
    words: tuple[Word, ...] = ()
    later_names: tuple[AgencyNameValue, ...] = ()


class RegimeValue(Record):
    """Another special support of the law: its name, the other ways to write it, đồng a month, its days."""

    name: Word
    words: tuple[Word, ...] = ()
    amount_vnd: Positive
    valid_from: Day
    valid_to: Day | None = None
    reference: Text


class ServiceValue(Record):
    """One monitoring function: its full name, the duty it means as a duty, the other ways to write it."""

    name: Word
    duty: Duty
    words: tuple[Word, ...] = ()


class AdoptionValue(Record):
    """The adopted resolution, if there is one: all of it is given, or nothing.

    `applies_from` is the first of a month; `applies_words` are the words of the text that say so.
    """

    status: AdoptionStatus
    resolution_no: Text | None = None
    passed_on: Day | None = None
    effective_on: Day | None = None
    article: Text | None = None
    applies_from: Day | None = None
    applies_words: Text | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        said = [value for name, value in self if name != "status"]
        if any((value is None) is (self.status is AdoptionStatus.IN_FORCE) for value in said):
            raise ValueError("a draft says nothing more; an adopted text says number, days, article and applies_words")
        if self.applies_from is not None and self.applies_from.day != 1:
            raise ValueError("applies_from is the first of a month")
        return self


class PaymentTextValue(Record):
    """A text that allows payment while the policy is a draft: for which sources (none named: all) and months."""

    issuer: Text
    document_no: Text
    dated: Day
    funding_sources: tuple[Code, ...] = ()
    first_month: Day
    last_month: Day
    reference: Text


class DayOfNextYear(Record):
    """A day of the year after."""

    month: Annotated[StrictInt, Field(ge=1, le=12)]
    day: Annotated[StrictInt, Field(ge=1, le=31)]

    @model_validator(mode="after")
    def _exists(self) -> Self:
        date(_NO_LEAP_YEAR, self.month, self.day)
        return self

    def after(self, year: int) -> date:
        """The day in the year after `year`."""
        return date(year + 1, self.month, self.day)


class DigitsValue(Record):
    """Fewest and most digits."""

    min: Positive
    max: Positive


class PrintedFigures(Record):
    """What the source prints about one group of centres; what it does not print is absent."""

    posts: Positive | None = None
    per_person_vnd: Positive | None = None
    month_vnd: Positive | None = None
    year_vnd: Positive | None = None


class PrintedImpactValue(Record):
    """The source's own impact table: for which year and centres, its rows, what it says about all districts."""

    year: Positive
    centres: tuple[Code, ...]
    province: PrintedFigures
    districts: PrintedFigures
    total: PrintedFigures
    district_count: Positive
    all_districts: PrintedFigures
    provincial_budget_at_least_vnd: Positive


@dataclass(frozen=True, slots=True)
class Shape(Generic[T_co]):
    """One parameter: its name (which is its file's name) and the type of its values."""

    name: str
    adapter: TypeAdapter[Any]


SHAPES: dict[str, Shape[Any]] = {}
"""Every parameter of the policy, by name."""


def _shape(name: str, kind: Any) -> Shape[Any]:
    SHAPES[name] = Shape(name, TypeAdapter(kind))
    return SHAPES[name]


ADOPTION: Shape[AdoptionValue] = _shape("adoption", AdoptionValue)
POLICY_IN_FORCE: Shape[bool] = _shape("policy_in_force", StrictBool)
FIRST_MONTH: Shape[date] = _shape("first_month", Day)
ADJUSTMENT_ENDS_ON: Shape[DayOfNextYear] = _shape("adjustment_ends_on", DayOfNextYear)
BASE_SALARY: Shape[int] = _shape("base_salary", Positive)
COEFFICIENT: Shape[dict[WorkMode, int]] = _shape("coefficient", Annotated[dict[WorkMode, Count], _complete(WorkMode)])
PART_MONTH: Shape[PartMonthMethod] = _shape("part_month", PartMonthMethod)
HALF_MONTH_DAYS: Shape[int] = _shape("half_month_days", Positive)
ELIGIBLE_CATEGORIES: Shape[tuple[StaffCategory, ...]] = _shape("eligible_categories", tuple[StaffCategory, ...])
CATEGORY_WORDS: Shape[dict[StaffCategory, tuple[str, ...]]] = _shape("category_words", dict[StaffCategory, Words])
MODE_WORDS: Shape[dict[WorkMode, tuple[str, ...]]] = _shape("mode_words", dict[WorkMode, Words])
DUTY_WORDS: Shape[dict[Duty, tuple[str, ...]]] = _shape("duty_words", dict[Duty, Words])
DUTY_PREFIXES: Shape[tuple[str, ...]] = _shape("duty_prefixes", tuple[Word, ...])
MONITORED_SERVICES: Shape[dict[MonitoredService, ServiceValue]] = _shape(
    "monitored_services", Annotated[dict[MonitoredService, ServiceValue], _complete(MonitoredService)]
)
AGENCIES: Shape[dict[str, AgencyValue]] = _shape("agencies", dict[Code, AgencyValue])
OTHER_REGIMES: Shape[dict[str, RegimeValue]] = _shape("other_regimes", dict[Code, RegimeValue])
AGENCY_SUCCESSION: Shape[dict[str, str]] = _shape("agency_succession", dict[Code, Code])
AGENCY_QUOTA: Shape[dict[str, int]] = _shape("agency_quota", dict[Code, Count])
CENTRE_QUOTA: Shape[dict[CentreKind, int]] = _shape(
    "centre_quota", Annotated[dict[CentreKind, Count], _complete(CentreKind)]
)
EXPECTED_MODE: Shape[dict[str, WorkMode]] = _shape("expected_mode", dict[Code, WorkMode])
SHIFT_STAFFING: Shape[dict[str, int]] = _shape("shift_staffing", dict[Code, Count])
SHIFTS: Shape[tuple[int, ...]] = _shape("shifts", Annotated[tuple[Positive, ...], AfterValidator(_each_once)])
ORDINARY_ALLOWANCES: Shape[tuple[str, ...]] = _shape("ordinary_allowances", tuple[Word, ...])
ORDINARY_ALLOWANCES_EXACT: Shape[tuple[str, ...]] = _shape("ordinary_allowances_exact", tuple[Word, ...])
ALLOWANCE_PREFIXES: Shape[tuple[str, ...]] = _shape("allowance_prefixes", tuple[Word, ...])
NO_SUPPORT_WORDS: Shape[tuple[str, ...]] = _shape("no_support_words", tuple[Word, ...])
PLACEHOLDER_WORDS: Shape[tuple[str, ...]] = _shape("placeholder_words", tuple[Word, ...])
DITTO_WORDS: Shape[tuple[str, ...]] = _shape("ditto_words", tuple[Word, ...])
ABSENCE_WORDS: Shape[tuple[str, ...]] = _shape("absence_words", tuple[Word, ...])
BIRTH_CODES: Shape[tuple[str, ...]] = _shape("birth_codes", BirthCodes)
FOREIGN_BIRTH_CODE_FROM: Shape[int] = _shape("foreign_birth_code_from", Positive)
CITIZEN_ID_DIGITS: Shape[int] = _shape("citizen_id_digits", Positive)
RESTORABLE_DIGITS: Shape[tuple[int, ...]] = _shape("restorable_digits", tuple[Positive, ...])
CMND_DIGITS: Shape[int] = _shape("cmnd_digits", Positive)
CMND_VALID_UNTIL: Shape[date] = _shape("cmnd_valid_until", Day)
BANK_ACCOUNT_DIGITS: Shape[DigitsValue] = _shape("bank_account_digits", DigitsValue)
ROSTER_MAX_MIB: Shape[int] = _shape("roster_max_mib", Positive)
BUDGET_NEARLY_USED_PERCENT: Shape[int] = _shape("budget_nearly_used_percent", Percent)
VARIANCE_PERCENT: Shape[int] = _shape("variance_percent", Percent)
EXPIRING_DAYS: Shape[int] = _shape("expiring_days", Count)
PAYMENT_PERMISSIONS: Shape[tuple[PaymentTextValue, ...]] = _shape("payment_permissions", tuple[PaymentTextValue, ...])
PAYMENT_LEGAL_BASIS: Shape[str] = _shape("payment_legal_basis", Text)
PRINTED_IMPACT: Shape[PrintedImpactValue] = _shape("printed_impact", PrintedImpactValue)
