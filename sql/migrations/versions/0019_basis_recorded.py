"""Recording what payment rests on takes approvals back that rest on something else: the month's run makes them void."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BY_A_RUN = """
ALTER TABLE payroll.void
    ALTER COLUMN actor DROP NOT NULL,
    ADD COLUMN run_id uuid REFERENCES payroll.run DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT void_by_somebody_or_by_a_run CHECK ((actor IS NULL) = (run_id IS NOT NULL));
COMMENT ON TABLE payroll.void IS
    'One row per approved batch that was made void before it was exported: by finance, or by a run of its month.';
COMMENT ON COLUMN payroll.void.run_id IS
    'The run that took the approval back, because the month rests on another legal basis by now; null: somebody did.';

CREATE OR REPLACE FUNCTION payroll.void_refusals(which uuid, who text)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE plpgsql AS $$
DECLARE
    b payroll.batch;
BEGIN
    SELECT * INTO b FROM payroll.batch WHERE batch_id = which;
    IF who IS NOT NULL THEN
        RETURN QUERY SELECT * FROM payroll.actor_refusals(who, 'finance', 'approver');
    END IF;
    IF b.batch_id IS NULL OR b.status <> 'approved' THEN
        RETURN QUERY SELECT 'wrong_status', NULL::bigint, COALESCE(b.status, 'none');
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM payroll.ledger_refusals(which, -1);
    RETURN QUERY
    SELECT r.* FROM payroll.approval a, payroll.budget_refusals(which, a.pay_date, -1) r WHERE a.batch_id = which;
END $$;

-- Only a run that decided the batch's month, under another version of the policy than the run the approval rests on.
CREATE FUNCTION payroll.guard_void_by_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payroll.run r
        JOIN payroll.batch b ON b.batch_id = NEW.batch_id AND b.reference_month = r.reference_month
        JOIN payroll.approval a ON a.batch_id = b.batch_id
        JOIN payroll.run approved ON approved.run_id = a.run_id
        WHERE r.run_id = NEW.run_id AND r.status IN ('completed', 'incomplete')
          AND r.policy_version <> approved.policy_version) THEN
        RAISE EXCEPTION 'batch %: no run of its month under another policy takes its approval back', NEW.batch_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER void_by_run AFTER INSERT ON payroll.void
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.run_id IS NOT NULL)
    EXECUTE FUNCTION payroll.guard_void_by_run();
"""


def upgrade() -> None:
    op.execute(BY_A_RUN)
