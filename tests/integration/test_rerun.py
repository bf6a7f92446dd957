"""Running months again: several, some centres, what is missing; identical, planned, applied, replayed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from contents import contents, differences, since, written
from ledger_steps import account, approve, batch_ids, confirm, submit
from two_months import (
    DIRECT_VND,
    FEBRUARY,
    INPUT,
    JANUARY,
    JOINS,
    LEAVES,
    LivedIn,
    lived_in,
    roster,
    services_of,
)

from ioc_etl.adapters.embedded import EmbeddedServer
from ioc_etl.errors import DatabaseError, PlanMovedError, ReplayError, UsageError
from ioc_etl.pipeline.actors import add_user
from ioc_etl.pipeline.batches import find_batch
from ioc_etl.pipeline.calendar import RERUN, calendar
from ioc_etl.pipeline.extract import pull_month
from ioc_etl.pipeline.month import run, run_month
from ioc_etl.pipeline.plan import plan
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.rerun import Unfinished, gaps, run_months, unfinished_before
from ioc_etl.pipeline.result import RunReport
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import TEMPLATE, Database, fresh_database

PROJECT = Path(__file__).parents[2]

# What differs between two PostgreSQLs is not the business of most of these.
on_one_postgresql = pytest.mark.parametrize("server", ["postgresql-18"], indirect=True)
pytestmark = on_one_postgresql


@pytest.fixture(scope="module")
def lived(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedIn]:
    """January paid and mended since, February submitted and changed since; nothing of it has been run yet."""
    with lived_in(server, tmp_path_factory.mktemp("lived")) as once:
        yield once


@pytest.fixture
def copied(lived: LivedIn, tmp_path: Path) -> Iterator[tuple[Database, Services]]:
    """Both months for one test alone."""
    with lived.copy(tmp_path) as mine:
        yield mine


@pytest.fixture
def database(copied: tuple[Database, Services]) -> Database:
    """The months' database."""
    return copied[0]


@pytest.fixture
def two_months(copied: tuple[Database, Services]) -> Services:
    """The months at work."""
    return copied[1]


@pytest.fixture
def empty(server: EmbeddedServer, tmp_path: Path) -> Iterator[Database]:
    """A database in which nothing has happened."""
    with fresh_database(server, TEMPLATE, tmp_path) as fresh:
        yield fresh


def rows(database: Database, query: str, **values: object) -> Sequence[sa.RowMapping]:
    with database.engine.connect() as connection:
        return connection.execute(sa.text(query), values).mappings().all()


def ioc_etl(
    database: Database, services: Services, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **database.environment,
        "PYTHONPATH": str(PROJECT),
        "IOC_ETL_INPUT": str(services.settings.input_root),
    }
    command = [sys.executable, "-c", "from ioc_etl.cli import main; main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, input=stdin)


# ---- What is due after approval


def test_a_mended_month_yields_only_the_differences(database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    lines = rows(
        database,
        "SELECT l.centre_code, l.batch_kind, l.citizen_id, l.amount_vnd, l.cause FROM payroll.payment_line l "
        "JOIN payroll.batch b USING (batch_id) WHERE b.status = 'draft' AND b.reference_month = :month",
        month=JANUARY,
    )
    found = {
        (row["centre_code"], row["batch_kind"], row["citizen_id"], row["amount_vnd"], row["cause"])
        for row in lines
        if row["centre_code"] != "binh-long"
    }
    assert found == {
        ("phuoc-long", "arrears", JOINS, DIRECT_VND, "late"),
        ("phuoc-long", "recovery", LEAVES, -DIRECT_VND, "absent"),
    }
    assert {row["batch_kind"] for row in lines if row["centre_code"] == "binh-long"} == {"regular"}


def test_an_identical_run_over_approved_batches_writes_its_own_row_and_event_alone(
    database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    before = written(database.engine)
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED
    assert since(before, written(database.engine)) == {"payroll.run": 1, "payroll.audit_event": 1}


# ---- A pull that comes late


def in_force(database: Database, centre_code: str) -> str:
    query = (
        "SELECT sha256 FROM landing.source_file WHERE is_in_force AND reference_month = :month AND centre_code = :code"
    )
    return str(rows(database, query, month=JANUARY, code=centre_code)[0]["sha256"])


def test_a_pull_that_began_earlier_and_comes_later_brings_back_no_older_file_and_no_older_register(
    database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    root = Path(str(two_months.settings.input_root))
    file, register = roster(root, JANUARY, "phuoc-long.csv"), root / "registers" / "other_support.csv"
    pulled = pull_month(two_months, JANUARY)
    file.write_text(file.read_text("utf-8").replace("Sacombank", "Vietcombank"), "utf-8")
    register.write_text(register.read_text("utf-8") + "\n", "utf-8")
    assert run(two_months, JANUARY).status is RunStatus.COMPLETED
    newer = in_force(database, "phuoc-long")
    for _ in ("late", "tried again"):
        assert run_month(two_months, JANUARY, pulled=pulled).status is RunStatus.UNCHANGED
        assert in_force(database, "phuoc-long") == newer
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED


def test_a_pull_that_found_nothing_is_newer_than_a_file_pulled_before_it(two_months: Services) -> None:
    pulled = pull_month(two_months, JANUARY)
    roster(Path(str(two_months.settings.input_root)), JANUARY, "binh-long.xlsx").unlink()
    run(two_months, JANUARY)
    run_month(two_months, JANUARY, pulled=pulled)
    assert gaps(two_months, JANUARY) == ("binh-long",)


def test_a_pull_that_began_earlier_takes_no_file_of_nobody_back_or_in(two_months: Services) -> None:
    stray = roster(Path(str(two_months.settings.input_root)), JANUARY, "ghi chú.txt")
    stray.touch()
    pulled_with = pull_month(two_months, JANUARY)
    stray.unlink()
    run(two_months, JANUARY)
    assert run_month(two_months, JANUARY, pulled=pulled_with).status is RunStatus.UNCHANGED
    pulled_without = pull_month(two_months, JANUARY)
    stray.touch()
    assert "FILE_IGNORED" in codes_of(run(two_months, JANUARY))
    late = run_month(two_months, JANUARY, pulled=pulled_without)
    assert (late.status, late.ignored_files) == (RunStatus.UNCHANGED, 1)


def codes_of(report: RunReport) -> list[str]:
    return [code for code, *_ in report.run_findings]


def test_an_identical_run_is_the_last_word_on_its_files_too(two_months: Services) -> None:
    file = roster(Path(str(two_months.settings.input_root)), JANUARY, "phuoc-long.csv")
    as_it_was = file.read_text("utf-8")
    run(two_months, JANUARY)
    file.write_text(as_it_was.replace("Sacombank", "Vietcombank"), "utf-8")
    pulled = pull_month(two_months, JANUARY)
    file.write_text(as_it_was, "utf-8")
    assert run(two_months, JANUARY).status is RunStatus.UNCHANGED
    assert run_month(two_months, JANUARY, pulled=pulled).status is RunStatus.UNCHANGED


# ---- Several months, some centres


def test_months_run_in_order_and_one_that_fails_stops_no_other(
    database: Database, two_months: Services, tmp_path: Path
) -> None:
    asked: list[tuple[date, Any]] = []
    broken = services_of(database, tmp_path / "nowhere")

    def run_one(month: date, centres: Any) -> Any:
        asked.append((month, centres))
        return run(broken if month == JANUARY else two_months, month, centres=centres)

    january, february = run_months(two_months, [JANUARY, FEBRUARY], run_one, centres=None, missing=False)
    assert january.error is not None
    assert (january.exit_code, february.exit_code) == (1, 3)
    assert asked == [(JANUARY, None), (FEBRUARY, None)]
    assert february.before


def test_only_what_is_missing_or_refused_is_pulled_and_the_whole_month_is_decided(
    database: Database, two_months: Services
) -> None:
    assert gaps(two_months, JANUARY) == ("binh-long",)
    assert gaps(two_months, date(2022, 3, 1)) is None
    done = ioc_etl(database, two_months, "run", "2022-01", "--missing", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["total_vnd"] == 19 * DIRECT_VND - 1_490_000 + 9 * DIRECT_VND + 8 * DIRECT_VND + 9 * DIRECT_VND
    asked = rows(database, "SELECT requested_centres FROM payroll.run ORDER BY run_no DESC LIMIT 1")
    assert asked[0]["requested_centres"] == ["binh-long"]
    again = ioc_etl(database, two_months, "run", "2022-01", "--missing")
    assert (again.returncode, "không còn gì thiếu" in again.stdout) == (0, True)


def test_a_late_centre_joins_without_touching_what_is_approved(database: Database, two_months: Services) -> None:
    before = rows(database, "SELECT * FROM state_payroll.payment_record ORDER BY payment_id")
    run(two_months, JANUARY, centres=["binh-long"])
    assert rows(database, "SELECT * FROM state_payroll.payment_record ORDER BY payment_id") == before
    drafts = rows(database, "SELECT centre_code, kind FROM payroll.batch WHERE status = 'draft'")
    assert [(row["centre_code"], row["kind"]) for row in drafts] == [("binh-long", "regular")]


def test_a_month_whose_predecessor_is_unfinished_says_which_centre_waits(
    database: Database, two_months: Services
) -> None:
    assert unfinished_before(two_months, JANUARY) == ()
    assert unfinished_before(two_months, FEBRUARY) == (Unfinished(JANUARY, "missing", ("binh-long",)),)
    run(two_months, JANUARY)
    assert {one.reason for one in unfinished_before(two_months, FEBRUARY)} == {"draft"}
    told = ioc_etl(database, two_months, "run", "2022-04", "--centre", "tinh")
    assert [line for line in told.stderr.splitlines() if "03/2022" in line and "2022-03" in line]


def test_a_run_that_somebody_puts_a_name_to_is_theirs_and_theirs_not_to_approve(
    database: Database, two_months: Services
) -> None:
    account(database.engine, "chu", "admin")
    add_user(
        two_months, by="chu", name="an", full_name="An", roles=("operator", "approver"), password="mot-mat-khau-dai"
    )
    nameless = ioc_etl(database, two_months, "run", "2022-01", "--as", "an", "--password-stdin", stdin="sai\n")
    assert nameless.returncode == 1, nameless.stderr
    done = ioc_etl(database, two_months, "run", "2022-01", "--as", "an", "--password-stdin", stdin="mot-mat-khau-dai\n")
    assert done.returncode == 0, done.stderr
    assert rows(database, "SELECT actor FROM payroll.run ORDER BY run_no DESC LIMIT 1")[0]["actor"] == "an"
    (batch,) = (one for one in batch_ids(database.engine, "draft") if centre_of(database, one) == "binh-long")
    submit(database.engine, batch)
    with pytest.raises(DatabaseError):
        approve(database.engine, batch, "an")


def centre_of(database: Database, batch: object) -> str:
    found = rows(database, "SELECT centre_code FROM payroll.batch WHERE batch_id = :batch", batch=batch)
    return str(found[0]["centre_code"])


# ---- Plan


def test_a_plan_writes_nothing_and_says_what_would_be_due(database: Database, two_months: Services) -> None:
    before, held_before = written(database.engine), contents(database.engine)
    planned = plan(two_months, JANUARY)
    assert since(before, written(database.engine)) == {}
    assert differences(held_before, contents(database.engine)) == {}
    centres = {centre.centre_code: centre for centre in planned.centres}
    phuoc_long = centres["phuoc-long"]
    assert {due.kind: (due.total.count, due.total.amount_vnd) for due in phuoc_long.due} == {
        "arrears": (1, DIRECT_VND),
        "recovery": (1, -DIRECT_VND),
    }
    assert {due.kind: set(due.causes) for due in phuoc_long.due} == {"arrears": {"late"}, "recovery": {"absent"}}
    assert phuoc_long.people["new"].amount_vnd == DIRECT_VND
    assert phuoc_long.people["removed"].amount_vnd == -DIRECT_VND
    assert (phuoc_long.file, centres["tinh"].file, centres["binh-long"].file) == ("taken", "same", "taken")
    assert phuoc_long.committed.count == 8
    assert "citizen_id" not in planned.rows.columns
    assert "full_name" not in planned.lines.columns


def test_a_plan_names_the_file_that_would_be_refused_and_why(two_months: Services) -> None:
    february = {centre.centre_code: centre for centre in plan(two_months, FEBRUARY).centres}
    assert (february["binh-long"].file, february["binh-long"].file_codes) == ("refused", ("WRONG_MONTH",))


def test_a_plan_that_nothing_has_moved_under_is_applied_and_does_what_it_said(
    database: Database, two_months: Services
) -> None:
    planned = plan(two_months, JANUARY)
    run(two_months, JANUARY, plan=planned.number)
    drafts = rows(
        database,
        "SELECT b.centre_code, b.kind, count(*) AS lines, sum(l.amount_vnd) AS amount_vnd FROM payroll.batch b "
        "JOIN payroll.payment_line l USING (batch_id) WHERE b.status = 'draft' AND b.reference_month = :month "
        "GROUP BY b.centre_code, b.kind",
        month=JANUARY,
    )
    assert {(row["centre_code"], row["kind"]): (row["lines"], row["amount_vnd"]) for row in drafts} == {
        (centre.centre_code, due.kind): (due.total.count, due.total.amount_vnd)
        for centre in planned.centres
        for due in centre.due
    }
    assert plan(two_months, JANUARY).is_unchanged


def test_a_plan_without_a_change_of_rows_says_what_has_moved_since_the_last_run(
    database: Database, two_months: Services, tmp_path: Path
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    assert plan(two_months, FEBRUARY).moved == ()
    approve(database.engine, batch_ids(database.engine, "submitted")[0])
    told = plan(two_months, FEBRUARY)
    assert (told.is_unchanged, told.rows.height, told.moved) == (False, 0, ("ledger",))
    shown = ioc_etl(database, two_months, "run", "2022-02", "--plan").stdout
    assert "\nKhông dòng nào đổi; từ lần chạy trước có thay đổi ở: sổ chi.\n" in shown
    run(two_months, JANUARY)
    assert plan(two_months, FEBRUARY).moved == ("ledger", "month_before")
    assert plan(other_policy(two_months, tmp_path), FEBRUARY).moved == ("policy", "ledger", "month_before")
    file = roster(Path(str(two_months.settings.input_root)), FEBRUARY, "phuoc-long.csv")
    file.write_bytes(file.read_bytes() + b"\n")
    assert plan(two_months, FEBRUARY).moved == ("files", "ledger", "month_before")


def test_a_plan_says_what_has_moved_since_and_nothing_is_written(database: Database, two_months: Services) -> None:
    number = plan(two_months, FEBRUARY).number
    file = roster(Path(str(two_months.settings.input_root)), FEBRUARY, "phuoc-long.csv")
    as_it_was = file.read_text("utf-8")
    file.write_text(as_it_was.replace("Sacombank", "Vietcombank"), "utf-8")
    before = written(database.engine)
    with pytest.raises(PlanMovedError, match="moved since: a roster, or a file that belongs to no centre; plan again"):
        run(two_months, FEBRUARY, plan=number)
    assert since(before, written(database.engine)) == {}
    file.write_text(as_it_was, "utf-8")
    register = file.parents[2] / "registers" / "other_support.csv"
    register.write_text(register.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(PlanMovedError, match="moved since: a register;"):
        run(two_months, FEBRUARY, plan=number)


def test_a_file_of_nobody_is_told_by_the_plan_and_moves_the_world_under_it(two_months: Services) -> None:
    run(two_months, JANUARY)
    before = plan(two_months, JANUARY)
    assert (before.is_unchanged, "FILE_IGNORED" in [code for code, *_ in before.run_findings]) == (True, False)
    roster(Path(str(two_months.settings.input_root)), JANUARY, "ghi chú.txt").touch()
    after = plan(two_months, JANUARY)
    assert (after.is_unchanged, "FILE_IGNORED" in [code for code, *_ in after.run_findings]) == (False, True)
    with pytest.raises(PlanMovedError, match="moved since: a roster, or a file that belongs to no centre;"):
        run(two_months, JANUARY, plan=before.number)


def test_a_return_by_the_bank_after_a_plan_makes_applying_it_refuse(database: Database, two_months: Services) -> None:
    number = plan(two_months, FEBRUARY).number
    confirm(database.engine, batch_ids(database.engine, "exported")[0], returned=[LEAVES])
    before = written(database.engine)
    done = ioc_etl(database, two_months, "run", "2022-02", "--apply", str(number))
    assert (done.returncode, since(before, written(database.engine))) == (1, {})
    (said,) = (line for line in done.stderr.splitlines() if line.startswith("ioc-etl: "))
    assert "moved since: the ledger (an approval, a void, a return or an opening); plan again" in said


def test_an_approval_or_another_run_moves_the_world_under_a_plan(database: Database, two_months: Services) -> None:
    february = plan(two_months, FEBRUARY).number
    batch = batch_ids(database.engine, "submitted")[0]
    approve(database.engine, batch)
    with pytest.raises(PlanMovedError, match=r"moved since: the ledger"):
        run(two_months, FEBRUARY, plan=february)
    january = plan(two_months, JANUARY).number
    run(two_months, JANUARY)
    with pytest.raises(PlanMovedError, match=r"moved since: the month's current run"):
        run(two_months, JANUARY, plan=january)


def test_another_policy_moves_the_world_under_a_plan(two_months: Services, tmp_path: Path) -> None:
    number = plan(two_months, JANUARY).number
    assert run(other_policy(two_months, tmp_path), JANUARY).status is RunStatus.COMPLETED
    with pytest.raises(PlanMovedError, match="the policy"):
        run(other_policy(two_months, tmp_path), JANUARY, plan=number)


def other_policy(services: Services, folder: Path) -> Services:
    """The same with another choice for parts of a month."""
    packaged = PROJECT / "ioc_etl" / "policy" / "parameters" / "part_month.yaml"
    policy = folder / "policy"
    policy.mkdir(exist_ok=True)
    text = packaged.read_text("utf-8").replace("value: full_month", "value: calendar_days")
    (policy / "part_month.yaml").write_text(text, "utf-8")
    return Services(replace(services.settings, policy_folder=policy))


# ---- Replay


def test_every_run_that_decided_is_replayed_to_the_dong(database: Database, two_months: Services) -> None:
    for month in (JANUARY, FEBRUARY):
        run(two_months, month)
    for batch in batch_ids(database.engine, "submitted"):
        approve(database.engine, batch)
    run(two_months, FEBRUARY)
    run(two_months, FEBRUARY)
    before = written(database.engine)
    for row in rows(database, "SELECT run_id::text, reference_month, status FROM payroll.run ORDER BY run_no"):
        came = replay(two_months, row["reference_month"], row["run_id"])
        assert came.difference is None, row
        assert (came.decisions > 0, came.is_other_code) == (True, False)
        assert (came.run_id != came.asked_run_id) is (row["status"] == "unchanged")
    assert since(before, written(database.engine)) == {}


def test_a_run_is_replayed_with_the_parameters_and_registers_of_its_day(
    database: Database, two_months: Services, tmp_path: Path
) -> None:
    run(two_months, FEBRUARY)
    first = replay(two_months, FEBRUARY).run_id
    register = Path(str(two_months.settings.input_root)) / "registers" / "approved_list.csv"
    lines = register.read_text("utf-8").splitlines(keepends=True)
    register.write_text("".join(lines[:10]), "utf-8")
    run(other_policy(two_months, tmp_path), FEBRUARY)
    elsewhere = replace(two_months.settings, input_root=None)
    assert replay(Services(elsewhere), FEBRUARY).difference is None
    assert replay(Services(elsewhere), FEBRUARY, str(first)).difference is None
    assert replay(Services(elsewhere), FEBRUARY).run_id != first
    changes = rows(database, "SELECT detail FROM payroll.audit_event WHERE action = 'parameter_change' ORDER BY seq")
    assert [row["detail"]["files"] for row in changes] == [[], ["parameters/part_month"]]


def test_a_replay_names_the_firstsince(database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    tampered = (
        "UPDATE payroll.decision SET full_amount_vnd = full_amount_vnd + 1 WHERE source_row = 5 "
        "AND centre_code = 'phuoc-long' AND run_id = (SELECT current_run_id FROM payroll.month "
        "WHERE reference_month = '2022-01-01')"
    )
    with database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE payroll.decision DISABLE TRIGGER USER"))
        connection.execute(sa.text(tampered))
    done = ioc_etl(database, two_months, "replay", "2022-01", "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["difference"] == {
        "what": "decisions",
        "centre_code": "phuoc-long",
        "row": "5",
        "column": "full_amount_vnd",
        "stored": str(DIRECT_VND + 1),
        "recomputed": str(DIRECT_VND),
    }


def test_a_replay_never_tells_a_personal_value(database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    with database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE payroll.decision DISABLE TRIGGER USER"))
        connection.execute(sa.text("UPDATE payroll.decision SET bank_account = '123456789012' WHERE source_row = 5"))
    done = ioc_etl(database, two_months, "replay", "2022-01")
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


# ---- Calendar


def test_the_view_tells_what_the_command_tells(database: Database, two_months: Services) -> None:
    run(two_months, JANUARY)
    told = json.loads(ioc_etl(database, two_months, "status", "--from", "2022-01", "--to", "2022-02", "--json").stdout)
    view = rows(database, "SELECT *, to_char(reference_month, 'YYYY-MM') AS code FROM payroll.month_calendar")
    names = ("centre_code", "state", "is_adjusted", "file_status", "is_offer_refused", "rows_read", "held_rows")
    of_view = {(row["code"], *(row[name] for name in (*names, "amount_vnd")), *row["next_steps"]) for row in view}
    of_command = {
        (cell["reference_month"], *(cell[name] for name in (*names, "amount_vnd")), *cell["next_steps"])
        for cell in told["centres"]
    }
    assert of_command == of_view
    assert len(of_view) == 8


def test_the_calendar_says_where_each_centre_stands_and_what_comes_next(
    database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    cells = {(cell.reference_month, cell.centre_code): cell for cell in calendar(two_months, JANUARY, FEBRUARY).cells}
    told = {key: (cell.state, cell.is_adjusted, cell.next_steps) for key, cell in cells.items()}
    assert told[JANUARY, "phuoc-long"] == ("exported", True, ("confirm_recovery", "submit", "confirm"))
    assert told[JANUARY, "dong-xoai"] == ("paid", False, ())
    assert told[JANUARY, "tinh"] == ("approved", False, ("export",))
    assert told[JANUARY, "binh-long"] == ("draft", False, ("submit",))
    assert told[FEBRUARY, "binh-long"] == ("refused", False, ("mend",))
    assert told[FEBRUARY, "tinh"] == ("submitted", False, ("review", "approve"))
    assert told[FEBRUARY, "phuoc-long"] == ("draft", False, ("review", "submit"))
    shown = ioc_etl(database, two_months, "status", "--lang", "en")
    assert shown.returncode == 0, shown.stderr
    assert "T missing, L refused" in shown.stdout
    assert "X Đ" in shown.stdout


def test_a_month_in_detail_has_its_batches(database: Database, two_months: Services) -> None:
    told = json.loads(ioc_etl(database, two_months, "status", "2022-01", "--json").stdout)
    assert {batch["kind"] for batch in told["batches"]} == {"regular"}
    assert [batch["lines"] for batch in told["batches"] if batch["centre_code"] == "phuoc-long"] == [8]


# ---- Wrong questions


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("run", "2022-13"), 2, "write it as 2022-01"),
        (("run", "2022-01..soon"), 2, "write it as 2022-01"),
        (("run", "2199-01"), 2, "has not begun yet"),
        (("run", "2022-01..2199-01"), 2, "name fewer"),
        (("run", "2022-06..2022-01"), 2, "runs backwards; write 2022-01..2022-06"),
        (("run", "2022-01", "--centre", "nowhere"), 2, "there is no centre 'nowhere'"),
        (("run", "2022-01", "--apply", "42"), 2, "there is no plan '42'"),
        (("run", "2022-01", "--plan", "--apply", "42"), 2, "--plan looks, --apply does: name one of them"),
        (("run", "2022-02", "--apply", "2022-01" + 7 * "-abcdef"), 2, "that plan is of 2022-01 alone"),
        (("run", "2022-01", "--apply", "2022-01" + 7 * "-abcdef"), 1, "out of date, nothing was done"),
        (("replay", "2022-01"), 2, "was never decided; run it with: ioc-etl run 2022-01"),
        (("replay", "2022-01", "--run", "abc"), 2, "has no run 'abc'"),
        (("replay", "soon"), 2, "write it as 2022-01"),
        (("status", "--from", "2022-06", "--to", "2022-01"), 2, "runs backwards"),
        (("status", "2022-01", "--to", "2022-01"), 2, "not both"),
    ],
)
def test_a_wrong_question_is_one_line_that_says_what_to_do(
    empty: Database, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = ioc_etl(empty, services_of(empty, INPUT), *arguments)
    told = [line for line in done.stderr.splitlines() if line.startswith("ioc-etl: ")]
    assert (done.returncode, len(told)) == (code, 1), done.stderr
    assert said in told[0]
    assert rows(empty, "SELECT * FROM payroll.run") == []


def test_the_calendar_says_run_again_where_the_bank_returned_a_line_since(
    database: Database, two_months: Services
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    assert to_run_again(two_months) == set()
    (exported,) = batch_ids(database.engine, "exported")
    people = rows(database, "SELECT person_id FROM payroll.payment_line WHERE batch_id = :batch", batch=exported)
    confirm(database.engine, exported, returned=[people[0]["person_id"]])
    assert to_run_again(two_months) == {(JANUARY, "phuoc-long")}
    run(two_months, JANUARY)
    assert to_run_again(two_months) == set()


def test_the_calendar_names_the_months_that_a_new_decree_touches(two_months: Services, tmp_path: Path) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    changed = with_another_salary_in_february(two_months, tmp_path / "policy")
    assert {month for month, _ in to_run_again(changed)} == {FEBRUARY}
    run(changed, FEBRUARY)
    assert to_run_again(changed) == set()


def to_run_again(services: Services) -> set[tuple[date, str]]:
    cells = calendar(services, JANUARY, FEBRUARY).cells
    return {(cell.reference_month, cell.centre_code) for cell in cells if RERUN in cell.next_steps}


def with_another_salary_in_february(services: Services, folder: Path) -> Services:
    read = yaml.safe_load(services.policy_texts.parameters["base_salary"].text)
    first, *others = read["values"]
    until, raised = {**first, "to": date(2022, 1, 31)}, {**first, "from": date(2022, 2, 1), "value": 1_600_000}
    folder.mkdir()
    text = yaml.safe_dump({**read, "values": [until, raised, *others]}, allow_unicode=True)
    (folder / "base_salary.yaml").write_text(text, "utf-8")
    return Services(replace(services.settings, policy_folder=folder))


def test_the_beginning_of_two_ids_is_no_batch(database: Database, two_months: Services) -> None:
    twin = (
        "INSERT INTO payroll.batch SELECT (jsonb_populate_record(b, jsonb_build_object("
        "'batch_id', overlay(b.batch_id::text PLACING 'ffff' FROM 33), 'number', b.number + 1))).* "
        "FROM payroll.batch b WHERE b.centre_code = 'tinh' AND b.reference_month = :month RETURNING batch_id::text"
    )
    with database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE payroll.batch DISABLE TRIGGER USER"))
        batch_id = str(connection.execute(sa.text(twin), {"month": JANUARY}).scalar_one())
    with two_months.engine.connect() as connection:
        with pytest.raises(UsageError, match="more than one batch begins with"):
            find_batch(connection, batch_id[:8])
        assert str(find_batch(connection, batch_id).batch_id) == batch_id
