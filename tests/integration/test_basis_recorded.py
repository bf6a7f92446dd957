"""Once the adoption or a text that allows payment is recorded, what has not left goes back to draft (rule 18)."""

import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from ledger_desk import refused
from ledger_steps import APPROVER, FINANCE, PAY_DATE, approve, batch_ids, permitted, submit
from two_months import FEBRUARY, JANUARY, by_command, rows

from ioc_etl.errors import DatabaseError
from ioc_etl.pipeline import approval, batches, payout
from ioc_etl.pipeline.calendar import RERUN, calendar
from ioc_etl.pipeline.month import run
from ioc_etl.pipeline.plan import plan
from ioc_etl.pipeline.plan_number import PlanNumber
from ioc_etl.pipeline.replay import replay
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import RunStatus
from tests.conftest import Database

TEXT = "UBND tỉnh Thử: 12/UBND-TH ngày 05/01/2022"
STOOD, AGAIN = "2022-01/tinh/regular/1", "2022-01/tinh/regular/2"
PROVINCE_VND = 40_975_000


@pytest.fixture
def decided(two_months: Services) -> Services:
    """January: one batch paid, one exported, the province's approved, Bình Long's a draft; February submitted."""
    for month in (JANUARY, FEBRUARY):
        run(two_months, month)
    return two_months


def test_an_approval_goes_back_to_draft_and_is_given_again(lived_database: Database, decided: Services) -> None:
    recorded = permitted(decided)
    report = run(recorded, JANUARY)
    assert report.taken_back == (STOOD,)
    states = states_of(lived_database, JANUARY)
    assert (states[STOOD], states[AGAIN]) == ("void", "draft")
    assert sorted(states.values()) == ["draft", "draft", "draft", "draft", "exported", "paid", "void"]
    assert bases(lived_database, "draft", JANUARY) == {True}
    assert bases(lived_database, "exported", JANUARY) == {False}
    batch, _ = batches.submit(recorded, FINANCE, AGAIN, "Đã soát theo văn bản")
    assert batch.amount_vnd == PROVINCE_VND
    approved = approval.approve(
        recorded, APPROVER, AGAIN, total_vnd=PROVINCE_VND, pay_date=date(2022, 3, 15), reason="Đồng ý"
    )
    exported, paper = payout.export(recorded, FINANCE, AGAIN, as_draft=False)
    assert (approved.status, exported.batch_id, TEXT in paper.data.decode()) == ("approved", batch.batch_id, True)


def test_nothing_of_the_month_changes_hands_on_the_old_basis(lived_database: Database, decided: Services) -> None:
    recorded = permitted(decided)
    export = lambda: payout.export(recorded, FINANCE, STOOD, as_draft=False)  # noqa: E731
    refused(recorded, export, "rests on another legal basis", "nay có căn cứ chi khác")
    of_january = states_of(lived_database, JANUARY)
    (draft,) = (name for name, status in of_january.items() if status == "draft" and "binh-long" in name)
    step = lambda: batches.submit(recorded, FINANCE, draft, "Đã soát")  # noqa: E731
    refused(recorded, step, "rests on another legal basis", "nay có căn cứ chi khác")
    (waiting, *_) = (name for name, status in states_of(lived_database, FEBRUARY).items() if status == "submitted")
    signed = lambda: approval.approve(recorded, APPROVER, waiting, total_vnd=1, pay_date=PAY_DATE, reason="Ký")  # noqa: E731
    refused(recorded, signed, "rests on another legal basis", "nay có căn cứ chi khác")


def test_the_calendar_asks_for_that_run_and_the_plan_says_what_goes_back(decided: Services) -> None:
    assert to_run_again(decided) == set()
    recorded = permitted(decided)
    asked = to_run_again(recorded)
    assert {centre for month, centre in asked if month == JANUARY} == {"tinh", "binh-long", "phuoc-long"}
    assert (FEBRUARY, "tinh") in asked
    planned = plan(recorded, JANUARY)
    (province,) = (centre for centre in planned.centres if centre.centre_code == "tinh")
    (due,) = province.due
    assert planned.taken_back == (STOOD,)
    assert (province.committed.count, due.kind, due.total.amount_vnd) == (0, "regular", PROVINCE_VND)
    assert not [code for code, _, _ in planned.run_findings if code == "BUDGET_EXCEEDED"]
    applied = run(recorded, JANUARY, plan=PlanNumber.parse(str(planned.number)))
    assert applied.taken_back == planned.taken_back
    run(recorded, FEBRUARY)
    assert to_run_again(recorded) == set()


def test_the_command_says_which_batches_go_back(lived_database: Database, decided: Services) -> None:
    recorded = permitted(decided)
    planned = by_command(lived_database, recorded, "run", "2022-01", "--plan")
    assert f"sẽ trở lại dự thảo vì tháng nay có căn cứ chi khác: {STOOD}" in planned.stdout
    told = by_command(lived_database, recorded, "run", "2022-01", "--json")
    assert json.loads(told.stdout)["taken_back"] == [STOOD]


def test_such_a_run_is_the_same_again_is_replayed_and_leaves_whole_books(
    lived_database: Database, decided: Services
) -> None:
    recorded = permitted(decided)
    run(recorded, JANUARY)
    verified = by_command(lived_database, recorded, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    again = run(recorded, JANUARY)
    assert (again.status, again.taken_back) == (RunStatus.UNCHANGED, ())
    assert replay(recorded, JANUARY).difference is None


def test_a_blocked_run_takes_nothing_back(lived_database: Database, decided: Services) -> None:
    (Path(str(decided.settings.input_root)) / "registers" / "approved_list.csv").unlink()
    report = run(permitted(decided), JANUARY)
    assert (report.status, report.taken_back) == (RunStatus.BLOCKED, ())
    assert states_of(lived_database, JANUARY)[STOOD] == "approved"


def test_a_basis_that_is_the_same_takes_nothing_back(lived_database: Database, decided: Services) -> None:
    recorded = permitted(decided)
    run(recorded, JANUARY)
    batch_id = batch_named(lived_database, AGAIN)
    submit(lived_database.engine, batch_id)
    approve(lived_database.engine, batch_id)
    assert run(recorded, JANUARY).taken_back == ()
    assert states_of(lived_database, JANUARY)[AGAIN] == "approved"


@pytest.mark.usefixtures("decided")
def test_nobody_else_makes_a_batch_void_in_the_name_of_a_run(lived_database: Database) -> None:
    (approved,) = batch_ids(lived_database.engine, "approved")
    (current,) = rows(lived_database, "SELECT current_run_id FROM payroll.month WHERE reference_month = '2022-01-01'")
    for run_id in (current["current_run_id"], uuid4()):
        with pytest.raises(DatabaseError, match=r"no run of its month under another policy|void_run_id_fkey"):
            void_as(lived_database, approved, run_id)
    with pytest.raises(DatabaseError, match="void_by_somebody_or_by_a_run"):
        void_as(lived_database, approved, None)


def void_as(database: Database, batch_id: object, run_id: object) -> None:
    """What a run would write, by somebody who is none."""
    statement = """
        WITH e AS (INSERT INTO payroll.audit_event (at, actor, action, run_id, detail)
            VALUES (now(), 'system', 'void', :run_id, jsonb_build_object('batch_id', CAST(:batch AS text),
                'reason_sha256', encode(sha256(convert_to('Sai', 'UTF8')), 'hex'))) RETURNING seq)
        INSERT INTO payroll.void (batch_id, run_id, reason, at, audit_seq)
        SELECT CAST(:batch AS uuid), :run_id, 'Sai', now(), seq FROM e
    """
    with database.engine.begin() as connection:
        connection.execute(sa.text(statement), {"batch": str(batch_id), "run_id": run_id})


def states_of(database: Database, month: date) -> dict[str, str]:
    found = rows(database, "SELECT * FROM payroll.batch WHERE reference_month = :month", month=month)
    return {f"{month:%Y-%m}/{row['centre_code']}/{row['kind']}/{row['number']}": row["status"] for row in found}


def batch_named(database: Database, name: str) -> object:
    _, centre, kind, number = name.split("/")
    query = (
        "SELECT batch_id FROM payroll.batch "
        "WHERE (reference_month, centre_code, kind, number) = (:month, :centre, :kind, :number)"
    )
    (row,) = rows(database, query, month=JANUARY, centre=centre, kind=kind, number=int(number))
    return row["batch_id"]


def bases(database: Database, status: str, month: date) -> set[bool]:
    """Whether the lines of batches in that state name the text."""
    query = (
        "SELECT legal_basis FROM payroll.payment_line JOIN payroll.batch USING (batch_id) "
        "WHERE batch.reference_month = :month AND status = :status"
    )
    return {TEXT in row["legal_basis"] for row in rows(database, query, month=month, status=status)}


def to_run_again(services: Services) -> set[tuple[date, str]]:
    cells = calendar(services, JANUARY, FEBRUARY).cells
    return {(cell.reference_month, cell.centre_code) for cell in cells if RERUN in cell.next_steps}
