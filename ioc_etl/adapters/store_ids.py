"""Ids that stay: uuid5 of natural keys, so that a replay, or another database, gives the same ones."""

import hashlib
from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid5

import polars as pl

NAMESPACE = UUID("37593c4a-b9cb-554c-836b-61421f1e8ed2")
"""Never changes: every id ever given rests on it."""

_SEPARATOR = "\x1f"
_NULL = "\x00"


def source_file_id(kind: str, month: date, code: str, sha256: str) -> UUID:
    """Of one content that a centre sent (or a register held) for a month."""
    return uuid5(NAMESPACE, _SEPARATOR.join(("source_file", kind, month.isoformat(), code, sha256)))


def batch_id(month: date, centre_code: str, kind: str, number: int) -> UUID:
    """Of a batch: month, centre, kind and number."""
    return uuid5(NAMESPACE, _SEPARATOR.join(("batch", month.isoformat(), centre_code, kind, str(number))))


def opening_id(month: date, centre_code: str, person_id: str, replaces: UUID | None = None) -> UUID:
    """Of money paid before go-live: month, centre and person, and the cancelled line whose place it takes."""
    again = () if replaces is None else (str(replaces),)
    return uuid5(NAMESPACE, _SEPARATOR.join(("opening", month.isoformat(), centre_code, person_id, *again)))


def payment_ids(lines: pl.DataFrame) -> pl.Series:
    """Of payment lines: their batch (`batch_id`) and person (`person_id`)."""
    return _ids("payment", lines, ["batch_id", "person_id"])


def case_ids(findings: pl.DataFrame) -> pl.Series:
    """Of findings: `reference_month`, centre, code, column and person."""
    return _ids("case", findings, ["reference_month", "centre_code", "code", "column_name", "person_key"])


def _ids(what: str, frame: pl.DataFrame, key: list[str]) -> pl.Series:
    columns = [pl.col(name).cast(pl.String).fill_null(_NULL) for name in key]
    names = frame.select(pl.concat_str(pl.lit(what), *columns, separator=_SEPARATOR)).to_series()
    return pl.Series(f"{what}_id", list(_uuid5_texts(names)), dtype=pl.String)


def _uuid5_texts(names: Iterable[str]) -> Iterable[str]:
    """`str(uuid5(NAMESPACE, name))`, several times faster for a million names."""
    begun = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
    for name in names:
        hasher = begun.copy()
        hasher.update(name.encode())
        digits = hasher.hexdigest()
        variant = "89ab"[int(digits[16], 16) & 3]
        yield f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
