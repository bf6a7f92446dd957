"""What a month's run looks back at: earlier decisions, the accounts last paid to, the month before."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from ioc_etl.adapters.store_frames import read_frame
from ioc_etl.adapters.store_ledger import NOW, STANDING_BATCHES
from ioc_etl.adapters.store_records import MonthPast
from schemas.ledger import EARLIER_DECISION, LAST_MONTH, LAST_PAYMENT, USED_LINK, VOIDED

_STANDS = (
    "approved_seq <= :at AND (voided_seq IS NULL OR voided_seq > :at) AND (returned_seq IS NULL OR returned_seq > :at)"
)
_PAYS = "amount_vnd > 0 AND batch_kind <> 'offset'"
_EARLIER = sa.text(
    f"""
    WITH approved AS MATERIALIZED ({STANDING_BATCHES} AND b.reference_month = :month),
    of_centre AS (
        SELECT DISTINCT ON (centre_code) centre_code, run_id FROM approved
        WHERE kind <> 'recovery' ORDER BY centre_code, audit_seq DESC
    ),
    of_person AS MATERIALIZED (
        SELECT DISTINCT ON (a.centre_code, l.person_id) a.centre_code, l.person_id, a.run_id
        FROM approved a JOIN payroll.payment_line l USING (batch_id)
        ORDER BY a.centre_code, l.person_id, a.audit_seq DESC
    ),
    decided AS (
        SELECT d.* FROM of_person p JOIN payroll.decision d USING (run_id, centre_code, person_id)
        UNION ALL
        SELECT d.* FROM of_centre c JOIN payroll.decision d USING (run_id, centre_code)
        WHERE d.person_id IS NOT NULL
          AND (d.centre_code, d.person_id) NOT IN (SELECT centre_code, person_id FROM of_person)
    )
    SELECT DISTINCT ON (d.centre_code, d.person_id)
        d.centre_code, d.person_id, d.citizen_id, d.birth_date, d.outcome, d.codes, d.work_mode, d.coefficient_tenths,
        d.base_salary_vnd, d.days_on_duty,
        payroll.count_days((
            SELECT bit_or(o.post_days) FROM payroll.decision o
            WHERE (o.run_id, o.centre_code, o.person_id) = (d.run_id, d.centre_code, d.person_id)
              AND o.amount_vnd > 0)), f.sha256, r.policy_version
    FROM decided d JOIN payroll.run r USING (run_id)
    JOIN payroll.run_centre c ON c.run_id = d.run_id AND c.centre_code = d.centre_code
    LEFT JOIN landing.source_file f USING (source_file_id)
    ORDER BY d.centre_code, d.person_id, d.outcome = 'merged', d.amount_vnd DESC, d.source_row
    """  # noqa: S608 - a query of our own within another
)
_USED_LINKS = sa.text(
    f"""
    WITH approved AS MATERIALIZED ({STANDING_BATCHES} AND b.reference_month = :month),
    known AS (
        SELECT k.former_id, k.person_id, a.audit_seq
        FROM (SELECT run_id, max(audit_seq) AS audit_seq FROM approved GROUP BY run_id) a
        JOIN payroll.run_link k USING (run_id)
    ),
    money AS (
        SELECT citizen_id FROM payroll.ledger_history WHERE reference_month = :month AND {_STANDS}
        AND EXISTS (SELECT FROM known)
    ),
    used AS (
        SELECT DISTINCT ON (former_id) former_id, person_id, audit_seq FROM known
        WHERE former_id IN (SELECT citizen_id FROM money) OR person_id IN (SELECT citizen_id FROM money)
        ORDER BY former_id, audit_seq DESC
    )
    SELECT former_id, person_id FROM used ORDER BY audit_seq, former_id
    """  # noqa: S608 - a query and a condition of our own
)
_VOIDED = sa.text(
    """
    SELECT centre_code, citizen_id, batch_kind || '/' || batch_number
    FROM payroll.ledger_history WHERE reference_month = :month AND batch_number IS NOT NULL AND voided_seq <= :at
    ORDER BY voided_seq, centre_code, citizen_id
    """
)
_LAST_PAYMENT = sa.text(
    f"""
    WITH paid AS (
        SELECT person_id, reference_month, sum(amount_vnd) AS amount_vnd,
               (array_agg(bank_account ORDER BY approved_seq DESC) FILTER (WHERE {_PAYS}))[1] AS bank_account,
               (array_agg(bank_name ORDER BY approved_seq DESC) FILTER (WHERE {_PAYS}))[1] AS bank_name
        FROM payroll.ledger_history WHERE reference_month < :month AND batch_kind <> 'opening' AND {_STANDS}
        GROUP BY person_id, reference_month
    )
    SELECT DISTINCT ON (person_id) person_id, reference_month, bank_account, bank_name
    FROM paid WHERE amount_vnd > 0 AND bank_account IS NOT NULL ORDER BY person_id, reference_month DESC
    """  # noqa: S608 - a condition of our own
)
_LAST_MONTH = sa.text(
    f"""
    WITH ledger AS (
        SELECT centre_code, person_id, sum(amount_vnd)::bigint AS amount_vnd
        FROM payroll.ledger_history WHERE reference_month = :before AND {_STANDS} GROUP BY centre_code, person_id
    ),
    approved AS (
        SELECT b.centre_code FROM payroll.approval a JOIN payroll.batch b USING (batch_id)
        LEFT JOIN payroll.void v USING (batch_id)
        WHERE b.reference_month = :before AND b.kind = 'regular'
          AND a.audit_seq <= :at AND (v.audit_seq IS NULL OR v.audit_seq > :at)
    )
    SELECT d.centre_code, d.person_id, d.work_mode,
        CASE WHEN d.amount_vnd > 0 THEN COALESCE(payroll.count_days(d.post_days), d.days_on_duty)
            ELSE d.days_on_duty END,
        d.base_salary_vnd,
        CASE WHEN d.centre_code NOT IN (SELECT centre_code FROM approved) THEN d.amount_vnd
            WHEN d.source_row = min(d.source_row) OVER (PARTITION BY d.centre_code, d.person_id)
            THEN COALESCE(l.amount_vnd, 0) ELSE 0 END
    FROM payroll.decision d
    LEFT JOIN ledger l ON l.centre_code = d.centre_code AND l.person_id = d.person_id
    WHERE d.run_id = :before_run AND d.person_id IS NOT NULL AND d.outcome <> 'merged'
    ORDER BY d.centre_code, d.person_id, d.source_row
    """  # noqa: S608 - a condition of our own
)


def read_month_past(
    connection: sa.Connection, month: date, at: int = NOW, *, month_before_run_id: UUID | None
) -> MonthPast:
    """What was decided and paid before, now or as of a position of the ledger.

    `month_before_run_id` is the run by which the month before counts (`MonthState`); null: it was never decided.
    """
    then = {"before": (month - timedelta(days=1)).replace(day=1), "before_run": month_before_run_id, "at": at}
    return MonthPast(
        earlier=read_frame(connection, _EARLIER, EARLIER_DECISION, month=month, at=at),
        last_payments=read_frame(connection, _LAST_PAYMENT, LAST_PAYMENT, month=month, at=at),
        last_month=read_frame(connection, _LAST_MONTH, LAST_MONTH, **then),
        used_links=read_frame(connection, _USED_LINKS, USED_LINK, month=month, at=at),
        voided=read_frame(connection, _VOIDED, VOIDED, month=month, at=at),
    )
