"""Migrations and views: up on empty, twice, at once; what is wrong is told."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.sql import SQL, Identifier

from ioc_etl.adapters import migrate
from ioc_etl.adapters.database import embedded_engine
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.adapters.store_pulls import begin_pull
from ioc_etl.errors import DatabaseError
from tests.conftest import Database, administer

pytestmark = pytest.mark.every_postgresql

CONTRACT = {
    "payment_record": (
        "payment_id, batch_id, batch_kind, batch_status, reference_month, centre_code, funding_source, citizen_id, "
        "full_name, staff_category, agency, work_mode, coefficient, base_salary_vnd, amount_vnd, bank_account, "
        "bank_name, legal_basis, run_id, source_sha256, source_sheet, source_row, "
        "result, pay_date, budget_year, received_vnd"
    ),
    "exception_report": (
        "case_id, reference_month, centre_code, level, severity, code, status, source_file, sheet, row_number, row_no, "
        "column_name, cell, citizen_id_masked, message_vi, message_en, how_to_fix_vi, legal_basis, waivable, "
        "first_run_id, last_run_id"
    ),
    "row_outcome": "reference_month, centre_code, source_row, row_no, citizen_id, outcome, amount_vnd, codes",
    "centre_month": (
        "reference_month, centre_code, file_status, rows_read, paid_rows, superseded_rows, held_rows, merged_rows, "
        "amount_vnd, quota, budget_year_vnd, committed_year_vnd, batch_status"
    ),
}


def test_a_migrated_database_has_nothing_to_tell(database: Database) -> None:
    assert migrate.check(database.engine) == []


def test_an_upgrade_of_a_current_database_does_nothing(database: Database) -> None:
    assert migrate.upgrade(database.engine) is False


def test_the_views_of_the_contract_have_its_columns_in_its_order(database: Database) -> None:
    with database.engine.connect() as connection:
        found = connection.execute(
            sa.text(
                "SELECT table_name, string_agg(column_name, ', ' ORDER BY ordinal_position) "
                "FROM information_schema.columns WHERE table_schema = 'state_payroll' GROUP BY table_name"
            )
        )
        assert dict(found.tuples().all()) == CONTRACT


def read_as_outsider(database: Database, relation: str) -> int:
    with database.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE ioc_etl_reader"))
        schema, _, name = relation.partition(".")
        return len(connection.execute(sa.select(sa.text("*")).select_from(sa.table(name, schema=schema))).all())


@pytest.mark.parametrize("view", CONTRACT)
def test_outsiders_may_read_the_contract(database: Database, view: str) -> None:
    assert read_as_outsider(database, f"state_payroll.{view}") == 0


@pytest.mark.parametrize("hidden", ["payroll.decision", "landing.content", "payroll.exception_detail"])
def test_outsiders_may_read_nothing_else(database: Database, hidden: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        read_as_outsider(database, hidden)


def test_a_view_that_is_not_this_programs_is_told_and_mended(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("DROP VIEW state_payroll.row_outcome"))
    assert migrate.check(database.engine) == [
        "view state_payroll.row_outcome is not this program's: run `ioc-etl db upgrade`"
    ]
    assert migrate.upgrade(database.engine) is True
    assert migrate.check(database.engine) == []


def test_a_database_newer_than_the_program_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE payroll.alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer than this program's"):
        migrate.upgrade(database.engine)
    assert "9999" in migrate.check(database.engine)[0]


def test_a_check_that_fails_is_told_without_values(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO payroll.audit_event (at, actor, action, detail) VALUES (now(), 'a', 'b', '{}');"
                "ALTER TABLE payroll.audit_event DISABLE TRIGGER USER;"
                "UPDATE payroll.audit_event SET actor = 'somebody else'"
            )
        )
    assert migrate.check(database.engine) == ["check 040_audit_chain: 1 rows, the first is ('1',)"]


def test_several_upgrades_at_once_are_one(server: EmbeddedServer, tmp_path: Path) -> None:
    name = "upgraded_" + tmp_path.name.replace("-", "_")[-40:]
    with embedded_engine(server, "postgres").connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text(f'CREATE DATABASE "{name}"'))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: migrate.upgrade(embedded_engine(server, name)), range(4)))
    assert sorted(done) == [False, False, False, True]
    assert migrate.check(embedded_engine(server, name)) == []


BEFORE_NUMBERS = """
INSERT INTO landing.content
SELECT encode(sha256(text::bytea), 'hex'), 3, text::bytea FROM unnest(ARRAY['one', 'two']) AS text;
INSERT INTO landing.source_file
    (source_file_id, kind, reference_month, centre_code, file_name, origin, sha256, received_at, is_too_large,
     is_latest)
SELECT id::uuid, 'roster', '2022-01-01', 'tinh', 'tinh.xlsx', '/in/rosters/2022-01/tinh.xlsx',
       encode(sha256(text::bytea), 'hex'), at::timestamptz, false, false
FROM (VALUES ('00000000-0000-0000-0000-00000000000a', 'one', '2022-02-01 08:30Z'),
             ('00000000-0000-0000-0000-00000000000b', 'two', '2022-02-02 08:30Z')) AS file (id, text, at);
INSERT INTO payroll.month (reference_month) VALUES ('2022-01-01'), ('2022-02-01');
INSERT INTO payroll.run (run_id, reference_month, status, started_at, finished_at, actor, requested_centres,
                         input_fingerprint, ledger_position, policy_version, code_version, pull_began_at)
SELECT ('00000000-0000-0000-0000-00000000000' || name)::uuid, month::date, 'completed', at::timestamptz, now(), 'tests',
       '{tinh}', 'f', 0, 'p', '0.1.0', CASE WHEN is_pulled THEN at::timestamptz END
FROM (VALUES (1, '2022-01-01', '2022-02-02 08:00Z', true), (2, '2022-02-01', '2031-01-01 08:00Z', true),
             (3, '2022-01-01', '2022-02-01 08:00Z', true), (4, '2022-01-01', '2022-01-31 08:00Z', false))
    AS run (name, month, at, is_pulled);
INSERT INTO landing.last_pull VALUES ('2022-01-01', 'roster', 'tinh', '2022-02-02 08:00Z');
"""


def test_pulls_of_before_are_numbered_in_their_present_order(server: EmbeddedServer, tmp_path: Path) -> None:
    """The clock of 2031 is the last of them, and the next pull comes after it."""
    name = "numbered_" + tmp_path.name.replace("-", "_")[-40:]
    administer(server, SQL("CREATE DATABASE {}").format(Identifier(name)))
    engine = embedded_engine(server, name)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA payroll"))
        config = Config()
        config.set_main_option("script_location", str(migrate.sql_root() / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        connection.exec_driver_sql(BEFORE_NUMBERS)
    assert migrate.upgrade(engine) is True
    with engine.connect() as connection:
        runs = connection.execute(sa.text("SELECT pull_no, register_pull_no FROM payroll.run ORDER BY run_id"))
        assert [tuple(run) for run in runs] == [(3, 3), (4, 4), (2, 2), (None, 1)]
        seen = connection.execute(sa.text("SELECT place, pull_no FROM landing.first_sight ORDER BY source_file_id"))
        assert [tuple(sight) for sight in seen] == [("/in/rosters/2022-01", 2), ("/in/rosters/2022-01", 3)]
        assert connection.scalar(sa.text("SELECT pull_no FROM landing.last_pull")) == 3
    assert begin_pull(engine) == 5
    with pytest.raises(DatabaseError, match="is refused"), engine.begin() as connection:
        connection.execute(sa.text("UPDATE payroll.run SET pull_no = 9"))


def test_revisions_are_one_line_numbered_as_their_files() -> None:
    scripts = list(ScriptDirectory(str(migrate.sql_root() / "migrations")).walk_revisions())
    assert [script.revision for script in scripts] == sorted((script.revision for script in scripts), reverse=True)
    assert all(Path(script.path).name.startswith(f"{script.revision}_") for script in scripts)
