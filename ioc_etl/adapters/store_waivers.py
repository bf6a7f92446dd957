"""What finance says about people: findings set aside, rows that stand, recoveries confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from ioc_etl.adapters.tables import (
    DECISIONS,
    MONTH,
    PAYMENT_LINES,
    RECOVERY_CONFIRMATION,
    RUN_CENTRE,
    SOURCE_FILE,
    STANDING_ROW,
    WAIVER_END,
    WAIVERS,
)


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case that the month's current run shows. `waiver_id` is the waiver that holds for it, null without one."""

    case_id: UUID
    reference_month: date
    centre_code: str | None
    code: str
    person_key: str = field(repr=False)
    is_waivable: bool
    waiver_id: UUID | None
    severity: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row of the month's current run, as a standing names it."""

    person_id: str | None = field(repr=False)
    codes: tuple[str, ...]
    source_sha256: str
    work_mode: str | None = None
    roster_days: int | None = None


@dataclass(frozen=True, slots=True)
class RecoveryLine:
    """A recovery as the run that wrote it says it; without a row the person is no longer on the roster."""

    payment_id: UUID
    run_id: UUID
    amount_vnd: int
    centre_code: str
    source_row: int | None
    citizen_id: str = field(repr=False)
    cause: str
    cause_detail: str | None


_CASES = sa.text(
    """
    SELECT DISTINCT d.case_id, d.reference_month, d.centre_code, d.code, d.person_key, d.waivable, (
        SELECT w.waiver_id FROM payroll.waiver w
        WHERE w.code = d.code AND w.person_key = d.person_key
          AND (w.centre_code = d.centre_code OR w.code = 'POSSIBLE_DUPLICATE')
          AND d.reference_month BETWEEN w.valid_from AND COALESCE(w.valid_to, d.reference_month)
          AND NOT EXISTS (SELECT FROM payroll.waiver_end e WHERE e.waiver_id = w.waiver_id) LIMIT 1),
        d.severity
    FROM payroll.exception_detail d WHERE d.is_current AND d.case_id::text LIKE :beginning || '%' LIMIT 2
    """
)


def cases_beginning(connection: sa.Connection, beginning: str) -> Sequence[ShownCase]:
    """The cases shown now whose id begins so; two at most."""
    return [ShownCase(*row) for row in connection.execute(_CASES, {"beginning": beginning})]


def write_waiver(
    connection: sa.Connection, case: ShownCase, *, valid_to: date | None, actor: str, reason: str, at: datetime
) -> UUID:
    """The case is set aside from its month to `valid_to` (null: for good)."""
    waiver_id = uuid4()
    connection.execute(
        sa.insert(WAIVERS).values(
            waiver_id=waiver_id,
            code=case.code,
            centre_code=case.centre_code,
            person_key=case.person_key,
            valid_from=case.reference_month,
            valid_to=valid_to,
            reason=reason,
            actor=actor,
            created_at=at,
        )
    )
    return waiver_id


def write_waiver_end(connection: sa.Connection, waiver_id: UUID, *, actor: str, reason: str, at: datetime) -> None:
    """The waiver counts no more."""
    connection.execute(sa.insert(WAIVER_END).values(waiver_id=waiver_id, actor=actor, reason=reason, at=at))


def read_row(connection: sa.Connection, month: date, centre_code: str, source_row: int) -> RosterRow | None:
    """A roster row as the month's current run decided it."""
    decision, centre, file = DECISIONS.c, RUN_CENTRE.c, SOURCE_FILE.c
    row = connection.execute(
        sa.select(decision.person_id, decision.codes, file.sha256, decision.work_mode, decision.roster_days)
        .join(MONTH, MONTH.c.current_run_id == decision.run_id)
        .join(RUN_CENTRE, (centre.run_id == decision.run_id) & (centre.centre_code == decision.centre_code))
        .join(SOURCE_FILE, file.source_file_id == centre.source_file_id)
        .where(
            MONTH.c.reference_month == month,
            decision.centre_code == centre_code,
            decision.source_row == source_row,
        )
    ).one_or_none()
    return None if row is None else RosterRow(row[0], tuple(row[1]), *row[2:])


def write_standing(
    connection: sa.Connection,
    *,
    month: date,
    centre_code: str,
    source_row: int,
    row: RosterRow,
    actor: str,
    reason: str,
    at: datetime,
) -> UUID:
    """Of the person's rows in the month this one stands."""
    standing_id = uuid4()
    connection.execute(
        sa.insert(STANDING_ROW).values(
            standing_id=standing_id,
            reference_month=month,
            centre_code=centre_code,
            person_id=row.person_id,
            source_row=source_row,
            source_sha256=row.source_sha256,
            work_mode=row.work_mode,
            roster_days=row.roster_days,
            actor=actor,
            reason=reason,
            at=at,
        )
    )
    return standing_id


def unconfirmed_recoveries(connection: sa.Connection, batch_id: UUID) -> list[RecoveryLine]:
    """The recovery lines of a batch that nobody has confirmed since the run that wrote them."""
    line, said = PAYMENT_LINES.c, RECOVERY_CONFIRMATION.c
    names = [field.name for field in fields(RecoveryLine)]
    is_same = [said[name] == line[name] for name in ("payment_id", "run_id", "amount_vnd")]
    confirmed = sa.select(said.payment_id).where(*is_same).exists()
    query = sa.select(*(line[name] for name in names)).where(line.batch_id == batch_id, line.amount_vnd < 0, ~confirmed)
    return [RecoveryLine(*row) for row in connection.execute(query.order_by(line.payment_id))]


def write_recovery_confirmations(
    connection: sa.Connection, lines: Sequence[RecoveryLine], *, actor: str, reason: str, at: datetime
) -> None:
    """These lines are to be taken back."""
    rows = [
        {
            "payment_id": line.payment_id,
            "run_id": line.run_id,
            "amount_vnd": line.amount_vnd,
            "actor": actor,
            "reason": reason,
            "at": at,
        }
        for line in lines
    ]
    connection.execute(sa.insert(RECOVERY_CONFIRMATION), rows)


def batch_of_payment(connection: sa.Connection, beginning: str) -> list[tuple[UUID, UUID]]:
    """Payment and batch ids of the lines whose id begins so; two at most."""
    line = PAYMENT_LINES.c
    query = sa.select(line.payment_id, line.batch_id).where(sa.cast(line.payment_id, sa.Text).startswith(beginning))
    return [(payment_id, batch_id) for payment_id, batch_id in connection.execute(query.limit(2))]
