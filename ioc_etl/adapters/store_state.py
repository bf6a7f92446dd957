"""What a run reads under the month's lock: files, current run, waivers, ledger, drafts."""

from datetime import date, timedelta

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.audit import LEDGER_ACTIONS
from ioc_etl.adapters.store_files import REGISTER, ROSTER, kept_files
from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.store_ledger import read_committed, read_committed_year, read_standings, read_waivers
from ioc_etl.adapters.store_records import CurrentRun, KeptFile, MonthFiles, MonthState
from ioc_etl.adapters.tables import AUDIT_EVENT, BATCH, MONTH, PAYMENT_LINES, RUN, SOURCE_FILE
from schemas.payment_line import PAYMENT_LINE
from schemas.vocabulary import BatchStatus, RunStatus

UNCOMMITTED = (BatchStatus.DRAFT, BatchStatus.SUBMITTED)

LEDGER_LINE: dict[str, pl.DataType] = {
    "payment_id": pl.String(),
    "batch_id": pl.String(),
    "batch_status": pl.String(),
    **PAYMENT_LINE,
}


def read_month_files(connection: sa.Connection, month: date) -> MonthFiles:
    """The month's files and its current run, for who reads a roster again and asks nothing of the ledger."""
    files = kept_files(connection, month, SOURCE_FILE.c.is_latest | SOURCE_FILE.c.is_in_force)
    latest: dict[str, dict[str, tuple[KeptFile, ...]]] = {ROSTER: {}, REGISTER: {}}
    for file in files:
        if file.is_latest:
            of_kind = latest[file.kind]
            of_kind[file.code] = (*of_kind.get(file.code, ()), file)
    return MonthFiles(
        reference_month=month,
        current=_current(connection, month),
        in_force={file.code: file for file in files if file.is_in_force},
        latest=latest[ROSTER],
        latest_registers=latest[REGISTER],
    )


def read_month_state(connection: sa.Connection, month: date) -> MonthState:
    """Everything but the bytes (`read_contents`).

    The ledger's position is read first and the ledger as of it: what another month's approver commits meanwhile is as
    if it came after this run, and a replay sees the same.
    """
    position = ledger_position(connection)
    before = _current(connection, (month - timedelta(days=1)).replace(day=1))
    files = read_month_files(connection, month)
    return MonthState(
        reference_month=month,
        current=files.current,
        in_force=files.in_force,
        latest=files.latest,
        latest_registers=files.latest_registers,
        month_before_run_id=before.run_id if before else None,
        month_before_input=f"{before.input_fingerprint} at {before.ledger_position}" if before else "",
        ledger_position=position,
        waivers=read_waivers(connection, month),
        standings=read_standings(connection, month),
        committed=read_committed(connection, month, position),
        committed_year=read_committed_year(connection, month.year, position),
    )


def ledger_position(connection: sa.Connection) -> int:
    """The number of the last audit event that changed what is committed, 0 before the first."""
    last = sa.select(sa.func.max(AUDIT_EVENT.c.seq)).where(AUDIT_EVENT.c.action.in_(LEDGER_ACTIONS))
    return int(connection.scalar(last) or 0)


def _current(connection: sa.Connection, month: date) -> CurrentRun | None:
    columns = [RUN.c[name] for name in CurrentRun.__slots__]
    row = connection.execute(
        sa.select(*columns).join(MONTH, MONTH.c.current_run_id == RUN.c.run_id).where(MONTH.c.reference_month == month)
    ).one_or_none()
    if row is None:
        return None
    values = row._asdict()
    return CurrentRun(**{**values, "status": RunStatus(values["status"])})


def read_drafts(connection: sa.Connection, month: date) -> pl.DataFrame:
    """`LEDGER_LINE` of the month's drafts and submitted batches. A run does not ask: it hands over what is due."""
    line = PAYMENT_LINES.c
    columns = [
        sa.cast(line.payment_id, sa.Text),
        sa.cast(line.batch_id, sa.Text),
        BATCH.c.status,
        *(line[name] for name in PAYMENT_LINE),
    ]
    query = (
        sa.select(*columns)
        .join(BATCH, BATCH.c.batch_id == line.batch_id)
        .where(BATCH.c.reference_month == month, BATCH.c.status.in_(UNCOMMITTED))
        .order_by(line.centre_code, line.batch_kind, line.person_id, line.payment_id)
    )
    return read_frame(connection, query, LEDGER_LINE)
