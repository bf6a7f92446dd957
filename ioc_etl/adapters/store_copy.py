"""Bulk rows from polars into PostgreSQL by COPY, on the connection and in the transaction of the caller."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import cast

import polars as pl
import psycopg
import sqlalchemy as sa
from psycopg import sql

from ioc_etl.adapters.database_errors import told_errors
from ioc_etl.errors import ContractError

_ROWS_AT_A_TIME = 20_000
# COPY's text format: what would end a field or a row is escaped. PostgreSQL cannot hold a NUL in a text at all; one
# that got this far must not stop everybody's month.
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": ""}
_ARRAY_ESCAPES = {"\\": "\\\\", '"': '\\"', "\x00": ""}


def copy_frame(connection: sa.Connection, table: sa.Table | str, frame: pl.DataFrame) -> None:
    """Append a frame to a table (or a temporary table's name); columns go by name.

    Raises: DatabaseError, which names the constraint and never a value.
    """
    if frame.is_empty():
        return
    parts = [table] if isinstance(table, str) else [part for part in (table.schema, table.name) if part]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*parts), sql.SQL(", ").join(sql.Identifier(name) for name in frame.columns)
    )
    with told_errors(), driver_connection(connection).cursor().copy(statement) as copy:
        for piece in _ahead(_pieces(frame)):
            copy.write(piece)


def _pieces(frame: pl.DataFrame) -> Iterator[bytes]:
    """The rows in COPY's text format."""
    fields = [_field(frame[name]) for name in frame.columns]
    for rows in frame.iter_slices(_ROWS_AT_A_TIME):
        text = BytesIO()
        rows.select(fields).write_csv(text, separator="\t", include_header=False, null_value="\\N", quote_style="never")
        yield text.getvalue()


def _ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; the next one is made while the database takes the one before."""
    with ThreadPoolExecutor(1, thread_name_prefix="copy") as beside:
        coming = beside.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = beside.submit(next, pieces, None)
            yield piece


def driver_connection(connection: sa.Connection) -> psycopg.Connection:
    """The psycopg connection below, in the same transaction."""
    return cast("psycopg.Connection", connection.connection.driver_connection)


def _field(values: pl.Series) -> pl.Expr:
    name, kind = values.name, values.dtype
    column = pl.col(name)
    if kind == pl.String:
        return column.str.replace_many(_ESCAPES) if values.str.contains_any(list(_ESCAPES)).any() else column
    if kind == pl.List(pl.String):
        quoted = pl.format('"{}"', pl.element().str.replace_many(_ARRAY_ESCAPES))
        array = pl.concat_str(pl.lit("{"), column.list.eval(quoted).list.join(","), pl.lit("}"))
        return array.str.replace_many(_ESCAPES).alias(name)
    if kind.is_integer() or kind in (pl.Boolean, pl.Date):
        return column
    raise ContractError(f"column {name} of type {kind} has no place in the database")
