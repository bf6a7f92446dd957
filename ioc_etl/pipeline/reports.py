"""Writing the exception reports of a month: one workbook per centre, from what the database says."""

from datetime import date
from pathlib import Path

import polars as pl

from ioc_etl.adapters.report_files import write_report
from ioc_etl.adapters.store import decisions, exceptions, month_overview, read_month_files, run_history
from ioc_etl.core.month import month_code
from ioc_etl.pipeline.services import Services
from ioc_etl.policy.model import MonthPolicy
from ioc_etl.policy.resolve import policy_at
from ioc_etl.reports.exceptions import ExceptionOverview, exception_workbook
from schemas.finding import FINDING
from schemas.vocabulary import CentreKind, FileStatus


def write_reports(services: Services, month: date, folder: Path) -> list[Path]:
    """One workbook per centre of the month, `<folder>/<month>/<centre>.xlsx`, readable by their owner only.

    Raises:
        SourceError: the folder cannot be written.
    """
    overview = month_overview(services.engine, month)
    history = run_history(services.engine, month, limit=1)
    run_id = history["run_id"][0] if history.height else ""
    told, decided = exceptions(services.engine, month), decisions(services.engine, month)
    policy, file_names = policy_at(services.policy, month), _file_names(services, month)
    written = []
    for row in overview.iter_rows(named=True):
        code = row["centre_code"]
        centre = services.centres_in(month).get(code)
        is_province = centre is not None and centre.kind is CentreKind.PROVINCE
        own = told.filter((pl.col("centre_code") == code) | pl.col("centre_code").is_null())
        content = exception_workbook(
            centre_name=centre.name if centre else code,
            month=month,
            findings=own.select(*FINDING, _case_to_waive()),
            decisions=decided.filter(pl.col("centre_code") == code),
            overview=ExceptionOverview(
                run_id=run_id,
                file_name=file_names.get(code),
                file_status=FileStatus(row["file_status"]),
                adoption=policy.adoption.status,
                quota=row["quota"],
                shifts=policy.shifts,
                posts_per_shift=_posts_per_shift(policy, is_province=is_province),
                agency_quota=dict(policy.agency_quota) if is_province else {},
                agency_names=policy.agency_names,
            ),
        )
        written.append(write_report(folder / month_code(month) / f"{code}.xlsx", content))
    return written


def _case_to_waive() -> pl.Expr:
    """The case where `waive` or `unwaive` would take it: neither takes what a later, blocked run said."""
    may_be = pl.col("is_current") & pl.col("centre_code").is_not_null() & (pl.col("is_waivable") | pl.col("is_waived"))
    return pl.when(may_be).then("case_id").alias("case_id")


def _file_names(services: Services, month: date) -> dict[str, str]:
    """By centre: the file the month rests on, else what was refused last."""
    with services.engine.connect() as connection:
        state = read_month_files(connection, month)
    refused = {code: ", ".join(file.file_name for file in files) for code, files in state.latest.items()}
    return refused | {code: file.file_name for code, file in state.in_force.items()}


def _posts_per_shift(policy: MonthPolicy, *, is_province: bool) -> int | None:
    """The province's staffing of a shift; a district's is only an average (rule 13)."""
    return sum(policy.shift_staffing.values()) if is_province else None
