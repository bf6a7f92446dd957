"""Rule 16, close reading 10: rows of one name whose births agree and whose IDs differ may be one person.

Births agree when both are the same full date. Where a row has only a year or nothing, the same year and no other sex
are enough; a CCCD says both. An old CMND without a birth agrees with every row of its name. So does the line of
somebody who was paid and stands on no roster any more, and an opening line, which has no birth, with every row of its
name at its centre.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import all_findings, raised
from ioc_etl.core.identity import born_in_year, is_female, is_whole_id
from ioc_etl.core.pairs import MOST_OTHERS, pair_key
from ioc_etl.core.rules import Rule, Ruling
from ioc_etl.core.standing import paid_and_gone
from schemas.vocabulary import FindingCode, RuleKey

_ROW = ["centre_code", "source_row"]
_FOUND: dict[str, pl.DataType] = {
    "centre_code": pl.String(),
    "source_row": pl.Int32(),
    "person_id": pl.String(),
    "other": pl.String(),
    "place": pl.String(),
    "number": pl.Int64(),
}
_NAMED = 3
_ANY_SEX = 2


def apply(rows: pl.DataFrame, facts: MonthFacts) -> Ruling:
    """Adds `pair_key`, which names the row's person and all who may be the same; null where nobody may be."""
    entries = _entries(rows, facts)
    key = pair_key(pl.col("person_id"), pl.col("others"), pl.col("number"))
    alike = _alike(entries).with_columns(key.alias("pair_key"))
    told = alike.sort(_ROW)
    findings = raised(
        FindingCode.POSSIBLE_DUPLICATE,
        told,
        column="citizen_id",
        found=pl.when(pl.col("number") > _NAMED).then(pl.col("number").cast(pl.String)),
        place=pl.col("places").list.head(_NAMED).list.join("; "),
    )
    keys = alike.select(*_ROW, "pair_key")
    return rows.join(keys, on=_ROW, how="left", maintain_order="left"), all_findings(findings)


def _entries(rows: pl.DataFrame, facts: MonthFacts) -> pl.DataFrame:
    """Everybody with a usable ID and a name that others have too: on a roster, or (no `source_row`) paid and gone."""
    names = facts.centres.select("centre_code", "centre_name")
    place = pl.concat_str("centre_name", pl.lit(" dòng "), pl.col("source_row").cast(pl.String))
    standing = (
        rows.select(*_ROW, "person_id", "name_key", "birth_date", "birth_year")
        .join(names, on="centre_code", how="left", maintain_order="left")
        .with_columns(place.alias("place"), pl.lit(value=False).alias("is_opening"))
    )
    gone = paid_and_gone(rows, facts)
    known = pl.concat(
        [standing.drop("centre_name"), gone.select(set(gone.columns) & set(standing.columns))], how="diagonal"
    )
    several = known.drop_nulls(["person_id", "name_key"]).filter(pl.col("person_id").n_unique().over("name_key") > 1)
    cccd = pl.when(is_whole_id(pl.col("person_id"), facts.policy)).then("person_id")
    return several.with_columns(
        pl.coalesce(pl.col("birth_date").dt.year(), "birth_year", born_in_year(cccd)).cast(pl.Int32).alias("year"),
        is_female(cccd).cast(pl.Int8).fill_null(_ANY_SEX).alias("sex"),
    ).sort(_ROW, nulls_last=True)


@dataclass(frozen=True, slots=True)
class _Likeness:
    """One way to agree: `asking` rows look for `among` rows of the same `key`."""

    asking: pl.Expr
    among: pl.Expr
    key: Sequence[str]


_HAS_DATE, _HAS_YEAR = pl.col("birth_date").is_not_null(), pl.col("year").is_not_null()
_LIKENESSES = (
    _Likeness(_HAS_DATE, _HAS_DATE, ("name_key", "birth_date")),
    _Likeness(_HAS_DATE, ~_HAS_DATE & _HAS_YEAR, ("name_key", "year", "sex")),
    _Likeness(~_HAS_DATE & _HAS_YEAR, _HAS_YEAR, ("name_key", "year", "sex")),
    _Likeness(_HAS_YEAR, ~_HAS_YEAR, ("name_key",)),
    _Likeness(~_HAS_YEAR, pl.lit(value=True), ("name_key",)),
    _Likeness(pl.lit(value=True), pl.col("is_opening"), ("name_key", "centre_code")),
)


def _alike(entries: pl.DataFrame) -> pl.DataFrame:
    """One row per roster row that may be somebody else's: the row, person_id, others, places, number."""
    found = pl.concat([_found(entries, likeness) for likeness in _LIKENESSES])
    named = found.unique([*_ROW, "other"], keep="first", maintain_order=True)
    return named.group_by(*_ROW, "person_id", maintain_order=True).agg(
        pl.col("other").alias("others"),
        pl.col("place").alias("places"),
        pl.max_horizontal(pl.len(), pl.col("number").max()).alias("number"),
    )


def _found(entries: pl.DataFrame, likeness: _Likeness) -> pl.DataFrame:
    """One row per roster row and other person in its group, at most so many as a case names, with their number."""
    key = list(likeness.key)
    asking = entries.filter(likeness.asking & pl.col("source_row").is_not_null())
    if asking.is_empty():
        return pl.DataFrame(schema=_FOUND)
    among = entries.filter(likeness.among)
    if "sex" in key:
        among = _by_sex(among)
    people = among.select(*key, other="person_id", place="place").unique(
        [*key, "other"], keep="first", maintain_order=True
    )
    people = people.join(asking.select(key).unique(), on=key, how="semi", maintain_order="left")
    crowd = people.group_by(key).agg(pl.len().alias("crowd"))
    heads = people.group_by(key, maintain_order=True).head(MOST_OTHERS + 1)
    own = people.select(*key, person_id="other", is_among=pl.lit(1))
    return (
        asking.select(list(dict.fromkeys([*_ROW, "person_id", *key])))
        .join(heads, on=key, maintain_order="left_right")
        .filter(pl.col("other") != pl.col("person_id"))
        .join(crowd, on=key, how="left", maintain_order="left")
        .join(own, on=[*key, "person_id"], how="left", maintain_order="left")
        .select(
            *_ROW,
            "person_id",
            "other",
            "place",
            (pl.col("crowd") - pl.col("is_among").fill_null(0)).cast(pl.Int64).alias("number"),
        )
    )


def _by_sex(entries: pl.DataFrame) -> pl.DataFrame:
    """Each entry under every sex that asks for it: its own and where none is known; one without under all."""
    sexes = pl.DataFrame(
        {"sex": [0, 0, 1, 1, 2, 2, 2], "asked": [0, 2, 1, 2, 0, 1, 2]}, schema_overrides={"sex": pl.Int8}
    )
    asked = sexes.with_columns(pl.col("asked").cast(pl.Int8))
    return entries.join(asked, on="sex", maintain_order="left").drop("sex").rename({"asked": "sex"})


RULE = Rule(
    key=RuleKey.POSSIBLE_DUPLICATE,
    title_vi="Có thể trùng người",
    title_en="Perhaps one person",
    clause="Quy tắc 16; cách hiểu 10",
    cells=("full_name", "birth_date", "citizen_id"),
    reads=("person_id", "name_key", "birth_date", "birth_year"),
    adds=("pair_key",),
    apply=apply,
)
