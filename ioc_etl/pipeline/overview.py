"""What the database says of a month, as a run's report: after a run, or at any later time."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import polars as pl

from ioc_etl.adapters.store import exceptions, month_overview, run_history
from ioc_etl.adapters.store_basis import taken_back_by
from ioc_etl.errors import UsageError
from ioc_etl.pipeline.result import CentreReport, RunReport
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import Centre
from schemas.vocabulary import FileStatus, FindingCode, Level, RunStatus, Severity


def report_of_month(
    services: Services, month: date, run_id: UUID, status: RunStatus, *, unreachable: tuple[str, ...] = ()
) -> RunReport:
    """The report of a run that has just ended."""
    told = exceptions(services.engine, month)
    of_nobody = told.filter(pl.col("centre_code").is_null())
    about_run = of_nobody.select("code", "message_vi", "message_en").unique(maintain_order=True)
    centres = () if status is RunStatus.BLOCKED else _centres(services, month, told)
    is_usable = any(centre.file_status == FileStatus.ACCEPTED for centre in centres)
    ended = status if is_usable or status is RunStatus.BLOCKED else RunStatus.FAILED
    with services.engine.connect() as connection:
        taken_back = taken_back_by(connection, run_id)
    return RunReport(
        run_id, month, ended, centres, tuple(about_run.rows()), unreachable=unreachable, taken_back=taken_back
    )


def latest_report(services: Services, month: date) -> RunReport:
    """The report of the month's latest run.

    Raises:
        UsageError: the month was never run.
    """
    history = run_history(services.engine, month, limit=1)
    if not history.height:
        raise UsageError(f"{month:%Y-%m} was never run; run it with: ioc-etl run {month:%Y-%m}")
    last = history.row(0, named=True)
    return report_of_month(services, month, UUID(last["run_id"]), RunStatus(last["status"]))


def _centres(services: Services, month: date, told: pl.DataFrame) -> tuple[CentreReport, ...]:
    overview = month_overview(services.engine, month)
    codes = _codes(told)
    refused = set(
        told.filter(
            (pl.col("level") == Level.FILE)
            & (pl.col("severity") == Severity.BLOCK)
            & (pl.col("code") != FindingCode.ROSTER_MISSING)
        )["centre_code"]
    )
    known = services.centres_in(month)
    order = {code: place for place, code in enumerate(services.policy.centres)}
    rows = sorted(overview.iter_rows(named=True), key=lambda row: order.get(row["centre_code"], len(order)))
    return tuple(
        _centre(known.get(str(row["centre_code"])), row, codes, is_offer_refused=row["centre_code"] in refused)
        for row in rows
    )


def _centre(
    known: Centre | None, row: Mapping[str, object], codes: Mapping[str, dict[str, int]], *, is_offer_refused: bool
) -> CentreReport:
    code = str(row["centre_code"])
    counts = {
        name: int(str(row[name]))
        for name in ("rows_read", "paid_rows", "superseded_rows", "held_rows", "merged_rows", "amount_vnd")
    }
    return CentreReport(
        centre_code=code,
        centre_name=known.name if known else code,
        file_status=FileStatus(str(row["file_status"])),
        quota=None if row["quota"] is None else int(str(row["quota"])),
        batch_status=None if row["batch_status"] is None else str(row["batch_status"]),
        is_offer_refused=is_offer_refused,
        codes=codes.get(code, {}),
        **counts,
    )


def _codes(told: pl.DataFrame) -> dict[str, dict[str, int]]:
    counted = told.drop_nulls("centre_code").group_by("centre_code", "code").len().sort("centre_code", "code")
    codes: dict[str, dict[str, int]] = {}
    for centre_code, code, count in counted.iter_rows():
        codes.setdefault(centre_code, {})[code] = count
    return codes
