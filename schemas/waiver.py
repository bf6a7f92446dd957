"""Contract of waivers: findings that finance set aside, with a reason."""

import polars as pl

WAIVER: dict[str, pl.DataType] = {
    "waiver_id": pl.String(),
    "code": pl.String(),
    "centre_code": pl.String(),
    "person_key": pl.String(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "reason": pl.String(),
}
"""One row per waiver. It binds one person (the finding's `person_key`) and one code at one centre, for the reference
months whose first day lies within `valid_from`..`valid_to` (null: open-ended)."""
