"""Holding a frame to its contract."""

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaErrors

from ioc_etl.errors import ContractError


def conform(frame: pl.DataFrame, contract: pa.DataFrameSchema) -> pl.DataFrame:
    """The frame with exactly the contract's columns in its order.

    Raises:
        ContractError: names the columns and the checks that failed, never a value.
    """
    missing = [column for column in contract.columns if column not in frame.columns]
    if missing:
        raise ContractError(f"{contract.name}: missing columns {', '.join(missing)}")
    chosen = frame.select(list(contract.columns))
    try:
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            contract.validate(chosen, lazy=True)
    except SchemaErrors as errors:
        # Failure cases hold the values themselves, which are personal: only columns and checks are told.
        failed = sorted({f"{error.schema.name}: {error.check}" for error in errors.schema_errors})
        raise ContractError(f"{contract.name} does not keep its contract: {'; '.join(failed)}") from None
    return chosen
