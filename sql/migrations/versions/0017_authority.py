"""Nothing of a month after a centre's authority has ended is approved until a text says who pays (rule 1)."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

REFUSALS = """
-- Answers as those of 0009: one row per reason, none means yes. The month's current run says it.
CREATE FUNCTION payroll.authority_refusals(which uuid)
RETURNS TABLE (code text, number bigint, detail text) LANGUAGE sql STABLE AS $$
    SELECT 'authority_ended', NULL::bigint, b.centre_code
    FROM payroll.batch b JOIN payroll.month m USING (reference_month)
    WHERE b.batch_id = which AND EXISTS (
        SELECT FROM payroll.finding f
        WHERE f.run_id = m.current_run_id AND f.centre_code = b.centre_code AND f.code = 'AUTHORITY_ENDED')
$$;

CREATE FUNCTION payroll.guard_authority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payroll.refuse(format('batch %s: approval', NEW.batch_id), string_agg(r.code, ', '))
        FROM payroll.authority_refusals(NEW.batch_id) r;
    RETURN NEW;
END $$;
-- After approval_allowed, which holds the batch: triggers of one kind fire by name.
CREATE TRIGGER approval_authorised BEFORE INSERT ON payroll.approval
    FOR EACH ROW EXECUTE FUNCTION payroll.guard_authority();
"""


def upgrade() -> None:
    op.execute(REFUSALS)
