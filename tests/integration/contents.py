"""Everything that the tables of landing and payroll hold, comparable between databases: without clocks and run ids."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from ioc_etl.adapters.tables import METADATA

Rows = dict[str, list[str]]

_OF_THE_RUN_ITSELF = {"run_no", "pull_no", "register_pull_no", "known_pull_no", "seq", "prev_hash", "hash"}
"""How many runs and pulls there were before, and the place in the chain, differ where a run was killed."""


def contents(engine: sa.Engine) -> Rows:
    """By table its rows as sorted texts.

    Left out: times, places in the audit chain, and the rows and events of runs that found everything unchanged. A run
    is called by its month and its place among the month's runs that changed something.
    """
    with engine.connect() as connection:
        tables = {table.fullname: _rows(connection, table) for table in METADATA.sorted_tables}
    names = _names(tables["payroll.run"])
    same = {str(row["run_id"]) for row in tables["payroll.run"] if row["status"] == "unchanged"}
    return {
        name: sorted(_text(row, names) for row in rows if str(row.get("run_id")) not in same)
        for name, rows in tables.items()
    }


def differences(one: Rows, other: Rows) -> dict[str, tuple[list[str], list[str]]]:
    """By table what only one of them holds."""
    return {
        name: (_beyond(one[name], other[name]), _beyond(other[name], one[name]))
        for name in one
        if one[name] != other[name]
    }


def _rows(connection: sa.Connection, table: sa.Table) -> list[Mapping[str, Any]]:
    columns = [
        column
        for column in table.columns
        if not isinstance(column.type, sa.DateTime) and column.name not in _OF_THE_RUN_ITSELF
    ]
    if table.name == "run":
        columns.append(table.c.run_no)
    return list(connection.execute(sa.select(*columns)).mappings())


def _names(runs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    changing = sorted((row for row in runs if row["status"] != "unchanged"), key=lambda row: row["run_no"])
    places: dict[object, int] = {}
    names = {}
    for row in changing:
        places[row["reference_month"]] = places.get(row["reference_month"], 0) + 1
        names[str(row["run_id"])] = f"run {places[row['reference_month']]} of {row['reference_month']}"
    return names


def _text(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    shown = {name: value for name, value in row.items() if name != "run_no"}
    text = json.dumps(shown, default=str, sort_keys=True, ensure_ascii=False)
    for run_id, name in names.items():
        text = text.replace(run_id, name)
    return text


def _beyond(one: list[str], other: list[str]) -> list[str]:
    known = set(other)
    return [row for row in one if row not in known]


def written(engine: sa.Engine) -> dict[str, int]:
    """Rows inserted, updated and deleted so far, by table, from the database's own statistics.

    A session reports its own when it ends, a moment after its user has gone on: so that is waited for. Each look is a
    transaction of its own, because the list of sessions stays as first seen until the transaction ends.
    """
    with engine.connect() as connection:
        deadline = time.monotonic() + 60
        while connection.scalar(_OTHERS):
            connection.rollback()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        connection.execute(sa.text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
        return dict(connection.execute(_WRITTEN).tuples().all())


def since(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """By how much each table has changed, where it has."""
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
_WRITTEN = sa.text("SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables")
