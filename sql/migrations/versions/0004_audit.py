"""Who did what: a chain in which every row holds the hash of the one before."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHAIN = """
CREATE TABLE payroll.audit_event (
    seq              bigint      PRIMARY KEY,
    at               timestamptz NOT NULL,
    actor            text        NOT NULL,
    action           text        NOT NULL,
    reference_month  date,
    run_id           uuid,
    detail           jsonb       NOT NULL,
    prev_hash        text        NOT NULL,
    hash             text        NOT NULL UNIQUE,
    CONSTRAINT audit_event_actor CHECK (btrim(actor) <> ''),
    CONSTRAINT audit_event_action CHECK (btrim(action) <> '')
);
COMMENT ON TABLE payroll.audit_event IS
    'One row per thing done, never changed: hash = sha256(prev_hash, newline, content); the first prev_hash is empty.';

CREATE FUNCTION payroll.audit_content(event payroll.audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(
        event.seq, to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.actor, event.action,
        to_char(event.reference_month, 'YYYY-MM-DD'), event.run_id, event.detail)::text
$$;

CREATE FUNCTION payroll.audit_hash(event payroll.audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(event.prev_hash || E'\\n' || payroll.audit_content(event), 'UTF8')), 'hex')
$$;

-- Number and hashes are given here and nowhere else. The lock makes the numbers gapless and the chain one chain; it is
-- held until the commit, so an event is written as the last statement of its transaction.
CREATE FUNCTION payroll.chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ioc-etl'), hashtext('audit_event'));
    SELECT seq, hash INTO last FROM payroll.audit_event ORDER BY seq DESC LIMIT 1;
    NEW.seq := COALESCE(last.seq, 0) + 1;
    NEW.prev_hash := COALESCE(last.hash, '');
    NEW.hash := payroll.audit_hash(NEW);
    RETURN NEW;
END $$;

CREATE TRIGGER audit_event_chained BEFORE INSERT ON payroll.audit_event
    FOR EACH ROW EXECUTE FUNCTION payroll.chain_audit_event();
CREATE TRIGGER audit_event_stands BEFORE UPDATE OR DELETE ON payroll.audit_event
    FOR EACH ROW EXECUTE FUNCTION payroll.refuse_change();
CREATE TRIGGER audit_event_not_emptied BEFORE TRUNCATE ON payroll.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION payroll.refuse_change();
"""


def upgrade() -> None:
    op.execute(CHAIN)
