"""Months of several centres with whatever faults hypothesis draws, small enough for every quota to bind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

import polars as pl
from factories import (
    DISTRICT,
    PROVINCE,
    Cells,
    approval,
    approval_of,
    establishment,
    facts_of,
    identity_link,
    month_result,
    other_support,
    person,
    policy_with,
    raw_roster,
    registers,
    roster_row,
    waiver,
    waivers,
)
from hypothesis import strategies as st

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.month import days_in
from ioc_etl.core.transform import MonthResult
from ioc_etl.policy.model import Policy

SECOND_DISTRICT = "phuoc-long"
CENTRES = (PROVINCE, DISTRICT, SECOND_DISTRICT)
MONTHS = (date(2022, 1, 1), date(2022, 2, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 4, 1))
BASE_SALARY_VND = {2022: 1_490_000, 2024: 2_340_000, 2025: 2_340_000}
METHODS = ("full_month", "half_under_15_days", "calendar_days")
AGENCY_POSTS = {"cong-an": 3, "so-y-te": 2, "so-tttt": 1, "so-khdt": 1}
PROVINCE_POSTS = 5
DISTRICT_POSTS = 3
CMND = {1: "285918281", 2: "285918282", 3: "285918283"}
"""The old IDs of some people, linked to the new ones where a month says so."""
SHARED_ACCOUNT = "0123456789"


@dataclass(frozen=True, slots=True)
class GeneratedMonth:
    """What the centres sent and what the registers say."""

    month: date
    method: str
    rows: tuple[Cells, ...]
    approvals: tuple[Cells, ...] = ()
    headcounts: tuple[Cells, ...] = ()
    supports: tuple[Cells, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    committed_year: dict[str, int] = field(default_factory=dict)

    def with_rows(self, rows: Iterable[Cells]) -> "GeneratedMonth":
        """The same month with other rows."""
        return replace(self, rows=tuple(rows))

    def facts(self) -> MonthFacts:
        """What its rules look up."""
        made = registers(
            approved_list=self.approvals,
            establishments=self.headcounts,
            other_supports=self.supports,
            identity_links=[identity_link(old, new) for old, new in self.links],
            year=self.month.year,
        )
        return facts_of(self.month, made, at=small_policy(self.method))

    def result(self, waived: pl.DataFrame | None = None) -> MonthResult:
        """The month decided."""
        return month_result(raw_roster(self.rows), self.facts(), waived=waived, at=small_policy(self.method))


@cache
def small_policy(method: str) -> Policy:
    """The packaged policy with few posts."""
    return policy_with(
        {
            "part_month": method,
            "agency_quota": AGENCY_POSTS,
            "centre_quota": {"province": PROVINCE_POSTS, "district": DISTRICT_POSTS},
        }
    )


def everything_waived(result: MonthResult) -> pl.DataFrame:
    """A waiver for every finding of every row, whether it may be waived or not."""
    told = result.findings.filter(pl.col("source_row").is_not_null())
    of_people = told.select("code", "centre_code", "person_key").unique()
    return waivers(waiver(**row) for row in of_people.iter_rows(named=True))


# ---- Faults: what a row says differently


def _days(draw: st.DrawFn, month: date) -> Cells:
    last = days_in(month)
    start = st.integers(-20, last + 20).map(lambda day: f"{month + timedelta(days=day):%d/%m/%Y}")
    middle = st.sampled_from([9, 13, 14, 15, 16]).map(lambda day: f"{month + timedelta(days=day):%d/%m/%Y}")
    written = st.none() | middle | start | st.sampled_from(["đầu tháng", "01/01/22", "31/02/2022"])
    return {"from_date": draw(written), "to_date": draw(written)}


def _halves(draw: st.DrawFn, month: date) -> Cells:
    """One of the two halves of a month: a change of mode."""
    half = draw(st.sampled_from([13, 14, 15]))
    mode = draw(st.sampled_from(["Trực tiếp", "Không trực tiếp"]))
    if draw(st.booleans()):
        return {"to_date": f"{month.replace(day=half):%d/%m/%Y}", "work_mode": mode}
    return {"from_date": f"{month.replace(day=half + 1):%d/%m/%Y}", "work_mode": mode}


ONE_CELL: dict[str, Sequence[object]] = {
    "full_name": [None, "Người Khác Tên"],
    "birth_date": [None, "1971", "??", "01/01/1990"],
    "agency": [None, "Công an tỉnh", "Sở Y tế", "Sở TT&TT", "Sở KH&ĐT", "Sở Tài chính", "Sở Nội vụ", "Hội Nhà báo"],
    "staff_category": [None, "Hợp đồng", "Cộng tác viên", "Cán bộ"],
    "duty": [None, "Tạp vụ", "Giám sát y tế"],
    "work_mode": [None, "Không trực tiếp", "Bán thời gian"],
    "shift": [None, "4", "1", "2"],
    "bank_account": [None, "12345", SHARED_ACCOUNT, SHARED_ACCOUNT],
    "bank_name": [None, "Vietcombank"],
    "note": ["nghỉ thai sản", "đi học"],
    "monitored_service": [None, "Giáo dục"],
    "row_no": ["1", "99"],
    "is_hidden": [True],
}
SUPPORTS: tuple[Cells, ...] = (
    {"other_support_name": "Hỗ trợ CNTT", "other_support_vnd": "5.000.000"},
    {"other_support_name": "Hỗ trợ CNTT", "other_support_vnd": "745.000"},
    {"other_support_name": "Hỗ trợ CNTT", "other_support_vnd": "2.235.000"},
    {"other_support_name": "Hỗ trợ CNTT", "other_support_vnd": "500.000"},
    {"other_support_name": "Hỗ trợ CNTT", "other_support_vnd": "hai triệu"},
    {"other_support_name": "Phụ cấp công vụ", "other_support_vnd": "5.000.000"},
    {"other_support_name": "Không", "other_support_vnd": None},
)
UNREADABLE = ("full_name", "citizen_id", "birth_date", "agency", "staff_category", "duty", "work_mode", "shift", "to_date", "bank_account", "bank_name", "note")  # fmt: skip # noqa: E501


def _fault(draw: st.DrawFn, number: int, month: date) -> Cells:
    kind = draw(st.sampled_from(["cell", "cell", "days", "halves", "halves", "support", "identity", "unreadable"]))
    if kind == "cell":
        column = draw(st.sampled_from(sorted(ONE_CELL)))
        return {column: draw(st.sampled_from(ONE_CELL[column]))}
    if kind == "unreadable":
        column = draw(st.sampled_from(UNREADABLE))
        return {column: None, "unreadable": [column]}
    if kind == "support":
        return draw(st.sampled_from(SUPPORTS))
    if kind == "identity":
        return _other_identity(draw, number)
    return _days(draw, month) if kind == "days" else _halves(draw, month)


def _other_identity(draw: st.DrawFn, number: int) -> Cells:
    whole = person(number).citizen_id
    written: list[Cells] = [
        {"citizen_id": None},
        {"citizen_id": whole.removeprefix("0")},
        {"citizen_id": f"071{whole[3:]}"},
        {"citizen_id": f"{whole[:3]} {whole[3:]}"},
        {"citizen_id": f"{whole[:6]}999{number:03}"},
    ]
    if number in CMND:
        written += 2 * [{"citizen_id": CMND[number], "bank_account": f"7700{number:06d}"}]
    return draw(st.sampled_from(written))


# ---- Months


@st.composite
def months(draw: st.DrawFn, *, max_rows: int = 14) -> GeneratedMonth:
    """A month of up to three centres; people of a small pool stand on several rows and at several centres."""
    month = draw(st.sampled_from(MONTHS))
    rows = _rows(draw, month, max_rows)
    is_listing = draw(st.lists(st.booleans(), min_size=2, max_size=2))
    listing = {PROVINCE, *(code for code, lists in zip(CENTRES[1:], is_listing, strict=True) if lists)}
    return GeneratedMonth(
        month=month,
        method=draw(st.sampled_from(METHODS)),
        rows=tuple(rows),
        approvals=tuple(_approvals(draw, rows, month, listing)),
        headcounts=tuple(_headcounts(draw, month)),
        supports=tuple(_supports(draw, month)),
        links=tuple((CMND[n], person(n).citizen_id) for n in draw(st.sets(st.sampled_from(sorted(CMND))))),
    )


def _rows(draw: st.DrawFn, month: date, max_rows: int) -> list[Cells]:
    places = draw(
        st.lists(st.tuples(st.sampled_from([*CENTRES, PROVINCE]), st.integers(1, 14)), min_size=1, max_size=max_rows)
    )
    rows: list[Cells] = []
    for source_row, (centre_code, number) in enumerate(places, start=2):
        faults = [_fault(draw, number, month) for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2])))]
        differences: dict[str, object] = {"source_row": source_row, "row_no": str(draw(st.integers(1, 20)))}
        for fault in faults:
            differences |= fault
        rows.append(roster_row(number, centre_code=centre_code, **_consistent(differences)))
    return rows


def _consistent(differences: dict[str, object]) -> dict[str, object]:
    """A cell that is unreadable holds nothing."""
    emptied = {str(column): None for column in differences.get("unreadable", [])}  # type: ignore[attr-defined]
    return differences | emptied


def _approvals(draw: st.DrawFn, rows: Sequence[Cells], month: date, listing: set[str]) -> list[Cells]:
    middle = month.replace(day=15)
    entries: list[Cells] = []
    for centre_code in sorted(listing):
        numbers = sorted({int(str(row["bank_account"])[-3:]) for row in rows if _is_own_account(row, centre_code)})
        for number in numbers:
            good = approval_of(roster_row(number, centre_code=centre_code), list_order=draw(st.integers(1, 20)))
            entries += draw(st.sampled_from(_listings(good, number, middle, month)))
    if draw(st.integers(0, 3)) == 0:
        full = {"decision_no": "09/QĐ-UBND", "decision_date": middle, "valid_from": middle, "list_kind": "full"}
        entries.append(approval(40, **full))
    return entries


def _is_own_account(row: Cells, centre_code: str) -> bool:
    return row["centre_code"] == centre_code and str(row["bank_account"]).startswith(("5500", "7700"))


def _listings(good: Cells, number: int, middle: date, month: date) -> list[list[Cells]]:
    agency = ["cong-an", "so-y-te", "so-tttt", "so-khdt"][number % 4]
    later = {"decision_no": "02/QĐ-UBND", "decision_date": middle}
    whole = [good]
    return [
        whole,
        whole,
        whole,
        [{**good, "agency": agency}],
        [],
        [{**good, "valid_to": middle}],
        [{**good, "valid_from": middle}],
        [{**good, "valid_to": month - timedelta(days=1)}],
        [{**good, "full_name": "Tên Trên Danh Sách"}],
        [{**good, "citizen_id": CMND.get(number, good["citizen_id"])}],
        [{**good, "valid_to": middle - timedelta(days=3)}, {**good, **later, "valid_from": middle + timedelta(days=3)}],
    ]


def _headcounts(draw: st.DrawFn, month: date) -> list[Cells]:
    posts = st.integers(1, 5)
    rows = [establishment(centre_code=code, headcount=draw(posts)) for code in CENTRES[1:]]
    later = {"decision_no": "60/NQ-HĐND", "decision_date": date(2021, 12, 30), "headcount": draw(posts)}
    later["valid_from"] = draw(st.sampled_from([date(2022, 1, 1), month.replace(day=10), month.replace(day=16)]))
    later["valid_to"] = draw(st.sampled_from([None, month.replace(day=20)]))
    return [*rows, establishment(**later)] if draw(st.booleans()) else rows


def _supports(draw: st.DrawFn, month: date) -> list[Cells]:
    amounts = st.sampled_from([500_000, 745_000, 2_235_000, 5_000_000])
    ends = st.sampled_from([None, month - timedelta(days=1), month, month.replace(day=20)])
    begins = st.sampled_from(
        [date(2021, 1, 1), month.replace(day=15), month.replace(day=28), month + timedelta(days=40)]
    )
    people = draw(st.lists(st.integers(1, 14), max_size=4))
    made = [_support(draw, number, draw(amounts), draw(begins), draw(ends)) for number in people]
    return [row for row in made if row["valid_to"] is None or row["valid_from"] <= row["valid_to"]]


def _support(draw: st.DrawFn, number: int, amount: int, begins: date, ends: date | None) -> Cells:
    made = other_support(number, amount_vnd=amount, valid_from=begins, valid_to=ends)
    if draw(st.integers(0, 5)) == 0:
        return {**made, "amount_vnd": None, "is_readable": False}
    return made
