"""Migrations and views: up on empty, twice, at once; what is wrong is told."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from ioc_etl.adapters import migrate
from ioc_etl.adapters.database import embedded_engine
from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.errors import DatabaseError
from tests.conftest import Database

CONTRACT = {
    "payment_record": (
        "payment_id, batch_id, batch_kind, batch_status, reference_month, centre_code, funding_source, citizen_id, "
        "full_name, staff_category, agency, work_mode, coefficient, base_salary_vnd, amount_vnd, bank_account, "
        "bank_name, legal_basis, run_id, source_sha256, source_sheet, source_row"
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


def test_revisions_are_one_line_numbered_as_their_files() -> None:
    scripts = list(ScriptDirectory(str(migrate.sql_root() / "migrations")).walk_revisions())
    assert [script.revision for script in scripts] == sorted((script.revision for script in scripts), reverse=True)
    assert all(Path(script.path).name.startswith(f"{script.revision}_") for script in scripts)
