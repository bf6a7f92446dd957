"""Findings and their cases: the same problem next run is the same case."""

from datetime import date
from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_copy import copy_frame
from ioc_etl.adapters.store_ids import case_ids
from ioc_etl.adapters.tables import FINDINGS
from schemas.finding import FINDING

_SEEN = sa.text(
    """
    CREATE TEMPORARY TABLE case_seen (
        case_id text, reference_month date, centre_code text, code text, column_name text, person_key text, status text
    ) ON COMMIT DROP
    """
)
_KEEP = sa.text(
    """
    INSERT INTO payroll."case" AS known
        (case_id, reference_month, centre_code, code, column_name, person_key, status, first_run_id, last_run_id)
    SELECT case_id::uuid, reference_month, centre_code, code, column_name, person_key, status, :run_id, :run_id
    FROM case_seen
    ON CONFLICT (case_id) DO UPDATE SET
        last_run_id = EXCLUDED.last_run_id,
        status = CASE
            WHEN EXCLUDED.status = 'waived' THEN 'waived'
            WHEN known.status = 'mended' THEN 'reopened'
            WHEN known.status = 'waived' THEN 'open'
            ELSE known.status
        END
    """
)
_MEND = sa.text(
    """
    UPDATE payroll."case" AS known SET status = 'mended'
    WHERE reference_month = :month AND status <> 'mended'
      AND NOT EXISTS (SELECT FROM case_seen AS seen WHERE seen.case_id::uuid = known.case_id)
    """
)


def write_findings(
    connection: sa.Connection, month: date, run_id: UUID, findings: pl.DataFrame, *, is_whole: bool
) -> None:
    """Append a run's findings, open or reopen their cases and, when the run decided the whole month, close the rest.

    A case is waived while all its findings are.
    """
    frame = findings.with_columns(pl.lit(month).alias("reference_month"))
    frame = frame.with_columns(case_ids(frame))
    key = ["case_id", "reference_month", "centre_code", "code", "column_name", "person_key"]
    seen = frame.group_by(key, maintain_order=True).agg(
        pl.when(pl.col("is_waived").all()).then(pl.lit("waived")).otherwise(pl.lit("open")).alias("status")
    )
    connection.execute(_SEEN)
    copy_frame(connection, "case_seen", seen)
    connection.execute(_KEEP, {"run_id": run_id})
    if is_whole:
        connection.execute(_MEND, {"month": month})
    rows = frame.select(
        pl.lit(str(run_id)).alias("run_id"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("position"),
        "case_id",
        *FINDING,
    )
    copy_frame(connection, FINDINGS, rows)
