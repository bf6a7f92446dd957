"""Files that a run refuses because the database refuses their values: loads may be tried, replays are told."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

REFUSED = """
ALTER TABLE payroll.run ADD COLUMN refused_loading text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN payroll.run.refused_loading IS
    'Centre and reference of every file that was refused since the database refused a value of its rows.';
"""

SAVEPOINTS = """
-- Whether a row that is seen was written by this transaction, before or behind a savepoint. A savepoint has a number of
-- its own, above the transaction's; nobody else's row is seen before it is committed.
CREATE FUNCTION payroll.is_of_this_transaction(written xid) RETURNS boolean LANGUAGE sql STABLE
RETURN (
    SELECT after < 2147483648 AND pg_xact_status((mine + after)::text::xid8) = 'in progress'
    FROM (SELECT pg_current_xact_id()::text::bigint AS mine) AS now,
        LATERAL (SELECT (written::text::bigint - mine % 4294967296 + 4294967296) % 4294967296 AS after) AS distance
);

CREATE OR REPLACE FUNCTION payroll.guard_run_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    over uuid;
BEGIN
    SELECT r.run_id INTO over FROM (SELECT DISTINCT w.run_id FROM written w) named JOIN payroll.run r USING (run_id)
        WHERE NOT payroll.is_of_this_transaction(r.xmin) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%.%: run % is over, nothing is added to it', TG_TABLE_SCHEMA, TG_TABLE_NAME, over;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION payroll.is_being_run(month date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM payroll.run r WHERE r.reference_month = month AND payroll.is_of_this_transaction(r.xmin))
$$;

CREATE OR REPLACE FUNCTION payroll.guard_own_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payroll.step_said s JOIN payroll.audit_event e
            ON e.seq = s.audit_seq AND payroll.is_of_this_transaction(e.xmin)
            AND (e.actor, e.action) = (s.actor, s.action) AND e.detail @> s.said
            AND (s.run_id IS NULL OR s.run_id = e.run_id)
        WHERE s.step = TG_TABLE_NAME AND s.step_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid
          AND s.audit_seq = NEW.audit_seq) THEN
        RAISE EXCEPTION '%.%: event % of the audit chain is not its own', TG_TABLE_SCHEMA, TG_TABLE_NAME, NEW.audit_seq;
    END IF;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    op.execute(REFUSED)
    op.execute(SAVEPOINTS)
