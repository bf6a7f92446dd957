"""One month, centre by centre: file, rows, amount, batches, and what to do next."""

from dataclasses import dataclass
from datetime import date

from ioc_etl.adapters.store import batches, month_overview
from ioc_etl.pipeline.calendar import calendar
from ioc_etl.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class CentreStatus:
    """One centre's month: file, rows, amount, its regular batch, and the next steps as the calendar has them.

    `next_step` is the first of them, null when nothing waits.
    """

    reference_month: date
    centre_code: str
    centre_name: str
    file_status: str
    rows_read: int
    held_rows: int
    amount_vnd: int
    batch_status: str | None
    next_step: str | None
    next_steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchTotal:
    """One batch of the month with its lines counted and summed."""

    batch_id: str
    centre_code: str
    kind: str
    number: int
    status: str
    lines: int
    amount_vnd: int


def status(services: Services, month: date) -> tuple[CentreStatus, ...]:
    """The month's centres that its current run knows, in the order of the registry."""
    batch = {
        row["centre_code"]: row["batch_status"] for row in month_overview(services.engine, month).iter_rows(named=True)
    }
    return tuple(
        CentreStatus(
            reference_month=cell.reference_month,
            centre_code=cell.centre_code,
            centre_name=cell.centre_name,
            file_status=cell.file_status,
            rows_read=cell.rows_read,
            held_rows=cell.held_rows,
            amount_vnd=cell.amount_vnd,
            batch_status=batch.get(cell.centre_code),
            next_step=cell.next_steps[0] if cell.next_steps else None,
            next_steps=cell.next_steps,
        )
        for cell in calendar(services, month, month).cells
        if cell.file_status is not None
    )


def batches_of(services: Services, month: date) -> tuple[BatchTotal, ...]:
    """The month's batches, by centre, kind and number."""
    rows = batches(services.engine, month).iter_rows(named=True)
    return tuple(BatchTotal(**{name: row[name] for name in BatchTotal.__slots__}) for row in rows)
