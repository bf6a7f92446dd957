"""What the ledger refuses, whoever asks: the same questions for the program, which asks first, and for the triggers.

Functions named `*_refusals` return one row per reason (a code, a number, a detail; never a personal value); none means
that the step may be taken. A trigger on the step's own table asks them again and raises. A row there moves the batch:
nobody sets a status by hand.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CONTENT = """
-- What a batch's lines are, as adapters/store_batches.py hashes them.
CREATE FUNCTION payroll.content_field(value text) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT COALESCE(convert_to(value, 'UTF8'), '\\x00'::bytea)
$$;

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

CREATE FUNCTION payroll.batch_name(which payroll.batch) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws('/', to_char(which.reference_month, 'YYYY-MM'), which.centre_code, which.kind, which.number)
$$;
"""

ACTORS = """
CREATE FUNCTION payroll.actor_refusals(who text, VARIADIC may text[])
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.actor IS NULL THEN 'unknown_actor' WHEN NOT a.is_active THEN 'disabled_actor'
                ELSE 'not_the_role' END, NULL::bigint, array_to_string(may, ', ')
    FROM (VALUES (who)) AS asked (actor) LEFT JOIN payroll.actor a USING (actor)
    WHERE a.actor IS NULL OR NOT a.is_active OR NOT a.roles && may
$$;

CREATE FUNCTION payroll.guard_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.actor, NEW.created_at, NEW.created_by) IS DISTINCT FROM (OLD.actor, OLD.created_at, OLD.created_by) THEN
        RAISE EXCEPTION 'an account keeps its name and its beginning';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER actor_keeps_its_name BEFORE UPDATE ON payroll.actor
    FOR EACH ROW EXECUTE FUNCTION payroll.guard_actor();
CREATE TRIGGER actor_stays BEFORE DELETE ON payroll.actor
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER actor_not_emptied BEFORE TRUNCATE ON payroll.actor
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();

-- Every step of the ledger is somebody's: an active account with one of the roles that the trigger names.
CREATE FUNCTION payroll.guard_role() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused text;
BEGIN
    SELECT r.code INTO refused FROM payroll.actor_refusals(NEW.actor, VARIADIC TG_ARGV) r;
    IF FOUND THEN
        RAISE EXCEPTION '%.% by this account is refused: %', TG_TABLE_SCHEMA, TG_TABLE_NAME, refused;
    END IF;
    RETURN NEW;
END $$;

-- The program takes the same lock (adapters/store_lock.py) before it looks.
CREATE FUNCTION payroll.hold_month(month date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(
        x'494F43'::integer, EXTRACT(year FROM month)::integer * 100 + EXTRACT(month FROM month)::integer)
$$;

-- A funding source's year is shared by its months: two of them are approved one after the other. The lock is the audit
-- chain's, which every such step takes anyway for its event, the program before it looks.
CREATE FUNCTION payroll.hold_ledger() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('ioc-etl'), hashtext('audit_event'))
$$;
"""

LEDGER = """
-- What a batch would do to the ledger of its month: sign 1 adds its lines, -1 takes them away.
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
        SELECT COALESCE(k.person_id, l.person_id) AS person_id, sign * sum(l.amount_vnd) AS change_vnd
        FROM payroll.payment_line l
        LEFT JOIN payroll.run_link k ON k.run_id = now_run AND k.former_id = l.person_id
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
        FROM name n JOIN payroll.ledger_line v ON v.person_id = n.id
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
          AND EXISTS (SELECT FROM payroll.payment_line l JOIN name n ON n.id = l.person_id
                      JOIN above a ON a.person_id = n.person_id WHERE l.batch_id = r.batch_id))
    WHERE EXISTS (SELECT FROM above)
    UNION ALL
    SELECT 'below_zero', (SELECT count(*) FROM below), NULL WHERE EXISTS (SELECT FROM below);

    RETURN QUERY
    WITH moved AS MATERIALIZED (
        SELECT COALESCE(k.person_id, l.person_id) AS person_id, l.agency, l.amount_vnd, l.is_change
        FROM (
            SELECT v.person_id, v.agency, v.amount_vnd, false AS is_change FROM payroll.ledger_line v
            WHERE v.reference_month = b.reference_month AND v.centre_code = b.centre_code AND NOT v.is_returned
            UNION ALL
            SELECT l.person_id, l.agency, sign * l.amount_vnd, true FROM payroll.payment_line l
            WHERE l.batch_id = which
        ) l
        LEFT JOIN payroll.run_link k ON k.run_id = now_run AND k.former_id = l.person_id
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
    taken := COALESCE((SELECT sign * sum(l.amount_vnd) FROM payroll.payment_line l WHERE l.batch_id = which), 0);
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

STEPS = """
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
    line AS (SELECT l.* FROM payroll.payment_line l WHERE l.batch_id = which)
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
            AND (s.centre_code = b.centre_code OR s.person_id IN (SELECT line.person_id FROM line)))
        UNION ALL
        SELECT 'confirmation' WHERE EXISTS (
            SELECT FROM line JOIN payroll.recovery_confirmation c USING (payment_id) WHERE c.actor = who)
        UNION ALL
        SELECT 'upload' WHERE EXISTS (
            SELECT FROM b JOIN landing.mended_roster r USING (reference_month, centre_code) WHERE r.actor = who)
        UNION ALL
        SELECT 'opening' WHERE EXISTS (
            SELECT FROM b JOIN payroll.opening_line o USING (reference_month, centre_code) WHERE o.actor = who)
        UNION ALL
        SELECT 'return' WHERE EXISTS (
            SELECT FROM b JOIN payroll.batch earlier USING (reference_month, centre_code)
            JOIN payroll.payment_line l ON l.batch_id = earlier.batch_id JOIN line USING (person_id)
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
    SELECT 'opening_not_settled', count(*), NULL::text FROM payroll.opening_line o
    WHERE o.reference_month = b.reference_month AND o.audit_seq > (
        SELECT r.ledger_position FROM payroll.month m JOIN payroll.run r ON r.run_id = m.current_run_id
        WHERE m.reference_month = b.reference_month)
    HAVING count(*) > 0;
    RETURN QUERY SELECT * FROM payroll.ledger_refusals(which, 1);
    RETURN QUERY SELECT * FROM payroll.budget_refusals(which, pay_date);
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

TRIGGERS = """
CREATE FUNCTION payroll.guard_submission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused text;
BEGIN
    PERFORM FROM payroll.batch WHERE batch_id = NEW.batch_id FOR UPDATE;
    SELECT string_agg(r.code, ', ') INTO refused FROM payroll.submission_refusals(NEW.batch_id, NEW.actor) r;
    IF refused IS NOT NULL OR (NEW.content_sha256, NEW.basis_sha256) IS DISTINCT FROM (
        payroll.batch_content(NEW.batch_id), payroll.batch_basis(NEW.batch_id)) THEN
        RAISE EXCEPTION 'batch %: submission is refused: %', NEW.batch_id, COALESCE(refused, 'content_changed');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused text;
BEGIN
    PERFORM payroll.hold_month(b.reference_month) FROM payroll.batch b WHERE b.batch_id = NEW.batch_id;
    PERFORM FROM payroll.batch WHERE batch_id = NEW.batch_id FOR UPDATE;
    PERFORM payroll.hold_ledger();
    SELECT string_agg(r.code, ', ') INTO refused FROM payroll.approval_refusals(
        NEW.batch_id, NEW.actor, NEW.content_sha256, NEW.basis_sha256, NEW.run_id, NEW.amount_vnd, NEW.pay_date) r;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'batch %: approval is refused: %', NEW.batch_id, refused;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_void() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused text;
BEGIN
    PERFORM payroll.hold_month(b.reference_month) FROM payroll.batch b WHERE b.batch_id = NEW.batch_id;
    PERFORM FROM payroll.batch WHERE batch_id = NEW.batch_id FOR UPDATE;
    PERFORM payroll.hold_ledger();
    SELECT string_agg(r.code, ', ') INTO refused FROM payroll.void_refusals(NEW.batch_id, NEW.actor) r;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'batch %: making it void is refused: %', NEW.batch_id, refused;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_export() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands text;
BEGIN
    SELECT status INTO stands FROM payroll.batch WHERE batch_id = NEW.batch_id FOR UPDATE;
    IF stands <> 'approved' THEN
        RAISE EXCEPTION 'batch %: % and cannot be exported', NEW.batch_id, stands;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_line_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line record;
BEGIN
    SELECT l.batch_id, l.amount_vnd, l.reference_month, b.status INTO line
        FROM payroll.payment_line l JOIN payroll.batch b USING (batch_id) WHERE l.payment_id = NEW.payment_id;
    IF line.status NOT IN ('exported', 'paid') THEN
        RAISE EXCEPTION 'batch %: % and has no results yet', line.batch_id, line.status;
    END IF;
    IF line.amount_vnd < 0 THEN
        RAISE EXCEPTION 'batch %: a line that is taken back has no result of the bank', line.batch_id;
    END IF;
    IF NEW.result_on < line.reference_month THEN
        RAISE EXCEPTION 'batch %: a result before the month began', line.batch_id;
    END IF;
    IF NEW.result = 'paid' AND EXISTS (
        SELECT FROM payroll.line_result r WHERE r.payment_id = NEW.payment_id) THEN
        RAISE EXCEPTION 'batch %: a line that has its result is not paid again', line.batch_id;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_recovery_confirmation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payroll.payment_line l JOIN payroll.batch b USING (batch_id)
        WHERE (l.payment_id, l.run_id, l.amount_vnd) = (NEW.payment_id, NEW.run_id, NEW.amount_vnd)
          AND b.kind = 'recovery' AND b.status IN ('draft', 'submitted')) THEN
        RAISE EXCEPTION 'payment %: no recovery line of that amount waits for a confirmation', NEW.payment_id;
    END IF;
    RETURN NEW;
END $$;

-- Only what the month's current run shows as waivable.
CREATE FUNCTION payroll.guard_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payroll.month m JOIN payroll.finding f ON f.run_id = m.current_run_id
        WHERE m.reference_month = NEW.valid_from AND f.code = NEW.code AND f.centre_code = NEW.centre_code
          AND f.person_key = NEW.person_key AND f.is_waivable) THEN
        RAISE EXCEPTION '% of % in %: no such finding is shown that may be waived',
            NEW.code, NEW.centre_code, to_char(NEW.valid_from, 'YYYY-MM');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payroll.guard_opening_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payroll.batch b WHERE b.reference_month = NEW.reference_month
        AND b.centre_code = NEW.centre_code AND b.status NOT IN ('draft', 'void')) THEN
        RAISE EXCEPTION '% of %: past draft, opening lines come too late',
            NEW.centre_code, to_char(NEW.reference_month, 'YYYY-MM');
    END IF;
    RETURN NEW;
END $$;

-- The row of a step is what moves the batch; guard_batch looks for it in turn.
CREATE FUNCTION payroll.move_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payroll.batch SET status = TG_ARGV[0] WHERE batch_id = NEW.batch_id AND status <> TG_ARGV[0];
    RETURN NULL;
END $$;

CREATE FUNCTION payroll.has_taken_step(b payroll.batch) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE b.status
        WHEN 'submitted' THEN b.content_sha256 IS NOT DISTINCT FROM (
            SELECT s.content_sha256 FROM payroll.submission s WHERE s.batch_id = b.batch_id
            ORDER BY s.submission_no DESC LIMIT 1)
        WHEN 'approved' THEN EXISTS (
            SELECT FROM payroll.approval a WHERE a.batch_id = b.batch_id AND a.content_sha256 = b.content_sha256)
        WHEN 'exported' THEN EXISTS (SELECT FROM payroll.export e WHERE e.batch_id = b.batch_id)
        WHEN 'void' THEN EXISTS (SELECT FROM payroll.void v WHERE v.batch_id = b.batch_id)
        WHEN 'paid' THEN EXISTS (SELECT FROM payroll.confirmation c WHERE c.batch_id = b.batch_id) AND NOT EXISTS (
            SELECT FROM payroll.payment_line l WHERE l.batch_id = b.batch_id AND l.amount_vnd > 0
            AND NOT EXISTS (SELECT FROM payroll.line_result r WHERE r.payment_id = l.payment_id))
        ELSE true END
$$;

CREATE FUNCTION payroll.guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT payroll.has_taken_step(NEW) THEN
        RAISE EXCEPTION 'batch %: nobody has written down the step by which it becomes %', NEW.batch_id, NEW.status;
    END IF;
    RETURN NEW;
END $$;
-- After batch_life, which knows the order of the states: triggers of one kind fire by name.
CREATE TRIGGER batch_step BEFORE UPDATE OF status ON payroll.batch
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION payroll.guard_step();
"""

GUARDED = {
    "submission": "guard_submission",
    "approval": "guard_approval",
    "void": "guard_void",
    "export": "guard_export",
    "line_result": "guard_line_result",
    "recovery_confirmation": "guard_recovery_confirmation",
    "waiver": "guard_waiver",
    "opening_line": "guard_opening_line",
}
"""Tables whose rows are looked at before they are taken."""

FINANCE_ONLY = (
    "export",
    "confirmation",
    "line_result",
    "recovery_confirmation",
    "standing",
    "waiver",
    "waiver_end",
    "opening_line",
)
"""Tables whose rows only finance writes; submission, approval and void ask for their roles themselves."""

MOVES = {
    "submission": "submitted",
    "approval": "approved",
    "void": "void",
    "export": "exported",
    "confirmation": "paid",
}
"""Tables whose rows move their batch."""


def upgrade() -> None:
    for part in (CONTENT, ACTORS, LEDGER, STEPS, TRIGGERS):
        op.execute(part)
    for table, function in GUARDED.items():
        op.execute(
            f"CREATE TRIGGER {table}_allowed BEFORE INSERT ON payroll.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION payroll.{function}()"
        )
    for table in FINANCE_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_by_finance BEFORE INSERT ON payroll.{table} "
            "FOR EACH ROW EXECUTE FUNCTION payroll.guard_role('finance')"
        )
    op.execute(
        "CREATE TRIGGER mended_roster_by_whom BEFORE INSERT ON landing.mended_roster "
        "FOR EACH ROW EXECUTE FUNCTION payroll.guard_role('finance', 'operator')"
    )
    for table, status in MOVES.items():
        op.execute(
            f"CREATE TRIGGER {table}_moves_its_batch AFTER INSERT ON payroll.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION payroll.move_batch('{status}')"
        )
