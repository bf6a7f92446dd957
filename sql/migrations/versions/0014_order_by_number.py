"""What counts as the latest goes by a number that the database gives when a pull begins, never by a clock.

Further: the paper of a pay date in the past, the day on which a budget year ends, and no approval past a run that says
that the budget is exceeded.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NUMBERS = """
-- A number is taken when a pull begins and is never given again, whatever becomes of the pull.
CREATE SEQUENCE landing.pull_number;
COMMENT ON SEQUENCE landing.pull_number IS
    'The number of a pull, or of a roster handed in: what came later has a higher one.';

ALTER TABLE landing.last_pull ADD COLUMN pull_no bigint;
ALTER TABLE payroll.run ADD COLUMN pull_no bigint, ADD COLUMN register_pull_no bigint,
    ADD COLUMN known_pull_no bigint, ADD COLUMN adjustment_ends_on date;
COMMENT ON TABLE landing.last_pull IS
    'One row per month and centre (or register): the pull that found what is marked as its latest, or none.';
COMMENT ON COLUMN landing.last_pull.began_at IS 'When that pull began by its own clock; nothing is ordered by it.';
COMMENT ON COLUMN payroll.run.pull_began_at IS 'When its pull began by its own clock; nothing is ordered by it.';
COMMENT ON COLUMN payroll.run.pull_no IS
    'The pull of its requested centres; a pull with a lower number says nothing about them any more.';
COMMENT ON COLUMN payroll.run.register_pull_no IS
    'The pull that brought the registers it read: its own, or a later one that had come when it decided.';
COMMENT ON COLUMN payroll.run.known_pull_no IS
    'Rosters of its month that were first seen later were not known when it decided; null: told by the clock.';
COMMENT ON COLUMN payroll.run.adjustment_ends_on IS
    'The last day on which money of its month''s budget year may be paid (hết thời gian chỉnh lý quyết toán).';

CREATE TABLE landing.first_sight (
    source_file_id  uuid   NOT NULL REFERENCES landing.source_file,
    place           text   NOT NULL,
    pull_no         bigint NOT NULL,
    PRIMARY KEY (source_file_id, place),
    CONSTRAINT first_sight_place CHECK (btrim(place) <> '')
);
COMMENT ON TABLE landing.first_sight IS
    'One row per kept file and place it came from: the pull that saw its bytes there first. Later pulls of the same '
    'bytes say nothing new.';
COMMENT ON COLUMN landing.first_sight.place IS 'The folder it was pulled from, or hand-in.';
"""

PRESENT_ORDER = """
-- Pulls of before keep their order: by the time at which they began, then by the numbers of their runs.
CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS
SELECT m.moment, row_number() OVER (ORDER BY m.moment) AS pull_no
FROM (SELECT began_at AS moment FROM landing.last_pull
      UNION SELECT COALESCE(pull_began_at, started_at) FROM payroll.run) m;

UPDATE landing.last_pull p SET pull_no = n.pull_no FROM numbered n WHERE n.moment = p.began_at;
ALTER TABLE landing.last_pull ALTER COLUMN pull_no SET NOT NULL;

ALTER TABLE payroll.run DISABLE TRIGGER run_written_once;
UPDATE payroll.run r
SET register_pull_no = n.pull_no, pull_no = CASE WHEN r.pull_began_at IS NOT NULL THEN n.pull_no END
FROM numbered n WHERE n.moment = COALESCE(r.pull_began_at, r.started_at);
ALTER TABLE payroll.run ENABLE TRIGGER run_written_once;

INSERT INTO landing.first_sight (source_file_id, place, pull_no)
SELECT f.source_file_id,
       CASE WHEN f.origin LIKE 'hand-in:%' THEN 'hand-in' ELSE regexp_replace(f.origin, '(?<=.)/[^/]*$', '') END,
       COALESCE((SELECT max(n.pull_no) FROM numbered n WHERE n.moment <= f.received_at), 0)
FROM landing.source_file f WHERE f.kind = 'roster';
-- A returned file that was taken as the whole roster counts from the moment at which somebody said so.
INSERT INTO landing.first_sight (source_file_id, place, pull_no)
SELECT f.source_file_id, 'hand-in', COALESCE((SELECT max(n.pull_no) FROM numbered n WHERE n.moment <= d.at), 0)
FROM landing.mended_roster d
JOIN landing.source_file f ON f.kind = 'roster' AND f.sha256 = d.whole_sha256
    AND (f.reference_month, f.centre_code) = (d.reference_month, d.centre_code)
ON CONFLICT DO NOTHING;

SELECT setval('landing.pull_number', GREATEST((SELECT count(*) FROM numbered), 1),
              EXISTS (SELECT FROM numbered));
DROP TABLE numbered;

CREATE TRIGGER first_sight_written_once BEFORE UPDATE OR DELETE ON landing.first_sight
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER first_sight_not_emptied BEFORE TRUNCATE ON landing.first_sight
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();

DROP INDEX payroll.run_by_reading;
CREATE INDEX run_by_reading ON payroll.run (register_pull_no DESC NULLS LAST, run_no DESC)
    WHERE status IN ('completed', 'incomplete', 'unchanged');
"""

PAY_DATES = """
ALTER TABLE payroll.approval ADD COLUMN paper text, ADD CONSTRAINT approval_paper CHECK (btrim(paper) <> '');
COMMENT ON COLUMN payroll.approval.paper IS 'The number of the paper by which a pay date in the past is approved.';

-- Answers as those of 0009: one row per reason, none means yes. Today is the one clock's day where the centres are.
CREATE FUNCTION payroll.pay_date_refusals(which uuid, pay_date date, today date, paper text)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE sql STABLE AS $$
    SELECT 'paid_before_today', NULL::bigint, to_char(pay_date, 'YYYY-MM-DD')
    WHERE pay_date < today AND COALESCE(btrim(paper), '') = ''
    UNION ALL
    -- Regular lines are money of the reference month's budget year; nothing of it is paid once the year has ended.
    SELECT 'year_ended', NULL, to_char(r.adjustment_ends_on, 'YYYY-MM-DD')
    FROM payroll.batch b JOIN payroll.month m USING (reference_month) JOIN payroll.run r ON r.run_id = m.current_run_id
    WHERE b.batch_id = which AND b.kind = 'regular' AND pay_date > r.adjustment_ends_on
$$;

CREATE FUNCTION payroll.guard_pay_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.refuse(format('batch %s: approval', NEW.batch_id), string_agg(r.code, ', '))
        FROM payroll.pay_date_refusals(
            NEW.batch_id, NEW.pay_date, (NEW.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, NEW.paper) r;
    RETURN NEW;
END $$;
-- After approval_allowed, which holds the batch: triggers of one kind fire by name.
CREATE TRIGGER approval_dated BEFORE INSERT ON payroll.approval
    FOR EACH ROW EXECUTE FUNCTION payroll.guard_pay_date();
"""

BUDGET = """
-- Rule 15: what a batch would take from its funding source's year; sign 1 adds its lines, -1 takes them away. What
-- gives money back is not asked. The allocation is that of the register that was pulled last, whichever month read it;
-- and what the month's current run says of the budget is not passed by.
CREATE OR REPLACE FUNCTION payroll.budget_refusals(which uuid, pay_date date, sign integer DEFAULT 1)
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
    ELSIF sign > 0 AND EXISTS (
        SELECT FROM payroll.month m JOIN payroll.run_centre c ON c.run_id = m.current_run_id
        JOIN payroll.finding f ON f.run_id = c.run_id AND f.centre_code = c.centre_code
        WHERE m.reference_month = b.reference_month AND c.funding_source = b.funding_source
          AND f.code = 'BUDGET_EXCEEDED') THEN
        RETURN QUERY SELECT 'run_says_exceeded', NULL::bigint, b.funding_source;
    END IF;
END $$;
"""


def upgrade() -> None:
    for part in (NUMBERS, PRESENT_ORDER, PAY_DATES, BUDGET):
        op.execute(part)
