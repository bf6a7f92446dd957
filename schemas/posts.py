"""Contract of posts: how many people a centre may have on which day."""

import polars as pl

DAY_POSTS: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "agency": pl.String(),
    "days": pl.Int32(),
    "posts": pl.Int32(),
}
"""One row per centre, agency (null: the whole centre) and number of posts: `days` are those of the month, as bits.

Day 1 is the lowest bit. No two rows of a centre and agency share a day; on a day of no row there is no post. An
agency's row stands only where agencies bind on that day.
"""
