"""Drafts: a run replaces them by what is due now, and touches no line that is still right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
import sqlalchemy as sa

from ioc_etl.adapters.store_arrays import is_one_of
from ioc_etl.adapters.store_copy import copy_frame
from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.store_hashes import hashed_together
from ioc_etl.adapters.store_ids import batch_id, payment_ids
from ioc_etl.adapters.store_records import Written
from ioc_etl.adapters.tables import BATCH, PAYMENT_LINES
from schemas.payment_line import PAYMENT_LINE
from schemas.vocabulary import BatchStatus

OPEN = (BatchStatus.DRAFT, BatchStatus.SUBMITTED)
"""Batches that a run may still replace."""

_SLOT = ["centre_code", "kind"]
_BATCH: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "centre_code": pl.String(),
    "kind": pl.String(),
    "number": pl.Int64(),
    "status": pl.String(),
    "content_sha256": pl.String(),
}
_LINE = ["payment_id", "batch_id", *PAYMENT_LINE, "source_sha256"]
_CONTENT = ["funding_source", *PAYMENT_LINE, "source_sha256"]
_FIELD, _NULL = "\x1f", "\x00"

_COLUMNS = ", ".join(_LINE)
_COLUMNS_OF = ", ".join(f"{{0}}.{name}" for name in _LINE)
_DUE = sa.text(
    f"CREATE TEMPORARY TABLE line_due ON COMMIT DROP AS SELECT {_COLUMNS} FROM payroll.payment_line WITH NO DATA"  # noqa: S608 - names of our own columns
)
_REMOVE_STALE = sa.text(
    f"""
    DELETE FROM payroll.payment_line AS line WHERE line.batch_id = ANY(:batches) AND NOT EXISTS (
        SELECT FROM line_due AS due WHERE due.payment_id = line.payment_id
            AND ({_COLUMNS_OF.format("due")}) IS NOT DISTINCT FROM ({_COLUMNS_OF.format("line")}))
    """  # noqa: S608 - names of our own columns
)
_ADD_MISSING = sa.text(
    f"""
    INSERT INTO payroll.payment_line (run_id, {_COLUMNS})
    SELECT :run_id, {_COLUMNS} FROM line_due AS due
    WHERE NOT EXISTS (SELECT FROM payroll.payment_line AS line WHERE line.payment_id = due.payment_id)
    """  # noqa: S608 - names of our own columns
)


@dataclass(frozen=True, slots=True)
class DueDrafts:
    """What the month's drafts are to hold.

    `lines` with their batch, payment and source; `due`: their batches with the content these lines give them;
    `existing`: the batches that there are.
    """

    lines: pl.DataFrame
    due: pl.DataFrame
    existing: pl.DataFrame


def due_drafts(
    existing: pl.DataFrame,
    month: date,
    lines: pl.DataFrame,
    *,
    funding_sources: Mapping[str, str],
    sources: Mapping[str, str],
) -> DueDrafts:
    """The drafts that exactly these lines (`schemas.payment_line`) make, beside the month's `existing_batches`.

    `funding_sources` names each centre's, `sources` the SHA-256 of the roster it rests on. Asks no database: it may be
    worked out while that is busy.
    """
    sourced = lines.with_columns(
        pl.col("batch_kind").alias("kind"),
        _looked_up("funding_source", funding_sources),
        _looked_up("source_sha256", sources),
    ).sort(*_SLOT, "person_id")
    said = pl.concat_str(_as_stored(pl.col(_CONTENT)).fill_null(_NULL), separator=_FIELD)
    hashed = hashed_together(sourced, [*_SLOT, "funding_source"], said).rename({"sha256": "content_sha256"})
    due = _numbered(hashed, existing, month)
    placed = sourced.join(due.select(*_SLOT, "batch_id"), on=_SLOT, how="left", maintain_order="left")
    return DueDrafts(placed.with_columns(payment_ids(placed)), due, existing)


def replace_drafts(connection: sa.Connection, month: date, run_id: UUID, drafts: DueDrafts) -> Written:
    """Make the month's drafts hold exactly these lines.

    A batch whose content is the same stays untouched; a submitted one whose content changed goes back to draft; one
    with nothing left is removed. Batches from approved on are not looked at: what is due has been settled against them.
    """
    placed, due = drafts.lines, drafts.due
    new = due.filter(pl.col("content_before").is_null())
    changed = due.filter(pl.col("content_before") != pl.col("content_sha256"))
    removed = drafts.existing.filter(pl.col("status").is_in(OPEN)).join(due, on="batch_id", how="anti")
    _back_to_draft(connection, [*changed["batch_id"], *removed["batch_id"]])
    _insert_batches(connection, month, run_id, new)
    _update_batches(connection, run_id, changed)
    of_new = placed.join(new.select("batch_id"), on="batch_id", how="semi")
    copy_frame(connection, PAYMENT_LINES, of_new.select(pl.lit(str(run_id)).alias("run_id"), *_LINE))
    of_changed = placed.join(changed.select("batch_id"), on="batch_id", how="semi")
    written, gone = _renew_lines(connection, run_id, of_changed, changed["batch_id"].to_list())
    return Written(
        batches_new=new.height,
        batches_changed=changed.height,
        batches_unchanged=due.height - new.height - changed.height,
        batches_removed=removed.height,
        lines_written=of_new.height + written,
        lines_removed=gone + _remove(connection, removed["batch_id"].to_list()),
    )


def existing_batches(connection: sa.Connection, month: date) -> pl.DataFrame:
    """The month's batches, whatever their status."""
    columns = [sa.cast(BATCH.c.batch_id, sa.Text), *(BATCH.c[name] for name in list(_BATCH)[1:])]
    query = sa.select(*columns).where(BATCH.c.reference_month == month).order_by(BATCH.c.number)
    return read_frame(connection, query, _BATCH)


def _as_stored(columns: pl.Expr) -> pl.Expr:
    """As the database tells them again, whose `payroll.batch_content` gives the same hash: it holds no NUL."""
    return columns.cast(pl.String).str.replace_all(_NULL, "", literal=True)


def _numbered(hashed: pl.DataFrame, existing: pl.DataFrame, month: date) -> pl.DataFrame:
    """An open batch keeps its number; else the next one is given."""
    given = existing.group_by(_SLOT).agg(pl.col("number").max().alias("last_number"))
    kept = existing.filter(pl.col("status").is_in(OPEN)).select(
        *_SLOT, pl.col("number").alias("open_number"), pl.col("content_sha256").alias("content_before")
    )
    numbered = (
        hashed.join(given, on=_SLOT, how="left")
        .join(kept, on=_SLOT, how="left")
        .with_columns(pl.coalesce("open_number", pl.col("last_number").fill_null(0) + 1).alias("number"))
    )
    ids = [
        str(batch_id(month, centre_code, kind, number))
        for centre_code, kind, number in numbered.select(*_SLOT, "number").iter_rows()
    ]
    return numbered.with_columns(pl.Series("batch_id", ids, dtype=pl.String))


def _looked_up(name: str, by_centre: Mapping[str, str]) -> pl.Expr:
    keys, values = pl.Series(list(by_centre), dtype=pl.String), pl.Series(list(by_centre.values()), dtype=pl.String)
    return pl.col("centre_code").replace_strict(keys, values, default=None, return_dtype=pl.String).alias(name)


def _back_to_draft(connection: sa.Connection, ids: list[str]) -> None:
    connection.execute(
        sa.update(BATCH)
        .where(is_one_of(BATCH.c.batch_id, _uuids(ids)), BATCH.c.status == BatchStatus.SUBMITTED)
        .values(status=BatchStatus.DRAFT)
    )


def _insert_batches(connection: sa.Connection, month: date, run_id: UUID, new: pl.DataFrame) -> None:
    rows = new.select(
        "batch_id",
        *_SLOT,
        pl.col("number"),
        "funding_source",
        "content_sha256",
        pl.lit(month).alias("reference_month"),
        pl.lit(str(run_id)).alias("run_id"),
    )
    copy_frame(connection, BATCH, rows)


def _update_batches(connection: sa.Connection, run_id: UUID, changed: pl.DataFrame) -> None:
    if changed.is_empty():
        return
    names = ("funding_source", "content_sha256")
    statement = (
        sa.update(BATCH)
        .where(BATCH.c.batch_id == sa.bindparam("changed_id"))
        .values({name: sa.bindparam(f"new_{name}") for name in names} | {"run_id": run_id})
    )
    rows = changed.select("batch_id", *names).iter_rows()
    connection.execute(
        statement,
        [
            {"changed_id": UUID(one), "new_funding_source": funding_source, "new_content_sha256": content}
            for one, funding_source, content in rows
        ],
    )


def _renew_lines(connection: sa.Connection, run_id: UUID, lines: pl.DataFrame, batches: list[str]) -> tuple[int, int]:
    """Lines written and removed; a line that is the same in every column is neither."""
    if not batches:
        return 0, 0
    connection.execute(_DUE)
    copy_frame(connection, "line_due", lines.select(_LINE))
    connection.execute(sa.text("ANALYZE line_due"))
    gone = connection.execute(_REMOVE_STALE, {"batches": _uuids(batches)}).rowcount
    written = connection.execute(_ADD_MISSING, {"run_id": run_id}).rowcount
    return written, gone


def _remove(connection: sa.Connection, batches: list[str]) -> int:
    ids = _uuids(batches)
    gone = connection.execute(sa.delete(PAYMENT_LINES).where(is_one_of(PAYMENT_LINES.c.batch_id, ids))).rowcount
    connection.execute(sa.delete(BATCH).where(is_one_of(BATCH.c.batch_id, ids)))
    return gone


def _uuids(ids: list[str]) -> list[UUID]:
    return [UUID(one) for one in ids]
