"""The steps of a batch's life by plain SQL, past the program: what the database itself takes and refuses."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from ioc_etl.adapters.audit import next_seq
from ioc_etl.pipeline.services import Services
from tests.integration.month_records import NOON

FINANCE, APPROVER = "ngan", "lanh-dao"
PAY_DATE = date(2022, 3, 1)

_ACCOUNT = sa.text(
    "INSERT INTO payroll.actor (actor, full_name, password_hash, roles, created_at, created_by) "
    "VALUES (:name, :name, 'none', :roles, :at, 'system') ON CONFLICT DO NOTHING"
)
_EVENT = sa.text(
    "INSERT INTO payroll.audit_event (at, actor, action, detail) VALUES (:at, :actor, :action, '{}') RETURNING seq"
)
_OWN_EVENT = sa.text(
    "INSERT INTO payroll.audit_event (at, actor, action, run_id, detail) "
    "VALUES (:at, :actor, :action, :run_id, CAST(:detail AS jsonb))"
)
_SAID = sa.text("SELECT run_id, said FROM payroll.step_said WHERE audit_seq = :seq")
_SUBMIT = sa.text(
    "INSERT INTO payroll.submission (batch_id, content_sha256, basis_sha256, actor, reason, at) "
    "SELECT batch_id, payroll.batch_content(batch_id), payroll.batch_basis(batch_id), :actor, 'Đã soát', :at "
    "FROM payroll.batch WHERE batch_id = :batch_id"
)
APPROVE = sa.text(
    "INSERT INTO payroll.approval "
    "(batch_id, content_sha256, basis_sha256, run_id, amount_vnd, pay_date, actor, reason, "
    "at, audit_seq) SELECT batch_id, payroll.batch_content(batch_id), payroll.batch_basis(batch_id), m.current_run_id, "
    "(SELECT sum(amount_vnd) FROM payroll.payment_line WHERE batch_id = :batch_id), :pay_date, :actor, 'Đồng ý', :at, "
    ":seq FROM payroll.batch JOIN payroll.month m USING (reference_month) WHERE batch_id = :batch_id"
)
_VOID = sa.text(
    "INSERT INTO payroll.void (batch_id, actor, reason, at, audit_seq) VALUES (:batch_id, :actor, 'Sai', :at, :seq)"
)
_RECOVERY_CONFIRMATION = sa.text(
    "INSERT INTO payroll.recovery_confirmation SELECT payment_id, run_id, amount_vnd, :actor, 'Đã báo', :at "
    "FROM payroll.payment_line WHERE amount_vnd < 0 ON CONFLICT DO NOTHING"
)
_PAPER = sa.text("INSERT INTO landing.content SELECT encode(sha256('paper'), 'hex'), 5, 'paper' ON CONFLICT DO NOTHING")
_EXPORT = sa.text(
    "INSERT INTO payroll.export VALUES (:batch_id, encode(sha256('paper'), 'hex'), 'list.csv', false, :actor, :at)"
)
_RESULTS = sa.text(
    "INSERT INTO payroll.line_result (payment_id, result, result_on, reason, actor, at, audit_seq) "
    "SELECT payment_id, CASE WHEN person_id = ANY(:returned) THEN 'returned' ELSE 'paid' END, :on, 'Sai số', :actor, "
    ":at, :seq FROM payroll.payment_line WHERE batch_id = :batch_id AND amount_vnd > 0"
)
_CONFIRM = sa.text("INSERT INTO payroll.confirmation VALUES (:batch_id, :on, :actor, :at, :seq)")


PERMITTED = Path(__file__).parents[1] / "permitted"
"""A policy folder with a text that allows payment of every source and month."""


def permitted(services: Services) -> Services:
    """The same under a policy with a text that allows payment (rule 18)."""
    return Services(replace(services.settings, policy_folder=PERMITTED), services.clock)


def account(engine: sa.Engine, name: str, *roles: str) -> None:
    with engine.begin() as connection:
        connection.execute(_ACCOUNT, {"name": name, "roles": list(roles), "at": NOON})


def accounts(engine: sa.Engine) -> None:
    """Somebody who prepares, and somebody who approves."""
    account(engine, FINANCE, "finance")
    account(engine, APPROVER, "approver")


def event(connection: sa.Connection, actor: str, action: str, at: datetime = NOON) -> int:
    return int(connection.execute(_EVENT, {"at": at, "actor": actor, "action": action}).scalar_one())


def own_event(connection: sa.Connection, seq: int, actor: str, action: str) -> None:
    """The event of the steps that carry its number already: it says what they are."""
    detail: dict[str, object] = {}
    run_id = None
    for run_id_said, said in connection.execute(_SAID, {"seq": seq}).tuples():
        run_id = run_id or run_id_said
        for name, value in said.items():
            known = detail.get(name, [])
            detail[name] = [*known, *value] if isinstance(value, list) and isinstance(known, list) else value
    values = {"at": NOON, "actor": actor, "action": action, "run_id": run_id, "detail": json.dumps(detail)}
    connection.execute(_OWN_EVENT, values)


def batch_ids(engine: sa.Engine, status: str) -> list[object]:
    query = sa.text("SELECT batch_id FROM payroll.batch WHERE status = :status ORDER BY kind DESC, centre_code, number")
    with engine.connect() as connection:
        return list(connection.scalars(query, {"status": status}))


def submit(engine: sa.Engine, batch_id: object, actor: str = FINANCE) -> None:
    with engine.begin() as connection:
        connection.execute(_SUBMIT, {"batch_id": batch_id, "actor": actor, "at": NOON})


def approve(engine: sa.Engine, batch_id: object, actor: str = APPROVER, pay_date: date = PAY_DATE) -> None:
    with engine.begin() as connection:
        seq = next_seq(connection)
        connection.execute(
            APPROVE, {"batch_id": batch_id, "actor": actor, "pay_date": pay_date, "at": NOON, "seq": seq}
        )
        own_event(connection, seq, actor, "approve")


def make_void(engine: sa.Engine, batch_id: object, actor: str = FINANCE) -> None:
    with engine.begin() as connection:
        seq = next_seq(connection)
        connection.execute(_VOID, {"batch_id": batch_id, "actor": actor, "at": NOON, "seq": seq})
        own_event(connection, seq, actor, "void")


def export(engine: sa.Engine, batch_id: object, actor: str = FINANCE) -> None:
    with engine.begin() as connection:
        connection.execute(_PAPER)
        connection.execute(_EXPORT, {"batch_id": batch_id, "actor": actor, "at": NOON})


def confirm(
    engine: sa.Engine, batch_id: object, actor: str = FINANCE, *, returned: Collection[str] = (), on: date = PAY_DATE
) -> None:
    with engine.begin() as connection:
        seq = next_seq(connection)
        values = {"batch_id": batch_id, "actor": actor, "at": NOON, "seq": seq, "on": on}
        connection.execute(_RESULTS, {**values, "returned": list(returned)})
        connection.execute(_CONFIRM, values)
        own_event(connection, seq, actor, "confirm")


def confirm_recoveries(engine: sa.Engine, actor: str = FINANCE) -> None:
    """Every line that takes money back, unless that was done."""
    with engine.begin() as connection:
        connection.execute(_RECOVERY_CONFIRMATION, {"actor": actor, "at": NOON})


def take_steps(engine: sa.Engine, *statuses: str) -> None:
    """Every batch that can, through these states."""
    accounts(engine)
    for status in statuses:
        before, step = _STEPS[status]
        for batch_id in batch_ids(engine, before):
            step(engine, batch_id)


_STEPS = {
    "submitted": ("draft", submit),
    "approved": ("submitted", approve),
    "void": ("approved", make_void),
    "exported": ("approved", export),
    "paid": ("exported", confirm),
}
