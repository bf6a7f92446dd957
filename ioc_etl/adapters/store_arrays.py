"""Conditions on thousands of values at once: an array is one parameter, and PostgreSQL takes at most 65,535 of them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


def is_one_of(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Whether the column holds one of the values."""
    return column == sa.any_(_array(column, values))


def is_none_of(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.ColumnElement[bool]:
    """Whether the column holds something else than the values."""
    return column != sa.all_(_array(column, values))


def _array(column: sa.ColumnElement[Any], values: Iterable[object]) -> sa.BindParameter[Any]:
    return sa.bindparam(None, list(values), type_=ARRAY(column.type), unique=True)
