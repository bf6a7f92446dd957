"""A second opinion on a month: the rulebook's text, clause by clause, in loops over plain rows.

Nothing of `ioc_etl.core` is used or followed. Where the text can be read in two ways, READINGS says which was taken.
"""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.cells import bare, date_of, money_of, text_of
from tests.oracle.law import Law, centres, findings, fold, law_at, name_of
from tests.oracle.registers import Approval, Headcount, Registers, person, read

READINGS = (
    "A lost zero is proven in the province by any row of the centre's approved list, ended ones too.",
    "A district with its own list still proves a lost zero by the birth year.",
    "A person's rows at one centre hold one post; a person at two centres holds one at each.",
    "Who is past the quota is told on every row of that person at that centre that does not free the post, merged too.",
    "A table without a header has no title either: HEADER_NOT_FOUND alone.",
    "Without a usable ID a person is known by name and birth date, for accounts and shifts.",
    "An unreadable monitored service blocks nothing (rule 4: never blocks).",
    "Where a district's own list binds, its order ranks, as in the province.",
    "A full list closes the rows decided before it, whenever they begin.",
    "`Không` as an amount is a placeholder (close reading 19), no word; as a name it says that there is none.",
    "Days of duty are those within the approval: rows overlap only where both have a day of duty.",
    "On a day on which another support is higher its person comes after all whom we would pay on that day.",
    "Whose days with a post all go to another support is superseded.",
    "By the methods of whole months the posts are those of the last day that has a decision.",
    "The row of an unknown agency counts within the centre's posts only, unless the list names its agency.",
    "BUDGET_EXCEEDED takes the place of BUDGET_NEARLY_USED.",
    "In a split month every row compares other supports with its own mode's amount.",
    "A row that is not approved has no days on duty, so it has no PART_MONTH.",
    "Rows are alike when they are understood alike.",
)
BLOCKS_OF = {code for code, f in findings().items() if f["severity"] == "block"}
FREES = {
    "CATEGORY_NOT_ELIGIBLE", "DUTY_OUT_OF_SCOPE", "NOT_APPROVED", "NOT_ON_DUTY", "AGENCY_NOT_IN_QUOTA", "ROW_HIDDEN",
}  # fmt: skip
FIELDS_ALIKE = (
    "name", "birth", "id_text", "agency", "category", "duty", "mode", "shift", "from", "to", "support_name", "support",
    "account", "bank", "errors",
)  # fmt: skip


@dataclass
class Sent:
    """What one centre's file says. `state` is `read`, or what keeps it from being read."""

    state: str = "read"
    columns: tuple[str, ...] = ()
    rows: list[dict[str, Any]] = field(default_factory=list)
    title_month: date | None = None
    title_centre: str | None = None
    total: int | None = None
    missing_columns: int = 0
    ambiguous_columns: int = 0
    unknown_columns: int = 0
    other_rosters: int = 0
    has_header: bool = True


@dataclass
class Month:
    """One month's input in plain values."""

    month: date
    sent: dict[str, Sent]
    registers: dict[str, Any]
    part_month: str = "full_month"
    ignored: int = 0


@dataclass
class Person:
    """One roster row as it is understood."""

    centre: str
    row: int
    seen: dict[str, Any]
    codes: set[str] = field(default_factory=set)
    who: str = ""
    has_id: bool = False
    roster_days: set[date] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    is_dated: bool = True
    agency: str | None = None
    order: int = 10**6
    is_merged: bool = False
    other: int | None = None
    person_days: set[date] = field(default_factory=set)
    posts: set[date] = field(default_factory=set)
    higher: set[date] = field(default_factory=set)
    is_of_one_month: bool = False
    outcome: str = ""
    amount: int = 0


@dataclass
class Opinion:
    """What must come of a month."""

    rows: dict[tuple[str, int], tuple[str, int, frozenset[str]]]
    file_codes: dict[str, set[str]]
    centre_codes: dict[str, set[str]]
    run_codes: set[str]
    is_blocked: bool


def opinion(given: Month) -> Opinion:
    """Decide a month."""
    return _Month(given).decide()


class _Month:
    def __init__(self, given: Month) -> None:
        self.given = given
        self.law: Law = law_at(given.month, given.part_month)
        self.centres = centres()
        last = monthrange(given.month.year, given.month.month)[1]
        self.days = [given.month + timedelta(days=n) for n in range(last)]
        self.people: list[Person] = []
        self.file_codes: dict[str, set[str]] = {}
        self.centre_codes: dict[str, set[str]] = {}

    def decide(self) -> Opinion:
        run = {"POLICY_DRAFT"} | ({"FILE_IGNORED"} if self.given.ignored else set())
        if not self.law.in_force:
            return Opinion({}, {}, {}, run | {"POLICY_NOT_IN_FORCE"}, is_blocked=True)
        if self.law.base is None:
            return Opinion({}, {}, {}, run | {"NO_BASE_SALARY"}, is_blocked=True)
        self.registers: Registers = read(self.given.registers, self.centres, self.law)
        run |= self.registers.run_codes
        if self.registers.run_codes:
            return Opinion({}, {}, {}, run, is_blocked=True)
        accepted = [code for code in self._due() if self._is_accepted(code)]
        for code in accepted:
            self._understand(code)
        self._same_people()
        self._possible_duplicates()
        self._shared_accounts()
        for one in self.people:
            self._stated(one)
        for one in self.people:
            self._supports(one)
        for code in accepted:
            self._quota(code)
        for one in self.people:
            self._settle(one)
        for code in accepted:
            self._about_centre(code)
        rows = {(p.centre, p.row): (p.outcome, p.amount, frozenset(p.codes)) for p in self.people}
        return Opinion(rows, self.file_codes, self.centre_codes, run, is_blocked=False)

    # ---- centres and files

    def _is_open(self, code: str) -> bool:
        opened, closed = self.centres[code].get("opened_on"), self.centres[code].get("closed_on")
        return opened is not None and opened <= self.days[-1] and (closed is None or closed >= self.days[0])

    def _due(self) -> list[str]:
        return [
            c for c in self.centres if self._is_open(c) or self.given.sent.get(c, Sent("missing")).state != "missing"
        ]

    def _is_province(self, code: str) -> bool:
        return bool(self.centres[code]["kind"] == "province")

    def _headcounts(self, code: str, day: date) -> list[Headcount]:
        """The decision on a district's posts that counts on a day: valid on it, decided last."""
        valid = [h for h in self.registers.headcounts if h.centre == code and h.start <= day <= h.end]
        latest = max(((h.decided, h.start, h.decision) for h in valid), default=None)
        return [h for h in valid if latest and (h.decided, h.decision) == (latest[0], latest[2])]

    def _split_on(self, code: str, day: date) -> dict[str, int]:
        """Posts by agency where they bind on a day."""
        if self._is_province(code):
            return self.law.posts
        posts: dict[str, int] = defaultdict(int)
        for headcount in self._headcounts(code, day):
            if headcount.agency:
                posts[headcount.agency] += headcount.posts
        return dict(posts)

    def _posts_on(self, code: str, day: date) -> int:
        if self._is_province(code):
            return int(self.law.centre_posts["province"])
        return min(int(self.law.centre_posts["district"]), sum(h.posts for h in self._headcounts(code, day)))

    def _last_day_with_posts(self, code: str) -> date:
        with_posts = [day for day in self.days if self._is_province(code) or self._headcounts(code, day)]
        return with_posts[-1] if with_posts else self.days[-1]

    def _split(self, code: str) -> dict[str, int]:
        """Posts by agency, of every agency that has any in the month."""
        known = {agency for day in self.days for agency in self._split_on(code, day)}
        last = self._split_on(code, self._last_day_with_posts(code))
        return {agency: last.get(agency, 0) for agency in known}

    def _posts(self, code: str) -> int:
        return self._posts_on(code, self._last_day_with_posts(code))

    @property
    def _pays_days(self) -> bool:
        return self.given.part_month == "calendar_days"

    def _is_accepted(self, code: str) -> bool:
        sent = self.given.sent.get(code, Sent("missing"))
        codes = self.file_codes[code] = set()
        self.centre_codes[code] = set()
        if not self._is_open(code):
            codes.add("CENTRE_NOT_OPEN")
        if not self._is_province(code) and not any(self._headcounts(code, day) for day in self.days):
            codes.add("NO_ESTABLISHMENT")
        if code in self.registers.bad_centres:
            codes.add("REGISTER_ROW_INVALID")
        states = {
            "missing": "ROSTER_MISSING", "ambiguous": "ROSTER_AMBIGUOUS", "unreadable": "ROSTER_UNREADABLE",
            "too_large": "ROSTER_TOO_LARGE", "legacy": "LEGACY_ENCODING",
        }  # fmt: skip
        if sent.state in states:
            codes.add(states[sent.state])
        else:
            codes |= self._in_file(code, sent)
        return not codes & BLOCKS_OF

    def _in_file(self, code: str, sent: Sent) -> set[str]:
        hidden = sum(bool(row.get("_hidden")) for row in sent.rows)
        told = {
            "WRONG_MONTH": sent.title_month is not None and sent.title_month != self.given.month,
            "WRONG_CENTRE": sent.title_centre is not None and sent.title_centre != code,
        }
        if not sent.has_header:
            return {"HEADER_NOT_FOUND"} | ({"SHEET_IGNORED"} if sent.other_rosters else set())
        has_agency = "agency" in sent.columns or any(row.get("_group") for row in sent.rows)
        told |= {
            "COLUMN_MISSING": sent.missing_columns > 0 or (bool(self._split(code)) and not has_agency),
            "COLUMN_AMBIGUOUS": sent.ambiguous_columns > 0,
            "COLUMN_UNKNOWN": sent.unknown_columns > 0,
            "SHEET_IGNORED": sent.other_rosters > 0,
            "HIDDEN_ROWS": hidden > 0,
            "NO_ROWS": not sent.rows,
            "TOTAL_MISMATCH": sent.total is not None and sent.total not in {len(sent.rows), len(sent.rows) - hidden},
        }
        return {name for name, is_so in told.items() if is_so}

    # ---- one row

    def _understand(self, code: str) -> None:
        sent = self.given.sent[code]
        for number, row in enumerate(sent.rows):
            errors = {name for name in row.get("_error", ()) if name in sent.columns}
            seen: dict[str, Any] = {
                name: text_of(row.get(name)) if name in sent.columns and name not in errors else None
                for name in ("row_no", "full_name", "birth_date", "citizen_id", "agency", "staff_category", "duty",
                             "work_mode", "coefficient", "shift", "from_date", "to_date", "other_support_name",
                             "other_support_vnd", "bank_account", "bank_name", "note", "monitored_service")
            }  # fmt: skip
            seen |= {name: None for name, text in seen.items() if text and self._is_placeholder(name, text)}
            seen["errors"] = frozenset(errors)
            seen["agency_word"] = seen["agency"] or (None if "agency" in errors else row.get("_group"))
            seen["hidden"] = bool(row.get("_hidden"))
            one = Person(code, row.get("_row", number), seen)
            self.people.append(one)
            self._identity(one)
            self._cells(one)
            self._dates(one)
            self._approval(one)
            self._agency(one)
        self._part_month_of_single_rows(code)

    def _is_placeholder(self, name: str, text: str) -> bool:
        """Close reading 19; dittos and lost letters are none of the faults."""
        if name in {"birth_date", "from_date", "to_date"}:
            return text in {"-", "–", "—"}
        if name in {"row_no", "shift", "coefficient", "note"}:
            return False
        of_words = name not in {"citizen_id", "bank_account", "other_support_vnd"}
        is_word = fold(text) in self.law.placeholders or not fold(text)
        return is_word and (of_words or not any(character.isdigit() for character in text))

    def _identity(self, one: Person) -> None:  # noqa: C901, PLR0912 - the rulebook's own cases, one after the other
        seen, codes = one.seen, one.codes
        birth, seen["year"] = seen["birth_date"], None
        seen["birth"] = date_of(birth) if birth else None
        if seen["birth"]:
            seen["year"] = seen["birth"].year
        elif birth and len(birth) == 4 and birth.isdigit():
            seen["year"] = int(birth)
        elif birth:
            codes.add("BIRTH_DATE_INVALID")
        digits = bare(seen["citizen_id"] or "")
        seen["id_text"] = digits
        one.who = f"row {one.centre} {one.row}"
        if "citizen_id" in seen["errors"]:
            return
        if not digits:
            codes.add("ID_MISSING")
            return
        if not digits.isdigit():
            codes.add("ID_INVALID")
            return
        if len(digits) == 9:
            if self.given.month > date(2024, 12, 31):
                codes.add("ID_OLD_CMND_EXPIRED")
                return
            codes.add("ID_OLD_CMND")
        elif len(digits) in {10, 11}:
            padded = digits.zfill(12)
            is_proven = any(a.centre == one.centre and a.citizen_id == padded for a in self.registers.approvals)
            if not self._is_province(one.centre):
                is_proven |= seen["year"] is not None and padded[4:6] == f"{seen['year'] % 100:02}"
            if not is_proven or not self._is_known_code(padded):
                codes.add("ID_INVALID")
                return
            digits = padded
            codes.add("ID_ZERO_RESTORED")
        elif len(digits) != 12 or not self._is_known_code(digits):
            codes.add("ID_INVALID")
            return
        if len(digits) == 12 and seen["year"]:
            year = 1900 + 100 * (int(digits[3]) // 2) + int(digits[4:6])
            if year != seen["year"]:
                codes.add("ID_BIRTH_MISMATCH")
        one.has_id, one.who = True, person(self.registers, digits)
        seen["id_text"] = digits

    def _is_known_code(self, digits: str) -> bool:
        return int(digits[:3]) >= 100 or digits[:3] in self.law.birth_codes

    def _cells(self, one: Person) -> None:
        seen, codes, law = one.seen, one.codes, self.law
        if seen["errors"] - {"monitored_service"}:
            codes.add("CELL_UNREADABLE")
        if seen["hidden"]:
            codes.add("ROW_HIDDEN")
        seen["name"] = name_of(seen["full_name"]) if seen["full_name"] else None
        words = [word for word in (seen["full_name"] or "").split() if any(c.isalpha() for c in word)]
        if len(words) < 2 and "full_name" not in seen["errors"]:
            codes.add("NAME_MISSING")
        seen["category"] = law.categories.get(fold(seen["staff_category"] or ""))
        if seen["category"] is None and "staff_category" not in seen["errors"]:
            codes.add("CATEGORY_UNKNOWN")
        if seen["category"] and seen["category"] not in law.eligible:
            codes.add("CATEGORY_NOT_ELIGIBLE")
        if "duty" not in seen["errors"] and law.duty(seen["duty"] or "") is None:
            codes.add("DUTY_OUT_OF_SCOPE")
        seen["duty"] = law.duty(seen["duty"] or "") or seen["duty"]
        self._mode_and_shift(one)
        account = bare(seen["bank_account"] or "")
        seen["account"], seen["bank"] = account, fold(seen["bank_name"] or "")
        if (not account and "bank_account" not in seen["errors"]) or (
            not seen["bank_name"] and "bank_name" not in seen["errors"]
        ):
            codes.add("BANK_ACCOUNT_MISSING")
        if account and not (
            account.isdigit() and law.account_digits["min"] <= len(account) <= law.account_digits["max"]
        ):
            codes.add("BANK_ACCOUNT_INVALID")
        note = f" {fold(seen['note'] or '')} "
        if any(f" {word} " in note for word in law.absence):
            codes.add("ABSENCE_NOTED")

    def _mode_and_shift(self, one: Person) -> None:
        seen, codes = one.seen, one.codes
        mode = self.law.modes.get(fold(seen["work_mode"] or ""))
        if seen["coefficient"]:
            number = seen["coefficient"].replace(".", ",")
            mode = {"1,5": "direct", "0,5": "indirect", "1,50": "direct", "0,50": "indirect"}.get(number)
        seen["mode"] = mode
        if mode is None and not seen["errors"] & {"work_mode", "coefficient"}:
            codes.add("WORK_MODE_UNKNOWN")
        shift = seen["shift"]
        seen["shift"] = int(shift) if shift in {"1", "2", "3"} else None
        if mode == "direct" and seen["shift"] is None and "shift" not in seen["errors"]:
            codes.add("SHIFT_INVALID")

    def _dates(self, one: Person) -> None:
        seen = one.seen
        first, last = self.days[0], self.days[-1]
        start = date_of(seen["from_date"]) if seen["from_date"] else first
        end = date_of(seen["to_date"]) if seen["to_date"] else last
        is_bad = start is None or end is None
        if start and end and seen["from_date"] and seen["to_date"] and start > end:
            is_bad = True
        if is_bad:
            one.codes.add("DATE_INVALID")
        is_unread = bool(seen["errors"] & {"from_date", "to_date"})
        one.is_dated = not (is_bad or is_unread)
        if one.is_dated and start and end:
            one.roster_days = {day for day in self.days if start <= day <= end}
        else:
            one.roster_days = set(self.days)
        seen["from"], seen["to"] = start or seen["from_date"], end or seen["to_date"]
        if not one.roster_days:
            one.codes.add("NOT_ON_DUTY")

    def _list(self, code: str) -> list[Approval] | None:
        """The approvals that bind a centre, None where none does."""
        listed = [a for a in self.registers.approvals if a.centre == code]
        if self._is_province(code) or any(a.start <= self.days[-1] for a in listed):
            return [a for a in listed if a.start <= self.days[-1] and a.end >= self.days[0] and a.start <= a.end]
        return None

    def _approval(self, one: Person) -> None:
        one.days = set(one.roster_days)
        listed = self._list(one.centre)
        if listed is None or not one.has_id:
            return
        mine = [a for a in listed if person(self.registers, a.citizen_id) == one.who]
        if not mine:
            one.codes.add("NOT_APPROVED")
            one.days = set()
            return
        approved = {day for day in self.days if any(a.start <= day <= a.end for a in mine)}
        one.days = one.roster_days & approved
        if not one.days:
            one.codes.add("NOT_ON_DUTY")
        counts = max(mine, key=lambda a: (a.decided, a.start, -a.order))
        one.order, one.seen["listed_agency"] = counts.order, counts.agency
        if one.seen["name"] and one.seen["name"] not in {name_of(a.name) for a in mine}:
            one.codes.add("NAME_DIFFERS")

    def _agency(self, one: Person) -> None:
        split, word = self._split(one.centre), one.seen["agency_word"]
        one.seen["agency"] = None
        if not split:
            one.seen["agency"] = fold(word or "")
            return
        mine = (self.law.agency(word) or (fold(word) if fold(word) in split else None)) if word else None
        one.seen["agency"] = mine or fold(word or "")
        if mine is None and "agency" not in one.seen["errors"]:
            one.codes.add("AGENCY_UNKNOWN")
        if mine and mine not in split:
            one.codes.add("AGENCY_NOT_IN_QUOTA")
        listed = one.seen.get("listed_agency")
        if listed and mine and listed != mine:
            one.codes.add("AGENCY_DIFFERS")
        one.agency = listed or mine
        if self._is_province(one.centre) and one.seen["mode"]:
            expected = self.law.expected.get(one.agency or "")
            if expected and expected != one.seen["mode"]:
                one.codes.add("MODE_ABOVE_EXPECTED" if expected == "indirect" else "MODE_BELOW_EXPECTED")

    # ---- one person

    def _rows_of_people(self) -> dict[str, list[Person]]:
        people: dict[str, list[Person]] = defaultdict(list)
        for one in self.people:
            people[one.who].append(one)
        return people

    def _part_month_of_single_rows(self, code: str) -> None:
        for one in self.people:
            if one.centre == code:
                one.person_days = one.days

    def _same_people(self) -> None:
        for rows in self._rows_of_people().values():
            rows.sort(key=lambda one: (one.centre, one.row))
            if len(rows) > 1:
                self._several_rows(rows)
        for one in self.people:
            if one.person_days and len(one.person_days) < len(self.days):
                one.codes.add("PART_MONTH")

    def _several_rows(self, rows: list[Person]) -> None:  # noqa: C901 - the rulebook's own cases
        is_one_centre = len({one.centre for one in rows}) == 1
        if is_one_centre and all(_facts(one) == _facts(rows[0]) for one in rows):
            for one in rows:
                one.is_of_one_month = True
            for later in rows[1:]:
                later.is_merged = True
                later.codes.add("ROW_MERGED")
            return
        for one in rows:
            one.person_days = set().union(*(other.days for other in rows if other.centre == one.centre))
        overlaps = any(a.days & b.days for n, a in enumerate(rows) for b in rows[n + 1 :])
        if overlaps or not (is_one_centre or self._pays_days):
            for one in rows:
                one.codes.add("DUPLICATE_PERSON")
            return
        for one in rows:
            one.is_of_one_month = True
        if self._pays_days:
            parts = [one for one in rows if one.days]
            for one in parts if len(parts) > 1 else []:
                one.codes.add("PERSON_SPLIT")
            return
        days: dict[str | None, int] = defaultdict(int)
        for one in rows:
            days[one.seen["mode"]] += len(one.days)
        paid_mode = max(days, key=lambda mode: (days[mode], -self.law.tenths.get(mode or "", 0)))
        stays = max((one for one in rows if one.seen["mode"] == paid_mode), key=lambda one: (len(one.days), -one.row))
        for one in rows:
            if one is not stays:
                one.is_merged = True
                one.codes.add("ROW_MERGED")

    def _possible_duplicates(self) -> None:
        for a in self.people:
            for b in self.people:
                are_two = a.has_id and b.has_id and a.who != b.who
                if are_two and a.seen["name"] and a.seen["name"] == b.seen["name"] and _births_agree(a, b):
                    a.codes.add("POSSIBLE_DUPLICATE")

    def _shared_accounts(self) -> None:
        holders: dict[str, set[str]] = defaultdict(set)
        for one in self.people:
            if one.seen["account"].isdigit():
                holders[one.seen["account"]].add(self._somebody(one))
        for one in self.people:
            if len(holders[one.seen["account"]]) > 1:
                one.codes.add("SHARED_BANK_ACCOUNT")

    @staticmethod
    def _somebody(one: Person) -> str:
        """Who a row speaks of: the ID, else name and birth date, else the row."""
        if one.has_id or not (one.seen["name"] and one.seen["year"]):
            return one.who
        return f"{one.seen['name']} {one.seen['birth'] or one.seen['year']}"

    # ---- other supports

    def _full_amount(self, one: Person) -> int | None:
        mode = one.seen["mode"]
        return int(Fraction(self.law.tenths[mode], 10) * self.law.base) if mode else None

    def _stated(self, one: Person) -> None:
        """What the roster's own columns say: `seen["stated"]`, an amount for the whole month, 0 for none."""
        seen, law = one.seen, self.law
        name, amount = seen["other_support_name"], seen["other_support_vnd"]
        is_unread = bool(seen["errors"] & {"other_support_name", "other_support_vnd"})
        seen["support_name"], seen["support"] = fold(name or ""), amount
        seen["stated"], seen["stated_unreadable"] = 0, False
        if name and law.is_ordinary(name):
            pass
        elif amount:
            value = money_of(amount)
            seen["support"] = value
            seen["stated"], seen["stated_unreadable"] = value or 0, value is None
        elif name and fold(name) not in law.nothing and not is_unread:
            seen["stated_unreadable"] = True

    def _supports(self, one: Person) -> None:
        parts = [one]
        if one.is_of_one_month and not one.is_merged:
            parts = [other for other in self.people if other.who == one.who]
        if any(part.seen["stated_unreadable"] for part in parts):
            one.codes.add("OTHER_SUPPORT_UNREADABLE")
        stated = max(part.seen["stated"] for part in parts)
        others = [(self.days[0], self.days[-1], stated)]
        if one.has_id:
            if any(person(self.registers, bad) == one.who for bad in self.registers.unreadable_supports):
                one.codes.add("OTHER_SUPPORT_UNREADABLE")
            others += [
                (s.start, s.end, s.amount or 0)
                for s in self.registers.supports
                if person(self.registers, s.citizen_id) == one.who and not self.law.is_ordinary(s.regime)
            ]
        ours = self._full_amount(one)
        if ours is None:
            return
        of_day = {day: max((a for start, end, a in others if start <= day <= end), default=0) for day in one.days}
        one.higher = {day for day, amount in of_day.items() if amount >= ours}
        if one.higher and (one.higher == one.days or not self._pays_days):
            one.codes.add("OTHER_SUPPORT_HIGHER")
            return
        if one.higher:
            one.codes.add("OTHER_SUPPORT_PART")
        if any(0 < amount < ours for amount in of_day.values()):
            one.codes.add("OTHER_SUPPORT_STILL_PAID")

    # ---- quota, outcome, centre

    def _quota(self, code: str) -> None:
        holders: dict[str, list[Person]] = defaultdict(list)
        for one in self.people:
            if one.centre == code and not one.codes & FREES:
                holders[one.who].append(one)
        for rows in holders.values():
            rows.sort(key=self._order)
        ranked = sorted(holders.values(), key=self._rank)
        if self._pays_days:
            for day in self.days:
                self._posts_of_a_day(code, day, ranked)
        else:
            self._posts_of_the_month(code, ranked)
        for one in (one for rows in ranked for one in rows if one.days and not one.is_merged):
            if not one.posts:
                one.codes.add("OVER_QUOTA")
            elif self._pays_days and one.posts < one.days:
                one.codes.add("POST_ON_SOME_DAYS")

    def _posts_of_a_day(self, code: str, day: date, ranked: list[list[Person]]) -> None:
        """In rank order each takes a post of his agency and of the centre, while both have one left."""
        here = []
        for rows in ranked:
            there = [one for one in rows if day in one.days]
            if there:
                here.append((min(there, key=lambda one: (day in one.higher, one.row)), there))
        split, left = self._split_on(code, day), self._posts_on(code, day)
        counted: dict[str | None, int] = defaultdict(int)
        for best, _ in here:
            counted[best.agency] += 1
        too_many = split and any(agency and number > split.get(agency, 0) for agency, number in counted.items())
        if len(here) > left or too_many:
            self.centre_codes[code].add("QUOTA_EXCEEDED")
        taken: dict[str | None, int] = defaultdict(int)
        for best, there in sorted(here, key=lambda both: day in both[0].higher):
            is_full = bool(split) and best.agency is not None and taken[best.agency] >= split.get(best.agency, 0)
            if left == 0 or is_full:
                continue
            left -= 1
            taken[best.agency] += 1
            for one in there:
                one.posts.add(day)

    def _posts_of_the_month(self, code: str, ranked: list[list[Person]]) -> None:
        split, left = self._split(code), self._posts(code)
        taken: dict[str | None, int] = defaultdict(int)
        for rows in ranked:
            agency = rows[0].agency
            is_full = bool(split) and agency is not None and taken[agency] >= split.get(agency, 0)
            if left == 0 or is_full:
                self.centre_codes[code].add("QUOTA_EXCEEDED")
                continue
            left -= 1
            taken[agency] += 1
            for one in rows:
                one.posts = set(self.days)

    def _order(self, one: Person) -> tuple[int, int]:
        stt = one.seen["row_no"] or ""
        return one.order if self._list(one.centre) is not None else (int(stt) if stt.isdigit() else 10**6), one.row

    def _rank(self, rows: list[Person]) -> tuple[bool, int, int, int]:
        is_superseded = all("OTHER_SUPPORT_HIGHER" in one.codes for one in rows)
        days = len(set().union(*(one.days for one in rows)))
        return (is_superseded, -days, *self._order(rows[0]))

    def _settle(self, one: Person) -> None:
        if one.is_merged:
            one.outcome = "merged"
        elif one.codes & BLOCKS_OF:
            one.outcome = "held"
        elif "OTHER_SUPPORT_HIGHER" in one.codes or (self._pays_days and one.posts <= one.higher):
            one.outcome = "superseded"
        else:
            one.outcome, one.amount = "paid", self._amount(one)

    def _amount(self, one: Person) -> int:
        full = Fraction(self.law.tenths[one.seen["mode"]], 10) * self.law.base
        share = Fraction(1)
        if self.given.part_month == "half_under_15_days" and len(one.person_days) < 15:
            share = Fraction(1, 2)
        elif self._pays_days:
            share = Fraction(len(one.posts - one.higher), len(self.days))
        exact = full * share
        return exact.numerator // exact.denominator

    def _about_centre(self, code: str) -> None:
        codes, people = self.centre_codes[code], [one for one in self.people if one.centre == code]
        if self._is_understaffed(code, people):
            codes.add("SHIFT_UNDERSTAFFED")
        if self.given.month > date(2025, 6, 30):
            codes.add("AUTHORITY_ENDED")
        named = [s.citizen_id for s in self.registers.supports if "179" in s.regime]
        if (
            self.days[-1] >= date(2025, 8, 15)
            and people
            and not ({person(self.registers, number) for number in named} & {one.who for one in people if one.has_id})
        ):
            codes.add("REGIME_UNREGISTERED")
        listed = self._list(code)
        for day in self.days:
            valid = {person(self.registers, a.citizen_id): a for a in listed or () if a.start <= day <= a.end}
            by_agency: dict[str | None, int] = defaultdict(int)
            for approval in valid.values():
                by_agency[approval.agency] += 1
            split = self._split_on(code, day)
            if len(valid) > self._posts_on(code, day) or any(
                split and agency and number > split.get(agency, 0) for agency, number in by_agency.items()
            ):
                codes.add("APPROVED_LIST_OVER_QUOTA")
        self._budget(code, sum(one.amount for one in people))

    def _is_understaffed(self, code: str, people: list[Person]) -> bool:
        on_shifts = [one for one in people if one.seen["mode"] == "direct" and one.seen["shift"] and one.roster_days]
        if not self._is_province(code):
            return len({self._somebody(one) for one in on_shifts}) < self._posts(code)
        return any(
            len({self._somebody(one) for one in on_shifts if one.agency == agency and one.seen["shift"] == shift})
            < needed
            for agency, needed in self.law.staffing.items()
            for shift in (1, 2, 3)
        )

    def _budget(self, code: str, amount: int) -> None:
        source = self.centres[code].get("funding_source", code)
        allocation = self.registers.budgets.get((source, self.given.month.year))
        codes = self.centre_codes[code]
        if allocation is None or source in self.registers.bad_budgets or "" in self.registers.bad_budgets:
            codes.add("BUDGET_MISSING")
        elif amount > allocation:
            codes.add("BUDGET_EXCEEDED")
        elif amount * 10 >= allocation * 9:
            codes.add("BUDGET_NEARLY_USED")


def _facts(one: Person) -> tuple[Any, ...]:
    support = one.seen["other_support_name"], one.seen["other_support_vnd"]
    names = [name for name in FIELDS_ALIKE if not name.startswith("support")]
    return (*(one.seen.get(name) for name in names), support)


def _births_agree(a: Person, b: Person) -> bool:
    """Close reading 10: two full dates by the day, else by year and sex as far as either is known."""
    if a.seen["birth"] and b.seen["birth"]:
        return bool(a.seen["birth"] == b.seen["birth"])
    (year, sex), (other_year, other_sex) = _year_and_sex(a), _year_and_sex(b)
    if year and other_year and year != other_year:
        return False
    return sex is None or other_sex is None or sex == other_sex


def _year_and_sex(one: Person) -> tuple[int | None, int | None]:
    if len(one.who) != 12:
        return one.seen["year"], None
    century, sex = divmod(int(one.who[3]), 2)
    return one.seen["year"] or 1900 + 100 * century + int(one.who[4:6]), sex
