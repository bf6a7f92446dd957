"""A finding as it is told: the blanks of its text filled with what stood in the file, word for word."""

import re
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from factories import PROVINCE, approval_of, facts_of, month_result, raw_roster, registers, roster_row, waivers

from ioc_etl.core.tell import as_told, tell
from schemas.columns import ROSTER_FIELDS
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


QUOTED = sorted({*ROSTER_FIELDS} - {"row_no"})
WHOLE = ["070080000001", "0102 0304 0012", "970401001234567", "9704-0100-1234", "070.080.000.001", "số 0102030400 x"]


@pytest.mark.parametrize("text", WHOLE)
def test_no_finding_tells_a_whole_id_or_account_whatever_column_it_stands_in(text: str) -> None:
    """Every field in turn holds a number as long as an ID's, in a centre whose agency binds, on its list or not."""
    rows = [roster_row(place, centre_code=PROVINCE, **{field: text}) for place, field in enumerate(QUOTED, start=1)]
    approved = [approval_of(roster_row(place, centre_code=PROVINCE)) for place in range(1, len(QUOTED) + 1)]
    facts = facts_of(JANUARY, registers(approved_list=approved))
    told = month_result(raw_roster(rows), facts).findings.filter(pl.col("source_row").is_not_null())
    assert told["column_name"].n_unique() > 8
    digits = pl.concat_str(pl.col("message_vi", "message_en", "found"), separator="|", ignore_nulls=True)
    digits = digits.str.replace_all("[ .-]", "")
    assert told.filter(digits.str.contains(re.sub("[^0-9]", "", text)))["code"].to_list() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2022-02-31", "2022-02-31"),
        ("31-02-2022 - 01.03.2022", "31-02-2022 - 01.03.2022"),
        ("2022-01-01 08:30:00", "2022-01-01 08:30:00"),
        ("101.320.000 đ", "101.320.000 đ"),
        ("1.101.320.000", "110******000"),
        ("12, 13, 14, 15, 16, 17", "12, 13, 14, 15, 16, 17"),
        ("070******001", "070******001"),
        ("0" * 400, "000******000"),
        ("ấ" * 400, "ấ" * 120 + "…"),
    ],
)
def test_days_amounts_and_lists_of_rows_are_told_and_long_cells_shortened(text: str, told: str) -> None:
    row = {**dict.fromkeys(RAISED), "code": "NOTE", "centre_code": "dong-xoai", "source_row": 2, "found": text}
    assert as_told(pl.DataFrame([row], schema=RAISED))["found"].to_list() == [told]


def test_an_amount_of_a_whole_centre_is_told() -> None:
    row = {**dict.fromkeys(RAISED), "code": "BUDGET", "centre_code": "dong-xoai", "found": "1.101.320.000 đ"}
    assert as_told(pl.DataFrame([row], schema=RAISED))["found"].to_list() == ["1.101.320.000 đ"]
