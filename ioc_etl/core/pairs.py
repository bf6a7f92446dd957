"""Who may be one person under several IDs: the key of such a case, and what a waiver of it covers.

Close reading 10: one waiver covers the pair, at whichever centre either of them is, until either number changes.
"""

import polars as pl

from schemas.vocabulary import FindingCode

MOST_OTHERS = 8
"""So many others a case names by their IDs; of more, which honest rosters do not show, it keeps the number."""

_PAIR = FindingCode.POSSIBLE_DUPLICATE.value
_IDS, _CROWD = "ids:", "crowd:"


def pair_key(person: pl.Expr, others: pl.Expr, number: pl.Expr) -> pl.Expr:
    """The case's key: the person and the `others` (a list of IDs), all of them; or the person and how many."""
    everybody = pl.concat_list(person, others).list.unique().list.sort()
    crowd = pl.concat_str(pl.lit(_CROWD), person, pl.lit("+"), number.cast(pl.String))
    named = pl.concat_str(pl.lit(_IDS), everybody.list.join(","))
    return pl.when(number <= MOST_OTHERS).then(named).otherwise(crowd)


def covered(cases: pl.DataFrame, waivers: pl.DataFrame) -> pl.DataFrame:
    """The rows of `cases` (person_id, pair_key) each of whose pairs a waiver covers: person_id, pair_key.

    `waivers` are those of the month. A pair is covered by any waiver that names both of it.
    """
    of_pairs = waivers.filter(pl.col("code") == _PAIR).select(waived="person_key").unique()
    alike = cases.select("person_id", "pair_key").drop_nulls().unique()
    if of_pairs.is_empty():
        return alike.clear()
    itself = alike.join(of_pairs, left_on="pair_key", right_on="waived", how="semi")
    pairs = _members(alike, "pair_key").filter(pl.col("member") != pl.col("person_id"))
    waived = _members(of_pairs.with_columns(pair_key="waived"), "waived")
    both = waived.select("waived", person_id="member").join(waived.select("waived", "member"), on="waived")
    open_pairs = pairs.join(both, on=["person_id", "member"], how="anti")
    by_pairs = alike.join(pairs, on=["person_id", "pair_key"], how="semi").join(
        open_pairs, on=["person_id", "pair_key"], how="anti"
    )
    return pl.concat([itself, by_pairs]).unique(maintain_order=True)


def _members(keys: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row per ID that a key names: the key's frame with `member`."""
    named = keys.filter(pl.col(column).str.starts_with(_IDS))
    return named.with_columns(pl.col(column).str.strip_prefix(_IDS).str.split(",").alias("member")).explode("member")
