"""Bulk rows from polars into PostgreSQL by COPY, on the connection and in the transaction of the caller."""

from typing import cast

import polars as pl
import psycopg
import sqlalchemy as sa
from psycopg import sql

from ioc_etl.adapters.database_errors import told_errors
from ioc_etl.errors import ContractError

_ROWS_AT_A_TIME = 50_000
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
    fields = [_field(name, kind) for name, kind in frame.schema.items()]
    with told_errors(), driver_connection(connection).cursor().copy(statement) as copy:
        for rows in frame.iter_slices(_ROWS_AT_A_TIME):
            text = rows.select(fields).write_csv(
                separator="\t", include_header=False, null_value="\\N", quote_style="never"
            )
            copy.write(text)


def driver_connection(connection: sa.Connection) -> psycopg.Connection:
    """The psycopg connection below, in the same transaction."""
    return cast("psycopg.Connection", connection.connection.driver_connection)


def _field(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.String:
        return column.str.replace_many(_ESCAPES)
    if kind == pl.List(pl.String):
        quoted = pl.format('"{}"', pl.element().str.replace_many(_ARRAY_ESCAPES))
        array = pl.concat_str(pl.lit("{"), column.list.eval(quoted).list.join(","), pl.lit("}"))
        return array.str.replace_many(_ESCAPES).alias(name)
    if kind.is_integer() or kind in (pl.Boolean, pl.Date):
        return column
    raise ContractError(f"column {name} of type {kind} has no place in the database")
