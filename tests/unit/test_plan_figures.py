"""What a plan counts, in one order."""

import polars as pl

from ioc_etl.pipeline.plan import Figure, _figures
from schemas.vocabulary import LineCause


def test_the_causes_of_a_centre_are_told_in_the_same_order_every_time() -> None:
    causes = [str(cause) for cause in LineCause]
    lines = pl.DataFrame({"centre_code": "tinh", "cause": [*causes, *reversed(causes)], "amount_vnd": 5})
    figures = _figures(lines, pl.col("amount_vnd"), "cause")["tinh"]
    assert list(figures.items()) == [(cause, Figure(2, 10)) for cause in sorted(causes)]
