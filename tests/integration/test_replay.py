"""A run is computed again from what was kept and compared to the đồng; the first difference is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from contents import since, written
from ledger_steps import approve, batch_ids
from two_months import DIRECT_VND, FEBRUARY, JANUARY, by_command, other_policy, rows

from ioc_etl.errors import ReplayError, UsageError
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database


def test_every_run_that_decided_is_replayed_to_the_dong(lived_database: Database, two_months: Services) -> None:
    for month in (JANUARY, FEBRUARY):
        run(two_months, month)
    for batch in batch_ids(lived_database.engine, "submitted"):
        approve(lived_database.engine, batch)
    run(two_months, FEBRUARY)
    run(two_months, FEBRUARY)
    before = written(lived_database.engine)
    for row in rows(lived_database, "SELECT run_id::text, reference_month, status FROM payroll.run ORDER BY run_no"):
        came = replay(two_months, row["reference_month"], row["run_id"])
        assert came.difference is None, row
        assert (came.decisions > 0, came.is_other_code) == (True, False)
        assert (came.run_id != came.asked_run_id) is (row["status"] == "unchanged")
    assert since(before, written(lived_database.engine)) == {}


def test_a_run_is_replayed_with_the_parameters_and_registers_of_its_day(
    lived_database: Database, two_months: Services, tmp_path: Path
) -> None:
    run(two_months, FEBRUARY)
    first = replay(two_months, FEBRUARY).run_id
    register = Path(str(two_months.settings.input_root)) / "registers" / "approved_list.csv"
    lines = register.read_text("utf-8").splitlines(keepends=True)
    register.write_text("".join(lines[:10]), "utf-8")
    run(other_policy(two_months, tmp_path), FEBRUARY)
    elsewhere = replace(two_months.settings, input_root=None)
    assert replay(Services(elsewhere, two_months.clock), FEBRUARY).difference is None
    assert replay(Services(elsewhere, two_months.clock), FEBRUARY, str(first)).difference is None
    assert replay(Services(elsewhere, two_months.clock), FEBRUARY).run_id != first
    changes = rows(
        lived_database, "SELECT detail FROM payroll.audit_event WHERE action = 'parameter_change' ORDER BY seq"
    )
    assert [row["detail"]["files"] for row in changes] == [[], ["parameters/part_month"]]


def test_a_replay_names_the_first_difference(lived_database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    tampered = (
        "UPDATE payroll.decision SET full_amount_vnd = full_amount_vnd + 1 WHERE source_row = 5 "
        "AND centre_code = 'phuoc-long' AND run_id = (SELECT current_run_id FROM payroll.month "
        "WHERE reference_month = '2022-01-01')"
    )
    with lived_database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE payroll.decision DISABLE TRIGGER USER"))
        connection.execute(sa.text(tampered))
    done = by_command(lived_database, two_months, "replay", "2022-01", "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["difference"] == {
        "what": "decisions",
        "centre_code": "phuoc-long",
        "row": "5",
        "column": "full_amount_vnd",
        "stored": str(DIRECT_VND + 1),
        "recomputed": str(DIRECT_VND),
    }


def test_a_replay_never_tells_a_personal_value(lived_database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    with lived_database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE payroll.decision DISABLE TRIGGER USER"))
        connection.execute(sa.text("UPDATE payroll.decision SET bank_account = '123456789012' WHERE source_row = 5"))
    done = by_command(lived_database, two_months, "replay", "2022-01")
    assert (done.returncode, "bank_account" in done.stdout, "***" in done.stdout) == (1, True, True)
    assert "123456789012" not in done.stdout + done.stderr


def test_a_blocked_run_says_that_it_is_one(two_months: Services) -> None:
    (Path(str(two_months.settings.input_root)) / "registers" / "approved_list.csv").unlink()
    blocked = run(two_months, JANUARY)
    assert blocked.status is RunStatus.BLOCKED
    with pytest.raises(ReplayError, match="was blocked: it decided nothing"):
        replay(two_months, JANUARY, str(blocked.run_id))
    with pytest.raises(UsageError, match="has no run 'ffff'"):
        replay(two_months, JANUARY, "ffff")
