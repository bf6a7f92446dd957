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
    ADD COLUMN adjustment_ends_on date;
COMMENT ON TABLE landing.last_pull IS
    'One row per month and centre (or register): the pull that found what is marked as its latest, or none.';
COMMENT ON COLUMN landing.last_pull.began_at IS 'When that pull began by its own clock; nothing is ordered by it.';
COMMENT ON COLUMN payroll.run.pull_began_at IS 'When its pull began by its own clock; nothing is ordered by it.';
COMMENT ON COLUMN payroll.run.pull_no IS
    'The pull of its requested centres; a pull with a lower number says nothing about them any more.';
COMMENT ON COLUMN payroll.run.register_pull_no IS
    'The pull that brought the registers it read: its own, or a later one that had come when it decided.';
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


def upgrade() -> None:
    for part in (NUMBERS, PRESENT_ORDER):
        op.execute(part)
