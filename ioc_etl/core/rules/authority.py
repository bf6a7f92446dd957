"""Rule 1: after a centre's authority has ended nothing is approved until a text says who pays from then on."""

from collections.abc import Collection, Mapping

import polars as pl

from ioc_etl.core.facts import MonthFacts
from ioc_etl.core.findings import raised
from ioc_etl.policy.model import Centre
from schemas.vocabulary import FindingCode


def findings(codes: Collection[str], centres: Mapping[str, Centre], facts: MonthFacts) -> pl.DataFrame:
    """AUTHORITY_ENDED at every centre of `codes` with a day in the month that no authority covers."""
    first, last = facts.policy.first_day, facts.policy.last_day
    ended = [
        (code, f"{centre.authority_ended_on:%d/%m/%Y}", centre.authority_reference, _named(centre.successor, centres))
        for code, centre in centres.items()
        if code in codes and centre.authority_ended_on is not None and not centre.has_authority_between(first, last)
    ]
    names = ("centre_code", "ended", "because", "successor")
    rows = pl.DataFrame(ended, schema=dict.fromkeys(names, pl.String), orient="row")
    return raised(
        FindingCode.AUTHORITY_ENDED,
        rows,
        found=pl.col("ended"),
        expected=pl.col("successor"),
        place=pl.col("because"),
    )


def _named(code: str | None, centres: Mapping[str, Centre]) -> str | None:
    return centres[code].name if code is not None and code in centres else code
