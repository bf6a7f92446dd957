"""Why a line is due, in the words of who reads it; what is stored stays data."""

import pytest

from ioc_etl.cli.words_operate import operate_words, told_cause
from ioc_etl.reports.terms import LINE_CAUSE
from schemas.vocabulary import LineCause


@pytest.mark.parametrize(
    ("cause", "detail", "vi", "en"),
    [
        (
            "base_salary",
            "1490000 → 1800000",
            "đổi mức lương cơ sở (1.490.000 → 1.800.000)",
            "base salary (1.490.000 → 1.800.000)",
        ),
        (
            "superseded",
            "2235000 → 2500000",
            "hưởng chế độ khác cao hơn (2.235.000 → 2.500.000)",
            "superseded (2.235.000 → 2.500.000)",
        ),
        (
            "work_mode",
            "direct → indirect",
            "đổi hình thức làm việc (trực tiếp → không trực tiếp)",
            "work mode (direct → indirect)",
        ),
        ("part_month", "31 → 14", "đổi số ngày làm việc (31 → 14)", "part month (31 → 14)"),
        (
            "no_right",
            "CATEGORY_NOT_ELIGIBLE",
            "không thuộc diện hưởng (CATEGORY_NOT_ELIGIBLE)",
            "no right (CATEGORY_NOT_ELIGIBLE)",
        ),
        ("moved", "phuoc-long", "chuyển Trung tâm (phuoc-long)", "moved (phuoc-long)"),
        ("decided", None, "theo danh sách của tháng", "decided"),
        (
            "mended",
            "ID_INVALID; base_salary: 1490000 → 1800000",
            "đã sửa lỗi (ID_INVALID; đổi mức lương cơ sở: 1.490.000 → 1.800.000)",
            "mended (ID_INVALID; base salary: 1.490.000 → 1.800.000)",
        ),
    ],
)
def test_a_cause_is_told_in_words_with_money_as_finance_writes_it(
    cause: str, detail: str | None, vi: str, en: str
) -> None:
    assert (told_cause(cause, detail, "vi"), told_cause(cause, detail, "en")) == (vi, en)


def test_who_was_left_off_and_is_added_is_not_said_to_be_on_a_late_roster() -> None:
    assert operate_words("vi")["cause_late"] == LINE_CAUSE[LineCause.LATE].lower() == "bổ sung vào danh sách"
    assert operate_words("en")["cause_late"] == "added to the roster"
