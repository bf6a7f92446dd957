"""What is refused before anything is written: frames that miss a column, sums that are not their rows'."""

from collections.abc import Mapping

import polars as pl

from ioc_etl.adapters.store_records import CENTRE_COLUMNS, MonthRecord
from ioc_etl.errors import ContractError, ControlTotalError
from schemas.budget import ALLOCATION
from schemas.decision import DECISION
from schemas.finding import FINDING
from schemas.payment_line import PAYMENT_LINE
from schemas.posts import DAY_POSTS
from schemas.vocabulary import FileStatus, Outcome, RunStatus

_DECIDED = (RunStatus.COMPLETED, RunStatus.INCOMPLETE, RunStatus.FAILED)


def refuse_what_does_not_fit(record: MonthRecord) -> None:
    """Raises: ContractError for shape and month, ControlTotalError for sums; keys and counts only."""
    if record.run.status not in _DECIDED:
        raise ContractError(f"a run that is {record.run.status} does not write a month")
    _same_columns("decisions", record.decisions, DECISION)
    _same_columns("findings", record.findings, FINDING)
    _same_columns("payment lines", record.lines, PAYMENT_LINE)
    _same_columns("budgets", record.budgets, ALLOCATION)
    _same_columns("posts", record.posts, DAY_POSTS)
    missing = [name for name in CENTRE_COLUMNS if name not in record.centres.columns]
    if missing:
        raise ContractError(f"centres: missing columns {', '.join(missing)}")
    for name, frame in (("decisions", record.decisions), ("payment lines", record.lines)):
        if frame.filter(pl.col("reference_month").ne_missing(record.run.reference_month)).height:
            raise ContractError(f"{name}: rows of another month than {record.run.reference_month:%Y-%m}")
    _files_of_accepted(record)
    _books_close(record)


def _same_columns(name: str, frame: pl.DataFrame, contract: Mapping[str, pl.DataType]) -> None:
    wrong = [column for column, kind in contract.items() if frame.schema.get(column) != kind]
    if wrong:
        raise ContractError(f"{name}: missing or mistyped columns {', '.join(wrong)}")


def _files_of_accepted(record: MonthRecord) -> None:
    accepted = set(record.centres.filter(pl.col("file_status") == FileStatus.ACCEPTED)["centre_code"])
    if accepted != set(record.files):
        odd = sorted(accepted.symmetric_difference(record.files))
        raise ContractError(f"centres whose status and file do not agree: {', '.join(odd)}")


def _books_close(record: MonthRecord) -> None:
    counted = record.decisions.group_by("centre_code").agg(
        pl.len().alias("rows_read"),
        *((pl.col("outcome") == kind).sum().alias(f"{kind}_rows") for kind in Outcome),
        pl.col("amount_vnd").sum(),
    )
    names = ["rows_read", *(f"{kind}_rows" for kind in Outcome), "amount_vnd"]
    stated = record.centres.select("centre_code", pl.col(names).cast(pl.Int64))
    known = stated.select("centre_code").join(counted, on="centre_code", how="left")
    summed = known.select("centre_code", pl.col(names).fill_null(0).cast(pl.Int64))
    differing = stated.join(summed, on=["centre_code", *names], how="anti")["centre_code"].to_list()
    strangers = counted.join(stated, on="centre_code", how="anti")["centre_code"].to_list()
    if differing or strangers:
        raise ControlTotalError(
            f"the counts of {', '.join(sorted([*differing, *strangers]))} are not those of their decisions; "
            "nothing was written"
        )
