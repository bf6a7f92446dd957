"""How much of what is alike is tried: all of it, in the quick loop every tenth (`make test-quick`)."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

EVERY = int(os.environ.get("IOC_ETL_TEST_CASES", "1"))
"""Every so many cases are tried."""


def fewer(cases: Sequence[T]) -> Sequence[T]:
    """Every so many of these, the first among them."""
    return cases[::EVERY]
