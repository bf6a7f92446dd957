"""A part of a roster comes in: it waits until finance says what becomes of the others."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ioc_etl.adapters.clock import Clock
from ioc_etl.errors import DatabaseError, PlanMovedError, UsageError
from ioc_etl.pipeline.explain import explain
from ioc_etl.pipeline.extract import begin_pull, pull_month
from ioc_etl.pipeline.month import run, run_month
from ioc_etl.pipeline.plan import plan
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.rerun import gaps
from ioc_etl.pipeline.services import Services
from schemas.marker import ROW_HEADER
from schemas.vocabulary import OtherRows, RunStatus
from tests.conftest import Database
from tests.integration.hand_back_office import FEBRUARY, GOLDEN, MENDED, PART, TESTER, Office, held
from tests.integration.month_records import DIRECT_VND
from tests.unit.returned_workbooks import bytes_of, opened


def test_a_part_waits_and_the_roster_before_it_stays_in_force(february_office: Office) -> None:
    before = february_office.outcomes()
    february_office.sends(PART.read_bytes())
    assert february_office.runs() is RunStatus.INCOMPLETE
    assert february_office.outcomes() == before
    assert "ROSTER_PARTIAL" in february_office.file_codes()
    with pytest.raises(UsageError, match="holds only a part"):
        february_office.gets_back()


def test_a_part_waits_for_an_answer_and_not_to_be_mended(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    assert february_office.next_steps() == ("hand_in", "review", "submit")
    assert gaps(february_office.services, FEBRUARY, ["dong-xoai"]) == ("dong-xoai",)
    february_office.says(OtherRows.STAND)
    assert february_office.next_steps() == ("rerun", "review", "submit")
    february_office.runs()
    assert february_office.next_steps() == ("review", "submit")


def test_a_part_whose_others_stand_is_the_whole_roster_with_the_same_mends(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    done = february_office.says(OtherRows.STAND)
    assert (done.changed, done.new, done.missing, done.is_new) == (4, 0, 5, True)
    february_office.runs()
    assert (held(february_office.outcomes()), february_office.earns()) == ({2}, 17_880_000)
    assert february_office.runs() is RunStatus.UNCHANGED

    (in_force,) = february_office.rows(
        "SELECT f.*, m.base_sha256, m.sent_sha256, m.actor, m.reason FROM landing.source_file f "
        "JOIN landing.mended_roster m ON m.whole_sha256 = f.sha256 WHERE f.is_in_force AND f.centre_code = 'dong-xoai'"
    )
    assert in_force["origin"] == f"hand-in: {in_force['base_sha256']} + {in_force['sent_sha256']}"
    assert (in_force["actor"], in_force["reason"]) == (TESTER, "Trung tâm gọi điện")
    (row,) = explain(february_office.services, FEBRUARY, "070169578043")
    assert (row.decision["outcome"], row.file_name) == ("paid", "dong-xoai.xlsx")
    assert (february_office.gets_back().blocks, february_office.gets_back().base_sha256) == (1, in_force["sha256"])


def test_an_answer_after_a_plan_moves_the_world_under_it(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    number = plan(february_office.services, FEBRUARY).number
    february_office.says(OtherRows.LEFT)
    with pytest.raises(PlanMovedError, match="moved since: a waiver, a roster handed in or another word of finance;"):
        run(february_office.services, FEBRUARY, plan=number)


def test_an_answer_given_while_a_run_waited_for_its_turn_is_replayed_with_it(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    services = february_office.services
    pulled = pull_month(services, FEBRUARY, pull_no=begin_pull(services))
    started_at = [services.clock.now()]
    february_office.says(OtherRows.STAND)
    waited = Clock(lambda: started_at.pop() if started_at else services.clock.now())
    run_month(Services(services.settings, waited), FEBRUARY, pulled=pulled)
    assert february_office.earns() == 17_880_000
    assert replay(february_office.services, FEBRUARY).difference is None


def test_a_replay_does_not_know_a_roster_that_came_after_its_run(database: Database, tmp_path: Path) -> None:
    february_office = Office.opened(database, tmp_path / "input")
    february_office.sends(PART.read_bytes())
    first = run(february_office.services, FEBRUARY)
    february_office.sends((GOLDEN / "input" / "rosters" / "2022-02" / "dong-xoai.xlsx").read_bytes())
    february_office.runs()
    assert replay(february_office.services, FEBRUARY, str(first.run_id)).difference is None


def test_a_replay_knows_a_roster_that_a_clock_of_another_year_brought(database: Database, tmp_path: Path) -> None:
    february_office = Office.opened(database, tmp_path / "input")
    services = february_office.services
    run(replace(services, clock=Clock.stopped_at(datetime(2031, 5, 6, tzinfo=UTC))), FEBRUARY)
    february_office.sends(PART.read_bytes())
    run(services, FEBRUARY)
    assert (
        "ROSTER_PARTIAL"
        in february_office.rows(
            "SELECT string_agg(code, ' ') AS codes FROM payroll.finding f "
            "JOIN payroll.month m ON m.current_run_id = f.run_id"
        )[0]["codes"]
    )
    assert replay(services, FEBRUARY).difference is None


def test_a_late_answer_is_found_without_pulling_the_centre_again(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    february_office.says(OtherRows.STAND)
    assert run(february_office.services, FEBRUARY, centres=["tinh"]).status is RunStatus.INCOMPLETE
    assert february_office.earns() == 17_880_000


def test_a_part_whose_others_left_is_the_whole_roster(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    february_office.says(OtherRows.LEFT)
    february_office.runs()
    assert february_office.outcomes() == dict.fromkeys((2, 3, 4, 5), ("paid", DIRECT_VND))
    assert "ROSTER_MENDED" in february_office.file_codes()


def test_an_answer_is_given_once(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    february_office.says(OtherRows.STAND)
    assert not february_office.says(OtherRows.STAND, reason="nữa").is_new
    with pytest.raises(UsageError, match=r"was confirmed as stand by nguoi-thu .* ask the centre for its whole roster"):
        february_office.says(OtherRows.LEFT)
    events = february_office.rows("SELECT * FROM payroll.audit_event WHERE action = 'hand_in'")
    assert [(event["actor"], event["detail"]["others"]) for event in events] == [(TESTER, "stand")]
    with pytest.raises(DatabaseError, match="written once"):
        february_office.rows("UPDATE landing.mended_roster SET reason = 'khác' RETURNING 1")


def test_the_whole_roster_of_the_centre_takes_the_place_of_a_wrong_answer(february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    february_office.says(OtherRows.LEFT)
    february_office.runs()
    february_office.sends(MENDED.read_bytes())
    february_office.runs()
    assert february_office.earns() == 17_880_000


def test_new_people_are_appended_with_the_printed_total_and_their_group(february_office: Office) -> None:
    given = february_office.gets_back("tinh")
    book = opened(given.content)
    sheet = book.worksheets[1]
    sheet.delete_rows(38, 12)
    sheet.delete_rows(28, 9)
    for column, text in {"A": "21", "B": "Lý Văn Mới", "D": "070090123456", "E": "Công an"}.items():
        sheet[f"{column}27"] = text
    sheet["Q27"] = None
    sheet.delete_rows(16, 11)
    february_office.sends(bytes_of(book), "tinh.xlsx")
    february_office.runs()
    done = february_office.says(OtherRows.STAND, centre="tinh")
    assert (done.changed, done.new) == (0, 1)
    february_office.runs()
    codes = february_office.file_codes("tinh")
    assert ("TOTAL_MISMATCH" in codes, "ROSTER_MENDED" in codes) == (False, True)
    (new,) = february_office.rows(
        "SELECT source_row, agency FROM payroll.decision JOIN payroll.month ON current_run_id = run_id "
        "WHERE citizen_id = '070090123456'"
    )
    assert (new["source_row"], new["agency"]) == (28, "cong-an")


def test_a_part_that_would_be_refused_as_the_whole_cannot_be_confirmed_as_such(february_office: Office) -> None:
    book = opened(february_office.gets_back("tinh").content)
    book.worksheets[1].delete_rows(16, 2)
    february_office.sends(bytes_of(book), "tinh.xlsx")
    february_office.runs()
    with pytest.raises(UsageError, match="would be refused \\(TOTAL_MISMATCH\\); nothing was confirmed"):
        february_office.says(OtherRows.LEFT, centre="tinh")
    assert february_office.says(OtherRows.STAND, centre="tinh").missing == 2


def test_a_part_without_our_column_can_only_be_the_whole(february_office: Office) -> None:
    book = load_workbook(BytesIO(february_office.gets_back().content))
    sheet = book["T02"]
    sheet.delete_rows(3, 4)
    assert sheet["R1"].value == ROW_HEADER
    sheet.delete_cols(18)
    february_office.sends(bytes_of(book))
    february_office.runs()
    assert "ROSTER_PARTIAL" in february_office.file_codes()
    with pytest.raises(UsageError, match="the column of row numbers is gone"):
        february_office.says(OtherRows.STAND)
    assert february_office.says(OtherRows.LEFT).is_new


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (MENDED, "holds everybody of the roster that it mends"),
        (GOLDEN / "input" / "rosters" / "2022-02" / "dong-xoai.xlsx", "mends no roster"),
    ],
    ids=["whole", "ordinary"],
)
def test_there_is_nothing_to_confirm_of_a_whole_roster(february_office: Office, content: Path, said: str) -> None:
    february_office.sends(content.read_bytes())
    february_office.runs()
    with pytest.raises(UsageError, match=said):
        february_office.says(OtherRows.STAND)


def test_a_reason_is_asked_for(february_office: Office) -> None:
    with pytest.raises(UsageError, match="say why"):
        february_office.says(OtherRows.STAND, reason=" ")
