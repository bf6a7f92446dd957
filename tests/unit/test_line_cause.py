"""Why a line is due, in the words of who reads it; what is stored stays data."""

from ioc_etl.cli.words_operate import operate_words
from ioc_etl.reports.terms import LINE_CAUSE
from schemas.vocabulary import LineCause


def test_who_was_left_off_and_is_added_is_not_said_to_be_on_a_late_roster() -> None:
    assert operate_words("vi")["cause_late"] == LINE_CAUSE[LineCause.LATE].lower() == "bổ sung vào danh sách"
    assert operate_words("en")["cause_late"] == "added to the roster"
