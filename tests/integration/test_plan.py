"""A plan says what a run would do and does nothing; applied, it is what it said, or nothing is done."""

from pathlib import Path

import pytest
from contents import contents, differences, since, written
from ledger_steps import approve, batch_ids, confirm
from two_months import DIRECT_VND, FEBRUARY, JANUARY, LEAVES, by_command, other_policy, roster, rows

from ioc_etl.errors import PlanMovedError
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.plan import plan
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database


def test_a_plan_writes_nothing_and_says_what_would_be_due(lived_database: Database, two_months: Services) -> None:
    before, held_before = written(lived_database.engine), contents(lived_database.engine)
    planned = plan(two_months, JANUARY)
    assert since(before, written(lived_database.engine)) == {}
    assert differences(held_before, contents(lived_database.engine)) == {}
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
    lived_database: Database, two_months: Services
) -> None:
    planned = plan(two_months, JANUARY)
    run(two_months, JANUARY, plan=planned.number)
    drafts = rows(
        lived_database,
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
    lived_database: Database, two_months: Services, tmp_path: Path
) -> None:
    run(two_months, JANUARY)
    run(two_months, FEBRUARY)
    assert plan(two_months, FEBRUARY).moved == ()
    approve(lived_database.engine, batch_ids(lived_database.engine, "submitted")[0])
    told = plan(two_months, FEBRUARY)
    assert (told.is_unchanged, told.rows.height, told.moved) == (False, 0, ("ledger",))
    shown = by_command(lived_database, two_months, "run", "2022-02", "--plan").stdout
    assert "\nKhông dòng nào đổi; từ lần chạy trước có thay đổi ở: sổ chi.\n" in shown
    run(two_months, JANUARY)
    assert plan(two_months, FEBRUARY).moved == ("ledger", "month_before")
    assert plan(other_policy(two_months, tmp_path), FEBRUARY).moved == ("policy", "ledger", "month_before")
    file = roster(Path(str(two_months.settings.input_root)), FEBRUARY, "phuoc-long.csv")
    file.write_bytes(file.read_bytes() + b"\n")
    assert plan(two_months, FEBRUARY).moved == ("files", "ledger", "month_before")


def test_a_plan_says_what_has_moved_since_and_nothing_is_written(
    lived_database: Database, two_months: Services
) -> None:
    number = plan(two_months, FEBRUARY).number
    file = roster(Path(str(two_months.settings.input_root)), FEBRUARY, "phuoc-long.csv")
    as_it_was = file.read_text("utf-8")
    file.write_text(as_it_was.replace("Sacombank", "Vietcombank"), "utf-8")
    before = written(lived_database.engine)
    with pytest.raises(PlanMovedError, match="moved since: a roster, or a file that belongs to no centre; plan again"):
        run(two_months, FEBRUARY, plan=number)
    assert since(before, written(lived_database.engine)) == {}
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


def test_a_return_by_the_bank_after_a_plan_makes_applying_it_refuse(
    lived_database: Database, two_months: Services
) -> None:
    number = plan(two_months, FEBRUARY).number
    confirm(lived_database.engine, batch_ids(lived_database.engine, "exported")[0], returned=[LEAVES])
    before = written(lived_database.engine)
    done = by_command(lived_database, two_months, "run", "2022-02", "--apply", str(number))
    assert (done.returncode, since(before, written(lived_database.engine))) == (1, {})
    (said,) = (line for line in done.stderr.splitlines() if line.startswith("ioc-etl: "))
    assert "moved since: the ledger (an approval, a void, a return or an opening); plan again" in said


def test_an_approval_or_another_run_moves_the_world_under_a_plan(
    lived_database: Database, two_months: Services
) -> None:
    february = plan(two_months, FEBRUARY).number
    batch = batch_ids(lived_database.engine, "submitted")[0]
    approve(lived_database.engine, batch)
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
