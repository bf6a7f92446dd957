"""Contracts of the registers after reading: typed, IDs whole, agencies as codes where the policy knows them."""

import polars as pl

APPROVED_LIST: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "decision_no": pl.String(),
    "decision_date": pl.Date(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "list_order": pl.Int32(),
    "full_name": pl.String(),
    "citizen_id": pl.String(),
    "agency": pl.String(),
    "list_kind": pl.String(),
    "register_row": pl.Int32(),
}
"""One row per person and decision. `valid_to` null is open-ended, `agency` a code or the text as it stands."""

ESTABLISHMENT: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "decision_no": pl.String(),
    "decision_date": pl.Date(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "headcount": pl.Int32(),
    "agency": pl.String(),
    "register_row": pl.Int32(),
}
"""One row per decision, or per decision and agency where a district splits its headcount."""

OTHER_SUPPORT: dict[str, pl.DataType] = {
    "citizen_id": pl.String(),
    "regime": pl.String(),
    "decision_no": pl.String(),
    "amount_vnd": pl.Int64(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "is_readable": pl.Boolean(),
    "register_row": pl.Int32(),
}
"""One row per person and regime. Where `is_readable` is false the row's person is held (OTHER_SUPPORT_UNREADABLE)."""

BUDGET: dict[str, pl.DataType] = {
    "funding_source": pl.String(),
    "year": pl.Int32(),
    "decision_no": pl.String(),
    "decision_date": pl.Date(),
    "amount_vnd": pl.Int64(),
    "is_readable": pl.Boolean(),
    "register_row": pl.Int32(),
}
"""One row per funding source, year and decision; rows of one year add up. A null funding_source speaks of all."""

IDENTITY_LINK: dict[str, pl.DataType] = {
    "old_id": pl.String(),
    "new_id": pl.String(),
    "decision_no": pl.String(),
    "register_row": pl.Int32(),
}
"""One row per change of ID: both are one person."""
