"""The input fingerprint: equal to the current run's, and nothing has to be done (design section 3, same again)."""

import hashlib
import json
from collections.abc import Mapping, Sequence

import polars as pl

from ioc_etl.adapters.store_mended import Confirmation
from ioc_etl.pipeline.extract import PulledRegisters
from ioc_etl.policy.model import Policy

Parts = Mapping[str, object]
"""Everything a decision rests on but the ledger, by kind; each is plain data."""


def fingerprint(parts: Parts) -> str:
    """SHA-256 over the parts."""
    return digest(parts)


def digest(part: object) -> str:
    """SHA-256 of plain data."""
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()


def parts_of(
    *,
    offers: Mapping[str, Sequence[str]],
    in_force: Mapping[str, str],
    registers: PulledRegisters,
    ignored: Sequence[str],
    confirmed: Mapping[tuple[str, str], Confirmation],
    waivers: pl.DataFrame,
    standings: pl.DataFrame,
    policy: Policy,
    code_version: str,
    month_before: str,
    pay_year: int,
    has_year_ended: bool,
) -> Parts:
    """`offers` and `in_force` give SHA-256 by centre; the centres are part of `policy.version`.

    `confirmed` is what was said of returned rosters, by centre and SHA-256 of what was sent. `month_before` is what the
    current run of the month before rested on: variances are told against it. `pay_year` is the budget year in which
    arrears would be paid, `has_year_ended` says that the month's own pays nothing any more.
    """
    return {
        "offers": {code: sorted(shas) for code, shas in offers.items()},
        "in_force": dict(in_force),
        "registers": {str(name): sorted(file.sha256 for file in files) for name, files in registers.files.items()},
        "ignored": sorted(ignored),
        "confirmed": sorted(
            [*key, said.base_sha256, str(said.others), said.whole_sha256] for key, said in confirmed.items()
        ),
        "waivers": waivers.sort("waiver_id").write_json(),
        "standings": sorted(standings["standing_id"]),
        "policy": policy.version,
        "code": code_version,
        "month_before": month_before,
        "pay_year": pay_year,
        **({"has_year_ended": True} if has_year_ended else {}),
    }
