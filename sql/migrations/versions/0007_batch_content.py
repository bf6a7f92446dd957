"""What a batch is: the hash of its lines, of what they rest on, and its name."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CONTENT = """
-- What a batch's lines are, as adapters/store_batches.py hashes them.
CREATE FUNCTION payroll.content_field(value text) RETURNS bytea LANGUAGE sql STABLE
RETURN COALESCE(convert_to(value, 'UTF8'), '\\x00'::bytea);

CREATE FUNCTION payroll.batch_content(which uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(string_agg((
        SELECT string_agg(payroll.content_field(field), '\\x1f'::bytea ORDER BY place)
        FROM unnest(ARRAY[
            b.funding_source, to_char(l.reference_month, 'YYYY-MM-DD'), l.centre_code, l.batch_kind, l.person_id,
            l.citizen_id, l.full_name, l.staff_category, l.agency, l.work_mode, l.coefficient_tenths::text,
            l.base_salary_vnd::text, l.amount_vnd::text, l.bank_account, l.bank_name, l.legal_basis, l.sheet,
            l.source_row::text, l.cause, l.cause_detail, l.source_sha256
        ]) WITH ORDINALITY AS fields (field, place)
    ), '\\x1e'::bytea ORDER BY l.person_id COLLATE "C")), 'hex')
    FROM payroll.batch b JOIN payroll.payment_line l USING (batch_id) WHERE b.batch_id = which
$$;
COMMENT ON FUNCTION payroll.batch_content IS 'SHA-256 of a batch''s lines as they stand; null without lines.';

CREATE FUNCTION payroll.batch_basis(which uuid) RETURNS text LANGUAGE sql STABLE AS $$
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
        SELECT jsonb_build_array('waiver', w.waiver_id)::text
        FROM batch b JOIN payroll.waiver w ON w.centre_code = b.centre_code
            AND b.reference_month BETWEEN w.valid_from AND COALESCE(w.valid_to, b.reference_month)
        JOIN person ON w.person_key = 'id:' || person.person_id
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
COMMENT ON FUNCTION payroll.batch_basis IS
    'SHA-256 of what a batch rests on now: its people''s decisions at its centre, their waivers, which rows stand.';

CREATE FUNCTION payroll.batch_name(which payroll.batch) RETURNS text LANGUAGE sql STABLE
RETURN concat_ws('/', to_char((which).reference_month, 'YYYY-MM'), (which).centre_code, (which).kind, (which).number);
"""


def upgrade() -> None:
    op.execute(CONTENT)
