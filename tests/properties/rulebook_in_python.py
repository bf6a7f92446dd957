"""The rulebook once more, in plain Python and without frames: what every row of a generated month must come to.

Written from the rulebook's words, row by row, for the words and faults that `generated_months` uses. Where the rulebook
leaves open which of several rows stands for a person, it chooses as the case files do.
"""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from factories import PROVINCE, Cells
from generated_months import AGENCY_POSTS, BASE_SALARY_VND, DISTRICT_POSTS, PROVINCE_POSTS, GeneratedMonth

NO_RIGHT = {"CATEGORY_NOT_ELIGIBLE", "DUTY_OUT_OF_SCOPE", "NOT_APPROVED", "NOT_ON_DUTY", "AGENCY_NOT_IN_QUOTA"}
FREES_POST = NO_RIGHT | {"ROW_HIDDEN"}
WAIVABLE = {
    "NAME_DIFFERS",
    "MODE_ABOVE_EXPECTED",
    "SHARED_BANK_ACCOUNT",
    "ROW_HIDDEN",
    "POSSIBLE_DUPLICATE",
    "OTHER_SUPPORT_STILL_PAID",
    "DUTY_OUT_OF_SCOPE",
}
WARNS = {
    "ID_ZERO_RESTORED",
    "ID_OLD_CMND",
    "ID_BIRTH_MISMATCH",
    "BIRTH_DATE_INVALID",
    "AGENCY_DIFFERS",
    "SHIFT_INVALID",
    "PART_MONTH",
    "ABSENCE_NOTED",
    "ROW_MERGED",
    "MODE_BELOW_EXPECTED",
    "OTHER_SUPPORT_HIGHER",
    "OTHER_SUPPORT_PART",
    "POST_ON_SOME_DAYS",
    "PERSON_SPLIT",
}
CATEGORIES = {"Công an": True, "Viên chức": True, "Cán bộ": True, "Hợp đồng": False}
DUTIES = {"Vận hành dịch vụ", "Giám sát y tế"}
MODES = {"Trực tiếp": 15, "Không trực tiếp": 5}
AGENCIES = {
    "Công an tỉnh": "cong-an",
    "Sở Y tế": "so-y-te",
    "Sở TT&TT": "so-tttt",
    "Sở KH&ĐT": "so-khdt",
    "Sở Tài chính": "so-tai-chinh",
    "Sở Nội vụ": "so-noi-vu",
}
MERGED_IN_2025 = {"so-tttt": "so-khcn", "so-khdt": "so-tai-chinh"}
ALIKE = (
    "full_name",
    "birth_date",
    "agency",
    "staff_category",
    "duty",
    "work_mode",
    "shift",
    "from_date",
    "to_date",
    "other_support_name",
    "other_support_vnd",
    "bank_account",
    "bank_name",
    "unreadable",
)


@dataclass(slots=True)
class Line:
    """One row and what is found about it."""

    cells: Cells
    codes: set[str] = field(default_factory=set)
    citizen_id: str | None = None
    person: str | None = None
    days: frozenset[date] = frozenset()
    on_duty: frozenset[date] = frozenset()
    person_days: int = 0
    posts: frozenset[date] = frozenset()
    higher: frozenset[date] = frozenset()
    is_of_one_month: bool = False
    list_order: int | None = None
    agency: str | None = None
    tenths: int | None = None
    is_merged: bool = False
    is_superseded: bool = False

    @property
    def centre(self) -> str:
        return str(self.cells["centre_code"])

    @property
    def number(self) -> int:
        return int(str(self.cells["source_row"]))

    @property
    def owner(self) -> Hashable:
        """Who holds the post: the person, without a usable ID the row."""
        return self.person or self.number


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one end of a row."""

    outcome: str
    amount_vnd: int
    codes: frozenset[str]


Verdicts = dict[tuple[str, int], Verdict]
CentreCodes = dict[str, set[str]]


def judged(given: GeneratedMonth, *, is_all_waived: bool = False) -> tuple[Verdicts, CentreCodes]:
    """What every row comes to, and what is found about every centre."""
    month = _Month(given, is_all_waived=is_all_waived)
    return month.verdicts(), month.centre_codes


class _Month:
    def __init__(self, given: GeneratedMonth, *, is_all_waived: bool) -> None:
        self.given = given
        self.is_all_waived = is_all_waived
        first = given.month
        after = (first + timedelta(days=31)).replace(day=1)
        self.calendar = frozenset(first + timedelta(days=day) for day in range((after - first).days))
        self.links = dict(given.links)
        self.approvals = [_until_closed(entry, given.approvals) for entry in given.approvals]
        self.listing = {PROVINCE} | {str(a["centre_code"]) for a in self.approvals if a["valid_from"] < after}
        self.lines = [Line(cells) for cells in given.rows]
        self.centre_codes: CentreCodes = defaultdict(set)

    def verdicts(self) -> Verdicts:
        for line in self.lines:
            self._identity(line)
            self._cells(line)
        for line in self.lines:
            self._approval(line)
        self._one_person()
        self._accounts()
        for line in self.lines:
            self._support(line)
            if 0 < line.person_days < len(self.calendar):
                line.codes.add("PART_MONTH")
        self._shifts()
        self._lists()
        self._quota()
        return {(line.centre, line.number): self._end(line) for line in self.lines}

    # ---- Section 4, Identity

    def _identity(self, line: Line) -> None:
        text, born = line.cells["citizen_id"], _born(line.cells["birth_date"])
        if "citizen_id" in _unreadable(line):
            return
        if text is None:
            line.codes.add("ID_MISSING")
            return
        digits = re.sub(r"[\s.\-]", "", str(text))
        if len(digits) in {10, 11}:
            digits = self._restored(line, digits, born)
        line.citizen_id = digits
        if len(digits) == 9:
            is_valid = self.given.month < date(2025, 1, 1)
            line.codes.add("ID_OLD_CMND" if is_valid else "ID_OLD_CMND_EXPIRED")
            line.person = self.links.get(digits, digits) if is_valid else None
        elif len(digits) == 12 and digits.startswith("070"):
            line.person = self.links.get(digits, digits)
            if born is not None and born != 1900 + 100 * (int(digits[3]) // 2) + int(digits[4:6]):
                line.codes.add("ID_BIRTH_MISMATCH")
        else:
            line.codes.add("ID_INVALID")

    def _restored(self, line: Line, digits: str, born: int | None) -> str:
        padded = digits.zfill(12)
        is_listed = any(a["centre_code"] == line.centre and a["citizen_id"] == padded for a in self.given.approvals)
        by_year = line.centre != PROVINCE and born is not None and padded[4:6] == f"{born % 100:02}"
        if not (is_listed or by_year):
            return digits
        line.codes.add("ID_ZERO_RESTORED")
        return padded

    # ---- Cells, and the rules that need nothing but the row

    def _cells(self, line: Line) -> None:
        row, unreadable = line.cells, _unreadable(line)
        if set(unreadable) - {"monitored_service"}:
            line.codes.add("CELL_UNREADABLE")
        if row["is_hidden"]:
            line.codes.add("ROW_HIDDEN")
        line.tenths = MODES.get(str(row["work_mode"]))
        wrong: Mapping[str, tuple[str, bool]] = {
            "NAME_MISSING": ("full_name", row["full_name"] is None),
            "BIRTH_DATE_INVALID": ("birth_date", row["birth_date"] is not None and _born(row["birth_date"]) is None),
            "CATEGORY_UNKNOWN": ("staff_category", row["staff_category"] not in CATEGORIES),
            "CATEGORY_NOT_ELIGIBLE": ("staff_category", CATEGORIES.get(str(row["staff_category"])) is False),
            "DUTY_OUT_OF_SCOPE": ("duty", row["duty"] not in DUTIES),
            "WORK_MODE_UNKNOWN": ("work_mode", line.tenths is None),
            "SHIFT_INVALID": ("shift", line.tenths == 15 and row["shift"] not in {"1", "2", "3"}),
            "ABSENCE_NOTED": ("note", "thai sản" in str(row["note"])),
        }
        line.codes |= {code for code, (cell, is_wrong) in wrong.items() if is_wrong and cell not in unreadable}
        account, bank = row["bank_account"], row["bank_name"]
        if (account is None and "bank_account" not in unreadable) or (bank is None and "bank_name" not in unreadable):
            line.codes.add("BANK_ACCOUNT_MISSING")
        if account is not None and not re.fullmatch(r"\d{6,19}", str(account)):
            line.codes.add("BANK_ACCOUNT_INVALID")
        self._days(line)

    def _days(self, line: Line) -> None:
        first, last = (_read_date(line.cells[name]) for name in ("from_date", "to_date"))
        is_reversed = isinstance(first, date) and isinstance(last, date) and first > last
        if first == "none" or last == "none" or is_reversed:
            line.codes.add("DATE_INVALID")
            line.days = self.calendar
        elif {"from_date", "to_date"} & set(_unreadable(line)):
            line.days = self.calendar
        else:
            line.days = _within(self.calendar, first, last)

    # ---- Rules 8, 9, 10 and 14

    def _approval(self, line: Line) -> None:
        line.on_duty = line.days
        roster_agency = self._successor(AGENCIES.get(str(line.cells["agency"])))
        line.agency = roster_agency if line.centre == PROVINCE else None
        entries = self._entries(line) if line.person and line.centre in self.listing else []
        approved = frozenset(day for entry in entries for day in self._valid(entry))
        latest = entries[-1] if entries else None
        if line.person and line.centre in self.listing:
            line.on_duty = line.days & approved
            if latest is None:
                line.codes.add("NOT_APPROVED")
            elif line.cells["full_name"] not in {None, latest["full_name"]}:
                line.codes.add("NAME_DIFFERS")
        if latest is not None:
            line.list_order = int(str(latest["list_order"]))
        if not line.days or (latest is not None and not line.on_duty):
            line.codes.add("NOT_ON_DUTY")
        if line.centre == PROVINCE:
            self._agency(line, roster_agency, latest)
        line.person_days = len(line.on_duty)

    def _entries(self, line: Line) -> list[Cells]:
        mine = [
            entry
            for entry in self.approvals
            if entry["centre_code"] == line.centre and self._person(entry) == line.person and self._valid(entry)
        ]
        return sorted(mine, key=lambda entry: entry["decision_date"])

    def _agency(self, line: Line, roster_agency: str | None, latest: Cells | None) -> None:
        posts = self._agency_posts()
        if "agency" not in _unreadable(line):
            if roster_agency is None:
                line.codes.add("AGENCY_UNKNOWN")
            elif roster_agency not in posts:
                line.codes.add("AGENCY_NOT_IN_QUOTA")
        if latest is not None:
            line.agency = self._successor(str(latest["agency"]))
            if roster_agency not in {None, line.agency}:
                line.codes.add("AGENCY_DIFFERS")
        expected = {agency: 5 if agency in {"so-khdt", "so-tai-chinh"} else 15 for agency in posts}.get(
            str(line.agency)
        )
        if line.tenths is not None and expected is not None and line.tenths != expected:
            line.codes.add("MODE_ABOVE_EXPECTED" if line.tenths > expected else "MODE_BELOW_EXPECTED")

    # ---- Rule 16

    def _one_person(self) -> None:
        rows_of = _grouped(self.lines, lambda line: line.person)
        for lines in rows_of.values():
            if len(lines) > 1:
                self._several(sorted(lines, key=lambda line: line.number))
        people = _grouped(self.lines, lambda line: line.person and line.cells["full_name"])
        for lines in people.values():
            for line in lines:
                if any(other.person != line.person and _may_be_one(line, other) for other in lines):
                    _tell([line], "POSSIBLE_DUPLICATE")

    def _several(self, lines: list[Line]) -> None:
        for here in _grouped(lines, lambda line: line.centre).values():
            for line in here:
                line.person_days = len(frozenset().union(*(one.on_duty for one in here)))
        is_one_centre = len({line.centre for line in lines}) == 1
        is_alike = is_one_centre and len({_facts(line, self.given.month) for line in lines}) == 1
        together = frozenset().union(*(line.on_duty for line in lines))
        is_apart = sum(len(line.on_duty) for line in lines) == len(together)
        if not is_alike and not (is_apart and (is_one_centre or self._pays_days)):
            _tell(lines, "DUPLICATE_PERSON")
            return
        for line in lines:
            line.is_of_one_month = True
        if self._pays_days and not is_alike:
            parts = [line for line in lines if line.on_duty]
            _tell(parts if len(parts) > 1 else [], "PERSON_SPLIT")
            return
        kept = lines[0] if is_alike else _standing(lines)
        for line in lines:
            line.is_merged = line is not kept
        _tell([line for line in lines if line.is_merged], "ROW_MERGED")

    @property
    def _pays_days(self) -> bool:
        return self.given.method == "calendar_days"

    def _accounts(self) -> None:
        for lines in _grouped(self.lines, _account).values():
            if len({_who(line) for line in lines}) > 1:
                _tell(lines, "SHARED_BANK_ACCOUNT")

    # ---- Rule 7

    def _support(self, line: Line) -> None:
        others = [(self.calendar, amount) for amount in self._stated(line)]
        for support in self.given.supports:
            if self._person(support) != line.person or line.person is None:
                continue
            if not support["is_readable"]:
                line.codes.add("OTHER_SUPPORT_UNREADABLE")
            else:
                others.append((self._valid(support), int(str(support["amount_vnd"]))))
        if line.tenths is None:
            return
        of_day = {day: max((a for days, a in others if day in days), default=0) for day in line.on_duty}
        line.higher = frozenset(day for day, amount in of_day.items() if amount >= self._full(line))
        line.is_superseded = bool(line.higher) and (line.higher == line.on_duty or not self._pays_days)
        if line.is_superseded:
            line.codes.add("OTHER_SUPPORT_HIGHER")
        elif line.higher:
            line.codes.add("OTHER_SUPPORT_PART")
        if not line.is_superseded and any(0 < amount < self._full(line) for amount in of_day.values()):
            line.codes.add("OTHER_SUPPORT_STILL_PAID")

    def _stated(self, line: Line) -> list[int]:
        """What the roster's own columns say: of a month in parts, what any of its rows says counts for all."""
        own = [line]
        if line.is_of_one_month and not line.is_merged:
            own = [other for other in self.lines if other.person == line.person]
        amounts = []
        for one in own:
            name, text = one.cells["other_support_name"], one.cells["other_support_vnd"]
            if name == "Hỗ trợ CNTT" and text is not None:
                stated = str(text).replace(".", "")
                if stated.isdigit():
                    amounts.append(int(stated))
                else:
                    line.codes.add("OTHER_SUPPORT_UNREADABLE")
        return amounts

    # ---- Rules 8, 10, 11 and 13: centres

    def _shifts(self) -> None:
        standing = [
            line for line in self.lines if line.tenths == 15 and line.cells["shift"] in {"1", "2", "3"} and line.days
        ]
        for centre in {line.centre for line in self.lines}:
            here = [line for line in standing if line.centre == centre]
            if centre == PROVINCE:
                wanted = {"cong-an": 4, "so-y-te": 1, self._successor("so-tttt"): 1}
                stand = _grouped(here, lambda line: (line.agency, line.cells["shift"]))
                is_short = any(
                    len({_who(line) for line in stand.get((agency, shift), [])}) < number
                    for agency, number in wanted.items()
                    for shift in ("1", "2", "3")
                )
            else:
                is_short = len({_who(line) for line in here}) < self._posts(centre)
            if is_short:
                self.centre_codes[centre].add("SHIFT_UNDERSTAFFED")

    def _lists(self) -> None:
        for centre in {line.centre for line in self.lines}:
            latest: dict[str, list[Cells]] = defaultdict(list)
            for entry in sorted(self.approvals, key=lambda entry: entry["decision_date"]):
                if entry["centre_code"] == centre and self._valid(entry):
                    latest[self._person(entry)].append(entry)
            for day in self.calendar:
                listed = [e[-1] for e in latest.values() if any(day in self._valid(entry) for entry in e)]
                agencies = _grouped(listed, lambda entry: self._successor(str(entry["agency"])))
                is_over = centre == PROVINCE and any(
                    len(people) > self._agency_posts().get(str(agency), 0) for agency, people in agencies.items()
                )
                if is_over or len(listed) > self._posts_on(centre, day):
                    self.centre_codes[centre].add("APPROVED_LIST_OVER_QUOTA")

    def _quota(self) -> None:
        for centre in {line.centre for line in self.lines}:
            holding = [
                line for line in self.lines if line.centre == centre and not self._standing_codes(line) & FREES_POST
            ]
            people = sorted(_grouped(holding, lambda line: line.owner).values(), key=self._rank)
            if self._pays_days:
                self._days_given(centre, people)
            else:
                self._months_given(centre, people)
            for line in holding:
                if line.is_merged or not line.on_duty:
                    continue
                if not line.posts:
                    line.codes.add("OVER_QUOTA")
                elif self._pays_days and line.posts != line.on_duty:
                    line.codes.add("POST_ON_SOME_DAYS")
                if self._pays_days and line.posts and line.posts <= line.higher:
                    line.is_superseded = True

    def _days_given(self, centre: str, people: list[list[Line]]) -> None:
        """One after the other takes a post on every day of his that has one; whom we would not pay comes last."""
        for day in sorted(self.calendar):
            here = [(line, lines) for lines in people for line in _first_on(lines, day)]
            left, left_of = self._posts_on(centre, day), dict(self._agency_posts())
            if len(here) > left:
                self.centre_codes[centre].add("QUOTA_EXCEEDED")
            counted = _grouped([line for line, _ in here], lambda line: line.agency if centre == PROVINCE else None)
            if any(len(lines) > left_of.get(str(agency), 0) for agency, lines in counted.items()):
                self.centre_codes[centre].add("QUOTA_EXCEEDED")
            for line, lines in sorted(here, key=lambda both: day in both[0].higher):
                is_bound = centre == PROVINCE and line.agency is not None
                if left == 0 or (is_bound and left_of.get(str(line.agency), 0) == 0):
                    continue
                left -= 1
                if is_bound:
                    left_of[str(line.agency)] -= 1
                for own in lines:
                    if day in own.on_duty and not own.is_merged:
                        own.posts |= {day}

    def _months_given(self, centre: str, people: list[list[Line]]) -> None:
        left, left_of = self._posts(centre), dict(self._agency_posts())
        for lines in people:
            best = lines[0]
            is_bound = centre == PROVINCE and best.agency is not None
            if left == 0 or (is_bound and left_of.get(str(best.agency), 0) == 0):
                self.centre_codes[centre].add("QUOTA_EXCEEDED")
                continue
            left -= 1
            if is_bound:
                left_of[str(best.agency)] -= 1
            for line in lines:
                line.posts = self.calendar

    def _rank(self, lines: list[Line]) -> tuple[bool, int, bool, int, int]:
        orders = [self._order(line) for line in lines if self._order(line) is not None]
        lines.sort(key=lambda line: (self._order(line) is None, self._order(line) or 0, line.number))
        days = len(frozenset().union(*(line.on_duty for line in lines)))
        is_superseded = all(line.is_superseded for line in lines)
        return is_superseded, -days, not orders, min(orders, default=0), lines[0].number

    def _order(self, line: Line) -> int | None:
        return line.list_order if line.centre in self.listing else int(str(line.cells["row_no"]))

    # ---- The end

    def _end(self, line: Line) -> Verdict:
        codes = frozenset(line.codes)
        if line.is_merged:
            return Verdict("merged", 0, codes)
        if self._standing_codes(line) - WARNS:
            return Verdict("held", 0, codes)
        if line.is_superseded:
            return Verdict("superseded", 0, codes)
        return Verdict("paid", self._amount(line), codes)

    def _standing_codes(self, line: Line) -> set[str]:
        return line.codes - WAIVABLE if self.is_all_waived else line.codes

    def _full(self, line: Line) -> Decimal:
        return Decimal(line.tenths or 0) * BASE_SALARY_VND[self.given.month.year] / 10

    def _amount(self, line: Line) -> int:
        share = {
            "full_month": Decimal(1),
            "half_under_15_days": Decimal(1) if line.person_days >= 15 else Decimal("0.5"),
            "calendar_days": Decimal(len(line.posts - line.higher)) / Decimal(len(self.calendar)),
        }[self.given.method]
        return int((self._full(line) * share + Decimal("1e-9")).quantize(Decimal(1), ROUND_DOWN))

    # ---- Looking up

    def _person(self, row: Cells) -> str:
        return self.links.get(str(row["citizen_id"]), str(row["citizen_id"]))

    def _valid(self, row: Cells) -> frozenset[date]:
        return _within(self.calendar, row["valid_from"], row["valid_to"])

    def _successor(self, agency: str | None) -> str | None:
        is_merged = self.given.month >= date(2025, 3, 1)
        return MERGED_IN_2025.get(str(agency), agency) if is_merged else agency

    def _agency_posts(self) -> dict[str, int]:
        return {str(self._successor(agency)): posts for agency, posts in AGENCY_POSTS.items()}

    def _posts_on(self, centre: str, day: date) -> int:
        if centre == PROVINCE:
            return PROVINCE_POSTS
        valid = [row for row in self.given.headcounts if row["centre_code"] == centre and day in self._valid(row)]
        if not valid:
            return 0
        return min(DISTRICT_POSTS, int(str(max(valid, key=lambda row: row["decision_date"])["headcount"])))

    def _posts(self, centre: str) -> int:
        """Those of the last day that has a decision."""
        decided = [row for row in self.given.headcounts if row["centre_code"] == centre]
        last = max((day for row in decided for day in self._valid(row)), default=max(self.calendar))
        return self._posts_on(centre, last)


def _first_on(lines: list[Line], day: date) -> list[Line]:
    """The row of a person by which the day counts, if there is one."""
    there = [line for line in lines if day in line.on_duty]
    return sorted(there, key=lambda line: (day in line.higher, line.number))[:1]


def _until_closed(entry: Cells, approvals: tuple[Cells, ...]) -> Cells:
    """An entry ends the day before a full list that was decided after it takes effect."""
    ends = [
        full["valid_from"] - timedelta(days=1)
        for full in approvals
        if full["list_kind"] == "full"
        and full["centre_code"] == entry["centre_code"]
        and full["decision_no"] != entry["decision_no"]
        and full["decision_date"] > entry["decision_date"]
    ]
    known = [end for end in (entry["valid_to"], *ends) if end is not None]
    return {**entry, "valid_to": min(known) if known else None}


def _within(calendar: frozenset[date], first: object, last: object) -> frozenset[date]:
    return frozenset(
        day
        for day in calendar
        if (not isinstance(first, date) or first <= day) and (not isinstance(last, date) or day <= last)
    )


def _read_date(text: object) -> date | str | None:
    """A date, None for a blank, "none" for what is no date."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", str(text))
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else "none"
    except ValueError:
        return "none"


def _born(text: object) -> int | None:
    if text is not None and re.fullmatch(r"\d{4}", str(text)):
        return int(str(text))
    read = _read_date(text)
    return read.year if isinstance(read, date) else None


def _unreadable(line: Line) -> list[str]:
    return list(line.cells["unreadable"])  # type: ignore[call-overload]


def _grouped(items: list, key: Callable) -> dict:
    """Items by key; those of key None are in no group."""
    groups: dict[Hashable, list] = defaultdict(list)
    for item in items:
        if (found := key(item)) is not None:
            groups[found].append(item)
    return groups


def _tell(lines: list[Line], code: str) -> None:
    for line in lines:
        line.codes.add(code)


def _facts(line: Line, month: date) -> tuple[str, ...]:
    """A blank date is the month's first or last day; a word for nothing is a blank."""
    days = {
        "from_date": f"{month:%d/%m/%Y}",
        "to_date": f"{month.replace(day=monthrange(month.year, month.month)[1]):%d/%m/%Y}",
    }
    cells = {name: None if line.cells[name] == "Không" else line.cells[name] for name in ALIKE}
    return str(line.citizen_id), *(str(cells[name] or days.get(name)) for name in ALIKE)


def _standing(lines: list[Line]) -> Line:
    """The row of a split month that stands: of the mode with most days (a tie: the lower), its longest, its first."""
    of_mode: dict[int | None, int] = defaultdict(int)
    for line in lines:
        of_mode[line.tenths] += len(line.on_duty)
    return min(lines, key=lambda line: (-of_mode[line.tenths], line.tenths or 0, -len(line.on_duty), line.number))


def _may_be_one(line: Line, other: Line) -> bool:
    """Of one name: the same day, or where one of them says none, no other year and no other sex."""
    days = [born for born in (_read_date(one.cells["birth_date"]) for one in (line, other)) if isinstance(born, date)]
    if len(days) == 2:
        return days[0] == days[1]
    told = [_year_and_sex(one) for one in (line, other)]
    return all(len({each[at] for each in told} - {None}) < 2 for at in (0, 1))


def _year_and_sex(line: Line) -> tuple[int | None, int | None]:
    born, person = _born(line.cells["birth_date"]), str(line.person)
    if len(person) != 12:
        return born, None
    century_and_sex = int(person[3])
    return born or 1900 + century_and_sex // 2 * 100 + int(person[4:6]), century_and_sex % 2


def _account(line: Line) -> Hashable:
    account = str(line.cells["bank_account"])
    return account if re.fullmatch(r"\d{6,19}", account) else None


def _who(line: Line) -> Hashable:
    """The person; without a usable ID whoever has that name and birth date, else the row."""
    if line.person:
        return line.person
    born = line.cells["birth_date"] if _born(line.cells["birth_date"]) else None
    named = (line.cells["full_name"], born)
    return named if None not in named else (line.centre, line.number)
