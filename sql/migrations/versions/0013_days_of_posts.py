"""Posts are held and paid day by day: rules 7, 9, 11, 12 and 16 under `calendar_days`.

Decisions and lines say their days as bits (day 1 the lowest); a line written before has none and means a whole month.
No day of a person is paid twice, and on no day do more people hold a post than there are.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE payroll.decision ADD COLUMN post_days integer, ADD COLUMN open_codes text[],
    ADD COLUMN roster_days integer,
    ADD CONSTRAINT decision_paid_has_nothing_open CHECK (amount_vnd = 0 OR cardinality(open_codes) = 0 IS NOT FALSE),
    ADD CONSTRAINT decision_post_days CHECK (post_days >= 0),
    ADD CONSTRAINT decision_paid_has_days CHECK (amount_vnd = 0 OR post_days IS NULL OR post_days > 0);
ALTER TABLE payroll.payment_line ADD COLUMN post_days integer,
    ADD CONSTRAINT payment_line_post_days CHECK (post_days >= 0),
    ADD CONSTRAINT payment_line_paid_has_days CHECK (amount_vnd < 0 OR post_days IS NULL OR post_days > 0);
COMMENT ON COLUMN payroll.payment_line.post_days IS
    'The person''s days with a post at the centre once this line counts, as bits; null: written for a whole month.';

-- A selection follows person, centre and month: in another file it is the person's row of the same mode and days.
ALTER TABLE payroll.standing ADD COLUMN work_mode text, ADD COLUMN roster_days integer;
COMMENT ON COLUMN payroll.standing.roster_days IS 'Null: selected before days were kept; it holds for its file alone.';

CREATE TABLE payroll.run_posts (
    run_id       uuid    NOT NULL,
    centre_code  text    NOT NULL,
    agency       text,
    days         integer NOT NULL,
    posts        integer NOT NULL,
    FOREIGN KEY (run_id, centre_code) REFERENCES payroll.run_centre,
    CONSTRAINT run_posts_key UNIQUE NULLS NOT DISTINCT (run_id, centre_code, agency, days),
    CONSTRAINT run_posts_not_negative CHECK (posts >= 0 AND days > 0)
);
COMMENT ON TABLE payroll.run_posts IS
    'One row per run, centre, agency (null: the whole centre) and number of posts, with the days that have so many.';
CREATE TRIGGER run_posts_written_once BEFORE UPDATE OR DELETE ON payroll.run_posts
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER run_posts_not_emptied BEFORE TRUNCATE ON payroll.run_posts
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();
"""

DAYS = """
CREATE FUNCTION payroll.count_days(days integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN bit_count(days::bit(32))::integer;

CREATE FUNCTION payroll.whole_month(month date) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((1::bigint << EXTRACT(day FROM month + interval '1 month' - interval '1 day')::integer) - 1)::integer;

-- Once a statement: of people with several paid rows in a run no day is paid twice.
CREATE FUNCTION payroll.guard_paid_days() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    twice record;
BEGIN
    SELECT d.run_id, d.person_id INTO twice FROM payroll.decision d
    WHERE d.amount_vnd > 0 AND (d.run_id, d.person_id) IN (
        SELECT t.run_id, t.person_id FROM written t WHERE t.amount_vnd > 0)
    GROUP BY d.run_id, d.person_id
    HAVING count(*) > 1 AND sum(payroll.count_days(COALESCE(d.post_days, payroll.whole_month(d.reference_month))))
        > payroll.count_days(bit_or(COALESCE(d.post_days, payroll.whole_month(d.reference_month))))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'run %: a day of a person is paid twice', twice.run_id
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'decision_no_day_paid_twice';
    END IF;
    RETURN NULL;
END $$;
DROP INDEX payroll.decision_one_payment_a_person;
CREATE INDEX decision_of_person ON payroll.decision (run_id, person_id) WHERE amount_vnd > 0;
CREATE TRIGGER decision_no_day_paid_twice AFTER INSERT ON payroll.decision
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payroll.guard_paid_days();
"""

OLD_RUNS = """
INSERT INTO payroll.run_posts (run_id, centre_code, agency, days, posts)
SELECT c.run_id, c.centre_code, NULL, payroll.whole_month(r.reference_month), c.quota
FROM payroll.run_centre c JOIN payroll.run r USING (run_id) WHERE c.quota IS NOT NULL;
INSERT INTO payroll.run_posts (run_id, centre_code, agency, days, posts)
SELECT d.run_id, d.centre_code, d.agency, payroll.whole_month(d.reference_month), max(d.quota_limit)
FROM payroll.decision d WHERE d.agency IS NOT NULL AND d.quota_limit IS NOT NULL
GROUP BY d.run_id, d.centre_code, d.agency, d.reference_month;
"""

CONTENT = """
CREATE OR REPLACE FUNCTION payroll.batch_content(which uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(string_agg((
        SELECT string_agg(payroll.content_field(field), '\\x1f'::bytea ORDER BY place)
        FROM unnest(ARRAY[
            b.funding_source, to_char(l.reference_month, 'YYYY-MM-DD'), l.centre_code, l.batch_kind, l.person_id,
            l.citizen_id, l.full_name, l.staff_category, l.agency, l.work_mode, l.coefficient_tenths::text,
            l.base_salary_vnd::text, l.amount_vnd::text, l.bank_account, l.bank_name, l.legal_basis, l.sheet,
            l.source_row::text, l.cause, l.cause_detail
        ] || CASE WHEN l.post_days IS NULL THEN '{}' ELSE ARRAY[l.post_days::text] END || ARRAY[l.source_sha256])
        WITH ORDINALITY AS fields (field, place)
    ), '\\x1e'::bytea ORDER BY l.person_id COLLATE "C")), 'hex')
    FROM payroll.batch b JOIN payroll.payment_line l USING (batch_id) WHERE b.batch_id = which
$$;
"""

HELD = """
-- The days that people hold at a centre for a month by what is committed, as whom the month's current run knows them:
-- those of the newest line that counts. With a batch: as if it counted too (sign 1), or no more (-1). Money that is
-- what the run gives holds the days that the run says. Opening lines hold none.
CREATE FUNCTION payroll.days_held(month date, centre text, which uuid DEFAULT NULL, sign integer DEFAULT 0)
RETURNS TABLE (person_id text, agency text, days integer, is_touched boolean) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH now_run AS (SELECT m.current_run_id AS run_id FROM payroll.month m WHERE m.reference_month = month),
    line AS (
        SELECT v.citizen_id, v.agency, v.amount_vnd, v.post_days, v.batch_kind, v.approved_seq AS place,
               false AS is_change
        FROM payroll.ledger_line v
        WHERE v.reference_month = month AND v.centre_code = centre AND NOT v.is_returned
          AND (sign >= 0 OR v.batch_id IS DISTINCT FROM which)
        UNION ALL
        SELECT l.citizen_id, l.agency, l.amount_vnd, l.post_days, l.batch_kind, 9223372036854775807, true
        FROM payroll.payment_line l WHERE l.batch_id = which AND sign > 0
        UNION ALL
        -- Who loses a line is looked at again, holding nothing where it was the only one.
        SELECT l.citizen_id, l.agency, 0, 0, 'gone', -1, true
        FROM payroll.payment_line l WHERE l.batch_id = which AND sign < 0
    ),
    known AS (
        SELECT COALESCE(k.person_id, l.citizen_id) AS person_id, l.*
        FROM line l LEFT JOIN payroll.run_link k
            ON k.run_id = (SELECT run_id FROM now_run) AND k.former_id = l.citizen_id
    ),
    decided AS (
        SELECT d.person_id, min(d.agency) AS agency, sum(d.amount_vnd) AS amount_vnd,
               bit_or(d.post_days) FILTER (WHERE d.amount_vnd > 0) AS days
        FROM payroll.decision d
        WHERE d.run_id = (SELECT run_id FROM now_run) AND d.centre_code = centre AND d.person_id IS NOT NULL
        GROUP BY d.person_id
    ),
    held AS (
        SELECT k.person_id, min(k.agency) AS agency, sum(k.amount_vnd) AS amount_vnd, bool_or(k.is_change) AS is_change,
               (array_agg(COALESCE(k.post_days, payroll.whole_month(month)) ORDER BY k.place DESC)
                   FILTER (WHERE k.batch_kind IN ('regular', 'arrears', 'recovery')))[1] AS newest
        FROM known k GROUP BY k.person_id
    )
    SELECT h.person_id, COALESCE(d.agency, h.agency),
           CASE WHEN h.amount_vnd <= 0 OR h.newest IS NULL THEN 0
                WHEN h.amount_vnd = d.amount_vnd AND d.days IS NOT NULL THEN d.days
                ELSE h.newest END,
           h.is_change
    FROM held h LEFT JOIN decided d USING (person_id);
END $$;
"""

OPENING = """
CREATE OR REPLACE FUNCTION payroll.guard_opening_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_run uuid;
    payee text;
BEGIN
    PERFORM payroll.hold_month(NEW.reference_month);
    PERFORM payroll.hold_ledger();
    IF EXISTS (
        SELECT FROM payroll.batch b WHERE b.reference_month = NEW.reference_month
        AND b.centre_code = NEW.centre_code AND b.status NOT IN ('draft', 'void')) THEN
        RAISE EXCEPTION '% of %: past draft, opening lines come too late',
            NEW.centre_code, to_char(NEW.reference_month, 'YYYY-MM');
    END IF;
    SELECT current_run_id INTO now_run FROM payroll.month WHERE reference_month = NEW.reference_month;
    payee := COALESCE((SELECT k.person_id FROM payroll.run_link k
                       WHERE k.run_id = now_run AND k.former_id = NEW.citizen_id), NEW.citizen_id);
    IF EXISTS (
        SELECT FROM payroll.ledger_line v
        LEFT JOIN payroll.run_link k ON k.run_id = now_run AND k.former_id = v.citizen_id
        WHERE v.reference_month = NEW.reference_month AND v.batch_kind <> 'opening' AND NOT v.is_returned
          AND COALESCE(k.person_id, v.citizen_id) = payee) THEN
        RAISE EXCEPTION '% of %: the person''s month is committed already, opening lines come too late',
            NEW.centre_code, to_char(NEW.reference_month, 'YYYY-MM');
    END IF;
    IF NEW.replaces IS NOT NULL AND NOT EXISTS (
        SELECT FROM payroll.opening_line o
        WHERE o.payment_id = NEW.replaces AND (o.reference_month, o.centre_code, o.person_id)
            = (NEW.reference_month, NEW.centre_code, NEW.person_id)) THEN
        RAISE EXCEPTION 'payment %: it takes the place of another person''s or month''s line', NEW.payment_id;
    END IF;
    RETURN NEW;
END $$;
"""

REFUSALS = """
-- What a batch would do to the ledger of its month: sign 1 adds its lines, -1 takes them away. Money is that of whoever
-- the ID on its line stands for in the month's current run, whomever it stood for when the line was written.
CREATE OR REPLACE FUNCTION payroll.ledger_refusals(which uuid, sign integer)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
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

    -- On no day of the month more people with a post than posts, nor on more days than before once it is so.
    RETURN QUERY
    WITH before AS MATERIALIZED (SELECT * FROM payroll.days_held(b.reference_month, b.centre_code)),
    held AS MATERIALIZED (
        SELECT h.person_id, h.agency, h.days, h.days & ~COALESCE(f.days, 0) AS new_days
        FROM payroll.days_held(b.reference_month, b.centre_code, which, sign) h
        LEFT JOIN before f USING (person_id) WHERE h.days > 0
    ),
    day AS (SELECT place, 1 << place AS bit FROM generate_series(0, 30) AS place),
    limits AS (
        SELECT p.agency, p.days, p.posts FROM payroll.run_posts p
        WHERE p.run_id = now_run AND p.centre_code = b.centre_code
    ),
    counted AS (
        SELECT NULL::text AS agency, d.bit, count(*) AS people, bool_or(h.new_days & d.bit > 0) AS is_growing
        FROM day d JOIN held h ON h.days & d.bit > 0 GROUP BY d.bit
        UNION ALL
        SELECT h.agency, d.bit, count(*), bool_or(h.new_days & d.bit > 0)
        FROM day d JOIN held h ON h.days & d.bit > 0
        WHERE h.agency IN (SELECT l.agency FROM limits l) GROUP BY h.agency, d.bit
    ),
    over AS (
        SELECT c.agency, c.people, COALESCE(l.posts, 0) AS posts
        FROM counted c LEFT JOIN limits l ON l.agency IS NOT DISTINCT FROM c.agency AND l.days & c.bit > 0
        WHERE c.is_growing AND c.people > COALESCE(l.posts, 0)
          -- A day on which agencies do not bind limits none of them.
          AND (c.agency IS NULL OR EXISTS (SELECT FROM limits o WHERE o.agency IS NOT NULL AND o.days & c.bit > 0))
    )
    SELECT 'above_quota', max(o.people), concat_ws(': ', o.agency, max(o.posts)::text)
    FROM over o GROUP BY o.agency ORDER BY o.agency NULLS FIRST;
END $$;
"""


def upgrade() -> None:
    for part in (COLUMNS, DAYS, OLD_RUNS, CONTENT, HELD, OPENING, REFUSALS):
        op.execute(part)
