"""Where every centre's month stands, and what to do next."""

from dataclasses import dataclass
from datetime import date

from ioc_etl.adapters.store import month_overview
from ioc_etl.pipeline.services import Services
from schemas.vocabulary import FileStatus

SEND, MEND, REVIEW = "send", "mend", "review"


@dataclass(frozen=True, slots=True)
class CentreStatus:
    """One centre's month: file, rows, amount, batch, and the next step (`send`, `mend`, `review`, null: none)."""

    reference_month: date
    centre_code: str
    centre_name: str
    file_status: str
    rows_read: int
    held_rows: int
    amount_vnd: int
    batch_status: str | None
    next_step: str | None


def status(services: Services, month: date | None = None) -> tuple[CentreStatus, ...]:
    """Every month that was run, or one: all its centres in the order of the registry."""
    order = {code: place for place, code in enumerate(services.policy.centres)}
    rows = month_overview(services.engine, month).iter_rows(named=True)
    in_order = sorted(rows, key=lambda row: (row["reference_month"], order.get(row["centre_code"], len(order))))
    return tuple(
        CentreStatus(
            reference_month=row["reference_month"],
            centre_code=row["centre_code"],
            centre_name=services.policy.centres[row["centre_code"]].name
            if row["centre_code"] in services.policy.centres
            else row["centre_code"],
            file_status=row["file_status"],
            rows_read=row["rows_read"],
            held_rows=row["held_rows"],
            amount_vnd=row["amount_vnd"],
            batch_status=row["batch_status"],
            next_step=_next_step(row["file_status"], row["held_rows"]),
        )
        for row in in_order
    )


def _next_step(file_status: str, held_rows: int) -> str | None:
    if file_status == FileStatus.MISSING:
        return SEND
    if file_status == FileStatus.REFUSED:
        return MEND
    return REVIEW if held_rows else None
