"""Good months, and the difference a test makes to them: `roster_row(staff_category="Hợp đồng")`.

Everybody here is invented. Person n always has the same name, birth date, citizen ID and account, so that a test says
only who is who and what is different. Nothing is random and nothing knows today.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from uuid import NAMESPACE_OID, uuid5

import polars as pl

from ioc_etl.adapters.policy_files import load_policy
from ioc_etl.core.facts import MonthFacts, month_facts
from ioc_etl.core.intake import Offer
from ioc_etl.core.registers import Registers
from ioc_etl.core.sheet import RosterReading
from ioc_etl.core.transform import MonthInput, MonthResult, transform
from ioc_etl.policy import shapes
from ioc_etl.policy.model import DatedValue, MonthPolicy, Policy
from ioc_etl.policy.resolve import policy_at
from schemas.columns import ROSTER_FIELDS
from schemas.finding import RAISED
from schemas.ledger import COMMITTED, EARLIER_DECISION, LAST_MONTH, LAST_PAYMENT
from schemas.raw_roster import RAW_ROSTER
from schemas.register import APPROVED_LIST, BUDGET, ESTABLISHMENT, IDENTITY_LINK, OTHER_SUPPORT
from schemas.vocabulary import AdoptionStatus
from schemas.waiver import WAIVER

Cells = Mapping[str, object]
"""One row of a frame: column -> what stands there."""

PROVINCE = "tinh"
DISTRICT = "dong-xoai"
POLICY_BEGINS = date(2022, 1, 1)

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi")
_MIDDLE = ("Văn", "Thị", "Đức", "Ngọc", "Minh", "Xuân", "Thanh", "Quốc")
_GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hòa", "Khánh", "Lộc")
_AGENCY_NAMES = {
    "Công an tỉnh": "cong-an",
    "Sở Y tế": "so-y-te",
    "Sở Thông tin và Truyền thông": "so-tttt",
    "Sở Kế hoạch và Đầu tư": "so-khdt",
    "Sở Khoa học và Công nghệ": "so-khcn",
    "Sở Tài chính": "so-tai-chinh",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person, born in the twentieth century and registered in Bình Phước (070)."""

    full_name: str
    birth_date: date
    citizen_id: str
    bank_account: str


def person(number: int) -> Person:
    """Person `number`, 1 to 512; always the same."""
    born = date(1970 + number % 30, 1 + number % 12, 1 + number % 28)
    name = (_FAMILY[number % 8], _MIDDLE[number // 8 % 8], _GIVEN[number // 64 % 8])
    return Person(
        full_name=" ".join(name),
        birth_date=born,
        citizen_id=f"0700{born:%y}{number:06d}",
        bank_account=f"5500{number:06d}",
    )


def roster_row(number: int = 1, *, centre_code: str = DISTRICT, **differences: object) -> dict[str, object]:
    """A row of the raw roster (`schemas.raw_roster`) for person `number` that nothing is wrong with: direct work, the
    whole month. In the province the person is a police officer, in a district a public employee."""
    who, is_province = person(number), centre_code == PROVINCE
    good = {
        "centre_code": centre_code,
        "sheet": "Danh sách",
        "source_row": number + 1,
        "is_hidden": False,
        "group_text": None,
        "unreadable": [],
        "number_cells": [],
        "row_no": str(number),
        "full_name": who.full_name,
        "birth_date": f"{who.birth_date:%d/%m/%Y}",
        "citizen_id": who.citizen_id,
        "agency": "Công an tỉnh" if is_province else "Văn phòng HĐND và UBND",
        "staff_category": "Công an" if is_province else "Viên chức",
        "duty": "Vận hành dịch vụ",
        "monitored_service": "Y tế",
        "work_mode": "Trực tiếp",
        "coefficient": None,
        "shift": str(1 + number % 3),
        "from_date": None,
        "to_date": None,
        "other_support_name": None,
        "other_support_vnd": None,
        "bank_account": who.bank_account,
        "bank_name": "Agribank CN tỉnh Bình Phước",
        "note": None,
    }
    return _differing(good, differences, RAW_ROSTER)


def raw_roster(rows: Iterable[Cells]) -> pl.DataFrame:
    """Rows as the raw roster of all centres."""
    return pl.DataFrame([dict(row) for row in rows], schema=RAW_ROSTER, orient="row")


def approval(number: int = 1, **differences: object) -> dict[str, object]:
    """Person `number` on the provincial list of police officers, for as long as the policy lives."""
    who = person(number)
    good = {
        "centre_code": PROVINCE,
        "decision_no": "3120/QĐ-UBND",
        "decision_date": date(2021, 12, 20),
        "valid_from": date(2021, 12, 20),
        "valid_to": None,
        "list_order": number,
        "full_name": who.full_name,
        "citizen_id": who.citizen_id,
        "agency": "cong-an",
        "list_kind": "addition",
        "register_row": number + 1,
    }
    return _differing(good, differences, APPROVED_LIST)


def approval_of(row: Cells, **differences: object) -> dict[str, object]:
    """The row of the approved list that a roster row agrees with in everything."""
    agency = _AGENCY_NAMES.get(str(row["agency"] or row["group_text"]), "cong-an")
    agreed = {name: row[name] for name in ("centre_code", "full_name", "citizen_id")}
    return approval(**{**agreed, "agency": agency, **differences})


def establishment(**differences: object) -> dict[str, object]:
    """The decision on a district centre's headcount: nine posts for as long as the policy lives."""
    good = {
        "centre_code": DISTRICT,
        "decision_no": "41/NQ-HĐND",
        "decision_date": date(2021, 12, 17),
        "valid_from": POLICY_BEGINS,
        "valid_to": None,
        "headcount": 9,
        "agency": None,
        "register_row": 2,
    }
    return _differing(good, differences, ESTABLISHMENT)


def other_support(number: int = 1, **differences: object) -> dict[str, object]:
    """A special support of person `number` in the register, higher than ours."""
    good = {
        "citizen_id": person(number).citizen_id,
        "regime": "Hỗ trợ công nghệ thông tin",
        "decision_no": "101/QĐ-UBND",
        "amount_vnd": 5_000_000,
        "valid_from": POLICY_BEGINS,
        "valid_to": None,
        "is_readable": True,
        "register_row": 2,
    }
    return _differing(good, differences, OTHER_SUPPORT)


def budget(**differences: object) -> dict[str, object]:
    """A year's allocation of one funding source that nothing can use up."""
    good = {
        "funding_source": DISTRICT,
        "year": 2022,
        "decision_no": "2201/QĐ-UBND",
        "decision_date": date(2021, 12, 24),
        "amount_vnd": 900_000_000_000,
        "is_readable": True,
        "register_row": 2,
    }
    return _differing(good, differences, BUDGET)


def identity_link(old_id: str, new_id: str, **differences: object) -> dict[str, object]:
    """A change of ID: both are one person."""
    good = {"old_id": old_id, "new_id": new_id, "decision_no": "05/XN", "register_row": 2}
    return _differing(good, differences, IDENTITY_LINK)


def waiver(code: str, person_key: str, **differences: object) -> dict[str, object]:
    """Finance sets one person's finding at one centre aside, for good."""
    good = {
        "waiver_id": f"{code} {person_key}",
        "code": code,
        "centre_code": DISTRICT,
        "person_key": person_key,
        "valid_from": POLICY_BEGINS,
        "valid_to": None,
        "reason": "Đã đối chiếu hồ sơ",
    }
    return _differing(good, differences, WAIVER)


def _differing(good: dict[str, object], differences: Cells, contract: Mapping[str, pl.DataType]) -> dict[str, object]:
    unknown = [name for name in (*good, *differences) if name not in contract]
    if unknown:
        raise KeyError(f"no such column: {', '.join(unknown)}")
    return good | dict(differences)


def _frame(rows: Iterable[Cells], contract: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([dict(row) for row in rows], schema=dict(contract), orient="row")


def waivers(rows: Iterable[Cells] = ()) -> pl.DataFrame:
    """Waivers as a frame."""
    return _frame(rows, WAIVER)


def registers(
    *,
    approved_list: Iterable[Cells] = (),
    establishments: Iterable[Cells] | None = None,
    other_supports: Iterable[Cells] = (),
    budgets: Iterable[Cells] | None = None,
    identity_links: Iterable[Cells] = (),
    findings: pl.DataFrame | None = None,
    year: int = 2022,
) -> Registers:
    """The registers of a month. Unless told otherwise every open district has nine posts and every funding source more
    money than it can use in `year`. Rows are numbered as they come."""
    open_districts = [code for code in centre_codes() if code != PROVINCE]
    if establishments is None:
        establishments = [establishment(centre_code=code) for code in open_districts]
    if budgets is None:
        budgets = [budget(funding_source=code, year=year) for code in centre_codes()]
    return Registers(
        approved_list=_frame(_numbered(approved_list), APPROVED_LIST),
        establishment=_frame(_numbered(establishments), ESTABLISHMENT),
        other_support=_frame(_numbered(other_supports), OTHER_SUPPORT),
        budget=_frame(_numbered(budgets), BUDGET),
        identity_link=_frame(_numbered(identity_links), IDENTITY_LINK),
        findings=pl.DataFrame(schema=RAISED) if findings is None else findings,
    )


def _numbered(rows: Iterable[Cells]) -> list[Cells]:
    return [{**row, "register_row": number} for number, row in enumerate(rows, start=2)]


@cache
def policy() -> Policy:
    """The packaged policy."""
    return load_policy()


@cache
def _packaged_at(month: date) -> MonthPolicy:
    return policy_at(policy(), month)


def centre_codes() -> list[str]:
    """The centres that are open."""
    return [code for code, centre in policy().centres.items() if centre.opened_on is not None]


def policy_with(parameters: Mapping[str, object]) -> Policy:
    """The packaged policy with other values: parameter -> value, or a list of {from, to, value} over time.

    A value is written as its YAML file would write it.
    """
    packaged = policy()
    if not parameters:
        return packaged
    changed = {
        name: replace(packaged.parameters[name], values=_dated(name, value)) for name, value in parameters.items()
    }
    return replace(packaged, parameters={**packaged.parameters, **changed})


def _dated(name: str, value: object) -> tuple[DatedValue, ...]:
    is_over_time = isinstance(value, list) and bool(value) and all(isinstance(v, dict) and "from" in v for v in value)
    periods: Sequence[Mapping[str, object]] = (
        value if isinstance(value, list) and is_over_time else [{"from": POLICY_BEGINS, "value": value}]
    )
    adapter = shapes.SHAPES[name].adapter
    return tuple(
        DatedValue(
            valid_from=_day(period["from"]),
            valid_to=_day(period["to"]) if "to" in period else None,
            value=adapter.validate_python(period["value"]),
            reference="Quyết định giả định của phép thử",
            status=AdoptionStatus.DRAFT,
        )
        for period in periods
    )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no date")
    return value


def facts_of(month: date, given: Registers, *, at: Policy | None = None) -> MonthFacts:
    """What the rules of a month look up."""
    whole = at or policy()
    return month_facts(
        month=month,
        policy=_packaged_at(month) if whole is policy() else policy_at(whole, month),
        texts=whole.findings,
        registers=given,
        centres=whole.centres.values(),
    )


def committed_line(number: int = 1, **differences: object) -> dict[str, object]:
    """A committed line of person `number` (`schemas.ledger.COMMITTED`): direct work in January 2022, regular."""
    who = person(number)
    good = {
        "payment_id": str(uuid5(NAMESPACE_OID, repr((number, sorted(differences.items(), key=str))))),
        "reference_month": POLICY_BEGINS,
        "centre_code": DISTRICT,
        "batch_kind": "regular",
        "person_id": who.citizen_id,
        "citizen_id": who.citizen_id,
        "full_name": who.full_name,
        "staff_category": "public_employee",
        "agency": None,
        "work_mode": "direct",
        "coefficient_tenths": 15,
        "base_salary_vnd": 1_490_000,
        "amount_vnd": 2_235_000,
        "bank_account": who.bank_account,
        "bank_name": "Agribank CN tỉnh Bình Phước",
        "legal_basis": "Tờ trình",
        "sheet": "Danh sách",
        "source_row": number + 1,
        "cause": "decided",
        "cause_detail": None,
        "post_days": None,
        "source_sha256": "a" * 64,
        "run_id": "00000000-0000-0000-0000-000000000001",
        "is_returned": False,
        "return_reason": None,
    }
    return _differing(good, differences, COMMITTED)


def committed_lines(rows: Iterable[Cells] = ()) -> pl.DataFrame:
    """Committed lines as a frame, in the order in which they were committed."""
    return _frame(rows, COMMITTED)


def earlier_decision(number: int = 1, **differences: object) -> dict[str, object]:
    """Person `number` as decided in January 2022 before: paid for direct work."""
    who = person(number)
    good = {
        "centre_code": DISTRICT,
        "person_id": who.citizen_id,
        "citizen_id": who.citizen_id,
        "birth_date": who.birth_date.isoformat(),
        "outcome": "paid",
        "codes": [],
        "work_mode": "direct",
        "coefficient_tenths": 15,
        "base_salary_vnd": 1_490_000,
        "days_on_duty": 31,
        "paid_days": 31,
        "source_sha256": "a" * 64,
        "policy_version": "b" * 64,
    }
    return _differing(good, differences, EARLIER_DECISION)


def earlier_decisions(rows: Iterable[Cells] = ()) -> pl.DataFrame:
    """Earlier decisions as a frame."""
    return _frame(rows, EARLIER_DECISION)


def last_payment(number: int = 1, **differences: object) -> dict[str, object]:
    """The last payment of person `number`, in December 2021, to the account that the roster names too."""
    who = person(number)
    good = {
        "person_id": who.citizen_id,
        "reference_month": date(2021, 12, 1),
        "bank_account": who.bank_account,
        "bank_name": "Agribank CN tỉnh Bình Phước",
    }
    return _differing(good, differences, LAST_PAYMENT)


def last_payments(rows: Iterable[Cells] = ()) -> pl.DataFrame:
    """Last payments as a frame."""
    return _frame(rows, LAST_PAYMENT)


def in_last_month(number: int = 1, **differences: object) -> dict[str, object]:
    """Person `number` on last month's roster, paid for direct work all month."""
    good = {
        "centre_code": DISTRICT,
        "person_id": person(number).citizen_id,
        "work_mode": "direct",
        "days_on_duty": 31,
        "base_salary_vnd": 1_490_000,
        "amount_vnd": 2_235_000,
    }
    return _differing(good, differences, LAST_MONTH)


def last_month(rows: Iterable[Cells] = ()) -> pl.DataFrame:
    """Last month as a frame."""
    return _frame(rows, LAST_MONTH)


def committed_money(of_year: Mapping[str, int] | None = None) -> pl.DataFrame:
    """What each funding source has committed in the year."""
    schema = {"funding_source": pl.String, "committed_year_vnd": pl.Int64}
    return pl.DataFrame(list((of_year or {}).items()), schema=schema, orient="row")


def readings_of(raw: pl.DataFrame) -> dict[str, RosterReading]:
    """What reading each centre's file would have given: an accepted table of these rows."""
    return {str(code): _reading(rows) for (code,), rows in raw.group_by("centre_code", maintain_order=True)}


def _reading(rows: pl.DataFrame) -> RosterReading:
    return RosterReading(
        sheet=rows["sheet"][0],
        columns={name: rows[name].to_list() for name in ROSTER_FIELDS},
        source_row=rows["source_row"].to_list(),
        is_hidden=rows["is_hidden"].to_list(),
        group_text=rows["group_text"].to_list(),
        unreadable=rows["unreadable"].to_list(),
        number_cells=rows["number_cells"].to_list(),
    )


def file_hash(centre_code: str, number: int = 0) -> str:
    """The SHA-256 of a centre's invented file."""
    return sha256(f"{centre_code} {number}".encode()).hexdigest()


def month_result(
    raw: pl.DataFrame,
    facts: MonthFacts,
    *,
    waived: pl.DataFrame | None = None,
    committed: pl.DataFrame | None = None,
    committed_year: Mapping[str, int] | None = None,
    ignored_files: Collection[str] = (),
    at: Policy | None = None,
    **more: object,
) -> MonthResult:
    """The month decided from these rows, by the same function as a real run. `more` are fields of `MonthInput`."""
    return transform(
        MonthInput(
            facts=facts,
            centres=(at or policy()).centres,
            offers=tuple(
                Offer(code, (f"{code}.xlsx",), reading, sha256=file_hash(code))
                for code, reading in readings_of(raw).items()
            ),
            earlier={},
            waivers=waivers() if waived is None else waived,
            committed=committed_lines() if committed is None else committed,
            committed_year=committed_money(committed_year),
            ignored_files=tuple(ignored_files),
            **more,  # type: ignore[arg-type]
        )
    )
