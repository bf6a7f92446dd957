"""The demo's two months: January 2022 without a fault, February with the faults that every month brings."""

from dataclasses import dataclass, replace
from datetime import date

from ioc_etl.demo.province import Province, province
from ioc_etl.demo.registers import Entry, Registers, approved_entry, registers_of
from ioc_etl.demo.roster import Roster, RosterRow, numbered
from ioc_etl.reports.terms import STAFF_CATEGORY
from schemas.vocabulary import FindingCode, StaffCategory

JANUARY = date(2022, 1, 1)
FEBRUARY = date(2022, 2, 1)

_YEARLY_BUDGET_VND = {
    "tinh": 509_580_000,
    "dong-xoai": 241_380_000,
    "phuoc-long": 241_380_000,
    "binh-long": 241_380_000,
}
_HIGHER_SUPPORT_VND = 5_000_000
_LOWER_SUPPORT_VND = 500_000
_ENDED_SUPPORT_VND = 3_000_000
_IT_SUPPORT = "Hỗ trợ công nghệ thông tin"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something put wrong on purpose: where, and the finding it must cause. `row_no` is the roster's STT."""

    centre_code: str
    row_no: int | None
    code: FindingCode


@dataclass(frozen=True, slots=True)
class DemoMonths:
    """Everything the demo writes. `late` rosters are February's that were not sent in time."""

    january: Province
    february: tuple[Roster, ...]
    late: tuple[Roster, ...]
    registers: Registers
    faults: tuple[Fault, ...]


def demo_months() -> DemoMonths:
    """The same two months every time."""
    clean = province(month=JANUARY)
    thirteenth_officer, former_colleague = _new_officer(clean), _former_colleague(clean)
    january = replace(clean, rosters=tuple(_with_december(roster, former_colleague) for roster in clean.rosters))
    tinh, tinh_faults = _tinh(january, thirteenth_officer)
    dong_xoai, dong_xoai_faults = _dong_xoai(january, former_colleague)
    phuoc_long, phuoc_long_faults = _phuoc_long(january)
    late = replace(january.roster("binh-long"), month=FEBRUARY)
    missing = Fault("binh-long", None, FindingCode.ROSTER_MISSING)
    return DemoMonths(
        january=january,
        february=(tinh, dong_xoai, phuoc_long),
        late=(late,),
        registers=_registers(january, thirteenth_officer),
        faults=(*tinh_faults, *dong_xoai_faults, *phuoc_long_faults, missing),
    )


def _new_officer(january: Province) -> RosterRow:
    """One more officer than there are posts, approved from February on."""
    person = january.spare_people[0]
    return replace(
        january.roster("tinh").rows[0],
        full_name=person.full_name,
        birth_date=person.birth_date,
        citizen_id=person.citizen_id,
        bank_account=person.bank_account,
        bank_name=person.bank_name,
    )


def _former_colleague(january: Province) -> RosterRow:
    """Someone who left Đồng Xoài; the row was hidden, not deleted."""
    person = january.spare_people[1]
    return replace(
        january.roster("dong-xoai").rows[-1],
        full_name=person.full_name,
        birth_date=person.birth_date,
        citizen_id=person.citizen_id,
        bank_account=person.bank_account,
        bank_name=person.bank_name,
        note="Đã chuyển công tác",
        is_hidden=True,
    )


def _with_december(roster: Roster, former_colleague: RosterRow) -> Roster:
    """Đồng Xoài keeps last month's table on a hidden sheet, with someone who has left since."""
    if roster.centre.code != "dong-xoai":
        return roster
    then_there = replace(former_colleague, is_hidden=False, note=None)
    return replace(roster, last_rows=numbered((*roster.rows[:-1], then_there)))


def _tinh(january: Province, thirteenth_officer: RosterRow) -> tuple[Roster, tuple[Fault, ...]]:
    rows = list(january.roster("tinh").rows)
    rows.insert(12, thirteenth_officer)
    rows[4] = replace(rows[4], full_name=_without_middle_name(rows[4]))
    rows[13] = replace(rows[13], from_date=date(2022, 2, 17), note="Thay người chuyển công tác")
    rows[17] = replace(rows[17], bank_account=None)
    codes = (
        (5, FindingCode.NAME_DIFFERS),
        (13, FindingCode.OVER_QUOTA),
        (None, FindingCode.QUOTA_EXCEEDED),
        (None, FindingCode.APPROVED_LIST_OVER_QUOTA),
        (14, FindingCode.PART_MONTH),
        (16, FindingCode.OTHER_SUPPORT_HIGHER),
        (17, FindingCode.NOT_APPROVED),
        (18, FindingCode.BANK_ACCOUNT_MISSING),
    )
    return _sent("tinh", january, rows, codes)


def _dong_xoai(january: Province, former_colleague: RosterRow) -> tuple[Roster, tuple[Fault, ...]]:
    rows = [*january.roster("dong-xoai").rows, former_colleague]
    rows[2] = replace(rows[2], birth_date=None)
    rows[5] = replace(rows[5], staff_category=STAFF_CATEGORY[StaffCategory.CONTRACT])
    rows[7] = replace(rows[7], other_support_name=_IT_SUPPORT, other_support_vnd=_LOWER_SUPPORT_VND)
    codes = (
        (1, FindingCode.DUPLICATE_PERSON),
        (3, FindingCode.ID_INVALID),
        (6, FindingCode.CATEGORY_NOT_ELIGIBLE),
        (8, FindingCode.OTHER_SUPPORT_STILL_PAID),
        (10, FindingCode.ROW_HIDDEN),
        (None, FindingCode.HIDDEN_ROWS),
    )
    return _sent("dong-xoai", january, rows, codes)


def _phuoc_long(january: Province) -> tuple[Roster, tuple[Fault, ...]]:
    rows = list(january.roster("phuoc-long").rows)
    lent = january.roster("dong-xoai").rows[0]
    rows[1] = replace(rows[1], to_date="30/02/2022")
    rows[3] = replace(rows[3], duty="Tạp vụ")
    rows[4] = replace(lent, agency=rows[4].agency, shift=rows[4].shift)
    rows[6] = replace(rows[6], shift=4)
    codes = (
        (2, FindingCode.DATE_INVALID),
        (4, FindingCode.DUTY_OUT_OF_SCOPE),
        (5, FindingCode.DUPLICATE_PERSON),
        (7, FindingCode.SHIFT_INVALID),
        (None, FindingCode.SHIFT_UNDERSTAFFED),
        (10, FindingCode.ROW_MERGED),
    )
    return _sent("phuoc-long", january, [*rows, rows[0]], codes)


def _sent(
    centre_code: str, january: Province, rows: list[RosterRow], codes: tuple[tuple[int | None, FindingCode], ...]
) -> tuple[Roster, tuple[Fault, ...]]:
    before = january.roster(centre_code)
    roster = Roster(before.centre, FEBRUARY, numbered(rows), last_rows=before.rows if before.last_rows else ())
    return roster, tuple(Fault(centre_code, row_no, code) for row_no, code in codes)


def _without_middle_name(row: RosterRow) -> str:
    first, *_, last = str(row.full_name).split()
    return f"{first} {last}"


def _registers(january: Province, thirteenth_officer: RosterRow) -> Registers:
    """One set for both months: an approval that ends, one that begins, a support that is higher, two that are over."""
    registers = registers_of(january, yearly_budget_vnd=_YEARLY_BUDGET_VND)
    approved = list(registers.approved_list)
    approved[15] = {**approved[15], "valid_to": date(2022, 1, 31)}
    addition = ("105/QĐ-UBND", date(2022, 1, 24))
    approved.append(
        approved_entry("tinh", thirteenth_officer, len(approved) + 1, decision=addition, valid_from=FEBRUARY)
    )
    rows = january.roster("tinh").rows
    supports = (
        _support(rows[2], "87/QĐ-STTTT", _ENDED_SUPPORT_VND, date(2020, 1, 1), date(2021, 12, 31)),
        _support(rows[14], "12/QĐ-SYT", _HIGHER_SUPPORT_VND, FEBRUARY, None),
        _support(rows[16], "88/QĐ-STTTT", _ENDED_SUPPORT_VND, date(2020, 1, 1), date(2021, 12, 31)),
    )
    return replace(registers, approved_list=tuple(approved), other_support=supports)


def _support(row: RosterRow, decision_no: str, amount_vnd: int, valid_from: date, valid_to: date | None) -> Entry:
    return {
        "citizen_id": str(row.citizen_id),
        "regime": _IT_SUPPORT,
        "decision_no": decision_no,
        "amount_vnd": amount_vnd,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
