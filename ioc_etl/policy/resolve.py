"""The policy at one reference month: dated values picked, words folded, merged agencies followed."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar, cast

from ioc_etl.errors import PolicyError
from ioc_etl.policy import shapes
from ioc_etl.policy.model import Adoption, Centre, MonthPolicy, Parameter, PaymentText, Policy, Regime
from schemas.text import word_key
from schemas.vocabulary import AdoptionStatus, Duty, MonitoredService, WorkMode

T = TypeVar("T")
_BYTES_IN_MIB = 1024 * 1024


def policy_at(policy: Policy, month: date) -> MonthPolicy:
    """Every parameter at the month whose first day is `month`.

    A month without a base salary has null there. A month outside the policy's life is not in force and takes the first
    value of whatever has none, so that the run can still say POLICY_NOT_IN_FORCE.

    Raises:
        PolicyError: the policy is in force, but another parameter has no value for the month.
    """
    at = _At(policy, month)
    last_day = month.replace(day=monthrange(month.year, month.month)[1])
    agencies = at(shapes.AGENCIES)
    services = at(shapes.MONITORED_SERVICES)
    successor = _successors(agencies, at(shapes.AGENCY_SUCCESSION))
    adoption = adopted(policy, month)
    expiring_days = at(shapes.EXPIRING_DAYS)
    account_digits = at(shapes.BANK_ACCOUNT_DIGITS)
    return MonthPolicy(
        first_day=month,
        last_day=last_day,
        is_in_force=(at.or_none(shapes.POLICY_IN_FORCE) or False)
        and (adoption.applies_from is None or adoption.applies_from <= month),
        adjustment_ends_on=adjustment_end(policy, month),
        is_payable=month >= first_payable_month(policy, month),
        adoption=adoption,
        base_salary_vnd=at.or_none(shapes.BASE_SALARY),
        coefficient_tenths=at(shapes.COEFFICIENT),
        part_month=at(shapes.PART_MONTH),
        half_month_days=at(shapes.HALF_MONTH_DAYS),
        eligible_categories=frozenset(at(shapes.ELIGIBLE_CATEGORIES)),
        category_words=_meanings(at(shapes.CATEGORY_WORDS)),
        mode_words=_meanings(at(shapes.MODE_WORDS)),
        duty_words=_duty_words(at(shapes.DUTY_WORDS), services),
        monitored_service_words=_meanings({code: (s.name, *s.words) for code, s in services.items()}),
        other_regimes={code: _regime(code, regime) for code, regime in at(shapes.OTHER_REGIMES).items()},
        regime_words=_meanings({code: (r.name, *r.words) for code, r in at(shapes.OTHER_REGIMES).items()}),
        agency_words=_meanings({code: _agency_words(agency, last_day) for code, agency in agencies.items()}),
        agency_names={code: _agency_name(agency, last_day) for code, agency in agencies.items()},
        agency_successor=successor,
        agency_quota=_summed(at(shapes.AGENCY_QUOTA), successor),
        centre_quota=at(shapes.CENTRE_QUOTA),
        expected_mode=_moved(at(shapes.EXPECTED_MODE), successor, month),
        shift_staffing=_summed(at(shapes.SHIFT_STAFFING), successor),
        shifts=at(shapes.SHIFTS),
        ordinary_allowance_words=_keys(at(shapes.ORDINARY_ALLOWANCES)),
        ordinary_allowance_exact=frozenset(_keys(at(shapes.ORDINARY_ALLOWANCES_EXACT))),
        allowance_prefixes=_keys(at(shapes.ALLOWANCE_PREFIXES)),
        no_support_words=frozenset(_keys(at(shapes.NO_SUPPORT_WORDS))),
        placeholder_words=frozenset(_keys(at(shapes.PLACEHOLDER_WORDS))),
        ditto_words=frozenset(_keys(at(shapes.DITTO_WORDS))),
        absence_words=_keys(at(shapes.ABSENCE_WORDS)),
        duty_prefixes=_keys(at(shapes.DUTY_PREFIXES)),
        birth_codes=frozenset(at(shapes.BIRTH_CODES)),
        foreign_birth_code_from=at(shapes.FOREIGN_BIRTH_CODE_FROM),
        citizen_id_digits=at(shapes.CITIZEN_ID_DIGITS),
        restorable_digits=at(shapes.RESTORABLE_DIGITS),
        cmnd_digits=at(shapes.CMND_DIGITS),
        cmnd_valid_until=at(shapes.CMND_VALID_UNTIL),
        bank_account_min_digits=account_digits.min,
        bank_account_max_digits=account_digits.max,
        roster_max_bytes=at(shapes.ROSTER_MAX_MIB) * _BYTES_IN_MIB,
        budget_nearly_used_percent=at(shapes.BUDGET_NEARLY_USED_PERCENT),
        variance_percent=at(shapes.VARIANCE_PERCENT),
        payment_legal_basis=at(shapes.PAYMENT_LEGAL_BASIS),
        base_salary_basis=_reference(policy.parameters[shapes.BASE_SALARY.name], month),
        payment_texts=_payment_texts(at(shapes.PAYMENT_PERMISSIONS), month),
        expiring_days=expiring_days,
        expiring=_expiring(policy, last_day, expiring_days),
    )


def adopted(policy: Policy, month: date) -> Adoption:
    """The adoption as it bears on a month: the last one recorded, whenever that was, for every month (rule 18)."""
    parameter = policy.parameters[shapes.ADOPTION.name]
    values = [cast("shapes.AdoptionValue", dated.value) for dated in parameter.values]
    law = next((value for value in reversed(values) if value.status is AdoptionStatus.IN_FORCE), None)
    if law is None:
        return Adoption(_At(policy, month)(shapes.ADOPTION).status)
    return Adoption(law.status, law.resolution_no, law.passed_on, law.effective_on, law.article, law.applies_from)


def _reference(parameter: Parameter, month: date) -> str:
    dated = parameter.at(month)
    return "" if dated is None else dated.reference


def _payment_texts(texts: Iterable[shapes.PaymentTextValue], month: date) -> tuple[PaymentText, ...]:
    return tuple(
        PaymentText(text.issuer, text.document_no, text.dated, text.funding_sources)
        for text in texts
        if text.first_month <= month <= text.last_month
    )


def centres_at(policy: Policy, month: date) -> dict[str, Centre]:
    """The registry as it is in the month whose first day is `month`: names, what titles call a centre, who pays."""
    last_day = month.replace(day=monthrange(month.year, month.month)[1])
    return {code: centre.at(month, last_day) for code, centre in policy.centres.items()}


def first_payable_month(policy: Policy, month: date) -> date:
    """The first month that this system pays, as the policy says it at `month`."""
    return _At(policy, month)(shapes.FIRST_MONTH)


def adjustment_end(policy: Policy, month: date) -> date:
    """The last day on which money of the month's budget year may be paid (hết thời gian chỉnh lý quyết toán)."""
    return _At(policy, month)(shapes.ADJUSTMENT_ENDS_ON).after(month.year)


@dataclass(frozen=True, slots=True)
class _At:
    """Picks the values of one month. Values begin and end with months, so any day of the month tells the same."""

    policy: Policy
    month: date

    def __call__(self, shape: shapes.Shape[T]) -> T:
        """The value at the month; before the policy began, the parameter's first value."""
        parameter = self.policy.parameters[shape.name]
        dated = parameter.at(self.month)
        if dated is None and not self.or_none(shapes.POLICY_IN_FORCE):
            dated = parameter.values[0]
        if dated is None:
            raise PolicyError(_no_value(parameter, self.month))
        return cast("T", dated.value)

    def or_none(self, shape: shapes.Shape[T]) -> T | None:
        """The value at the month, or None."""
        dated = self.policy.parameters[shape.name].at(self.month)
        return None if dated is None else cast("T", dated.value)


def _no_value(parameter: Parameter, month: date) -> str:
    first, last = parameter.values[0].valid_from, parameter.values[-1].valid_to
    reason = f"it begins on {first}" if month < first else f"it ended on {last}"
    return (
        f"{parameter.name}.yaml: the parameter has no value for {month:%Y-%m} ({reason}); "
        "add a dated value with its reference"
    )


def _keys(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word_key(word) for word in words))


def _meanings(words: Mapping[T, Iterable[str]]) -> dict[str, T]:
    """Folded word to code; the code itself is a word too."""
    return {key: code for code, listed in words.items() for key in _keys((str(code), *listed))}


def _duty_words(
    words: Mapping[Duty, Iterable[str]], services: Mapping[MonitoredService, shapes.ServiceValue]
) -> dict[str, Duty]:
    """A monitoring function named as a duty means the function's duty; the duties' own words go before (rule 3)."""
    of_services = {key: s.duty for code, s in services.items() for key in _keys((code, s.name, *s.words))}
    return of_services | _meanings(words)


def _successors(agencies: Iterable[str], succession: Mapping[str, str]) -> dict[str, str]:
    return {code: _last(code, succession) for code in agencies}


def _last(code: str, succession: Mapping[str, str]) -> str:
    while code in succession:
        code = succession[code]
    return code


def _agency_name(agency: shapes.AgencyValue, day: date) -> str:
    return [agency.name, *(later.name for later in agency.later_names if later.from_ <= day)][-1]


def _agency_words(agency: shapes.AgencyValue, day: date) -> tuple[str, ...]:
    """Every name so far: whoever writes a list does not forget the old one on the day of the new."""
    later = [word for each in agency.later_names if each.from_ <= day for word in (each.name, *each.words)]
    return (agency.name, *agency.words, *later)


def _regime(code: str, regime: shapes.RegimeValue) -> Regime:
    return Regime(code, regime.name, regime.amount_vnd, regime.valid_from, regime.valid_to)


def _summed(numbers: Mapping[str, int], successor: Mapping[str, str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for code, number in numbers.items():
        heir = successor.get(code, code)
        sums[heir] = sums.get(heir, 0) + number
    return sums


def _moved(modes: Mapping[str, WorkMode], successor: Mapping[str, str], month: date) -> dict[str, WorkMode]:
    moved: dict[str, WorkMode] = {}
    for code, mode in modes.items():
        heir = successor.get(code, code)
        if moved.setdefault(heir, modes.get(heir, mode)) != modes.get(heir, mode):
            raise PolicyError(
                f"expected_mode.yaml: in {month:%Y-%m} {heir} takes over agencies of different modes; give its own mode"
            )
    return moved


def _expiring(policy: Policy, last_day: date, days: int) -> tuple[tuple[str, date], ...]:
    until = last_day + timedelta(days=days)
    ends = ((name, parameter.values[-1].valid_to) for name, parameter in policy.parameters.items())
    return tuple(sorted((name, end) for name, end in ends if end is not None and last_day <= end <= until))
