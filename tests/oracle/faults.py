"""Every fault that a month can have, one function each: small changes to a clean month."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from tests.oracle.months import DISTRICTS, LOCAL, OPEN, PLANNED, Draft, Fault, Row, approve, base_of, person
from tests.oracle.oracle import Sent

FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    """A function of this module is a fault."""
    FAULTS[function.__name__] = function
    return function


def _set(name: str, *centres: str, **values: Any) -> None:
    """A fault that sets cells of somebody's row; a tuple is a choice, a callable is asked."""

    def apply(draft: Draft) -> None:
        row = draft.row(*centres)
        for field, value in values.items():
            chosen = draft.rng.choice(value) if isinstance(value, tuple) else value
            row[field] = chosen(draft) if callable(chosen) else chosen

    FAULTS[name] = apply


def _dmy(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}"


_set("name_missing", full_name=None)
_set("name_differs", full_name="Nguyễn Thị Khác")
_set("name_accent_differs", "tinh", full_name="Lê Văn Tý")
_set("id_missing", citizen_id=None)
_set("id_letters", citizen_id=("07008A123456", "chưa có", "070-085-00123X"))
_set("id_bad_code", citizen_id=("003085123456", "099085123456", "071085123456", "000085123456"))
_set("id_foreign", *DISTRICTS, citizen_id=("100085123456", "232085123459"), birth_date="01/02/1985")
_set("id_long", citizen_id=("0700851234567", "07008512"))
_set("id_cmnd", *DISTRICTS, citizen_id=("285123456", "285 123 457"))
_set("id_cmnd_province", "tinh", citizen_id="285123458")
_set("id_eleven_wrong_year", *DISTRICTS, citizen_id="70085123456", birth_date="01/02/1986")
_set("id_ten_right_year", *DISTRICTS, citizen_id="1085123456", birth_date="01/02/1985")
_set("id_ten_other_century", *DISTRICTS, citizen_id="1204123456", birth_date="01/02/1904")
_set("id_eleven_no_birth", citizen_id="70085123457", birth_date=None)
_set("id_eleven_bad_code", *DISTRICTS, citizen_id="71085123456", birth_date="01/02/1985")
_set("birth_mismatch", birth_date=("01/01/1950", "01/02/2085", 1951))
_set("birth_bad", birth_date=("31/02/1980", "không rõ", "1/1/85", "05/1985", "85"))
_set("birth_blank", birth_date=None)
_set("birth_other_hand", birth_date=("5.3.1980", "5-3-1980", "1980-03-05"))
_set("category_contract", staff_category=("Hợp đồng", "HỢP ĐỒNG", "hợp đồng lao động"))
_set("category_unknown", staff_category=("Thực tập sinh", "Cộng tác viên", None))
_set("duty_out", duty=("Tạp vụ", "Lái xe", None, "Kế toán"))
_set("duty_service", duty=("Giám sát Giáo dục", "Giám sát an toàn thông tin", "Giám sát báo chí, mạng xã hội"))
_set("mode_unknown", work_mode=("Từ xa", None, "Bán thời gian"))
_set("mode_indirect", work_mode="Không trực tiếp")
_set("mode_direct", work_mode="Trực tiếp")
_set("shift_bad", shift=(4, 0, None, "đêm"))
_set("agency_unknown", "tinh", agency=("Ban Lạ", "Công ty ABC"))
_set("agency_blank", "tinh", agency=None)
_set("agency_without_posts", "tinh", agency=("Văn phòng UBND tỉnh", "Sở Nội vụ"))
_set("agency_other", "tinh", agency=("Sở Y tế", "Công an tỉnh", "Sở TTTT"))
_set("agency_new_names", "tinh", agency=("Sở Khoa học và Công nghệ", "Sở Tài chính"))
_set("agency_planning", "tinh", agency="Sở KH&ĐT")
_set("from_in_month", from_date=lambda d: _dmy(d.day(d.rng.randrange(1, 28))))
_set("to_in_month", to_date=lambda d: _dmy(d.day(d.rng.randrange(1, 28))))
_set("fifteen_days", from_date=lambda d: _dmy(d.last - timedelta(days=14)))
_set("fourteen_days", from_date=lambda d: _dmy(d.last - timedelta(days=13)))
_set("whole_month_written", from_date=lambda d: _dmy(d.month), to_date=lambda d: _dmy(d.last))
_set("date_bad", from_date=("đầu tháng", "32/01/2022", "1/1/22", "30.02.2022"))
_set("date_to_bad", to_date=("cuối tháng", "00/01/2022"))
_set("date_reversed", from_date=lambda d: _dmy(d.day(20)), to_date=lambda d: _dmy(d.day(10)))
_set("date_reversed_before", from_date=lambda d: _dmy(d.month), to_date=lambda d: _dmy(d.month - timedelta(days=3)))
_set("duty_before", from_date="01/01/2021", to_date=lambda d: _dmy(d.month - timedelta(days=1)))
_set("duty_after", from_date=lambda d: _dmy(d.last + timedelta(days=1)))
_set("duty_ended", to_date=lambda d: _dmy(d.month - timedelta(days=1)))
_set(
    "date_other_hands", from_date=lambda d: f"5.{d.month.month}.{d.month.year}", to_date=lambda d: d.day(20).isoformat()
)
_set("note_absence", note=("Nghỉ thai sản từ 01/01", "đang bị đình chỉ công tác", "Nghỉ không lương", "tạm giam"))
_set("note_other", note=("Mới chuyển đến", "không lượng thứ"))
_set("account_missing", bank_account=None)
_set("bank_missing", bank_name=None)
_set("account_both_missing", bank_account=None, bank_name=None)
_set("account_bad", bank_account=("12345", "12345678901234567890", "ABC123456", "123456x"))
_set("account_spaced", bank_account=("1234 5678 9012", "1234.5678.9013", "1234-5678-9014"))
_set("account_edges", bank_account=("123456", "1234567890123456789"))
_set("stt_blank", row_no=None)
_set(
    "support_higher",
    other_support_name="Hỗ trợ CNTT",
    other_support_vnd=("5.000.000", 5000000, "5.000.000 đ", "5000000"),
)
_set("support_lower", other_support_name="Hỗ trợ CNTT", other_support_vnd=("500.000", 300000, "100.000 đồng"))
_set("support_equal", other_support_name="Hỗ trợ CNTT", other_support_vnd=lambda d: base_of(d) * 3 // 2)
_set("support_equal_low", other_support_name="Hỗ trợ CNTT", other_support_vnd=lambda d: base_of(d) // 2)
_set("support_nameless", other_support_vnd=("500.000", "9.000.000"))
_set(
    "support_ordinary",
    other_support_name=("Phụ cấp công vụ", "Thâm niên", "PC trách nhiệm"),
    other_support_vnd="400.000",
)
_set("support_ordinary_words", other_support_name="Phụ cấp chức vụ", other_support_vnd="theo lương")
_set("support_words", other_support_name="Hỗ trợ CNTT", other_support_vnd=("hai triệu", "-500.000", "có", "-"))
_set("support_name_only", other_support_name="Hỗ trợ thu hút")
_set("support_zero", other_support_name="Hỗ trợ CNTT", other_support_vnd=(0, "0"))
_set("support_none", other_support_name="Không", other_support_vnd=(None, 0))
_set("support_no_word", other_support_name="Không", other_support_vnd="Không")
_set("support_decimal", other_support_name="Hỗ trợ CNTT", other_support_vnd=("2.235.000,00"))


@fault
def cell_error(draft: Draft) -> None:
    centre = draft.centre()
    if draft.layouts[centre] == "comma":
        draft.layouts[centre] = "plain"
    sent = draft.given.sent[centre]
    row = draft.rng.choice(sent.rows)
    names = [name for name in sent.columns if name not in {"row_no", "full_name", "work_mode"}]
    row["_error"] = {draft.rng.choice(names), *row.get("_error", ())}


@fault
def hidden_book(draft: Draft) -> None:
    centre = draft.centre()
    draft.layouts[centre] = "ledger"
    draft.rng.choice(draft.given.sent[centre].rows)["_hidden"] = True


def _again(draft: Draft, *centres: str, to: str | None = None, **changes: Any) -> tuple[Row, Row]:
    centre = draft.centre(*centres)
    rows = draft.given.sent[centre].rows
    row = draft.rng.choice(rows)
    copy = deepcopy(row) | changes
    target = draft.given.sent[to or centre].rows
    copy["row_no"] = len(target) + 1
    if to:
        copy["_group"] = None
    target.append(copy)
    return row, copy


@fault
def row_again(draft: Draft) -> None:
    _again(draft)


@fault
def row_again_noted(draft: Draft) -> None:
    _again(draft, note="ghi chú khác", monitored_service="Giáo dục")


@fault
def row_again_other_shift(draft: Draft) -> None:
    row, copy = _again(draft)
    copy["shift"] = 3 if row.get("shift") != 3 else 1


@fault
def row_thrice(draft: Draft) -> None:
    row, _ = _again(draft)
    for sent in draft.given.sent.values():
        if any(r is row for r in sent.rows):
            sent.rows.append(deepcopy(row) | {"row_no": len(sent.rows) + 1})


@fault
def at_two_centres(draft: Draft) -> None:
    source = draft.centre(*DISTRICTS)
    target = draft.rng.choice([c for c in OPEN if c != source])
    _again(draft, source, to=target)


def _split_month(draft: Draft, last_of_first: int, first_of_second: int) -> None:
    row, copy = _again(draft)
    row["to_date"], copy["from_date"] = _dmy(draft.day(last_of_first)), _dmy(draft.day(first_of_second))
    row["from_date"] = copy["to_date"] = None
    other = {"Trực tiếp": "Không trực tiếp", "Không trực tiếp": "Trực tiếp"}
    if draft.rng.random() < 0.7:
        copy["work_mode"] = other.get(str(row["work_mode"]), "Trực tiếp")


@fault
def split_month(draft: Draft) -> None:
    day = draft.rng.randrange(2, 27)
    _split_month(draft, day, day + 1)


@fault
def split_month_with_gap(draft: Draft) -> None:
    _split_month(draft, 8, 20)


@fault
def split_month_tie(draft: Draft) -> None:
    half = draft.last.day // 2
    _split_month(draft, half, draft.last.day - half + 1)


@fault
def split_month_overlap(draft: Draft) -> None:
    _split_month(draft, 15, 15)


@fault
def possible_duplicate(draft: Draft) -> None:
    row, copy = _again(draft, *DISTRICTS, to=draft.rng.choice(DISTRICTS))
    copy |= {"citizen_id": person(draft)["citizen_id"], "bank_account": f"77{draft.people:08}"}
    copy["full_name"] = str(row["full_name"]).upper() if row["full_name"] else None


@fault
def shared_account(draft: Draft) -> None:
    row = draft.row()
    draft.row()["bank_account"] = row.get("bank_account")


@fault
def shared_account_other_bank(draft: Draft) -> None:
    row, other = draft.row(*DISTRICTS), draft.row("tinh")
    other["bank_account"], other["bank_name"] = f"{row.get('bank_account')}", "MB Bank"


def _extra(draft: Draft, centre: str, **changes: Any) -> Row:
    row = person(draft)
    rows = draft.given.sent[centre].rows
    row |= {"row_no": len(rows) + 1, "shift": 1, "agency": LOCAL[0] if centre != "tinh" else "Công an tỉnh"} | changes
    rows.append(row)
    return row


@fault
def one_too_many(draft: Draft) -> None:
    _extra(draft, draft.centre(*DISTRICTS))


@fault
def one_too_many_first(draft: Draft) -> None:
    centre = draft.centre(*DISTRICTS)
    row = _extra(draft, centre)
    rows = draft.given.sent[centre].rows
    rows.insert(0, rows.pop())
    row["row_no"] = draft.rng.choice((0, 99, None, "5"))


@fault
def thirteenth_policeman(draft: Draft) -> None:
    row = _extra(draft, "tinh", staff_category="Công an")
    approve(draft, "tinh", row, draft.rng.choice((0, 20)), "cong-an")


@fault
def not_on_the_list(draft: Draft) -> None:
    _extra(draft, "tinh")


@fault
def second_planner(draft: Draft) -> None:
    row = _extra(draft, "tinh", agency="Sở KHĐT", work_mode="Không trực tiếp", shift=None)
    approve(draft, "tinh", row, 21, "so-khdt")


def _listed(draft: Draft) -> Row:
    return draft.rng.choice([row for row in draft.register("approved_list") if row["centre_code"] == "tinh"])


@fault
def approval_ended(draft: Draft) -> None:
    _listed(draft)["valid_to"] = draft.rng.choice((draft.month - timedelta(days=1), draft.day(12)))


@fault
def approval_begins(draft: Draft) -> None:
    _listed(draft)["valid_from"] = draft.rng.choice((draft.last + timedelta(days=1), draft.day(12), draft.month))


@fault
def approved_and_on_duty_apart(draft: Draft) -> None:
    row = draft.row("tinh")
    for listed in draft.register("approved_list"):
        if listed["citizen_id"] == row.get("citizen_id"):
            listed["valid_to"] = draft.day(10)
    row["from_date"] = _dmy(draft.day(15))


@fault
def full_list(draft: Draft) -> None:
    """A new whole list from some day of the month leaves one person out and has one more."""
    rows = [row for row in draft.register("approved_list") if row["centre_code"] == "tinh"]
    start = draft.rng.choice((draft.month, draft.day(11), draft.last + timedelta(days=1)))
    for row in rows[:-1]:
        draft.register("approved_list").append(
            row | {"decision_no": "99/QĐ-UBND", "decision_date": draft.month - timedelta(days=5), "valid_from": start,
                   "valid_to": None, "list_kind": "full"}
        )  # fmt: skip


@fault
def addition_to_list(draft: Draft) -> None:
    row = _extra(draft, "tinh", agency="Sở Y tế")
    approve(draft, "tinh", row, 1, "so-y-te", decision_no="5/QĐ", decision_date=draft.month, list_kind="addition",
            valid_from=draft.rng.choice((draft.month, draft.day(9))))  # fmt: skip


@fault
def listed_elsewhere_in_province(draft: Draft) -> None:
    _listed(draft)["agency"] = draft.rng.choice(("so-y-te", "cong-an", "Sở TT&TT"))


@fault
def listed_twice(draft: Draft) -> None:
    row = _listed(draft)
    draft.register("approved_list").append(
        row | {"decision_no": "88/QĐ", "decision_date": "2021-12-25", "valid_from": "2021-12-25", "list_order": 40}
    )


@fault
def district_list(draft: Draft) -> None:
    """A district lists its own people, all but one."""
    centre = draft.centre(*DISTRICTS)
    for order, row in enumerate(draft.given.sent[centre].rows[:-1], start=1):
        digits = str(row.get("citizen_id") or "")
        if row.get("full_name") and digits.isdigit() and len(digits) == 12:
            approve(draft, centre, row, 10 - order, "", decision_no="7/QĐ",
                    valid_from=draft.month - timedelta(days=40))  # fmt: skip


@fault
def district_list_later(draft: Draft) -> None:
    centre = draft.centre(*DISTRICTS)
    for order, row in enumerate(draft.given.sent[centre].rows, start=1):
        digits = str(row.get("citizen_id") or "")
        if row.get("full_name") and digits.isdigit() and len(digits) == 12:
            approve(draft, centre, row, order, "", decision_no="7/QĐ",
                    valid_from=draft.rng.choice((draft.day(10), draft.last + timedelta(days=1))))  # fmt: skip


def _establishment(draft: Draft) -> Row:
    return draft.rng.choice(draft.register("establishment")) if draft.register("establishment") else {}


@fault
def fewer_posts(draft: Draft) -> None:
    _establishment(draft)["headcount"] = draft.rng.choice((5, 8))


@fault
def more_posts(draft: Draft) -> None:
    row = _establishment(draft)
    row["headcount"] = 12
    if row:
        _extra(draft, row["centre_code"])


@fault
def establishment_ended(draft: Draft) -> None:
    _establishment(draft)["valid_to"] = draft.rng.choice((draft.last - timedelta(days=1), draft.last))


@fault
def establishment_begins(draft: Draft) -> None:
    _establishment(draft)["valid_from"] = draft.rng.choice((draft.last, draft.last + timedelta(days=1)))


@fault
def establishment_overlaps(draft: Draft) -> None:
    row = _establishment(draft)
    if row:
        draft.register("establishment").insert(
            0, row | {"decision_no": "77/NQ", "decision_date": draft.rng.choice(("2022-01-01", "2021-01-01")),
                      "headcount": 7}
        )  # fmt: skip


@fault
def establishment_split(draft: Draft) -> None:
    row = _establishment(draft)
    if not row:
        return
    register = draft.register("establishment")
    counts = draft.rng.choice(((3, 3, 3), (2, 3, 3), (3, 4, 4), (9, 0, 0)))
    kept = [r for r in register if r is not row]
    kept += [row | {"headcount": n, "agency": word} for n, word in zip(counts, LOCAL, strict=True)]
    draft.given.registers["establishment"] = kept
    if draft.rng.random() < 0.5:
        rows = draft.given.sent[row["centre_code"]].rows
        if rows:
            draft.rng.choice(rows)["agency"] = draft.rng.choice((None, "Phòng Lạ", "Sở Y tế", "CÔNG AN"))


@fault
def support_in_register(draft: Draft) -> None:
    row = draft.row()
    _support(draft, row.get("citizen_id"), draft.rng.choice((6_000_000, 200_000, "5.000.000")))


def _support(draft: Draft, citizen_id: Any, amount: Any, **other: Any) -> None:
    if citizen_id is None or not str(citizen_id).isdigit():
        return
    draft.register("other_support").append(
        {"citizen_id": citizen_id, "regime": "Hỗ trợ CNTT", "decision_no": "1/QĐ", "amount_vnd": amount,
         "valid_from": "2021-01-01", "valid_to": None, **other}
    )  # fmt: skip


@fault
def support_in_register_ended(draft: Draft) -> None:
    end = draft.rng.choice((draft.month - timedelta(days=1), draft.month))
    _support(draft, draft.row().get("citizen_id"), draft.rng.choice((6_000_000, 200_000)), valid_to=end)


@fault
def support_in_register_later(draft: Draft) -> None:
    start = draft.rng.choice((draft.last + timedelta(days=1), draft.last))
    _support(draft, draft.row().get("citizen_id"), 6_000_000, valid_from=start)


@fault
def support_in_register_equal(draft: Draft) -> None:
    _support(draft, draft.row().get("citizen_id"), base_of(draft) * 15 // 10)


@fault
def support_in_register_ordinary(draft: Draft) -> None:
    _support(draft, draft.row().get("citizen_id"), 6_000_000, regime="Phụ cấp trách nhiệm")


@fault
def supports_of_two_kinds(draft: Draft) -> None:
    row = draft.row()
    row |= {"other_support_name": "Hỗ trợ A", "other_support_vnd": "300.000"}
    _support(draft, row.get("citizen_id"), draft.rng.choice((6_000_000, 200_000)))


@fault
def support_in_register_lost_zero(draft: Draft) -> None:
    digits = draft.row().get("citizen_id")
    if isinstance(digits, str) and digits.startswith("0") and len(digits) == 12:
        _support(draft, int(digits), 6_000_000)


@fault
def support_row_bad(draft: Draft) -> None:
    bad = draft.rng.choice(({"amount_vnd": "nhiều"}, {"valid_from": "đầu năm"}, {"amount_vnd": None}))
    _support(draft, draft.row().get("citizen_id"), 1_000_000, **bad)


@fault
def support_row_without_id(draft: Draft) -> None:
    _support(draft, "070080000001", 1_000_000)
    draft.register("other_support")[-1]["citizen_id"] = draft.rng.choice((None, "abc"))


@fault
def id_linked(draft: Draft) -> None:
    """The roster has the new ID, the registers still have the old one."""
    row = draft.row()
    if not str(row.get("citizen_id") or "").isdigit():
        return
    new = person(draft)["citizen_id"]
    draft.register("identity_link").append({"old_id": row["citizen_id"], "new_id": new, "decision_no": "1"})
    row |= {"citizen_id": new, "birth_date": None}


@fault
def id_linked_to_two_rows(draft: Draft) -> None:
    row, copy = _again(draft, *DISTRICTS, to=draft.rng.choice(DISTRICTS))
    if not str(row.get("citizen_id") or "").isdigit():
        return
    middle, new = person(draft)["citizen_id"], person(draft)["citizen_id"]
    draft.register("identity_link").append({"old_id": row["citizen_id"], "new_id": middle, "decision_no": "1"})
    draft.register("identity_link").append({"old_id": middle, "new_id": new, "decision_no": "1"})
    copy |= {"citizen_id": new, "birth_date": None}


@fault
def approved_row_bad(draft: Draft) -> None:
    row = _listed(draft)
    field, value = draft.rng.choice(
        (("valid_from", "hôm nay"), ("citizen_id", "07O123"), ("valid_to", "2001-01-01"), ("decision_date", "?"))
    )
    row[field] = value


@fault
def establishment_row_bad(draft: Draft) -> None:
    row = _establishment(draft)
    field, value = draft.rng.choice((("headcount", "chín"), ("valid_from", "?"), ("headcount", None)))
    row[field] = value


@fault
def budget_row_bad(draft: Draft) -> None:
    if draft.register("budget"):
        draft.rng.choice(draft.register("budget"))["amount_vnd"] = draft.rng.choice(("nhiều", None, "-5"))


@fault
def budget_of_another_year(draft: Draft) -> None:
    centre = draft.rng.choice(OPEN)
    for row in draft.register("budget"):
        if row["funding_source"] == centre:
            row["year"] = draft.month.year - 1


@fault
def budget_tight(draft: Draft) -> None:
    """Around the amount of a clean month: exactly, 90 %, just short."""
    centre = draft.rng.choice(DISTRICTS)
    whole = base_of(draft) * 15 // 10 * 9
    amounts = (whole, whole * 10 // 9, whole * 10 // 9 + 1, whole - 1, whole // 2)
    rows = [row for row in draft.register("budget") if row["funding_source"] != centre]
    rows.append({"funding_source": centre, "year": draft.month.year, "decision_no": "1", "decision_date": "2021-12-24",
                 "amount_vnd": draft.rng.choice(amounts)})  # fmt: skip
    draft.given.registers["budget"] = rows


def _file(name: str, **values: Any) -> None:
    def apply(draft: Draft) -> None:
        centre = draft.rng.choice(OPEN)
        sent = draft.given.sent[centre]
        if "other_rosters" in values and draft.layouts[centre] == "comma":
            draft.layouts[centre] = "plain"
        for field, value in values.items():
            setattr(sent, field, value(draft, sent) if callable(value) else value)

    FAULTS[name] = apply


_file("file_missing", state="missing")
_file("file_ambiguous", state="ambiguous")
_file("file_unreadable", state="unreadable")
_file("file_legacy", state="legacy")
_file("header_missing", has_header=False)
_file("wrong_month", title_month=lambda d, _: (d.month - timedelta(days=1)).replace(day=1))
_file("right_month", title_month=lambda d, _: d.month)
_file("wrong_centre", title_centre="loc-ninh")
_file("total_wrong", total=lambda d, s: len(s.rows) + d.rng.choice((-1, 1)))
_file("total_right", total=lambda _, s: len(s.rows))
_file("total_visible", total=lambda _, s: sum(not row.get("_hidden") for row in s.rows))
_file("no_rows", rows=lambda *_: [])
_file("unknown_column", unknown_columns=lambda d, _: d.rng.choice((1, 2)))
_file("double_column", ambiguous_columns=1)
_file("other_rosters", other_rosters=lambda d, _: d.rng.choice((1, 2)))
_file("two_faults_of_file", title_month=date(2021, 5, 1), total=3, unknown_columns=1)


@fault
def column_missing(draft: Draft) -> None:
    sent = draft.given.sent[draft.rng.choice(OPEN)]
    gone = draft.rng.choice(("citizen_id", "duty", "bank_account", "bank_name", "staff_category"))
    if gone in sent.columns:
        sent.columns = tuple(name for name in sent.columns if name != gone)
        sent.missing_columns += 1


@fault
def optional_columns_missing(draft: Draft) -> None:
    sent = draft.given.sent[draft.rng.choice(OPEN)]
    gone = set(draft.rng.sample(("birth_date", "shift", "from_date", "note", "other_support_vnd", "agency"), 2))
    sent.columns = tuple(name for name in sent.columns if name not in gone)


@fault
def planned_centre(draft: Draft) -> None:
    code = draft.rng.choice(PLANNED)
    sent = Sent(columns=draft.given.sent["dong-xoai"].columns)
    row = person(draft) | {"row_no": 1, "shift": 1}
    sent.rows.append(row)
    draft.given.sent[code], draft.layouts[code] = sent, "plain"
    if isinstance(draft.given.registers["establishment"], list):
        draft.register("establishment").append(
            {"centre_code": code, "decision_no": "9/NQ", "decision_date": "2021-12-17", "valid_from": "2022-01-01",
             "valid_to": None, "headcount": 9, "agency": None}
        )  # fmt: skip


@fault
def strange_file(draft: Draft) -> None:
    draft.ignored_files.append(draft.rng.choice(("bang-luong.xlsx", "tinh.docx", "dong xoai.xlsx")))
    draft.given.ignored = len(draft.ignored_files)


@fault
def register_missing(draft: Draft) -> None:
    draft.given.registers[draft.rng.choice(("approved_list", "establishment", "other_support", "budget",
                                            "identity_link"))] = None  # fmt: skip


@fault
def register_garbage(draft: Draft) -> None:
    name = draft.rng.choice(("approved_list", "establishment", "other_support", "budget"))
    draft.given.registers[name] = "garbage"
    draft.register_files[name] = "csv"


BLOCKING_RUN = {"register_missing", "register_garbage", "support_row_without_id"}


def _split_by_agency(draft: Draft, centre: str, words: tuple[str, ...]) -> None:
    kept = [row for row in draft.register("establishment") if row["centre_code"] != centre]
    mine = [row for row in draft.register("establishment") if row["centre_code"] == centre]
    kept += [row | {"headcount": 3, "agency": word} for row in mine[:1] for word in words]
    draft.given.registers["establishment"] = kept


@fault
def two_districts_split_in_two_hands(draft: Draft) -> None:
    """Two districts have the same agencies, one decision writes them in capitals."""
    if draft.register("establishment"):
        _split_by_agency(draft, "dong-xoai", LOCAL)
        _split_by_agency(draft, "phuoc-long", tuple(word.upper() for word in LOCAL))


@fault
def split_in_two_hands_and_listed(draft: Draft) -> None:
    """A district splits its headcount and lists its people, who are written in capitals there."""
    if draft.register("establishment"):
        _split_by_agency(draft, "binh-long", LOCAL)
        for order, row in enumerate(draft.given.sent["binh-long"].rows[:9], start=1):
            digits = str(row.get("citizen_id") or "")
            if row.get("full_name") and digits.isdigit() and len(digits) == 12:
                approve(draft, "binh-long", row, order, LOCAL[(order - 1) % 3].upper(), decision_no="7/QĐ")


@fault
def district_word_in_province(draft: Draft) -> None:
    """What is an agency of a district's split is no department of the province."""
    if draft.register("establishment"):
        _split_by_agency(draft, "dong-xoai", LOCAL)
    draft.row("tinh")["agency"] = LOCAL[2]


@fault
def full_list_of_the_same_number(draft: Draft) -> None:
    """Decision numbers begin anew every year: the new whole list has the number of the old one."""
    listed = [row for row in draft.register("approved_list") if row["centre_code"] == "tinh"]
    rows = [row for row in listed if row["decision_no"] == listed[0]["decision_no"]]
    draft.register("approved_list").extend(
        row | {"decision_date": draft.month - timedelta(days=5), "valid_from": draft.month, "list_kind": "full"}
        for row in rows[:-1]
    )


_set("account_long_dashes", bank_account=("1234–5678–9014", "1234‑5678‑9015"))
_set("id_long_dashes", *DISTRICTS, citizen_id="070–085–123456", birth_date="01/02/1985")

OF_FILES = {
    "file_missing", "file_ambiguous", "file_unreadable", "file_legacy", "header_missing", "wrong_month", "wrong_centre",
    "total_wrong", "no_rows", "double_column", "two_faults_of_file", "column_missing", "approved_row_bad",
    "establishment_row_bad", "establishment_begins", "establishment_ended", "right_month", "total_right",
    "total_visible", "unknown_column", "other_rosters", "planned_centre",
}  # fmt: skip
"""Faults that may refuse a whole file and so hide others: no month of the test has two of them."""
