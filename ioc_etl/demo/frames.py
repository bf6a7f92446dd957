"""Rosters and registers as the frames that the core takes, without writing and reading files.

For property tests and the bench: the frames are what the readers make of the same rosters in a plain layout.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter

import polars as pl

from ioc_etl.demo.registers import Entry, Registers
from ioc_etl.demo.roster import FormulaError, Roster, RosterRow, Value
from schemas.columns import ROSTER_FIELDS
from schemas.raw_roster import RAW_ROSTER
from schemas.register import APPROVED_LIST, BUDGET, ESTABLISHMENT, IDENTITY_LINK, OTHER_SUPPORT
from schemas.vocabulary import ListKind, RegisterName

_HEADER_ROWS = 1
_FIELDS = tuple(field.name for field in fields(RosterRow) if field.name in ROSTER_FIELDS)
_REGISTERS: Mapping[RegisterName, Mapping[str, pl.DataType]] = {
    RegisterName.APPROVED_LIST: APPROVED_LIST,
    RegisterName.ESTABLISHMENT: ESTABLISHMENT,
    RegisterName.OTHER_SUPPORT: OTHER_SUPPORT,
    RegisterName.BUDGET: BUDGET,
    RegisterName.IDENTITY_LINK: IDENTITY_LINK,
}


def raw_roster(rosters: Iterable[Roster]) -> pl.DataFrame:
    """All rosters as one raw roster (`schemas.raw_roster.RAW_ROSTER`), each from the second row of its sheet on."""
    sent = list(rosters)
    rows = [row for roster in sent for row in roster.rows]
    sizes = [len(roster.rows) for roster in sent]
    columns: dict[str, Sequence[object] | pl.Series] = {
        "centre_code": [roster.centre.code for roster, size in zip(sent, sizes, strict=True) for _ in range(size)],
        "sheet": [f"T{roster.month:%m}" for roster, size in zip(sent, sizes, strict=True) for _ in range(size)],
        "source_row": [number for size in sizes for number in range(1 + _HEADER_ROWS, 1 + _HEADER_ROWS + size)],
        "is_hidden": [row.is_hidden for row in rows],
        "group_text": [None] * len(rows),
        "unreadable": _unreadable(rows),
        **{name: _texts(rows, name) for name in ROSTER_FIELDS if name in _FIELDS},
    }
    missing: dict[str, Sequence[object] | pl.Series] = {
        name: [None] * len(rows) for name in RAW_ROSTER if name not in columns
    }
    return pl.DataFrame({name: (columns | missing)[name] for name in RAW_ROSTER}, schema=RAW_ROSTER)


def register_frames(registers: Registers) -> dict[RegisterName, pl.DataFrame]:
    """Each register as its frame (`schemas.register`), every row readable."""
    return {name: _register(getattr(registers, name.value), schema) for name, schema in _REGISTERS.items()}


def _register(entries: Sequence[Entry], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    known: dict[str, object] = {"is_readable": True, "list_kind": ListKind.ADDITION.value}
    rows = [
        {**{name: entry.get(name, known.get(name)) for name in schema}, "register_row": number}
        for number, entry in enumerate(entries, start=1 + _HEADER_ROWS)
    ]
    return pl.DataFrame(rows, schema=schema)


def _texts(rows: Sequence[RosterRow], name: str) -> list[str | None]:
    return [None if value is None else _text(value) for value in map(attrgetter(name), rows)]


def _text(value: Value) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, FormulaError) else str(value)


def _unreadable(rows: Sequence[RosterRow]) -> pl.Series:
    """Names of the columns whose formula failed, for each row; nearly always none."""
    kind = pl.List(pl.String)
    failed = [
        (position, name)
        for name in _FIELDS
        for position, value in enumerate(map(attrgetter(name), rows))
        if value.__class__ is FormulaError
    ]
    if not failed:
        return pl.Series([[]], dtype=kind).new_from_index(0, len(rows))
    names: list[list[str]] = [[] for _ in rows]
    for position, name in failed:
        names[position].append(name)
    return pl.Series(names, dtype=kind)
