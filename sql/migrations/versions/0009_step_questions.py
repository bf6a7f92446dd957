"""May this account take this step with this batch? The program asks first, the triggers of 0010 ask again.

Answers as those of 0008: one row per reason, none means yes.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ACTORS = """
CREATE FUNCTION payroll.actor_refusals(who text, VARIADIC may text[])
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.actor IS NULL THEN 'unknown_actor' WHEN NOT a.is_active THEN 'disabled_actor'
                ELSE 'not_the_role' END, NULL::bigint, array_to_string(may, ', ')
    FROM (VALUES (who)) AS asked (actor) LEFT JOIN payroll.actor a USING (actor)
    WHERE a.actor IS NULL OR NOT a.is_active OR NOT a.roles && may
$$;
"""

STEPS = """
-- Nothing is paid but what the month's current run found due, line by line.
CREATE FUNCTION payroll.is_as_found(b payroll.batch) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM payroll.month m JOIN payroll.run_due d ON d.run_id = m.current_run_id
        WHERE m.reference_month = b.reference_month
          AND (d.centre_code, d.kind, d.content_sha256) = (b.centre_code, b.kind, b.content_sha256))
$$;

CREATE FUNCTION payroll.submission_refusals(which uuid, who text)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
DECLARE
    b payroll.batch;
    last payroll.submission;
    pulled text;
BEGIN
    SELECT * INTO b FROM payroll.batch WHERE batch_id = which;
    RETURN QUERY SELECT * FROM payroll.actor_refusals(who, 'finance');
    IF b.batch_id IS NULL OR b.status NOT IN ('draft', 'submitted') THEN
        RETURN QUERY SELECT 'wrong_status', NULL::bigint, COALESCE(b.status, 'none');
        RETURN;
    END IF;
    IF payroll.batch_content(which) IS DISTINCT FROM b.content_sha256 THEN
        RETURN QUERY SELECT 'content_changed', NULL::bigint, NULL::text;
    ELSIF NOT payroll.is_as_found(b) THEN
        RETURN QUERY SELECT 'not_as_found', NULL::bigint, NULL::text;
    END IF;
    SELECT * INTO last FROM payroll.submission s WHERE s.batch_id = which ORDER BY s.submission_no DESC LIMIT 1;
    IF b.status = 'submitted' AND last.content_sha256 = b.content_sha256
        AND last.basis_sha256 = payroll.batch_basis(which) THEN
        RETURN QUERY SELECT 'submitted_already', NULL::bigint, NULL::text;
    END IF;
    -- Rulebook section 6, a file in force: a later one that is missing or refused is settled first.
    SELECT c.pulled_status INTO pulled FROM payroll.run r JOIN payroll.run_centre c USING (run_id)
        WHERE r.reference_month = b.reference_month AND c.centre_code = b.centre_code AND c.pulled_status IS NOT NULL
        ORDER BY r.run_no DESC LIMIT 1;
    IF pulled IN ('missing', 'refused') THEN
        RETURN QUERY SELECT 'file_not_settled', NULL::bigint, pulled;
    END IF;
    RETURN QUERY
    SELECT 'recovery_not_confirmed', count(*), NULL::text FROM payroll.payment_line l
    WHERE l.batch_id = which AND b.kind = 'recovery' AND NOT EXISTS (
        SELECT FROM payroll.recovery_confirmation c
        WHERE (c.payment_id, c.run_id, c.amount_vnd) = (l.payment_id, l.run_id, l.amount_vnd))
    HAVING count(*) > 0;
END $$;

CREATE FUNCTION payroll.own_work(which uuid, who text)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE sql STABLE AS $$
    WITH b AS (SELECT * FROM payroll.batch WHERE batch_id = which),
    line AS (SELECT l.* FROM payroll.payment_line l WHERE l.batch_id = which),
    -- Every ID of whom the IDs on its lines stand for now.
    person AS (
        SELECT DISTINCT m.current_run_id, COALESCE(k.person_id, line.citizen_id) AS person_id
        FROM b JOIN payroll.month m USING (reference_month) CROSS JOIN line
        LEFT JOIN payroll.run_link k ON k.run_id = m.current_run_id AND k.former_id = line.citizen_id
    ),
    name AS (
        SELECT person.person_id AS id FROM person
        UNION
        SELECT k.former_id FROM person JOIN payroll.run_link k
            ON k.run_id = person.current_run_id AND k.person_id = person.person_id
    )
    SELECT 'own_work', NULL::bigint, string_agg(work, ', ') FROM (
        SELECT 'run' AS work WHERE EXISTS (
            SELECT FROM payroll.run r WHERE r.actor = who
            AND r.run_id IN (SELECT b.run_id FROM b UNION SELECT line.run_id FROM line))
        UNION ALL
        SELECT 'submission' WHERE EXISTS (
            SELECT FROM payroll.submission s WHERE s.batch_id = which AND s.actor = who)
        UNION ALL
        SELECT 'waiver' WHERE EXISTS (
            SELECT FROM b JOIN payroll.waiver w USING (centre_code) LEFT JOIN payroll.waiver_end e USING (waiver_id)
            JOIN payroll.run r ON r.run_id = b.run_id
            WHERE w.actor = who AND b.reference_month BETWEEN w.valid_from AND COALESCE(w.valid_to, b.reference_month)
              AND (e.at IS NULL OR e.at >= r.started_at))
        UNION ALL
        SELECT 'unwaive' WHERE EXISTS (
            SELECT FROM b JOIN payroll.waiver w USING (centre_code) JOIN payroll.waiver_end e USING (waiver_id)
            WHERE e.actor = who AND b.reference_month BETWEEN w.valid_from AND COALESCE(w.valid_to, b.reference_month))
        UNION ALL
        SELECT 'standing' WHERE EXISTS (
            SELECT FROM b JOIN payroll.standing s USING (reference_month) WHERE s.actor = who
            AND (s.centre_code = b.centre_code OR s.person_id IN (SELECT name.id FROM name)))
        UNION ALL
        SELECT 'confirmation' WHERE EXISTS (
            SELECT FROM line JOIN payroll.recovery_confirmation c USING (payment_id) WHERE c.actor = who)
        UNION ALL
        SELECT 'upload' WHERE EXISTS (
            SELECT FROM b JOIN landing.mended_roster r USING (reference_month, centre_code) WHERE r.actor = who)
        UNION ALL
        SELECT 'opening' WHERE EXISTS (
            SELECT FROM b JOIN payroll.opening_line o USING (reference_month)
            LEFT JOIN payroll.opening_end e USING (payment_id)
            WHERE who IN (o.actor, e.actor)
              AND (o.centre_code = b.centre_code OR o.citizen_id IN (SELECT name.id FROM name)))
        UNION ALL
        SELECT 'return' WHERE EXISTS (
            SELECT FROM b JOIN payroll.batch earlier USING (reference_month, centre_code)
            JOIN payroll.payment_line l ON l.batch_id = earlier.batch_id JOIN name ON name.id = l.citizen_id
            JOIN payroll.line_result r ON r.payment_id = l.payment_id AND r.result = 'returned'
            WHERE r.actor = who)
    ) done HAVING count(*) > 0
$$;
COMMENT ON FUNCTION payroll.own_work IS 'What somebody did for a batch''s content, and may therefore not approve.';

CREATE FUNCTION payroll.approval_refusals(
    which uuid, who text, content text, basis text, run uuid, amount bigint, pay_date date)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
DECLARE
    b payroll.batch;
    last payroll.submission;
BEGIN
    SELECT * INTO b FROM payroll.batch WHERE batch_id = which;
    RETURN QUERY SELECT * FROM payroll.actor_refusals(who, 'approver');
    IF b.batch_id IS NULL OR b.status <> 'submitted' THEN
        RETURN QUERY SELECT 'wrong_status', NULL::bigint, COALESCE(b.status, 'none');
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM payroll.own_work(which, who);
    SELECT * INTO last FROM payroll.submission s WHERE s.batch_id = which ORDER BY s.submission_no DESC LIMIT 1;
    IF (content, content, content)
        IS DISTINCT FROM (b.content_sha256, payroll.batch_content(which), last.content_sha256) THEN
        RETURN QUERY SELECT 'content_changed', NULL::bigint, NULL::text;
    ELSIF NOT payroll.is_as_found(b) THEN
        RETURN QUERY SELECT 'not_as_found', NULL::bigint, NULL::text;
    END IF;
    IF (basis, basis) IS DISTINCT FROM (payroll.batch_basis(which), last.basis_sha256)
        OR run IS DISTINCT FROM (SELECT m.current_run_id FROM payroll.month m
                                 WHERE m.reference_month = b.reference_month) THEN
        RETURN QUERY SELECT 'basis_changed', NULL::bigint, NULL::text;
    END IF;
    IF amount IS DISTINCT FROM (SELECT sum(l.amount_vnd) FROM payroll.payment_line l WHERE l.batch_id = which) THEN
        RETURN QUERY SELECT 'wrong_total', NULL::bigint, NULL::text;
    END IF;
    IF pay_date < b.reference_month THEN
        RETURN QUERY SELECT 'paid_before_month', NULL::bigint, to_char(pay_date, 'YYYY-MM-DD');
    END IF;
    -- Money paid before go-live came in after the run, maybe under an ID that the run links to nobody.
    RETURN QUERY
    SELECT 'opening_not_settled', count(*), NULL::text
    FROM payroll.opening_line o LEFT JOIN payroll.opening_end e USING (payment_id)
    WHERE o.reference_month = b.reference_month AND GREATEST(o.audit_seq, e.audit_seq) > (
        SELECT r.ledger_position FROM payroll.month m JOIN payroll.run r ON r.run_id = m.current_run_id
        WHERE m.reference_month = b.reference_month)
    HAVING count(*) > 0;
    RETURN QUERY SELECT * FROM payroll.ledger_refusals(which, 1);
    RETURN QUERY SELECT * FROM payroll.budget_refusals(which, pay_date);
END $$;

-- An opening line that was a mistake counts no more; a recovery that rests on it comes first.
CREATE FUNCTION payroll.opening_end_refusals(which uuid, who text)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
DECLARE
    o payroll.opening_line;
    now_run uuid;
BEGIN
    RETURN QUERY SELECT * FROM payroll.actor_refusals(who, 'finance');
    SELECT * INTO o FROM payroll.opening_line WHERE payment_id = which;
    IF o.payment_id IS NULL OR EXISTS (SELECT FROM payroll.opening_end e WHERE e.payment_id = which) THEN
        RETURN QUERY SELECT 'opening_ended', NULL::bigint, NULL::text;
        RETURN;
    END IF;
    SELECT current_run_id INTO now_run FROM payroll.month WHERE reference_month = o.reference_month;
    RETURN QUERY
    SELECT 'below_zero', 1::bigint, NULL::text
    FROM payroll.ledger_line v
    LEFT JOIN payroll.run_link k ON k.run_id = now_run AND k.former_id = v.citizen_id
    WHERE v.reference_month = o.reference_month AND v.centre_code = o.centre_code AND NOT v.is_returned
      AND COALESCE(k.person_id, v.citizen_id) = COALESCE(
          (SELECT l.person_id FROM payroll.run_link l WHERE l.run_id = now_run AND l.former_id = o.citizen_id),
          o.citizen_id)
    HAVING sum(v.amount_vnd) < o.amount_vnd;
END $$;

CREATE FUNCTION payroll.void_refusals(which uuid, who text)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
DECLARE
    b payroll.batch;
BEGIN
    SELECT * INTO b FROM payroll.batch WHERE batch_id = which;
    RETURN QUERY SELECT * FROM payroll.actor_refusals(who, 'finance', 'approver');
    IF b.batch_id IS NULL OR b.status <> 'approved' THEN
        RETURN QUERY SELECT 'wrong_status', NULL::bigint, COALESCE(b.status, 'none');
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM payroll.ledger_refusals(which, -1);
    RETURN QUERY
    SELECT r.* FROM payroll.approval a, payroll.budget_refusals(which, a.pay_date, -1) r WHERE a.batch_id = which;
END $$;
"""


def upgrade() -> None:
    op.execute(ACTORS)
    op.execute(STEPS)
