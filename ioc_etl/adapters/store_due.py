"""What a run found due, summed and hashed by centre and kind: the drafts themselves change with the next run."""

import hashlib
from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_copy import copy_frame
from ioc_etl.adapters.store_frames import read_frame
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

_FIELD, _ROW, _NULL = "\x1f", "\x1e", "\x00"


def due_of(lines: pl.DataFrame) -> pl.DataFrame:
    """`DUE` of payment lines (`schemas.payment_line`), by centre and kind."""
    text = pl.concat_str(pl.col(list(PAYMENT_LINE)).cast(pl.String).fill_null(_NULL), separator=_FIELD)
    joined = (
        lines.select("centre_code", "batch_kind", "person_id", "amount_vnd", text.alias("text"))
        .sort("centre_code", "batch_kind", "person_id")
        .group_by("centre_code", pl.col("batch_kind").alias("kind"), maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("lines"), pl.col("amount_vnd").sum(), pl.col("text").str.join(_ROW))
    )
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in joined["text"]]
    return joined.with_columns(pl.Series("sha256", hashes, dtype=pl.String)).select(list(DUE))


def write_due(connection: sa.Connection, run_id: UUID, lines: pl.DataFrame) -> None:
    """Write down what the run found due."""
    copy_frame(connection, RUN_DUE, due_of(lines).with_columns(pl.lit(str(run_id)).alias("run_id")))


def read_due(connection: sa.Connection, run_id: UUID) -> pl.DataFrame:
    """`DUE` of a run, by centre and kind."""
    table = RUN_DUE.c
    query = sa.select(*(table[name] for name in DUE)).where(table.run_id == run_id)
    return read_frame(connection, query.order_by(table.centre_code, table.kind), DUE)
