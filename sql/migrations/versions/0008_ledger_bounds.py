"""What the ledger refuses whatever the step: more than one entitlement, more people than posts, more than the budget.

Functions named `*_refusals` return one row per reason (a code, a number, a detail; never a personal value); none means
that the step may be taken.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEDGER = """
-- How much of a recovery is not collected, since what it takes back came back from the bank. Only an approved one is
-- offset, so it is asked where a batch's lines are taken away.
CREATE FUNCTION payroll.offset_of(which uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT COALESCE(sum(r.amount_vnd), 0)::bigint FROM payroll.line_result r
    WHERE r.payment_id = which AND r.result = 'offset'
$$;

-- What a batch's line adds to the ledger (sign 1), or what is taken away with it (-1).
CREATE FUNCTION payroll.signed_vnd(l payroll.payment_line, sign integer) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT sign * (l.amount_vnd + CASE WHEN sign < 0 THEN payroll.offset_of(l.payment_id) ELSE 0 END)
$$;

-- What a batch would do to the ledger of its month: sign 1 adds its lines, -1 takes them away. Money is that of whoever
-- the ID on its line stands for in the month's current run, whomever it stood for when the line was written.
CREATE FUNCTION payroll.ledger_refusals(which uuid, sign integer)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
DECLARE
    b payroll.batch;
    now_run uuid;
BEGIN
    SELECT * INTO b FROM payroll.batch WHERE batch_id = which;
    SELECT current_run_id INTO now_run FROM payroll.month WHERE reference_month = b.reference_month;

    RETURN QUERY
    WITH change AS MATERIALIZED (
        SELECT COALESCE(k.person_id, l.citizen_id) AS person_id, sum(payroll.signed_vnd(l, sign)) AS change_vnd
        FROM payroll.payment_line l
        LEFT JOIN payroll.run_link k ON k.run_id = now_run AND k.former_id = l.citizen_id
        WHERE l.batch_id = which GROUP BY 1
    ),
    name AS MATERIALIZED (
        SELECT c.person_id AS id, c.person_id FROM change c
        UNION
        SELECT k.former_id, c.person_id
        FROM change c JOIN payroll.run_link k ON k.run_id = now_run AND k.person_id = c.person_id
    ),
    committed AS MATERIALIZED (
        SELECT n.person_id, sum(v.amount_vnd) AS everywhere_vnd,
               COALESCE(sum(v.amount_vnd) FILTER (WHERE v.centre_code = b.centre_code), 0) AS here_vnd
        FROM name n JOIN payroll.ledger_line v ON v.citizen_id = n.id
        WHERE v.reference_month = b.reference_month AND NOT v.is_returned GROUP BY 1
    ),
    person AS MATERIALIZED (
        SELECT c.person_id, c.change_vnd,
               COALESCE(k.everywhere_vnd, 0) + c.change_vnd AS everywhere_vnd,
               COALESCE(k.here_vnd, 0) + c.change_vnd AS here_vnd,
               COALESCE((SELECT sum(d.amount_vnd) FROM payroll.decision d
                         WHERE d.run_id = now_run AND d.person_id = c.person_id AND d.amount_vnd > 0), 0) AS earned_vnd
        FROM change c LEFT JOIN committed k USING (person_id)
    ),
    -- Who has no entitlement is paid nothing, not even what was taken back before the bank returned it.
    above AS (
        SELECT p.person_id FROM person p
        WHERE p.change_vnd > 0 AND (p.everywhere_vnd > p.earned_vnd OR (sign > 0 AND p.earned_vnd = 0))
    ),
    below AS (SELECT p.person_id FROM person p WHERE p.change_vnd < 0 AND p.here_vnd < 0)
    SELECT 'above_entitlement', (SELECT count(*) FROM above), (
        SELECT string_agg(payroll.batch_name(r), ', ' ORDER BY payroll.batch_name(r)) FROM payroll.batch r
        WHERE r.reference_month = b.reference_month AND r.kind = 'recovery' AND r.status IN ('draft', 'submitted')
          AND EXISTS (SELECT FROM payroll.payment_line l JOIN name n ON n.id = l.citizen_id
                      JOIN above a ON a.person_id = n.person_id WHERE l.batch_id = r.batch_id))
    WHERE EXISTS (SELECT FROM above)
    UNION ALL
    SELECT 'below_zero', (SELECT count(*) FROM below), NULL WHERE EXISTS (SELECT FROM below);

    RETURN QUERY
    WITH moved AS MATERIALIZED (
        SELECT COALESCE(k.person_id, l.citizen_id) AS person_id, l.agency, l.amount_vnd, l.is_change
        FROM (
            SELECT v.citizen_id, v.agency, v.amount_vnd, false AS is_change FROM payroll.ledger_line v
            WHERE v.reference_month = b.reference_month AND v.centre_code = b.centre_code AND NOT v.is_returned
            UNION ALL
            SELECT l.citizen_id, l.agency, payroll.signed_vnd(l, sign), true FROM payroll.payment_line l
            WHERE l.batch_id = which
        ) l
        LEFT JOIN payroll.run_link k ON k.run_id = now_run AND k.former_id = l.citizen_id
    ),
    -- An agency's posts in this run: where agencies do not bind, its limit is the whole centre's.
    decided AS MATERIALIZED (
        SELECT d.person_id, d.agency, d.quota_limit FROM payroll.decision d
        WHERE d.run_id = now_run AND d.centre_code = b.centre_code
    ),
    post AS MATERIALIZED (
        SELECT m.person_id,
               COALESCE((SELECT min(d.agency) FROM decided d WHERE d.person_id = m.person_id), min(m.agency)) AS agency,
               sum(m.amount_vnd) > 0 AS is_held,
               COALESCE(sum(m.amount_vnd) FILTER (WHERE NOT m.is_change), 0) <= 0 AS is_new
        FROM moved m GROUP BY m.person_id
    ),
    held AS (
        SELECT NULL::text AS agency, count(*) AS posts, bool_or(p.is_new) AS is_growing,
               (SELECT c.quota FROM payroll.run_centre c
                WHERE c.run_id = now_run AND c.centre_code = b.centre_code) AS quota
        FROM post p WHERE p.is_held
        UNION ALL
        SELECT p.agency, count(*), bool_or(p.is_new),
               (SELECT max(d.quota_limit) FROM decided d WHERE d.agency = p.agency)
        FROM post p WHERE p.is_held AND p.agency IS NOT NULL GROUP BY p.agency
    )
    SELECT 'above_quota', h.posts, concat_ws(': ', h.agency, COALESCE(h.quota, 0)::text)
    FROM held h
    WHERE h.is_growing AND h.posts > CASE WHEN h.agency IS NULL THEN COALESCE(h.quota, 0) ELSE h.quota END
    ORDER BY h.agency NULLS FIRST;
END $$;
"""

BUDGET = """
-- Rule 15: what a batch would take from its funding source's year; sign 1 adds its lines, -1 takes them away. What
-- gives money back is not asked. The allocation is that of the register that was read last, whichever month read it.
CREATE FUNCTION payroll.budget_refusals(which uuid, pay_date date, sign integer DEFAULT 1)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
DECLARE
    b payroll.batch;
    of_year integer;
    taken bigint;
    stands record;
BEGIN
    SELECT * INTO b FROM payroll.batch WHERE batch_id = which;
    taken := COALESCE((SELECT sum(payroll.signed_vnd(l, sign)) FROM payroll.payment_line l
                       WHERE l.batch_id = which), 0);
    IF taken <= 0 THEN
        RETURN;
    END IF;
    of_year := payroll.budget_year(b.kind, b.reference_month, pay_date);
    SELECT u.allocated_vnd, u.committed_vnd INTO stands FROM payroll.budget_use u
    WHERE u.funding_source = b.funding_source AND u.budget_year = of_year;
    IF stands.allocated_vnd IS NULL THEN
        RETURN QUERY SELECT 'budget_missing', NULL::bigint, concat_ws(' ', b.funding_source, of_year);
    ELSIF stands.committed_vnd + taken > stands.allocated_vnd THEN
        RETURN QUERY SELECT 'budget_exceeded', stands.committed_vnd + taken - stands.allocated_vnd,
            concat_ws(' ', b.funding_source, of_year);
    END IF;
END $$;
"""


def upgrade() -> None:
    op.execute(LEDGER)
    op.execute(BUDGET)
