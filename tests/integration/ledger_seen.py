"""What the database says of one month between two actions: its rows, posts, links, batches, ledger and audit chain."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from ledger_world import COMMITTED, SeenBatch, SeenLine, SeenRow

from ioc_etl.adapters import audit

_ROWS = sa.text(
    """
    SELECT d.centre_code, d.source_row, d.person_id, d.full_name, d.outcome, d.has_no_right, d.amount_vnd, d.codes,
           EXISTS (SELECT FROM payroll.finding f WHERE f.run_id = d.run_id AND f.centre_code = d.centre_code
                   AND f.source_row = d.source_row AND f.code = 'DUPLICATE_PERSON' AND f.severity = 'warn'),
           d.post_days
    FROM payroll.month m JOIN payroll.decision d ON d.run_id = m.current_run_id
    WHERE m.reference_month = :month ORDER BY d.centre_code, d.source_row
    """
)
_POSTS = sa.text(
    "SELECT c.centre_code, c.quota FROM payroll.month m JOIN payroll.run_centre c ON c.run_id = m.current_run_id "
    "WHERE m.reference_month = :month AND c.quota IS NOT NULL"
)
_LINKS = sa.text(
    "SELECT k.former_id, k.person_id FROM payroll.month m JOIN payroll.run_link k ON k.run_id = m.current_run_id "
    "WHERE m.reference_month = :month"
)
_BATCHES = sa.text(
    "SELECT batch_id::text, centre_code, kind, number, status FROM payroll.batch WHERE reference_month = :month "
    "ORDER BY centre_code, kind, number"
)
_LINES = sa.text(
    """
    SELECT l.batch_id::text, l.centre_code, l.batch_kind, l.person_id, l.full_name, l.amount_vnd, l.cause,
           l.cause_detail, l.payment_id::text, l.bank_account,
           EXISTS (SELECT FROM payroll.line_result r WHERE r.payment_id = l.payment_id AND r.result = 'returned'),
           COALESCE((SELECT sum(r.amount_vnd) FROM payroll.line_result r WHERE r.payment_id = l.payment_id), 0)::bigint,
           l.post_days
    FROM payroll.payment_line l WHERE l.reference_month = :month ORDER BY l.payment_id
    """
)
_APPROVALS = sa.text("SELECT batch_id::text, audit_seq FROM payroll.approval ORDER BY audit_seq")
_OPENINGS = sa.text(
    "SELECT centre_code, 'opening', person_id, full_name, amount_vnd, 'decided', NULL, payment_id::text, NULL, false "
    "FROM payroll.opening_line WHERE reference_month = :month ORDER BY audit_seq, payment_id"
)
_OUTSIDE = sa.text("SELECT payment_id::text FROM state_payroll.payment_record WHERE reference_month = :month")


@dataclass(frozen=True, slots=True)
class Seen:
    """The database as it stands between two actions."""

    rows: list[SeenRow]
    posts: Mapping[str, int]
    links: Mapping[str, str]
    batches: list[SeenBatch]
    ledger: list[SeenLine]
    events: int
    outside: frozenset[str]


def look(engine: sa.Engine, month: date) -> Seen:
    """Everything at one moment."""
    with engine.connect() as connection:

        def ask(query: sa.TextClause) -> list[sa.Row[tuple[object, ...]]]:
            return list(connection.execute(query, {"month": month}))

        lines: dict[str, list[SeenLine]] = defaultdict(list)
        for batch_id, *line in ask(_LINES):
            lines[str(batch_id)].append(SeenLine(*line))
        batches = [SeenBatch(*row, lines=tuple(lines[row[0]])) for row in ask(_BATCHES)]
        committed = {batch.batch_id for batch in batches if batch.status in COMMITTED}
        in_order = [str(batch_id) for batch_id, _ in connection.execute(_APPROVALS) if batch_id in committed]
        return Seen(
            rows=[SeenRow(*row[:7], codes=tuple(row[7]), is_standing=row[8], post_days=row[9]) for row in ask(_ROWS)],
            posts=dict(row for row in ask(_POSTS)),
            links=dict(row for row in ask(_LINKS)),
            batches=batches,
            ledger=[
                *(SeenLine(*row) for row in ask(_OPENINGS)),
                *(line for batch_id in in_order for line in lines[batch_id]),
            ],
            events=audit.count(connection),
            outside=frozenset(str(row[0]) for row in ask(_OUTSIDE)),
        )
