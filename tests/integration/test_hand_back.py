"""A roster goes back to its centre, is mended and comes in again: through files, database and command line.

The golden files were mended in LibreOffice 7.4: February's roster of Đồng Xoài was handed back, opened there, four of
its five held rows were mended, and it was stored as xlsx, as ods, and as xlsx without the rows that were good.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.errors import DatabaseError, PlanMovedError, UnreadableFileError, UsageError
from ioc_etl.pipeline.actors import renew_token
from ioc_etl.pipeline.calendar import calendar
from ioc_etl.pipeline.explain import explain
from ioc_etl.pipeline.extract import pull_month
from ioc_etl.pipeline.hand_back import HandedBack, hand_back
from ioc_etl.pipeline.hand_in import HandedIn, hand_in
from ioc_etl.pipeline.month import run, run_month
from ioc_etl.pipeline.plan import plan
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.rerun import gaps
from ioc_etl.pipeline.services import Services
from schemas.marker import COVER_TITLE, ROW_HEADER
from schemas.vocabulary import OtherRows, RunStatus
from tests.conftest import Database
from tests.integration.ledger_steps import account
from tests.integration.test_command_line import Shell
from tests.unit.office_files import SheetOf, csv_file, rewritten
from tests.unit.returned_workbooks import bytes_of, opened
from tests.unit.rosters import HEADER, people

# What differs between two PostgreSQLs is not the business of these.
pytestmark = pytest.mark.parametrize("server", ["postgresql-18"], indirect=True)

GOLDEN = Path(__file__).parents[1] / "golden"
MENDED, MENDED_ODS, PART = (
    GOLDEN / "office" / name
    for name in ("mended-by-libreoffice.xlsx", "mended-by-libreoffice.ods", "part-mended-by-libreoffice.xlsx")
)
TESTER = "nguoi-thu"
FEBRUARY = date(2022, 2, 1)
DIRECT_VND = 2_235_000
HELD_BEFORE = {2, 4, 7, 8, 10}
MENDED_ROWS = {4, 7, 8, 10}

Outcomes = Mapping[int, tuple[str, int]]


class Office:
    """The sample input in a folder of its own, a database, and what came of February."""

    def __init__(self, database: Database, root: Path) -> None:
        shutil.copytree(GOLDEN / "input", root)
        for path in root.rglob("*"):
            path.chmod(0o755)
        self._database, self._folder = database, root / "rosters" / "2022-02"
        self.services = Services(replace(database.settings, input_root=str(root)))
        account(database.engine, TESTER, "operator")

    def sends(self, content: bytes, name: str = "dong-xoai.xlsx") -> None:
        """Puts a file in the place of the centre's former one."""
        for path in self._folder.glob(f"{Path(name).stem}.*"):
            path.unlink()
        (self._folder / name).write_bytes(content)

    def runs(self, month: date = FEBRUARY) -> RunStatus:
        """Runs the month."""
        return run(self.services, month).status

    def gets_back(self, centre: str = "dong-xoai") -> HandedBack:
        """What `hand-back` writes."""
        return hand_back(self.services, FEBRUARY, centre)

    def says(self, others: OtherRows, *, reason: str = "Trung tâm gọi điện", centre: str = "dong-xoai") -> HandedIn:
        """What `hand-in` does."""
        return hand_in(self.services, FEBRUARY, centre, others=others, reason=reason, actor=TESTER)

    def next_steps(self, centre: str = "dong-xoai") -> tuple[str, ...]:
        """What `status` tells to do."""
        (cell,) = (each for each in calendar(self.services, FEBRUARY, FEBRUARY).cells if each.centre_code == centre)
        return cell.next_steps

    def outcomes(self, centre: str = "dong-xoai") -> Outcomes:
        """Outcome and amount by row."""
        rows = self.rows("SELECT * FROM state_payroll.row_outcome WHERE centre_code = :centre", centre=centre)
        return {row["source_row"]: (row["outcome"], row["amount_vnd"]) for row in rows}

    def earns(self, centre: str = "dong-xoai") -> int:
        """The centre's amount."""
        return sum(amount for _, amount in self.outcomes(centre).values())

    def file_codes(self, centre: str = "dong-xoai") -> set[str]:
        """Codes about the centre's files."""
        query = "SELECT code FROM state_payroll.exception_report WHERE centre_code = :centre AND level = 'file'"
        return {row["code"] for row in self.rows(query, centre=centre)}

    def rows(self, query: str, **values: object) -> list[sa.RowMapping]:
        """The rows of a query."""
        with self._database.engine.connect() as connection:
            return list(connection.execute(sa.text(query), values).mappings().all())


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    office = Office(database, tmp_path / "input")
    office.runs()
    return office


def held(outcomes: Outcomes) -> set[int]:
    return {row for row, (outcome, _) in outcomes.items() if outcome == "held"}


# ---- The road there and back


@pytest.mark.parametrize("mended", [MENDED, MENDED_ODS], ids=["xlsx", "ods"])
def test_a_roster_mended_in_libreoffice_is_paid_to_the_dong(office: Office, mended: Path) -> None:
    before = office.outcomes()
    assert (held(before), office.earns()) == (HELD_BEFORE, 4 * DIRECT_VND)

    office.sends(mended.read_bytes(), f"dong-xoai{mended.suffix}")
    office.runs()
    after = office.outcomes()
    assert {row: after[row] for row in MENDED_ROWS} == dict.fromkeys(MENDED_ROWS, ("paid", DIRECT_VND))
    assert (held(after), office.earns()) == ({2}, 17_880_000)
    assert office.file_codes() == {"ROSTER_MENDED", "SHEET_IGNORED"}

    other = office.services.settings.input_root
    assert other is not None
    lines = (Path(other) / "rosters" / "2022-02" / "phuoc-long.csv").read_text("utf-8-sig").splitlines()
    office.sends("\n".join(text for text in lines if not text.startswith("5;")).encode(), "phuoc-long.csv")
    office.runs()
    assert (held(office.outcomes()), office.earns()) == (set(), 20_115_000)


def test_what_goes_back_is_the_workbook_that_libreoffice_was_given(office: Office) -> None:
    given = office.gets_back()
    assert (given.blocks, given.warnings, given.is_refused, given.send_as) == (5, 9, False, "dong-xoai.xlsx")
    marked = read_cells(given.content).marker
    assert marked == read_cells(MENDED.read_bytes()).marker
    assert office.gets_back().content == given.content


@pytest.mark.parametrize("centre", ["dong-xoai", "tinh", "phuoc-long"])
def test_sent_in_again_without_a_mend_everything_is_decided_as_before(office: Office, centre: str) -> None:
    before, given = office.outcomes(centre), office.gets_back(centre)
    office.sends(given.content, given.send_as)
    assert office.runs() is RunStatus.INCOMPLETE
    assert office.outcomes(centre) == before
    assert "ROSTER_MENDED" in office.file_codes(centre)


def test_a_mend_of_a_mend_goes_back_and_comes_in_too(office: Office) -> None:
    office.sends(MENDED.read_bytes())
    office.runs()
    second = office.gets_back()
    sheet = opened(second.content)["T02"]
    assert (second.blocks, sheet["D2"].comment is not None, sheet["F8"].comment) == (1, True, None)
    office.sends(second.content)
    office.runs()
    assert office.earns() == 17_880_000


# ---- A part of a roster


def test_a_part_waits_and_the_roster_before_it_stays_in_force(office: Office) -> None:
    before = office.outcomes()
    office.sends(PART.read_bytes())
    assert office.runs() is RunStatus.INCOMPLETE
    assert office.outcomes() == before
    assert "ROSTER_PARTIAL" in office.file_codes()
    with pytest.raises(UsageError, match="holds only a part"):
        office.gets_back()


def test_a_part_waits_for_an_answer_and_not_to_be_mended(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    assert office.next_steps() == ("hand_in", "review", "submit")
    assert gaps(office.services, FEBRUARY, ["dong-xoai"]) == ("dong-xoai",)
    office.says(OtherRows.STAND)
    assert office.next_steps() == ("rerun", "review", "submit")
    office.runs()
    assert office.next_steps() == ("review", "submit")


def test_a_part_whose_others_stand_is_the_whole_roster_with_the_same_mends(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    done = office.says(OtherRows.STAND)
    assert (done.changed, done.new, done.missing, done.is_new) == (4, 0, 5, True)
    office.runs()
    assert (held(office.outcomes()), office.earns()) == ({2}, 17_880_000)
    assert office.runs() is RunStatus.UNCHANGED

    (in_force,) = office.rows(
        "SELECT f.*, m.base_sha256, m.sent_sha256, m.actor, m.reason FROM landing.source_file f "
        "JOIN landing.mended_roster m ON m.whole_sha256 = f.sha256 WHERE f.is_in_force AND f.centre_code = 'dong-xoai'"
    )
    assert in_force["origin"] == f"hand-in: {in_force['base_sha256']} + {in_force['sent_sha256']}"
    assert (in_force["actor"], in_force["reason"]) == (TESTER, "Trung tâm gọi điện")
    (row,) = explain(office.services, FEBRUARY, "070169578043")
    assert (row.decision["outcome"], row.file_name) == ("paid", "dong-xoai.xlsx")
    assert (office.gets_back().blocks, office.gets_back().base_sha256) == (1, in_force["sha256"])


def test_an_answer_after_a_plan_moves_the_world_under_it(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    number = plan(office.services, FEBRUARY).number
    office.says(OtherRows.LEFT)
    with pytest.raises(PlanMovedError, match="moved since: a waiver, a roster handed in or another word of finance;"):
        run(office.services, FEBRUARY, plan=number)


def test_an_answer_given_while_a_run_waited_for_its_turn_is_replayed_with_it(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    pulled, started_at = pull_month(office.services, FEBRUARY), [datetime.now(UTC)]
    office.says(OtherRows.STAND)
    waited = Clock(lambda: started_at.pop() if started_at else datetime.now(UTC))
    run_month(Services(office.services.settings, waited), FEBRUARY, pulled=pulled)
    assert office.earns() == 17_880_000
    assert replay(office.services, FEBRUARY).difference is None


def test_a_replay_does_not_know_a_roster_that_came_after_its_run(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path / "input")
    office.sends(PART.read_bytes())
    first = run(office.services, FEBRUARY)
    office.sends((GOLDEN / "input" / "rosters" / "2022-02" / "dong-xoai.xlsx").read_bytes())
    office.runs()
    assert replay(office.services, FEBRUARY, str(first.run_id)).difference is None


def test_a_late_answer_is_found_without_pulling_the_centre_again(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    office.says(OtherRows.STAND)
    assert run(office.services, FEBRUARY, centres=["tinh"]).status is RunStatus.INCOMPLETE
    assert office.earns() == 17_880_000


def test_a_part_whose_others_left_is_the_whole_roster(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    office.says(OtherRows.LEFT)
    office.runs()
    assert office.outcomes() == dict.fromkeys((2, 3, 4, 5), ("paid", DIRECT_VND))
    assert "ROSTER_MENDED" in office.file_codes()


def test_an_answer_is_given_once(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    office.says(OtherRows.STAND)
    assert not office.says(OtherRows.STAND, reason="nữa").is_new
    with pytest.raises(UsageError, match=r"was confirmed as stand by nguoi-thu .* ask the centre for its whole roster"):
        office.says(OtherRows.LEFT)
    events = office.rows("SELECT * FROM payroll.audit_event WHERE action = 'hand_in'")
    assert [(event["actor"], event["detail"]["others"]) for event in events] == [(TESTER, "stand")]
    with pytest.raises(DatabaseError, match="written once"):
        office.rows("UPDATE landing.mended_roster SET reason = 'khác' RETURNING 1")


def test_the_whole_roster_of_the_centre_takes_the_place_of_a_wrong_answer(office: Office) -> None:
    office.sends(PART.read_bytes())
    office.runs()
    office.says(OtherRows.LEFT)
    office.runs()
    office.sends(MENDED.read_bytes())
    office.runs()
    assert office.earns() == 17_880_000


def test_new_people_are_appended_with_the_printed_total_and_their_group(office: Office) -> None:
    given = office.gets_back("tinh")
    book = opened(given.content)
    sheet = book.worksheets[1]
    sheet.delete_rows(38, 12)
    sheet.delete_rows(28, 9)
    for column, text in {"A": "21", "B": "Lý Văn Mới", "D": "070090123456", "E": "Công an"}.items():
        sheet[f"{column}27"] = text
    sheet["Q27"] = None
    sheet.delete_rows(16, 11)
    office.sends(bytes_of(book), "tinh.xlsx")
    office.runs()
    done = office.says(OtherRows.STAND, centre="tinh")
    assert (done.changed, done.new) == (0, 1)
    office.runs()
    codes = office.file_codes("tinh")
    assert ("TOTAL_MISMATCH" in codes, "ROSTER_MENDED" in codes) == (False, True)
    (new,) = office.rows(
        "SELECT source_row, agency FROM payroll.decision JOIN payroll.month ON current_run_id = run_id "
        "WHERE citizen_id = '070090123456'"
    )
    assert (new["source_row"], new["agency"]) == (28, "cong-an")


def test_a_part_that_would_be_refused_as_the_whole_cannot_be_confirmed_as_such(office: Office) -> None:
    book = opened(office.gets_back("tinh").content)
    book.worksheets[1].delete_rows(16, 2)
    office.sends(bytes_of(book), "tinh.xlsx")
    office.runs()
    with pytest.raises(UsageError, match="would be refused \\(TOTAL_MISMATCH\\); nothing was confirmed"):
        office.says(OtherRows.LEFT, centre="tinh")
    assert office.says(OtherRows.STAND, centre="tinh").missing == 2


def test_a_part_without_our_column_can_only_be_the_whole(office: Office) -> None:
    book = load_workbook(BytesIO(office.gets_back().content))
    sheet = book["T02"]
    sheet.delete_rows(3, 4)
    assert sheet["R1"].value == ROW_HEADER
    sheet.delete_cols(18)
    office.sends(bytes_of(book))
    office.runs()
    assert "ROSTER_PARTIAL" in office.file_codes()
    with pytest.raises(UsageError, match="the column of row numbers is gone"):
        office.says(OtherRows.STAND)
    assert office.says(OtherRows.LEFT).is_new


def test_rows_of_a_roster_that_a_later_one_has_followed_are_not_put_into_it(office: Office) -> None:
    office.sends(MENDED.read_bytes())
    office.runs()
    office.sends(PART.read_bytes())
    office.runs()
    with pytest.raises(UsageError, match="a later one has followed"):
        office.says(OtherRows.STAND)


def test_instead_of_a_part_that_mends_an_older_roster_the_one_in_force_goes_back(office: Office) -> None:
    office.sends(MENDED.read_bytes())
    office.runs()
    in_force = office.gets_back()
    office.sends(PART.read_bytes())
    office.runs()
    given = office.gets_back()
    assert (given.base_sha256, given.is_refused, given.blocks) == (in_force.base_sha256, False, 1)
    assert given.content == in_force.content
    office.sends(given.content)
    office.runs()
    assert "ROSTER_PARTIAL" not in office.file_codes()
    assert office.earns() == 17_880_000


def test_a_marker_of_another_centres_roster_says_nothing(office: Office) -> None:
    content = rewritten(PART.read_bytes(), custom=lambda part: part.replace(b"dong-xoai", b"binh-long"))
    office.sends(content)
    office.runs()
    assert office.file_codes() == {"SHEET_IGNORED"}
    assert len(office.outcomes()) == 4


def test_a_marker_of_a_roster_that_was_never_sent_says_nothing(office: Office) -> None:
    content = rewritten(PART.read_bytes(), custom=lambda part: part.replace(b"7b9025", b"000000"))
    office.sends(content)
    office.runs()
    assert office.file_codes() == {"SHEET_IGNORED"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (MENDED, "holds everybody of the roster that it mends"),
        (GOLDEN / "input" / "rosters" / "2022-02" / "dong-xoai.xlsx", "mends no roster"),
    ],
    ids=["whole", "ordinary"],
)
def test_there_is_nothing_to_confirm_of_a_whole_roster(office: Office, content: Path, said: str) -> None:
    office.sends(content.read_bytes())
    office.runs()
    with pytest.raises(UsageError, match=said):
        office.says(OtherRows.STAND)


def test_a_reason_is_asked_for(office: Office) -> None:
    with pytest.raises(UsageError, match="say why"):
        office.says(OtherRows.STAND, reason=" ")


# ---- Refused and unreadable files


def test_a_refused_file_goes_back_with_what_refused_it(office: Office) -> None:
    grid = [["DANH SÁCH Tháng 03 năm 2022"], HEADER, *people(1, 2)]
    office.sends(csv_file(SheetOf(grid)), "dong-xoai.csv")
    office.runs()
    given = office.gets_back()
    book = opened(given.content)
    text = " ".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell)
    assert (given.is_refused, given.send_as, book.sheetnames) == (True, "dong-xoai.xlsx", [COVER_TITLE, "Danh sách"])
    assert "Danh sách dong-xoai.csv bị từ chối" in text
    assert "Danh sách đã nhận trước đó (dong-xoai.xlsx) vẫn được dùng" in text
    assert "Mã: WRONG_MONTH" in text
    assert "ID_INVALID" not in text


@pytest.mark.parametrize("content", [b"%PDF-1.4 x", b"PK\x03\x04 cut off"], ids=["pdf", "damaged"])
def test_a_file_that_cannot_be_read_is_not_handed_back_and_says_what_to_tell(office: Office, content: bytes) -> None:
    office.sends(content)
    office.runs()
    with pytest.raises(UnreadableFileError, match=r"cannot be handed back: .*\. Tell the centre instead: .*\.xlsx"):
        office.gets_back()


def test_nothing_sent_is_nothing_handed_back(office: Office) -> None:
    with pytest.raises(UsageError, match="has sent nothing for 2022-02"):
        office.gets_back("binh-long")
    with pytest.raises(UsageError, match="there is no centre"):
        office.gets_back("nowhere")


# ---- As people type it


@pytest.fixture
def shell(database: Database, office: Office) -> Shell:
    root = office.services.settings.input_root
    token = renew_token(office.services, name=TESTER)
    return Shell({**database.environment, "IOC_ETL_INPUT": str(root), "IOC_ETL_TOKEN": token})


def test_the_commands_tell_what_was_written_and_what_comes_next(shell: Shell, office: Office, tmp_path: Path) -> None:
    done = shell("hand-back", "2022-02", "dong-xoai")
    written = Path(done.stdout.splitlines()[0])
    assert (done.returncode, written.name) == (0, "dong-xoai-2022-02-tra-lai.xlsx")
    assert written.stat().st_mode & 0o077 == 0
    assert "Đã tiếp nhận; 5 lỗi chặn, 9 cảnh báo" in done.stdout

    out = tmp_path / "tra-lai.xlsx"
    assert shell("hand-back", "2022-02", "dong-xoai", "--out", str(out)).returncode == 0
    assert shell("hand-back", "2022-02", "dong-xoai", "--out", str(out)).returncode == 0
    out.write_bytes(b"somebody's own")
    refused = shell("hand-back", "2022-02", "dong-xoai", "--out", str(out))
    assert (refused.returncode, out.read_bytes()) == (2, b"somebody's own")

    office.sends(PART.read_bytes())
    told = [shell("run", "2022-02"), shell("hand-in", "2022-02", "dong-xoai", "--others", "stand", "--reason", "thử")]
    assert [process.returncode for process in told] == [3, 0]
    assert "4 dòng đã sửa, 0 người mới, 5 dòng khác giữ nguyên" in told[1].stdout
    assert "ioc-etl run 2022-02" in told[1].stdout
    again = shell("hand-in", "2022-02", "dong-xoai", "--others", "stand", "--reason", "thử", "--lang", "en")
    assert (again.returncode, "nothing has changed" in again.stdout) == (0, True)
    assert "17.880.000 đ" in shell("run", "2022-02").stdout
    (said,) = office.rows("SELECT actor FROM landing.mended_roster")
    assert said["actor"] == TESTER
    everything = "".join(process.stdout + process.stderr for process in [done, refused, *told, again])
    assert not re.search(r"\d{9,}", everything)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hand-back", "2022-13", "dong-xoai"), "hãy ghi như 2022-01"),
        (("hand-back", "2022-02", "nowhere"), "không có Trung tâm"),
        (("hand-back", "2022-02", "binh-long"), "chưa gửi gì cho 2022-02"),
        (("hand-back", "2021-07", "dong-xoai", "--lang", "en"), "has sent nothing for 2021-07"),
        (("hand-in", "2022-02", "dong-xoai", "--others", "maybe", "--reason", "x"), "use --others stand"),
        (("hand-in", "2022-02", "dong-xoai", "--others", "left", "--reason", " "), "hãy ghi lý do"),
        (("hand-in", "2022-02", "binh-long", "--others", "left", "--reason", "x"), "không có gì để xác nhận"),
        (("hand-in", "2022-02", "dong-xoai", "--others", "left", "--reason", "x"), "không sửa danh sách nào"),
    ],
)
def test_a_wrong_question_is_one_line_and_exit_code_2(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = shell(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert said in done.stderr


def test_a_file_that_cannot_be_read_is_exit_code_1(shell: Shell, office: Office) -> None:
    office.sends(b"%PDF-1.4 x")
    shell("run", "2022-02")
    done = shell("hand-back", "2022-02", "dong-xoai")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "không trả lại được dong-xoai.xlsx: tệp là PDF. Hãy báo cho Trung tâm: " in done.stderr
