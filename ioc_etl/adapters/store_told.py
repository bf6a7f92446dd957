"""What a month's current run found about one file of a centre: the one in force, or one that was refused."""

from datetime import date

import sqlalchemy as sa

from ioc_etl.adapters.tables import FINDINGS, MONTH
from schemas.returned import ToldFinding


def told_of_file(
    connection: sa.Connection, month: date, centre_code: str, *, is_refused: bool
) -> tuple[ToldFinding, ...]:
    """The findings that nobody waived, in the run's order.

    A finding names its file only where that was refused: the view's file name cannot tell the two apart, since both
    usually have the same.
    """
    finding = FINDINGS.c
    query = (
        sa.select(*(finding[name] for name in ToldFinding.__slots__))
        .join(MONTH, MONTH.c.current_run_id == finding.run_id)
        .where(
            MONTH.c.reference_month == month,
            finding.centre_code == centre_code,
            ~finding.is_waived,
            finding.source_file.is_not(None) if is_refused else finding.source_file.is_(None),
        )
        .order_by(finding.position)
    )
    return tuple(ToldFinding(*row) for row in connection.execute(query))
