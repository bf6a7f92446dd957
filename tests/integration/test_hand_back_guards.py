"""What `hand-back` and `hand-in` refuse, how they read a roster, and what they write down of who asked."""

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from locks import until_waiting

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.store import keep_files, month_transaction, read_month_state
from ioc_etl.adapters.store_pulls import begin_pull
from ioc_etl.errors import DatabaseError, MonthLockedError, UsageError
from ioc_etl.pipeline.as_run import facts_as_run
from ioc_etl.pipeline.explain import explain
from ioc_etl.pipeline.extract import pull_month
from ioc_etl.pipeline.hand_back import hand_back
from ioc_etl.pipeline.reading_rooms import ReadingRooms
from schemas.vocabulary import OtherRows
from tests.conftest import Database
from tests.integration.hand_back_office import FEBRUARY, GOLDEN, MENDED, PART, TESTER, Office
from tests.integration.ledger_steps import account
from tests.integration.shell import Shell
from tests.unit.office_files import rewritten

pytestmark = pytest.mark.every_postgresql

BY_HAND = (
    "INSERT INTO landing.mended_roster SELECT '2022-02-01', 'dong-xoai', min(sha256), min(sha256), 'left', "
    "min(sha256), 'vì', :actor, now() FROM landing.content"
)


@pytest.mark.parametrize("others", OtherRows)
def test_nobody_is_confirmed_against_a_roster_that_a_later_one_has_followed(
    february_office: Office, others: OtherRows
) -> None:
    february_office.sends(MENDED.read_bytes())
    february_office.runs()
    february_office.sends(PART.read_bytes())
    february_office.runs()
    with pytest.raises(UsageError, match="a later one has followed"):
        february_office.says(others)
    assert not february_office.rows("SELECT 1 FROM landing.mended_roster")


def test_a_roster_is_followed_also_by_one_that_had_come_before_it(database: Database, tmp_path: Path) -> None:
    """What the centre had sent first is seen at another place: that content came before the one that it follows."""
    office = Office.opened(database, tmp_path / "input")
    handed_back = (GOLDEN / "input" / "rosters" / "2022-02" / "dong-xoai.xlsx").read_bytes()
    for content in (MENDED.read_bytes(), handed_back):
        office.sends(content)
        office.runs()
    office = Office(database, Path(shutil.copytree(tmp_path / "input", tmp_path / "another server")))
    for content in (MENDED.read_bytes(), PART.read_bytes()):
        office.sends(content)
        office.runs()
    with pytest.raises(UsageError, match="a later one has followed"):
        office.says(OtherRows.STAND)


@pytest.mark.parametrize(
    ("name", "roles", "match"), [("khach", (), "unknown_actor|foreign key"), ("xem", ("auditor",), "not_the_role")]
)
def test_a_confirmation_past_the_program_needs_an_account_that_may(
    february_database: Database, february_office: Office, name: str, roles: tuple[str, ...], match: str
) -> None:
    if roles:
        account(february_database.engine, name, *roles)
    with pytest.raises(DatabaseError, match=match), february_database.engine.begin() as connection:
        connection.execute(sa.text(BY_HAND), {"actor": name})
    assert not february_office.rows("SELECT 1 FROM landing.mended_roster")


def test_a_month_that_is_held_is_not_waited_for(february_database: Database, february_office: Office) -> None:
    february_office.sends(PART.read_bytes())
    february_office.runs()
    with (
        month_transaction(february_database.engine, FEBRUARY, uuid4(), actor="khac"),
        pytest.raises(MonthLockedError, match=r"is held by run .* of khac"),
    ):
        february_office.says(OtherRows.LEFT)
    assert february_office.says(OtherRows.LEFT).is_new


def test_who_took_a_roster_is_written_down_by_its_hash(february_office: Office) -> None:
    taken = hand_back(february_office.services, FEBRUARY, "dong-xoai", actor=TESTER)
    (look,) = february_office.rows("SELECT actor, detail FROM payroll.audit_event WHERE action = 'look'")
    assert (look["actor"], look["detail"]) == (
        TESTER,
        {"what": "hand-back", "centre_code": "dong-xoai", "sha256": taken.base_sha256},
    )


def test_a_folder_is_no_place_for_a_workbook(database: Database, tmp_path: Path) -> None:
    done = Shell(dict(database.environment))("hand-back", "2022-02", "dong-xoai", "--out", str(tmp_path))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "là thư mục; hãy ghi tên một tệp trong đó với --out" in done.stderr


# ---- Where agencies matter


def without_agencies(workbook: bytes) -> bytes:
    """A roster with another column in the place of the agencies."""
    return rewritten(workbook, sharedStrings=lambda part: part.replace("Cơ quan cử".encode(), "Trình độ".encode()))


IN_ONE_NUMBER = {"": 9}
BY_AGENCY = {"Công an thành phố": 5, "Phòng Văn hóa và Thông tin": 4}


def establishes(office: Office, posts: Mapping[str, int]) -> None:
    """Đồng Xoài's nine posts by agency, or in one number."""
    rows = [f"dong-xoai,41/NQ-HĐND,2021-12-17,2022-01-01,,{count},{agency}" for agency, count in posts.items()]
    rows += [f"{code},42/NQ-HĐND,2021-12-17,2022-01-01,,9," for code in ("phuoc-long", "binh-long")]
    header = "centre_code,decision_no,decision_date,valid_from,valid_to,headcount,agency"
    register = Path(str(office.services.settings.input_root)) / "registers" / "establishment.csv"
    register.write_text("\n".join([header, *rows, ""]), "utf-8")


def read_with_agencies(office: Office) -> frozenset[str]:
    """The centres whose kept rosters are read with agencies that matter."""
    with ReadingRooms() as rooms, office.services.engine.connect() as connection:
        state = read_month_state(connection, FEBRUARY)
        return facts_as_run(office.services, connection, FEBRUARY, state, rooms).with_agencies


def test_kept_rosters_are_read_with_the_establishments_of_the_months_run(february_office: Office) -> None:
    assert read_with_agencies(february_office) == {"tinh"}
    establishes(february_office, BY_AGENCY)
    assert read_with_agencies(february_office) == {"tinh"}, "no run has seen that register"
    february_office.runs()
    assert read_with_agencies(february_office) == {"tinh", "dong-xoai"}
    taken = hand_back(february_office.services, FEBRUARY, "dong-xoai")
    assert (taken.is_refused, taken.sent_as) == (False, "dong-xoai.xlsx")
    somebody = february_office.rows(
        "SELECT person_id FROM payroll.decision WHERE centre_code = 'dong-xoai' AND source_row = 3 AND outcome = 'paid'"
    )[0]["person_id"]
    (row,) = explain(february_office.services, FEBRUARY, somebody)
    assert "Cơ quan cử" in {cell.header for check in row.checks for cell in check.cells if cell.text}


@pytest.mark.parametrize(("posts", "is_refused"), [(IN_ONE_NUMBER, False), (BY_AGENCY, True)])
def test_a_part_without_agencies_is_taken_where_the_run_would_take_it(
    february_office: Office, posts: Mapping[str, int], *, is_refused: bool
) -> None:
    establishes(february_office, posts)
    february_office.sends(without_agencies(PART.read_bytes()))
    february_office.runs()
    assert ("COLUMN_MISSING" in february_office.file_codes()) is is_refused
    if is_refused:
        with pytest.raises(UsageError, match=r"COLUMN_MISSING.*nothing was confirmed"):
            february_office.says(OtherRows.LEFT)
        assert not february_office.rows("SELECT 1 FROM landing.mended_roster")
    else:
        assert february_office.says(OtherRows.LEFT).is_new


# ---- Between the look and the word


def test_a_roster_that_comes_while_another_is_read_is_not_confirmed_by_what_is_said_of_that_one(
    february_database: Database, february_office: Office
) -> None:
    """What was said is looked up after the file was read: there `hand-in` is held up, and the centre sends another."""
    february_office.sends(PART.read_bytes())
    february_office.runs()
    with ThreadPoolExecutor(1) as other:
        with february_database.engine.begin() as connection:
            connection.execute(sa.text("LOCK TABLE landing.mended_roster IN ACCESS EXCLUSIVE MODE"))
            asked = other.submit(february_office.says, OtherRows.LEFT)
            until_waiting(february_database.engine)
            february_office.sends(MENDED.read_bytes())
            arrives(february_office)
        with pytest.raises(UsageError, match=r"has sent another file while dong-xoai\.xlsx was read"):
            asked.result(timeout=60)
    assert not february_office.rows("SELECT 1 FROM landing.mended_roster")
    assert not february_office.rows("SELECT 1 FROM payroll.audit_event WHERE action = 'hand_in'")


def arrives(office: Office) -> None:
    """What lies in the folder is pulled and kept, as a run does before it holds the month."""
    pulled = pull_month(office.services, FEBRUARY)
    keep_files(
        office.services.engine,
        FEBRUARY,
        pull_no=begin_pull(office.services.engine),
        began_at=pulled.began_at,
        clock=Clock(),
        rosters={centre.centre_code: centre.files for centre in pulled.centres},
        registers={str(name): files for name, files in pulled.registers.files.items()},
    )
