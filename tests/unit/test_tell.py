"""A finding as it is told: the blanks of its text filled with what stood in the file, word for word."""

from datetime import date

import polars as pl
import pytest
from factories import PROVINCE, approval_of, facts_of, month_result, raw_roster, registers, roster_row

JANUARY = date(2022, 1, 1)


def name_differs(name: str) -> str:
    """What is told of a police officer whose name on the roster differs from the approved one."""
    approved = roster_row(1, centre_code=PROVINCE)
    facts = facts_of(JANUARY, registers(approved_list=[approval_of(approved)]))
    told = month_result(raw_roster([roster_row(1, centre_code=PROVINCE, full_name=name)]), facts).findings
    return str(told.filter(pl.col("code") == "NAME_DIFFERS").get_column("message_en").item())


@pytest.mark.parametrize("name", ["An {place}", "{expected}", "An {found} {place}", "{{place}}", "{", "$1 \\1 %s"])
def test_a_name_that_looks_like_a_blank_is_told_as_it_stands(name: str) -> None:
    assert f"“{name}”" in name_differs(name)
