"""The rules, one a file, each reading like its clause.

Every rule is `apply(rows, facts) -> (rows, findings)`: it may add columns to the rows of all centres and raises
findings; it never drops a row. `ioc_etl.core.decide` calls them in the order of the road (rulebook section 3).
"""

from typing import TypeAlias

import polars as pl

Ruling: TypeAlias = tuple[pl.DataFrame, pl.DataFrame]
"""The rows with what the rule adds, and what it found (`schemas.finding.RAISED`)."""
