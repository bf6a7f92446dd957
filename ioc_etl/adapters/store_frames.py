"""Query results as polars frames with a given contract."""

from collections.abc import Mapping

import polars as pl
import sqlalchemy as sa

Schema = Mapping[str, pl.DataType]


def read_frame(connection: sa.Connection, query: sa.Executable, schema: Schema, **values: object) -> pl.DataFrame:
    """The rows of a query whose columns are, in their order, those of the schema; ids must come as text."""
    rows = connection.execute(query, values).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=dict(schema), orient="row")
