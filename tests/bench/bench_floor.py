"""The floor: the least anyone could do. The same files read into frames, the same rows copied into the same tables.

The files are read by fastexcel (calamine, in Rust), by as many threads or processes as there are processors, whichever
is faster; no frame leaves the process that read it. The rows are those of a run of ours, held in memory as COPY gave
them out, as text or in PostgreSQL's binary form, whichever goes in faster.
"""

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from os import sched_getaffinity
from pathlib import Path
from time import monotonic

import fastexcel
import polars as pl
import psycopg
from bench_processor import own_processor_seconds

TABLES = (
    "landing.content",
    "landing.source_file",
    "payroll.policy_document",
    "payroll.month",
    "payroll.run",
    "payroll.run_centre",
    "payroll.run_source",
    "payroll.run_budget",
    "payroll.decision",
    'payroll."case"',
    "payroll.finding",
    "payroll.batch",
    "payroll.payment_line",
    "payroll.run_due",
    "payroll.audit_event",
)
"""What a run writes, in an order that every foreign key allows; the month's current run is set at the end, as ours."""

FORMATS = ("binary", "text")
_MONTH = "payroll.month"
_PIECE_BYTES = 1024 * 1024

Rows = dict[str, list[bytes]]


def read_seconds(files: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Seconds of reading all files into frames, on the clock (whole) and of the processors, by who reads."""
    workers = len(sched_getaffinity(0))
    shares = [files[place::workers] for place in range(workers)]
    ways: dict[str, Callable[[], ThreadPoolExecutor | ProcessPoolExecutor]] = {
        "threads": lambda: ThreadPoolExecutor(workers),
        "processes": lambda: ProcessPoolExecutor(workers),
    }
    seconds = {}
    for name, pool in ways.items():
        began, used = monotonic(), own_processor_seconds()
        with pool() as readers:
            heights = list(readers.map(_height, shares))
        seconds[name] = {"whole": monotonic() - began, "processor": own_processor_seconds() - used}
        sys.stderr.write(f"  floor reads {sum(heights)} lines of {len(files)} files with {name}\n")
    return seconds


def _height(files: Sequence[Path]) -> int:
    frames = [fastexcel.read_excel(file).load_sheet(0, header_row=None, dtypes="string").to_polars() for file in files]
    return pl.concat(frames, how="diagonal").height if frames else 0


def copied_out(connection: psycopg.Connection, form: str) -> Rows:
    """Every row of a database's tables, as COPY gives it out."""
    return {table: _pieces(connection, table, form) for table in TABLES}


def _pieces(connection: psycopg.Connection, table: str, form: str) -> list[bytes]:
    columns = "reference_month" if table == _MONTH else "*"
    query = f"COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT {form})"  # noqa: S608 - names of our own
    with connection.cursor().copy(query) as copy:
        whole = b"".join(copy)
    return [whole[begin : begin + _PIECE_BYTES] for begin in range(0, len(whole), _PIECE_BYTES)]


def copy_in_seconds(connection: psycopg.Connection, rows: Rows, form: str) -> dict[str, float]:
    """Seconds of copying the rows into an empty database in one transaction: of every table, the commit, the whole."""
    began = monotonic()
    seconds = {}
    with connection.transaction():
        for table, pieces in rows.items():
            table_began = monotonic()
            columns = "(reference_month)" if table == _MONTH else ""
            with connection.cursor().copy(f"COPY {table} {columns} FROM STDIN (FORMAT {form})") as copy:
                for piece in pieces:
                    copy.write(piece)
            seconds[table] = monotonic() - table_began
        connection.execute(
            "UPDATE payroll.month SET current_run_id = (SELECT run_id FROM payroll.run ORDER BY run_no LIMIT 1)"
        )
        committing = monotonic()
    seconds["commit"] = monotonic() - committing
    return {**seconds, "whole": monotonic() - began}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(read_seconds(sorted(Path(sys.argv[1]).iterdir()))))
