"""Invented months: clean rosters and registers, and every fault of the rulebook as a change to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.oracle.law import law_at
from tests.oracle.offices import LAYOUTS, write_table
from tests.oracle.oracle import Month, Sent

OPEN = ("tinh", "dong-xoai", "phuoc-long", "binh-long")
DISTRICTS = OPEN[1:]
PLANNED = ("bu-gia-map", "loc-ninh", "bu-dop")
ALL_COLUMNS = (
    "row_no", "full_name", "birth_date", "citizen_id", "agency", "staff_category", "duty", "monitored_service",
    "work_mode", "shift", "from_date", "to_date", "other_support_name", "other_support_vnd", "bank_account",
    "bank_name", "note",
)  # fmt: skip
REGISTER_COLUMNS = {
    "approved_list": ("centre_code", "decision_no", "decision_date", "valid_from", "valid_to", "list_order",
                      "full_name", "citizen_id", "agency", "list_kind"),
    "establishment": ("centre_code", "decision_no", "decision_date", "valid_from", "valid_to", "headcount", "agency"),
    "identity_link": ("old_id", "new_id", "decision_no"),
    "other_support": ("citizen_id", "regime", "decision_no", "amount_vnd", "valid_from", "valid_to"),
    "budget": ("funding_source", "year", "decision_no", "decision_date", "amount_vnd"),
}  # fmt: skip
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Đỗ", "Bùi", "Điểu", "Thị")
MIDDLE = ("Văn", "Thị", "Minh", "Đức", "Ngọc", "Quốc", "Thanh", "Hữu")
GIVEN = ("An", "Bình", "Cường", "Dũng", "Hòa", "Thúy", "Hoài", "Lan", "Mai", "Khoa", "Phúc", "Quỳnh", "Thủy", "Tuấn")
DUTIES = (
    "Phát triển", "Cập nhật dữ liệu", "Vận hành dịch vụ", "Giám sát, điều hành an toàn, an ninh mạng",
    "Giám sát Y tế", "Giám sát an ninh mạng, an toàn thông tin", "Giám sát du lịch thông minh", "vận hành dịch vụ",
)  # fmt: skip
BANKS = ("Agribank", "Vietcombank CN Bình Phước", "BIDV", "VietinBank Đồng Xoài")
MONTHS = tuple(
    date(y, m, 1)
    for y, m in ((2022, 1), (2022, 2), (2022, 12), (2023, 6), (2023, 7), (2024, 2), (2024, 7), (2024, 12), (2025, 1),
                 (2025, 2), (2025, 3), (2025, 6), (2026, 1), (2026, 6), (2026, 7), (2026, 12))
)  # fmt: skip
AGENCY_WORDS = {
    "cong-an": ("Công an tỉnh", "CA tỉnh", "công an tỉnh"),
    "so-y-te": ("Sở Y tế", "SỞ Y TẾ"),
    "so-tttt": ("Sở Thông tin và Truyền thông", "Sở TT&TT", "Sở TTTT"),
    "so-khdt": ("Sở Kế hoạch và Đầu tư", "Sở KH&ĐT", "Sở KHĐT"),
}
NEW_WORDS = {"so-tttt": ("Sở Khoa học và Công nghệ",), "so-khdt": ("Sở Tài chính",)}
LOCAL = ("Công an", "Phòng Văn hóa và Thông tin", "UBND thị xã")
Row = dict[str, Any]


@dataclass
class Draft:
    """A month being made: what the centres send, the registers, and the dice."""

    given: Month
    rng: Random
    layouts: dict[str, str]
    register_files: dict[str, str] = field(default_factory=dict)
    ignored_files: list[str] = field(default_factory=list)
    people: int = 0

    @property
    def month(self) -> date:
        """Its first day."""
        return self.given.month

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    def day(self, number: int) -> date:
        """A day of the month."""
        return self.month.replace(day=number)

    def centre(self, *among: str) -> str:
        """A centre whose file can be read and has people."""
        choices = [c for c in among or OPEN if self.given.sent[c].state == "read" and self.given.sent[c].rows]
        return self.rng.choice(choices or ["tinh"])

    def row(self, *among: str) -> Row:
        """Someone's row."""
        rows = self.given.sent[self.centre(*among)].rows
        return self.rng.choice(rows) if rows else {}

    def register(self, name: str) -> list[Row]:
        """A register's rows."""
        rows = self.given.registers[name]
        return rows if isinstance(rows, list) else []


def person(draft: Draft, *, female: bool | None = None) -> Row:
    """Somebody new with an ID that fits the birth date, and an account."""
    rng, draft.people = draft.rng, draft.people + 1
    born = date(rng.randrange(1966, 2003), rng.randrange(1, 13), rng.randrange(1, 29))
    century = (born.year - 1900) // 100 * 2 + (rng.randrange(2) if female is None else female)
    code = rng.choice(("070", "070", "070", "001", "002", "025", "075", "079", "096"))
    name = f"{rng.choice(SURNAMES)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"
    return {
        "full_name": name,
        "birth_date": f"{born.day:02}/{born.month:02}/{born.year}",
        "citizen_id": f"{code}{century}{born.year % 100:02}{draft.people:06}",
        "bank_account": f"{rng.randrange(10**4, 10**9)}{draft.people:05}",
        "bank_name": rng.choice(BANKS),
        "duty": rng.choice(DUTIES),
        "monitored_service": rng.choice(("Y tế", "Giáo dục", None)),
        "staff_category": rng.choice(("Công chức", "Viên chức", "Cán bộ", "viên chức")),
        "work_mode": "Trực tiếp",
    }


def clean(month: date, rng: Random, *, part_month: str = "full_month") -> Draft:
    """A month in which nothing is wrong."""
    draft = Draft(Month(month, {}, {name: [] for name in REGISTER_COLUMNS}, part_month), rng, {})
    for code in OPEN:
        draft.given.sent[code] = Sent(columns=ALL_COLUMNS)
        draft.layouts[code] = rng.choice(tuple(LAYOUTS))
    _province(draft)
    for number, code in enumerate(DISTRICTS):
        _district(draft, code, number)
    for code in OPEN:
        for part in (339_720_000, 900_000_000):
            draft.register("budget").append(
                {"funding_source": code, "year": month.year, "decision_no": "1/QĐ", "decision_date": "2021-12-24",
                 "amount_vnd": part}
            )  # fmt: skip
    return draft


def _province(draft: Draft) -> None:
    rng, number = draft.rng, 0
    by_group = rng.random() < 0.4
    for agency, posts in (("cong-an", 12), ("so-y-te", 3), ("so-tttt", 3), ("so-khdt", 1)):
        for place in range(posts):
            number += 1
            row = person(draft)
            words = AGENCY_WORDS[agency]
            if draft.month >= date(2025, 3, 1) and agency in NEW_WORDS and rng.random() < 0.8:
                words = NEW_WORDS[agency]
            row |= {"row_no": number, "shift": place % 3 + 1, "agency": rng.choice(words)}
            if agency == "cong-an":
                row["staff_category"] = rng.choice(("Công an", "Công an (sĩ quan, chiến sĩ)"))
            if agency == "so-khdt":
                row |= {"work_mode": "Không trực tiếp", "shift": None}
            approve(draft, "tinh", row, number, agency)
            if by_group:
                row["_group"], row["agency"] = AGENCY_WORDS[agency][0], None
            draft.given.sent["tinh"].rows.append(row)


def approve(draft: Draft, centre: str, row: Row, order: int, agency: str, **other: Any) -> Row:
    """Put somebody on a centre's list."""
    listed = {
        "centre_code": centre, "decision_no": "3120/QĐ-UBND", "decision_date": "2021-12-20", "valid_from": "2021-12-20",
        "valid_to": None, "list_order": order, "full_name": row["full_name"], "citizen_id": row["citizen_id"],
        "agency": agency, "list_kind": None, **other,
    }  # fmt: skip
    draft.register("approved_list").append(listed)
    return listed


def _district(draft: Draft, code: str, number: int) -> None:
    rng = draft.rng
    for place in range(9):
        row = person(draft)
        row |= {"row_no": place + 1, "shift": place % 3 + 1, "agency": LOCAL[place % 3]}
        draft.given.sent[code].rows.append(row)
    if rng.random() < 0.2:
        draft.given.sent[code].columns = tuple(c for c in ALL_COLUMNS if c != "agency")
    draft.register("establishment").append(
        {"centre_code": code, "decision_no": f"{41 + number}/NQ", "decision_date": "2021-12-17",
         "valid_from": "2022-01-01", "valid_to": None, "headcount": 9, "agency": None}
    )  # fmt: skip


def dress(draft: Draft) -> None:
    """Each office's habits: number IDs, Excel dates, years only, Hệ số, spaces. Before anyone judges the month."""
    rng = draft.rng
    for code, sent in draft.given.sent.items():
        is_book = draft.layouts.get(code) != "comma"
        habits = {habit for habit in ("number", "dates", "year", "tenths", "spaced", "upper") if rng.random() < 0.25}
        if "tenths" in habits:
            sent.columns = tuple("coefficient" if c == "work_mode" else c for c in sent.columns)
        group = None
        for row in sent.rows:
            group = row["_group"] = row.get("_group") or group
            _dress_row(row, habits, rng, is_book=is_book)


def _dress_row(row: Row, habits: set[str], rng: Random, *, is_book: bool) -> None:
    citizen_id, birth = row.get("citizen_id"), row.get("birth_date")
    if "number" in habits and isinstance(citizen_id, str) and citizen_id.isdigit():
        row["citizen_id"] = int(citizen_id) if is_book else str(int(citizen_id))
    elif "spaced" in habits and isinstance(citizen_id, str) and len(citizen_id) == 12:
        row["citizen_id"] = f"{citizen_id[:3]} {citizen_id[3:6]} {citizen_id[6:]}"
    if "year" in habits and isinstance(birth, str) and birth[-4:].isdigit() and birth.count("/") == 2:
        row["birth_date"] = int(birth[-4:]) if is_book else birth[-4:]
    elif "dates" in habits and is_book:
        for name in ("birth_date", "from_date", "to_date"):
            value = row.get(name)
            if isinstance(value, str) and value.count("/") == 2:
                day, month, year = value.split("/")
                if len(year) == 4 and 0 < int(month) < 13 and 0 < int(day) < 29:
                    row[name] = date(int(year), int(month), int(day))
    mode = row.get("work_mode")
    tenths = {"Trực tiếp": rng.choice(("1,5", 1.5, "1.5")), "Không trực tiếp": rng.choice(("0,5", 0.5))}
    row["coefficient"] = tenths.get(mode, mode) if isinstance(mode, str) else mode
    if not is_book and isinstance(row["coefficient"], float):
        row["coefficient"] = str(row["coefficient"]).replace(".", ",")
    if "upper" in habits and row.get("full_name"):
        row["full_name"] = rng.choice((str.upper, str.title))(row["full_name"])


def write(draft: Draft, root: Path) -> None:
    """The month as files under an input root; every row learns where it stands."""
    rng, folder = draft.rng, root / "rosters" / f"{draft.month:%Y-%m}"
    folder.mkdir(parents=True)
    (root / "registers").mkdir()
    for code, sent in draft.given.sent.items():
        _write_roster(draft, folder, code, sent)
    for name in draft.ignored_files:
        (folder / name).write_bytes(b"x")
    for name, columns in REGISTER_COLUMNS.items():
        rows = draft.given.registers.get(name)
        if isinstance(rows, str):
            (root / "registers" / f"{name}.csv").write_bytes(b"\xff\xfe\x00garbage\x00")
        elif rows is not None:
            ending = draft.register_files.get(name) or rng.choice(("csv", "csv", "xlsx"))
            write_table(root / "registers" / f"{name}.{ending}", rows, list(columns), rng)


def _write_roster(draft: Draft, folder: Path, code: str, sent: Sent) -> None:
    if sent.state == "missing":
        return
    name, data = LAYOUTS[draft.layouts.get(code, "plain")](sent, code, draft.month, draft.rng)
    if sent.state == "unreadable":
        data = draft.rng.choice((b"PK\x03\x04" + bytes(200), b"%PDF-1.7 \x00\x01\x02\xff\xfe"))
        name = "xlsx"
    if sent.state == "legacy":
        name, data = "csv", "STT;Hä vµ tªn;Sè CCCD\n1;NguyÔn V¨n An;070080000001\n".encode("latin-1")
    (folder / f"{code}.{name}").write_bytes(data)
    if sent.state == "ambiguous":
        other = "xlsx" if name.lower() != "xlsx" else "csv"
        (folder / f"{code}.{other}").write_bytes(data)


Fault = Callable[[Draft], None]


def month_of(seed: int, faults: dict[str, Fault], count: int, month: date | None = None) -> tuple[Draft, list[str]]:
    """A random month with so many faults drawn from the given ones, in the order of their names' drawing."""
    rng = Random(seed)  # noqa: S311 - dice, no secret
    draft = clean(
        month or rng.choice(MONTHS), rng,
        part_month=rng.choice(("full_month", "full_month", "half_under_15_days", "calendar_days")),
    )  # fmt: skip
    names = [rng.choice(sorted(faults)) for _ in range(count)]
    for name in names:
        faults[name](draft)
    dress(draft)
    return draft, names


def base_of(draft: Draft) -> int:
    """The month's base salary."""
    return int(law_at(draft.month, draft.given.part_month).base)
