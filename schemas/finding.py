"""Contracts of findings as frames: as a rule raises them, and as they are told."""

import polars as pl

from schemas.contract import table
from schemas.vocabulary import FindingCode, Level, Severity

RAISED: dict[str, pl.DataType] = {
    "code": pl.String(),
    "centre_code": pl.String(),
    "source_file": pl.String(),
    "source_row": pl.Int32(),
    "column_name": pl.String(),
    "found": pl.String(),
    "expected": pl.String(),
    "place": pl.String(),
}
"""One row per finding as the core raises it.

`centre_code` is null for findings about the run, `source_row` null for those about a file or a centre; `source_file` is
set only where the finding is about another file than the one in force. `found`,
`expected` and `place` fill the blanks `{found}`, `{expected}`, `{place}` of the finding's text: what stood there
(citizen IDs and accounts masked), what the rule wants, which other row, sheet, file or centre is meant.
"""


FINDING: dict[str, pl.DataType] = {
    **RAISED,
    "level": pl.String(),
    "severity": pl.String(),
    "is_waivable": pl.Boolean(),
    "is_waived": pl.Boolean(),
    "sheet": pl.String(),
    "row_no": pl.String(),
    "cell": pl.String(),
    "citizen_id": pl.String(),
    "full_name": pl.String(),
    "person_key": pl.String(),
    "amount_at_stake_vnd": pl.Int64(),
    "message_vi": pl.String(),
    "message_en": pl.String(),
    "how_to_fix_vi": pl.String(),
    "how_to_fix_en": pl.String(),
    "legal_basis": pl.String(),
}
"""One row per finding as it is told: with its place in the file (`cell` such as `D14`), its texts and its clause.

`citizen_id` and `full_name` are those of the row (personal: never logged); `person_key` is what makes a case the same
next month's run (ID, else name and birth date, else row). `amount_at_stake_vnd` is what the row would earn without it.
"""

FINDING_TABLE = table(
    "finding",
    FINDING,
    required=(
        "code",
        "level",
        "severity",
        "is_waivable",
        "is_waived",
        "person_key",
        "message_vi",
        "message_en",
        "how_to_fix_vi",
        "how_to_fix_en",
        "legal_basis",
    ),
    words={"code": FindingCode, "level": Level, "severity": Severity},
)
