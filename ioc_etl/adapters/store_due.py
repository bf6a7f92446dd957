"""What a run found due, summed and hashed by centre and kind: the drafts themselves change with the next run."""

from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_copy import copy_frame
from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.store_hashes import hashed_together
from ioc_etl.adapters.tables import RUN_DUE
from schemas.payment_line import PAYMENT_LINE

DUE: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "kind": pl.String(),
    "lines": pl.Int64(),
    "amount_vnd": pl.Int64(),
    "sha256": pl.String(),
}
"""One row per centre and kind of batch: lines, their sum, the hash of everything they say."""

_FIELD, _NULL = "\x1f", "\x00"


def due_of(lines: pl.DataFrame) -> pl.DataFrame:
    """`DUE` of payment lines (`schemas.payment_line`), by centre and kind."""
    slot = ["centre_code", "kind"]
    said = pl.concat_str(pl.col(list(PAYMENT_LINE)).cast(pl.String).fill_null(_NULL), separator=_FIELD)
    in_order = lines.with_columns(pl.col("batch_kind").alias("kind")).sort(*slot, "person_id")
    sums = in_order.group_by(slot).agg(pl.len().cast(pl.Int64).alias("lines"), pl.col("amount_vnd").sum())
    hashed = hashed_together(in_order, slot, said)
    return hashed.join(sums, on=slot, how="left", maintain_order="left").select(list(DUE))


def write_due(connection: sa.Connection, run_id: UUID, due: pl.DataFrame, drafts: pl.DataFrame) -> None:
    """Write down what the run found due (`DUE`), with what its `drafts` hold (centre_code, kind, content_sha256)."""
    held = drafts.select("centre_code", "kind", "content_sha256")
    rows = due.join(held, on=["centre_code", "kind"], how="left", maintain_order="left")
    copy_frame(connection, RUN_DUE, rows.with_columns(pl.lit(str(run_id)).alias("run_id")))


def read_due(connection: sa.Connection, run_id: UUID) -> pl.DataFrame:
    """`DUE` of a run, by centre and kind."""
    table = RUN_DUE.c
    query = sa.select(*(table[name] for name in DUE)).where(table.run_id == run_id)
    return read_frame(connection, query.order_by(table.centre_code, table.kind), DUE)
