"""The tables as the program knows them are those that the migrations make."""

import pytest
import sqlalchemy as sa

from ioc_etl.adapters.tables import METADATA
from tests.conftest import Database

pytestmark = pytest.mark.every_postgresql


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.fullname)
def test_a_table_has_the_columns_and_types_the_program_knows(untouched: Database, table: sa.Table) -> None:
    found = sa.inspect(untouched.engine).get_columns(table.name, schema=table.schema)
    kinds = {column["name"]: str(column["type"].compile(untouched.engine.dialect)) for column in found}
    known = {column.name: str(column.type.compile(untouched.engine.dialect)) for column in table.columns}
    assert {
        name: kind.replace("TIMESTAMP", "TIMESTAMP WITH TIME ZONE") if kind == "TIMESTAMP" else kind
        for name, kind in kinds.items()
    } == known


def test_every_table_of_ours_is_known(untouched: Database) -> None:
    inspector = sa.inspect(untouched.engine)
    found = {(schema, name) for schema in ("landing", "payroll") for name in inspector.get_table_names(schema=schema)}
    assert found - {("payroll", "alembic_version")} == {(table.schema, table.name) for table in METADATA.sorted_tables}
