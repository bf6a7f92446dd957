"""Alembic's entry: runs the migrations on the connection that `ioc_etl.adapters.migrate` hands over."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="payroll", transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
