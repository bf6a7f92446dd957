"""Months in a range, plan numbers, the calendar's letters, the worst of several ends, first differences."""

from datetime import date

import polars as pl
import pytest
from prefect.states import Completed, Failed

from flows.artifacts import calendar_markdown
from flows.states import INCOMPLETE, UNCHANGED, worst_of
from ioc_etl.adapters.policy_files import PolicyTexts, policy_texts
from ioc_etl.cli.words_operate import operate_words
from ioc_etl.core.changes import line_changes, person_changes
from ioc_etl.core.months import parse_months
from ioc_etl.core.same import first_difference
from ioc_etl.errors import PlanMovedError, UsageError
from ioc_etl.pipeline.calendar import Calendar, CalendarCell
from ioc_etl.pipeline.plan_number import MOVED, PlanNumber
from ioc_etl.pipeline.rerun import worst
from ioc_etl.policy.parse import SourceText
from ioc_etl.reports.calendar import LETTERS, STEP_VI, letter_of
from schemas.decision import DECISION
from schemas.payment_line import PAYMENT_LINE
from schemas.vocabulary import BatchKind, BatchStatus, FileStatus, LineCause

JANUARY, FEBRUARY = date(2022, 1, 1), date(2022, 2, 1)
PARTS = {
    "offers": {"tinh": ["a"]},
    "in_force": {},
    "confirmed": [],
    "registers": {},
    "ignored": [],
    "waivers": "",
    "standings": [],
    "policy": "p",
    "code": "1",
    "month_before": "",
    "pay_year": 2022,
}


def number(position: int = 0, **difference: object) -> PlanNumber:
    return PlanNumber.of(JANUARY, PARTS | difference, ledger_position=position, run_id=None)


@pytest.mark.parametrize(
    ("asked", "months"),
    [
        (["2022-01"], ["2022-01"]),
        (["2022-02", "2022-01", "2022-02"], ["2022-01", "2022-02"]),
        (["2021-12..2022-02"], ["2021-12", "2022-01", "2022-02"]),
        (["2022-01..2022-01", "03/2022"], ["2022-01", "2022-03"]),
    ],
)
def test_months_are_named_one_by_one_or_as_a_range_and_run_in_order(asked: list[str], months: list[str]) -> None:
    assert [f"{month:%Y-%m}" for month in parse_months(asked)] == months


@pytest.mark.parametrize("asked", [["2022-02..2022-01"], ["2022-01.."], ["..2022-01"], [], ["1990-01..2100-01"]])
def test_a_range_that_cannot_be_meant_is_refused(asked: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_months(asked)


def test_a_plan_number_is_read_as_it_was_written() -> None:
    assert PlanNumber.parse(f" {number()} ".upper()) == number()


@pytest.mark.parametrize("text", ["", "42", "2022-01", f"{number()}-abcdef", str(number()).replace("-", " ")])
def test_what_is_no_plan_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="there is no plan"):
        PlanNumber.parse(text)


@pytest.mark.parametrize(
    ("later", "moved"),
    [
        (number(offers={"tinh": ["b"]}), MOVED[0]),
        (number(ignored=["x.xlsx"]), MOVED[0]),
        (number(registers={"budget": ["b"]}), MOVED[1]),
        (number(standings=["s"]), MOVED[2]),
        (number(confirmed=[["tinh", "b", "a", "left", "b"]]), MOVED[2]),
        (number(policy="q"), MOVED[3]),
        (number(code="2"), MOVED[4]),
        (number(position=9), MOVED[5]),
        (number(in_force={"tinh": "a"}), MOVED[6]),
        (number(policy="q", code="2"), f"{MOVED[3]}, {MOVED[4]}"),
    ],
)
def test_a_plan_says_which_of_its_grounds_has_moved(later: PlanNumber, moved: str) -> None:
    with pytest.raises(PlanMovedError) as refused:
        number().refuse_other(later)
    assert f"moved since: {moved};" in str(refused.value)
    number().refuse_other(number())


def test_the_worst_exit_code_counts() -> None:
    assert [worst(codes) for codes in ([], [0, 0], [0, 3], [3, 1, 0])] == [0, 0, 3, 1]


def test_several_ends_are_one_state() -> None:
    incomplete, unchanged = Completed(name=INCOMPLETE, message="a"), Completed(name=UNCHANGED, message="b")
    assert worst_of([]).name == UNCHANGED
    assert worst_of([unchanged, unchanged]).name == UNCHANGED
    assert worst_of([unchanged, Completed(message="c")]).name == "Completed"
    assert worst_of([incomplete, unchanged]).name == INCOMPLETE
    assert worst_of([incomplete, Failed(message="d")]).is_failed()
    broken = worst_of([unchanged, "2022-02: no source"])
    assert (broken.is_failed(), broken.message) == (True, "b 2022-02: no source")


def cell(month: date, state: str, **difference: object) -> CalendarCell:
    told = {
        "reference_month": month,
        "centre_code": "tinh",
        "centre_name": "IOC tỉnh",
        "state": state,
        "is_adjusted": False,
        "file_status": "accepted",
        "is_offer_refused": False,
        "rows_read": 1,
        "held_rows": 0,
        "amount_vnd": 0,
        "since": None,
        "age_days": None,
        "next_steps": (),
    }
    return CalendarCell(**{**told, **difference})  # type: ignore[arg-type]


def test_the_calendar_on_prefects_pages_has_the_letters_of_finance_and_what_waits() -> None:
    cells = (cell(JANUARY, "paid", is_adjusted=True), cell(FEBRUARY, "draft", next_steps=("submit",), age_days=4))
    page = calendar_markdown(Calendar((JANUARY, FEBRUARY), cells))
    assert "| tinh | C Đ | N |" in page
    assert "| 02/2022 | tinh | 4 | trình duyệt đợt chi |" in page
    assert "Không có việc gì đang chờ." in calendar_markdown(Calendar((JANUARY,), cells[:1]))


def test_every_state_has_a_letter_and_words_in_both_languages() -> None:
    states = {*(str(status) for status in BatchStatus), "missing", "refused", "empty", "unrun"} - {BatchStatus.VOID}
    assert set(LETTERS) == states
    assert letter_of("draft", is_adjusted=False, held_rows=2, is_offer_refused=True) == "N 2 !"
    assert letter_of("refused", is_adjusted=False, held_rows=0, is_offer_refused=True) == "L"
    needed = {f"state_{state}" for state in (*states, *FileStatus)}
    needed |= {f"step_{step}" for step in STEP_VI} | {f"cause_{cause}" for cause in LineCause}
    needed |= {f"kind_{kind}" for kind in BatchKind if kind is not BatchKind.OPENING}
    for lang in ("vi", "en"):
        assert needed <= set(operate_words(lang))
    assert set(operate_words("vi")) ^ set(operate_words("en")) <= {"kind_opening"}


def decisions(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(DECISION) | {"codes": []} | row for row in rows], schema=DECISION)


def test_people_are_new_changed_removed_or_the_same_whatever_row_they_stand_in() -> None:
    def row(person: str | None, source_row: int, outcome: str, amount_vnd: int) -> dict[str, object]:
        return {
            "centre_code": "tinh",
            "person_id": person,
            "citizen_id": person,
            "source_row": source_row,
            "outcome": outcome,
            "amount_vnd": amount_vnd,
            "full_amount_vnd": 5,
        }

    before = decisions(row("070000000001", 1, "paid", 5), row("070000000002", 2, "paid", 5), row(None, 3, "held", 0))
    now = decisions(row("070000000001", 9, "paid", 5), row("070000000003", 2, "held", 0), row(None, 3, "held", 0))
    told = {
        (one["citizen_id_masked"], one["change"], one["source_row_before"], one["source_row"], one["at_stake_vnd"])
        for one in person_changes(before, now).iter_rows(named=True)
    }
    assert told == {
        ("070******001", "same", 1, 9, None),
        ("070******002", "removed", 2, None, None),
        ("070******003", "new", None, 2, 5),
        (None, "same", 3, 3, 5),
    }


def test_a_line_whose_amount_is_another_has_changed() -> None:
    def lines(amount_vnd: int) -> pl.DataFrame:
        line = {"centre_code": "tinh", "batch_kind": "arrears", "person_id": "1", "amount_vnd": amount_vnd}
        return pl.DataFrame([dict.fromkeys(PAYMENT_LINE) | line], schema=PAYMENT_LINE)

    assert line_changes(lines(1), lines(2))["change"].to_list() == ["changed"]
    assert line_changes(lines(1), lines(1))["change"].to_list() == ["same"]
    assert line_changes(lines(1).clear(), lines(1))["change"].to_list() == ["new"]


def test_the_first_difference_is_named_and_a_personal_value_is_not_told() -> None:
    one = pl.DataFrame({"centre_code": ["a", "b"], "row": [1, 2], "name": ["x", "y"], "amount_vnd": [1, 2]})
    key = ("centre_code", "row")
    assert first_difference("rows", one, one, key=key) is None
    other = one.with_columns(pl.Series("name", ["x", "z"]))
    found = first_difference("rows", one, other, key=key, personal=("name",), row="row")
    assert found is not None
    assert (found.centre_code, found.row, found.column, found.stored) == ("b", "2", "name", "***")
    gone = first_difference("rows", one, one.head(1), key=key, row="row")
    assert gone is not None
    assert (gone.row, gone.column, gone.stored, gone.recomputed) == ("2", None, "row", None)


def test_a_policy_is_the_same_when_it_is_read_from_what_was_kept_of_it() -> None:
    texts = policy_texts()
    again = PolicyTexts.of_documents(texts.documents())
    assert again.policy() == texts.policy()


def test_what_is_kept_of_a_registry_names_no_password() -> None:
    packaged = policy_texts()
    centres = SourceText("centres", "source_url: sftp://user:secret@host/rosters\n")
    kept = PolicyTexts(packaged.parameters, packaged.findings, centres).documents()["centres"]
    assert kept == "source_url: sftp://host/rosters\n"
