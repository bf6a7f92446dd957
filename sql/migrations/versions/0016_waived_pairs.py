"""One waiver of a possible duplicate covers the pair, at whichever centre either of them is (close reading 10).

So a batch rests on it wherever it was waived, and whoever waived it approves neither batch.
"""

from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

PEOPLE = """
CREATE FUNCTION payroll.waived_people(w payroll.waiver) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN w.person_key LIKE 'id:%' THEN ARRAY[substr(w.person_key, 4)]
        WHEN w.person_key LIKE 'ids:%' THEN string_to_array(substr(w.person_key, 5), ',')
        WHEN w.person_key LIKE 'crowd:%' THEN ARRAY[split_part(substr(w.person_key, 7), '+', 1)]
        ELSE '{}' END
$$;
COMMENT ON FUNCTION payroll.waived_people IS 'The IDs that a waiver names; none where its person has no usable ID.';
"""

BASIS = """
CREATE OR REPLACE FUNCTION payroll.batch_basis(which uuid) RETURNS text LANGUAGE sql STABLE AS $$
    WITH batch AS (
        SELECT b.batch_id, b.reference_month, b.centre_code, m.current_run_id
        FROM payroll.batch b JOIN payroll.month m USING (reference_month) WHERE b.batch_id = which
    ),
    person AS (SELECT DISTINCT l.person_id FROM payroll.payment_line l WHERE l.batch_id = which),
    part AS (
        SELECT jsonb_build_array('decision', d.person_id, d.outcome, d.amount_vnd, d.codes)::text AS told
        FROM batch b JOIN payroll.decision d ON d.run_id = b.current_run_id AND d.centre_code = b.centre_code
        JOIN person USING (person_id)
        UNION ALL
        SELECT DISTINCT jsonb_build_array('waiver', w.waiver_id)::text
        FROM batch b JOIN payroll.waiver w ON (w.centre_code = b.centre_code OR w.code = 'POSSIBLE_DUPLICATE')
            AND b.reference_month BETWEEN w.valid_from AND COALESCE(w.valid_to, b.reference_month)
        JOIN person ON person.person_id = ANY (payroll.waived_people(w))
        WHERE NOT EXISTS (SELECT FROM payroll.waiver_end e WHERE e.waiver_id = w.waiver_id)
        UNION ALL
        SELECT jsonb_build_array('standing', s.person_id, s.centre_code, s.source_row, s.source_sha256)::text
        FROM (
            SELECT DISTINCT ON (s.person_id) s.*
            FROM batch b JOIN payroll.standing s USING (reference_month) JOIN person USING (person_id)
            ORDER BY s.person_id, s.standing_no DESC
        ) s
    )
    SELECT encode(sha256(convert_to(COALESCE(string_agg(told, E'\\n' ORDER BY told COLLATE "C"), ''), 'UTF8')), 'hex')
    FROM part
$$;
"""

OWN_WORK = """
CREATE OR REPLACE FUNCTION payroll.own_work(which uuid, who text)
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
    ),
    -- Those of the centre, and a pair's at whichever centre it was waived; an answer about a regime decides no line.
    waiver AS (
        SELECT b.batch_id, w.* FROM b JOIN payroll.waiver w ON w.code <> 'REGIME_UNREGISTERED' AND (
            w.centre_code = b.centre_code OR (
                w.code = 'POSSIBLE_DUPLICATE' AND payroll.waived_people(w) && ARRAY(SELECT name.id FROM name)))
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
            SELECT FROM b JOIN waiver w USING (batch_id) LEFT JOIN payroll.waiver_end e USING (waiver_id)
            JOIN payroll.run r ON r.run_id = b.run_id
            WHERE w.actor = who AND b.reference_month BETWEEN w.valid_from AND COALESCE(w.valid_to, b.reference_month)
              AND (e.at IS NULL OR e.at >= r.started_at))
        UNION ALL
        SELECT 'unwaive' WHERE EXISTS (
            SELECT FROM b JOIN waiver w USING (batch_id) JOIN payroll.waiver_end e USING (waiver_id)
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
"""


def upgrade() -> None:
    for part in (PEOPLE, BASIS, OWN_WORK):
        op.execute(part)
