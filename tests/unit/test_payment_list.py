"""The plain list of a batch: text is text, a draft says so, the same lines give the same bytes."""

import csv
import io

import polars as pl

from ioc_etl.adapters.store_results import EXPORTED
from ioc_etl.reports.payment_list import ListTitle, payment_list

LINE = {
    "payment_id": "b6041ed7-5684-5864-b3f5-116b08ef3fa8",
    "full_name": "Nguyễn Văn Thử",
    "citizen_id": "070085001234",
    "agency": "cong-an",
    "work_mode": "direct",
    "coefficient_tenths": 15,
    "base_salary_vnd": 1_490_000,
    "amount_vnd": 2_235_000,
    "bank_account": "0012345678901234567",
    "bank_name": "Ngân hàng Thử",
    "cause": "decided",
    "cause_detail": None,
    "offset_vnd": 0,
    "legal_basis": "Nghị quyết",
}


def written(*lines: dict[str, object], is_draft: bool = False) -> bytes:
    frame = pl.DataFrame([LINE | line for line in lines], schema=EXPORTED, orient="row")
    total = int(frame["amount_vnd"].sum())
    return payment_list(
        frame,
        ListTitle(
            batch="2022-01/tinh/regular/1",
            month="Tháng 01 năm 2022",
            centre="=Trung tâm",
            funding_source="tinh",
            kind="recovery" if total < 0 else "regular",
            pay_date="10/02/2022",
            total_vnd=total,
            is_draft=is_draft,
        ),
    )


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_accounts_and_ids_keep_their_zeros() -> None:
    line = rows_of(written({}))[6]
    assert (line[3], line[9], line[6]) == ("070085001234", "0012345678901234567", "1,5")


def test_a_recovery_is_collected_on_a_day_and_not_paid() -> None:
    heading = [row[0] for row in rows_of(written({"amount_vnd": -2_235_000}))[:5]]
    assert heading[0] == "Danh sách thu — Truy thu — Tháng 01 năm 2022"
    assert heading[4] == "Ngày thu"
    assert rows_of(written({}))[4][0] == "Ngày chi"


def test_a_name_is_never_a_formula() -> None:
    rows = rows_of(written({"full_name": "=HYPERLINK(1)", "bank_name": "@x"}))
    assert (rows[1][1], rows[6][2], rows[6][10]) == ("'=Trung tâm", "'=HYPERLINK(1)", "'@x")


def test_a_draft_says_so_above_and_in_every_row() -> None:
    rows = rows_of(written({}, {}, is_draft=True))
    assert rows[0] == ["BẢN NHÁP"]
    assert [row[-1] for row in rows[6:]] == ["BẢN NHÁP"] * 4
    assert "BẢN NHÁP" not in written({}).decode("utf-8")


def test_money_taken_back_stands_in_brackets() -> None:
    rows = rows_of(written({"amount_vnd": -2_235_000}))
    assert (rows[6][8], rows[-1][8]) == ("(2235000)", "(2235000)")


def test_what_changed_is_told_as_finance_writes_it_and_codes_and_hashes_are_not() -> None:
    raised = {"cause": "base_salary", "cause_detail": "1490000 → 1800000; work_mode: direct → indirect"}
    added = {"cause": "late", "cause_detail": "02de4cd25e68 → 776313ba635d"}
    assert [row[11] for row in rows_of(written(raised, added))[6:8]] == [
        "Đổi mức lương cơ sở (1.490.000 → 1.800.000)",
        "Bổ sung vào danh sách",
    ]


def test_a_recovery_that_is_not_collected_any_more_says_so() -> None:
    lines = written(
        {"amount_vnd": -2_235_000, "cause": "no_right", "offset_vnd": 2_235_000}, {"amount_vnd": -2_235_000}
    )
    told = [row[11] for row in rows_of(lines)[6:8]]
    assert [cause.startswith("Đã bù trừ, không thu; ") for cause in told] == [True, False]


def test_a_recovery_of_which_a_part_is_not_collected_says_how_much_is() -> None:
    (told,) = (row[11] for row in rows_of(written({"amount_vnd": -2_235_000, "offset_vnd": 1_490_000}))[6:7])
    assert told.startswith("Đã bù trừ 1.490.000 đ, còn phải thu 745.000 đ; ")


def test_what_is_still_to_be_collected_stands_below_the_total_where_a_recovery_was_offset() -> None:
    lines = written({"amount_vnd": -2_235_000, "offset_vnd": 2_235_000}, {"amount_vnd": -745_000})
    assert [(row[2], row[8]) for row in rows_of(lines)[8:]] == [
        ("Cộng", "(2980000)"),
        ("Trong đó: Đã bù trừ, không thu", "(2235000)"),
        ("Còn phải thu", "(745000)"),
    ]


def test_the_same_lines_give_the_same_bytes() -> None:
    assert written({}) == written({})
