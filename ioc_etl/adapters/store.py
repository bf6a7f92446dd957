"""The store: what the pipeline and the readers may ask of the database. One transaction per month writes.

ids = keep_files(engine, month, …)                      pulled bytes first, a transaction of their own
with month_transaction(engine, month, run_id) as connection:
    state = read_month_state(connection, month)         files in force, waivers, ledger
    contents = dict(read_contents(connection, …))
    write_run(connection, record)                       or write_unchanged_run, write_blocked_run
month_overview(engine, month), exceptions(engine, month, centre), …
"""

from ioc_etl.adapters.store_before import read_month_past
from ioc_etl.adapters.store_contents import read_contents
from ioc_etl.adapters.store_files import keep_files, kept_files
from ioc_etl.adapters.store_ids import source_file_id
from ioc_etl.adapters.store_layouts import last_layouts
from ioc_etl.adapters.store_lock import month_holder, month_transaction
from ioc_etl.adapters.store_read import (
    BATCH_ROW,
    CENTRE_MONTH,
    EXCEPTION,
    RUN_HISTORY,
    PersonMonth,
    batches,
    decision_of,
    decisions,
    exceptions,
    month_overview,
    run_history,
)
from ioc_etl.adapters.store_records import (
    CENTRE_COLUMNS,
    CurrentRun,
    KeptFile,
    MonthFiles,
    MonthHolder,
    MonthPast,
    MonthRecord,
    MonthState,
    OfferedFiles,
    RunFacts,
    Written,
)
from ioc_etl.adapters.store_state import LEDGER_LINE, ledger_position, read_drafts, read_month_files, read_month_state
from ioc_etl.adapters.store_write import write_blocked_run, write_failed_run, write_run, write_unchanged_run

__all__ = [
    "BATCH_ROW",
    "CENTRE_COLUMNS",
    "CENTRE_MONTH",
    "EXCEPTION",
    "LEDGER_LINE",
    "RUN_HISTORY",
    "CurrentRun",
    "KeptFile",
    "MonthFiles",
    "MonthHolder",
    "MonthPast",
    "MonthRecord",
    "MonthState",
    "OfferedFiles",
    "PersonMonth",
    "RunFacts",
    "Written",
    "batches",
    "decision_of",
    "decisions",
    "exceptions",
    "keep_files",
    "kept_files",
    "last_layouts",
    "ledger_position",
    "month_holder",
    "month_overview",
    "month_transaction",
    "read_contents",
    "read_drafts",
    "read_month_files",
    "read_month_past",
    "read_month_state",
    "run_history",
    "source_file_id",
    "write_blocked_run",
    "write_failed_run",
    "write_run",
    "write_unchanged_run",
]
