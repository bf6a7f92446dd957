"""The exception report: everything a finance officer needs, in the order she needs it, safe to open and print."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook

from ioc_etl.reports.exceptions import ExceptionOverview, exception_workbook
from ioc_etl.reports.terms import MONITORED_SERVICE
from schemas.decision import DECISION
from schemas.finding import FINDING
from schemas.vocabulary import AdoptionStatus, FileStatus, MonitoredService, Outcome

FEBRUARY = date(2022, 2, 1)
HEADER_ROW = 5
TOLD = {**FINDING, "case_id": pl.String()}
OVERVIEW = ExceptionOverview(
    run_id="3f2a9c1b-0d4e-4b7a-9a55-1c2d3e4f5a6b",
    file_name="tinh.xlsx",
    file_status=FileStatus.ACCEPTED,
    adoption=AdoptionStatus.DRAFT,
    quota=3,
    shifts=(1, 2, 3),
    posts_per_shift=1,
    agency_quota={"cong-an": 2, "so-y-te": 1},
    agency_names={"cong-an": "Công an tỉnh", "so-y-te": "Sở Y tế"},
)


def finding(**differences: object) -> dict[str, object]:
    """A blocking finding about the account of row 15."""
    usual: dict[str, object] = {
        "code": "BANK_ACCOUNT_MISSING",
        "centre_code": "tinh",
        "source_row": 15,
        "column_name": "bank_account",
        "level": "row",
        "severity": "block",
        "is_waivable": False,
        "is_waived": False,
        "sheet": "DS T02",
        "row_no": "1",
        "cell": "N15",
        "citizen_id": "070085001234",
        "full_name": "Nguyễn Thị Hoa",
        "amount_at_stake_vnd": 2_235_000,
        "message_vi": "Thiếu số tài khoản.",
        "how_to_fix_vi": "Ghi số tài khoản.",
        "legal_basis": "Tờ trình, mục V.2.b",
    }
    return {**dict.fromkeys(TOLD), **usual, **differences}


def decision(row: int, **differences: object) -> dict[str, object]:
    """A paid police officer on shift 1 who watches traffic."""
    usual: dict[str, object] = {
        "reference_month": FEBRUARY,
        "centre_code": "tinh",
        "source_row": row,
        "person_id": f"person {row}",
        "agency": "cong-an",
        "monitored_service": MonitoredService.TRAFFIC_AND_ORDER.value,
        "work_mode": "direct",
        "shift": 1,
        "has_no_right": False,
        "outcome": Outcome.PAID.value,
        "amount_vnd": 2_235_000,
        "codes": [],
    }
    return {**dict.fromkeys(DECISION), **usual, **differences}


def report(
    *findings: Mapping[str, object],
    decisions: tuple[Mapping[str, object], ...] = (),
    overview: ExceptionOverview = OVERVIEW,
) -> Workbook:
    content = exception_workbook(
        centre_name="Trung tâm Điều hành thông minh tỉnh Bình Phước",
        month=FEBRUARY,
        findings=pl.DataFrame(list(findings), schema=TOLD),
        decisions=pl.DataFrame(list(decisions), schema=DECISION),
        overview=overview,
    )
    return load_workbook(BytesIO(content))


def listed(book: Workbook) -> list[tuple[object, ...]]:
    return list(book["Ngoại lệ"].iter_rows(min_row=HEADER_ROW + 1, values_only=True))


def summary(book: Workbook) -> dict[object, tuple[object, ...]]:
    """Label -> what stands beside it, of both halves of the sheet."""
    lines: dict[object, tuple[object, ...]] = {}
    for left, value, _, right, *values in book["Tổng hợp"].iter_rows(min_row=5, values_only=True):
        lines |= {left: (value,), right: tuple(values)}
    return lines


def test_a_finding_says_what_where_who_why_how_to_mend_it_and_how_much() -> None:
    (row,) = listed(report(finding()))
    assert row == (
        1,
        "Chặn",
        "tinh.xlsx – DS T02\nDòng 15 (STT 1)\nCột Số tài khoản, ô N15",
        "Nguyễn Thị Hoa\nCCCD 070******234",
        "Thiếu số tài khoản.",
        "Tờ trình, mục V.2.b\nMã: BANK_ACCOUNT_MISSING",
        "Ghi số tài khoản.",
        2_235_000,
    )


def test_findings_are_sorted_by_severity_then_amount_then_row() -> None:
    book = report(
        finding(source_row=9, severity="warn", amount_at_stake_vnd=9_000_000, message_vi="6"),
        finding(source_row=7, amount_at_stake_vnd=None, message_vi="4"),
        finding(source_row=8, amount_at_stake_vnd=745_000, message_vi="3"),
        finding(source_row=12, message_vi="2"),
        finding(source_row=11, message_vi="1"),
        finding(source_row=2, severity="warn", amount_at_stake_vnd=None, message_vi="7"),
        finding(source_row=1, is_waived=True, amount_at_stake_vnd=99, message_vi="8"),
        finding(source_row=8, amount_at_stake_vnd=None, message_vi="5"),
    )
    assert [row[4] for row in listed(book)] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert [row[0] for row in listed(book)] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_waived_finding_is_told_as_settled() -> None:
    book = report(finding(is_waived=True))
    assert listed(book)[0][1] == "Đã chấp thuận bỏ qua"
    assert (
        book["Ngoại lệ"]["A3"].value == "Tệp: tinh.xlsx · 0 lỗi chặn, 0 cảnh báo, 1 đã chấp thuận · Lần chạy 3f2a9c1b"
    )


@pytest.mark.parametrize(
    ("is_waived", "told"),
    [(False, "Vụ việc: 4f4d44a8 — được phép bỏ qua"), (True, "Vụ việc: 4f4d44a8 — đã chấp thuận bỏ qua")],
)
def test_a_finding_that_may_be_waived_says_by_what_id(is_waived: bool, told: str) -> None:
    case = "4f4d44a8-9211-5bc3-9593-33dfd87f58f3"
    book = report(finding(is_waivable=True, is_waived=is_waived, case_id=case), finding(source_row=16))
    assert {row[6] for row in listed(book)} == {f"Ghi số tài khoản.\n{told}", "Ghi số tài khoản."}


def test_whole_citizen_ids_stand_nowhere() -> None:
    for sheet in report(finding(), decisions=(decision(15, citizen_id="070085001234"),)).worksheets:
        for row in sheet.iter_rows(values_only=True):
            assert not any("070085001234" in str(value) for value in row)


def test_a_short_id_is_hidden_whole() -> None:
    assert listed(report(finding(citizen_id="12345")))[0][3] == "Nguyễn Thị Hoa\nCCCD ***"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_nothing_from_a_roster_becomes_a_formula(name: str) -> None:
    book = report(
        finding(full_name=name, citizen_id=None, message_vi=name, sheet=name, row_no=name), decisions=(decision(15),)
    )
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    assert book["Ngoại lệ"]["D6"].value == name
    assert book["Ngoại lệ"]["D6"].quotePrefix


def test_findings_of_file_centre_and_run_say_what_they_are_about() -> None:
    nothing = {
        "source_row": None,
        "column_name": None,
        "cell": None,
        "row_no": None,
        "citizen_id": None,
        "full_name": None,
    }
    book = report(
        finding(**nothing, level="file", sheet="T12", code="A"),
        finding(**nothing, level="file", sheet=None, code="B"),
        finding(**nothing, level="centre", sheet=None, code="C"),
        finding(**nothing, level="run", sheet=None, code="D"),
    )
    assert [row[2] for row in listed(book)] == ["tinh.xlsx – T12", "tinh.xlsx", "Trung tâm", "Toàn tỉnh"]
    assert [row[3] for row in listed(book)] == [None] * 4


def test_a_finding_about_another_file_than_the_one_in_force_names_that_file() -> None:
    book = report(finding(level="file", source_row=None, column_name=None, cell=None, source_file="tinh (2).xlsx"))
    assert listed(book)[0][2] == "tinh (2).xlsx – DS T02"


def test_a_month_without_findings_says_so() -> None:
    assert listed(report(decisions=(decision(15),)))[0][0] == "Không có ngoại lệ nào."


def test_a_missing_roster_is_reported_without_rows() -> None:
    overview = replace(OVERVIEW, file_name=None, file_status=FileStatus.MISSING)
    lines = summary(report(finding(level="file", source_row=None), overview=overview))
    assert lines["Tên tệp"] == ("Không có",)
    assert lines["Tình trạng tệp"] == ("Chưa gửi",)
    assert lines["Số dòng đã đọc"] == (0,)
    assert lines["Số tiền hỗ trợ tháng này (đồng)"] == (0,)


def test_the_summary_counts_every_row_once() -> None:
    lines = summary(
        report(
            decisions=(
                decision(15),
                decision(16, outcome="held", amount_vnd=0),
                decision(17, outcome="superseded", amount_vnd=0),
                decision(18, outcome="merged", amount_vnd=0, person_id="person 15"),
            )
        )
    )
    assert lines["Được hỗ trợ"] == (1,)
    assert lines["Tạm giữ, chưa chi"] == (1,)
    assert lines["Hưởng chế độ khác cao hơn"] == (1,)
    assert lines["Gộp vào dòng khác"] == (1,)
    assert lines["Số dòng đã đọc"] == (4,)
    assert lines["Số tiền hỗ trợ tháng này (đồng)"] == (2_235_000,)


def test_the_money_of_held_rows_is_counted_once_a_row() -> None:
    book = report(
        finding(source_row=16),
        finding(source_row=16, code="DATE_INVALID"),
        finding(source_row=16, code="PART_MONTH", severity="warn"),
        finding(source_row=15, code="X"),
        decisions=(decision(15), decision(16, outcome="held", amount_vnd=0)),
    )
    assert summary(book)["Số tiền của các dòng tạm giữ (đồng)"] == (2_235_000,)


def test_posts_are_compared_with_people_by_agency_and_in_all() -> None:
    lines = summary(
        report(
            decisions=(
                decision(15),
                decision(16),
                decision(17, has_no_right=True, outcome="held", codes=["OVER_QUOTA"]),
                decision(18, has_no_right=True, outcome="held", codes=["NOT_APPROVED"]),
                decision(19, agency="so-y-te"),
                decision(20, agency="so-y-te", outcome="merged", person_id="person 19"),
            )
        )
    )
    assert lines["Công an tỉnh"] == (3, 2, "Vượt 1")
    assert lines["Sở Y tế"] == (1, 1, None)
    assert lines["Toàn trung tâm"] == (4, 3, "Vượt 1")


def test_a_centre_without_a_quota_is_compared_with_nothing() -> None:
    overview = replace(OVERVIEW, quota=None, agency_quota={})
    assert summary(report(decisions=(decision(15),), overview=overview))["Toàn trung tâm"] == (1, None, None)


def test_shifts_count_different_people_who_work_directly() -> None:
    lines = summary(
        report(
            decisions=(
                decision(15),
                decision(16, person_id="person 15"),
                decision(17, person_id=None),
                decision(18, person_id=None),
                decision(19, work_mode="indirect"),
                decision(20, shift=2, outcome="held"),
            )
        )
    )
    assert lines["Ca 1"] == (3, 1, None)
    assert lines["Ca 2"] == (1, 1, None)
    assert lines["Ca 3"] == (0, 1, "Thiếu 1")


def test_functions_that_nobody_covers_are_marked() -> None:
    lines = summary(report(decisions=(decision(15), decision(16), decision(17, monitored_service="health"))))
    assert lines["An toàn giao thông; an ninh, trật tự"] == (2, None, None)
    assert lines["Y tế"] == (1, None, None)
    uncovered = [name for name in MONITORED_SERVICE.values() if lines[name] == (0, None, "Chưa có người")]
    assert len(uncovered) == len(MonitoredService) - 2


def test_a_roster_without_functions_lists_none() -> None:
    lines = summary(report(decisions=(decision(15, monitored_service=None),)))
    assert "Danh sách không ghi lĩnh vực giám sát" in lines
    assert "Y tế" not in lines


def test_every_page_is_marked_while_the_policy_is_a_draft() -> None:
    for sheet in report(finding()).worksheets:
        assert sheet.oddHeader.right.text == "BẢN NHÁP"
        assert any("BẢN NHÁP" in str(row[0]) for row in sheet.iter_rows(max_row=4, values_only=True))


def test_no_page_is_marked_once_the_policy_is_adopted() -> None:
    for sheet in report(finding(), overview=replace(OVERVIEW, adoption=AdoptionStatus.IN_FORCE)).worksheets:
        assert not sheet.oddHeader.right.text
        assert not any("BẢN NHÁP" in str(value) for row in sheet.iter_rows(values_only=True) for value in row)


def test_the_report_prints_on_a4_landscape_with_its_header_on_each_page() -> None:
    for sheet in report(finding()).worksheets:
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.oddFooter.right.text == "Trang &P/&N"
    assert report(finding())["Ngoại lệ"].print_title_rows == "$5:$5"


def test_a_long_text_makes_its_row_higher() -> None:
    sheet = report(finding(source_row=1), finding(source_row=2, message_vi="dài quá " * 60))["Ngoại lệ"]
    assert sheet.row_dimensions[7].height > 2 * sheet.row_dimensions[6].height


def test_the_same_month_is_the_same_file() -> None:
    frames = {"findings": pl.DataFrame([finding()], schema=TOLD), "decisions": pl.DataFrame(schema=DECISION)}
    once, again = (exception_workbook(centre_name="IOC", month=FEBRUARY, overview=OVERVIEW, **frames) for _ in range(2))
    assert once == again
