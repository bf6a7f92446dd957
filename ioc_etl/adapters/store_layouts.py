"""The layouts of accepted files: written with every run, and the last one of every centre."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from schemas.layout import AcceptedLayout, Layout, LayoutColumn

# Month by month backwards, until one is found: for nearly every centre that is the month before.
_LAST = sa.text(
    """
    SELECT offered.centre_code, last.reference_month, CAST(last.layout AS text)
    FROM unnest(CAST(:codes AS text[]), CAST(:files AS uuid[])) AS offered (centre_code, source_file_id)
    CROSS JOIN LATERAL (
        (SELECT 1 AS rank, run.reference_month, its.layout
         FROM payroll.run JOIN payroll.run_centre its
           ON its.run_id = run.run_id AND its.centre_code = offered.centre_code
         WHERE run.reference_month = :month AND its.layout IS NOT NULL
           AND its.source_file_id <> offered.source_file_id
         ORDER BY run.run_no DESC LIMIT 1)
        UNION ALL
        (SELECT 2, month.reference_month, its.layout
         FROM payroll.month JOIN payroll.run_centre its
           ON its.run_id = month.current_run_id AND its.centre_code = offered.centre_code
         WHERE month.reference_month < :month AND its.layout IS NOT NULL
         ORDER BY month.reference_month DESC LIMIT 1)
        ORDER BY rank LIMIT 1
    ) AS last
    """
)


def last_layouts(connection: sa.Connection, month: date, offered: Mapping[str, UUID]) -> dict[str, AcceptedLayout]:
    """Per centre the layout of the last accepted file that is not the offered one; none for a centre's first file.

    That is the file in force in the month before the offered one was, else that of the latest earlier month.
    """
    rows = connection.execute(_LAST, {"month": month, "codes": list(offered), "files": list(offered.values())})
    return {code: AcceptedLayout(of_month, layout_of_json(layout)) for code, of_month, layout in rows}


@lru_cache(maxsize=1024)
def layout_as_json(layout: Layout) -> str:
    """A layout as `payroll.run_centre.layout` holds it: small, a column as [letters, header, field]."""
    return json.dumps(
        {
            "sheet": layout.sheet,
            "header_rows": layout.header_rows,
            "columns": [(column.letter, column.header, column.field) for column in layout.columns],
            "has_groups": layout.has_groups,
            "unit": layout.unit,
        },
        ensure_ascii=False,
    )


@lru_cache(maxsize=1024)
def layout_of_json(text: str) -> Layout:
    """What `layout_as_json` wrote. Most centres fill in the same form: their layouts are read once."""
    value: Mapping[str, Any] = json.loads(text)
    columns: Sequence[Sequence[Any]] = value["columns"]
    return Layout(
        sheet=value["sheet"],
        header_rows=tuple(value["header_rows"]),
        columns=tuple(LayoutColumn(letter, header, field) for letter, header, field in columns),
        has_groups=value["has_groups"],
        unit=value["unit"],
    )
