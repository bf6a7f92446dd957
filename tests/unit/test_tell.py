"""A finding as it is told: the blanks of its text filled with what stood in the file, word for word."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from factories import PROVINCE, approval_of, facts_of, month_result, raw_roster, registers, roster_row, waivers

from ioc_etl.core.tell import tell
from schemas.decision import DECISION
from schemas.finding import RAISED
from schemas.raw_roster import SHEET_COLUMNS
from schemas.roster import ROSTER
from schemas.vocabulary import FindingCode

JANUARY = date(2022, 1, 1)


def name_differs(name: str) -> str:
    """What is told of a police officer whose name on the roster differs from the approved one."""
    approved = roster_row(1, centre_code=PROVINCE)
    facts = facts_of(JANUARY, registers(approved_list=[approval_of(approved)]))
    told = month_result(raw_roster([roster_row(1, centre_code=PROVINCE, full_name=name)]), facts).findings
    return str(told.filter(pl.col("code") == "NAME_DIFFERS").get_column("message_en").item())


@pytest.mark.parametrize("name", ["An {place}", "{expected}", "An {found} {place}", "{{place}}", "An {", "$1 \\1 %s"])
def test_a_name_that_looks_like_a_blank_is_told_as_it_stands(name: str) -> None:
    assert f"“{name}”" in name_differs(name)


OPTIONAL = "An[ hoặc {found}][ ở {place}]: {expected}"


@pytest.mark.parametrize(
    ("found", "place", "told"),
    [
        (None, None, "An: x"),
        ("", "", "An: x"),
        ("Bình", None, "An hoặc Bình: x"),
        (None, "D4", "An ở D4: x"),
        ("Bình", "D4", "An hoặc Bình ở D4: x"),
        ("[{place}]", "]$1[", "An hoặc [{place}] ở ]$1[: x"),
    ],
)
def test_an_optional_part_of_a_text_is_told_where_its_blank_is_filled(
    found: str | None, place: str | None, told: str
) -> None:
    facts = facts_of(JANUARY, registers())
    text = replace(facts.texts[FindingCode.FILE_IGNORED], message_vi=OPTIONAL)
    findings = tell(
        pl.DataFrame(
            [{**dict.fromkeys(RAISED), "code": "FILE_IGNORED", "found": found, "expected": "x", "place": place}],
            schema=RAISED,
        ),
        roster=pl.DataFrame(schema=ROSTER),
        decisions=pl.DataFrame(schema=DECISION),
        sheet_columns=pl.DataFrame(schema=SHEET_COLUMNS),
        facts=replace(facts, texts={**facts.texts, FindingCode.FILE_IGNORED: text}),
        waivers=waivers(),
    )
    assert findings["message_vi"].to_list() == [told]


def test_a_cell_is_named_by_the_table_that_its_row_stands_in() -> None:
    letters = [
        ("dong-xoai", "citizen_id", 0, 20, "D"),
        ("dong-xoai", "note", 0, 20, "P"),
        ("dong-xoai", "citizen_id", 20, 30, "E"),
        ("dong-xoai", "citizen_id", 30, 2**31 - 1, "B"),
    ]
    told = [("citizen_id", 19), ("citizen_id", 20), ("citizen_id", 30), ("note", 25), ("note", 9), ("citizen_id", None)]
    findings = tell(
        pl.DataFrame(
            [
                {
                    **dict.fromkeys(RAISED),
                    "code": code,
                    "centre_code": "dong-xoai",
                    "column_name": name,
                    "source_row": row,
                }
                for name, row in told
                for code in ("ID_INVALID", "ID_MISSING")
            ],
            schema=RAISED,
        ),
        roster=pl.DataFrame(schema=ROSTER),
        decisions=pl.DataFrame(schema=DECISION),
        sheet_columns=pl.DataFrame(letters, schema=SHEET_COLUMNS, orient="row"),
        facts=facts_of(JANUARY, registers()),
        waivers=waivers(),
    )
    cells = findings.filter(pl.col("code") == "ID_INVALID").select("column_name", "source_row", "cell").rows()
    assert set(cells) == {
        ("citizen_id", 19, "D19"),
        ("citizen_id", 20, "E20"),
        ("citizen_id", 30, "B30"),
        ("note", 25, None),
        ("note", 9, "P9"),
        ("citizen_id", None, None),
    }
    assert findings.height == 2 * len(told)
