"""Who a citizen ID stands for: the register of identity links, and what committed money of the month rests on.

Rule 16: a person who changed ID is one person. A link that money of the month was committed with stays in force for the
month while the register is silent about its old ID, be it gone, emptied or short of a row: silence takes nothing back
and pays nobody twice. A row of that old ID says otherwise: with another new ID it is corrected, with itself withdrawn.
"""

from collections.abc import Mapping

import polars as pl

from schemas.ledger import USED_LINK


def links_of(identity_link: pl.DataFrame, kept: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per citizen ID that a link speaks of (`USED_LINK`): every ID of a chain of changes with its last one.

    Of IDs that are linked in a circle the lowest stands for all.
    """
    newer = {} if kept is None else dict(kept.select("citizen_id", "person_id").iter_rows())
    newer |= dict(identity_link.select("old_id", "new_id").iter_rows())
    changes = {old: new for old, new in newer.items() if old != new}
    everybody = sorted({*newer, *newer.values()})
    return pl.DataFrame([(each, _last(each, changes)) for each in everybody], schema=USED_LINK, orient="row")


def kept_links(identity_link: pl.DataFrame, committed: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """The links that committed money has used and the register is silent about (`USED_LINK`).

    `committed` and `used` by their contracts (`schemas.ledger`), in the order of their approval: the last one counts.
    """
    of_lines = committed.filter(pl.col("citizen_id") != pl.col("person_id")).select(list(USED_LINK))
    last = pl.concat([of_lines, used]).unique("citizen_id", keep="last", maintain_order=True)
    spoken_of = identity_link.select(pl.col("old_id").alias("citizen_id"))
    return last.join(spoken_of, on="citizen_id", how="anti", maintain_order="left").sort("citizen_id")


def person_of(rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Adds `person_id`: who `citizen_id` stands for."""
    return rows.join(links, on="citizen_id", how="left").with_columns(
        pl.coalesce("person_id", "citizen_id").alias("person_id")
    )


def _last(start: str, changes: Mapping[str, str]) -> str:
    seen = [start]
    while (following := changes.get(seen[-1])) is not None:
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]
