"""Kept files: byte for byte, once, and which of them a month rests on."""

import pytest
import sqlalchemy as sa

from ioc_etl.adapters.clock import Clock
from ioc_etl.adapters.sources import PulledFile
from ioc_etl.adapters.store import KeptFile, keep_files, kept_files, read_contents, source_file_id
from ioc_etl.adapters.store_pulls import begin_pull
from tests.conftest import Database
from tests.integration.month_records import MONTH, NOON, decision, kept, month_record, pulled, run_facts, write

pytestmark = pytest.mark.every_postgresql


def keep(database: Database, **rosters: list[PulledFile]) -> None:
    by_code = {code.replace("_", "-"): files for code, files in rosters.items()}
    keep_files(
        database.engine,
        MONTH,
        pull_no=begin_pull(database.engine),
        began_at=NOON,
        clock=Clock.stopped_at(NOON),
        rosters=by_code,
        registers={},
    )


def files(database: Database) -> list[KeptFile]:
    with database.engine.connect() as connection:
        return kept_files(connection, MONTH)


def latest(database: Database) -> list[tuple[str, str]]:
    return [(file.code, file.file_name) for file in files(database) if file.is_latest]


def test_bytes_come_back_as_they_were(database: Database) -> None:
    data = bytes(range(256)) * 4000
    ids = kept(database.engine, dong_xoai=data, binh_long=b"")
    with database.engine.connect() as connection:
        assert dict(read_contents(connection, ids.values())) == {ids["dong-xoai"]: data, ids["binh-long"]: b""}


def test_the_same_content_is_stored_once(database: Database) -> None:
    keep(database, dong_xoai=[pulled(b"same")], binh_long=[pulled(b"same")])
    keep(database, dong_xoai=[pulled(b"same", "renamed.xlsx")])
    with database.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM landing.content")) == 1
    assert [(file.code, file.file_name) for file in files(database)] == [
        ("binh-long", "dong-xoai.xlsx"),
        ("dong-xoai", "dong-xoai.xlsx"),
    ]


def test_registers_are_kept_beside_rosters(database: Database) -> None:
    register = pulled(b"a,b", "budget.csv")
    ids = keep_files(
        database.engine,
        MONTH,
        pull_no=begin_pull(database.engine),
        began_at=NOON,
        clock=Clock.stopped_at(NOON),
        rosters={"tinh": [pulled()]},
        registers={"budget": [register]},
    )
    assert ids["register", "budget"] == (source_file_id("register", MONTH, "budget", register.sha256),)
    assert [(file.kind, file.code) for file in files(database)] == [("register", "budget"), ("roster", "tinh")]


def test_what_the_last_pull_brought_is_the_latest(database: Database) -> None:
    first, second = pulled(b"1", "first.xlsx"), pulled(b"2", "second.xlsx")
    keep(database, dong_xoai=[first], binh_long=[first])
    keep(database, dong_xoai=[second])
    assert latest(database) == [("binh-long", "first.xlsx"), ("dong-xoai", "second.xlsx")]
    keep(database, dong_xoai=[first])
    assert latest(database) == [("binh-long", "first.xlsx"), ("dong-xoai", "first.xlsx")]
    keep(database, dong_xoai=[first, second])
    assert len(latest(database)) == 3
    keep(database, dong_xoai=[])
    assert latest(database) == [("binh-long", "first.xlsx")]


def test_an_accepted_file_is_in_force_until_another_is(database: Database) -> None:
    first = kept(database.engine, dong_xoai=b"first")
    write(database.engine, month_record(first, [decision()]))
    second = kept(database.engine, dong_xoai=b"second")
    assert [file.source_file_id for file in files(database) if file.is_in_force] == list(first.values())
    write(database.engine, month_record(second, [decision()], run=run_facts(2)))
    write(database.engine, month_record(first, [decision()], run=run_facts(3)))
    assert [file.source_file_id for file in files(database) if file.is_in_force] == list(first.values())
    assert {file.verdict for file in files(database)} == {"accepted"}


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_a_file_of_any_size_is_kept(database: Database, size: int) -> None:
    ids = kept(database.engine, dong_xoai=b"\x00" * size)
    with database.engine.connect() as connection:
        assert [len(data) for _, data in read_contents(connection, ids.values())] == [size]
