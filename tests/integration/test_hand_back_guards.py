"""What `hand-back` and `hand-in` refuse, and what they write down of who asked."""

from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from ioc_etl.adapters.store import month_transaction
from ioc_etl.errors import DatabaseError, MonthLockedError, UsageError
from ioc_etl.pipeline.hand_back import hand_back
from schemas.vocabulary import OtherRows
from tests.conftest import Database
from tests.integration.ledger_steps import account
from tests.integration.test_command_line import Shell
from tests.integration.test_hand_back import FEBRUARY, MENDED, PART, TESTER, Office

BY_HAND = (
    "INSERT INTO landing.mended_roster SELECT '2022-02-01', 'dong-xoai', min(sha256), min(sha256), 'left', "
    "min(sha256), 'vì', :actor, now() FROM landing.content"
)


@pytest.fixture
def february(database: Database, tmp_path: Path) -> Office:
    """The sample input's February, run once."""
    office = Office(database, tmp_path / "input")
    office.runs()
    return office


@pytest.mark.parametrize("others", OtherRows)
def test_nobody_is_confirmed_against_a_roster_that_a_later_one_has_followed(
    february: Office, others: OtherRows
) -> None:
    february.sends(MENDED.read_bytes())
    february.runs()
    february.sends(PART.read_bytes())
    february.runs()
    with pytest.raises(UsageError, match="a later one has followed"):
        february.says(others)
    assert not february.rows("SELECT 1 FROM landing.mended_roster")


@pytest.mark.parametrize(
    ("name", "roles", "match"), [("khach", (), "unknown_actor|foreign key"), ("xem", ("auditor",), "not_the_role")]
)
def test_a_confirmation_past_the_program_needs_an_account_that_may(
    database: Database, february: Office, name: str, roles: tuple[str, ...], match: str
) -> None:
    if roles:
        account(database.engine, name, *roles)
    with pytest.raises(DatabaseError, match=match), database.engine.begin() as connection:
        connection.execute(sa.text(BY_HAND), {"actor": name})
    assert not february.rows("SELECT 1 FROM landing.mended_roster")


def test_a_month_that_is_held_is_not_waited_for(database: Database, february: Office) -> None:
    february.sends(PART.read_bytes())
    february.runs()
    with (
        month_transaction(database.engine, FEBRUARY, uuid4(), actor="khac"),
        pytest.raises(MonthLockedError, match=r"is held by run .* of khac"),
    ):
        february.says(OtherRows.LEFT)
    assert february.says(OtherRows.LEFT).is_new


def test_who_took_a_roster_is_written_down_by_its_hash(february: Office) -> None:
    taken = hand_back(february.services, FEBRUARY, "dong-xoai", actor=TESTER)
    (look,) = february.rows("SELECT actor, detail FROM payroll.audit_event WHERE action = 'look'")
    assert (look["actor"], look["detail"]) == (
        TESTER,
        {"what": "hand-back", "centre_code": "dong-xoai", "sha256": taken.base_sha256},
    )


def test_a_folder_is_no_place_for_a_workbook(database: Database, tmp_path: Path) -> None:
    done = Shell(dict(database.environment))("hand-back", "2022-02", "dong-xoai", "--out", str(tmp_path))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "is a folder; name a file in it with --out" in done.stderr
