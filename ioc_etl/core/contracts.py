"""Holding a frame to its contract."""

from collections.abc import Mapping

import polars as pl

from ioc_etl.errors import ContractError


def conform(frame: pl.DataFrame, contract: Mapping[str, pl.DataType], name: str) -> pl.DataFrame:
    """The frame with exactly the contract's columns in its order.

    Raises:
        ContractError: a column is missing or has another type; names columns and types only.
    """
    missing = [column for column in contract if column not in frame.columns]
    if missing:
        raise ContractError(f"{name}: missing columns {', '.join(missing)}")
    wrong = [
        f"{column} is {frame.schema[column]}, not {wanted}"
        for column, wanted in contract.items()
        if frame.schema[column] != wanted
    ]
    if wrong:
        raise ContractError(f"{name}: {'; '.join(wrong)}")
    return frame.select(list(contract))
